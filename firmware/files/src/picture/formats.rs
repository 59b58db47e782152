//! What the headers of a JPEG, a TIFF and a WebP tell, before a decoder is asked: the memory it would take, and what it can't do.

use std::io::Cursor;
use tiff::decoder::{ChunkType, Decoder};
use tiff::tags::{PlanarConfiguration, Tag};

/// Bytes of a coefficient inside of the decoder.
const COEFFICIENT: u64 = 2;
const BLOCK: u64 = 64;

/// The bytes of coefficients that have to be kept until all scans are read: those of the whole picture when it is
/// progressive or its components come one after the other (ITU-T T.81, B.2.2 and B.2.3), else none that count.
pub(super) fn jpeg_coefficients(jpeg: &[u8]) -> u64 {
    const START_OF_SCAN: u8 = 0xDA;
    let mut frame: Option<Frame<'_>> = None;
    let mut rest = jpeg.get(2..).unwrap_or_default();
    loop {
        let (marker, segment) = match *rest {
            // A marker may be preceded by any number of fill bytes.
            [0xFF, 0xFF, ..] => {
                rest = &rest[1..];
                continue;
            }
            [0xFF, marker, high, low, ref segment @ ..] => {
                let length = usize::from(u16::from_be_bytes([high, low])).saturating_sub(2);
                let (segment, after) = segment.split_at(length.min(segment.len()));
                rest = after;
                (marker, segment)
            }
            _ => return 0,
        };
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => frame = Frame::of(marker, segment).or(frame),
            START_OF_SCAN => {
                let components = segment.first().copied().unwrap_or_default();
                return frame.filter(|frame| frame.keeps(components)).map_or(0, |frame| frame.bytes());
            }
            _ => {}
        }
    }
}

struct Frame<'a> {
    progressive: bool,
    height: u64,
    width: u64,
    /// Three bytes each: its name, its sampling in nibbles, its table.
    components: &'a [u8],
}

impl<'a> Frame<'a> {
    fn of(marker: u8, segment: &'a [u8]) -> Option<Self> {
        let [_, h1, h0, w1, w0, count, ref components @ ..] = *segment else { return None };
        let side = |high: u8, low: u8| u64::from(u16::from_be_bytes([high, low]));
        let components = components.get(..usize::from(count) * 3)?;
        Some(Self { progressive: marker & 3 == 2, height: side(h1, h0), width: side(w1, w0), components })
    }

    fn keeps(&self, in_first_scan: u8) -> bool {
        self.progressive || usize::from(in_first_scan) * 3 < self.components.len()
    }

    fn sampling(&self) -> impl Iterator<Item = (u64, u64)> {
        self.components.chunks_exact(3).map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)))
    }

    fn bytes(&self) -> u64 {
        let most = |of: fn((u64, u64)) -> u64| self.sampling().map(of).max().unwrap_or(1).max(1);
        let (across, down) = (most(|it| it.0), most(|it| it.1));
        let units = self.width.div_ceil(8 * across) * self.height.div_ceil(8 * down);
        let blocks: u64 = self.sampling().map(|(across, down)| across * down).sum();
        units * blocks * BLOCK * COEFFICIENT
    }
}

/// Refuses tiles with their samples in planes: the decoder panics on them (tiff 0.11.3).
pub(super) fn check_tiff(bytes: &[u8]) -> Result<(), String> {
    // What it can't read at all is told by whoever decodes it.
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else { return Ok(()) };
    let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
    let planar = planar.and_then(PlanarConfiguration::from_u16) == Some(PlanarConfiguration::Planar);
    if planar && decoder.get_chunk_type() == ChunkType::Tile {
        return Err("it is a TIFF of tiles with each colour apart, which is not supported".into());
    }
    Ok(())
}

/// Planes of luminance and colour, rounded up.
const LOSSY: u64 = 2;
/// Planes, and the transparency with its four channels; or all four channels of a lossless picture, with its transforms.
const EITHER: u64 = 7;
/// Either, with the canvas and the frame that is laid on it.
const ANIMATED: u64 = 15;

const ANIMATION: u8 = 0b10;

