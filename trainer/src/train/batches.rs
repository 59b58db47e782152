//! Prepares training batches beside the training, on all cores, so that the network never waits for pictures.

use super::loss::BatchTargets;
use super::targets::Targets;
use super::teachers::Recorded;
use crate::dataset::{Dataset, augment, input};
use crate::random::{generator, mix};
use crate::recipe::Recipe;
use mood::Contract;
use rayon::prelude::*;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

/// Batches kept ready.
const AHEAD: usize = 4;
/// Sets the mixing of pictures apart from every other use of the seed.
const MIXING_STREAM: u64 = 3 << 40;

/// Input tensors and targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Pictures.
    pub size: usize,
    /// `[n, 1, 48, 48]`.
    pub inputs: Vec<f32>,
    /// `[n, outputs]`.
    pub targets: BatchTargets,
}

/// Everything batches are made of.
#[derive(Debug, Clone, Copy)]
pub struct BatchInputs<'a> {
    /// The pictures.
    pub dataset: &'a Dataset,
    /// What they show.
    pub targets: &'a Targets,
    /// What teachers say to them, where that was recorded.
    pub teachers: Option<&'a Recorded>,
    /// How they are varied.
    pub recipe: &'a Recipe,
    /// How they become input tensors.
    pub contract: &'a Contract,
}

/// The batch of the pictures at `chosen` in `epoch`, varied and mixed.
#[must_use]
pub fn batch(inputs_of: &BatchInputs<'_>, chosen: &[usize], epoch: u32) -> Batch {
    let BatchInputs { dataset, targets, teachers, recipe, contract } = *inputs_of;
    let epoch_seed = mix(recipe.seed, u64::from(epoch));
    let strengths = recipe.augmentation.picture.strengths();
    let varied = |&index: &usize| {
        let stream = u64::try_from(index).unwrap_or(u64::MAX).wrapping_add(1 << 32);
        let pixels = &dataset.samples[index].pixels;
        input(augment::vary(pixels, &strengths, &mut generator(epoch_seed, stream)), contract)
    };
    let mut inputs: Vec<f32> = chosen.par_iter().map(varied).collect::<Vec<_>>().concat();
    let mut labels: Vec<f32> = chosen.iter().flat_map(|&index| targets.row(index)).copied().collect();
    let mut taught: Option<Vec<f32>> =
        teachers.map(|teachers| chosen.iter().flat_map(|&index| teachers.row(index)).copied().collect());
    let first = chosen.first().and_then(|&index| u64::try_from(index).ok()).unwrap_or(0);
    let mut random = generator(mix(epoch_seed, first), MIXING_STREAM);
    if let Some(blend) = recipe.augmentation.mixing.draw(chosen.len(), &mut random) {
        blend.apply_to_inputs(&mut inputs);
        for targets in std::iter::once(&mut labels).chain(&mut taught) {
            blend.apply_to_targets(targets, recipe.outputs());
        }
    }
    Batch { size: chosen.len(), inputs, targets: BatchTargets { labels, teachers: taught } }
}

/// The batches of `epoch` from number `first` on, in order, made ahead of time.
pub fn prefetch<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    inputs_of: BatchInputs<'env>,
    order: Vec<usize>,
    (epoch, first): (u32, usize),
) -> Receiver<Batch> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || {
        for chosen in order.chunks(inputs_of.recipe.schedule.batch).skip(first) {
            if sender.send(batch(&inputs_of, chosen, epoch)).is_err() {
                return;
            }
        }
    });
    receiver
}
