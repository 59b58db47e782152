//! The music: a composer that needs no files, and the owner's own tracks. Blocks of samples come out; no device is opened.
//!
//! Everything that sounds is a [`Track`]. [`compose`] makes pieces that never end, [`listen`] opens and measures files,
//! [`library`] chooses among the owner's; [`Mixer`] brings what plays to one stream. Equal seeds give equal samples.

pub mod compose;
pub mod crossfader;
pub mod library;
mod limiter;
pub mod listen;
pub mod loudness;
mod mixer;
pub mod track;
#[cfg(test)]
mod wav;
pub mod worker;

pub use compose::Composer;
pub use compose::plan::Plan;
pub use crossfader::Crossfader;
pub use library::MoodFolders;
pub use mixer::Mixer;
pub use track::{Chime, Programme, Sound, Status, Stereo, Track};
