//! The few filters the voices and the room are made of.

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
