//! A camera's buffer as its driver fills it, and the frame in it: conversions from luminance and colour difference to
//! RGB, in whole numbers (Rec. ITU-R BT.601, <https://www.kernel.org/doc/html/latest/userspace-api/media/v4l/pixfmt.html>).

use crate::frame::index;
use crate::{Frame, FrameError, PixelFormat};
use std::time::Duration;

/// How a driver lays out the pixels of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RawFormat {
    /// One byte of luminance a pixel.
    Grey,
    /// Three bytes a pixel: red, green, blue.
    Rgb,
    /// Three bytes a pixel: blue, green, red.
    Bgr,
    /// Four bytes for two pixels of a line: luminance, blue difference, luminance, red difference (4:2:2).
    Yuyv,
    /// As [`RawFormat::Yuyv`], red difference first.
    Yvyu,
    /// As [`RawFormat::Yuyv`], each colour difference before its luminance.
    Uyvy,
    /// As [`RawFormat::Uyvy`], red difference first.
    Vyuy,
    /// A plane of luminance, then one of pairs of blue and red difference for each square of four pixels (4:2:0).
    Nv12,
    /// As [`RawFormat::Nv12`], red difference first.
    Nv21,
    /// A plane of luminance, then one of blue and one of red difference, a byte each for a square of four pixels (4:2:0).
    I420,
    /// As [`RawFormat::I420`], red difference first.
    Yv12,
}

impl RawFormat {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Grey,
        Self::Rgb,
        Self::Bgr,
        Self::Yuyv,
        Self::Yvyu,
        Self::Uyvy,
        Self::Vyuy,
        Self::Nv12,
        Self::Nv21,
        Self::I420,
        Self::Yv12,
    ];

    /// The V4L2 four-character code.
    pub const fn fourcc(self) -> &'static str {
        match self {
            Self::Grey => "GREY",
            Self::Rgb => "RGB3",
            Self::Bgr => "BGR3",
            Self::Yuyv => "YUYV",
            Self::Yvyu => "YVYU",
            Self::Uyvy => "UYVY",
            Self::Vyuy => "VYUY",
            Self::Nv12 => "NV12",
            Self::Nv21 => "NV21",
            Self::I420 => "YU12",
            Self::Yv12 => "YV12",
        }
    }

    /// The format of a V4L2 four-character code; `None` for one that is not converted here.
    pub fn from_fourcc(fourcc: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.fourcc() == fourcc)
    }

    /// Whether colour has planes of its own, of half as many lines.
    pub const fn is_planar(self) -> bool {
        matches!(self, Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yv12)
    }

    /// Bytes of the first plane's shortest line; a pair of pixels that is cut in half has all its bytes.
    pub fn least_stride(self, width: u32) -> usize {
        let width = index(width);
        match self {
            Self::Grey | Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yv12 => width,
            Self::Rgb | Self::Bgr => width.saturating_mul(3),
            Self::Yuyv | Self::Yvyu | Self::Uyvy | Self::Vyuy => width.div_ceil(2).saturating_mul(4),
        }
    }

    /// Bytes from the start of the buffer to the end of its last line.
    pub fn size(self, width: u32, height: u32, stride: usize) -> usize {
        let (rows, half_rows, half) = (index(height), index(height.div_ceil(2)), stride.div_ceil(2));
        let first = stride.saturating_mul(rows.saturating_sub(1)).saturating_add(self.least_stride(width));
        let plane = stride.saturating_mul(rows);
        let half_line = index(width.div_ceil(2));
        match self {
            Self::Nv12 | Self::Nv21 => plane
                .saturating_add(stride.saturating_mul(half_rows.saturating_sub(1)))
                .saturating_add(half_line.saturating_mul(2)),
            Self::I420 | Self::Yv12 => plane
                .saturating_add(half.saturating_mul(half_rows.saturating_mul(2).saturating_sub(1)))
                .saturating_add(half_line),
            _ => first,
        }
    }
}

impl std::fmt::Display for RawFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.fourcc())
    }
}

/// Which values luminance and colour difference take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Range {
    /// 16 is black and 235 white, as video has it and as V4L2 assumes.
    #[default]
    Limited,
    /// 0 is black and 255 white, as in a JPEG.
    Full,
}

/// How a frame is turned round on its way; a camera may hang upside down or show a mirror image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flip {
    /// Left and right change places.
    pub horizontal: bool,
    /// Top and bottom change places.
    pub vertical: bool,
}

/// A driver's buffer with what is known about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a> {
    /// Pixels per line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Bytes from line to line in the first plane; half of it in the colour planes of `I420` and `Yv12`.
    pub stride: usize,
    /// How the pixels are laid out.
    pub format: RawFormat,
    /// Which values they take.
    pub range: Range,
    /// The buffer; what follows the last line is left alone.
    pub bytes: &'a [u8],
}

