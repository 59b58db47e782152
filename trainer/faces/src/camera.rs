//! What the camera does: exposure, tone, blur, noise, compression.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "luminances are clamped to 0..=255 before they become bytes, and kernels have a few taps"
)]

use super::dice::Dice;
use super::scene::Picture;
use super::view::Camera;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{ExtendedColorType, ImageDecoder};
use std::io::Cursor;

/// One byte a pixel, luminance.
pub(super) fn grey(picture: &Picture, camera: &Camera, dice: &mut Dice) -> Vec<u8> {
    let width = picture.width;
    let plane: Vec<f32> = picture
        .pixels
        .iter()
        .map(|[red, green, blue]| tone(0.299 * red + 0.587 * green + 0.114 * blue, camera, 1.0))
        .collect();
    let bytes = developed(blurred(&plane, width, camera.blur), camera.noise, dice);
    let height = bytes.len() / width.max(1);
    camera.jpeg.and_then(|quality| stored(&bytes, [width as u16, height as u16], quality as u8)).unwrap_or(bytes)
}

/// Three bytes a pixel: red, green, blue.
pub(super) fn colour(picture: &Picture, camera: &Camera, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = vec![0; 3 * picture.pixels.len()];
    let casts = [camera.warmth[0], 1.0, camera.warmth[1]];
    for (channel, cast) in casts.into_iter().enumerate() {
        let plane: Vec<f32> = picture.pixels.iter().map(|pixel| tone(pixel[channel], camera, cast)).collect();
        let plane = developed(blurred(&plane, picture.width, camera.blur), camera.noise, dice);
        for (target, value) in bytes.iter_mut().skip(channel).step_by(3).zip(plane) {
            *target = value;
        }
    }
    bytes
}

fn tone(value: f32, camera: &Camera, cast: f32) -> f32 {
    let exposed = (value * camera.gain * cast / 255.0).max(0.0).powf(camera.gamma);
    // A shoulder instead of a cliff: film and cameras compress what gets too bright.
    let rounded = if exposed > 0.8 { 0.8 + 0.2 * (1.0 - (-(exposed - 0.8) / 0.2).exp()) } else { exposed };
    (255.0 - camera.haze) * rounded + camera.haze
}

/// A Gaussian blur of this standard deviation, in pixels; edges repeated.
fn blurred(plane: &[f32], width: usize, deviation: f32) -> Vec<f32> {
    if deviation < 0.15 {
        return plane.to_vec();
    }
    let reach = (2.5 * deviation).ceil() as usize;
    let mut kernel: Vec<f32> =
        (0..=2 * reach).map(|tap| (-0.5 * ((tap as f32 - reach as f32) / deviation).powi(2)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|tap| *tap /= sum);
    let height = plane.len() / width;
    let tapped = |place: usize, tap: usize, length: usize| (place + tap).saturating_sub(reach).min(length - 1);
    let mut across = vec![0.0; plane.len()];
    for (line, target) in plane.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        for (column, value) in target.iter_mut().enumerate() {
            *value = kernel.iter().enumerate().map(|(tap, share)| share * line[tapped(column, tap, width)]).sum();
        }
    }
    let mut both = vec![0.0; plane.len()];
    for (row, target) in both.chunks_exact_mut(width).enumerate() {
        for (tap, share) in kernel.iter().enumerate() {
            let start = tapped(row, tap, height) * width;
            for (value, source) in target.iter_mut().zip(&across[start..start + width]) {
                *value += source * share;
            }
        }
    }
    both
}

/// Adds noise and rounds to bytes.
fn developed(plane: Vec<f32>, noise: f32, dice: &mut Dice) -> Vec<u8> {
    // The cast cuts off what is behind the point, so half a luminance more rounds.
    plane.into_iter().map(|value| (dice.normal(value, noise) + 0.5) as u8).collect()
}

/// Stored as a JPEG file of this quality and read again. `None` when the codec refuses.
fn stored(bytes: &[u8], [width, height]: [u16; 2], quality: u8) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(bytes, width.into(), height.into(), ExtendedColorType::L8)
        .ok()?;
    let decoder = JpegDecoder::new(Cursor::new(file)).ok()?;
    let mut read = vec![0; bytes.len()];
    (decoder.total_bytes() == bytes.len() as u64).then_some(())?;
    decoder.read_image(&mut read).ok()?;
    Some(read)
}
