//! FLAC files before a decoder sees them: of the blocks in front of the sound only what decoding needs is left.

use super::source::{Patch, Source};
use std::ops::Range;

/// Blocks that are looked at.
const MOST_BLOCKS: usize = 1_000;

/// Kinds of blocks: what the sound is, nothing, and where to seek.
const STREAM_INFO: u8 = 0;
const PADDING: u8 = 1;
const SEEK_TABLE: u8 = 3;

/// The fewest frames of sound in a frame of FLAC that the format allows, and the most.
const FEWEST: u16 = 16;
const MOST: u16 = u16::MAX;

/// What a decoder has to read instead: tags, covers and cue sheets are padding, and block sizes are those of the sound.
pub(super) fn mend(source: &mut Source) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut info = None;
    let mut at = 4;
    for _ in 0..MOST_BLOCKS {
        let [kind, a, b, c] = source.peek(at, 4)[..] else { break };
        match kind & 0x7f {
            STREAM_INFO => info = Some(at + 4),
            PADDING | SEEK_TABLE => {}
            _ => patches.push(Patch { at, bytes: vec![kind & 0x80 | PADDING] }),
        }
        at += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x80 != 0 {
            break;
        }
    }
    let sizes = block_sizes(&source.peek(at, 8));
    patches.extend(info.zip(sizes).map(|(at, sizes)| Patch { at, bytes: sizes.map(u16::to_be_bytes).concat() }));
    patches
}

/// Least and largest block by the first frame's header (RFC 9639, 9.1), where an old encoder wrote no such size.
fn block_sizes(head: &[u8]) -> Option<[u16; 2]> {
    let [0xff, strategy, code, _, _, a, b, ..] = *head else { return None };
    let size = match code >> 4 {
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => u16::from(a) + 1,
        7 => u16::from_be_bytes([a, b]).saturating_add(1),
        code @ 8..=15 => 256 << (code - 8),
        _ => return None,
    };
    match strategy {
        0xf8 => Some([size.max(FEWEST); 2]),
        0xf9 => Some([FEWEST, MOST]),
        _ => None,
    }
}

/// The number of the first frame in some bytes, or of its first sample.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    let syncs = bytes.windows(2).enumerate().filter(|(_, sync)| matches!(sync, [0xff, 0xf8 | 0xf9]));
    syncs.into_iter().find_map(|(at, _)| frame_number(&bytes[at..]))
}

/// The number in the header of the frame that begins here, if its sum is right (RFC 9639, 9.1).
fn frame_number(head: &[u8]) -> Option<u64> {
    let [_, _, code, about, first, ..] = *head else { return None };
    // The number is coded like a letter in UTF-8, of up to seven bytes.
    let (more, begin) = match first.leading_ones() {
        0 => (0, first),
        ones @ 2..=7 => (ones - 1, first & 0x7f_u8.checked_shr(ones).unwrap_or(0)),
        _ => return None,
    };
    let mut end = 5 + usize::try_from(more).ok()?;
    let number = head.get(5..end)?.iter().fold(u64::from(begin), |number, byte| number << 6 | u64::from(byte & 0x3f));
    end += match code >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    end += match code & 0xf {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    let told = *head.get(end)?;
    (about & 1 == 0 && told == sum(&head[..end])).then_some(number)
}

/// CRC-8 with the polynomial x^8 + x^2 + x + 1.
fn sum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |sum, byte| (0..8).fold(sum ^ byte, |sum, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 7 }))
}

/// The places where a file begins.
pub(super) fn beginnings(source: &mut Source, range: Range<u64>) -> Vec<u64> {
    // The mark, and the head of the block that has to come first.
    let is_first =
        |bytes: &[u8]| matches!(bytes, [b'f', b'L', b'a', b'C', kind, 0, 0, 34] if kind & 0x7f == STREAM_INFO);
    source.places(range, b'f', 8, is_first)
}
