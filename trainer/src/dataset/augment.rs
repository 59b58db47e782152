//! Variations of a face that keep its expression: another view, another light, a worse camera, a hidden patch.
//!
//! Everything drawn is a function of the generator handed in: equal seeds, equal pictures. Labels are never changed here;
//! [`mixing`] does that, on whole batches.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "places and sides of 48 pixels are exact and clamped before they index; a cast to a byte saturates"
)]

mod camera;
mod condition;
mod geometry;
mod jpeg;
mod light;
pub mod mixing;
mod presets;

use super::PIXELS;
use crate::error::Error;
pub use condition::Condition;
pub use mixing::{Blend, Mixing};
pub use presets::Preset;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// The luminances of a picture while it is worked on: 0..=255, beyond it until the end of a step.
type Plane = [f32; PIXELS];

/// How far training pictures are varied. Probabilities lie in 0..=1; a 0 switches its operation off. Of a range the
/// largest value is given: what is drawn lies anywhere between none of it and that much.
///
/// Keys that are missing in a file are those of [`Preset::Mild`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augment {
    /// Probability that left and right change places.
    pub flip: f64,
    /// Largest shift either way, in each direction, pixels of 48.
    pub shift: f32,
    /// Largest turn either way, degrees.
    pub turn: f32,
    /// Largest change of size: 0.2 is anything from 1/1.2 to 1.2 times as large.
    pub scale: f32,
    /// Largest skew, and largest change of size from the middle to an edge, as a share: 0..0.25.
    pub perspective: f32,
    /// Probability of a wide-angle lens.
    pub lens: f64,
    /// By how much such a lens pulls in the corner of the frame at most, as a share: 0..=0.5.
    pub lens_distortion: f32,
    /// Probability that the camera looks up from below.
    pub viewpoint: f64,
    /// From how far below at most, degrees: 0..=45.
    pub viewpoint_degrees: f32,
    /// Largest relative change of contrast around the mean: 0..1.
    pub contrast: f32,
    /// Largest change of luminance either way, levels of 255.
    pub brightness: f32,
    /// Largest change of gamma: 0.3 is an exponent from 1/1.3 to 1.3.
    pub gamma: f32,
    /// Probability of light from one side.
    pub gradient: f64,
    /// Its largest difference between one side and the other, as a share of the light in the middle: 0..=2.
    pub gradient_share: f32,
    /// Probability of a dim room.
    pub dark: f64,
    /// The fewest photons that a white pixel gets there; up to 16 times as many are drawn. At least 4.
    pub dark_photons: f32,
    /// Probability of a picture out of focus.
    pub blur: f64,
    /// Its largest standard deviation, pixels: 0..=2.4.
    pub blur_pixels: f32,
    /// Probability of a picture blurred by motion.
    pub motion: f64,
    /// The longest way of that motion, pixels: 0..=12.
    pub motion_pixels: f32,
    /// Probability of noise, the same at every luminance.
    pub noise: f64,
    /// Its largest standard deviation, levels of 255.
    pub noise_levels: f32,
    /// Probability of a face that was small in the frame.
    pub small: f64,
    /// How few pixels a side it had at least: 8..=48.
    pub small_side: f32,
    /// Probability that the picture was a JPEG file.
    pub jpeg: f64,
    /// Its lowest quality: 1..=100; up to 95 is drawn.
    pub jpeg_quality: u8,
    /// Probability that a patch is hidden.
    pub erase: f64,
    /// The largest share of the picture that is hidden: 0.02..=0.5.
    pub erase_share: f32,
}

impl Default for Augment {
    fn default() -> Self {
        Self::preset(Preset::Mild)
    }
}

