//! What a run was asked to do; kept in the run folder so that it can be resumed and retold.

use crate::dataset::augment::Strength;
use crate::net::{Name, Net, Size};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

/// The resolved settings of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which network.
    pub net: Name,
    /// How large it is. Runs from before there was a choice have `classic` at its own size.
    #[serde(default = "classic_size")]
    pub size: Size,
    /// Passes over the training pictures.
    pub epochs: u32,
    /// Pictures a step.
    pub batch: usize,
    /// The highest learning rate (after warm-up, before the cosine falls).
    pub learning_rate: f64,
    /// Decoupled weight decay (Loshchilov & Hutter 2019).
    pub weight_decay: f32,
    /// Share of the target spread over all classes, 0..1.
    pub label_smoothing: f32,
    /// Share of hidden units silenced, 0..1.
    pub dropout: f64,
    /// Share of the steps over which the learning rate rises.
    pub warm_up: f64,
    /// How slowly the average of the weights forgets, 0..1.
    pub average_decay: f32,
    /// Share of the training pictures kept for validation when the data set brings none.
    pub validation_share: f64,
    /// Every random choice follows from it.
    pub seed: u64,
    /// At most so many training pictures; none for all.
    pub limit: Option<usize>,
    /// Whether training pictures that are also in validation or test are learnt from.
    #[serde(default)]
    pub keep_copies: bool,
    /// How far training pictures are varied.
    pub augment: Strength,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            net: Name::Classic,
            size: classic_size(),
            epochs: 30,
            batch: 64,
            learning_rate: 2e-3,
            weight_decay: 0.05,
            label_smoothing: 0.1,
            dropout: 0.4,
            warm_up: 0.08,
            average_decay: 0.998,
            validation_share: 0.1,
            seed: 1,
            limit: None,
            keep_copies: false,
            augment: Strength::default(),
        }
    }
}

const fn classic_size() -> Size {
    Name::Classic.default_size()
}

impl Settings {
    /// The network with fresh random weights.
    #[must_use]
    pub fn new_net(&self, classes: usize, device: &Device) -> Net {
        Net::new(self.net, self.size, classes, self.dropout, device)
    }

    /// The learning rate at `step` of `steps`: a linear rise, then a cosine to zero (Loshchilov & Hutter 2017).
    #[must_use]
    pub fn learning_rate_at(&self, step: u32, steps: u32) -> f64 {
        let progress = f64::from(step) / f64::from(steps.max(1));
        let factor = if progress < self.warm_up {
            (progress / self.warm_up).max(0.02)
        } else {
            let fall = (progress - self.warm_up) / (1.0 - self.warm_up).max(f64::EPSILON);
            0.5 * (1.0 + (std::f64::consts::PI * fall.min(1.0)).cos())
        };
        self.learning_rate * factor.max(1e-4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_from_before_there_was_a_choice_of_networks_are_read() {
        let mut json = serde_json::to_value(Settings::default()).unwrap();
        assert_eq!(json["net"], "classic");
        json.as_object_mut().unwrap().remove("size");
        assert_eq!(serde_json::from_value::<Settings>(json).unwrap(), Settings::default());
    }

    #[test]
    fn the_learning_rate_rises_to_its_highest_and_falls_to_nothing() {
        let settings = Settings { warm_up: 0.1, learning_rate: 1.0, ..Settings::default() };
        let rates: Vec<f64> = (0..=1_000).map(|step| settings.learning_rate_at(step, 1_000)).collect();
        assert!(rates[..=100].is_sorted());
        assert!(rates[100..].iter().rev().is_sorted());
        assert!((rates[100] - 1.0).abs() < 1e-9, "{}", rates[100]);
        assert!(rates[1_000] < 1e-3);
    }
}
