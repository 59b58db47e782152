//! The picture a network looks at: the whole frame, scaled into the network's fixed input, black around it.

use super::resize::{Taps, scaled};
use super::{FaceBox, Point};
use crate::{Frame, PixelFormat, levels};

/// Sides of a network's input in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The least spread of luminances that is stretched; below it is mostly noise, which would be blown up to patterns.
const LEAST_SPREAD: u8 = 16;

/// A frame scaled to fit into a [`Size`], its aspect kept, in the middle.
pub(super) struct Canvas {
    size: Size,
    /// The frame's part of the canvas: left, top, width, height.
    left: usize,
    top: usize,
    picture: Size,
    /// Frame pixels per canvas pixel. The two differ by rounding only.
    scale: Point,
    /// Luminances or red, green, blue of the frame's part, 0..=255, row by row.
    values: Vec<f32>,
    channels: usize,
}

impl Canvas {
    pub(super) fn of(frame: &Frame, size: Size) -> Self {
        let source = Size { width: crate::frame::index(frame.width()), height: crate::frame::index(frame.height()) };
        let picture = fit(source, size);
        let channels = frame.format().bytes_per_pixel();
        let columns = Taps::new(source.width, picture.width);
        let rows = Taps::new(source.height, picture.height);
        let values = match frame.format() {
            PixelFormat::Grey => scaled::<1>(frame, &columns, &rows),
            PixelFormat::Rgb => scaled::<3>(frame, &columns, &rows),
        };
        let scale = Point { x: columns.scale(), y: rows.scale() };
        let (left, top) = ((size.width - picture.width) / 2, (size.height - picture.height) / 2);
        Self { size, left, top, picture, scale, values, channels }
    }

    /// Spreads the luminances over the whole range: the hundredth darkest become black, the hundredth brightest white.
    pub(super) fn stretch(&mut self) {
        let (low, high) = levels::spread(self.values.chunks_exact(self.channels).map(luminance));
        let spread = high.saturating_sub(low).max(LEAST_SPREAD);
        let (low, gain) = (f32::from(low), 255.0 / f32::from(spread));
        for value in &mut self.values {
            *value = ((*value - low) * gain).clamp(0.0, 255.0);
        }
    }

    /// The network's input, NCHW: red, green and blue in -1..=1. A grey frame gives three equal channels.
    pub(super) fn tensor(&self) -> Vec<f32> {
        const BLACK: f32 = -1.0;
        let area = self.size.width * self.size.height;
        let mut tensor = vec![BLACK; 3 * area];
        for (channel, plane) in tensor.chunks_exact_mut(area).enumerate() {
            let rows = plane.chunks_exact_mut(self.size.width).skip(self.top);
            let channel = channel.min(self.channels - 1);
            for (row, line) in rows.zip(self.values.chunks_exact(self.picture.width * self.channels)) {
                let row = &mut row[self.left..self.left + self.picture.width];
                for (out, pixel) in row.iter_mut().zip(line.chunks_exact(self.channels)) {
                    *out = pixel[channel] / 127.5 - 1.0;
                }
            }
        }
        tensor
    }

    /// A face in canvas pixels as one in frame pixels.
    pub(super) fn to_frame(&self, face: &FaceBox) -> FaceBox {
        let (left, top) = (to_f32(self.left), to_f32(self.top));
        let point = |at: Point| Point { x: (at.x - left) * self.scale.x, y: (at.y - top) * self.scale.y };
        let corner = point(Point { x: face.x, y: face.y });
        FaceBox {
            x: corner.x,
            y: corner.y,
            width: face.width * self.scale.x,
            height: face.height * self.scale.y,
            score: face.score,
            landmarks: face.landmarks.map(point),
        }
    }
}

