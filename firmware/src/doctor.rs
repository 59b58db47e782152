//! The doctor: tries each part of the box and says what it found, with one remedy for each trouble. Each check takes the
//! part it tries, so that a simulated one can stand in; [`crate::command::check`] chooses the parts and tells the owner.

pub mod about;
pub mod board;
pub mod core_clock;
pub mod disk;
pub mod eyes;
pub mod hands;
pub mod music;
pub mod permissions;

use serde::Serialize;

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was not tried.
    Skipped,
    /// It works.
    Fine,
    /// It works, but not well.
    Doubtful,
    /// It does not work.
    Broken,
}

impl Verdict {
    /// As a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Fine => "fine",
            Self::Doubtful => "doubtful",
            Self::Broken => "broken",
        }
    }
}

/// What was found about a part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// How it is.
    pub verdict: Verdict,
    /// What was found, as a sentence.
    pub what: String,
    /// What to do; for everything that is doubtful or broken.
    pub remedy: Option<String>,
    /// What was measured, by name.
    pub figures: serde_json::Map<String, serde_json::Value>,
}

impl Finding {
    fn new(verdict: Verdict, what: impl Into<String>, remedy: Option<&str>) -> Self {
        let remedy = remedy.map(str::to_owned);
        Self { verdict, what: what.into(), remedy, figures: serde_json::Map::new() }
    }

    /// It works.
    #[must_use]
    pub fn fine(what: impl Into<String>) -> Self {
        Self::new(Verdict::Fine, what, None)
    }

    /// It works, but.
    #[must_use]
    pub fn doubtful(what: impl Into<String>, remedy: &str) -> Self {
        Self::new(Verdict::Doubtful, what, Some(remedy))
    }

    /// It does not work.
    #[must_use]
    pub fn broken(what: impl Into<String>, remedy: &str) -> Self {
        Self::new(Verdict::Broken, what, Some(remedy))
    }

    /// It was not tried.
    #[must_use]
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, why, None)
    }

    /// Adds what was measured.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests;
