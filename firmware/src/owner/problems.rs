//! What is wrong in the owner's files, and how it is told: to a person on the card, and on the terminal.

use crate::config::Problem;
use std::fmt::Write as _;

/// Which file something stands in. The order is that of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// `rpi-preseed.toml`, as Raspberry Pi Imager writes it.
    Preseed,
    /// The owner's own.
    Owner,
}

/// Everything that is wrong, and the names of the files it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    owner: String,
    preseed: String,
    told: Vec<(File, Problem)>,
}

impl Problems {
    /// None yet; the names are those that messages use.
    pub(super) fn new(owner: &str, preseed: &str) -> Self {
        Self { owner: owner.to_owned(), preseed: preseed.to_owned(), told: Vec::new() }
    }

    pub(super) fn add(&mut self, file: File, problems: impl IntoIterator<Item = Problem>) {
        self.told.extend(problems.into_iter().map(|problem| (file, problem)));
        self.told.sort_by_key(|(file, problem)| (*file, problem.line));
        self.told.dedup();
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Each with its file, in the order of the lines.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Problem)> {
        self.told.iter().map(|(file, problem)| (self.name(*file), problem))
    }

    /// A text for somebody who opens the card on a laptop; its lines end as Windows' editors like it.
    pub fn for_people(&self) -> String {
        let mut text = String::from(
            "What Moodbox can't use of what is written on this card. Everything else holds.\n\
             Change the lines named here, save, and start the box again.\n",
        );
        for (file, Problem { line, what, hint }) in self.iter() {
            // Writing to a string can't fail.
            let _ = write!(text, "\n{file}, line {line}: {what}\n    To do: {hint}\n");
        }
        text.replace('\n', "\r\n")
    }

    fn name(&self, file: File) -> &str {
        match file {
            File::Preseed => &self.preseed,
            File::Owner => &self.owner,
        }
    }
}

/// As the terminal and the journal show them, in the form of all other mistakes.
impl std::fmt::Display for Problems {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.told.len();
        write!(to, "{count} problem{} in what the owner wrote", if count == 1 { "" } else { "s" })?;
        for (file, Problem { line, what, hint }) in self.iter() {
            write!(to, "\n  {file}:{line}: {what}\n    hint: {hint}")?;
        }
        Ok(())
    }
}

pub(super) fn problem(line: usize, what: impl Into<String>, hint: impl Into<String>) -> Problem {
    Problem { line, what: what.into(), hint: hint.into() }
}

/// What is wrong with a value, and what to write instead.
pub(super) type Wrong = (String, String);
