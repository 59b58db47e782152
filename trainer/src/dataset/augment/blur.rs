//! Out of focus, or moved while the shutter was open.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "offsets of a few pixels are exact")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "offsets are cut to REACH")]

use super::{Augment, Plane};
use super::{between, happens};
use crate::dataset::SIDE;
use rand::RngExt;
use std::f32::consts::PI;

/// How far a kernel reaches to each side at most, pixels.
const REACH: usize = 6;
/// A side with the edge's pixels going on as far as a kernel reaches.
const WIDE: usize = SIDE + 2 * REACH;
/// The sharpest blur that changes anything, standard deviation in pixels.
const SHARP: f32 = 0.2;

pub(super) fn vary(plane: &mut Plane, augment: &Augment, random: &mut impl RngExt) {
    if happens(augment.blur, random) {
        defocus(plane, between(SHARP.min(augment.blur_pixels), augment.blur_pixels, random));
    }
    if happens(augment.motion, random) {
        let length = between(augment.motion_pixels.min(1.0), augment.motion_pixels, random);
        motion(plane, length, between(0.0, PI, random));
    }
}

/// Gaussian, of this standard deviation in pixels.
pub(super) fn defocus(plane: &mut Plane, deviation: f32) {
    if deviation.is_nan() || deviation < SHARP {
        return;
    }
    let reach = ((2.5 * deviation).ceil() as isize).min(REACH.cast_signed());
    let weight = |offset: isize| (-0.5 * (offset as f32 / deviation).powi(2)).exp();
    let sum: f32 = (-reach..=reach).map(weight).sum();
    filter(plane, (-reach..=reach).map(|offset| ([offset, 0], weight(offset) / sum)));
    filter(plane, (-reach..=reach).map(|offset| ([0, offset], weight(offset) / sum)));
}

/// Smeared along `length` pixels at `angle` (radians, 0 is across, clockwise).
pub(super) fn motion(plane: &mut Plane, length: f32, angle: f32) {
    // At most so far that a tap between two pixels still has both.
    let length = length.clamp(0.0, 2.0 * (REACH as f32 - 1.0));
    let (sin, cos) = angle.sin_cos();
    let steps = length.ceil() as usize + 1;
    let share = 1.0 / steps as f32;
    let taps = (0..steps).flat_map(|step| {
        let along = length * (step as f32 / (steps - 1).max(1) as f32 - 0.5);
        let (x, y) = (along * cos, along * sin);
        let (left, top) = (x.floor(), y.floor());
        let (a, b) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        [
            ([left, top], (1.0 - a) * (1.0 - b) * share),
            ([left + 1, top], a * (1.0 - b) * share),
            ([left, top + 1], (1.0 - a) * b * share),
            ([left + 1, top + 1], a * b * share),
        ]
    });
    filter(plane, taps.filter(|&(_, weight)| weight > 0.0));
}

/// Sums the picture shifted by each tap's offset (right, down), times its weight.
fn filter(plane: &mut Plane, taps: impl Iterator<Item = ([isize; 2], f32)>) {
    let mut wide = [[0.0; WIDE]; WIDE];
    for (row, line) in wide.iter_mut().enumerate() {
        let from = row.saturating_sub(REACH).min(SIDE - 1) * SIDE;
        let source = &plane[from..from + SIDE];
        line[..REACH].fill(source[0]);
        line[REACH..REACH + SIDE].copy_from_slice(source);
        line[REACH + SIDE..].fill(source[SIDE - 1]);
    }
    plane.fill(0.0);
    let index = |offset: isize| REACH.saturating_add_signed(offset).min(2 * REACH);
    for ([right, down], weight) in taps {
        let (left, top) = (index(right), index(down));
        for (line, source) in plane.chunks_exact_mut(SIDE).zip(&wide[top..]) {
            for (value, &tap) in line.iter_mut().zip(&source[left..left + SIDE]) {
                *value += weight * tap;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{face, mean, plane, roughness};
    use super::*;
    use crate::dataset::PIXELS;

    fn point() -> Plane {
        let mut point = [0.0; PIXELS];
        point[24 * SIDE + 24] = 1000.0;
        point
    }

    /// How far a point spreads, as variances across, down and of both together.
    fn spread(plane: &Plane) -> [f32; 3] {
        let mut found = [0.0; 3];
        for (at, value) in plane.iter().enumerate() {
            let (x, y) = ((at % SIDE) as f32 - 24.0, (at / SIDE) as f32 - 24.0);
            for (sum, term) in found.iter_mut().zip([x * x, y * y, x * y]) {
                *sum += term * value / 1000.0;
            }
        }
        found
    }

    #[test]
    fn defocus_spreads_a_point_by_its_deviation_and_keeps_the_light() {
        for deviation in [0.6_f32, 1.0, 1.8] {
            let mut blurred = point();
            defocus(&mut blurred, deviation);
            assert!((blurred.iter().sum::<f32>() - 1000.0).abs() < 0.1);
            let [across, down, _] = spread(&blurred);
            assert!((across.sqrt() - deviation).abs() < 0.08 && (down - across).abs() < 0.01, "{across} {down}");
        }
    }

    #[test]
    fn motion_smears_along_its_angle_only() {
        let mut across = point();
        motion(&mut across, 6.0, 0.0);
        let [x, y, _] = spread(&across);
        assert!((3.0..=4.5).contains(&x) && y < 0.01, "{x} {y}");
        let mut slanted = point();
        motion(&mut slanted, 6.0, PI / 4.0);
        let [x, y, both] = spread(&slanted);
        assert!((x - y).abs() < 0.05 && both > 1.2, "{x} {y} {both}");
    }

    #[test]
    fn a_blurred_face_is_smoother_and_as_bright() {
        let sharp = plane(&face());
        let mut blurred = sharp;
        defocus(&mut blurred, 1.0);
        assert!(roughness(&blurred) < 0.5 * roughness(&sharp));
        assert!((mean(&blurred) - mean(&sharp)).abs() < 1.0);
        let mut same = sharp;
        defocus(&mut same, 0.0);
        motion(&mut same, 0.0, 1.0);
        assert!(same.iter().zip(&sharp).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}
