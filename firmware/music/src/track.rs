//! What can sound: a source of stereo blocks.

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

    /// Takes note that the owner likes what plays, where that can be learnt.
    fn like(&mut self) {}

    /// Whether a like of what plays now can be learnt.
    fn is_likeable(&self) -> bool {
        false
    }
}
