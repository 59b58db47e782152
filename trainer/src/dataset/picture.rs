//! One picture file as 48x48 luminances. Refuses what the box refuses: damaged, cut short, too large, or no file at all.
//!
//! The box keeps the same rules in its own `picture.rs`. A decoder doesn't belong in `mood`, which eats frames and stays
//! light, and a second shared crate for these few lines would be one more thing to know.

use super::SIDE;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};
use std::io::{Cursor, Read};
use std::path::Path;

/// Longest side of a picture, in pixels; larger ones are refused before anything is decoded.
const LONGEST_SIDE: u32 = 16_384;
/// Most bytes of a picture file, and most memory it may take while it is decoded.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// The luminances of a picture file. The error is a fragment that says what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Box<[u8]>, String> {
    let words = |error: std::io::Error| error.to_string();
    // Before it is opened, as opening a pipe waits for a writer.
    if !std::fs::metadata(path).map_err(words)?.is_file() {
        return Err("it is no ordinary file".into());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(words)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(words)?;
    decode(&bytes)
}

/// The luminances of a picture's bytes, turned upright as its EXIF data says, scaled to 48x48 with a triangle filter
/// (which averages when it shrinks). What it is is read from the bytes, never from a name.
pub(super) fn decode(bytes: &[u8]) -> Result<Box<[u8]>, String> {
    let grey = upright(bytes)?.into_luma8();
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    let scaled = match grey.dimensions() {
        (0, _) | (_, 0) => return Err("it has no pixels".into()),
        (width, height) if (width, height) == (side, side) => grey,
        _ => image::imageops::resize(&grey, side, side, FilterType::Triangle),
    };
    Ok(scaled.into_raw().into_boxed_slice())
}

fn upright(bytes: &[u8]) -> Result<DynamicImage, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    if u64::try_from(bytes.len()).map_or(true, |length| length > MOST_BYTES) {
        return Err(format!("it is larger than {} MiB", MOST_BYTES >> 20));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| one_line(&e))?;
    reader.limits(limits);
    if reader.format() == Some(ImageFormat::Jpeg) && !ends(bytes) {
        return Err("the JPEG ends in the middle of the picture".into());
    }
    let mut decoder = reader.into_decoder().map_err(|e| one_line(&e))?;
    // The decoder's own count leaves the output out for some formats, so it is checked here for all.
    if decoder.total_bytes() > MOST_BYTES {
        return Err(format!("{} MiB decoded", decoder.total_bytes() >> 20));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| one_line(&e))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Whether a JPEG has its end marker: the decoder fills up what is missing with grey. Goes from marker to marker (ITU-T
/// T.81, B.1.1), so that neither a thumbnail in a segment nor what a telephone appends is taken for the picture.
fn ends(jpeg: &[u8]) -> bool {
    const END_OF_IMAGE: u8 = 0xD9;
    const START_OF_IMAGE: u8 = 0xD8;
    // Inside a scan 0xFF is followed by zero or a restart, anywhere it may be repeated: none of these is a segment.
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF);
    let mut rest = jpeg;
    while let Some(at) = rest.windows(2).position(is_marker) {
        let (marker, segment) = (rest[at + 1], &rest[at + 2..]);
        let length = match (marker, segment) {
            (END_OF_IMAGE, _) => return true,
            (START_OF_IMAGE, _) => 0,
            (_, [high, low, ..]) => u16::from_be_bytes([*high, *low]).into(),
            _ => return false,
        };
        rest = segment.get(length..).unwrap_or_default();
    }
    false
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, codecs::jpeg::JpegEncoder};

    fn jpeg(picture: &GrayImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
        bytes
    }

    /// Bright on the left.
    fn halves() -> Vec<u8> {
        jpeg(&GrayImage::from_fn(96, 96, |x, _| image::Luma([if x < 48 { 220 } else { 20 }])))
    }

    /// An EXIF block that holds nothing but an orientation (1..=8).
    fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let head =
            b"\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00";
        [&jpeg[..2], head, &[orientation, 0, 0, 0, 0, 0, 0], &jpeg[2..]].concat()
    }

    #[test]
    fn exif_orientation_is_applied() {
        let corners = |bytes: &[u8]| {
            let pixels = decode(bytes).unwrap();
            [0, SIDE - 1, SIDE * (SIDE - 1)].map(|at| pixels[at] > 128)
        };
        assert_eq!(corners(&halves()), [true, false, true]);
        assert_eq!(corners(&with_orientation(&halves(), 3)), [false, true, false]);
        assert_eq!(corners(&with_orientation(&halves(), 6)), [true, true, false]);
    }

    #[test]
    fn a_truncated_jpeg_is_refused_wherever_it_ends() {
        let whole = halves();
        for length in (0..whole.len()).step_by(31).chain([whole.len() - 1]) {
            assert!(decode(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        }
        decode(&[whole.as_slice(), b"ftypmp42\xFF\xDA and no end"].concat()).unwrap();
    }

    #[test]
    fn what_is_too_wide_empty_or_no_file_is_refused() {
        let wide = jpeg(&GrayImage::new(20_000, 1));
        assert!(decode(&wide).unwrap_err().contains("limit"));
        assert_eq!(decode(b"").unwrap_err(), "the file is empty");
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err(), "it is no ordinary file");
    }
}
