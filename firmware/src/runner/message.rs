//! What the loop is told, by whom, and whom it asks to look.

use super::Look;
use crate::device::Lesson;
use crate::error::Failure;
use crate::ports::{ButtonError, Level};
use std::time::Duration;

/// What the threads around the loop report.
#[derive(Debug)]
pub enum Message {
    /// The button's level changed.
    Button(Level),
    /// The button can't be read any more.
    ButtonLost(ButtonError),
    /// The level of a button that only does one thing changed.
    Extra(Extra, Level),
    /// It can't be read any more; the box goes on without it.
    ExtraLost(Extra, ButtonError),
    /// The look that was begun has ended, and the sensor is off.
    Looked(Look),
    /// A correction was learnt; how many are remembered now, or why it can't be kept.
    Learnt(Result<usize, String>),
    /// Something the box remembered can't be read and is set aside; what, in a sentence.
    Forgot(String),
    /// Ctrl-C, SIGTERM, or the owner's key.
    Stop,
    /// A thread ended that should not have.
    Ended(&'static str),
}

/// A button beside the main one, for one thing only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extra {
    /// Skips the piece that plays.
    Skip,
    /// Turns the volume a step down, and after the lowest up again.
    Volume,
}

/// Where messages and the time come from.
pub trait Inbox {
    /// Time since the program began.
    fn now(&self) -> Duration;

    /// The next message; `None` when none came until `until`.
    fn next(&mut self, until: Duration) -> Option<Message>;
}

/// Begins looks; each ends in one [`Message::Looked`].
pub trait Looker {
    /// Begins one.
    ///
    /// # Errors
    /// When the camera's thread is gone.
    fn begin(&mut self) -> Result<(), Failure>;

    /// Ends the one that was begun as soon as may be; it is still reported.
    fn abandon(&mut self) {}

    /// Learns what one of the looks before showed.
    ///
    /// # Errors
    /// When the camera's thread is gone.
    fn learn(&mut self, lesson: Lesson) -> Result<(), Failure> {
        let _ = lesson;
        Ok(())
    }
}