/// The largest size of the source's aspect that fits, at least 1 pixel a side.
fn fit(source: Size, into: Size) -> Size {
    // Both products of two sides stay below 2^64: sides are u32.
    let of = |a: usize, b: usize, c: usize| ((a * b + c / 2) / c).max(1);
    if source.width * into.height >= source.height * into.width {
        Size { width: into.width, height: of(source.height, into.width, source.width).min(into.height) }
    } else {
        Size { width: of(source.width, into.height, source.height).min(into.width), height: into.height }
    }
}

/// Rec. 601 luminance of one canvas pixel.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn luminance(pixel: &[f32]) -> u8 {
    let value = match *pixel {
        [red, green, blue] => 0.299 * red + 0.587 * green + 0.114 * blue,
        [grey, ..] => grey,
        [] => 0.0,
    };
    value.round() as u8
}

/// A canvas side or offset, far below 2^24.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact below 2^24")]
const fn to_f32(side: usize) -> f32 {
    side as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SIZE: Size = Size { width: 192, height: 144 };

    fn canvas(width: u32, height: u32, format: PixelFormat, bytes: Vec<u8>) -> Canvas {
        Canvas::of(&Frame::packed(width, height, format, Duration::ZERO, bytes).unwrap(), SIZE)
    }

    #[test]
    fn frames_of_any_aspect_fit() {
        let fitted = |width, height| {
            let Size { width, height } = fit(Size { width, height }, SIZE);
            (width, height)
        };
        assert_eq!(fitted(640, 480), (192, 144));
        assert_eq!(fitted(1, 1), (144, 144));
        assert_eq!(fitted(1920, 1080), (192, 108));
        assert_eq!(fitted(333, 500), (96, 144));
        assert_eq!(fitted(10_000, 1), (192, 1));
        assert_eq!(fitted(1, 10_000), (1, 144));
    }

    #[test]
    fn a_grey_frame_looks_like_the_same_frame_in_colour() {
        let grey: Vec<u8> = (0..64_u8 * 3).collect();
        let colour = grey.iter().flat_map(|&luminance| [luminance; 3]).collect();
        let (grey, colour) = (canvas(16, 12, PixelFormat::Grey, grey), canvas(16, 12, PixelFormat::Rgb, colour));
        assert_eq!(grey.tensor(), colour.tensor());
    }

    #[test]
    fn around_the_frame_the_canvas_is_black() {
        let tensor = canvas(2, 2, PixelFormat::Rgb, vec![255; 12]).tensor();
        let row = &tensor[192 * 70..192 * 71];
        assert_eq!((row[23], row[24], row[167], row[168]), (-1.0, 1.0, 1.0, -1.0));
    }

    #[test]
    fn stretching_fills_the_range_but_leaves_noise_alone() {
        let spread = |bytes: Vec<u8>| {
            let mut canvas = canvas(16, 12, PixelFormat::Grey, bytes);
            canvas.stretch();
            levels::spread(canvas.values.chunks_exact(1).map(luminance))
        };
        assert_eq!(spread((0..192_u8).map(|at| 40 + at / 6).collect()), (0, 255));
        assert_eq!(spread(vec![90; 192]), (0, 0));
        let (low, high) = spread((0..192_u8).map(|at| 90 + at % 2).collect());
        assert!(high - low <= 16, "{low} {high}");
    }

    #[test]
    fn a_box_comes_back_to_the_frame() {
        let canvas = canvas(384, 576, PixelFormat::Grey, vec![0; 384 * 576]);
        let at = |x: f32, y: f32| Point { x, y };
        let landmarks = super::super::Landmarks { nose: at(96.0, 72.0), ..Default::default() };
        let face = FaceBox { x: 48.0, y: 0.0, width: 96.0, height: 144.0, score: 1.0, landmarks };
        let face = canvas.to_frame(&face);
        assert_eq!((face.x, face.y, face.width, face.height), (0.0, 0.0, 384.0, 576.0));
        assert_eq!(face.landmarks.nose, at(192.0, 288.0));
    }
}
