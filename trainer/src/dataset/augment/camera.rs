//! What the camera does to a face: out of focus or moved while the shutter was open, noise, few pixels, a dark room.

use super::{Augment, Plane, between, happens, octave};
use crate::dataset::{PIXELS, SIDE};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
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
    if happens(augment.dark, random) {
        let fewest = augment.dark_photons.max(4.0);
        let photons = octave(fewest, LIGHTEST * fewest, random);
        dark(plane, photons, between(LEAST_GAIN, 1.0, random), random);
    }
    if happens(augment.noise, random) {
        add(plane, between(0.0, augment.noise_levels, random), random);
    }
    if happens(augment.small, random) {
        shrink(plane, between(augment.small_side.clamp(8.0, 48.0), 40.0, random).round() as usize);
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
fn motion(plane: &mut Plane, length: f32, angle: f32) {
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

/// Noise of reading a pixel of the crop, photons: of four pixels of the camera with 2 each.
const READ: f32 = 4.0;
/// Photons in the lightest of dim rooms, for each one in the darkest.
const LIGHTEST: f32 = 16.0;
/// How much of the lost light the camera's gain brings back at least; more is as likely, up to all of it.
const LEAST_GAIN: f32 = 0.35;

/// A dim room: a white pixel gets `photons`, their number scatters by its square root (Poisson, here by its normal
/// approximation), the sensor adds its own noise, and the camera's gain brings back the share `gain` of the luminance.
pub(super) fn dark(plane: &mut Plane, photons: f32, gain: f32, random: &mut impl RngExt) {
    for value in plane {
        // Luminances are coded with a gamma near 2, photons are not.
        let coded = *value / 255.0;
        let light = coded * coded * photons;
        let noise: f32 = StandardNormal.sample(random);
        let counted = light + noise * (light + READ * READ).sqrt();
        *value = 255.0 * gain * (counted.max(0.0) / photons).sqrt();
    }
}

/// Normal noise of this standard deviation, in levels.
pub(super) fn add(plane: &mut Plane, deviation: f32, random: &mut impl RngExt) {
    for value in plane {
        let noise: f32 = StandardNormal.sample(random);
        *value += deviation * noise;
    }
}

/// Area-averaged to `side` x `side` pixels and back to 48 x 48, bilinear.
fn shrink(plane: &mut Plane, side: usize) {
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
    use crate::dataset::PIXELS;
    use crate::random::generator;

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

    fn deviation(plane: &Plane) -> f32 {
        let middle = mean(plane);
        (plane.iter().map(|value| (value - middle).powi(2)).sum::<f32>() / 2304.0).sqrt()
    }

    #[test]
    fn noise_has_the_deviation_said() {
        let mut noisy = [128.0; PIXELS];
        add(&mut noisy, 10.0, &mut generator(1, 0));
        assert!((mean(&noisy) - 128.0).abs() < 1.0 && (deviation(&noisy) - 10.0).abs() < 0.6);
    }

    #[test]
    fn the_fewer_photons_the_noisier_and_the_gain_sets_the_brightness() {
        let dim = |photons: f32, gain: f32| {
            let mut plane = [180.0; PIXELS];
            dark(&mut plane, photons, gain, &mut generator(1, 0));
            (mean(&plane), deviation(&plane))
        };
        let ((many, fine), (few, coarse)) = (dim(900.0, 1.0), dim(60.0, 1.0));
        assert!((many - 180.0).abs() < 1.0 && (few - 180.0).abs() < 3.0);
        // The square root makes the scatter of photons the same at every luminance: 255 / (2 sqrt(photons)).
        assert!((fine - 4.25).abs() < 0.4 && coarse > 15.0, "{fine} {coarse}");
        assert!((dim(900.0, 0.5).0 - 90.0).abs() < 1.0);
    }

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