/// The most bytes a pixel takes inside of the decoder.
///
/// The decoder makes room for a frame as large as the frame says, before it is compared with the canvas of `size`.
pub(super) fn webp_bytes_a_pixel(webp: &[u8], size: (u32, u32)) -> Result<u64, String> {
    let mut chunks = webp.get(12..).unwrap_or_default();
    while let [a, b, c, d, s0, s1, s2, s3, ref rest @ ..] = *chunks {
        let length = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).unwrap_or(usize::MAX);
        chunks = match &[a, b, c, d] {
            b"VP8 " => {
                let frame = size_of(rest).unwrap_or_default();
                if frame.0 > size.0 || frame.1 > size.1 {
                    return Err("a frame is larger than the picture".into());
                }
                break;
            }
            b"VP8L" => break,
            // Of an animation the first frame is decoded; its chunks come after a header of 16 bytes.
            b"ANMF" => rest.get(16..).unwrap_or_default(),
            // Chunks are padded to an even length.
            _ => rest.get(length.saturating_add(length & 1)..).unwrap_or_default(),
        };
    }
    Ok(match webp.get(12..21) {
        Some([b'V', b'P', b'8', b' ', ..]) => LOSSY,
        Some([b'V', b'P', b'8', b'X', .., flags]) if flags & ANIMATION != 0 => ANIMATED,
        _ => EITHER,
    })
}

/// Width and height of a frame of VP8 (RFC 6386, 9.1).
fn size_of(frame: &[u8]) -> Option<(u32, u32)> {
    let [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = *frame else { return None };
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Some((side(w0, w1), side(h0, h1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, one frame header of 1000x600 pixels with 2x2 sampling, one scan header.
    fn headers(frame: u8, in_scan: u8) -> Vec<u8> {
        let components = [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        let sof = [&[0xFF, 0xFF, frame, 0, 17, 8, 2, 88, 3, 232, 3], components.as_slice()].concat();
        [&[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0xFF, 0xC2], sof.as_slice(), &[0xFF, 0xDA, 0, 3, in_scan]].concat()
    }

    #[test]
    fn coefficients_are_kept_until_the_last_scan() {
        // 63 x 38 units of six blocks.
        let whole = 63 * 38 * 6 * 64 * 2;
        for (frame, in_scan, expected) in
            [(0xC0, 3, 0), (0xC0, 1, whole), (0xC2, 3, whole), (0xC2, 1, whole), (0xC1, 2, whole)]
        {
            assert_eq!(jpeg_coefficients(&headers(frame, in_scan)), expected, "{frame:x} {in_scan}");
        }
        let all = headers(0xC2, 1);
        for length in 0..all.len() {
            // Cut short, it is refused elsewhere.
            let _ = jpeg_coefficients(&all[..length]);
        }
    }

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding = if content.len() % 2 == 1 { &b"\0"[..] } else { b"" };
        [name, length.as_slice(), content, padding].concat()
    }

    #[test]
    fn a_frame_larger_than_its_canvas_is_refused_and_the_rest_is_counted() {
        let vp8 = chunk(b"VP8 ", &[0, 0, 0, 0x9D, 1, 0x2A, 200, 0, 100, 0]);
        let extended = |flags: u8| chunk(b"VP8X", &[flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
        let frame = chunk(b"ANMF", &[vec![0; 16], vp8.clone()].concat());
        let odd = chunk(b"ICCP", b"abc");
        let cases: [(Vec<u8>, Option<u64>); 6] = [
            (vp8.clone(), Some(LOSSY)),
            (chunk(b"VP8L", b"/1234"), Some(EITHER)),
            ([extended(0), odd.clone(), vp8.clone()].concat(), Some(EITHER)),
            ([extended(2), odd, frame.clone()].concat(), Some(ANIMATED)),
            (frame, Some(EITHER)),
            (Vec::new(), Some(EITHER)),
        ];
        for (chunks, expected) in cases {
            let webp = [b"RIFF\0\0\0\0WEBP".as_slice(), &chunks].concat();
            assert_eq!(webp_bytes_a_pixel(&webp, (200, 100)).ok(), expected);
            let holds_a_frame = chunks.windows(4).any(|name| name == b"VP8 ");
            assert_eq!(webp_bytes_a_pixel(&webp, (199, 100)).is_err(), holds_a_frame);
        }
    }
}