impl Raw<'_> {
    /// The frame: [`PixelFormat::Grey`] for [`RawFormat::Grey`], else [`PixelFormat::Rgb`], without padding.
    ///
    /// # Errors
    /// When a side is zero, the stride is shorter than a line or the buffer ends too early.
    pub fn to_frame(&self, flip: Flip, timestamp: Duration) -> Result<Frame, FrameError> {
        self.to_frame_in(flip, timestamp, Vec::new())
    }

    /// As [`Raw::to_frame`], in the room of `pixels`, whatever it held; an earlier frame's [`Frame::into_bytes`] has the
    /// right size.
    ///
    /// # Errors
    /// As [`Raw::to_frame`].
    pub fn to_frame_in(&self, flip: Flip, timestamp: Duration, mut pixels: Vec<u8>) -> Result<Frame, FrameError> {
        let Self { width, height, stride, format, bytes, .. } = *self;
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if stride < format.least_stride(width) {
            let needed = format.least_stride(width);
            return Err(FrameError::Stride { stride, width, format: format.fourcc(), needed });
        }
        let needed = format.size(width, height, stride);
        if bytes.len() < needed {
            return Err(FrameError::Short { found: bytes.len(), needed, width, height, format: format.fourcc() });
        }
        let pixel_format = if format == RawFormat::Grey { PixelFormat::Grey } else { PixelFormat::Rgb };
        pixels.clear();
        pixels.reserve(index(width) * index(height) * pixel_format.bytes_per_pixel());
        let (columns, rows) = (index(width), index(height));
        for row in 0..rows {
            let row = if flip.vertical { rows - 1 - row } else { row };
            let start = pixels.len();
            self.line(row, &mut pixels);
            if flip.horizontal {
                mirror(&mut pixels[start..], pixel_format.bytes_per_pixel());
            }
        }
        debug_assert_eq!(pixels.len(), columns * rows * pixel_format.bytes_per_pixel());
        Frame::packed(width, height, pixel_format, timestamp, pixels)
    }

    fn line(&self, row: usize, pixels: &mut Vec<u8>) {
        let line = &self.bytes[row * self.stride..][..self.format.least_stride(self.width)];
        match self.format {
            RawFormat::Grey | RawFormat::Rgb => pixels.extend_from_slice(line),
            RawFormat::Bgr => {
                pixels.extend(line.as_chunks::<3>().0.iter().flat_map(|[blue, green, red]| [*red, *green, *blue]));
            }
            RawFormat::Yuyv => self.pairs(line, pixels, |[y0, u, y1, v]| [y0, y1, u, v]),
            RawFormat::Yvyu => self.pairs(line, pixels, |[y0, v, y1, u]| [y0, y1, u, v]),
            RawFormat::Uyvy => self.pairs(line, pixels, |[u, y0, v, y1]| [y0, y1, u, v]),
            RawFormat::Vyuy => self.pairs(line, pixels, |[v, y0, u, y1]| [y0, y1, u, v]),
            RawFormat::Nv12 => self.squares(line, self.paired_colours(row), pixels),
            RawFormat::Nv21 => self.squares(line, self.paired_colours(row).map(|(red, blue)| (blue, red)), pixels),
            RawFormat::I420 => self.squares(line, self.planes_of_colour(row), pixels),
            RawFormat::Yv12 => self.squares(line, self.planes_of_colour(row).map(|(red, blue)| (blue, red)), pixels),
        }
    }

    /// Appends a line of 4:2:2; `order` makes two luminances, blue and red difference of four bytes.
    fn pairs(&self, line: &[u8], pixels: &mut Vec<u8>, order: impl Fn([u8; 4]) -> [u8; 4]) {
        let both = line.as_chunks::<4>().0.iter().flat_map(|four| {
            let [left, right, blue, red] = order(*four);
            [self.range.rgb(left, blue, red), self.range.rgb(right, blue, red)]
        });
        pixels.extend(both.take(index(self.width)).flatten());
    }

    /// Appends a line of 4:2:0, with the colour differences of each pair of its pixels.
    fn squares(&self, line: &[u8], colours: impl Iterator<Item = (u8, u8)>, pixels: &mut Vec<u8>) {
        let colours = colours.flat_map(|colour| [colour, colour]);
        let rgb = |(luminance, (blue, red)): (&u8, (u8, u8))| self.range.rgb(*luminance, blue, red);
        pixels.extend(line.iter().zip(colours).flat_map(rgb));
    }

    /// Both colour differences of each square, first and second, from one plane.
    fn paired_colours(&self, row: usize) -> impl Iterator<Item = (u8, u8)> {
        let start = self.stride * (index(self.height) + row / 2);
        self.bytes[start..].as_chunks::<2>().0.iter().map(|[first, second]| (*first, *second))
    }

    /// Both colour differences of each square, first and second, from a plane each.
    fn planes_of_colour(&self, row: usize) -> impl Iterator<Item = (u8, u8)> {
        let half = self.stride.div_ceil(2);
        let first = self.stride * index(self.height) + half * (row / 2);
        let second = first + half * index(self.height.div_ceil(2));
        self.bytes[first..].iter().copied().zip(self.bytes[second..].iter().copied())
    }
}

impl std::fmt::Debug for Raw<'_> {
    /// Never prints pixels.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raw({}x{} {}, {} bytes)", self.width, self.height, self.format, self.bytes.len())
    }
}

fn mirror(line: &mut [u8], bytes_per_pixel: usize) {
    line.reverse();
    // The pixels are in reverse now, and so are the bytes in each.
    for pixel in line.chunks_exact_mut(bytes_per_pixel) {
        pixel.reverse();
    }
}

impl Range {
    /// Red, green and blue of a luminance and its colour differences (128 is none), by BT.601 in 65,536ths, rounded.
    fn rgb(self, luminance: u8, blue: u8, red: u8) -> [u8; 3] {
        // (luminance of black, its factor, red's by red difference, green's by blue and red, blue's by blue)
        let (black, grey, red_red, green_blue, green_red, blue_blue) = match self {
            Self::Limited => (16, 76_309, 104_597, 25_675, 53_279, 132_201),
            Self::Full => (0, 65_536, 91_881, 22_554, 46_802, 116_130),
        };
        let grey = (i32::from(luminance) - black) * grey + (1 << 15);
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        let parts = [grey + red_red * red, grey - green_blue * blue - green_red * red, grey + blue_blue * blue];
        parts.map(|part| u8::try_from((part >> 16).clamp(0, 255)).unwrap_or(u8::MAX))
    }
}

#[cfg(test)]
mod tests;
