//! Decoded samples as upright pixels of eight bits, in place: a large picture may not be there twice.

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, GrayImage, ImageBuffer, RgbImage, imageops};

/// Lines that are turned at a time, before their memory is given back.
const BAND: usize = 64;

/// The picture upright, as `ImageLuma8` or `ImageRgb8`.
pub(super) fn upright(
    (width, height): (u32, u32),
    colours: ColorType,
    mut samples: Vec<u8>,
    orientation: Orientation,
) -> Result<DynamicImage, String> {
    let channels = narrow(colours, &mut samples)?;
    let turned = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (width, height) = if turned {
        let side = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
        samples = transposed(samples, side(width), side(height), channels);
        (height, width)
    } else {
        (width, height)
    };
    let wrong = || "its decoder gave fewer pixels than it promised".to_owned();
    if channels == 1 {
        let mut grey: GrayImage = ImageBuffer::from_raw(width, height, samples).ok_or_else(wrong)?;
        flip(&mut grey, orientation);
        Ok(grey.into())
    } else {
        let mut colour: RgbImage = ImageBuffer::from_raw(width, height, samples).ok_or_else(wrong)?;
        flip(&mut colour, orientation);
        Ok(colour.into())
    }
}

/// What is left to do of an orientation after [`transposed`].
fn flip<P: image::Pixel + 'static>(picture: &mut ImageBuffer<P, Vec<P::Subpixel>>, orientation: Orientation) {
    match orientation {
        Orientation::NoTransforms | Orientation::Rotate90FlipH => {}
        Orientation::Rotate180 | Orientation::Rotate270FlipH => imageops::rotate180_in_place(picture),
        Orientation::FlipHorizontal | Orientation::Rotate90 => imageops::flip_horizontal_in_place(picture),
        Orientation::FlipVertical | Orientation::Rotate270 => imageops::flip_vertical_in_place(picture),
    }
}

/// Makes grey or colour of eight bits out of a decoder's samples; says which, in channels.
fn narrow(colours: ColorType, samples: &mut Vec<u8>) -> Result<usize, String> {
    let byte = |sample: &[u8]| sample.first().copied().unwrap_or_default();
    // As `image` rounds them.
    let half = |sample: &[u8]| {
        let value = sample.try_into().map_or(0, u16::from_ne_bytes);
        u8::try_from((u32::from(value) + 128) / 257).unwrap_or(u8::MAX)
    };
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped before"
    )]
    let float = |sample: &[u8]| {
        let value = sample.try_into().map_or(0.0, f32::from_ne_bytes);
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    match colours {
        ColorType::L8 | ColorType::Rgb8 => {}
        ColorType::La8 => keep::<1>(samples, 2, 1, byte),
        ColorType::Rgba8 => keep::<3>(samples, 4, 1, byte),
        ColorType::L16 => keep::<1>(samples, 2, 2, half),
        ColorType::La16 => keep::<1>(samples, 4, 2, half),
        ColorType::Rgb16 => keep::<3>(samples, 6, 2, half),
        ColorType::Rgba16 => keep::<3>(samples, 8, 2, half),
        ColorType::Rgb32F => keep::<3>(samples, 12, 4, float),
        ColorType::Rgba32F => keep::<3>(samples, 16, 4, float),
        other => return Err(format!("its colours are {other:?}")),
    }
    Ok(if colours.has_color() { 3 } else { 1 })
}

/// Keeps the first `KEPT` samples of each pixel of `pixel` bytes, each sample of `width` bytes as one byte.
fn keep<const KEPT: usize>(samples: &mut Vec<u8>, pixel: usize, width: usize, as_byte: impl Fn(&[u8]) -> u8) {
    let pixels = samples.len() / pixel;
    for at in 0..pixels {
        for channel in 0..KEPT {
            // A sample is written before or where it was read, never after.
            let from = at * pixel + channel * width;
            samples[at * KEPT + channel] = as_byte(&samples[from..from + width]);
        }
    }
    samples.truncate(pixels * KEPT);
    samples.shrink_to_fit();
}

