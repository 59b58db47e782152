//! Cuts validation out of training: seeded, stratified by class, and never with a copy on both sides. Where a data set
//! has no parts at all, cuts the test part too.

use super::{Dataset, Picture, Split};
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

impl Parts {
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
}

/// What happens to training pictures that are byte for byte in validation or test too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// They are left out, so that what is measured was never seen.
    Drop,
    /// They are learnt from, as in figures published without a word on them. What a share is cut from for validation
    /// keeps its copies together nevertheless.
    Keep,
}

/// The test part must be the same whatever a run's seed, or two runs could not be compared.
const TEST_SEED: u64 = 2_013;
/// Shares of the test part and, of the rest, of the validation part, of a data set that has none: 15 % of the whole each.
const CUT_SHARES: [f64; 2] = [0.15, 0.15 / 0.85];

/// Splits `dataset`, see [`split_with`], without the copies.
#[must_use]
pub fn split(dataset: &Dataset, share: f64, seed: u64) -> Parts {
    split_with(dataset, share, seed, Copies::Drop)
}

/// Splits `dataset`. `share` (0..1) of each class's training pictures becomes validation, unless the data set brings
/// its own. Byte-identical pictures stay on one side; training loses what is also in validation or test, unless `copies`
/// keeps it. Of one `seed` and one `copies`, what a smaller share keeps for validation is among what a larger one keeps.
#[must_use]
pub fn split_with(dataset: &Dataset, share: f64, seed: u64, copies: Copies) -> Parts {
    let mut parts = Parts::default();
    let tests: HashSet<&[u8]> = dataset
        .pictures
        .iter()
        .filter(|picture| copies == Copies::Drop && matches!(picture.split, Split::PublicTest | Split::PrivateTest))
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
    let validation = if own.is_empty() { cut(&dataset.pictures, &training, share, seed) } else { own };
    let held_out: HashSet<&[u8]> = validation.iter().map(|&index| &*dataset.pictures[index].pixels).collect();
    let chosen: HashSet<usize> = validation.iter().copied().collect();
    for index in training {
        if chosen.contains(&index) {
            continue;
        }
        if copies == Copies::Drop && held_out.contains(&*dataset.pictures[index].pixels) {
            parts.copies += 1;
        } else {
            parts.training.push(index);
        }
    }
    parts.validation = validation;
    parts
}

/// Gives pictures without parts their parts: 70 % training, 15 % validation, 15 % test of each class, copies together.
pub(super) fn assign(pictures: &mut [Picture]) {
    let mut rest: Vec<usize> = (0..pictures.len()).collect();
    for (split, share) in [Split::PublicTest, Split::Validation].into_iter().zip(CUT_SHARES) {
        for index in cut(pictures, &rest, share, TEST_SEED) {
            pictures[index].split = split;
        }
        rest.retain(|&index| pictures[index].split == Split::Training);
    }
}

