//! Variations of a face that keep its expression: mirror, shift, turn, scale, light, and a hidden patch.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: coordinates lie in 0..48 and luminances are clamped to 0..=255 before they become bytes"
)]

use super::{PIXELS, SIDE};
use rand::RngExt;

/// How far a picture may be varied.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Strength {
    /// Largest shift either way, pixels.
    pub shift: f32,
    /// Largest turn either way, degrees.
    pub turn: f32,
    /// Largest relative change of size.
    pub scale: f32,
    /// Largest relative change of contrast.
    pub contrast: f32,
    /// Largest change of luminance.
    pub brightness: f32,
    /// How often a patch is hidden, 0..=1.
    pub erase: f64,
}

impl Default for Strength {
    fn default() -> Self {
        Self { shift: 4.0, turn: 10.0, scale: 0.12, contrast: 0.25, brightness: 25.0, erase: 0.3 }
    }
}

/// A random variation of `pixels` ([`PIXELS`] luminances, row by row).
#[must_use]
pub fn vary(pixels: &[u8], strength: &Strength, random: &mut impl RngExt) -> Vec<u8> {
    let mut any = |limit: f32| if limit > 0.0 { random.random_range(-limit..=limit) } else { 0.0 };
    let (dx, dy) = (any(strength.shift), any(strength.shift));
    let angle = any(strength.turn).to_radians();
    let scale = 1.0 + any(strength.scale);
    let (contrast, brightness) = (1.0 + any(strength.contrast), any(strength.brightness));
    let mirror = if random.random_bool(0.5) { -1.0 } else { 1.0 };

    // Inverse mapping: for each target pixel, where in the source it comes from.
    let (sin, cos) = angle.sin_cos();
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let mut varied = Vec::with_capacity(PIXELS);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (u, v) = (x as f32 - middle - dx, y as f32 - middle - dy);
            let from_x = mirror * (cos * u + sin * v) / scale + middle;
            let from_y = (cos * v - sin * u) / scale + middle;
            let lit = (sample(pixels, from_x, from_y) - 127.5) * contrast + 127.5 + brightness;
            varied.push(lit.round().clamp(0.0, 255.0) as u8);
        }
    }
    if random.random_bool(strength.erase) {
        erase(&mut varied, random);
    }
    varied
}

/// Bilinear, with the edge pixels repeated outwards.
fn sample(pixels: &[u8], x: f32, y: f32) -> f32 {
    let last = SIDE - 1;
    let (x, y) = (x.clamp(0.0, last as f32), y.clamp(0.0, last as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(last), (top + 1).min(last));
    let (a, b) = (x - left as f32, y - top as f32);
    let at = |row: usize, column: usize| f32::from(pixels[row * SIDE + column]);
    let upper = at(top, left) + a * (at(top, right) - at(top, left));
    let lower = at(bottom, left) + a * (at(bottom, right) - at(bottom, left));
    upper + b * (lower - upper)
}

/// Hides a rectangle of 6 to 16 pixels a side under one grey (Zhong et al. 2017).
fn erase(pixels: &mut [u8], random: &mut impl RngExt) {
    let (width, height) = (random.random_range(6..=16_usize), random.random_range(6..=16_usize));
    let (left, top) = (random.random_range(0..=SIDE - width), random.random_range(0..=SIDE - height));
    let grey: u8 = random.random_range(0..=255);
    for row in pixels.chunks_exact_mut(SIDE).skip(top).take(height) {
        row[left..left + width].fill(grey);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    const STILL: Strength = Strength { shift: 0.0, turn: 0.0, scale: 0.0, contrast: 0.0, brightness: 0.0, erase: 0.0 };

    fn ramp() -> Vec<u8> {
        (0..PIXELS).map(|i| (i % 251) as u8).collect()
    }

    #[test]
    fn without_strength_only_the_mirror_is_left() {
        let picture = ramp();
        let mirrored: Vec<u8> = picture.chunks_exact(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
        for seed in 0..16 {
            let varied = vary(&picture, &STILL, &mut generator(seed, 0));
            assert!(varied == picture || varied == mirrored, "seed {seed}");
        }
    }

    #[test]
    fn equal_seeds_give_equal_pictures() {
        let picture = ramp();
        let strength = Strength::default();
        let one = vary(&picture, &strength, &mut generator(7, 3));
        assert_eq!(one, vary(&picture, &strength, &mut generator(7, 3)));
        assert_ne!(one, vary(&picture, &strength, &mut generator(7, 4)));
        assert_eq!(one.len(), PIXELS);
    }
}
