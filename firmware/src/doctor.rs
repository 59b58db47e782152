//! The doctor: tries each part of the box and says what it found, with one remedy for each trouble. Each check takes the
//! part it tries, so that a simulated one can stand in; [`crate::command::check`] chooses the parts and tells the owner.

pub mod board;
pub mod devices;
pub mod music;

use serde::Serialize;
use serde_json::Value;
use std::path::Path;

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
    pub figures: serde_json::Map<String, Value>,
}

impl Finding {
    fn new(verdict: Verdict, what: impl Into<String>, remedy: Option<&str>) -> Self {
        let remedy = remedy.map(str::to_owned);
        Self { verdict, what: what.into(), remedy, figures: serde_json::Map::new() }
    }

    /// It works.
    pub fn fine(what: impl Into<String>) -> Self {
        Self::new(Verdict::Fine, what, None)
    }

    /// It works, but.
    pub fn doubtful(what: impl Into<String>, remedy: &str) -> Self {
        Self::new(Verdict::Doubtful, what, Some(remedy))
    }

    /// It does not work.
    pub fn broken(what: impl Into<String>, remedy: &str) -> Self {
        Self::new(Verdict::Broken, what, Some(remedy))
    }

    /// It was not tried.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, why, None)
    }

    /// Adds what was measured.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }
}

/// Program, board and system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// The version of Moodbox.
    pub moodbox: &'static str,
    /// The board's name as its device tree has it; `None` on a machine without one.
    pub board: Option<String>,
    /// The system's name (`PRETTY_NAME` of os-release(5)).
    pub system: Option<String>,
    /// The kernel's release, as `uname -r` prints it.
    pub kernel: Option<String>,
}

impl About {
    /// Reads what the kernel and the system say of themselves below `root` (`/` on a board).
    pub fn read(root: &Path) -> Self {
        let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
        let name = |text: String| {
            text.lines()
                .find_map(|line| line.strip_prefix("PRETTY_NAME="))
                .map(|name| name.trim_matches(['"', '\'']).to_owned())
        };
        Self {
            moodbox: env!("CARGO_PKG_VERSION"),
            board: read("proc/device-tree/model").map(|text| text.trim_end_matches(['\0', '\n']).to_owned()),
            system: read("etc/os-release").and_then(name),
            kernel: read("proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
        }
    }
}

/// Replaces `home` by `~` in every text of `value`: the name of a home folder is often that of its owner.
pub fn hide_home(value: &mut Value, home: &str) {
    match value {
        Value::String(text) if text.contains(home) => *text = text.replace(home, "~"),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_home(item, home)),
        Value::Object(members) => members.values_mut().for_each(|member| hide_home(member, home)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
