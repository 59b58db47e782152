//! What can go wrong for the owner: one fragment that says what and where, one hint that says what to do next.

use crate::command::compose::ComposeError;
use crate::command::music::MusicError;
use crate::config::ConfigError;
use crate::exit_code::ExitCode;
use crate::gpio::GpioError;
use crate::owner::Problems;
use crate::picture::PictureError;
use crate::ports::{ButtonError, SpeakerError};
use mood::ModelError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a command ended early.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The configuration has mistakes.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// This build, or this machine, has no such device.
    #[error("the box's own camera, light and button are not in this build")]
    NoHardware,
    /// A pin can't be had.
    #[error(transparent)]
    Gpio(#[from] GpioError),
    /// There is no terminal to play the box in.
    #[error("the box can't be driven by hand here: {why}")]
    NoTerminal {
        /// What stands in the way.
        why: String,
    },
    /// The button can't be read any more.
    #[error(transparent)]
    Button(#[from] ButtonError),
    /// A picture can't be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Some of the pictures named could not be read; each has been reported.
    #[error("{failed} of {asked} pictures can't be read")]
    Pictures {
        /// How many.
        failed: usize,
        /// Out of how many.
        asked: usize,
    },
    /// A network file can't be read at all.
    #[error("model {} can't be read: {detail}", .path.display())]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// A network was refused.
    #[error("model {name}: {source}")]
    Model {
        /// The file, or `built in`.
        name: String,
        /// Why.
        source: ModelError,
    },
    /// What the owner has taught can't be read or erased.
    #[error("what was learnt can't be read from {}: {detail}", .path.display())]
    Memory {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The speaker can't be opened.
    #[error(transparent)]
    Speaker(#[from] SpeakerError),
    /// Music can't be rendered.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The doctor found something broken; it has been told with its remedy.
    #[error("broken: {broken}")]
    Check {
        /// The parts, by name.
        broken: String,
        /// What the first of them means to a script.
        code: ExitCode,
    },
    /// Something about the owner's music can't be read or written.
    #[error(transparent)]
    Music(#[from] MusicError),
    /// What the owner wrote onto the card has mistakes; the rest has been written.
    #[error("{0}")]
    OwnerMistakes(Problems),
    /// What the owner wrote onto the card can't be read.
    #[error("the owner's file {} can't be read: {detail}", .path.display())]
    OwnerFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The box's own defaults don't hold.
    #[error("the owner's file can't be answered: {detail}")]
    Owner {
        /// Why.
        detail: String,
    },
    /// A result can't be written.
    #[error("{what} can't be written: {source}")]
    Write {
        /// Which one.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// Ctrl-C can't be listened for.
    #[error("signals can't be listened for: {detail}")]
    Signals {
        /// What the system says.
        detail: String,
    },
    /// The system gave no thread.
    #[error("thread `{name}` can't be started: {detail}")]
    Thread {
        /// What it is for.
        name: &'static str,
        /// What the system says.
        detail: String,
    },
    /// A thread ended that should live as long as the box.
    #[error("thread `{name}` ended; the box can't go on without it")]
    ThreadEnded {
        /// What it was for.
        name: &'static str,
    },
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::OwnerMistakes(_) => ExitCode::Configuration,
            Self::Check { code, .. } => *code,
            Self::NoHardware | Self::Gpio(_) | Self::NoTerminal { .. } | Self::Button(_) => ExitCode::Device,
            Self::Picture(_) | Self::Pictures { .. } | Self::Memory { .. } | Self::OwnerFile { .. } => ExitCode::Data,
            Self::ModelFile { .. } | Self::Model { .. } => ExitCode::Model,
            Self::Compose(ComposeError::SoundFont { .. }) => ExitCode::Data,
            Self::Speaker(SpeakerError::Write { .. }) | Self::Compose(_) | Self::Write { .. } => ExitCode::Write,
            Self::Music(error) if error.is_write() => ExitCode::Write,
            Self::Music(_) => ExitCode::Data,
            Self::Speaker(SpeakerError::Track { .. }) => ExitCode::Data,
            Self::Speaker(_) => ExitCode::Device,
            Self::Signals { .. } | Self::Thread { .. } | Self::ThreadEnded { .. } | Self::Owner { .. } => ExitCode::Bug,
        }
    }

    /// The next thing to do; `None` where the error says it itself.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Config(ConfigError::Mistakes { .. })
            | Self::Pictures { .. }
            | Self::Check { .. }
            | Self::OwnerMistakes(_) => return None,
            Self::Config(_) => "write one with `moodbox config > moodbox.toml`, or leave out `--config`",
            Self::NoHardware => "try the whole box on this desk: `moodbox run --simulate`",
            Self::Gpio(error) => return Some(error.hint()),
            Self::NoTerminal { .. } => "change that, or use `--demo` or `--press-at 1,8`, which need no terminal",
            Self::Button(_) => "check the button's wire (firmware/README.md has the table), then start the box again",
            Self::Picture(error) => return Some(error.hint()),
            Self::Music(error) => return Some(error.hint()),
            Self::ModelFile { .. } => "name a file made by `trainer quantise`, or leave out the model: one is built in",
            Self::Model { .. } => {
                "export again with `trainer quantise`, or install the firmware that came with this model"
            }
            Self::Compose(ComposeError::SoundFont { .. }) => {
                "name an SF2 file that plays elsewhere, or leave `--soundfont` out"
            }
            Self::Memory { .. } => "take the file away, or erase it with `moodbox forget`; the box then learns anew",
            Self::Speaker(SpeakerError::Write { .. }) | Self::Compose(_) => {
                "name a file in a folder you may write to, on a disk with room"
            }
            Self::Speaker(SpeakerError::Track { .. }) => {
                "see that the file plays elsewhere, or take it out of the folder"
            }
            Self::Speaker(_) => {
                "list the cards with `moodbox devices`, name one as `speaker.card`, or use `--wav FILE`"
            }
            Self::Write { .. } => "see that the disk has room and the reader of the output is still there",
            Self::OwnerFile { .. } => "name a text of at most 1 MiB; the form is `scripts/pi/boot/moodbox.toml`",
            Self::Signals { .. } | Self::Thread { .. } | Self::ThreadEnded { .. } | Self::Owner { .. } => {
                "start it again with `--log debug` and report what it says"
            }
        })
    }

    /// Whether only the reader of our output went away, as `head` does; no reason to complain.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
