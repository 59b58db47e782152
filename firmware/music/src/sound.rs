//! What the music can be told, from the state machine to the thread that makes the sound.

use mood::{Affect, Expression};
use std::time::Duration;

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
