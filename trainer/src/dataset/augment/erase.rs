//! A hidden patch: a hand, a cup, hair (random erasing, Zhong et al. 2017).
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sides of a patch, 1 to 48 pixels"
)]

use super::Augment;
use super::{between, happens, octave};
use crate::dataset::{PIXELS, SIDE};
use rand::RngExt;

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

pub(super) fn vary(pixels: &mut [u8], augment: &Augment, random: &mut impl RngExt) {
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
            vary(&mut pixels, &augment, &mut generator(seed, 0));
            let changed = pixels.iter().filter(|&&pixel| pixel != 100).count();
            assert!(changed <= 230, "{changed}");
        }
        let mut pixels = vec![100; PIXELS];
        vary(&mut pixels, &Augment { erase: 0.0, ..augment }, &mut generator(1, 0));
        assert_eq!(pixels, vec![100; PIXELS]);
    }
}
