//! What the owner has taught the box: corrections as numbers, and the small layer that is fitted to them.
//!
//! Kept of a face are the network's features and its logits, never pixels. The layer adds `weights * features + biases` to
//! the logits; it is a logistic regression with a strong prior at zero, that is, at the network as it was shipped. How
//! strong, the examples decide among themselves: those left out of a fit must be foretold better by it than by the bare
//! network, and clearly so, or the layer stays empty.

use crate::classifier::{Logits, Reading};
use crate::{contract::Contract, expression::Expression};
use serde::{Deserialize, Serialize};

/// Examples that are kept of each kind; the oldest go first.
pub const MOST_EXAMPLES: usize = 100;

/// A face and what its owner says it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// What the network made of it.
    #[serde(flatten)]
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
    pub const fn new() -> Self {
        Self { examples: Vec::new() }
    }

    /// What is remembered.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// How many corrections are remembered.
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
    pub fn layer(&self, contract: &Contract) -> Layer {
        // Without a correction the network was right, as far as anybody knows.
        if self.corrections() == 0 { Layer::default() } else { layer(&self.examples, contract) }
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
    pub const fn is_empty(&self) -> bool {
        self.biases.is_empty()
    }

    /// The reading's logits as the owner has corrected them. A reading of another network is left alone.
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

/// Strengths of the prior to try, the strongest first: with 8, some eight examples that agree move a logit fully.
const PRIORS: [f32; 3] = [8.0, 4.0, 2.0];
/// How much stronger the prior on the biases is: they move all faces at once.
const BIAS_PRIOR: f32 = 4.0;
/// Parts the examples are cut into; each is foretold by a fit to the others.
const FOLDS: usize = 5;
/// Fewer examples say nothing about those left out.
const FEWEST: usize = 3;
/// Steps of the fit. It is convex and each step is as long as its curvature allows.
const STEPS: usize = 60;
/// A probability counts at least so much, so that one absurd label can't outweigh all others.
const LEAST_PROBABILITY: f32 = 1e-4;

/// The layer with the prior that foretells best, where that is better than none by more than its own scatter.
fn layer(examples: &[Example], contract: &Contract) -> Layer {
    let Some(problem) = Problem::new(examples, contract) else { return Layer::default() };
    let everything: Vec<usize> = (0..problem.labels.len()).collect();
    let bare: Vec<f32> = everything.iter().map(|&at| problem.surprise(at, &problem.zero())).collect();
    let mut best: Option<(f32, f32)> = None;
    for prior in PRIORS {
        let mut gains = vec![0.0; everything.len()];
        for fold in 0..FOLDS {
            let (left_out, used): (Vec<usize>, Vec<usize>) = everything.iter().partition(|&&at| at % FOLDS == fold);
            let fitted = problem.fit(&used, prior);
            for at in left_out {
                gains[at] = bare[at] - problem.surprise(at, &fitted);
            }
        }
        let gain = clear_gain(&gains);
        if gain > 0.0 && best.is_none_or(|(most, _)| gain > most) {
            best = Some((gain, prior));
        }
    }
    match best {
        Some((_, prior)) => {
            let fitted = problem.fit(&everything, prior);
            problem.layer(fitted)
        }
        None => Layer::default(),
    }
}

/// The sum of the gains, less one standard error of it.
fn clear_gain(gains: &[f32]) -> f32 {
    let count = to_f32(gains.len());
    let mean = gains.iter().sum::<f32>() / count;
    let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f32>() / (count - 1.0).max(1.0);
    count * mean - (count * variance).sqrt()
}

/// Weights, then the bias, for each label.
type Parameters = Vec<Vec<f32>>;

struct Problem {
    centre: Vec<f32>,
    /// Unit vectors with a 1 behind them for the bias.
    inputs: Vec<Vec<f32>>,
    logits: Vec<Vec<f32>>,
    labels: Vec<usize>,
    temperature: f32,
    outputs: usize,
}

impl Problem {
    /// `None` when the examples are too few, or not of one network.
    fn new(examples: &[Example], contract: &Contract) -> Option<Self> {
        let outputs = contract.labels.len();
        let features = examples.first()?.reading.features.len();
        let known: Vec<(&Example, usize)> = examples
            .iter()
            .filter(|it| it.reading.features.len() == features && it.reading.logits.0.len() == outputs)
            .filter_map(|it| Some((it, contract.labels.iter().position(|label| *label == it.label)?)))
            .collect();
        if known.len() < FEWEST {
            return None;
        }
        let mut centre = vec![0.0; features];
        for (example, _) in &known {
            centre.iter_mut().zip(&example.reading.features).for_each(|(sum, value)| *sum += value);
        }
        centre.iter_mut().for_each(|sum| *sum /= to_f32(known.len()));
        let input = |example: &Example| {
            let mut input = direction(&example.reading.features, &centre);
            input.push(1.0);
            input
        };
        let inputs = known.iter().map(|(example, _)| input(example)).collect();
        let logits = known.iter().map(|(example, _)| example.reading.logits.0.clone()).collect();
        let labels = known.iter().map(|(_, label)| *label).collect();
        Some(Self { centre, inputs, logits, labels, temperature: contract.temperature, outputs })
    }

    fn zero(&self) -> Parameters {
        vec![vec![0.0; self.centre.len() + 1]; self.outputs]
    }

    /// The maximum of the posterior given these examples, by gradient descent.
    fn fit(&self, used: &[usize], prior: f32) -> Parameters {
        let mut parameters = self.zero();
        let bias = self.centre.len();
        let strength = |at: usize| if at == bias { prior * BIAS_PRIOR } else { prior };
        // The softmax's curvature is at most a half, an input's square 1 for its direction and 1 for the bias.
        let curvature = to_f32(used.len()) / self.temperature;
        for _ in 0..STEPS {
            let mut gradient = self.zero();
            for &example in used {
                let probabilities = self.probabilities(example, &parameters);
                for (label, (row, probability)) in gradient.iter_mut().zip(probabilities).enumerate() {
                    let error = probability - if label == self.labels[example] { 1.0 } else { 0.0 };
                    row.iter_mut().zip(&self.inputs[example]).for_each(|(sum, input)| *sum += error * input);
                }
            }
            for (row, slopes) in parameters.iter_mut().zip(&gradient) {
                for (at, (parameter, slope)) in row.iter_mut().zip(slopes).enumerate() {
                    let pull = strength(at) / self.temperature;
                    *parameter -= (slope + pull * *parameter) / (curvature + pull);
                }
            }
        }
        parameters
    }

    /// How surprising an example's label is, in nats.
    fn surprise(&self, example: usize, parameters: &Parameters) -> f32 {
        -self.probabilities(example, parameters)[self.labels[example]].max(LEAST_PROBABILITY).ln()
    }

    fn probabilities(&self, example: usize, parameters: &Parameters) -> Vec<f32> {
        let logits = &self.logits[example];
        let scaled: Vec<f32> = logits
            .iter()
            .zip(parameters)
            .map(|(logit, row)| (logit + dot(row, &self.inputs[example])) / self.temperature)
            .collect();
        let largest = scaled.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f32> = scaled.iter().map(|value| (value - largest).exp()).collect();
        let sum: f32 = powers.iter().sum();
        powers.iter().map(|power| power / sum).collect()
    }

    fn layer(self, parameters: Parameters) -> Layer {
        let biases = parameters.iter().filter_map(|row| row.last().copied()).collect();
        let mut weights = parameters;
        weights.iter_mut().for_each(|row| row.truncate(self.centre.len()));
        Layer { centre: self.centre, weights, biases }
    }
}

/// A count of some hundred.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "exact below 2^24")]
const fn to_f32(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests;
