//! Prepares training batches on a thread of its own, so that the network never waits for pictures.

use super::Settings;
use crate::dataset::{Dataset, PIXELS, SIDE, augment};
use crate::random::{generator, mix};
use mood::{Contract, Crop, InputTensor};
use rand::seq::SliceRandom;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

/// Batches kept ready.
const AHEAD: usize = 4;

/// Input tensors and labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `[n, 1, 48, 48]`.
    pub inputs: Vec<f32>,
    /// `[n]`.
    pub labels: Vec<u8>,
}

/// Pixels -> what the network eats, by the function the box uses.
pub(crate) fn append_input(pixels: Vec<u8>, contract: &Contract, inputs: &mut Vec<f32>) {
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    if let Some(crop) = Crop::from_pixels(side, pixels) {
        inputs.extend(InputTensor::new(&crop, contract).values);
    }
}

/// The order of the training pictures in `epoch`: a function of seed and epoch alone, so that a resumed run sees it too.
#[must_use]
pub fn order(training: &[usize], seed: u64, epoch: u32) -> Vec<usize> {
    let mut order = training.to_vec();
    order.shuffle(&mut generator(mix(seed, u64::from(epoch)), 1));
    order
}

/// Batch number `index` of `epoch`, varied.
#[must_use]
pub fn batch(dataset: &Dataset, chosen: &[usize], settings: &Settings, contract: &Contract, epoch: u32) -> Batch {
    let mut batch =
        Batch { inputs: Vec::with_capacity(chosen.len() * PIXELS), labels: Vec::with_capacity(chosen.len()) };
    let epoch_seed = mix(settings.seed, u64::from(epoch));
    for &index in chosen {
        let picture = &dataset.pictures[index];
        let stream = u64::try_from(index).unwrap_or(u64::MAX).wrapping_add(1 << 32);
        let varied = augment::vary(&picture.pixels, &settings.augment, &mut generator(epoch_seed, stream));
        append_input(varied, contract, &mut batch.inputs);
        batch.labels.push(picture.label);
    }
    batch
}

/// The batches of `epoch` from number `first` on, in order, made ahead of time.
pub fn prefetch<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    dataset: &'env Dataset,
    order: Vec<usize>,
    settings: &'env Settings,
    contract: &'env Contract,
    (epoch, first): (u32, usize),
) -> Receiver<Batch> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || {
        for chosen in order.chunks(settings.batch).skip(first) {
            if sender.send(batch(dataset, chosen, settings, contract, epoch)).is_err() {
                return;
            }
        }
    });
    receiver
}
