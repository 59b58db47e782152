//! Hidden patches (random erasing, Zhong et al. 2017), and two pictures mixed into one with their labels: mixup (Zhang et
//! al. 2018) and CutMix (Yun et al. 2019).

use super::{Augment, between, happens, octave, refuse_outside};
use crate::dataset::{PIXELS, SIDE};
use crate::error::Error;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::{Beta, Distribution};
use serde::{Deserialize, Serialize};

/// How batches are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mixing {
    /// The parameter of the Beta distribution that mixup draws its share from; 0 is no mixup. The papers use 0.2 to 1.
    pub mixup_alpha: f64,
    /// The same for cutmix; 0 is no cutmix. With both, either is as likely. The paper uses 1.
    pub cutmix_alpha: f64,
    /// Probability that a batch is mixed at all: 0..=1.
    pub probability: f64,
}

impl Default for Mixing {
    /// Off; switched on by its probability, it is both, half and half.
    fn default() -> Self {
        Self { mixup_alpha: 0.4, cutmix_alpha: 1.0, probability: 0.0 }
    }
}

/// What is done to one batch: each row gets a share of its partner, another row of the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// The partner of each row.
    partners: Vec<usize>,
    /// What each row keeps of itself, 0..=1; for cutmix the share of its pixels that are its own.
    share: f32,
    /// The patch taken from the partner, for cutmix.
    patch: Option<Patch>,
}

impl Mixing {
    /// Refuses numbers outside their range; [`Mixing::draw`] itself mixes nothing by them.
    ///
    /// # Errors
    /// When a number is outside its range, or none; the message names its key.
    pub fn check(&self) -> Result<(), Error> {
        let numbers = [
            ("mixup_alpha", self.mixup_alpha, [0.0, 100.0]),
            ("cutmix_alpha", self.cutmix_alpha, [0.0, 100.0]),
            ("probability", self.probability, [0.0, 1.0]),
        ];
        refuse_outside("mixing.", &numbers)
    }

    /// Draws what is done to a batch of `rows`; none where it stays as it is.
    #[must_use]
    pub fn draw(&self, rows: usize, random: &mut impl RngExt) -> Option<Blend> {
        let mixup = Beta::new(self.mixup_alpha, self.mixup_alpha).ok();
        let cutmix = Beta::new(self.cutmix_alpha, self.cutmix_alpha).ok();
        if !happens(self.probability, random) {
            return None;
        }
        let cut = cutmix.is_some() && (mixup.is_none() || random.random_bool(0.5));
        let beta = if cut { cutmix } else { mixup }?;
        let mut partners: Vec<usize> = (0..rows).collect();
        partners.shuffle(random);
        let share = beta.sample(random);
        let patch = cut.then(|| patch(1.0 - share, random));
        let share = patch.map_or(share as f32, |patch| 1.0 - patch.share());
        Some(Blend { partners, share, patch })
    }
}

impl Blend {
    /// Mixes pictures: rows of 48 x 48 values.
    pub fn apply_to_inputs(&self, inputs: &mut [f32]) {
        let Some(patch) = self.patch else {
            return self.apply_to_targets(inputs, PIXELS);
        };
        let before = inputs.to_vec();
        for (picture, &partner) in inputs.chunks_exact_mut(PIXELS).zip(&self.partners) {
            let Some(other) = before.get(partner * PIXELS..(partner + 1) * PIXELS) else { continue };
            let lines = picture.chunks_exact_mut(SIDE).zip(other.chunks_exact(SIDE));
            for (line, other) in lines.skip(patch.top).take(patch.height) {
                let columns = patch.left..patch.left + patch.width;
                line[columns.clone()].copy_from_slice(&other[columns]);
            }
        }
    }

    /// Mixes targets, or anything else that goes with the pictures: rows of `row_length` values, one for each row of the
    /// batch. Every array of a batch gets the same partners and share.
    pub fn apply_to_targets(&self, targets: &mut [f32], row_length: usize) {
        let before = targets.to_vec();
        for (row, &partner) in targets.chunks_exact_mut(row_length).zip(&self.partners) {
            let Some(other) = before.get(partner * row_length..(partner + 1) * row_length) else { continue };
            for (value, &other) in row.iter_mut().zip(other) {
                *value = self.share * *value + (1.0 - self.share) * other;
            }
        }
    }
}

