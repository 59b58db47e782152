//! Cuts the face out of the frame as the training pictures were cut (square, grey, de-rotated), and makes the input tensor of it.

#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "pixel numbers are exact below 2^24")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f32 saturates, NaN gives 0")]

use crate::face::{Landmarks, Point};
use crate::{Contract, FaceBox, Frame, levels};

/// The crop's side in units of the face (see [`Square::around`]). Fitted on 2,500 pictures of FER-2013.
const SIDE_PER_UNIT: f32 = 2.64;

/// How far the crop's centre lies above the middle between eyes and mouth, in units of the face.
const RAISED_BY: f32 = 0.237;

/// The distance from eyes to mouth in a face whose eyes are as far apart: turns one into the other.
const MOUTH_TO_EYE_DISTANCE: f32 = 0.945;

/// Degrees of roll that are left alone: the finder's own error is 5, FER-2013's pictures are tilted by 10.
const UPRIGHT: f32 = 8.0;

/// Degrees of roll that are taken out at most.
const LARGEST_TURN: f32 = 30.0;

/// Samples along one output pixel at most; a crop wider than 1,500 frame pixels leaves some pixels out.
const MOST_SAMPLES: usize = 32;

/// A square grey crop of a face, one byte a pixel.
///
/// INVARIANT: `pixels` holds `side * side` bytes, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Crop {
    side: u32,
    pixels: Vec<u8>,
}

impl Crop {
    /// Below this [contrast](Crop::contrast) a crop is too dark or too flat to read.
    pub const LEAST_CONTRAST: u8 = 25;

    /// Below this [contrast](Crop::contrast) a crop's light is evened out before it is read.
    pub const DIM: u8 = 90;

    /// Cuts `face` out by the landmark rule, area-averaged to `side` pixels. Outside the frame its edge goes on.
    pub fn of(frame: &Frame, face: &FaceBox, side: u32) -> Self {
        let mut crop = Self::default();
        crop.cut(frame, face, side);
        crop
    }

    /// As [`Crop::of`], into the crop that is there.
    pub fn cut(&mut self, frame: &Frame, face: &FaceBox, side: u32) {
        self.fill(frame, Square::around(&face.landmarks), side);
    }

    /// The largest square in the middle of a frame that shows a face and little else, such as a picture of a data set,
    /// scaled as [`Crop::of`] scales. A frame of `side` x `side` pixels is its own crop.
    pub fn centred(frame: &Frame, side: u32) -> Self {
        let [width, height] = [frame.width() as f32, frame.height() as f32];
        let centre = Point { x: width / 2.0, y: height / 2.0 };
        let mut crop = Self::default();
        crop.fill(frame, Square { centre, side: width.min(height), sin: 0.0, cos: 1.0 }, side);
        crop
    }

    fn fill(&mut self, frame: &Frame, square: Square, side: u32) {
        self.side = side;
        self.pixels.clear();
        let places = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
        self.pixels.extend(places.map(|(column, row)| square.mean(frame, column, row, side)));
    }

    /// A crop that is already cut, as in FER-2013. `None` when `pixels` doesn't hold `side * side` bytes.
    pub fn from_pixels(side: u32, pixels: Vec<u8>) -> Option<Self> {
        let fits = u64::from(side).pow(2) == u64::try_from(pixels.len()).ok()?;
        fits.then_some(Self { side, pixels })
    }

    /// Pixels per side.
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// The luminances, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Stretches its luminances until a hundredth at each end is black or white; without contrast it stays.
    fn stretch(&mut self) {
        let (low, high) = levels::spread(self.pixels.iter().copied());
        let spread = u32::from(high - low);
        if spread == 0 {
            return;
        }
        for value in &mut self.pixels {
            let above = u32::from((*value).clamp(low, high) - low);
            // At most 255, where the value is `high`.
            *value = u8::try_from((above * 255 + spread / 2) / spread).unwrap_or(u8::MAX);
        }
    }

    /// Evens out the light where the [contrast](Crop::contrast) is below [`Crop::DIM`].
    pub fn light_up(&mut self) {
        if self.contrast() < Self::DIM {
            self.stretch();
        }
    }

    /// The mean luminance.
    pub fn luminance(&self) -> u8 {
        let sum: u64 = self.pixels.iter().copied().map(u64::from).sum();
        let count = u64::try_from(self.pixels.len()).unwrap_or(u64::MAX).max(1);
        u8::try_from(sum / count).unwrap_or(u8::MAX)
    }

