//! What can be wrong with the owner's file.

use crate::error::{ExitCode, Failure};
use std::path::PathBuf;
use thiserror::Error;

/// One mistake, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, as a lower-case fragment.
    pub what: String,
    /// The next thing to do.
    pub hint: String,
}

/// Why a configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file can't be read.
    #[error("configuration {} can't be read: {detail}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The file has mistakes; all of them, in order of their lines.
    #[error("configuration {} has {}{}", .path.display(), counted(.problems.len()), lines(.path, .problems))]
    Mistakes {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problems: Vec<Problem>,
    },
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = "write one with `moodbox config > moodbox.toml`, or leave out `--config`";
        match &error {
            ConfigError::Mistakes { .. } => Self::explained(ExitCode::Configuration, error),
            ConfigError::Unreadable { .. } => Self::new(ExitCode::Configuration, error, hint),
        }
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 mistake".into() } else { format!("{count} mistakes") }
}

fn lines(path: &std::path::Path, problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("\n  {}:{}: {}\n    hint: {}", path.display(), p.line, p.what, p.hint)).collect()
}
