//! Keeps every peak below a ceiling without clipping: looks a little ahead and turns down in time.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the look-ahead is some hundred frames"
)]

use crate::music::Stereo;

/// Highest sample, -1.5 dBFS: half a decibel below what a converter may reach between samples, -1 dBTP.
const CEILING: f32 = 0.841;

/// How far it looks ahead, and so how late the sound is: 2 ms.
const AHEAD_S: f32 = 0.002;

/// Time to let go, in seconds.
const RELEASE_S: f32 = 0.12;

/// A look-ahead limiter. INVARIANT: no sample that leaves is beyond ±[`CEILING`], whatever comes in.
#[derive(Debug)]
pub(super) struct Limiter {
    delayed: Vec<Stereo>,
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
            delayed: vec![[0.0; 2]; ahead],
            gains: vec![1.0; ahead],
            sum: ahead as f64,
            at: 0,
            gain: 1.0,
            hold: 0,
            release: 1.0 - (-1.0 / (RELEASE_S * rate)).exp(),
        }
    }

    pub(super) fn process(&mut self, frames: &mut [Stereo]) {
        let length = self.delayed.len();
        for frame in frames {
            let clean = frame.map(|sample| if sample.is_finite() { sample } else { 0.0 });
            let wanted = (CEILING / clean[0].abs().max(clean[1].abs()).max(CEILING)).min(1.0);
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
            let late = std::mem::replace(&mut self.delayed[self.at], clean);
            self.at = if self.at + 1 == length { 0 } else { self.at + 1 };
            *frame = late.map(|sample| (sample * gain).clamp(-CEILING, CEILING));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!((frames[96 + 100][0] - 0.5 * (100.0_f32 * 0.05).sin()).abs() < 1e-6);
    }

    #[test]
    fn a_loud_tone_is_turned_down_rather_than_clipped() {
        // A clipped sine stays at the ceiling for long; a turned-down one touches it only at its tops.
        let frames = limited(4.0);
        let stuck = frames.iter().filter(|frame| frame[0].abs() > 0.999 * CEILING).count();
        assert!(stuck < frames.len() / 20, "{stuck} of {} samples at the ceiling", frames.len());
    }
}
