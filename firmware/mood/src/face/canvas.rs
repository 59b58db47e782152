//! The picture a network looks at: a frame or a part of it, scaled into the network's fixed input, black around it.

use super::resize::Scaler;
use super::{FaceBox, Point};
use crate::{Frame, PixelFormat, levels};

/// Sides of a network's input in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The least spread of luminances that is stretched; below it is mostly noise, which would be blown up to patterns.
const LEAST_SPREAD: u8 = 16;

/// A canvas stands for so many times the part it shows at most.
const MOST_MARGIN: f64 = 96.0;

/// A part of a frame, in its pixels, and the margin around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    /// The canvas's sides stand for so many pixels at least. What is more than `width` and `height` is margin.
    reach: (f64, f64),
}

impl Window {
    /// All of it.
    pub(super) fn whole(frame: &Frame) -> Self {
        Self::inside(frame, 1.0)
    }

    /// All of it, inside a margin: the canvas stands for `times` its sides, at least once.
    pub(super) fn inside(frame: &Frame, times: f64) -> Self {
        let (width, height) = (f64::from(frame.width()), f64::from(frame.height()));
        Self { left: 0.0, top: 0.0, width, height, reach: (width * times, height * times) }
    }

    /// The part of the frame that a square of `side` pixels around `centre` covers, at least a pixel. Where the square is
    /// larger than the frame, what it has more is margin.
    pub(super) fn around(frame: &Frame, centre: Point, side: f32) -> Self {
        let part = |centre: f32, length: u32| {
            let (centre, half, length) = (f64::from(centre), f64::from(side) / 2.0, f64::from(length));
            let start = (centre - half).floor().clamp(0.0, length - 1.0);
            let end = (centre + half).ceil().clamp(start + 1.0, length);
            (start, end - start)
        };
        let ((left, width), (top, height)) = (part(centre.x, frame.width()), part(centre.y, frame.height()));
        // A damaged network may say anything; of such a margin no face would be left.
        let side = f64::from(side).ceil().min(MOST_MARGIN * width.max(height));
        Self { left, top, width, height, reach: (width.max(side), height.max(side)) }
    }

    /// Sides of the picture it makes in a canvas of `size`.
    fn picture(&self, size: Size) -> Size {
        let (across, down) = (whole(self.reach.0), whole(self.reach.1));
        let fitted = fit(Size { width: across, height: down }, size);
        Size {
            width: share(fitted.width, whole(self.width), across),
            height: share(fitted.height, whole(self.height), down),
        }
    }
}

/// A window of a frame, scaled to fit into a [`Size`], its aspect kept, in the middle. One canvas shows one after the other
/// and needs no new memory for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Canvas {
    size: Size,
    /// The frame's part of the canvas: left, top, width, height.
    left: usize,
    top: usize,
    picture: Size,
    /// Where the window lies in the frame.
    origin: Point,
    /// Frame pixels per canvas pixel. The two differ by rounding only.
    scale: Point,
    /// Luminances or red, green, blue of the frame's part, 0..=255, row by row.
    values: Vec<f32>,
    channels: usize,
    scaler: Scaler,
    /// The network's input.
    tensor: Vec<f32>,
}

impl Canvas {
    /// Shows this window of a frame instead of what it showed before.
    pub(super) fn show(&mut self, frame: &Frame, window: Window, size: Size) {
        let source = Size { width: crate::frame::index(frame.width()), height: crate::frame::index(frame.height()) };
        let picture = window.picture(size);
        self.scaler.columns.set(source.width, window.left, window.width, picture.width);
        self.scaler.rows.set(source.height, window.top, window.height, picture.height);
        match frame.format() {
            PixelFormat::Grey => self.scaler.scale::<1>(frame, &mut self.values),
            PixelFormat::Rgb => self.scaler.scale::<3>(frame, &mut self.values),
        }
        self.size = size;
        self.picture = picture;
        self.channels = frame.format().bytes_per_pixel();
        self.scale = Point { x: self.scaler.columns.scale(), y: self.scaler.rows.scale() };
        (self.left, self.top) = ((size.width - picture.width) / 2, (size.height - picture.height) / 2);
        self.origin = Point { x: narrowed(window.left), y: narrowed(window.top) };
    }

