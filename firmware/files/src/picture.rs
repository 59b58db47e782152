//! Picture files, decoded: JPEG, PNG, WebP, BMP and TIFF, turned upright, as eight bits of grey or colour.
//!
//! What a picture is is read from its bytes, never from its name. Before anything is decoded it is known what that will
//! take in memory: of the file, inside its decoder, of the result and of turning it. A decoder that panics costs the file.
//! A JPEG is first mended as a camera's frames are ([`mood::jpeg`]), so that a frame saved to a file is read as it was taken.

mod formats;
mod memory;
mod pixels;

pub use memory::most_memory;

use crate::caught;
use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use memory::{LARGE, Need, alone};
use std::borrow::Cow;
use std::io::Cursor;

/// Longest side of a picture, in pixels; larger ones are refused before anything is decoded.
pub const LONGEST_SIDE: u32 = 16_384;

/// Decodes a picture, turned upright as its EXIF data says: grey as `ImageLuma8`, all else as `ImageRgb8`. Transparency
/// falls away; of an animation the first frame is taken.
///
/// # Errors
/// When the bytes are no picture, damaged, unsupported or need more than [`most_memory`]; as a fragment.
pub fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    decode_within(bytes, most_memory())
}

/// As [`decode`], in at most `most` bytes of memory, those of the file among them.
///
/// # Errors
/// As [`decode`].
pub fn decode_within(bytes: &[u8], most: u64) -> Result<DynamicImage, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    let mended = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => Some(mood::jpeg::mend(bytes).map_err(|error| error.to_string())?),
        Ok(_) => None,
        // Before a JPEG a driver's header may stand.
        Err(_) => mood::jpeg::mend(bytes).ok(),
    };
    match mended.map(|it| it.bytes) {
        None => decode_whole(bytes, most),
        Some(Cow::Borrowed(bytes)) => decode_whole(bytes, most),
        // The bytes are there twice.
        Some(Cow::Owned(copy)) => {
            decode_whole(&copy, most.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
        }
    }
}

/// As [`decode_within`], of a JPEG that is mended already, or anything else.
///
/// # Errors
/// As [`decode`].
pub fn decode_whole(bytes: &[u8], most: u64) -> Result<DynamicImage, String> {
    caught(|| whole(bytes, most)).unwrap_or_else(|words| Err(one_line(&format!("its decoder gave up: {words}"))))
}

fn whole(bytes: &[u8], most: u64) -> Result<DynamicImage, String> {
    let words = |error: ImageError| match error {
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::DimensionError => {
            format!("it is over the limit of {LONGEST_SIDE} pixels a side")
        }
        ImageError::Limits(_) => format!("decoding it takes more than the {} MiB allowed here", most >> 20),
        error => one_line(&error.to_string()),
    };
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| one_line(&error.to_string()))?;
    // Until the size is known only metadata is read.
    reader.limits(limits(memory::METADATA));
    let format = reader.format();
    if format == Some(ImageFormat::Tiff) {
        formats::check_tiff(bytes)?;
    }
    let mut decoder = reader.into_decoder().map_err(words)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let need = Need::of(format, bytes, &decoder, orientation)?;
    if need.all() > most {
        return Err(format!("decoding it takes {} MiB, {} MiB are allowed here", need.all() >> 20, most >> 20));
    }
    let _alone = (need.all() > LARGE).then(alone);
    decoder.set_limits(limits(need.of_decoder.saturating_add(most - need.all()))).map_err(words)?;
    let (size, colours) = (decoder.dimensions(), decoder.color_type());
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(|_| "it is too large")?];
    decoder.read_image(&mut pixels).map_err(words)?;
    pixels::upright(size, colours, pixels, orientation)
}

fn limits(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(bytes);
    limits
}

/// Decoders' words may have several lines, and pieces of the file in them.
fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
