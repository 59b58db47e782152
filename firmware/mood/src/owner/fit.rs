//! Fits the owner's layer: multinomial logistic regression on top of fixed logits, with a Gaussian prior at zero.

use super::{Example, Layer, direction, dot};
use crate::Contract;

/// Strengths of the prior that are tried, the strongest first. In units of an example: with 8 it takes about eight that
/// agree to move a logit as far as one of them wants.
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
pub(super) fn layer(examples: &[Example], contract: &Contract) -> Layer {
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

/// The examples as a fit needs them.
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
