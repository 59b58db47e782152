//! What sound goes through: filters, and the room, the chorus, the amplifier and the bus made of them.

mod amplifier;
mod bus;
mod chorus;
mod reverb;

pub(super) use amplifier::Amplifier;
pub(super) use bus::Bus;
pub(super) use chorus::Chorus;
pub(super) use reverb::Reverb;

use std::f32::consts::{PI, TAU};

/// Frames that are rendered at once.
pub(super) const BLOCK: usize = 64;

/// A block of stereo sound, side by side so that loops over it become vector code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) left: [f32; BLOCK],
    pub(super) right: [f32; BLOCK],
}

impl Block {
    pub(super) const SILENT: Self = Self { left: [0.0; BLOCK], right: [0.0; BLOCK] };

    /// Adds a mono block, its gains left and right.
    pub(super) fn add(&mut self, mono: &[f32; BLOCK], [left, right]: [f32; 2]) {
        for ((sample, l), r) in mono.iter().zip(&mut self.left).zip(&mut self.right) {
            *l += left * sample;
            *r += right * sample;
        }
    }

    /// Adds another block.
    pub(super) fn add_block(&mut self, other: &Self, gain: f32) {
        self.left.iter_mut().zip(&other.left).for_each(|(sum, sample)| *sum += gain * sample);
        self.right.iter_mut().zip(&other.right).for_each(|(sum, sample)| *sum += gain * sample);
    }
}

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
        let mut new = Self { damping: 1.0 / q, ..Self::default() };
        new.tune(cutoff_hz, rate_hz);
        new
    }

    /// Moves the cutoff.
    pub(super) fn tune(&mut self, cutoff_hz: f32, rate_hz: f32) {
        self.g = (PI * (cutoff_hz / rate_hz).min(0.45)).tan();
        self.scale = 1.0 / (1.0 + self.g * (self.g + self.damping));
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
