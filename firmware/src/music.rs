//! The music: a composer that needs no files, and the owner's own tracks. Blocks of samples in, no device, no clock.
//!
//! Everything that sounds is a [`Track`]. The [`Composer`] is one that never ends; [`library`] makes them of the owner's
//! files. Equal seeds give equal samples.
//!
//! ```text
//! (expression, affect) -> plan (tempo, density, ...) + character (mode, harmony, instruments)
//!    -> score: sixteen bars at a time, A A' B A -> humanise -> voices -> reverb -> samples
//! ```

pub mod analysis;
pub mod character;
pub mod choose;
pub mod collection;
pub mod composer;
pub mod decode;
mod downmix;
pub mod estimate;
pub mod fader;
mod filter;
mod folder;
mod humanise;
pub mod index;
pub(crate) mod leveller;
pub mod library;
mod path_text;
pub mod plan;
pub mod policy;
pub mod present;
mod resample;
mod reverb;
mod score;
pub mod shelf;
pub mod soundfont;
pub mod taste;
pub mod theory;
pub mod track;
mod voices;

pub use composer::Composer;
pub use fader::Fader;
pub use library::Library;
pub use plan::Plan;
pub use track::{Status, Stereo, Track};

#[cfg(test)]
mod tests;
