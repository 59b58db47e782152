//! What the loop is told and by whom, whom it asks to look, and what it tells those who watch.

use super::Look;
use crate::device::{Fault, Lesson, Part};
use crate::error::Failure;
use crate::gesture::Gesture;
use crate::ports::{ButtonError, Extra, Level, Sound};
use mood::{Expression, LightPattern};
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

/// Something that happened to the box.
#[derive(Debug, Clone, PartialEq)]
pub enum BoxEvent<'a> {
    /// All parts are there.
    Ready,
    /// The button was pressed.
    Pressed,
    /// The button was pressed, but the box was looking or stopping.
    Dropped,
    /// What the presses have come to.
    Gesture(Gesture),
    /// A button for one thing only was pressed.
    Extra(Extra),
    /// A look began.
    Looking,
    /// It ended.
    Looked(&'a Look),
    /// It ended when nobody waited any more.
    TooLate,
    /// The last look failed.
    Trouble(Fault),
    /// The privacy lamp.
    Privacy(bool),
    /// A new light.
    Light(LightPattern),
    /// The speaker is told this.
    Sound(Sound),
    /// The owner corrected the last answer.
    Learn(Expression),
    /// A part failed; the box goes on without it.
    Lost(Part, &'a str),
    /// It works again.
    Back(Part),
    /// Something the owner may want to know.
    Note(&'a str),
    /// The box was asked to end.
    Stopping,
    /// It has ended.
    Ended,
}

/// Someone who is told what happens.
pub trait Observer {
    /// Takes note; `now` is the time since the program began.
    fn observe(&mut self, now: Duration, event: &BoxEvent<'_>);
}

impl Observer for Vec<Box<dyn Observer>> {
    /// Tells all of them, in order.
    fn observe(&mut self, now: Duration, event: &BoxEvent<'_>) {
        self.iter_mut().for_each(|observer| observer.observe(now, event));
    }
}
