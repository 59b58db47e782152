//! What a WebP's headers tell of the memory its decoder will take (<https://developers.google.com/speed/webp/docs/riff_container>).

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
pub(super) fn bytes_a_pixel(webp: &[u8], size: (u32, u32)) -> Result<u64, String> {
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
            assert_eq!(bytes_a_pixel(&webp, (200, 100)).ok(), expected);
            let holds_a_frame = chunks.windows(4).any(|name| name == b"VP8 ");
            assert_eq!(bytes_a_pixel(&webp, (199, 100)).is_err(), holds_a_frame);
        }
    }
}
