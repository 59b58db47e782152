//! Random numbers for drawing: plain distributions, the same bits on every machine.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A source of random choices for one purpose.
#[derive(Debug)]
pub(crate) struct Dice(Pcg64Mcg);

impl Dice {
    /// Dice for one purpose (`stream`) of one seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed.wrapping_add(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))))
    }

    /// A seed for dice of their own.
    pub(crate) fn seed(&mut self) -> u64 {
        self.0.random()
    }

    /// Evenly spread from `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        (high - low) * self.0.random::<f32>() + low
    }

    /// About normal with this standard deviation, never further than 3.5 of them from `mean`: the sum of four even
    /// throws, which needs no logarithm and so has the same bits everywhere.
    pub(crate) fn normal(&mut self, mean: f32, deviation: f32) -> f32 {
        let sum: f32 = (0..4).map(|_| self.0.random::<f32>()).sum();
        (sum - 2.0) * 3.0_f32.sqrt() * deviation + mean
    }

    /// Whether something of this probability (0..=1) happens.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.0.random::<f32>() < probability
    }

    /// One of `choices`, each with its weight; the first when all weights are zero.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, f32)]) -> Option<T> {
        let total: f32 = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.between(0.0, total);
        for (choice, weight) in choices {
            left -= weight;
            if left <= 0.0 {
                return Some(*choice);
            }
        }
        choices.first().map(|(choice, _)| *choice)
    }

    /// One of `choices`, all equally likely.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.0.random_range(0..choices.len().max(1)))
    }
}
