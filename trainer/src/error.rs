//! What can go wrong, in words a person can act on, and the exit code each kind ends the program with.

use std::path::Path;
use thiserror::Error;

/// A failure of the trainer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The command asks for something that can't be.
    #[error("{what}")]
    Usage {
        /// What was asked.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// The settings lead nowhere, for instance a learning rate that makes the loss infinite.
    #[error("{what}")]
    Configuration {
        /// What happened.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// The device to train on isn't there, or its driver refuses.
    #[error("{what}")]
    Device {
        /// Which, and what is wrong with it.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// A picture, a data set or a run folder can't be read.
    #[error("{what}")]
    Data {
        /// Where, and what is wrong there.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// A network can't be exported, or an exported file is refused.
    #[error("{what}")]
    Model {
        /// What is wrong with it.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// The int8 file lost more accuracy than the gate allows.
    #[error("int8 loses {drop:.2} points against f32, the gate is {gate:.2}")]
    BelowGate {
        /// Accuracy lost, in percentage points.
        drop: f64,
        /// The most that may be lost, in percentage points.
        gate: f64,
    },
    /// A file can't be written.
    #[error("`{path}` can't be written: {detail}")]
    Write {
        /// The file.
        path: String,
        /// The system's words.
        detail: String,
    },
}

impl Error {
    /// A data error at `path`.
    pub(crate) fn data(path: &Path, what: impl std::fmt::Display, hint: impl Into<String>) -> Self {
        Self::Data { what: format!("`{}` {what}", path.display()), hint: hint.into() }
    }

    /// Data of which nothing can be used, and why: the first reasons.
    pub(crate) fn none_usable(path: &Path, reasons: &[Self], hint: &str) -> Self {
        const NAMED: usize = 10;
        let Some(first) = reasons.first() else { return Self::data(path, "holds no pictures", hint) };
        let named: String = reasons.iter().take(NAMED).map(|reason| format!("\n  {reason}")).collect();
        let more = reasons.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        Self::data(path, format_args!("holds no pictures that can be used:{named}{more}"), first.hint())
    }

    /// Data that a run was not trained on.
    pub(crate) fn other_pictures(path: &Path) -> Self {
        Self::data(
            path,
            "holds other pictures than this run was trained on",
            "give `--data` what the run was trained on",
        )
    }

    /// A file that can't be written.
    pub(crate) fn write(path: &Path, detail: impl std::fmt::Display) -> Self {
        Self::Write { path: path.display().to_string(), detail: detail.to_string() }
    }

    /// The next thing to do.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            Self::Usage { hint, .. }
            | Self::Configuration { hint, .. }
            | Self::Device { hint, .. }
            | Self::Data { hint, .. }
            | Self::Model { hint, .. } => hint,
            Self::BelowGate { .. } => "quantise again with more `--calibration` pictures, or train longer",
            Self::Write { .. } => "check that the folder exists, may be written and has space",
        }
    }

    /// The program's exit code: 2 usage, 3 configuration, 4 device, 5 data, 6 model, 7 below the gate, 8 can't be written.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Configuration { .. } => 3,
            Self::Device { .. } => 4,
            Self::Data { .. } => 5,
            Self::Model { .. } => 6,
            Self::BelowGate { .. } => 7,
            Self::Write { .. } => 8,
        }
    }
}
