//! When a camera's exposure has settled: its first frames are too dark or too bright while it still measures the light.

use mood::Frame;

/// Frames that are dropped at least.
const LEAST_FRAMES: u32 = 3;
/// Steps in a row that must be small.
const CALM_STEPS: u32 = 2;
/// The largest small step of the mean luminance, 0..=255.
const SMALL_STEP: u32 = 3;

/// Watches the brightness of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WarmUp {
    frames: u32,
    last: Option<u32>,
    calm: u32,
}

impl WarmUp {
    /// Takes the next frame and says whether the exposure has settled.
    pub fn is_settled(&mut self, frame: &Frame) -> bool {
        self.step(mean_luminance(frame))
    }

    /// Frames so far.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    fn step(&mut self, mean: u32) -> bool {
        self.frames += 1;
        let is_small = self.last.replace(mean).is_some_and(|last| last.abs_diff(mean) <= SMALL_STEP);
        self.calm = if is_small { self.calm + 1 } else { 0 };
        self.frames >= LEAST_FRAMES && self.calm >= CALM_STEPS
    }
}

/// The mean luminance of a frame, 0..=255, from every 16th pixel of every 16th line.
#[must_use]
pub fn mean_luminance(frame: &Frame) -> u32 {
    let (mut sum, mut count) = (0, 0);
    for y in (0..frame.height()).step_by(16) {
        for x in (0..frame.width()).step_by(16) {
            sum += u64::from(frame.luminance(x, y));
            count += 1;
        }
    }
    u32::try_from(sum / count.max(1)).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mood::PixelFormat;
    use std::time::Duration;

    #[test]
    fn it_has_settled_when_the_brightness_stands_still() {
        let cases: [(&str, &[u32], Option<usize>); 5] = [
            ("still from the start", &[100, 100, 100, 100], Some(3)),
            ("rising, then still", &[5, 30, 70, 110, 120, 122, 123], Some(7)),
            ("swinging", &[50, 90, 50, 90, 50, 90], None),
            ("one step of calm is not enough", &[50, 51, 90, 91, 140], None),
            ("in the dark", &[0, 0, 0], Some(3)),
        ];
        for (name, means, wanted) in cases {
            let mut warm_up = WarmUp::default();
            let settled = means.iter().position(|mean| warm_up.step(*mean)).map(|at| at + 1);
            assert_eq!(settled, wanted, "{name}");
        }
    }

    #[test]
    fn the_mean_is_that_of_the_whole_frame() {
        let half = |y: u32| if y < 32 { 0 } else { 200 };
        let bytes = (0..64).flat_map(|y| vec![half(y); 64]).collect();
        let frame = Frame::packed(64, 64, PixelFormat::Grey, Duration::ZERO, bytes).unwrap();
        assert_eq!(mean_luminance(&frame), 100);
    }
}
