//! A driver's buffer as a frame, whatever its pixel format.

use crate::picture;
use mood::{Flip, Frame, Range, Raw, RawFormat, jpeg};
use std::time::Duration;

/// A frame smaller than this shows no face that can be read.
pub const LEAST_SIDE: u32 = 96;

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
    pub fn is_jpeg(&self) -> bool {
        matches!(self.fourcc.as_str(), "MJPG" | "JPEG")
    }

    /// Whether the box can read it at all.
    pub fn is_readable(&self) -> bool {
        self.is_jpeg() || RawFormat::from_fourcc(&self.fourcc).is_some()
    }

    /// The frame in a buffer, in the room of `spare` where it need not be decoded, and what is odd about the buffer.
    ///
    /// # Errors
    /// When the buffer holds no whole frame; in words.
    pub fn frame(
        &self,
        bytes: &[u8],
        flip: Flip,
        timestamp: Duration,
        spare: Vec<u8>,
    ) -> Result<(Frame, Vec<String>), String> {
        if bytes.is_empty() {
            return Err("the driver gave an empty buffer".into());
        }
        if self.is_jpeg() {
            return self.jpeg(bytes, flip, timestamp);
        }
        let format = RawFormat::from_fourcc(&self.fourcc).ok_or_else(|| format!("{} can't be read", self.fourcc))?;
        let (stride, odd) = self.stride(format, bytes.len());
        let raw = Raw { width: self.width, height: self.height, stride, format, range: self.range, bytes };
        let frame = raw.to_frame_in(flip, timestamp, spare).map_err(|error| error.to_string())?;
        Ok((frame, odd.into_iter().collect()))
    }

    /// Bytes from line to line, by the buffer's length: drivers leave it out, or tell a wrong one.
    fn stride(&self, format: RawFormat, length: usize) -> (usize, Option<String>) {
        let least = format.least_stride(self.width);
        let fits = |stride: usize| stride >= least && format.size(self.width, self.height, stride) <= length;
        if fits(self.stride) {
            return (self.stride, None);
        }
        let rows = usize::try_from(self.height).unwrap_or(usize::MAX);
        // Planes of colour take half as many lines again.
        let rows = if format.is_planar() { rows.saturating_add(rows.div_ceil(2)) } else { rows };
        let padded = length / rows.max(1);
        let stride = if length.is_multiple_of(rows.max(1)) && fits(padded) { padded } else { least };
        if self.stride == 0 && stride == least {
            return (stride, None);
        }
        let odd = format!("the driver says {} bytes a line, {stride} are right for {length} bytes", self.stride);
        // What fits in no way is told by what it should have been.
        if fits(stride) { (stride, Some(odd)) } else { (self.stride.max(least), None) }
    }

    fn jpeg(&self, bytes: &[u8], flip: Flip, timestamp: Duration) -> Result<(Frame, Vec<String>), String> {
        let whole = jpeg::mend(bytes).map_err(|error| error.to_string())?;
        let mut odd: Vec<String> = whole.mended.iter().map(|it| format!("the driver gives {it}")).collect();
        let mut picture = files::picture::decode_whole(&whole.bytes, files::picture::most_memory())?;
        let (width, height) = (picture.width(), picture.height());
        if width.min(height) < LEAST_SIDE {
            return Err(format!("{width}x{height} pixels are too few"));
        }
        if (width, height) != (self.width, self.height) {
            odd.push(format!("the driver promised {}x{}, it gives {width}x{height}", self.width, self.height));
        }
        if flip.horizontal {
            picture = picture.fliph();
        }
        if flip.vertical {
            picture = picture.flipv();
        }
        Ok((picture::frame(picture, "frame", timestamp).map_err(|error| error.to_string())?, odd))
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

    fn frame(granted: &Granted, bytes: &[u8]) -> Result<(Frame, Vec<String>), String> {
        granted.frame(bytes, Flip::default(), Duration::ZERO, Vec::new())
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
        let whole = frame(&of_the_jpeg(), &jpeg).unwrap();
        let bare = without_tables(&jpeg);
        assert!(bare.len() < jpeg.len() && whole.1.is_empty());
        let no_end = &jpeg[..jpeg.len() - 2];
        let cases: [(Vec<u8>, &[&str]); 7] = [
            (bare.clone(), &["without Huffman tables"]),
            ([&bare[..], &[0; 4096]].concat(), &["without Huffman tables", "behind"]),
            ([&jpeg[..], &[0; 4096]].concat(), &["behind"]),
            (no_end.to_vec(), &["without end marker"]),
            ([no_end, &[0; 4096]].concat(), &["without end marker", "behind"]),
            ([&jpeg[..], &jpeg].concat(), &["behind"]),
            ([&[0; 12], &jpeg[..]].concat(), &["before"]),
        ];
        for (bytes, told) in cases {
            let (frame, odd) = frame(&of_the_jpeg(), &bytes).unwrap();
            assert_eq!(frame, whole.0, "{told:?}");
            assert!(odd.len() == told.len() && odd.iter().zip(told).all(|(odd, told)| odd.contains(told)), "{odd:?}");
            // A file of it gives the same.
            let file = picture::decode(&bytes, "file").and_then(|it| picture::frame(it, "file", Duration::ZERO));
            assert_eq!(file, Ok(frame), "{told:?}");
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
            of_the_jpeg().frame(JPEG, Flip { horizontal, vertical }, Duration::ZERO, Vec::new()).unwrap().0
        };
        let (plain, mirrored, upside_down) = (frame(false, false), frame(true, false), frame(false, true));
        assert_eq!(plain.luminance(0, 7), mirrored.luminance(plain.width() - 1, 7));
        assert_eq!(plain.luminance(3, 0), upside_down.luminance(3, plain.height() - 1));
    }

    #[test]
    fn what_is_cut_is_told() {
        let told = |granted: &Granted, bytes: &[u8]| frame(granted, bytes).unwrap_err();
        let half = &JPEG[..JPEG.len() / 2];
        for bytes in [half.to_vec(), [half, b"\xFF\xD9"].concat(), [half, &[0; 99_999], b"\xFF\xD9"].concat()] {
            assert!(told(&of_the_jpeg(), &bytes).contains("ends in the middle"), "{} bytes", bytes.len());
        }
        assert_eq!(told(&of_the_jpeg(), &[7; 999]), "it holds no JPEG");
        assert_eq!(told(&of_the_jpeg(), b""), "the driver gave an empty buffer");
        assert_eq!(told(&granted("YUYV", 4, 2), &[0; 15]), "frame holds 15 bytes, 4x2 YUYV needs 16");
        assert_eq!(told(&granted("H264", 4, 2), &[0; 99]), "H264 can't be read");
    }

    #[test]
    fn a_jpeg_of_another_size_is_taken_as_it_is_and_told() {
        let Granted { width, height, .. } = of_the_jpeg();
        for fourcc in ["MJPG", "JPEG"] {
            let (frame, odd) = frame(&granted(fourcc, 160, 120), JPEG).unwrap();
            assert_eq!((frame.width(), frame.height()), (width, height));
            assert_eq!(odd, [format!("the driver promised 160x120, it gives {width}x{height}")]);
        }
        let mut tiny = Vec::new();
        JpegEncoder::new(&mut tiny).encode_image(&image::RgbImage::new(64, 48)).unwrap();
        assert_eq!(frame(&granted("MJPG", 640, 480), &tiny).unwrap_err(), "64x48 pixels are too few");
    }

    #[test]
    fn a_stride_that_can_not_be_right_is_worked_out_from_the_buffers_length() {
        // (format, what the driver says, bytes of the buffer, what is right, whether it is told)
        let cases = [
            ("YUYV", 1_280, 640 * 480 * 2, 1_280, false),
            ("YUYV", 0, 640 * 480 * 2, 1_280, false),
            ("YUYV", 640, 640 * 480 * 2, 1_280, true),
            ("YUYV", 1_344, 1_344 * 480, 1_344, false),
            ("YUYV", 0, 1_344 * 480, 1_344, true),
            ("YUYV", 1_344, 640 * 480 * 2, 1_280, true),
            ("UYVY", 0, 640 * 480 * 2 + 100, 1_280, false),
            ("GREY", 1_280, 640 * 480, 640, true),
            ("NV12", 640, 640 * 480 * 3 / 2, 640, false),
            ("NV21", 1_280, 640 * 480 * 3 / 2, 640, true),
            ("YU12", 0, 704 * 480 * 3 / 2, 704, true),
            ("BGR3", 640, 640 * 480 * 3, 1_920, true),
            // Too short for any: as it was said, so that the message names the right number.
            ("YUYV", 0, 99, 1_280, false),
        ];
        for (fourcc, stride, length, right, told) in cases {
            let granted = Granted { stride, ..granted(fourcc, 640, 480) };
            let format = RawFormat::from_fourcc(fourcc).unwrap();
            let (found, odd) = granted.stride(format, length);
            assert_eq!((found, odd.is_some()), (right, told), "{fourcc} {stride} {length}");
        }
    }
}
