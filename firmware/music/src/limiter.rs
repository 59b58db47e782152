//! Keeps every peak, also between samples, below a ceiling without clipping: looks a little ahead and turns down in time.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the look-ahead is some hundred frames"
)]

use crate::Stereo;

/// Highest true peak, -1.5 dBFS: half a decibel below the limit of -1 dBTP, as peaks are found by interpolation.
const CEILING: f32 = 0.841;

/// How far it looks ahead, and so how late the sound is: 2 ms.
const AHEAD_S: f32 = 0.002;

/// Time to let go, in seconds.
const RELEASE_S: f32 = 0.12;

/// A look-ahead limiter. INVARIANT: no sample that leaves is beyond ±[`CEILING`], whatever comes in.
#[derive(Debug)]
pub(super) struct Limiter {
    meter: TruePeak,
    /// Longer than the look-ahead by the meter's delay.
    delayed: Vec<Stereo>,
    oldest: usize,
    /// The gains asked for over the look-ahead; their mean is the gain applied, so that it moves smoothly.
    gains: Vec<f32>,
    sum: f64,
    at: usize,
    gain: f32,
    hold: usize,
    release: f32,
}

impl Limiter {
    pub(super) fn new(rate_hz: u32) -> Self {
        let rate = rate_hz as f32;
        let ahead = ((AHEAD_S * rate) as usize).max(1);
        Self {
            meter: TruePeak::new(CEILING),
            delayed: vec![[0.0; 2]; ahead + DELAY],
            oldest: 0,
            gains: vec![1.0; ahead],
            sum: ahead as f64,
            at: 0,
            gain: 1.0,
            hold: 0,
            release: 1.0 - (-1.0 / (RELEASE_S * rate)).exp(),
        }
    }

    pub(super) fn process(&mut self, frames: &mut [Stereo]) {
        let length = self.gains.len();
        for frame in frames {
            let clean = frame.map(|sample| if sample.is_finite() { sample } else { 0.0 });
            let wanted = CEILING / self.meter.next(clean).max(CEILING);
            if wanted < 1.0 {
                // While a peak is within sight the gain may only fall.
                self.hold = length;
                self.gain = self.gain.min(wanted);
            } else if self.hold > 0 {
                self.hold -= 1;
            } else {
                self.gain += (1.0 - self.gain) * self.release;
            }
            self.sum += f64::from(self.gain) - f64::from(self.gains[self.at]);
            self.gains[self.at] = self.gain;
            let gain = (self.sum / length as f64) as f32;
            self.at = if self.at + 1 == length { 0 } else { self.at + 1 };
            let late = std::mem::replace(&mut self.delayed[self.oldest], clean);
            self.oldest = if self.oldest + 1 == self.delayed.len() { 0 } else { self.oldest + 1 };
            *frame = late.map(|sample| (sample * gain).clamp(-CEILING, CEILING));
        }
    }
}

/// Taps of one phase.
const TAPS: usize = 12;

/// So many frames lie between a peak and its news.
pub(super) const DELAY: usize = TAPS / 2;

/// A quarter of the way between two samples, and half of it; three quarters and the sample itself are their mirror images. In
/// parts of [`ONE`], as the standard (ITU-R BS.1770, annex 2) rounds them.
const PHASES: [[f32; TAPS]; 2] = [
    [14.0, 90.0, -161.0, 272.0, -487.0, 1_125.0, 7_964.0, -838.0, 390.0, -218.0, 122.0, -68.0],
    [-239.0, 240.0, -424.0, 730.0, -1_364.0, 3_810.0, 6_388.0, -1_641.0, 832.0, -477.0, 271.0, -155.0],
];
const ONE: f32 = 8_192.0;

/// No peak between samples is higher than this many times the highest sample near it: the sum of a phase's weights.
const MOST: f32 = 2.03;

#[derive(Debug)]
pub(super) struct TruePeak {
    /// The last frames, written twice so that any window of them is one slice.
    history: [Stereo; 2 * TAPS],
    at: usize,
    /// Samples below this can't come near what matters.
    quiet: f32,
    /// Frames for which a loud one is still under the filter.
    loud: usize,
}

impl TruePeak {
    /// A meter that is exact for peaks above `matters`; below it gives the samples' own, which costs next to nothing.
    pub(super) fn new(matters: f32) -> Self {
        Self { history: [[0.0; 2]; 2 * TAPS], at: 0, quiet: matters / MOST, loud: 0 }
    }

