//! Short-time spectra: Hann windows, magnitudes.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "bins and window lengths are some thousand")]

use super::RATE_HZ;
use realfft::RealFftPlanner;

/// Window and step of the spectra that see time: 93 and 23 ms.
const SHORT: (usize, usize) = (2_048, 512);

/// Window and step of the spectra that see pitch: 372 and 186 ms, which parts semitones above 90 Hz.
const LONG: (usize, usize) = (8_192, 4_096);

/// Frames quieter than this against the loudest one say nothing: -50 dB as power.
const QUIET: f32 = 1e-5;

/// The spectra of one stretch of sound.
pub(super) struct Spectra {
    /// Magnitudes of each frame, from 0 Hz to half the rate.
    pub(super) frames: Vec<Vec<f32>>,
    /// Whether a frame is loud enough to count.
    pub(super) heard: Vec<bool>,
    /// Width of a bin in Hz.
    pub(super) bin_hz: f32,
    /// Frames a second.
    pub(super) frames_per_s: f32,
}

impl Spectra {
    /// Many short frames.
    pub(super) fn short(samples: &[f32]) -> Self {
        Self::of(samples, SHORT)
    }

    /// Few long frames.
    pub(super) fn long(samples: &[f32]) -> Self {
        Self::of(samples, LONG)
    }

    fn of(samples: &[f32], (length, step): (usize, usize)) -> Self {
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let turn = std::f32::consts::TAU / length as f32;
        let window: Vec<f32> = (0..length).map(|at| 0.5 - 0.5 * (turn * at as f32).cos()).collect();
        // A sine of amplitude 1 has magnitude 1.
        let scale = 4.0 / length as f32;
        let mut input = transform.make_input_vec();
        let mut output = transform.make_output_vec();
        let mut scratch = transform.make_scratch_vec();
        let mut frames = Vec::with_capacity(samples.len() / step + 1);
        for start in (0..samples.len().saturating_sub(length) + 1).step_by(step) {
            let stretch = &samples[start..(start + length).min(samples.len())];
            input.fill(0.0);
            for ((into, sample), weight) in input.iter_mut().zip(stretch).zip(&window) {
                *into = sample * weight;
            }
            if transform.process_with_scratch(&mut input, &mut output, &mut scratch).is_err() {
                continue;
            }
            frames.push(output.iter().map(|bin| scale * bin.norm_sqr().sqrt()).collect());
        }
        let powers: Vec<f32> = frames.iter().map(|frame: &Vec<f32>| frame.iter().map(|bin| bin * bin).sum()).collect();
        let loudest = powers.iter().copied().fold(0.0, f32::max);
        let heard = powers.iter().map(|power| *power > loudest * QUIET && *power > 0.0).collect();
        Self { frames, heard, bin_hz: RATE_HZ as f32 / length as f32, frames_per_s: RATE_HZ as f32 / step as f32 }
    }

    /// The frames loud enough to count.
    pub(super) fn heard(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.frames.iter().zip(&self.heard).filter(|(_, heard)| **heard).map(|(frame, _)| frame)
    }
}
