//! Scaling with area averaging: every output pixel is the mean of the frame's area it stands for.
//!
//! Downwards that keeps a face's fine contrast from turning into noise. Upwards the area is one source pixel wide and
//! slides, which is linear interpolation.

#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "pixel numbers are exact in f64")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floored and clamped before")]

use crate::Frame;

/// Scales frames, or parts of them; what it needs for that is kept for the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct Scaler {
    pub(super) columns: Taps,
    pub(super) rows: Taps,
    /// One line of the frame with its columns scaled.
    line: Vec<f32>,
}

/// Which source pixels the output pixels of one axis take in, and how much of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Taps {
    taps: Vec<Tap>,
    /// Of all taps, one after the other.
    weights: Vec<f32>,
    /// Source pixels they stand for together.
    length: f64,
}

/// One output pixel's: the first source pixel, and where its weights lie among all of them.
#[derive(Debug, Clone, Copy)]
struct Tap {
    first: usize,
    begin: usize,
    end: usize,
}

impl Taps {
    /// From the `length` pixels of `source` that begin at `start` to `target` pixels, all three at least 1.
    pub(super) fn set(&mut self, source: usize, start: f64, length: f64, target: usize) {
        self.taps.clear();
        self.weights.clear();
        self.length = length;
        let step = length / target as f64;
        let width = step.max(1.0);
        for number in 0..target {
            let middle = start + (number as f64 + 0.5) * step;
            self.push(middle - width / 2.0, middle + width / 2.0, source);
        }
    }

    /// The mean over `from..to`, in source pixels; what sticks out counts as the edge pixel.
    fn push(&mut self, from: f64, to: f64, source: usize) {
        let last = source - 1;
        let clamp = |at: f64| (at.max(0.0) as usize).min(last);
        let (first, end) = (clamp(from.floor()), clamp(to.ceil() - 1.0));
        let weight = |pixel: usize| {
            let begin = if pixel == 0 { from.min(0.0) } else { pixel as f64 };
            let end = if pixel == last { to.max(source as f64) } else { (pixel + 1) as f64 };
            ((end.min(to) - begin.max(from)).max(0.0) / (to - from)) as f32
        };
        let begin = self.weights.len();
        self.weights.extend((first..=end).map(weight));
        self.taps.push(Tap { first, begin, end: self.weights.len() });
    }

    /// The first source pixel and the weights of each output pixel.
    fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.taps.iter().map(|tap| (tap.first, &self.weights[tap.begin..tap.end]))
    }

    /// Source pixels per output pixel.
    pub(super) fn scale(&self) -> f32 {
        (self.length / self.taps.len() as f64) as f32
    }
}

impl Scaler {
    /// A frame of `CHANNELS` bytes a pixel, scaled as columns and rows are set, into `out`: the same channels, row by row,
    /// 0..=255.
    pub(super) fn scale<const CHANNELS: usize>(&mut self, frame: &Frame, out: &mut Vec<f32>) {
        let line_values = self.columns.taps.len() * CHANNELS;
        out.clear();
        out.resize(line_values * self.rows.taps.len(), 0.0);
        self.line.clear();
        self.line.resize(line_values, 0.0);
        // Neighbouring rows share a line at their border; it is narrowed once.
        let mut held = None;
        for (row, (first, weights)) in out.chunks_exact_mut(line_values).zip(self.rows.iter()) {
            for (number, weight) in (first..).zip(weights) {
                if held != Some(number) {
                    narrow::<CHANNELS>(frame.line(number as u32), &self.columns, &mut self.line);
                    held = Some(number);
                }
                for (out, value) in row.iter_mut().zip(&self.line) {
                    *out += value * weight;
                }
            }
        }
    }
}

