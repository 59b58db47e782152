//! The official CSV: `emotion,pixels,Usage`, one row a picture, pixels as 2,304 numbers with spaces between. Columns are
//! found by their names, so that they may stand in another order (Kaggle's `icml_face_data.csv`), beside others (the index
//! that pandas adds), and without the one for the parts (the competition's `train.csv`).

use super::PIXELS;
use super::input::{Bounded, unreadable};
use super::tree::{self, Harvest, Part};
use crate::error::Error;
use mood::{Expression, LabelSet};
use std::io::{Cursor, Read};
use std::path::Path;

const COLUMNS: [&str; 3] = ["emotion", "pixels", "Usage"];
/// What else they are called.
const LABEL: [&str; 3] = ["emotion", "label", "class"];
const PIXEL: [&str; 2] = ["pixels", "pixel"];
const USAGE: [&str; 3] = ["usage", "split", "set"];
const HINT: &str = "download fer2013.csv again, or check that nothing has edited it";
/// Most bytes between one row and the next: a row has 10,000, what the reader takes ahead comes on top.
const ROW: u64 = 1 << 20;
/// Bytes in which the header ends.
const HEADER: u64 = 4 << 10;

/// The places of the columns; a table without parts has none for them.
#[derive(Debug, Clone, Copy)]
struct Columns {
    all: usize,
    label: usize,
    pixels: usize,
    usage: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Option<Self> {
        let place = |names: &[&str]| {
            let is_one = |name: &str| names.iter().any(|known| name.trim().eq_ignore_ascii_case(known));
            header.iter().position(is_one)
        };
        Some(Self { all: header.len(), label: place(&LABEL)?, pixels: place(&PIXEL)?, usage: place(&USAGE) })
    }
}

/// The rows of `source`; `path` names it in errors.
pub(super) fn read(path: &Path, mut source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let mut start = Vec::new();
    source.by_ref().take(HEADER).read_to_end(&mut start).map_err(|error| unreadable(path, &error))?;
    let delimiter = delimiter(&start);
    let too_long = || std::io::Error::other("a row is longer than 1 MiB");
    let source = Bounded { source: Cursor::new(start).chain(source), left: ROW, refusal: too_long };
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(source);
    let header = reader.headers().map_err(|error| broken(path, &error))?;
    let Some(columns) = Columns::of(header) else {
        let found = header.iter().take(4).collect::<Vec<_>>().join(",");
        let found: String = found.chars().filter(|letter| !letter.is_control()).take(60).collect();
        return Err(Error::data(
            path,
            format_args!("starts with `{found}`, a FER-2013 file with `{}`", COLUMNS.join(",")),
            "give `--data` the file fer2013.csv of the FER-2013 challenge, or a folder of classes",
        ));
    };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
        reader.get_mut().left = ROW;
        let line = record.position().map_or(0, csv::Position::line);
        match parse(&record, columns) {
            Ok((expression, pixels, part)) => harvest.add(part, expression, pixels),
            Err(what) => harvest.refuse(Error::data(path, format_args!("line {line}: {what}"), HINT))?,
        }
    }
    Ok(())
}

/// What a row gives.
type Row = (Expression, Box<[u8]>, Option<Part>);

/// What stands between the columns: a comma, or what spreadsheets write where that stands in numbers.
fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    [b';', b'\t']
        .into_iter()
        .filter(|&other| count(other) > count(b','))
        .max_by_key(|&other| count(other))
        .unwrap_or(b',')
}

fn parse(record: &csv::StringRecord, columns: Columns) -> Result<Row, String> {
    let fields = || format!("{} fields, a row has {}", record.len(), columns.all);
    if record.len() != columns.all {
        return Err(fields());
    }
    let field = |at: usize| record.get(at).map(str::trim).ok_or_else(fields);
    let label = field(columns.label)?;
    let labels = LabelSet::Fer2013.labels();
    let expression = whole(label)
        .and_then(|class| labels.get(usize::from(class)).copied())
        .or_else(|| Expression::from_label(label))
        .ok_or_else(|| format!("label `{label}`, FER-2013 has 0 to {}", labels.len() - 1))?;
    let pixels = field(columns.pixels)?
        .split_ascii_whitespace()
        .map(|pixel| whole(pixel).ok_or_else(|| format!("pixel `{pixel}`, a luminance is 0 to 255")))
        .collect::<Result<Box<[u8]>, String>>()?;
    if pixels.len() != PIXELS {
        return Err(format!("{} pixels, a picture has {PIXELS}", pixels.len()));
    }
    let part = columns.usage.map(|at| {
        let usage = field(at)?;
        tree::part_named(usage).ok_or_else(|| format!("usage `{usage}`, expected Training, PublicTest or PrivateTest"))
    });
    Ok((expression, pixels, part.transpose()?))
}

/// A whole number of 0..=255, also as pandas writes one in a column that has had a gap: `3.0`.
fn whole(text: &str) -> Option<u8> {
    let digits = text
        .split_once('.')
        .map_or(Some(text), |(whole, rest)| rest.bytes().all(|digit| digit == b'0').then_some(whole));
    digits?.parse().ok()
}

fn broken(path: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) => unreadable(path, error),
        _ => Error::data(path, format_args!("is no CSV: {error}"), HINT),
    }
}
