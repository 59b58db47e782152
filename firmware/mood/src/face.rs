//! Finds faces in a frame with BlazeFace short-range (Google, Apache-2.0; `models/README.md`).
//!
//! Owns the way from a frame to the faces in it: scale into a canvas, run a network, decode its anchors, merge what
//! overlaps, judge what is left. Refuses to guess: without a face that is certain, large and plausible enough there is
//! none.

mod canvas;
mod decode;
mod judge;
mod resize;

use crate::network::Network;
use crate::{Frame, ModelError, NoFaceReason};
use canvas::{Canvas, Size, Window};
use serde::Serialize;
use tract_onnx::pb::ModelProto;

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

impl Faces {
    /// Whether the second face is nearly as large as the primary one, so that either may be meant.
    #[must_use]
    pub fn several(&self) -> bool {
        matches!(self.faces.as_slice(), [first, second, ..] if second.side() >= NEARLY_AS_LARGE * first.side())
    }
}

/// A second face of at least this share of the primary one's side may be meant as well.
const NEARLY_AS_LARGE: f32 = 0.8;

/// The face finder: two fixed-size BlazeFace networks and the rules around them. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct FaceFinder {
    narrow: Pass,
    wide: Pass,
    near: Pass,
    /// Used again from glance to glance.
    canvas: Canvas,
}

/// How to look for faces in one frame of many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search {
    /// The whole frame, quickly.
    Whole,
    /// The whole frame, larger and with its light evened out: sees more, and takes nearly twice as long.
    Closer,
    /// The whole frame, shrunk inside a black margin: sees a face that fills the frame. Takes as long as [`Search::Whole`].
    Shrunk,
    /// All of these, one after the other until a face is seen. For a single frame, which no other follows.
    All,
    /// Around a face that was there a moment ago, at a third of the work of [`Search::Whole`].
    Near(FaceBox),
}

impl FaceFinder {
    /// Loads the 192x144 network and the 256x192 one for the retry pass.
    ///
    /// # Errors
    /// When either is not the network this build was made for.
    pub fn from_onnx(narrow: &[u8], wide: &[u8]) -> Result<Self, ModelError> {
        let narrow_proto = Network::read(narrow)?;
        Ok(Self {
            narrow: Pass::new(&narrow_proto, Size { width: 192, height: 144 })?,
            wide: Pass::new(&Network::read(wide)?, Size { width: 256, height: 192 })?,
            near: Pass::resized(narrow_proto, NEAR)?,
            canvas: Canvas::default(),
        })
    }

    /// Finds the faces of a frame: one quick look, where that sees nobody a closer one with the light evened out, and where
    /// that doesn't either one for a face that fills the frame.
    ///
    /// # Errors
    /// When the network can't be run.
    pub fn find(&self, frame: &Frame) -> Result<Faces, ModelError> {
        let mut canvas = Canvas::default();
        canvas.show(frame, Window::whole(frame), self.narrow.size);
        let mut candidates = self.narrow.candidates(&mut canvas)?;
        let quick = judge::faces(&candidates, frame);
        if !quick.faces.is_empty() {
            return Ok(quick);
        }
        canvas.show(frame, Window::whole(frame), self.wide.size);
        canvas.stretch();
        candidates.extend(self.wide.candidates(&mut canvas)?);
        let closer = judge::faces(&decode::overlapping(candidates), frame);
        if !closer.faces.is_empty() {
            return Ok(closer);
        }
        canvas.show(frame, Window::inside(frame, MARGIN), self.narrow.size);
        if canvas.spread() < DIM {
            canvas.stretch();
        }
        let mut candidates = self.narrow.candidates(&mut canvas)?;
        // The first two have looked for smaller ones, and better.
        candidates.retain(|face| judge::is_near(face, frame));
        let Faces { faces, reason } = judge::faces(&candidates, frame);
        Ok(Faces { faces, reason: reason.or_more_telling(closer.reason) })
    }

    /// Looks once, as `search` says: one network, one pass. [`Search::Near`] gives one face at most, the one that covers
    /// the face it looked for best.
    ///
    /// # Errors
    /// When the network can't be run.
    pub fn glance(&mut self, frame: &Frame, search: Search) -> Result<Faces, ModelError> {
        let (pass, window) = match search {
            Search::All => return self.find(frame),
            Search::Whole => (&self.narrow, Window::whole(frame)),
            Search::Closer => (&self.wide, Window::whole(frame)),
            Search::Shrunk => (&self.narrow, Window::inside(frame, MARGIN)),
            Search::Near(face) => (&self.near, Window::around(frame, face.centre(), NEAR_SIDES * face.side())),
        };
        let canvas = &mut self.canvas;
        canvas.show(frame, window, pass.size);
        if search == Search::Closer || canvas.spread() < DIM {
            canvas.stretch();
        }
        let mut found = judge::faces(&pass.candidates(canvas)?, frame);
        if let Search::Near(face) = search {
            found.faces.retain(|other| other.overlap(&face) >= SAME_FACE);
            found.faces.sort_by(|a, b| b.overlap(&face).total_cmp(&a.overlap(&face)));
            found.faces.truncate(1);
        }
        Ok(found)
    }
}

/// The input of the pass around a known face, and the side of the window it sees in sides of that face. A face then has
/// some 40 pixels, as in the middle of what the network was made for.
const NEAR: Size = Size { width: 96, height: 96 };
const NEAR_SIDES: f32 = 2.4;

/// How many times the frame's sides the canvas of [`Search::Shrunk`] stands for.
///
/// Measured with `--example close` on 100 faces: at 1.5 the finder sees all of those up to 1.25 times as high as the frame
/// and 63 of 1.5 times, at 1.8 all of these. A grey margin sees 85 where a black one sees 63; black is what lies around
/// every frame that isn't 4:3.
const MARGIN: f64 = 1.8;

/// A frame whose luminances spread less than this is evened out for any pass.
const DIM: u8 = 96;

/// From one frame to the next the same face covers itself at least so much (intersection over union).
const SAME_FACE: f32 = 0.3;

/// One network of a fixed input size.
#[derive(Debug, Clone)]
struct Pass {
    network: Network,
    size: Size,
}

impl Pass {
    fn new(proto: &ModelProto, size: Size) -> Result<Self, ModelError> {
        let anchors = decode::anchors(size).count();
        let input = [1, 3, size.height, size.width];
        let outputs: [&[usize]; 2] = [&[1, anchors, 1], &[1, anchors, decode::VALUES]];
        let network = Network::prepare(proto, input, &outputs)?;
        Ok(Self { network, size })
    }

    /// The same network for another input. It is convolutional all through; only the input and the lists of anchors at
    /// its end say how large a picture is.
    fn resized(mut proto: ModelProto, size: Size) -> Result<Self, ModelError> {
        Network::resize(&mut proto, [1, 3, size.height, size.width]);
        Self::new(&proto, size)
    }

    /// Everything face-like in a canvas, each thing once, in frame pixels.
    fn candidates(&self, canvas: &mut Canvas) -> Result<Vec<FaceBox>, ModelError> {
        let candidates = self.network.run(canvas.tensor(), |outputs| match outputs {
            [logits, regressors] => Ok(decode::decode(logits, regressors, self.size)),
            _ => Err(ModelError::Run { detail: format!("{} outputs instead of 2", outputs.len()) }),
        })??;
        Ok(decode::overlapping(candidates).iter().map(|face| canvas.to_frame(face)).collect())
    }
}
