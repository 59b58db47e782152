//! Measuring music without a Fourier library: one Goertzel filter a semitone.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "indices of some dozen semitones")]

use crate::compose::theory::frequency_hz;
use crate::track::Stereo;

/// Semitones measured, as MIDI notes: 65 Hz to 8.4 kHz.
const LOWEST: i16 = 36;
const SEMITONES: usize = 85;

/// Frames of a window: a third of a second, long enough to part semitones above 200 Hz.
const WINDOW: usize = 16_384;

/// The first band in which semitones part: 208 Hz.
const LOW: usize = 20;

/// Major and minor key profiles (Temperley 2007, Music and Probability, table 6.1 as used for pitch-class sets).
const MAJOR: [f32; 12] = [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400];
const MINOR: [f32; 12] = [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330];

/// Mean magnitude of each semitone.
pub(super) struct Spectrum([f32; SEMITONES]);

impl Spectrum {
    pub(super) fn of(frames: &[Stereo]) -> Self {
        let mono: Vec<f32> = frames.iter().map(|frame| frame[0] + frame[1]).collect();
        let hann: Vec<f32> =
            (0..WINDOW).map(|at| 0.5 - 0.5 * (std::f32::consts::TAU * at as f32 / WINDOW as f32).cos()).collect();
        let windows: Vec<Vec<f32>> = mono
            .chunks_exact(WINDOW)
            .map(|window| window.iter().zip(&hann).map(|(sample, weight)| sample * weight).collect())
            .collect();
        let mut bands = [0.0; SEMITONES];
        for (band, pitch) in bands.iter_mut().zip(LOWEST..).skip(LOW) {
            let turn = std::f32::consts::TAU * frequency_hz(pitch) / 48_000.0;
            let (cos, sin) = (turn.cos(), turn.sin());
            *band = windows.iter().map(|window| magnitude(window, cos, sin)).sum();
        }
        Self(bands)
    }

    /// Centre of the spectrum in semitones (MIDI notes): higher is brighter. What lies below 200 Hz is left out, as
    /// one low tone fills several bands there.
    pub(super) fn centre(&self) -> f32 {
        let heard = || self.0.iter().enumerate().skip(LOW);
        let all: f32 = heard().map(|(_, band)| band).sum();
        f32::from(LOWEST) + heard().map(|(at, band)| at as f32 * band).sum::<f32>() / all
    }

    /// How much better the best major key fits than the best minor one, as a difference of correlations.
    pub(super) fn major_minus_minor(&self) -> f32 {
        let mut chroma = [0.0; 12];
        // The notes themselves: above 1.6 kHz overtones rule.
        for (at, band) in self.0.iter().enumerate().skip(LOW).take(36) {
            chroma[at % 12] += band;
        }
        best(&chroma, &MAJOR) - best(&chroma, &MINOR)
    }
}

fn magnitude(window: &[f32], cos: f32, sin: f32) -> f32 {
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for sample in window {
        let next = sample + 2.0 * cos * last - before;
        (before, last) = (last, next);
    }
    (last - before * cos).hypot(before * sin)
}

fn best(chroma: &[f32; 12], profile: &[f32; 12]) -> f32 {
    (0..12).map(|key| correlation(chroma, |at| profile[(at + 12 - key) % 12])).fold(-1.0, f32::max)
}

fn correlation(chroma: &[f32; 12], profile: impl Fn(usize) -> f32) -> f32 {
    let mean = chroma.iter().sum::<f32>() / 12.0;
    let profile_mean = (0..12).map(&profile).sum::<f32>() / 12.0;
    let pairs = || chroma.iter().enumerate().map(|(at, value)| (value - mean, profile(at) - profile_mean));
    let (x, y): (f32, f32) = pairs().fold((0.0, 0.0), |(x, y), (a, b)| (x + a * a, y + b * b));
    pairs().map(|(a, b)| a * b).sum::<f32>() / (x * y).sqrt()
}
