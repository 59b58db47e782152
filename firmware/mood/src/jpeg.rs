//! What a JPEG's markers tell. Where it ends: decoders fill up what is missing with grey, and a face half of grey would be read as one; so the box
//! and the trainer ask this first. Whether it has its own Huffman tables: a webcam's frames often leave out the usual ones.

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_IMAGE: u8 = 0xD8;
const DEFINE_HUFFMAN_TABLES: u8 = 0xC4;
const START_OF_SCAN: u8 = 0xDA;

/// Whether `jpeg` has its end marker. Goes from marker to marker (ITU-T T.81, B.1.1), so that neither a thumbnail in a
/// segment nor what a telephone appends is taken for the picture.
#[must_use]
pub fn is_whole(jpeg: &[u8]) -> bool {
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

/// Whether `jpeg` has Huffman tables of its own (ITU-T T.81, B.2.4.2). The frames of Motion JPEG may leave them out, and
/// mean those of annex K.3.
#[must_use]
pub fn has_huffman_tables(jpeg: &[u8]) -> bool {
    let mut rest = jpeg.get(2..).unwrap_or_default();
    while let [0xFF, marker, high, low, ..] = *rest {
        match marker {
            DEFINE_HUFFMAN_TABLES => return true,
            START_OF_SCAN => return false,
            _ => rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_looked_for_before_the_scan() {
        let cases: [(&[u8], bool); 5] = [
            (b"\xFF\xD8\xFF\xE0\x00\x04hi\xFF\xC4\x00\x02\xFF\xDA\x00\x02", true),
            (b"\xFF\xD8\xFF\xE0\x00\x04\xFF\xC4\xFF\xDA\x00\x02\xFF\xC4\x00\x02", false),
            (b"\xFF\xD8\xFF\xE0\xFF\xFF", false),
            (b"\xFF\xD8", false),
            (b"", false),
        ];
        for (bytes, has) in cases {
            assert_eq!(has_huffman_tables(bytes), has, "{bytes:?}");
        }
    }

    #[test]
    fn the_end_is_looked_for_between_the_segments() {
        let cases: [(&[u8], bool, &str); 8] = [
            (b"\xFF\xD8\xFF\xD9", true, "nothing between"),
            (
                b"\xFF\xD8\xFF\xDA\x00\x02scan\xFF\x00\xFF\xD3\xFF\xFF\xD9",
                true,
                "a stuffed byte, a restart, a fill byte",
            ),
            (b"\xFF\xD8\xFF\xE1\x00\x04\xFF\xD9\xFF\xDA\x00\x02scan", false, "an end inside a segment"),
            (b"\xFF\xD8\xFF\xDA\x00\x02scan\xFF\xD9moov\xFF\xDA", true, "what follows the end"),
            (b"\xFF\xD8\xFF\xDA\x00\x02scan\xFF", false, "half a marker"),
            (b"\xFF\xD8\xFF\xE1\xFF\xFF", false, "a segment longer than the file"),
            (b"\xFF\xD8\xFF\xE1\x00", false, "half a length"),
            (b"", false, "nothing"),
        ];
        for (bytes, whole, case) in cases {
            assert_eq!(is_whole(bytes), whole, "{case}");
        }
    }
}
