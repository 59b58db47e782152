//! The ports: traits of camera, button, lights and speaker, which adapters for hardware and simulations implement.
//!
//! Each trait is small, names its units, and has a simulation in [`crate::sim`] that is stricter than the hardware
//! and can fail on demand. Polarity, gamma and clamping lie on our side of the seam.

use crate::error::{ExitCode, Failure};
use mood::{Frame, Rgb};
pub use music::{Chime, Programme, Sound};
use std::time::Duration;
use thiserror::Error;

/// A camera.
pub trait Camera: Send {
    /// Takes one fresh frame.
    ///
    /// # Errors
    /// When no frame comes, or one that can't be used.
    fn capture(&mut self) -> Result<Frame, CameraError>;

    /// What it is, for the log: device and format.
    fn describe(&self) -> String;

    /// Switches the sensor on, before the first frame of a look.
    ///
    /// # Errors
    /// When the device is gone or taken.
    fn open(&mut self) -> Result<(), CameraError> {
        Ok(())
    }

    /// Switches the sensor off, after the last frame of a look; also after a failure.
    fn close(&mut self) {}

    /// Between looks: switches off a sensor kept warm long enough. Gives the time until the next call; `None` when off.
    fn rest(&mut self) -> Option<Duration> {
        None
    }

    /// Asks for `times` as much light (more than 1) by exposure time and gain, until the sensor is switched off. True when
    /// one of the next frames will be brighter; false when the camera can't, or is at its end.
    fn brighten(&mut self, times: f32) -> bool {
        let _ = times;
        false
    }

    /// Takes back a frame that has been read, so that its buffer can carry a later one. Nothing has to be done.
    fn reuse(&mut self, frame: Frame) {
        drop(frame);
    }

    /// What the last frame shows, where that is known: the name of the picture a simulated camera holds up.
    fn caption(&self) -> Option<String> {
        None
    }
}

/// Whether a button is held down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Let go.
    #[default]
    Up,
    /// Held down.
    Down,
}

/// A button. It reports raw edges, bounces included; [`crate::runner::button`] debounces them.
pub trait Button: Send {
    /// Waits at most `limit` for the next edge, and gives the level after it; `None` when nothing happened.
    ///
    /// # Errors
    /// When the button can't be read any more.
    fn wait(&mut self, limit: Duration) -> Result<Option<Level>, ButtonError>;

    /// What it is, for the log.
    fn describe(&self) -> String;
}

/// A button beside the main one, for one thing only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extra {
    /// Skips the piece that plays.
    Skip,
    /// Turns the volume a step down, and after the lowest up again.
    Volume,
}

/// The light and the privacy lamp.
pub trait Lights: Send {
    /// Shows a colour, linear light, each part 0..=1, until the next call.
    ///
    /// # Errors
    /// When the light can't be reached; the box goes on without it.
    fn show(&mut self, colour: Rgb) -> Result<(), LightsError>;

    /// The privacy lamp: on whenever the sensor is on.
    ///
    /// # Errors
    /// As [`Lights::show`].
    fn privacy(&mut self, on: bool) -> Result<(), LightsError>;
}

/// Plays sound.
pub trait Speaker: Send {
    /// Does this as soon as may be, without waiting for it.
    ///
    /// # Errors
    /// When nothing can be played any more.
    fn send(&mut self, sound: Sound) -> Result<(), SpeakerError>;

    /// What went wrong since the last call, if anything: a lost card, a full disk. Called a few times a second.
    ///
    /// # Errors
    /// The fault, once.
    fn check(&mut self) -> Result<(), SpeakerError>;

    /// What it is, for the log: the card, or the file written instead.
    fn describe(&self) -> String;
}

/// Why no frame came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CameraError {
    /// The device is gone.
    #[error("camera {camera} is lost: {detail}")]
    Lost {
        /// Which camera.
        camera: String,
        /// What happened.
        detail: String,
    },
    /// No frame within the time limit.
    #[error("camera {camera} gave no frame within {waited_ms} ms")]
    Stalled {
        /// Which camera.
        camera: String,
        /// How long was waited.
        waited_ms: u64,
    },
    /// A frame came that can't be used.
    #[error("camera {camera} gave a bad frame: {detail}")]
    BadFrame {
        /// Which camera.
        camera: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl CameraError {
    pub(crate) fn stalled(camera: &str, limit: Duration) -> Self {
        let waited_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Self::Stalled { camera: camera.to_owned(), waited_ms }
    }
}

/// Why the button can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("button {button} can't be read: {detail}")]
pub struct ButtonError {
    /// Which button.
    pub button: String,
    /// What happened.
    pub detail: String,
}

/// Why the light can't be set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("light {light} can't be set: {detail}")]
pub struct LightsError {
    /// Which light.
    pub light: String,
    /// What happened.
    pub detail: String,
}

/// Why nothing sounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpeakerError {
    /// There is no sound card, or it is gone.
    #[error("no speaker: {0}")]
    NoDevice(String),
    /// The sound file can't be written.
    #[error("sound can't be written to {path}: {detail}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        detail: String,
    },
    /// A track can't be played.
    #[error("track {path} can't be played: {detail}")]
    Track {
        /// The file.
        path: String,
        /// What the decoder says.
        detail: String,
    },
}

impl From<ButtonError> for Failure {
    fn from(error: ButtonError) -> Self {
        let hint = "check the button's wire (firmware/README.md has the table), then start the box again";
        Self::new(ExitCode::Device, error, hint)
    }
}

impl From<SpeakerError> for Failure {
    fn from(error: SpeakerError) -> Self {
        let (code, hint) = match error {
            SpeakerError::Write { .. } => {
                (ExitCode::Write, "name a file in a folder you may write to, on a disk with room")
            }
            SpeakerError::Track { .. } => {
                (ExitCode::Data, "see that the file plays elsewhere, or take it out of the folder")
            }
            SpeakerError::NoDevice(_) => (
                ExitCode::Device,
                "list the cards with `moodbox devices`, name one as `speaker.card`, or use `--wav FILE`",
            ),
        };
        Self::new(code, error, hint)
    }
}
