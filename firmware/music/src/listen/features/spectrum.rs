//! Short-time spectra (Hann windows, magnitudes), mel bands, and the statistics of a series.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "bins and window lengths are some thousand; bins are some thousand, frequencies are positive; series have some thousand values; a share of a length is a place within it"
)]

use super::RATE_HZ;
use realfft::RealFftPlanner;

/// Window and step of the spectra that see time: 93 and 23 ms.
const SHORT: (usize, usize) = (2_048, 512);

/// Window and step of the spectra that see pitch: 372 and 186 ms, which parts semitones above 90 Hz.
const LONG: (usize, usize) = (8_192, 4_096);

/// Frames quieter than this against the loudest one say nothing: -50 dB as power.
const QUIET: f32 = 1e-5;

pub(super) struct Spectra {
    /// Magnitudes of each frame, from 0 Hz to half the rate.
    pub(super) frames: Vec<Vec<f32>>,
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

    pub(super) fn heard(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.frames.iter().zip(&self.heard).filter(|(_, heard)| **heard).map(|(frame, _)| frame)
    }
}

/// Bands between [`LOW_HZ`] and [`HIGH_HZ`].
pub(super) const BANDS: usize = 40;
const LOW_HZ: f32 = 30.0;
const HIGH_HZ: f32 = 11_000.0;

pub(super) struct MelBank {
    /// For each band the first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

fn mel(hz: f32) -> f32 {
    2_595.0 * (1.0 + hz / 700.0).log10()
}

fn hertz(mel: f32) -> f32 {
    700.0 * (10.0_f32.powf(mel / 2_595.0) - 1.0)
}

impl MelBank {
    pub(super) fn new(bin_hz: f32) -> Self {
        let (low, high) = (mel(LOW_HZ), mel(HIGH_HZ));
        let edge = |at: usize| hertz(low + (high - low) * at as f32 / (BANDS + 1) as f32);
        let bands = (0..BANDS)
            .map(|band| {
                let (left, middle, right) = (edge(band), edge(band + 1), edge(band + 2));
                let (first, last) = ((left / bin_hz).ceil() as usize, (right / bin_hz).floor() as usize);
                let weight = |bin: usize| {
                    let hz = bin as f32 * bin_hz;
                    let slope =
                        if hz < middle { (hz - left) / (middle - left) } else { (right - hz) / (right - middle) };
                    slope.max(0.0)
                };
                let mut weights: Vec<f32> = (first..=last).map(weight).collect();
                // The lowest triangles may fall between two bins.
                if weights.iter().sum::<f32>() < 1e-3 {
                    weights = vec![1.0];
                }
                (first, weights)
            })
            .collect();
        Self { bands }
    }

    /// The bands of a spectrum in dB, at least -80.
    pub(super) fn decibels(&self, spectrum: &[f32]) -> [f32; BANDS] {
        let mut out = [0.0; BANDS];
        for (value, (first, weights)) in out.iter_mut().zip(&self.bands) {
            let power: f32 = weights
                .iter()
                .zip(spectrum.iter().skip(*first))
                .map(|(weight, magnitude)| weight * magnitude * magnitude)
                .sum();
            *value = 10.0 * power.max(1e-8).log10();
        }
        out
    }
}

pub(super) fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// The standard deviation.
pub(super) fn spread(values: &[f32]) -> f32 {
    let centre = mean(values);
    (values.iter().map(|value| (value - centre).powi(2)).sum::<f32>() / values.len().max(1) as f32).sqrt()
}

/// The mean size of the steps from one value to the next.
pub(super) fn restlessness(values: &[f32]) -> f32 {
    let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f32>();
    steps / values.len().saturating_sub(1).max(1) as f32
}

/// The value below which `share` of all lie.
pub(super) fn quantile(values: &[f32], share: f32) -> f32 {
    let mut sorted = values.to_vec();
    let at = ((share * sorted.len() as f32) as usize).min(sorted.len().saturating_sub(1));
    if sorted.is_empty() {
        return 0.0;
    }
    *sorted.select_nth_unstable_by(at, f32::total_cmp).1
}

pub(super) fn root_mean_square(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0_f64, 0_u32), |(sum, count), value| (sum + f64::from(value * value), count + 1));
    (sum / f64::from(count.max(1))).sqrt() as f32
}

/// Pearson's correlation; 0 where one series is constant.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (a_mean, b_mean) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - a_mean, y - b_mean);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    ab / (aa * bb).sqrt().max(1e-12)
}

pub(super) fn count(of: usize) -> f32 {
    of as f32
}

pub(super) fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-10).log10()
}
