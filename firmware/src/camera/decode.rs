//! A driver's buffer as a frame, whatever its pixel format.

use crate::picture;
use mood::{Flip, Frame, Range, Raw, RawFormat, jpeg};
use std::borrow::Cow;
use std::time::Duration;

/// What a driver really gives, which may differ from what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The pixel format (V4L2 fourcc).
    pub fourcc: String,
    /// Pixels per line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Bytes from one line to the next; zero where it means nothing.
    pub stride: usize,
    /// Which values luminance takes.
    pub range: Range,
}

impl Granted {
    /// Whether it is a JPEG a frame.
    #[must_use]
    pub fn is_jpeg(&self) -> bool {
        matches!(self.fourcc.as_str(), "MJPG" | "JPEG")
    }

    /// Whether the box can read it at all.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.is_jpeg() || RawFormat::from_fourcc(&self.fourcc).is_some()
    }

    /// The frame in a buffer; in the room of `spare` where it need not be decoded.
    ///
    /// # Errors
    /// When the buffer holds no whole frame of the size that was granted; in words.
    pub fn frame(&self, bytes: &[u8], flip: Flip, timestamp: Duration, spare: Vec<u8>) -> Result<Frame, String> {
        if self.is_jpeg() {
            return self.jpeg(bytes, flip, timestamp);
        }
        let format = RawFormat::from_fourcc(&self.fourcc).ok_or_else(|| format!("{} can't be read", self.fourcc))?;
        let stride = if self.stride == 0 { format.least_stride(self.width) } else { self.stride };
        let raw = Raw { width: self.width, height: self.height, stride, format, range: self.range, bytes };
        raw.to_frame_in(flip, timestamp, spare).map_err(|error| error.to_string())
    }

    fn jpeg(&self, bytes: &[u8], flip: Flip, timestamp: Duration) -> Result<Frame, String> {
        let mut picture = picture::decode(&with_tables(bytes), "frame").map_err(|error| error.to_string())?;
        if (picture.width(), picture.height()) != (self.width, self.height) {
            let (width, height) = (picture.width(), picture.height());
            return Err(format!("it is {width}x{height} pixels, the driver promised {}x{}", self.width, self.height));
        }
        if flip.horizontal {
            picture = picture.fliph();
        }
        if flip.vertical {
            picture = picture.flipv();
        }
        picture::frame(picture, "frame", timestamp).map_err(|error| error.to_string())
    }
}

/// The start of a JPEG, and the segment by which a decoder knows a frame of Motion JPEG, for which it has the tables.
const MARKED: &[u8] = b"\xFF\xD8\xFF\xE0\x00\x07AVI1\0";

/// A webcam's JPEG as a decoder wants it: without Huffman tables of its own it is marked as Motion JPEG.
fn with_tables(jpeg: &[u8]) -> Cow<'_, [u8]> {
    match jpeg {
        [0xFF, 0xD8, rest @ ..] if !jpeg::has_huffman_tables(jpeg) => Cow::Owned([MARKED, rest].concat()),
        _ => Cow::Borrowed(jpeg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;

    const JPEG: &[u8] = include_bytes!("../../assets/frames/1-astronaut.jpg");

    fn granted(fourcc: &str, width: u32, height: u32) -> Granted {
        Granted { fourcc: fourcc.into(), width, height, stride: 0, range: Range::Limited }
    }

    fn of_the_jpeg() -> Granted {
        let picture = picture::decode(JPEG, "frame").unwrap();
        granted("MJPG", picture.width(), picture.height())
    }

    #[test]
    fn a_webcams_jpeg_is_a_frame_also_without_huffman_tables_and_with_padding() {
        // This encoder uses the tables of annex K.3, as webcams do.
        let mut jpeg = Vec::new();
        let picture = picture::decode(JPEG, "frame").unwrap();
        JpegEncoder::new(&mut jpeg).encode_image(&picture).unwrap();
        let whole = of_the_jpeg().frame(&jpeg, Flip::default(), Duration::ZERO, Vec::new()).unwrap();
        let bare = without_tables(&jpeg);
        assert!(bare.len() < jpeg.len() && !jpeg::has_huffman_tables(&bare));
        for bytes in [bare.clone(), [bare, vec![0; 4096]].concat(), [jpeg, vec![0; 4096]].concat()] {
            assert_eq!(of_the_jpeg().frame(&bytes, Flip::default(), Duration::ZERO, Vec::new()).as_ref(), Ok(&whole));
        }
    }

    /// The JPEG as a thrifty webcam sends it.
    fn without_tables(jpeg: &[u8]) -> Vec<u8> {
        let (mut bare, mut rest) = (jpeg[..2].to_vec(), &jpeg[2..]);
        while rest[1] != 0xDA {
            let (segment, next) = rest.split_at(2 + usize::from(u16::from_be_bytes([rest[2], rest[3]])));
            if segment[1] != 0xC4 {
                bare.extend(segment);
            }
            rest = next;
        }
        [&bare, rest].concat()
    }

    #[test]
    fn a_jpeg_is_turned_round_too() {
        let frame = |horizontal, vertical| {
            of_the_jpeg().frame(JPEG, Flip { horizontal, vertical }, Duration::ZERO, Vec::new()).unwrap()
        };
        let (plain, mirrored, upside_down) = (frame(false, false), frame(true, false), frame(false, true));
        assert_eq!(plain.luminance(0, 7), mirrored.luminance(plain.width() - 1, 7));
        assert_eq!(plain.luminance(3, 0), upside_down.luminance(3, plain.height() - 1));
    }

    #[test]
    fn what_is_cut_or_of_another_size_is_told() {
        let told = |granted: &Granted, bytes: &[u8]| {
            granted.frame(bytes, Flip::default(), Duration::ZERO, Vec::new()).unwrap_err()
        };
        assert!(told(&of_the_jpeg(), &JPEG[..JPEG.len() / 2]).contains("ends in the middle"));
        let Granted { width, height, .. } = of_the_jpeg();
        assert_eq!(
            told(&granted("MJPG", 160, 120), JPEG),
            format!("it is {width}x{height} pixels, the driver promised 160x120")
        );
        assert!(told(&of_the_jpeg(), b"").contains("empty"));
        assert_eq!(told(&granted("YUYV", 4, 2), &[0; 15]), "frame holds 15 bytes, 4x2 YUYV needs 16");
        assert_eq!(told(&granted("H264", 4, 2), &[0; 99]), "H264 can't be read");
    }
}