impl Augment {
    /// Refuses numbers outside the range of their key; [`vary`] itself takes the nearest sensible ones.
    ///
    /// # Errors
    /// When a number is outside its range, or none; the message names its key.
    pub fn check(&self) -> Result<(), Error> {
        let probabilities = [
            ("flip", self.flip),
            ("lens", self.lens),
            ("viewpoint", self.viewpoint),
            ("gradient", self.gradient),
            ("dark", self.dark),
            ("blur", self.blur),
            ("motion", self.motion),
            ("noise", self.noise),
            ("small", self.small),
            ("jpeg", self.jpeg),
            ("erase", self.erase),
        ]
        .map(|(key, value)| (key, value, [0.0, 1.0]));
        let amounts = [
            ("shift", self.shift, [0.0, 24.0]),
            ("turn", self.turn, [0.0, 180.0]),
            ("scale", self.scale, [0.0, 4.0]),
            ("perspective", self.perspective, [0.0, 0.25]),
            ("lens_distortion", self.lens_distortion, [0.0, 0.5]),
            ("viewpoint_degrees", self.viewpoint_degrees, [0.0, 45.0]),
            ("contrast", self.contrast, [0.0, 1.0]),
            ("brightness", self.brightness, [0.0, 255.0]),
            ("gamma", self.gamma, [0.0, 4.0]),
            ("gradient_share", self.gradient_share, [0.0, 2.0]),
            ("dark_photons", self.dark_photons, [4.0, 1e6]),
            ("blur_pixels", self.blur_pixels, [0.0, 2.4]),
            ("motion_pixels", self.motion_pixels, [0.0, 12.0]),
            ("noise_levels", self.noise_levels, [0.0, 255.0]),
            ("small_side", self.small_side, [8.0, 48.0]),
            ("jpeg_quality", f32::from(self.jpeg_quality), [1.0, 100.0]),
            ("erase_share", self.erase_share, [0.02, 0.5]),
        ]
        .map(|(key, value, range)| (key, f64::from(value), range));
        refuse_outside("", &[probabilities.as_slice(), &amounts].concat())
    }
}

/// Refuses the first number that lies outside its range: its key below `table`, the number, the range.
fn refuse_outside(table: &str, numbers: &[(&str, f64, [f64; 2])]) -> Result<(), Error> {
    // NaN lies in no range.
    match numbers.iter().find(|(_, value, [low, high])| !(low..=high).contains(&value)) {
        None => Ok(()),
        Some((key, value, [low, high])) => Err(Error::configuration(
            format!("augmentation has {table}{key} = {value}, it must lie in {low}..={high}"),
            "correct it in the recipe; presets are none, mild, standard, strong, box",
        )),
    }
}

/// A random variation of `pixels`, 48 x 48 luminances row by row; anything else is handed back as it is.
#[must_use]
pub fn vary(pixels: &[u8], augment: &Augment, random: &mut impl RngExt) -> Vec<u8> {
    let Ok(picture) = <&[u8; PIXELS]>::try_from(pixels) else {
        return pixels.to_vec();
    };
    // In the order in which light meets face, lens, sensor and file.
    let mut plane = [0.0; PIXELS];
    geometry::View::draw(augment, random).project(picture, &mut plane);
    light::vary(&mut plane, augment, random);
    camera::vary(&mut plane, augment, random);
    let mut varied = developed(&plane);
    jpeg::vary(&mut varied, augment, random);
    mixing::erase(&mut varied, augment, random);
    varied
}

/// Rounds to bytes: a cast cuts off what is behind the point, so half a level is added.
fn developed(plane: &Plane) -> Vec<u8> {
    plane.iter().map(|&value| (value + 0.5) as u8).collect()
}

/// Whether something of this probability happens; what can't happen draws nothing.
fn happens(probability: f64, random: &mut impl RngExt) -> bool {
    probability > 0.0 && random.random_bool(probability.min(1.0))
}

/// Anything from `-limit` to `limit`.
fn either_way(limit: f32, random: &mut impl RngExt) -> f32 {
    between(-limit, limit, random)
}

/// Anything from `low` to `high`; `low` where that is no range.
fn between(low: f32, high: f32, random: &mut impl RngExt) -> f32 {
    if low < high && (high - low).is_finite() { random.random_range(low..=high) } else { low }
}

/// A factor from `1 / (1 + most)` to `1 + most`: as often above 1 as below.
fn factor(most: f32, random: &mut impl RngExt) -> f32 {
    if most > 0.0 { either_way(most.ln_1p(), random).exp() } else { 1.0 }
}

/// As often between `low` and twice as much as between that and four times as much, up to `high`.
fn octave(low: f32, high: f32, random: &mut impl RngExt) -> f32 {
    between(low.ln(), high.ln(), random).exp()
}

#[cfg(test)]
mod tests;
