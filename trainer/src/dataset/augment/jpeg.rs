//! A picture that was a JPEG file on its way.

use super::{Augment, happens};
use crate::dataset::PIXELS;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{ExtendedColorType, ImageDecoder};
use rand::RngExt;
use std::io::Cursor;

/// The highest quality that is drawn; above it nothing changes.
const BEST: u8 = 95;
/// Height and width, as the codec counts.
const WIDTH: u32 = 48;

pub(super) fn vary(pixels: &mut [u8], augment: &Augment, random: &mut impl RngExt) {
    if happens(augment.jpeg, random) {
        store(pixels, random.random_range(augment.jpeg_quality.clamp(1, BEST)..=BEST));
    }
}

/// Stores 48 x 48 `pixels` at `quality` (1..=100) and reads them again. Should the codec refuse, they stay as they are.
pub(super) fn store(pixels: &mut [u8], quality: u8) {
    let mut file = Vec::with_capacity(PIXELS);
    let mut encoder = JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100));
    if encoder.encode(pixels, WIDTH, WIDTH, ExtendedColorType::L8).is_err() {
        return;
    }
    let mut read = [0; PIXELS];
    let decoded = JpegDecoder::new(Cursor::new(file))
        .ok()
        .filter(|decoder| usize::try_from(decoder.total_bytes()) == Ok(PIXELS))
        .and_then(|decoder| decoder.read_image(&mut read).ok());
    if decoded.is_some() {
        pixels.copy_from_slice(&read);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::face;
    use super::*;

    #[test]
    fn the_lower_the_quality_the_further_from_the_original_but_never_far() {
        let error = |quality: u8| {
            let mut stored = face();
            store(&mut stored, quality);
            let squares = stored.iter().zip(face()).map(|(&a, b)| (f32::from(a) - f32::from(b)).powi(2));
            (squares.sum::<f32>() / 2304.0).sqrt()
        };
        let (poor, middling, good) = (error(10), error(30), error(95));
        assert!(0.0 < good && good < middling && middling < poor && poor < 16.0, "{good} {middling} {poor}");
    }
}
