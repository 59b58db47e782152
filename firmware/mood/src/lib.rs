//! The pure core of Moodbox: frame -> face -> crop -> input tensor -> logits -> mood -> cue.
//!
//! Owns every step between the camera's bytes and the box's answer, so that the trainer and the box can't disagree.
//! INVARIANT: no I/O, no clock, no thread; equal input gives equal output.

pub mod answer;
pub mod burst;
pub mod classifier;
pub mod contract;
pub mod crop;
pub mod cue;
pub mod decision;
pub mod error;
pub mod expression;
pub mod face;
pub mod frame;
pub mod jpeg;
mod levels;
pub mod light;
mod network;
pub mod owner;
pub mod quality;
pub mod raw;

pub use answer::{Affect, Answer, Mood, NoFaceReason, UnsureReason};
pub use burst::{Burst, Glimpse, Step, Verdict};
pub use classifier::{Classifier, Logits, Probabilities, Reading};
pub use contract::{Contract, LabelSet, Thresholds};
pub use crop::{Crop, InputTensor};
pub use cue::{Cue, MusicCue};
pub use decision::DecisionRule;
pub use error::{FrameError, ModelError};
pub use expression::Expression;
pub use face::{FaceBox, FaceFinder, Faces, Landmarks, Point, Search};
pub use frame::{Frame, PixelFormat};
pub use light::{Brightness, LightPattern, Motion, Rgb};
pub use owner::{Example, Layer, Owner};
pub use quality::Quality;
pub use raw::{Flip, Range, Raw, RawFormat};
