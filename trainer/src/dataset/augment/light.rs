//! The light on a face and the camera's tone curve.

use super::{Augment, Plane, between, either_way, factor, happens};
use crate::dataset::{PIXELS, SIDE};
use rand::RngExt;
use std::f32::consts::TAU;

pub(super) fn vary(plane: &mut Plane, augment: &Augment, random: &mut impl RngExt) {
    if happens(augment.gradient, random) {
        let share = between(0.0, augment.gradient_share.min(2.0), random);
        gradient(plane, share, between(0.0, TAU, random));
    }
    let tone = Tone {
        contrast: 1.0 + either_way(augment.contrast, random),
        brightness: either_way(augment.brightness, random),
        gamma: factor(augment.gamma, random),
    };
    tone.apply(plane);
}

/// Light from the side that `angle` points to (radians, 0 is right, clockwise). `share`: the difference between both
/// sides, of the light in the middle.
pub(super) fn gradient(plane: &mut Plane, share: f32, angle: f32) {
    let (sin, cos) = angle.sin_cos();
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let step = share / SIDE as f32;
    for (row, line) in plane.chunks_exact_mut(SIDE).enumerate() {
        let down = sin * (row as f32 - middle);
        for (column, value) in line.iter_mut().enumerate() {
            let towards = cos * (column as f32 - middle) + down;
            *value *= (1.0 + step * towards).max(0.0);
        }
    }
}

/// A tone curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone {
    /// A factor around the mean of the picture.
    pub contrast: f32,
    /// Levels on top; at most half of what the mean has left to black or white, so that no picture is lost in either.
    pub brightness: f32,
    /// The exponent that comes first.
    pub gamma: f32,
}

impl Tone {
    const PLAIN: Self = Self { contrast: 1.0, brightness: 0.0, gamma: 1.0 };

    pub(super) fn apply(&self, plane: &mut Plane) {
        if *self == Self::PLAIN {
            return;
        }
        // A power for each of 256 levels, not for each of 2,304 pixels.
        let mut curve = [0.0; 256];
        for (level, value) in curve.iter_mut().enumerate() {
            *value = 255.0 * (level as f32 / 255.0).powf(self.gamma);
        }
        for value in &mut *plane {
            *value = curve[usize::from((*value + 0.5) as u8)];
        }
        let mean = plane.iter().sum::<f32>() / PIXELS as f32;
        let brightness = self.brightness.max(-0.5 * mean).min(0.5 * (255.0 - mean));
        for value in plane {
            *value = ((*value - mean) * self.contrast + mean + brightness).clamp(0.0, 255.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{face, mean, plane};
    use super::*;

    #[test]
    fn gamma_is_monotone_and_keeps_black_and_white() {
        let mut levels: Plane = [0.0; PIXELS];
        for (at, value) in levels.iter_mut().enumerate() {
            *value = (at % 256) as f32;
        }
        for gamma in [0.5, 0.8, 1.4, 2.2] {
            let mut bent = levels;
            Tone { gamma, ..Tone::PLAIN }.apply(&mut bent);
            assert!(bent[..256].is_sorted(), "{gamma}");
            assert!(bent[0].abs() < 0.01 && (bent[255] - 255.0).abs() < 0.01);
            assert_eq!(bent[128] < 128.0, gamma > 1.0);
        }
    }

    #[test]
    fn brightness_and_contrast_do_what_they_say_within_the_range() {
        let mut lit = plane(&face());
        Tone { brightness: 12.0, ..Tone::PLAIN }.apply(&mut lit);
        assert!((mean(&lit) - mean(&plane(&face())) - 12.0).abs() < 0.01);
        let mut steep: Plane = [100.0; PIXELS];
        steep[..SIDE].fill(60.0);
        steep[SIDE..2 * SIDE].fill(140.0);
        Tone { contrast: 2.0, ..Tone::PLAIN }.apply(&mut steep);
        for (at, expected) in [(0, 20.0), (SIDE, 180.0), (2 * SIDE, 100.0)] {
            assert!((steep[at] - expected).abs() < 0.01, "{} for {expected}", steep[at]);
        }
        let mut dark: Plane = [20.0; PIXELS];
        Tone { brightness: -45.0, ..Tone::PLAIN }.apply(&mut dark);
        assert!((dark[0] - 10.0).abs() < 0.01, "{}", dark[0]);
    }

    #[test]
    fn a_gradient_lights_one_side_and_keeps_the_mean() {
        let mut lit: Plane = [100.0; PIXELS];
        gradient(&mut lit, 0.8, 0.0);
        assert!((mean(&lit) - 100.0).abs() < 0.1);
        assert!((lit[SIDE - 1] - 139.2).abs() < 0.1 && (lit[0] - 60.8).abs() < 0.1, "{} {}", lit[0], lit[SIDE - 1]);
        assert!((lit[5] - lit[40 * SIDE + 5]).abs() < 0.01);
    }
}