/// A patch of the share `wanted` of a picture, as the paper places it: its middle anywhere, cut at the edges.
fn patch(wanted: f64, random: &mut impl RngExt) -> Patch {
    let side = (SIDE as f64 * wanted.clamp(0.0, 1.0).sqrt()).round() as usize;
    let mut span = || {
        let middle = random.random_range(0..=SIDE);
        let begin = middle.saturating_sub(side / 2);
        let end = (middle + side.div_ceil(2)).min(SIDE);
        (begin, end - begin)
    };
    let ((left, width), (top, height)) = (span(), span());
    Patch { left, top, width, height }
}

/// The smallest share of a picture that is hidden.
const LEAST: f32 = 0.02;
/// How many times as high as wide a patch is at most, or as wide as high; the paper has 3.3.
const LONGEST: f32 = 3.0;

/// A rectangle of pixels inside a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Patch {
    /// Hides at most this share of a picture.
    pub(super) fn draw(most: f32, random: &mut impl RngExt) -> Self {
        let area = between(LEAST, most.clamp(LEAST, 0.5), random) * PIXELS as f32;
        let shape = octave(1.0 / LONGEST, LONGEST, random).sqrt();
        // Cut, not rounded: the area stays within what was asked.
        let side = |wanted: f32| (wanted as usize).clamp(1, SIDE);
        let (width, height) = (side(area.sqrt() * shape), side(area.sqrt() / shape));
        let left = random.random_range(0..=SIDE - width);
        let top = random.random_range(0..=SIDE - height);
        Self { left, top, width, height }
    }

    /// The share of a picture it covers.
    pub(super) const fn share(self) -> f32 {
        (self.width * self.height) as f32 / PIXELS as f32
    }
}