/// Scales one line.
fn narrow<const CHANNELS: usize>(line: &[u8], columns: &Taps, out: &mut [f32]) {
    let pixels = line.as_chunks::<CHANNELS>().0;
    for (out, (first, weights)) in out.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(columns.iter()) {
        let mut sum = [0.0; CHANNELS];
        for (pixel, weight) in pixels[first..].iter().zip(weights) {
            for (sum, &byte) in sum.iter_mut().zip(pixel) {
                *sum += f32::from(byte) * weight;
            }
        }
        *out = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PixelFormat;
    use proptest::prelude::*;
    use std::time::Duration;

    /// Means of some hundred bytes summed in another order.
    const CLOSE: f32 = 0.01;

    /// Oracle: cut every source pixel into `target` equal slices, so that no slice lies in two output pixels, and
    /// average the slices of each output pixel. Right by its simplicity, and slow.
    fn naive(bytes: &[u8], target: usize) -> Vec<f32> {
        let slices: Vec<u8> = bytes.iter().flat_map(|&byte| std::iter::repeat_n(byte, target)).collect();
        let mean = |part: &[u8]| part.iter().map(|&byte| f32::from(byte)).sum::<f32>() / part.len() as f32;
        slices.chunks_exact(bytes.len()).map(mean).collect()
    }

    /// All of a frame, or the part of it that `part` gives as start and length of columns and rows.
    fn scaled<const CHANNELS: usize>(
        frame: &Frame,
        (width, height): (usize, usize),
        part: Option<[f64; 4]>,
        mut out: Vec<f32>,
    ) -> Vec<f32> {
        let mut scaler = Scaler::default();
        let (columns, rows) = (frame.width() as usize, frame.height() as usize);
        let [left, across, top, down] = part.unwrap_or([0.0, columns as f64, 0.0, rows as f64]);
        scaler.columns.set(columns, left, across, width);
        scaler.rows.set(rows, top, down, height);
        scaler.scale::<CHANNELS>(frame, &mut out);
        out
    }

    fn frame(width: usize, height: usize, format: PixelFormat, bytes: Vec<u8>) -> Frame {
        Frame::packed(width as u32, height as u32, format, Duration::ZERO, bytes).unwrap()
    }

    proptest! {
        #[test]
        fn a_line_shrinks_as_the_naive_way(bytes in prop::collection::vec(any::<u8>(), 1..300), share in 0.0..=1.0_f64) {
            let target = ((bytes.len() as f64 * share) as usize).max(1);
            let expected = naive(&bytes, target);
            let frame = frame(bytes.len(), 1, PixelFormat::Grey, bytes);
            let found = scaled::<1>(&frame, (target, 1), None, Vec::new());
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((found - expected).abs() < CLOSE, "{found} {expected}");
            }
            prop_assert_eq!(found.len(), target);
        }

        #[test]
        fn scaling_stays_within_what_the_frame_holds(
            width in 1..40_usize, height in 1..40_usize, to_width in 1..60_usize, to_height in 1..60_usize,
            seed in any::<u8>(),
        ) {
            let bytes: Vec<u8> = (0..width * height * 3).map(|at| (at * 31) as u8 ^ seed).collect();
            let (least, most) = (*bytes.iter().min().unwrap(), *bytes.iter().max().unwrap());
            let frame = frame(width, height, PixelFormat::Rgb, bytes);
            let found = scaled::<3>(&frame, (to_width, to_height), None, vec![7.0; 9]);
            prop_assert_eq!(found.len(), to_width * to_height * 3);
            for value in found {
                prop_assert!((f32::from(least) - CLOSE..=f32::from(most) + CLOSE).contains(&value));
            }
        }
    }

    #[test]
    fn the_same_size_changes_nothing() {
        let bytes: Vec<u8> = (0..=239).collect();
        let expected: Vec<f32> = bytes.iter().copied().map(f32::from).collect();
        let frame = frame(10, 8, PixelFormat::Rgb, bytes);
        assert_eq!(scaled::<3>(&frame, (10, 8), None, Vec::new()), expected);
    }

    #[test]
    fn a_part_is_scaled_as_if_it_were_all_there_is() {
        let bytes: Vec<u8> = (0..=199).collect();
        let whole = frame(20, 10, PixelFormat::Grey, bytes.clone());
        let part: Vec<u8> = bytes.chunks(20).skip(2).take(6).flat_map(|line| &line[4..16]).copied().collect();
        let part = frame(12, 6, PixelFormat::Grey, part);
        let expected = scaled::<1>(&part, (4, 3), None, Vec::new());
        assert_eq!(scaled::<1>(&whole, (4, 3), Some([4.0, 12.0, 2.0, 6.0]), Vec::new()), expected);
        let mut columns = Taps::default();
        columns.set(20, 4.0, 12.0, 4);
        assert!((columns.scale() - 3.0).abs() < CLOSE);
    }

    #[test]
    fn upwards_it_interpolates() {
        let frame = frame(2, 1, PixelFormat::Grey, vec![0, 100]);
        let found = scaled::<1>(&frame, (4, 1), None, Vec::new());
        assert_eq!(found, [0.0, 25.0, 75.0, 100.0]);
    }
}
