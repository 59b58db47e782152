//! The pure core of Moodbox: frame -> face -> crop -> input tensor -> logits -> mood -> cue.
//!
//! Owns every step between the camera's bytes and the box's answer, so that the trainer and the box can't disagree.
//! INVARIANT: no I/O, no clock, no thread; equal input gives equal output.

pub mod affect;
pub mod answer;
pub mod classifier;
pub mod contract;
pub mod crop;
pub mod cue;
pub mod error;
pub mod expression;
pub mod face;
pub mod frame;
pub mod jpeg;
mod levels;
pub mod light;
mod network;
pub mod preprocess;
pub mod raw;

pub use affect::Affect;
pub use answer::{Answer, Mood, NoFaceReason, UnsureReason};
pub use classifier::{Classifier, Logits, Probabilities};
pub use contract::{Contract, LabelSet};
pub use crop::Crop;
pub use cue::{Cue, MusicCue};
pub use error::{FrameError, ModelError};
pub use expression::Expression;
pub use face::{FaceBox, FaceFinder, Faces, Landmarks, Point};
pub use frame::{Frame, PixelFormat};
pub use light::{Brightness, LightPattern, Motion, Rgb};
pub use preprocess::InputTensor;
pub use raw::{Flip, Range, Raw, RawFormat};
