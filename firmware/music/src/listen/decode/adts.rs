//! AAC without a container (ADTS), whose frames say for themselves what they are; decoders believe the first one.

use super::source::Source;

/// Bytes that are looked through for the next frame where one is damaged.
const LOST: usize = 1 << 16;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 18;

/// What a frame says of itself: profile, rate and channels. A decoder keeps to one.
type Kind = [u8; 2];

/// The kind and the length of the frame that begins here (ISO/IEC 13818-7, 6.2).
fn frame(bytes: &[u8]) -> Option<(Kind, usize)> {
    let [0xff, sync, a, b, c, d, ..] = *bytes else { return None };
    let length = usize::from(b & 3) << 11 | usize::from(c) << 3 | usize::from(d >> 5);
    (sync & 0xf6 == 0xf0 && length > 7).then_some(([a & 0xfd, b & 0xc0], length))
}

/// The places behind the first where frames of another kind begin.
pub(super) fn joints(source: &mut Source) -> Vec<u64> {
    let mut walk = Walk { source, block: Vec::new(), block_at: 0 };
    let mut joints = Vec::new();
    let mut known = None;
    let mut at = 0;
    while let Some((place, kind, length)) = walk.next(at) {
        let after = place + length;
        if known != Some(kind) {
            // A single frame that says so may be damaged.
            let goes_on = walk.frame(after).is_some_and(|(next, _)| next == kind);
            if known.is_some() && goes_on {
                joints.push(place);
            }
            if known.is_none() || goes_on {
                known = Some(kind);
            }
        }
        at = after;
    }
    joints
}

struct Walk<'a> {
    source: &'a mut Source,
    block: Vec<u8>,
    block_at: u64,
}

impl Walk<'_> {
    /// The bytes from `at` on, `count` or as many as there are.
    fn bytes(&mut self, at: u64, count: usize) -> &[u8] {
        let offset = |walk: &Self| at.checked_sub(walk.block_at).and_then(|offset| usize::try_from(offset).ok());
        let is_there = offset(self).is_some_and(|offset| offset + count <= self.block.len());
        if !is_there {
            self.block = self.source.peek(at, BLOCK.max(count));
            self.block_at = at;
        }
        let from = offset(self).unwrap_or(usize::MAX).min(self.block.len());
        &self.block[from..self.block.len().min(from + count)]
    }

    fn frame(&mut self, at: u64) -> Option<(Kind, u64)> {
        let (kind, length) = frame(self.bytes(at, 8))?;
        Some((kind, u64::try_from(length).ok()?))
    }

    /// The next frame from `at` on: there, or the first behind what is damaged that another one follows.
    fn next(&mut self, at: u64) -> Option<(u64, Kind, u64)> {
        if let Some((kind, length)) = self.frame(at) {
            return Some((at, kind, length));
        }
        let bytes = self.bytes(at, LOST).to_vec();
        let syncs = bytes.iter().enumerate().filter(|(_, byte)| **byte == 0xff);
        let (place, kind, length) =
            syncs.filter_map(|(from, _)| Some((from, frame(&bytes[from..])?))).find_map(|(from, (kind, length))| {
                let (next, _) = frame(bytes.get(from + length..)?)?;
                (next == kind).then_some((from, kind, length))
            })?;
        Some((at + u64::try_from(place).ok()?, kind, u64::try_from(length).ok()?))
    }
}
