//! A face that was small in the frame: fewer pixels, stretched to 48.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel numbers up to 48"
)]

use super::{Augment, Plane};
use super::{between, happens};
use crate::dataset::{PIXELS, SIDE};
use rand::RngExt;

pub(super) fn vary(plane: &mut Plane, augment: &Augment, random: &mut impl RngExt) {
    if happens(augment.small, random) {
        shrink(plane, between(augment.small_side.clamp(8.0, 48.0), 40.0, random).round() as usize);
    }
}

/// Area-averaged to `side` x `side` pixels and back to 48 x 48, bilinear.
pub(super) fn shrink(plane: &mut Plane, side: usize) {
    let side = side.clamp(1, SIDE);
    if side == SIDE {
        return;
    }
    // Line by line in one direction, then turned and again: both ways with the same code.
    let mut turned = [0.0; PIXELS];
    resample(plane, &mut turned, side);
    resample(&turned, plane, side);
}

/// Takes each column of `from` through `side` pixels and writes it as a row.
fn resample(from: &Plane, to: &mut Plane, side: usize) {
    let (mut few, mut many) = ([[0.0; SIDE]; SIDE], [[0.0; SIDE]; SIDE]);
    let wide = SIDE as f32 / side as f32;
    for (place, line) in few.iter_mut().enumerate().take(side) {
        let (begin, end) = (place as f32 * wide, (place + 1) as f32 * wide);
        for row in begin as usize..(end.ceil() as usize).min(SIDE) {
            let covered = (end.min((row + 1) as f32) - begin.max(row as f32)) / wide;
            for (value, &source) in line.iter_mut().zip(&from[row * SIDE..(row + 1) * SIDE]) {
                *value += covered * source;
            }
        }
    }
    for (row, line) in many.iter_mut().enumerate() {
        let place = ((row as f32 + 0.5) / wide - 0.5).clamp(0.0, (side - 1) as f32);
        let above = (place as usize).min(side.saturating_sub(2));
        let below = (above + 1).min(side - 1);
        let share = place - above as f32;
        for ((value, &a), &b) in line.iter_mut().zip(&few[above]).zip(&few[below]) {
            *value = a + share * (b - a);
        }
    }
    for (column, line) in to.chunks_exact_mut(SIDE).enumerate() {
        for (value, source) in line.iter_mut().zip(&many) {
            *value = source[column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{face, mean, plane, roughness};
    use super::*;

    #[test]
    fn fewer_pixels_show_less_and_stay_where_they_are() {
        let sharp = plane(&face());
        let mut rough = roughness(&sharp);
        for side in [36, 24, 12] {
            let mut small = sharp;
            shrink(&mut small, side);
            assert!((mean(&small) - mean(&sharp)).abs() < 1.0);
            assert!(roughness(&small) < rough, "{side}");
            rough = roughness(&small);
        }
        let mut ramp: Plane = [0.0; PIXELS];
        for (at, value) in ramp.iter_mut().enumerate() {
            *value = (2 * (at % SIDE) + at / SIDE) as f32;
        }
        let mut small = ramp;
        shrink(&mut small, 20);
        for at in (0..PIXELS).filter(|at| (3..45).contains(&(at % SIDE)) && (3..45).contains(&(at / SIDE))) {
            assert!((small[at] - ramp[at]).abs() < 0.01 * ramp[at].max(1.0) + 0.3, "{at}: {} {}", small[at], ramp[at]);
        }
        let mut same = sharp;
        shrink(&mut same, SIDE);
        assert!(same.iter().zip(&sharp).all(|(a, b)| (a - b).abs() < f32::EPSILON));
    }

    #[test]
    fn even_a_single_pixel_is_a_picture() {
        let mut one = plane(&face());
        shrink(&mut one, 0);
        assert!(one.iter().all(|value| (value - mean(&one)).abs() < 0.01));
    }
}
