//! From a reading to probabilities and to an answer: calibration, the owner's corrections, and when to say nothing.

use crate::{Contract, Expression, Mood, Probabilities, Reading, owner::Layer};

/// The smallest confidence that counts as an answer.
///
/// Asymmetric: telling somebody that they look angry when they don't costs more than the reverse, so an unpleasant
/// expression has to be more certain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// For happy, surprised and neutral, 0..=1.
    pub pleasant: f32,
    /// For angry, disgusted, afraid, sad and contemptuous, 0..=1.
    pub unpleasant: f32,
}

impl Thresholds {
    /// Those of a network whose file names none.
    pub const DEFAULT: Self = Self { pleasant: 0.4, unpleasant: 0.6 };

    /// The smallest confidence with which this expression counts.
    #[must_use]
    pub const fn least(&self, expression: Expression) -> f32 {
        if expression.is_unpleasant() { self.unpleasant } else { self.pleasant }
    }

    /// Whether a mood is certain enough.
    #[must_use]
    pub fn accept(&self, mood: &Mood) -> bool {
        mood.confidence >= self.least(mood.expression)
    }
}

/// Everything that stands between a network's reading and an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    /// The network's labels and temperature.
    pub contract: Contract,
    /// When to doubt.
    pub thresholds: Thresholds,
    /// What the owner has taught.
    pub layer: Layer,
}

impl Judge {
    /// Judges as the network's file says, with nothing learnt.
    #[must_use]
    pub fn new(contract: Contract) -> Self {
        let thresholds = contract.thresholds.unwrap_or(Thresholds::DEFAULT);
        Self { contract, thresholds, layer: Layer::default() }
    }

    /// The probabilities of a reading, as the owner has corrected them.
    #[must_use]
    pub fn probabilities(&self, reading: &Reading) -> Probabilities {
        Probabilities::from_logits(&self.layer.adapted(reading), &self.contract)
    }
}
