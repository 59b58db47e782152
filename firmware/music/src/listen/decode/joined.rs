//! Several files in one (`cat a.flac b.flac`): where each begins. Decoders know the first alone, or lose their way behind it.

use super::source::Source;
use super::{adts, flac, mp4, ogg, riff};
use std::ops::Range;

const MOST: usize = 1_000;

/// Bytes in which the next frame or page is looked for; none is longer.
const PROBE: usize = 1 << 17;

/// Bytes at the beginning and at the end that are searched in every file.
const EDGE: u64 = 1 << 20;

/// How many pieces the rest is cut into for looking whether its numbers rise.
const PIECES: u64 = 16;

/// The parts of a file that are files of their own; one for most.
pub(super) fn parts(source: &mut Source) -> Vec<Range<u64>> {
    let head = source.peek(0, 18);
    let mut joints = match (head.get(..4), head.get(4..8)) {
        (Some(b"RIFF" | b"FORM"), _) => riff::joints(source),
        (Some(b"fLaC"), _) => search(source, flac::number, flac::beginnings),
        (Some(b"OggS"), _) => {
            // The pages of another stream than the first come from another file, or are searched in vain.
            let number =
                |bytes: &[u8]| ogg::page(bytes).map(|(serial, number)| if *serial == head[14..] { number } else { 0 });
            search(source, number, ogg::beginnings)
        }
        (_, Some(b"ftyp")) => mp4::joints(source),
        (Some([0xff, sync, ..]), _) if sync & 0xf6 == 0xf0 => adts::joints(source),
        _ => Vec::new(),
    };
    joints.truncate(MOST - 1);
    let ends = joints.iter().copied().chain([source.len()]);
    std::iter::once(0).chain(joints.iter().copied()).zip(ends).map(|(start, end)| start..end).collect()
}

/// All beginnings of files behind the first. It reads a whole file only where its ends or its numbers hint at some.
fn search(
    source: &mut Source,
    number: impl Fn(&[u8]) -> Option<u64>,
    beginnings: fn(&mut Source, Range<u64>) -> Vec<u64>,
) -> Vec<u64> {
    let length = source.len();
    let edges = [1..EDGE.min(length), length.saturating_sub(EDGE).max(1)..length];
    let are_joined = length > 2 * EDGE && falls(source, number);
    if are_joined || edges.into_iter().any(|edge| !beginnings(source, edge).is_empty()) {
        return beginnings(source, 1..length);
    }
    Vec::new()
}

/// Whether numbers fall from one place to a later one.
fn falls(source: &mut Source, number: impl Fn(&[u8]) -> Option<u64>) -> bool {
    let piece = source.len() / PIECES;
    // Closer and closer to the beginning, so that a short first file is seen as well; then evenly.
    let closer = std::iter::successors(Some(piece), |place| Some(place / 2)).take_while(|place| *place > EDGE / 2);
    let mut places: Vec<u64> = closer.chain((2..PIECES).map(|count| piece * count)).collect();
    places.push(source.len() - EDGE);
    places.sort_unstable();
    let found: Vec<u64> = places.into_iter().filter_map(|place| number(&source.peek(place, PROBE))).collect();
    !found.is_sorted()
}