pub(super) fn erase(pixels: &mut [u8], augment: &Augment, random: &mut impl RngExt) {
    if !happens(augment.erase, random) {
        return;
    }
    let Patch { left, top, width, height } = Patch::draw(augment.erase_share, random);
    // One grey or, as the paper likes best, every pixel its own: a network that knew the filling would look for it.
    let grey: Option<u8> = random.random_bool(0.5).then(|| random.random());
    for row in pixels.chunks_exact_mut(SIDE).skip(top).take(height) {
        let hidden = &mut row[left..left + width];
        match grey {
            Some(grey) => hidden.fill(grey),
            None => random.fill(hidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    const ROWS: usize = 6;
    const CUTMIX: Mixing = Mixing { mixup_alpha: 0.0, cutmix_alpha: 1.0, probability: 1.0 };
    const MIXUP: Mixing = Mixing { mixup_alpha: 0.4, cutmix_alpha: 0.0, probability: 1.0 };

    /// Row `i` holds `i + 1` everywhere.
    fn pictures() -> Vec<f32> {
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].iter().flat_map(|&level| [level; PIXELS]).collect()
    }

    /// Row `i` is sure of class `i`.
    fn targets() -> Vec<f32> {
        (0..ROWS * ROWS).map(|at| if at / ROWS == at % ROWS { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn the_sum_of_targets_is_conserved_in_arrays_of_every_length() {
        for seed in 0..100 {
            for mixing in [CUTMIX, MIXUP, Mixing { probability: 1.0, ..Mixing::default() }] {
                let blend = mixing.draw(ROWS, &mut generator(seed, 0)).unwrap();
                let (mut wide, mut narrow) = (targets(), [0.25, 0.75].repeat(ROWS));
                blend.apply_to_targets(&mut wide, ROWS);
                blend.apply_to_targets(&mut narrow, 2);
                for row in wide.chunks(ROWS).chain(narrow.chunks(2)) {
                    assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5 && row.iter().all(|&share| share >= 0.0));
                }
                // A permutation: every class keeps its weight in the batch.
                for class in 0..ROWS {
                    let weight: f32 = wide.iter().skip(class).step_by(ROWS).sum();
                    assert!((weight - 1.0).abs() < 1e-5, "{weight}");
                }
            }
        }
    }

    #[test]
    fn cutmix_takes_the_share_from_the_true_area() {
        let mut cut_at_the_edge = 0;
        for seed in 0..200 {
            let blend = CUTMIX.draw(ROWS, &mut generator(seed, 0)).unwrap();
            let (mut inputs, mut labels) = (pictures(), targets());
            blend.apply_to_inputs(&mut inputs);
            blend.apply_to_targets(&mut labels, ROWS);
            let patch = blend.patch.unwrap();
            cut_at_the_edge += usize::from(patch.width != patch.height);
            for (row, (&partner, picture)) in blend.partners.iter().zip(inputs.chunks(PIXELS)).enumerate() {
                if partner == row {
                    continue;
                }
                let level = pictures()[row * PIXELS];
                let own = picture.iter().filter(|&&value| (value - level).abs() < 0.5).count();
                let label = labels[row * ROWS + row];
                assert!((label * 2304.0 - f32::from(u16::try_from(own).unwrap())).abs() < 0.1, "{label} {own}");
                assert!((label - blend.share).abs() < 1e-6);
            }
        }
        assert!(cut_at_the_edge > 50, "{cut_at_the_edge}");
    }

    #[test]
    fn mixup_mixes_pictures_and_targets_by_one_share() {
        let blend = MIXUP.draw(ROWS, &mut generator(3, 0)).unwrap();
        let (mut inputs, mut labels) = (pictures(), targets());
        blend.apply_to_inputs(&mut inputs);
        blend.apply_to_targets(&mut labels, ROWS);
        for (picture, label) in inputs.chunks(PIXELS).zip(labels.chunks(ROWS)) {
            let expected: f32 =
                label.iter().zip([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).map(|(share, level)| share * level).sum();
            assert!(picture.iter().all(|value| (value - expected).abs() < 1e-4));
        }
        assert_eq!(Some(blend), MIXUP.draw(ROWS, &mut generator(3, 0)));
    }

    #[test]
    fn the_probability_says_how_many_batches_are_mixed() {
        let mixing = Mixing { probability: 0.3, ..MIXUP };
        let mixed = (0..1_000).filter(|&seed| mixing.draw(4, &mut generator(seed, 0)).is_some()).count();
        assert!((240..360).contains(&mixed), "{mixed}");
        for off in [Mixing::default(), Mixing { mixup_alpha: 0.0, cutmix_alpha: 0.0, probability: 1.0 }] {
            assert_eq!(off.draw(ROWS, &mut generator(1, 0)), None);
        }
        let wrong = Mixing { mixup_alpha: f64::NAN, ..MIXUP };
        assert!(wrong.draw(4, &mut generator(1, 0)).is_none() && Mixing::default().check().is_ok());
        let complaint = wrong.check().unwrap_err().to_string();
        assert_eq!(complaint, "augmentation has mixing.mixup_alpha = NaN, it must lie in 0..=100");
    }

    #[test]
    fn a_patch_lies_inside_and_hides_no_more_than_said() {
        let mut largest = 0;
        for seed in 0..2_000 {
            let patch = Patch::draw(0.2, &mut generator(seed, 0));
            let area = patch.width * patch.height;
            assert!(patch.left + patch.width <= SIDE && patch.top + patch.height <= SIDE);
            // Cutting to whole pixels takes up to a line from each side.
            assert!((20..=461).contains(&area), "{area}");
            largest = largest.max(area);
        }
        assert!(largest > 400, "{largest}");
    }

    #[test]
    fn only_the_patch_changes() {
        let augment = Augment { erase: 1.0, erase_share: 0.1, ..Augment::default() };
        for seed in 0..50 {
            let mut pixels = vec![100; PIXELS];
            erase(&mut pixels, &augment, &mut generator(seed, 0));
            let changed = pixels.iter().filter(|&&pixel| pixel != 100).count();
            assert!(changed <= 230, "{changed}");
        }
        let mut pixels = vec![100; PIXELS];
        erase(&mut pixels, &Augment { erase: 0.0, ..augment }, &mut generator(1, 0));
        assert_eq!(pixels, vec![100; PIXELS]);
    }
}
