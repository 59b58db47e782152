//! The few filters the voices are made of, and the room: a reverb of them.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "delay lengths are positive and far below 2^24"
)]

use crate::track::Stereo;
use std::f32::consts::{PI, TAU};

/// One pole: smooths.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LowPass {
    share: f32,
    state: f32,
}

impl LowPass {
    /// Lets through what lies below `cutoff_hz`.
    pub(super) fn new(cutoff_hz: f32, rate_hz: f32) -> Self {
        Self { share: 1.0 - (-TAU * cutoff_hz / rate_hz).exp(), state: 0.0 }
    }

    pub(super) fn next(&mut self, input: f32) -> f32 {
        self.state += self.share * (input - self.state);
        self.state
    }
}

/// Takes away what lies below its cutoff, so also any constant offset.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HighPass(LowPass);

impl HighPass {
    pub(super) fn new(cutoff_hz: f32, rate_hz: f32) -> Self {
        Self(LowPass::new(cutoff_hz, rate_hz))
    }

    pub(super) fn next(&mut self, input: f32) -> f32 {
        input - self.0.next(input)
    }
}

/// Two poles in the trapezoidal form, which stays stable when the cutoff moves (Zavalishin, The Art of VA Filter
/// Design, section 3.10).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StateVariable {
    g: f32,
    damping: f32,
    scale: f32,
    first: f32,
    second: f32,
}

impl StateVariable {
    /// `q` 0.7 is flat, higher rings.
    pub(super) fn new(cutoff_hz: f32, q: f32, rate_hz: f32) -> Self {
        let g = (PI * (cutoff_hz / rate_hz).min(0.45)).tan();
        let damping = 1.0 / q;
        Self { g, damping, scale: 1.0 / (1.0 + g * (g + damping)), first: 0.0, second: 0.0 }
    }

    /// Low-passed and band-passed.
    pub(super) fn next(&mut self, input: f32) -> (f32, f32) {
        let high = (input - (self.g + self.damping) * self.first - self.second) * self.scale;
        let band = self.g * high + self.first;
        let low = self.g * band + self.second;
        self.first = self.g * high + band;
        self.second = self.g * band + low;
        (low, band)
    }
}

/// Lengths of the lines in ms, without common divisors so that echoes don't pile up.
const LINES_MS: [f32; 8] = [29.7, 33.1, 37.9, 41.3, 47.7, 53.3, 59.1, 67.3];

/// A room.
#[derive(Debug)]
pub(super) struct Reverb {
    lines: [Line; 8],
}

#[derive(Debug)]
struct Line {
    samples: Vec<f32>,
    at: usize,
    damping: LowPass,
    gain: f32,
}

impl Reverb {
    /// A room in which sound falls by 60 dB within `decay_s` seconds, highs above `damping_hz` sooner.
    pub(super) fn new(decay_s: f32, damping_hz: f32, rate_hz: f32) -> Self {
        Self {
            lines: LINES_MS.map(|ms| Line {
                samples: vec![0.0; ((ms * rate_hz / 1000.0) as usize).max(1)],
                at: 0,
                damping: LowPass::new(damping_hz, rate_hz),
                gain: 10.0_f32.powf(-3.0 * ms / 1000.0 / decay_s),
            }),
        }
    }

    /// What the room answers to one frame.
    pub(super) fn next(&mut self, [left, right]: Stereo) -> Stereo {
        let mut taps = [0.0; 8];
        for (tap, line) in taps.iter_mut().zip(&mut self.lines) {
            *tap = line.damping.next(line.samples[line.at]) * line.gain;
        }
        let out = [taps[0] - taps[2] + taps[4] - taps[6], taps[1] - taps[3] + taps[5] - taps[7]];
        hadamard(&mut taps);
        for (index, (tap, line)) in taps.iter().zip(&mut self.lines).enumerate() {
            let input = if index.is_multiple_of(2) { left } else { right };
            line.samples[line.at] = tap + input;
            line.at = if line.at + 1 == line.samples.len() { 0 } else { line.at + 1 };
        }
        out.map(|sample| sample * 0.4)
    }
}

/// The orthogonal 8x8 Hadamard transform: mixes without adding power.
fn hadamard(taps: &mut [f32; 8]) {
    for span in [1, 2, 4] {
        for at in (0..8).filter(|at| at & span == 0) {
            let (a, b) = (taps[at], taps[at + span]);
            taps[at] = a + b;
            taps[at + span] = a - b;
        }
    }
    taps.iter_mut().for_each(|tap| *tap *= 0.353_553_4);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_falls_silent_after_its_decay() {
        let mut room = Reverb::new(0.5, 6_000.0, 48_000.0);
        room.next([1.0, 1.0]);
        let power = |room: &mut Reverb| (0..4_800).map(|_| room.next([0.0; 2])[0].powi(2)).sum::<f32>();
        let early = power(&mut room);
        (0..24_000).for_each(|_| {
            room.next([0.0; 2]);
        });
        let late = power(&mut room);
        assert!(early > 0.0 && late < early * 1e-5, "{early} then {late}");
    }
}