    /// Takes a frame and gives the highest peak about [`DELAY`] frames ago.
    pub(super) fn next(&mut self, frame: Stereo) -> f32 {
        self.history[self.at] = frame;
        self.history[self.at + TAPS] = frame;
        self.at = if self.at + 1 == TAPS { 0 } else { self.at + 1 };
        let sample = frame[0].abs().max(frame[1].abs());
        if sample > self.quiet {
            self.loud = TAPS;
        } else if self.loud == 0 {
            return sample;
        } else {
            self.loud -= 1;
        }
        let window = &self.history[self.at..self.at + TAPS];
        let mut most = window[DELAY][0].abs().max(window[DELAY][1].abs());
        for phase in &PHASES {
            let mut sums = [[0.0_f32; 2]; 2];
            for ((weight, mirrored), [left, right]) in phase.iter().zip(phase.iter().rev()).zip(window) {
                sums[0][0] += weight * left;
                sums[0][1] += weight * right;
                sums[1][0] += mirrored * left;
                sums[1][1] += mirrored * right;
            }
            most = sums.iter().flatten().fold(most, |most, sum| most.max(sum.abs() / ONE));
        }
        most
    }
}

/// Highest true peak in dB, by the meter of the crate that measures loudness, which interpolates in its own way: for tests.
#[cfg(test)]
pub(crate) fn true_peak_db(frames: &[Stereo]) -> f64 {
    let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(frames.as_flattened()).unwrap();
    20.0 * meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap()).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::{FRAC_PI_4, TAU};

    fn limited(level: f32) -> Vec<Stereo> {
        let mut frames: Vec<Stereo> = (0..48_000_u16)
            .map(|n| [level * (f32::from(n) * 0.05).sin(), level * (f32::from(n) * 0.031).cos()])
            .collect();
        Limiter::new(48_000).process(&mut frames);
        frames
    }

    fn peak(frames: &[Stereo]) -> f32 {
        frames.iter().flatten().fold(0.0, |peak: f32, sample| peak.max(sample.abs()))
    }

    #[test]
    fn nothing_is_louder_than_the_ceiling() {
        for level in [0.9, 1.0, 4.0, 1e6, f32::INFINITY, f32::NAN] {
            assert!(peak(&limited(level)) <= CEILING, "at {level}");
        }
    }

    #[test]
    fn what_is_below_the_ceiling_passes_unchanged_but_late() {
        let frames = limited(0.5);
        assert!((frames[96 + DELAY + 100][0] - 0.5 * (100.0_f32 * 0.05).sin()).abs() < 1e-6);
    }

    #[test]
    fn peaks_between_samples_stay_below_one_decibel_under_full_scale() {
        // Tones whose samples lie beside their tops, up to the highest that a recording holds, and a train of pulses.
        for hz in [997.0, 5_000.0, 8_000.0, 12_000.0, 15_000.0, 19_000.0_f32] {
            for level in [0.84_f32, 1.0, 1.41, 3.0] {
                let tone = |n: u16| level * (TAU * hz / 48_000.0 * f32::from(n) + FRAC_PI_4).sin();
                let mut frames: Vec<Stereo> = (0..48_000_u16).map(|n| [tone(n), -tone(n)]).collect();
                Limiter::new(48_000).process(&mut frames);
                let peak_db = true_peak_db(&frames);
                assert!(peak_db <= -1.0, "{hz} Hz at {level}: {peak_db} dBTP");
            }
        }
        let pulse = |n: u16| match n % 97 {
            0 | 1 => 1.0,
            2 => -1.0,
            _ => 0.0,
        };
        let mut frames: Vec<Stereo> = (0..48_000_u16).map(|n| [pulse(n), pulse(n + 40)]).collect();
        assert!(true_peak_db(&frames) > 0.5, "there is something to limit");
        Limiter::new(48_000).process(&mut frames);
        assert!(true_peak_db(&frames) <= -1.0, "{} dBTP", true_peak_db(&frames));
    }

    #[test]
    fn a_loud_tone_is_turned_down_rather_than_clipped() {
        // A clipped sine stays at the ceiling for long; a turned-down one touches it only at its tops.
        let frames = limited(4.0);
        let stuck = frames.iter().filter(|frame| frame[0].abs() > 0.999 * CEILING).count();
        assert!(stuck < frames.len() / 20, "{stuck} of {} samples at the ceiling", frames.len());
    }

    #[test]
    fn the_weights_are_those_of_a_filter_that_passes_what_stands_still() {
        for phase in PHASES {
            let sum = phase.iter().sum::<f32>() / ONE;
            assert!((sum - 1.0).abs() < 0.03, "{sum}");
            assert!(phase.iter().map(|weight| weight.abs()).sum::<f32>() / ONE < MOST);
        }
    }

    #[test]
    fn a_tone_sampled_beside_its_tops_is_found_at_its_full_height() {
        let mut meter = TruePeak::new(0.5);
        let peak = (0..480_u16)
            .map(|n| {
                let sample = (std::f32::consts::FRAC_PI_2 * f32::from(n) + FRAC_PI_4).sin();
                meter.next([sample, 0.0])
            })
            .skip(24)
            .fold(0.0, f32::max);
        assert!((peak - 1.0).abs() < 0.02, "{peak}, where the samples show 0.71");
    }
}
