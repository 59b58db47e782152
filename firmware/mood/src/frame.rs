//! One image from a camera, as its bytes arrive.

use crate::FrameError;
use std::time::Duration;

/// How the bytes of a frame hold its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// One byte a pixel, luminance (V4L2 fourcc `GREY`).
    Grey,
    /// Three bytes a pixel: red, green, blue (V4L2 fourcc `RGB3`).
    Rgb,
}

impl PixelFormat {
    /// The V4L2 four-character code.
    pub const fn fourcc(self) -> &'static str {
        match self {
            Self::Grey => "GREY",
            Self::Rgb => "RGB3",
        }
    }

    /// Bytes a pixel takes.
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
        }
    }
}

impl std::fmt::Display for PixelFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.fourcc())
    }
}

/// A frame: pixels with their format, stride and timestamp.
///
/// INVARIANT: both sides are at least 1, and every line lies inside `bytes`.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    stride: usize,
    format: PixelFormat,
    timestamp: Duration,
    bytes: Vec<u8>,
}

impl Frame {
    /// Checks and takes over a buffer.
    ///
    /// `stride` is bytes per line, `timestamp` counts from any fixed moment (V4L2 uses the monotonic clock).
    ///
    /// # Errors
    /// When a side is zero, the stride is shorter than a line or the buffer ends too early.
    pub fn new(
        width: u32,
        height: u32,
        stride: usize,
        format: PixelFormat,
        timestamp: Duration,
        bytes: Vec<u8>,
    ) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        let (columns, rows) = (index(width), index(height));
        let line = columns.saturating_mul(format.bytes_per_pixel());
        if stride < line {
            return Err(FrameError::Stride { stride, width, format: format.fourcc(), needed: line });
        }
        let needed = stride.saturating_mul(rows - 1).saturating_add(line);
        if bytes.len() < needed {
            return Err(FrameError::Short { found: bytes.len(), needed, width, height, format: format.fourcc() });
        }
        Ok(Self { width, height, stride, format, timestamp, bytes })
    }

    /// A frame without padding between its lines.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn packed(
        width: u32,
        height: u32,
        format: PixelFormat,
        timestamp: Duration,
        bytes: Vec<u8>,
    ) -> Result<Self, FrameError> {
        let stride = index(width).saturating_mul(format.bytes_per_pixel());
        Self::new(width, height, stride, format, timestamp, bytes)
    }

    /// Pixels per line.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Lines.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The pixels' format.
    pub const fn format(&self) -> PixelFormat {
        self.format
    }

    /// When it was taken.
    pub const fn timestamp(&self) -> Duration {
        self.timestamp
    }

    /// The bytes of line `y`, without padding. `y` is clamped to the last line.
    pub fn line(&self, y: u32) -> &[u8] {
        let start = index(y.min(self.height - 1)) * self.stride;
        &self.bytes[start..start + index(self.width) * self.format.bytes_per_pixel()]
    }

    /// The luminance of a pixel (Rec. 601), 0..=255. `x` and `y` are clamped to the last column and line.
    pub fn luminance(&self, x: u32, y: u32) -> u8 {
        let x = index(x.min(self.width - 1));
        let line = self.line(y);
        match self.format {
            PixelFormat::Grey => line[x],
            PixelFormat::Rgb => rec601([line[3 * x], line[3 * x + 1], line[3 * x + 2]]),
        }
    }

    /// The mean luminance of some thousand pixels spread over the frame, 0..=255.
    pub fn mean_luminance(&self) -> u8 {
        const STEPS: u32 = 32;
        let spread = |length: u32| (0..length).step_by(index((length / STEPS).max(1)));
        let (mut sum, mut count) = (0_u64, 0_u64);
        for y in spread(self.height) {
            for x in spread(self.width) {
                sum += u64::from(self.luminance(x, y));
                count += 1;
            }
        }
        u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
    }

    /// The buffer, for a camera that fills it again.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl std::fmt::Debug for Frame {
    /// Never prints pixels.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}x{} {} at {:?})", self.width, self.height, self.format, self.timestamp)
    }
}

/// Luminance of red, green and blue, in 256ths: 0.299, 0.587, 0.114 (Rec. ITU-R BT.601).
const fn rec601([red, green, blue]: [u8; 3]) -> u8 {
    const fn share(weight: u16, value: u8) -> u16 {
        #[expect(clippy::as_conversions, reason = "`From` is not const; u8 fits u16")]
        let value = value as u16;
        weight * value
    }
    // The weights add up to 256, so the high byte is the rounded mean: at most (256 * 255 + 128) / 256 = 255.
    (share(77, red) + share(150, green) + share(29, blue) + 128).to_be_bytes()[0]
}

/// A `u32` as an index; every target of Moodbox has at least 32-bit addresses.
#[expect(clippy::as_conversions, reason = "usize has at least 32 bits on every target")]
pub(crate) const fn index(value: u32) -> usize {
    value as usize
}
