//! What happens, for those who watch: the terminal, the plain transcript, a test.

use super::{Extra, Look};
use crate::device::{Fault, Part};
use crate::gesture::Gesture;
use crate::ports::Sound;
use mood::{Expression, LightPattern};
use std::time::Duration;

/// Something that happened to the box.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment<'a> {
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
pub trait Witness {
    /// Takes note; `now` is the time since the program began.
    fn saw(&mut self, now: Duration, moment: &Moment<'_>);
}
