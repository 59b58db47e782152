//! What the owner has taught the box: corrections as numbers, and the small layer that is fitted to them.
//!
//! Kept of a face are the network's features and its logits, never pixels. The layer adds `weights * features + biases` to
//! the logits; it is a logistic regression with a strong prior at zero, that is, at the network as it was shipped. How
//! strong, the examples decide among themselves: those left out of a fit must be foretold better by it than by the bare
//! network, and clearly so, or the layer stays empty.

mod fit;

use crate::{Contract, Expression, Logits, Reading};

/// Examples that are kept of each kind; the oldest go first.
pub const MOST_EXAMPLES: usize = 100;

/// A face and what its owner says it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What the network made of it.
    pub reading: Reading,
    /// The expression.
    pub label: Expression,
    /// The owner said so, instead of only letting an answer stand.
    pub corrected: bool,
}

/// The remembered examples of one network, the oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Owner {
    examples: Vec<Example>,
}

impl Owner {
    /// Nothing learnt.
    #[must_use]
    pub const fn new() -> Self {
        Self { examples: Vec::new() }
    }

    /// What is remembered.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// How many corrections are remembered.
    #[must_use]
    pub fn corrections(&self) -> usize {
        self.examples.iter().filter(|example| example.corrected).count()
    }

    /// Remembers an example. One of the same face replaces what was thought of it before, so that going on to the next
    /// guess leaves only the last one. Numbers that are not finite are not kept.
    pub fn remember(&mut self, example: Example) {
        let numbers = example.reading.logits.0.iter().chain(&example.reading.features);
        if !numbers.copied().all(f32::is_finite) {
            return;
        }
        self.examples.retain(|other| other.reading != example.reading);
        let same_kind = |other: &Example| other.corrected == example.corrected;
        if self.examples.iter().filter(|other| same_kind(other)).count() >= MOST_EXAMPLES
            && let Some(oldest) = self.examples.iter().position(same_kind)
        {
            self.examples.remove(oldest);
        }
        self.examples.push(example);
    }

    /// Fits the layer to what is remembered.
    #[must_use]
    pub fn layer(&self, contract: &Contract) -> Layer {
        // Without a correction the network was right, as far as anybody knows.
        if self.corrections() == 0 { Layer::default() } else { fit::layer(&self.examples, contract) }
    }
}

/// What is added to the network's logits; empty when nothing is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    /// Subtracted from the features before they are scaled to length 1.
    centre: Vec<f32>,
    /// A row a label.
    weights: Vec<Vec<f32>>,
    /// One a label.
    biases: Vec<f32>,
}

impl Layer {
    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.biases.is_empty()
    }

    /// The reading's logits as the owner has corrected them. A reading of another network is left alone.
    #[must_use]
    pub fn adapted(&self, reading: &Reading) -> Logits {
        let mut logits = reading.logits.clone();
        if self.biases.len() != logits.0.len() || self.centre.len() != reading.features.len() {
            return logits;
        }
        let direction = direction(&reading.features, &self.centre);
        for ((logit, weights), bias) in logits.0.iter_mut().zip(&self.weights).zip(&self.biases) {
            *logit += bias + dot(weights, &direction);
        }
        logits
    }
}

/// Where features lie as seen from the centre, at length 1; zeros at the centre itself.
fn direction(features: &[f32], centre: &[f32]) -> Vec<f32> {
    let mut direction: Vec<f32> = features.iter().zip(centre).map(|(feature, centre)| feature - centre).collect();
    let length = dot(&direction, &direction).sqrt();
    if length > f32::EPSILON {
        direction.iter_mut().for_each(|value| *value /= length);
    }
    direction
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
