//! Cuts validation out of training: seeded, stratified by class, and never with a copy on both sides. Where a data set
//! has no parts at all, cuts the test part too.

use super::photographs::Photographs;
use super::{Dataset, Sample, Split};
use crate::{number, random};
use rand::RngExt;
use rand::seq::SliceRandom;
use std::collections::HashSet;

/// Sets the choice of a crop of each photograph apart from every other use of the seed.
const CROP_STREAM: u64 = 4 << 40;

/// The pictures a run trains on and chooses by, as indices into the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Splits {
    /// To learn from.
    pub training: Vec<usize>,
    /// To choose the best epoch by.
    pub validation: Vec<usize>,
    /// Those of `training` that are crops of one photograph, for each that has several: together they count as one picture.
    /// Empty where each picture counts for itself.
    pub crops: Vec<Vec<usize>>,
    /// Training rows left out as they are copies of a validation or test picture.
    pub copies: usize,
    /// Training and validation rows left out as all their pixels are equal.
    pub blank: usize,
}

impl Splits {
    /// The pictures of `split` of `dataset`, of which these are the parts: training and validation as the run has them,
    /// the tests as the data set has them.
    #[must_use]
    pub fn of(&self, split: Split, dataset: &Dataset) -> Vec<usize> {
        match split {
            Split::Training => self.training.clone(),
            Split::Validation => self.validation.clone(),
            tests => dataset.indices(tests),
        }
    }

    /// A training picture of each photograph; `choose` names the crop of those that have several, by its position.
    pub(crate) fn photographs(&self, mut choose: impl FnMut(&[usize]) -> usize) -> Vec<usize> {
        let mut others = HashSet::new();
        for crops in &self.crops {
            let chosen = choose(crops);
            others.extend(crops.iter().enumerate().filter(|(at, _)| *at != chosen).map(|(_, &index)| index));
        }
        self.training.iter().copied().filter(|index| !others.contains(index)).collect()
    }

    /// The training pictures of `epoch` in order, one of each photograph: a function of seed and epoch alone, so that a resumed
    /// run sees it too.
    #[must_use]
    pub fn order(&self, seed: u64, epoch: u32) -> Vec<usize> {
        let epoch_seed = random::mix(seed, u64::from(epoch));
        let mut random = random::generator(epoch_seed, CROP_STREAM);
        let mut order = self.photographs(|crops| random.random_range(0..crops.len()));
        order.shuffle(&mut random::generator(epoch_seed, 1));
        order
    }

    /// How many photographs there are to learn from: the pictures of an epoch.
    #[must_use]
    pub fn photograph_count(&self) -> usize {
        self.training.len() - self.crops.iter().map(|crops| crops.len().saturating_sub(1)).sum::<usize>()
    }
}

/// How validation is cut from training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitOptions {
    /// The share of each class's training pictures that becomes validation, 0..1, unless the data set brings its own.
    pub share: f64,
    /// What is chosen. Of one seed, with all else equal, what a smaller share keeps is among what a larger one keeps.
    pub seed: u64,
    /// Whether training pictures that are in validation or test too are learnt from, as in figures published without a
    /// word on them. What a share is cut from for validation keeps its copies together nevertheless.
    pub keep_copies: bool,
    /// Whether the same photograph in any crop, mirrored or marked, counts as a copy, not the same bytes alone; see
    /// [`super::near_copies`]. Training counts its crops as one picture, validation looks at the first of them only.
    pub pool_near_copies: bool,
}

/// The test part must be the same whatever a run's seed, or two runs could not be compared.
const TEST_SEED: u64 = 2_013;
/// Shares of the test part and, of the rest, of the validation part, of a data set that has none: 15 % of the whole each.
const CUT_SHARES: [f64; 2] = [0.15, 0.15 / 0.85];

/// Splits `dataset` as `asked`. Training loses what is also in validation or test, unless it is to be kept.
#[must_use]
pub fn split(dataset: &Dataset, asked: &SplitOptions) -> Splits {
    let SplitOptions { share, seed, keep_copies, pool_near_copies } = *asked;
    let photographs =
        if pool_near_copies { Photographs::of(dataset) } else { Photographs::identical(&dataset.samples) };
    let tests: Vec<usize> =
        [Split::PublicTest, Split::PrivateTest].into_iter().flat_map(|split| dataset.indices(split)).collect();
    let tests = if keep_copies { HashSet::new() } else { photographs.relatives(&tests) };
    let mut parts = Splits::default();
    let mut keep = |split: Split| -> Vec<usize> {
        let mut kept = dataset.indices(split);
        let before = kept.len();
        kept.retain(|&index| !dataset.samples[index].is_blank());
        parts.blank += before - kept.len();
        let before = kept.len();
        kept.retain(|index| !tests.contains(index));
        parts.copies += before - kept.len();
        kept
    };
    let (mut training, own) = (keep(Split::Training), keep(Split::Validation));
    let cut_here = own.is_empty();
    parts.validation = if cut_here { cut(&dataset.samples, &photographs, &training, share, seed) } else { own };
    let chosen: HashSet<usize> = parts.validation.iter().copied().collect();
    training.retain(|index| !chosen.contains(index));
    if !keep_copies || (cut_here && pool_near_copies) {
        let held_out = photographs.relatives(&parts.validation);
        let before = training.len();
        training.retain(|index| !held_out.contains(index));
        parts.copies += before - training.len();
    }
    if pool_near_copies {
        parts.crops = photographs.groups(&training).into_iter().filter(|crops| crops.len() > 1).collect();
        parts.validation = photographs.groups(&parts.validation).into_iter().map(|crops| crops[0]).collect();
    }
    parts.training = training;
    parts
}

/// Gives pictures without parts their parts: 70 % training, 15 % validation, 15 % test of each class, copies together.
pub(super) fn assign(pictures: &mut [Sample]) {
    let identical = Photographs::identical(pictures);
    let mut rest: Vec<usize> = (0..pictures.len()).collect();
    for (split, share) in [Split::PublicTest, Split::Validation].into_iter().zip(CUT_SHARES) {
        for index in cut(pictures, &identical, &rest, share, TEST_SEED) {
            pictures[index].split = split;
        }
        rest.retain(|&index| pictures[index].split == Split::Training);
    }
}

/// Groups of copies, shuffled within their class (that of the first copy), taken until the share is full.
fn cut(pictures: &[Sample], photographs: &Photographs, training: &[usize], share: f64, seed: u64) -> Vec<usize> {
    let groups = photographs.groups(training);
    let mut chosen = Vec::new();
    for class in 0..=u8::MAX {
        let mut of_class: Vec<&Vec<usize>> = groups.iter().filter(|group| pictures[group[0]].label == class).collect();
        let total: usize = of_class.iter().map(|group| group.len()).sum();
        let wanted = number::share_of(total, share);
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

#[cfg(test)]
mod tests;
