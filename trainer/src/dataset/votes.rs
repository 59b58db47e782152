//! FER+ (Barsoum et al. 2016, <https://arxiv.org/abs/1608.01041>): what ten people saw in each picture of FER-2013.
//!
//! The file has a line for each row of the CSV and no key to find the row by: the number in the image name is not the
//! row's. So lines are joined by order, and the order is checked: the number of lines, the `Usage` of each, the image
//! names.

use super::{Sample, Split};
use crate::error::Error;
use crate::file;
use data_encoding::HEXLOWER;
use mood::{Expression, LabelSet};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;

/// The two answers that are no expression: the face can't be read, and there is none.
const OTHERS: [&str; 2] = ["unknown", "NF"];
/// The expressions of [`LabelSet::FerPlus`].
const EXPRESSIONS: usize = 8;
/// The eight expressions in the order of [`LabelSet::FerPlus`], then [`OTHERS`].
const CHOICES: usize = EXPRESSIONS + OTHERS.len();
/// A picture that needs more answers than this to be described shows no expression in particular.
const MOST_ANSWERS: usize = 3;
/// FER+ has 1.8 MB.
const MOST_MIB: u64 = 64;
/// One name in so many may stand out of order: FER+ repeats three, so a few do; in shuffled lines half of them.
const LINES_A_STRAY: usize = 200;
const HINT: &str = "give `--votes` the file fer2013new.csv of FER+, cut to the rows of `--data` if they are a part";

/// How often each answer was given for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Votes {
    counts: [u8; CHOICES],
    doubtful: bool,
}

/// What a picture shows by the majority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// An expression.
    Shows(Expression),
    /// A face, and nobody can say with what expression.
    Unknown,
    /// No face.
    NoFace,
    /// No answer got more than half.
    NoMajority,
}

impl Votes {
    /// Votes for the eight expressions in the order of [`LabelSet::FerPlus`], then `unknown` and `NF`.
    #[must_use]
    pub const fn new(counts: [u8; CHOICES]) -> Self {
        Self { counts, doubtful: false }
    }

    /// Whether these votes may be about another picture: FER+ names none for this row, or the same one twice. Almost all
    /// such rows are `NF`; they are better left out of training, and the majority rule counts them like its authors do.
    #[must_use]
    pub const fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// The rule of FER+'s authors: single votes don't count; of the others the winner needs more than half.
    #[must_use]
    pub fn majority(&self) -> Verdict {
        let counted = self.counted();
        let total: u16 = counted.iter().sum();
        let Some(winner) = counted.iter().position(|&votes| 2 * votes > total) else {
            return Verdict::NoMajority;
        };
        match LabelSet::FerPlus.labels().get(winner) {
            Some(&expression) => Verdict::Shows(expression),
            None if winner + 1 == CHOICES => Verdict::NoFace,
            None => Verdict::Unknown,
        }
    }

    /// The share of each expression in the order of [`LabelSet::FerPlus`], 0..=1, together 1: the soft target that FER+'s
    /// authors train on with cross-entropy (section 3 of the paper; mode `crossentropy` of their `ferplus.py`).
    ///
    /// Single votes don't count. Answers are taken from the most frequent down, those with equally many votes together,
    /// until they hold three quarters of the votes or are three; the first of the two that are no expression ends it. None
    /// when the answers taken hold no more than half of the votes, or a tie made them more than three. Of ten votes, whatever
    /// shows an expression by [`Votes::majority`] has shares; the reverse isn't true.
    #[must_use]
    pub fn distribution(&self) -> Option<[f32; EXPRESSIONS]> {
        let counted = self.counted();
        let (expressions, others) = counted.split_at(EXPRESSIONS);
        let total: u16 = counted.iter().sum();
        let mut levels = counted;
        levels.sort_unstable_by(|a, b| b.cmp(a));
        let (mut taken, mut answers, mut held) = ([0; EXPRESSIONS], 0, 0);
        for level in levels.chunk_by(|a, b| a == b).map(|level| level[0]) {
            if 4 * held >= 3 * total || answers >= MOST_ANSWERS {
                break;
            }
            for (taken, _) in taken.iter_mut().zip(expressions).filter(|(_, votes)| **votes == level) {
                *taken = level;
                answers += 1;
                held += level;
            }
            if others.contains(&level) {
                break;
            }
        }
        let valid = 2 * held > total && answers <= MOST_ANSWERS;
        valid.then(|| taken.map(|votes| f32::from(votes) / f32::from(held)))
    }

