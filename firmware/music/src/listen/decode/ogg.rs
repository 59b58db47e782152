//! Pages of Ogg, as far as finding joined files needs them (RFC 3533, 6).

use super::source::Source;
use std::ops::Range;

/// A page up to the table of its segments.
const HEAD: usize = 27;

/// The most bytes of a page's head.
const MOST_HEAD: usize = HEAD + 255;

/// The serial number of the first page in some bytes, and the page's own number.
pub(super) fn page(bytes: &[u8]) -> Option<(&[u8; 4], u64)> {
    let at = bytes.windows(5).position(|bytes| bytes == b"OggS\0")?;
    let serial = bytes.get(at + 14..)?.first_chunk()?;
    let number = bytes.get(at + 18..)?.first_chunk()?;
    Some((serial, u64::from(u32::from_le_bytes(*number))))
}

/// The places where a file begins: at the first page of a stream, or of several side by side.
pub(super) fn beginnings(source: &mut Source, range: Range<u64>) -> Vec<u64> {
    let is_first = |page: &[u8]| {
        // The first of its stream, with no number before it.
        matches!(page, [b'O', b'g', b'g', b'S', 0, flags, ..] if flags & 2 != 0) && page.get(18..22) == Some(&[0; 4])
    };
    // The pages of one file's streams follow each other.
    let mut end = page_end(&source.peek(0, MOST_HEAD), 0);
    let mut found = Vec::new();
    for place in source.places(range, b'O', MOST_HEAD, is_first) {
        if place != end {
            found.push(place);
        }
        end = page_end(&source.peek(place, MOST_HEAD), place);
    }
    found
}

fn page_end(head: &[u8], at: u64) -> u64 {
    let segments = head.get(HEAD - 1).copied().unwrap_or(0);
    let sizes = head.iter().skip(HEAD).take(usize::from(segments));
    at + sizes.map(|size| u64::from(*size)).sum::<u64>() + 27 + u64::from(segments)
}
