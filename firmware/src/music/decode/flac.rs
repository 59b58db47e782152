//! FLAC files before a decoder sees them: of the blocks in front of the sound only what decoding needs is left.

use super::source::{Patch, Source};

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

/// The least and the largest block by the header of the first frame (RFC 9639, 9.1); old encoders wrote the size of a short last
/// block, or none, where the whole file should say it.
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