    /// The votes without single ones.
    fn counted(&self) -> [u16; CHOICES] {
        self.counts.map(|votes| if votes > 1 { votes.into() } else { 0 })
    }
}

/// SHA-256 of all votes, in order, as hexadecimal digits.
#[must_use]
pub fn sha256(votes: &[Votes]) -> String {
    let mut hash = Sha256::new();
    for of_one in votes {
        hash.update(of_one.counts);
        hash.update([u8::from(of_one.doubtful)]);
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Reads the votes for `pictures`, a line for each, in their order.
///
/// # Errors
/// When the file can't be read, or its lines don't fit the pictures; the message names the first line that doesn't.
pub fn read(path: &Path, pictures: &[Sample]) -> Result<Vec<Votes>, Error> {
    let wrong = |what: &dyn std::fmt::Display| Error::data(path, what, HINT);
    let lines = lines(path)?;
    if lines.len() != pictures.len() {
        return Err(wrong(&format_args!("has votes for {} pictures, the data has {}", lines.len(), pictures.len())));
    }
    let (mut before, mut strays) = ("", 0);
    for (line, picture) in lines.iter().zip(pictures) {
        let Line { number, split, name, .. } = line;
        if *split != picture.split {
            let (found, expected) = (split.usage(), picture.split.usage());
            return Err(wrong(&format_args!("line {number} is of {found}, that row of the data is of {expected}")));
        }
        if name.is_empty() {
            continue;
        }
        // The names have equal lengths, so their order is that of their numbers.
        strays += usize::from(**name < *before);
        if strays > lines.len() / LINES_A_STRAY {
            return Err(wrong(&format_args!("line {number}: `{name}` after `{before}`, the lines are not in order")));
        }
        before = name;
    }
    let mut named: HashMap<&str, usize> = HashMap::new();
    for line in &lines {
        *named.entry(&line.name).or_default() += 1;
    }
    let doubtful = |line: &Line| line.name.is_empty() || named.get(line.name.as_str()).is_some_and(|&lines| lines > 1);
    Ok(lines.iter().map(|line| Votes { doubtful: doubtful(line), ..line.votes }).collect())
}

/// One line of the file, `number` as an editor counts them.
struct Line {
    number: u64,
    split: Split,
    name: String,
    votes: Votes,
}

fn lines(path: &Path) -> Result<Vec<Line>, Error> {
    let unreadable = |error: &std::io::Error| Error::data(path, format_args!("can't be read: {error}"), HINT);
    let broken = |error: &csv::Error| Error::data(path, format_args!("is no CSV: {error}"), HINT);
    let bytes = file::read(path, MOST_MIB).map_err(|error| unreadable(&error))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let expected = || ["Usage", "Image name"].iter().chain(LabelSet::FerPlus.label_names()).chain(&OTHERS).copied();
    let header = reader.headers().map_err(|error| broken(&error))?;
    if !header.iter().map(str::trim).eq(expected()) {
        let found: String = header.iter().collect::<Vec<_>>().join(",").chars().take(60).collect();
        let expected = expected().collect::<Vec<_>>().join(",");
        return Err(Error::data(path, format_args!("starts with `{found}`, a file of FER+ with `{expected}`"), HINT));
    }
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(&error))? {
        let number = record.position().map_or(0, csv::Position::line);
        let line = parse(number, &record);
        lines.push(line.map_err(|what| Error::data(path, format_args!("line {number}: {what}"), HINT))?);
    }
    Ok(lines)
}

fn parse(number: u64, record: &csv::StringRecord) -> Result<Line, String> {
    if record.len() != CHOICES + 2 {
        return Err(format!("{} fields, a line of FER+ has {}", record.len(), CHOICES + 2));
    }
    let field = |at: usize| record.get(at).unwrap_or_default().trim();
    let split = Split::from_usage(field(0))?;
    let name = field(1);
    let digits = name.strip_prefix("fer").and_then(|rest| rest.strip_suffix(".png")).unwrap_or_default();
    let numbered = digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !(name.is_empty() || numbered) {
        return Err(format!("image name `{name}`, FER+ has names such as `fer0000001.png`, or none"));
    }
    let mut counts = [0; CHOICES];
    for (at, count) in counts.iter_mut().enumerate() {
        let votes = field(at + 2);
        *count = votes.parse().map_err(|_| format!("`{votes}` votes, that is no count"))?;
    }
    Ok(Line { number, split, name: name.to_owned(), votes: Votes::new(counts) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_rule_of_the_authors() {
        use Expression::{Contempt, Happy, Neutral, Sad};
        // neutral happiness surprise sadness anger disgust fear contempt, unknown NF
        let cases = [
            ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], Verdict::Shows(Neutral), "everybody"),
            ([0, 6, 0, 4, 0, 0, 0, 0, 0, 0], Verdict::Shows(Happy), "more than half"),
            ([5, 0, 0, 5, 0, 0, 0, 0, 0, 0], Verdict::NoMajority, "a tie"),
            ([5, 0, 0, 3, 2, 0, 0, 0, 0, 0], Verdict::NoMajority, "exactly half"),
            ([5, 0, 0, 4, 1, 0, 0, 0, 0, 0], Verdict::Shows(Neutral), "half, until the single vote is dropped"),
            ([1, 1, 1, 3, 1, 1, 1, 1, 0, 0], Verdict::Shows(Sad), "three against single votes"),
            ([4, 3, 3, 0, 0, 0, 0, 0, 0, 0], Verdict::NoMajority, "most, but not half"),
            ([0, 0, 0, 0, 0, 0, 0, 7, 3, 0], Verdict::Shows(Contempt), "the last expression"),
            ([0, 0, 0, 2, 0, 0, 0, 0, 8, 0], Verdict::Unknown, "nobody can say"),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], Verdict::NoFace, "no face"),
            ([0, 2, 0, 0, 0, 0, 0, 0, 2, 2], Verdict::NoMajority, "a tie with the others"),
            ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], Verdict::NoMajority, "single votes only"),
            ([0; 10], Verdict::NoMajority, "no votes"),
            ([255, 255, 0, 0, 0, 0, 0, 0, 0, 0], Verdict::NoMajority, "counts as large as they get"),
        ];
        for (counts, expected, case) in cases {
            assert_eq!(Votes::new(counts).majority(), expected, "{case}");
        }
    }

    #[test]
    fn the_shares_of_the_authors() {
        // neutral happiness surprise sadness anger disgust fear contempt, unknown NF
        type Case<'a> = ([u8; CHOICES], Option<&'a [f32]>, &'a str);
        let cases: [Case<'_>; 18] = [
            ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], Some(&[1.0]), "everybody"),
            ([4, 0, 0, 1, 3, 2, 0, 0, 0, 0], Some(&[4., 0., 0., 0., 3.]), "the first picture: disgust comes too late"),
            ([5, 3, 2, 0, 0, 0, 0, 0, 0, 0], Some(&[5., 3.]), "three quarters are enough"),
            ([6, 2, 2, 0, 0, 0, 0, 0, 0, 0], Some(&[6., 2., 2.]), "a tie is taken whole"),
            ([8, 2, 0, 0, 0, 0, 0, 0, 0, 0], Some(&[1.0]), "one answer is enough"),
            ([5, 0, 0, 5, 0, 0, 0, 0, 0, 0], Some(&[1., 0., 0., 1.]), "a tie, though no majority"),
            ([4, 3, 3, 0, 0, 0, 0, 0, 0, 0], Some(&[4., 3., 3.]), "most, but not half"),
            ([4, 2, 2, 2, 0, 0, 0, 0, 0, 0], None, "a tie makes four"),
            ([2, 2, 2, 2, 2, 0, 0, 0, 0, 0], None, "five"),
            ([6, 0, 0, 0, 0, 0, 0, 0, 4, 0], Some(&[1.0]), "the others end it, after more than half"),
            ([4, 0, 0, 0, 0, 0, 0, 0, 3, 3], None, "the others end it, before half"),
            ([4, 2, 0, 0, 0, 0, 0, 0, 2, 2], Some(&[4., 2.]), "what ties with the others counts"),
            ([4, 0, 0, 0, 0, 0, 0, 0, 4, 0], None, "half see no expression"),
            ([0, 4, 0, 0, 0, 0, 0, 0, 6, 0], None, "most can't say"),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], None, "no face"),
            ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], None, "single votes only"),
            ([0; CHOICES], None, "no votes"),
            ([255, 255, 0, 0, 0, 0, 0, 0, 0, 0], Some(&[1., 1.]), "counts as large as they get"),
        ];
        for (counts, expected, case) in cases {
            let expected = expected.map(|parts| {
                let whole: f32 = parts.iter().sum();
                std::array::from_fn(|at| parts.get(at).map_or(0.0, |part| part / whole))
            });
            assert_eq!(Votes::new(counts).distribution(), expected, "{case}");
        }
    }
}