/// Groups of identical pictures, shuffled within their class (that of the first copy), taken until the share is full.
fn cut(pictures: &[Picture], training: &[usize], share: f64, seed: u64) -> Vec<usize> {
    let mut group_of: HashMap<&[u8], usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &index in training {
        let group = *group_of.entry(&*pictures[index].pixels).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(index);
    }
    let mut chosen = Vec::new();
    for class in 0..=u8::MAX {
        let mut of_class: Vec<&Vec<usize>> = groups.iter().filter(|group| pictures[group[0]].label == class).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{PIXELS, Picture};
    use mood::LabelSet;

    /// Picture number `id`: distinct ids look different; 0 is blank.
    fn picture(id: u8, label: u8, split: Split) -> Picture {
        let mut pixels = vec![0; PIXELS].into_boxed_slice();
        pixels[0] = id;
        Picture { pixels, label, split }
    }

    fn dataset() -> Dataset {
        let mut pictures: Vec<Picture> =
            (1..=200).map(|id| picture(id, u8::from(id % 4 == 0), Split::Training)).collect();
        // Three copies each of ten pictures, one of them labelled otherwise.
        for id in 1..=10 {
            pictures.push(picture(id, u8::from(id % 4 == 0), Split::Training));
            pictures.push(picture(id, 1, Split::Training));
        }
        pictures.push(picture(0, 0, Split::Training));
        pictures.extend((196..=205).map(|id| picture(id, 0, Split::PublicTest)));
        Dataset { pictures, label_set: LabelSet::Fer2013 }
    }

    #[test]
    fn no_picture_is_on_two_sides() {
        let dataset = dataset();
        let parts = split(&dataset, 0.2, 9);
        let pixels = |indices: &[usize]| -> HashSet<Box<[u8]>> {
            indices.iter().map(|&index| dataset.pictures[index].pixels.clone()).collect()
        };
        let (training, validation) = (pixels(&parts.training), pixels(&parts.validation));
        let tests = pixels(&dataset.indices(Split::PublicTest));
        assert!(training.is_disjoint(&validation));
        assert!(training.is_disjoint(&tests));
        assert!(validation.is_disjoint(&tests));
        assert_eq!((parts.blank, parts.copies), (1, 5));
        assert_eq!(parts.training.len() + parts.validation.len(), 221 - 1 - 5);
    }

    #[test]
    fn each_class_gives_its_share() {
        let dataset = dataset();
        let parts = split(&dataset, 0.2, 9);
        for class in 0..2 {
            let of = |indices: &[usize]| indices.iter().filter(|&&at| dataset.pictures[at].label == class).count();
            let (held, all) = (of(&parts.validation), of(&parts.validation) + of(&parts.training));
            // A group of copies may overshoot, or carry a picture labelled otherwise along.
            assert!(held * 5 >= all.saturating_sub(25) && held * 5 <= all + 25, "class {class}: {held} of {all}");
        }
    }

    #[test]
    fn equal_seeds_cut_alike_and_others_do_not() {
        let dataset = dataset();
        assert_eq!(split(&dataset, 0.2, 9), split(&dataset, 0.2, 9));
        assert_ne!(split(&dataset, 0.2, 9).validation, split(&dataset, 0.2, 10).validation);
    }

    #[test]
    fn a_smaller_share_is_a_part_of_a_larger_one() {
        let dataset = dataset();
        for seed in 1..20 {
            let [small, large] = [0.1, 0.2].map(|share| split(&dataset, share, seed).validation);
            assert!(small.len() < large.len());
            assert!(small.iter().all(|index| large.contains(index)));
        }
    }

    #[test]
    fn copies_are_kept_on_request() {
        let dataset = dataset();
        let parts = split_with(&dataset, 0.2, 9, Copies::Keep);
        assert_eq!((parts.blank, parts.copies), (1, 0));
        assert_eq!(parts.training.len() + parts.validation.len(), 221 - 1);
    }

    #[test]
    fn pictures_without_parts_get_them_and_copies_stay_together() {
        let mut pictures = dataset().pictures;
        pictures.iter_mut().for_each(|picture| picture.split = Split::Training);
        assign(&mut pictures);
        let mut split_of: HashMap<&[u8], Split> = HashMap::new();
        for picture in &pictures {
            assert_eq!(*split_of.entry(&picture.pixels).or_insert(picture.split), picture.split);
        }
        let count = |split| pictures.iter().filter(|picture| picture.split == split).count();
        // 231 pictures; the last group of each of two classes may overshoot by two.
        assert!((33..=39).contains(&count(Split::PublicTest)), "{}", count(Split::PublicTest));
        assert!((33..=39).contains(&count(Split::Validation)), "{}", count(Split::Validation));
        assert_eq!(count(Split::PrivateTest), 0);
    }

    #[test]
    fn a_validation_part_of_its_own_is_used() {
        let mut dataset = dataset();
        dataset.pictures.push(picture(230, 0, Split::Validation));
        dataset.pictures.push(picture(1, 0, Split::Validation));
        let parts = split(&dataset, 0.2, 9);
        assert_eq!(parts.validation.len(), 2);
        assert!(parts.training.iter().all(|&index| dataset.pictures[index].pixels[0] != 1));
    }
}
