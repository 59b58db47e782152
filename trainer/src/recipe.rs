//! A recipe: everything that decides what a run learns. A TOML file, complete and commented; flags override it; the run
//! folder keeps what came out, so that it can be resumed and retold.

mod parts;
mod source;

pub use parts::{
    Augmentation, ChooseBy, Data, Distillation, Head, Loss, Network, Optimiser, OptimiserKind, Schedule, Variation,
    VoteUse,
};
pub use source::{DEFAULT, names, read, write};

use crate::dataset::{self, Dataset, SplitOptions, Splits};
use crate::net::Net;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a run is asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Every random choice follows from it.
    pub seed: u64,
    /// The run whose best weights this one begins with, of the same network, as wide or narrower, with the same heads.
    /// None for random ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_from: Option<PathBuf>,
    /// The network.
    pub network: Network,
    /// What it learns from.
    pub data: Data,
    /// How long, and in what steps.
    pub schedule: Schedule,
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// What is asked of the answers.
    pub loss: Loss,
    /// How training pictures are varied.
    pub augmentation: Augmentation,
    /// Trained networks whose answers it learns from as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distillation: Option<Distillation>,
}

impl Default for Recipe {
    /// The recipe named [`DEFAULT`].
    fn default() -> Self {
        source::default_recipe()
    }
}

impl Recipe {
    /// The network with fresh random weights; its heads lie side by side in the outputs.
    #[must_use]
    pub fn new_net(&self, device: &Device) -> Net {
        let Network { name, dropout, .. } = self.network;
        Net::new(name, self.network.size(), self.outputs(), dropout, device)
    }

    /// Logits of all heads together.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.data.heads.iter().map(|head| head.classes()).sum()
    }

    /// Where the logits of `head` lie among the outputs; none when the network has no such head.
    #[must_use]
    pub fn columns(&self, head: Head) -> Option<std::ops::Range<usize>> {
        let at = self.data.heads.iter().position(|&one| one == head)?;
        let from = self.data.heads[..at].iter().map(|head| head.classes()).sum();
        Some(from..from + head.classes())
    }

    /// The columns of each head, in order.
    pub fn head_columns(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        self.data.heads.iter().filter_map(|&head| self.columns(head))
    }

    /// The pictures a run learns from and chooses by.
    #[must_use]
    pub fn parts(&self, dataset: &Dataset) -> Splits {
        let Data { keep_copies, pool_near_copies, validation_share, split_seed, limit, .. } = self.data;
        let seed = split_seed.unwrap_or(self.seed);
        let asked = SplitOptions { share: validation_share, seed, keep_copies, pool_near_copies };
        let mut parts = dataset::split(dataset, &asked);
        if let Some(limit) = limit {
            parts.training = parts.order(self.seed, u32::MAX);
            parts.training.truncate(limit);
            parts.crops.clear();
        }
        parts
    }

    /// The learning rate at `step` of `steps`: a linear rise, then a cosine to zero (Loshchilov & Hutter 2017).
    #[must_use]
    pub fn learning_rate_at(&self, step: u32, steps: u32) -> f64 {
        let Schedule { warm_up, learning_rate, .. } = self.schedule;
        let progress = f64::from(step) / f64::from(steps.max(1));
        let factor = if progress < warm_up {
            (progress / warm_up).max(0.02)
        } else {
            let fall = (progress - warm_up) / (1.0 - warm_up).max(f64::EPSILON);
            0.5 * (1.0 + (std::f64::consts::PI * fall.min(1.0)).cos())
        };
        learning_rate * factor.max(1e-4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_learning_rate_rises_to_its_highest_and_falls_to_nothing() {
        let mut recipe = Recipe::default();
        recipe.schedule = Schedule { warm_up: 0.1, learning_rate: 1.0, ..recipe.schedule };
        let rates: Vec<f64> = (0..=1_000).map(|step| recipe.learning_rate_at(step, 1_000)).collect();
        assert!(rates[..=100].is_sorted());
        assert!(rates[100..].iter().rev().is_sorted());
        assert!((rates[100] - 1.0).abs() < 1e-9, "{}", rates[100]);
        assert!(rates[1_000] < 1e-3);
    }

    #[test]
    fn heads_lie_side_by_side() {
        let mut recipe = Recipe::default();
        recipe.data.heads = vec![Head::Ferplus, Head::Fer2013];
        assert_eq!(recipe.outputs(), 15);
        assert_eq!(recipe.columns(Head::Ferplus), Some(0..8));
        assert_eq!(recipe.columns(Head::Fer2013), Some(8..15));
        recipe.data.heads = vec![Head::Fer2013];
        assert_eq!(recipe.columns(Head::Ferplus), None);
    }
}
