//! What the camera does to a picture: exposure, tone, blur, noise, compression.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "luminances saturate when they become bytes, and a quality is 50 to 95"
)]

use crate::dice::Dice;
use crate::scene::Picture;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageBuffer, Luma, imageops};

/// A camera.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Camera {
    /// Exposure; 1 is right.
    gain: f32,
    /// Exponent of the tone curve; below 1 lifts the shadows.
    gamma: f32,
    /// Added black, 0..=1.
    haze: f32,
    /// Colour cast: what red and blue are multiplied with.
    warmth: [f32; 2],
    /// Blur, standard deviation in pixels.
    blur: f32,
    /// Noise, standard deviation in luminances of 255.
    noise: f32,
    /// JPEG quality, if the picture was stored as one.
    jpeg: Option<f32>,
}

impl Camera {
    /// The mixed cameras of pictures found on the web.
    pub(crate) fn of_the_web(dice: &mut Dice) -> Self {
        let stored = dice.chance(0.6);
        let quality = dice.between(50.0, 95.0);
        Self {
            gain: dice.normal(1.05, 0.14).max(0.6),
            gamma: dice.normal(1.0, 0.12).max(0.7),
            haze: dice.between(0.0, 0.09),
            warmth: [dice.normal(1.0, 0.04), dice.normal(1.0, 0.04)],
            blur: dice.between(0.0, 1.0).powi(2) * 0.8,
            noise: 0.8 + 5.0 * dice.between(0.0, 1.0).powi(3),
            jpeg: stored.then_some(quality),
        }
    }

    /// The box's camera in a room.
    pub(crate) fn of_the_box(dice: &mut Dice) -> Self {
        Self {
            gain: dice.normal(0.98, 0.12).max(0.5),
            gamma: dice.normal(1.0, 0.08).max(0.7),
            haze: dice.between(0.0, 0.05),
            warmth: [dice.normal(1.02, 0.04), dice.normal(0.97, 0.04)],
            blur: dice.between(0.3, 1.2),
            noise: dice.between(1.0, 5.0),
            jpeg: None,
        }
    }

    /// One byte a pixel, luminance.
    pub(crate) fn grey(&self, picture: &Picture, dice: &mut Dice) -> Vec<u8> {
        let bytes = self.developed(picture, |[red, green, blue]| 0.299 * red + 0.587 * green + 0.114 * blue, 1.0, dice);
        self.jpeg.and_then(|quality| stored(&bytes, picture.sides, quality as u8)).unwrap_or(bytes)
    }

    /// Three bytes a pixel: red, green, blue.
    pub(crate) fn colour(&self, picture: &Picture, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = vec![0; 3 * picture.pixels.len()];
        for (channel, cast) in [self.warmth[0], 1.0, self.warmth[1]].into_iter().enumerate() {
            let plane = self.developed(picture, |pixel| pixel[channel], cast, dice);
            bytes.iter_mut().skip(channel).step_by(3).zip(plane).for_each(|(byte, value)| *byte = value);
        }
        bytes
    }

    /// One channel of a picture as bytes, with the sensor's noise.
    fn developed(&self, picture: &Picture, of: impl Fn([f32; 3]) -> f32, cast: f32, dice: &mut Dice) -> Vec<u8> {
        let mut plane: Vec<f32> = picture.pixels.iter().map(|pixel| self.tone(of(*pixel) * cast)).collect();
        let [width, height] = picture.sides;
        if self.blur >= 0.15
            && let Some(sharp) = ImageBuffer::<Luma<f32>, _>::from_raw(width, height, plane.clone())
        {
            plane = imageops::blur(&sharp, self.blur).into_raw();
        }
        // The cast cuts off what is behind the point, so half a luminance more rounds.
        plane.into_iter().map(|value| (dice.normal(255.0 * value, self.noise) + 0.5) as u8).collect()
    }

    /// From 0..=255 to 0..=1.
    fn tone(&self, value: f32) -> f32 {
        let exposed = (value * self.gain / 255.0).max(0.0).powf(self.gamma);
        // A shoulder instead of a cliff: film and cameras compress what gets too bright.
        let rounded = if exposed > 0.8 { 0.8 + 0.2 * (1.0 - (-(exposed - 0.8) / 0.2).exp()) } else { exposed };
        (1.0 - self.haze) * rounded + self.haze
    }
}

/// Stored as a JPEG file of this quality and read again. `None` when the codec refuses.
fn stored(bytes: &[u8], [width, height]: [u32; 2], quality: u8) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality).encode(bytes, width, height, ExtendedColorType::L8).ok()?;
    Some(image::load_from_memory(&file).ok()?.into_luma8().into_raw())
}
