//! What can sound: a source of stereo blocks; and what the box can tell it.

use mood::{Affect, Expression};
use std::time::Duration;

/// One moment of sound, left and right, full scale at ±1.
pub type Stereo = [f32; 2];

/// How a track stands after a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The block is music, and more will come.
    Playing,
    /// The block is silent because the music isn't there yet, as while a file is opened.
    Waiting,
    /// Nothing comes any more; the rest of the block is silent.
    Ended,
}

/// A source of stereo blocks at the rate it was made for.
pub trait Track: Send {
    /// Overwrites the whole of `out` with the next frames of sound.
    fn render(&mut self, out: &mut [Stereo]) -> Status;

    /// Goes on to the next piece, where there is more than one.
    fn skip(&mut self) {}

    /// Leads over to another programme without an end and a new beginning; whether it can.
    fn turn(&mut self, programme: &Programme) -> bool {
        let _ = programme;
        false
    }

    /// Takes note that the owner likes what plays, where that can be learnt.
    fn like(&mut self) {}

    /// Whether a like of what plays now can be learnt.
    fn is_likeable(&self) -> bool {
        false
    }
}

/// What to play: the mood it must fit, and the seed that makes one piece differ from the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Programme {
    /// Which mood's music.
    pub expression: Expression,
    /// Where it lies in the valence-arousal plane.
    pub affect: Affect,
    /// Equal seeds give equal music.
    pub seed: u64,
}

/// A short sound on top of the music.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chime {
    /// The box is ready.
    Ready,
    /// "I can't see you": soft, two notes down.
    NoFace,
    /// Something is wrong: two low notes.
    Trouble,
    /// "I am not sure": two notes up, as a question.
    Unsure,
    /// A choice or a correction is taken: one bright note.
    Taken,
    /// There is nothing to do: nothing to skip, no answer to correct; one soft, dull note.
    Nothing,
    /// The box shuts down: three notes down.
    Farewell,
}

/// What the speaker is told to do. It travels as it is from the state machine to the thread that makes the sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sound {
    /// Start this programme, cross-fading from whatever plays over the time given.
    Play(Programme, Duration),
    /// Leave what plays for the next piece of the same programme, cross-fading over the time given. Nothing without music.
    Skip(Duration),
    /// How loud everything is from now on, in dB below full, at most 0.
    Volume(f32),
    /// The owner likes what plays; it is learnt, where there is something to learn, and answered by a chime.
    Like,
    /// A short signal on top of the music.
    Chime(Chime),
    /// Fade to silence over the time given.
    Stop(Duration),
}
