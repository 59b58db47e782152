//! What can go wrong, in words a person can act on, and the exit code each kind ends the program with.

use std::fmt::Display;
use std::path::Path;
use thiserror::Error;

/// A failure of the trainer.
#[derive(Debug, Error)]
#[error("{what}")]
pub struct Error {
    exit_code: u8,
    what: String,
    hint: String,
}

impl Error {
    fn new(exit_code: u8, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit_code, what: what.into(), hint: hint.into() }
    }

    /// The command asks for something that can't be.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(2, what, hint)
    }

    /// The settings lead nowhere, for instance a learning rate that makes the loss infinite.
    pub(crate) fn configuration(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(3, what, hint)
    }

    /// The device to train on isn't there, or its driver refuses.
    pub(crate) fn device(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(4, what, hint)
    }

    /// A picture, a data set or a run folder at `path` can't be read.
    pub(crate) fn data(path: &Path, what: impl Display, hint: impl Into<String>) -> Self {
        Self::new(5, format!("`{}` {what}", path.display()), hint)
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

    /// None of `pictures` has a label of the set named.
    pub(crate) fn none_labelled(pictures: usize, labels: &str) -> Self {
        let what = format!("none of {pictures} pictures has a label of {labels}");
        Self::new(5, what, "check that the votes belong to the data")
    }

    /// Data that a run was not trained on.
    pub(crate) fn other_pictures(path: &Path) -> Self {
        let what = "holds other pictures than this run was trained on";
        Self::data(path, what, "give `--data` what the run was trained on")
    }

    /// A network can't be exported, or an exported file is refused.
    pub(crate) fn model(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(6, what, hint)
    }

    /// The int8 file lost more accuracy, in percentage points, than the gate allows.
    pub(crate) fn below_gate(drop: f64, gate: f64) -> Self {
        let what = format!("int8 loses {drop:.2} points against f32, the gate is {gate:.2}");
        Self::new(7, what, "quantise again with more `--calibration` pictures, or train longer")
    }

    /// A file can't be written.
    pub(crate) fn write(path: &Path, detail: impl Display) -> Self {
        let what = format!("`{}` can't be written: {detail}", path.display());
        Self::new(8, what, "check that the folder exists, may be written and has space")
    }

    /// The next thing to do.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The program's exit code: 2 usage, 3 configuration, 4 device, 5 data, 6 model, 7 below the gate, 8 can't be written.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        self.exit_code
    }
}