    /// How sharp it is: the mean square of the Laplacian, as a share of the variance; 0 for a crop without contrast.
    /// Contrast and size of the face cancel out, so that one limit holds for all of them.
    pub fn sharpness(&self) -> f32 {
        let side = crate::frame::index(self.side);
        let at = |row: usize, column: usize| f32::from(self.pixels[row * side + column]);
        let count = self.pixels.len() as f32;
        let mean = self.pixels.iter().map(|&value| f32::from(value)).sum::<f32>() / count;
        let variance = self.pixels.iter().map(|&value| (f32::from(value) - mean).powi(2)).sum::<f32>() / count;
        let inner = side.saturating_sub(2);
        if inner == 0 || variance < 1.0 {
            return 0.0;
        }
        let mut sum = 0.0;
        for row in 1..=inner {
            for column in 1..=inner {
                let around = at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1);
                sum += (around - 4.0 * at(row, column)).powi(2);
            }
        }
        sum / (inner * inner) as f32 / variance
    }

    /// Luminance steps between the 1st and the 99th percentile, 0..=255.
    pub fn contrast(&self) -> u8 {
        let (low, high) = levels::spread(self.pixels.iter().copied());
        high - low
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Square {
    centre: Point,
    side: f32,
    /// Sine and cosine of the angle, clockwise as seen in the frame.
    sin: f32,
    cos: f32,
}

impl Square {
    /// The landmark rule. FER-2013 was cut by another finder's boxes; this square is the one that matches those pictures
    /// best (mean overlap 0.75, which is within their own scatter).
    ///
    /// The unit is the distance between the eyes or, scaled, from eyes to mouth: a turned head shortens one less.
    fn around(landmarks: &Landmarks) -> Self {
        let (eyes, mouth) = (landmarks.eyes(), landmarks.mouth);
        let unit = landmarks.eye_distance().max(MOUTH_TO_EYE_DISTANCE * eyes.distance(mouth));
        let roll = landmarks.roll().to_degrees();
        let turn = if roll.abs() > UPRIGHT { roll.clamp(-LARGEST_TURN, LARGEST_TURN) } else { 0.0 };
        let (sin, cos) = turn.to_radians().sin_cos();
        let middle = eyes.midpoint(mouth);
        let centre = Point { x: middle.x + RAISED_BY * unit * sin, y: middle.y - RAISED_BY * unit * cos };
        Self { centre, side: SIDE_PER_UNIT * unit, sin, cos }
    }

    /// The mean luminance of one of `side * side` equal parts: samples less than a frame pixel apart.
    fn mean(&self, frame: &Frame, column: u32, row: u32, side: u32) -> u8 {
        let part = self.side / side as f32;
        let samples = (part.ceil() as usize).clamp(1, MOST_SAMPLES);
        let step = part / samples as f32;
        let offset = |number: u32, sample: usize| number as f32 * part - self.side / 2.0 + (sample as f32 + 0.5) * step;
        let mut sum = 0.0;
        for down in (0..samples).map(|sample| offset(row, sample)) {
            for right in (0..samples).map(|sample| offset(column, sample)) {
                let x = self.centre.x + right * self.cos - down * self.sin;
                let y = self.centre.y + right * self.sin + down * self.cos;
                sum += interpolated(frame, x, y);
            }
        }
        (sum / (samples * samples) as f32).round() as u8
    }
}

/// The luminance at a point, 0..=255, interpolated between the centres of the four pixels around it.
fn interpolated(frame: &Frame, x: f32, y: f32) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    // A cast saturates, so that a point left of or above the frame takes the edge; the frame clamps the other two.
    let (x0, x1, y0, y1) = (left as u32, (left + 1.0) as u32, top as u32, (top + 1.0) as u32);
    let between = |y: u32| {
        let (a, b) = (f32::from(frame.luminance(x0, y)), f32::from(frame.luminance(x1, y)));
        a + (b - a) * right_share
    };
    let (upper, lower) = (between(y0), between(y1));
    upper + (lower - upper) * lower_share
}

/// What the network eats: f32, NCHW, batch 1, one channel.
///
/// INVARIANT: `values` holds `side * side` numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InputTensor {
    /// Height and width.
    pub side: u32,
    /// The values, row by row.
    pub values: Vec<f32>,
}

impl InputTensor {
    /// Normalises a crop: `(luminance - mean) / deviation`, in the units of the contract (luminance 0..=255).
    pub fn new(crop: &Crop, contract: &Contract) -> Self {
        let mut input = Self::default();
        input.fill(crop, contract);
        input
    }

    /// As [`InputTensor::new`], into the tensor that is there.
    pub fn fill(&mut self, crop: &Crop, contract: &Contract) {
        self.side = crop.side();
        self.values.clear();
        self.values.extend(crop.pixels().iter().map(|&luminance| contract.normalise(luminance)));
    }

    /// Makes it the mirror image: left and right change places.
    pub fn mirror(&mut self) {
        let side = crate::frame::index(self.side).max(1);
        self.values.chunks_mut(side).for_each(<[f32]>::reverse);
    }
}