/// Columns become lines. Bands of lines are moved from the last to the first, and their memory given back, while the pages
/// of the new picture come into being: together they take hardly more than the picture.
fn transposed(mut lines: Vec<u8>, width: usize, height: usize, channels: usize) -> Vec<u8> {
    let mut columns = vec![0; lines.len()];
    let (line, column) = (width * channels, height * channels);
    for first in (0..height).step_by(BAND).rev() {
        let band = &lines[first * line..];
        for x in 0..width {
            let into = &mut columns[x * column + first * channels..][..band.len() / width.max(1)];
            for (to, from) in into.chunks_exact_mut(channels).zip(band.chunks_exact(line)) {
                to.copy_from_slice(&from[x * channels..][..channels]);
            }
        }
        lines.truncate(first * line);
        lines.shrink_to_fit();
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Orientation; 8] = [
        Orientation::NoTransforms,
        Orientation::Rotate90,
        Orientation::Rotate180,
        Orientation::Rotate270,
        Orientation::FlipHorizontal,
        Orientation::FlipVertical,
        Orientation::Rotate90FlipH,
        Orientation::Rotate270FlipH,
    ];

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from((at * 37 + at / 11) % 256).unwrap()).collect()
    }

    /// `image` does the same with a second copy of the picture.
    #[test]
    fn every_kind_of_sample_and_orientation_is_as_image_has_it() {
        // More lines than a band, and not a multiple of it.
        let (width, height) = (5, 131);
        let whole = |channels: usize, bits: usize| bytes(5 * 131 * channels * bits / 8);
        let samples = |channels: usize| -> Vec<u16> {
            whole(channels, 16).chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect()
        };
        let reals = |channels: usize| -> Vec<f32> {
            whole(channels, 8).into_iter().map(|value| f32::from(value) / 200.0 - 0.1).collect()
        };
        let buffer = "as many samples as pixels";
        let pictures: [DynamicImage; 10] = [
            DynamicImage::ImageLuma8(ImageBuffer::from_raw(width, height, whole(1, 8)).expect(buffer)),
            DynamicImage::ImageLumaA8(ImageBuffer::from_raw(width, height, whole(2, 8)).expect(buffer)),
            DynamicImage::ImageRgb8(ImageBuffer::from_raw(width, height, whole(3, 8)).expect(buffer)),
            DynamicImage::ImageRgba8(ImageBuffer::from_raw(width, height, whole(4, 8)).expect(buffer)),
            DynamicImage::ImageLuma16(ImageBuffer::from_raw(width, height, samples(1)).expect(buffer)),
            DynamicImage::ImageLumaA16(ImageBuffer::from_raw(width, height, samples(2)).expect(buffer)),
            DynamicImage::ImageRgb16(ImageBuffer::from_raw(width, height, samples(3)).expect(buffer)),
            DynamicImage::ImageRgba16(ImageBuffer::from_raw(width, height, samples(4)).expect(buffer)),
            DynamicImage::ImageRgb32F(ImageBuffer::from_raw(width, height, reals(3)).expect(buffer)),
            DynamicImage::ImageRgba32F(ImageBuffer::from_raw(width, height, reals(4)).expect(buffer)),
        ];
        for picture in pictures {
            for orientation in ALL {
                let mut expected = picture.clone();
                expected.apply_orientation(orientation);
                let samples = picture.as_bytes().to_vec();
                let found = upright((width, height), picture.color(), samples, orientation).unwrap();
                assert!(matches!(found, DynamicImage::ImageLuma8(_)) != picture.color().has_color());
                assert_eq!(found.into_rgb8(), expected.into_rgb8(), "{:?} {orientation:?}", picture.color());
            }
        }
    }
}