    /// Luminance steps between the 1st and the 99th percentile.
    pub(super) fn spread(&self) -> u8 {
        let (low, high) = levels::spread(self.values.chunks_exact(self.channels).map(luminance));
        high - low
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
    pub(super) fn tensor(&mut self) -> &[f32] {
        const BLACK: f32 = -1.0;
        let area = self.size.width * self.size.height;
        self.tensor.clear();
        self.tensor.resize(3 * area, BLACK);
        for (channel, plane) in self.tensor.chunks_exact_mut(area).enumerate() {
            let rows = plane.chunks_exact_mut(self.size.width).skip(self.top);
            let channel = channel.min(self.channels - 1);
            for (row, line) in rows.zip(self.values.chunks_exact(self.picture.width * self.channels)) {
                let row = &mut row[self.left..self.left + self.picture.width];
                for (out, pixel) in row.iter_mut().zip(line.chunks_exact(self.channels)) {
                    *out = pixel[channel] / 127.5 - 1.0;
                }
            }
        }
        &self.tensor
    }

    /// A face in canvas pixels as one in frame pixels.
    pub(super) fn to_frame(&self, face: &FaceBox) -> FaceBox {
        let (left, top) = (to_f32(self.left), to_f32(self.top));
        let point = |at: Point| Point {
            x: self.origin.x + (at.x - left) * self.scale.x,
            y: self.origin.y + (at.y - top) * self.scale.y,
        };
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
    if source.width * into.height >= source.height * into.width {
        Size { width: into.width, height: share(source.height, into.width, source.width).min(into.height) }
    } else {
        Size { width: share(source.width, into.height, source.height).min(into.width), height: into.height }
    }
}

/// `part` / `whole` of a side, rounded, at least a pixel. The product of two sides stays below 2^64: sides are u32.
fn share(side: usize, part: usize, whole: usize) -> usize {
    ((side * part + whole / 2) / whole).max(1)
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

/// A window's side, which is a whole number of pixels.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1..=2^32")]
const fn whole(side: f64) -> usize {
    side as usize
}

/// A window's edge, in f32 as all points are.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "whole pixels below 2^24")]
const fn narrowed(edge: f64) -> f32 {
    edge as f32
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
        of(&Frame::packed(width, height, format, Duration::ZERO, bytes).unwrap(), None, SIZE)
    }

    fn of(frame: &Frame, window: Option<Window>, size: Size) -> Canvas {
        let mut canvas = Canvas::default();
        canvas.show(frame, window.unwrap_or_else(|| Window::whole(frame)), size);
        canvas
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
        let grey = canvas(16, 12, PixelFormat::Grey, grey).tensor().to_vec();
        assert_eq!(grey, canvas(16, 12, PixelFormat::Rgb, colour).tensor());
    }

    #[test]
    fn a_canvas_that_is_used_again_shows_nothing_of_what_it_showed() {
        let frame = |width, height, format: PixelFormat, seed: u8| {
            let bytes = (0..width * height * 3).map(|at| u8::try_from(at % 251).unwrap() ^ seed).collect();
            Frame::packed(width, height, format, Duration::ZERO, bytes).unwrap()
        };
        let small = Size { width: 96, height: 96 };
        let mut again = Canvas::default();
        for (frame, size) in [
            (frame(64, 48, PixelFormat::Rgb, 0), SIZE),
            (frame(20, 90, PixelFormat::Grey, 5), SIZE),
            (frame(64, 48, PixelFormat::Rgb, 9), small),
            (frame(640, 2, PixelFormat::Rgb, 7), SIZE),
        ] {
            again.show(&frame, Window::whole(&frame), size);
            again.stretch();
            let mut fresh = of(&frame, None, size);
            fresh.stretch();
            assert_eq!(again.tensor(), fresh.tensor());
        }
    }

    #[test]
    fn around_the_frame_the_canvas_is_black() {
        let mut canvas = canvas(2, 2, PixelFormat::Rgb, vec![255; 12]);
        let tensor = canvas.tensor();
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
    fn a_window_stays_in_the_frame_and_its_boxes_come_back_too() {
        let frame = Frame::packed(640, 480, PixelFormat::Grey, Duration::ZERO, vec![9; 640 * 480]).unwrap();
        let size = Size { width: 96, height: 96 };
        let at = |x: f32, y: f32| Point { x, y };
        for centre in [at(320.0, 240.0), at(0.0, 0.0), at(639.0, 479.0), at(-900.0, 9_000.0)] {
            for side in [0.0, 1.0, 96.0, 192.0, 5_000.0, f32::MAX, f32::INFINITY] {
                let window = Window::around(&frame, centre, side);
                let Window { left, top, width, height, .. } = window;
                assert_eq!(of(&frame, Some(window), size).tensor().len(), 3 * 96 * 96);
                assert!(left >= 0.0 && top >= 0.0 && width >= 1.0 && height >= 1.0);
                assert!(left + width <= 640.0 && top + height <= 480.0, "{centre:?} {side}");
            }
        }
        let canvas = of(&frame, Some(Window::around(&frame, at(320.0, 240.0), 192.0)), size);
        let landmarks = super::super::Landmarks::default();
        let face = FaceBox { x: 24.0, y: 0.0, width: 48.0, height: 96.0, score: 1.0, landmarks };
        let face = canvas.to_frame(&face);
        assert_eq!((face.x, face.y, face.width, face.height), (272.0, 144.0, 96.0, 192.0));
    }

    #[test]
    fn a_window_larger_than_the_frame_has_a_black_margin_and_its_boxes_come_back_too() {
        let frame = Frame::packed(640, 480, PixelFormat::Grey, Duration::ZERO, vec![255; 640 * 480]).unwrap();
        let at = |x: f32, y: f32| Point { x, y };
        let square = Size { width: 96, height: 96 };
        for (window, size, corner, width, lit) in [
            (Window::inside(&frame, 2.0), SIZE, at(48.0, 36.0), 96.0, 96 * 72),
            (Window::around(&frame, at(320.0, 240.0), 1_280.0), square, at(24.0, 30.0), 48.0, 48 * 36),
        ] {
            let mut canvas = of(&frame, Some(window), size);
            let white = canvas.tensor().iter().filter(|value| **value > 0.0).count();
            assert_eq!(white, 3 * lit);
            let landmarks = super::super::Landmarks::default();
            let face = FaceBox { x: corner.x, y: corner.y, width, height: width * 0.75, score: 1.0, landmarks };
            let face = canvas.to_frame(&face);
            assert_eq!((face.x, face.y, face.width, face.height), (0.0, 0.0, 640.0, 480.0));
        }
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
