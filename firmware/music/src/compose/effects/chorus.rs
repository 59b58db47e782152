//! A chorus: each side hears a delayed copy whose delay sways, so that one player sounds like several, and wide.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "delays are some hundred frames"
)]

use super::{BLOCK, Block};
use crate::compose::voices::sine;

/// Middle of the delay and how far it sways, in seconds.
const DELAY_S: f32 = 0.014;
const SWAY_S: f32 = 0.005;

/// Sways a second, left and right.
const RATES_HZ: [f32; 2] = [0.61, 0.83];

/// A chorus.
#[derive(Debug)]
pub(in crate::compose) struct Chorus {
    sides: [Side; 2],
    rate_hz: f32,
}

#[derive(Debug)]
struct Side {
    line: Vec<f32>,
    at: usize,
    turns: f32,
    delay: f32,
}

impl Chorus {
    pub(in crate::compose) fn new(rate_hz: f32) -> Self {
        let length = (((DELAY_S + SWAY_S) * rate_hz) as usize + BLOCK).next_power_of_two();
        let side = |turns| Side { line: vec![0.0; length], at: 0, turns, delay: DELAY_S * rate_hz };
        Self { sides: [side(0.0), side(0.25)], rate_hz }
    }

    /// Turns a block into its swaying copy.
    pub(in crate::compose) fn process(&mut self, block: &mut Block) {
        let seconds = BLOCK as f32 / self.rate_hz;
        for ((side, samples), rate) in self.sides.iter_mut().zip([&mut block.left, &mut block.right]).zip(RATES_HZ) {
            side.turns = (side.turns + rate * seconds).fract();
            let wanted = (DELAY_S + SWAY_S * sine(side.turns)) * self.rate_hz;
            let step = (wanted - side.delay) / BLOCK as f32;
            let mask = side.line.len() - 1;
            for sample in samples.iter_mut() {
                side.line[side.at & mask] = *sample;
                side.delay += step;
                let whole = side.delay as usize;
                let between = side.delay - whole as f32;
                let from = side.at.wrapping_sub(whole);
                let (a, b) = (side.line[from & mask], side.line[from.wrapping_sub(1) & mask]);
                *sample = a + (b - a) * between;
                side.at = side.at.wrapping_add(1);
            }
        }
    }
}
