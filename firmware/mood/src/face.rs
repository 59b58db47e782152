//! Finds faces in a frame with BlazeFace short-range (Google, Apache-2.0; `models/README.md`).
//!
//! Owns the way from a frame to the faces in it: scale into a canvas, run a network, decode its anchors, merge what
//! overlaps, judge what is left. Refuses to guess: without a face that is certain, large and plausible enough there is
//! none.

mod canvas;
mod decode;
mod judge;
mod merge;
mod resize;

use crate::network::Network;
use crate::{Frame, ModelError, NoFaceReason};
use canvas::{Canvas, Size};
use serde::Serialize;

/// A point in frame pixels; x grows to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

impl Point {
    /// Halfway between two points.
    #[must_use]
    pub const fn midpoint(self, other: Self) -> Self {
        Self { x: f32::midpoint(self.x, other.x), y: f32::midpoint(self.y, other.y) }
    }

    /// Pixels between two points.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
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

impl Landmarks {
    /// Halfway between the eyes.
    #[must_use]
    pub const fn eyes(&self) -> Point {
        self.left_eye.midpoint(self.right_eye)
    }

    /// Pixels between the eyes.
    #[must_use]
    pub fn eye_distance(&self) -> f32 {
        self.left_eye.distance(self.right_eye)
    }

    /// How far the head is tilted in the frame's plane, in radians; positive is clockwise as seen in the frame.
    #[must_use]
    pub fn roll(&self) -> f32 {
        (self.right_eye.y - self.left_eye.y).atan2(self.right_eye.x - self.left_eye.x)
    }

    /// The same landmarks with each point changed by `change`.
    #[must_use]
    pub(crate) fn map(&self, change: impl Fn(Point) -> Point) -> Self {
        Self {
            left_eye: change(self.left_eye),
            right_eye: change(self.right_eye),
            nose: change(self.nose),
            mouth: change(self.mouth),
            left_ear: change(self.left_ear),
            right_ear: change(self.right_ear),
        }
    }
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

impl FaceBox {
    /// The longer side, in pixels.
    #[must_use]
    pub const fn side(&self) -> f32 {
        self.width.max(self.height)
    }

    /// The middle of the rectangle.
    #[must_use]
    pub const fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// How much two rectangles cover each other: intersection over union, 0..=1.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f32 {
        let shared =
            |a: f32, a_length: f32, b: f32, b_length: f32| ((a + a_length).min(b + b_length) - a.max(b)).max(0.0);
        let both =
            shared(self.x, self.width, other.x, other.width) * shared(self.y, self.height, other.y, other.height);
        let either = self.width * self.height + other.width * other.height - both;
        if either > 0.0 { both / either } else { 0.0 }
    }
}

/// The faces of one frame, the primary one (whom the box answers) first.
#[derive(Debug, Clone, PartialEq)]
pub struct Faces {
    /// Plausible faces, the primary one first.
    pub faces: Vec<FaceBox>,
    /// Why `faces` is empty, when it is.
    pub reason: NoFaceReason,
}

/// The face finder: two fixed-size BlazeFace networks and the rules around them. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct FaceFinder {
    narrow: Pass,
    wide: Pass,
}

impl FaceFinder {
    /// Loads the 192x144 network and the 256x192 one for the retry pass.
    ///
    /// # Errors
    /// When either is not the network this build was made for.
    pub fn from_onnx(narrow: &[u8], wide: &[u8]) -> Result<Self, ModelError> {
        Ok(Self {
            narrow: Pass::from_onnx(narrow, Size { width: 192, height: 144 })?,
            wide: Pass::from_onnx(wide, Size { width: 256, height: 192 })?,
        })
    }

    /// Finds the faces of a frame: one quick look, and where that sees nobody a closer one with the light evened out.
    ///
    /// # Errors
    /// When the network can't be run.
    pub fn find(&self, frame: &Frame) -> Result<Faces, ModelError> {
        let mut candidates = self.narrow.candidates(&Canvas::of(frame, self.narrow.size))?;
        let quick = judge::faces(&candidates, frame);
        if !quick.faces.is_empty() {
            return Ok(quick);
        }
        let mut canvas = Canvas::of(frame, self.wide.size);
        canvas.stretch();
        candidates.extend(self.wide.candidates(&canvas)?);
        Ok(judge::faces(&merge::overlapping(candidates), frame))
    }
}

/// One network of a fixed input size.
#[derive(Debug, Clone)]
struct Pass {
    network: Network,
    size: Size,
}

impl Pass {
    fn from_onnx(bytes: &[u8], size: Size) -> Result<Self, ModelError> {
        let anchors = decode::anchors(size).count();
        let input = [1, 3, size.height, size.width];
        let outputs: [&[usize]; 2] = [&[1, anchors, 1], &[1, anchors, decode::VALUES]];
        let network = Network::prepare(&Network::read(bytes)?, input, &outputs)?;
        Ok(Self { network, size })
    }

    /// Everything face-like in a canvas, each thing once, in frame pixels.
    fn candidates(&self, canvas: &Canvas) -> Result<Vec<FaceBox>, ModelError> {
        let outputs = self.network.run(canvas.tensor())?;
        let [logits, regressors] = outputs.as_slice() else {
            return Err(ModelError::Run { detail: format!("{} outputs instead of 2", outputs.len()) });
        };
        let found = merge::overlapping(decode::decode(logits, regressors, self.size));
        Ok(found.iter().map(|face| canvas.to_frame(face)).collect())
    }
}
