//! Sound in: files as frames at the box's rate, and what they sound like.

pub mod decode;
pub mod estimate;
pub(crate) mod excerpt;
pub mod features;
pub(crate) mod resample;
pub(crate) mod tags;

pub use tags::Tags;
