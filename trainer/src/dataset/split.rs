//! Cuts validation out of training: seeded, stratified by class, and never with a copy on both sides.

use super::{Dataset, Split};
use crate::random;
use rand::seq::SliceRandom;
use std::collections::{HashMap, HashSet};

/// The pictures a run trains on and chooses by, as indices into the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// To learn from.
    pub training: Vec<usize>,
    /// To choose the best epoch by.
    pub validation: Vec<usize>,
    /// Training rows left out as they are copies of a validation or test picture.
    pub copies: usize,
    /// Training and validation rows left out as all their pixels are equal.
    pub blank: usize,
}

/// Splits `dataset`. `share` (0..1) of each class's training pictures becomes validation, unless the data set brings
/// its own. Byte-identical pictures stay on one side; training loses what is also in validation or test.
#[must_use]
pub fn split(dataset: &Dataset, share: f64, seed: u64) -> Parts {
    let mut parts = Parts::default();
    let tests: HashSet<&[u8]> = dataset
        .pictures
        .iter()
        .filter(|picture| matches!(picture.split, Split::PublicTest | Split::PrivateTest))
        .map(|picture| &*picture.pixels)
        .collect();
    let mut keep = |split: Split| -> Vec<usize> {
        let mut kept = dataset.indices(split);
        let before = kept.len();
        kept.retain(|&index| !dataset.pictures[index].is_blank());
        parts.blank += before - kept.len();
        let before = kept.len();
        kept.retain(|&index| !tests.contains(&*dataset.pictures[index].pixels));
        parts.copies += before - kept.len();
        kept
    };
    let (training, own) = (keep(Split::Training), keep(Split::Validation));
    let validation = if own.is_empty() { cut(dataset, &training, share, seed) } else { own };
    let held_out: HashSet<&[u8]> = validation.iter().map(|&index| &*dataset.pictures[index].pixels).collect();
    let chosen: HashSet<usize> = validation.iter().copied().collect();
    for index in training {
        if chosen.contains(&index) {
            continue;
        }
        if held_out.contains(&*dataset.pictures[index].pixels) {
            parts.copies += 1;
        } else {
            parts.training.push(index);
        }
    }
    parts.validation = validation;
    parts
}

/// Groups of identical pictures, shuffled within their class (that of the first copy), taken until the share is full.
fn cut(dataset: &Dataset, training: &[usize], share: f64, seed: u64) -> Vec<usize> {
    let mut group_of: HashMap<&[u8], usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &index in training {
        let group = *group_of.entry(&*dataset.pictures[index].pixels).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(index);
    }
    let mut chosen = Vec::new();
    for class in 0..=u8::MAX {
        let mut of_class: Vec<&Vec<usize>> =
            groups.iter().filter(|group| dataset.pictures[group[0]].label == class).collect();
        let total: usize = of_class.iter().map(|group| group.len()).sum();
        let wanted = random::share_of(total, share);
        of_class.shuffle(&mut random::generator(seed, u64::from(class)));
        let mut taken = 0;
        for group in of_class {
            if taken >= wanted {
                break;
            }
            taken += group.len();
            chosen.extend(group);
        }
    }
    chosen.sort_unstable();
    chosen
}
