//! WAV and AIFF files whose sizes are wrong: of a pipe, or of a writer that was killed. The file's length decides.

use super::source::{Patch, Source};

/// Chunks that are looked at.
const MOST_CHUNKS: usize = 1_000;

/// The largest size that can be written; beyond 4 GiB the rest isn't heard.
const LARGEST: u64 = 0xffff_fff0;

/// How a file's sizes are written, and what its chunks are called.
struct Form {
    big: bool,
    sound: &'static [u8; 4],
    /// Bytes of the sound chunk in front of the sound.
    prefix: u64,
}

/// What a decoder has to read instead, so that sizes are true. What isn't understood is left to the decoder.
pub(super) fn mend(source: &mut Source) -> Vec<Patch> {
    let head = source.peek(0, 12);
    let Some(form) = Form::of(&head) else { return Vec::new() };
    let end = source.len();
    let mut patches = Vec::new();
    if head.starts_with(b"RF64") || head.starts_with(b"BW64") {
        patches.push(Patch { at: 0, bytes: b"RIFF".to_vec() });
    }
    patches.push(form.size(4, end - 8));
    let mut format = None;
    let mut at = 12;
    for _ in 0..MOST_CHUNKS {
        let head = source.peek(at, 8);
        let (Some(name), Some(size)) = (head.get(..4), head.get(4..8).map(|size| form.number(size))) else { break };
        let body = at + 8;
        let rest = end - body;
        if name == form.sound {
            let size = if form.is_true(source, body, size) { size } else { rest };
            patches.push(form.size(at + 4, size));
            let bytes = size.saturating_sub(form.prefix);
            patches.extend(format.and_then(|format| frames(source, format, bytes)));
            break;
        }
        if name == b"COMM" {
            format = Some(body);
        }
        if size > rest {
            break;
        }
        at = body + size + size % 2;
    }
    patches
}

/// The places where another such file begins, behind the sound of the one before it.
pub(super) fn joints(source: &mut Source) -> Vec<u64> {
    let mut joints = Vec::new();
    let mut at = 0;
    while let Some(next) = Form::of(&source.peek(at, 12)).and_then(|form| form.behind(source, at)) {
        joints.push(next);
        at = next;
    }
    joints
}

impl Form {
    fn of(head: &[u8]) -> Option<Self> {
        match (head.get(..4), head.get(8..12)) {
            (Some(b"FORM"), Some(b"AIFF" | b"AIFC")) => Some(Self { big: true, sound: b"SSND", prefix: 8 }),
            (Some(b"RIFF" | b"RF64" | b"BW64"), Some(b"WAVE")) => Some(Self { big: false, sound: b"data", prefix: 0 }),
            _ => None,
        }
    }

    /// Where a file begins behind the one that begins at `start`.
    fn behind(&self, source: &mut Source, start: u64) -> Option<u64> {
        let mut at = start + 12;
        let mut has_sound = false;
        for _ in 0..MOST_CHUNKS {
            if has_sound && Self::of(&source.peek(at, 12)).is_some() {
                return Some(at);
            }
            let head = source.peek(at, 8);
            let size = self.number(head.get(4..8)?);
            let body = at + 8;
            if head.starts_with(self.sound) {
                has_sound = true;
                if !self.is_true(source, body, size) {
                    // Of a pipe: only the next file's head tells where it ends.
                    let is_form = |bytes: &[u8]| Self::of(bytes).is_some();
                    let first = if self.big { b'F' } else { b'R' };
                    return source.places(body..u64::MAX, first, 12, is_form).first().copied();
                }
            }
            at = body.checked_add(size)?;
            // Not every writer fills up to an even size.
            at += if has_sound && Self::of(&source.peek(at, 12)).is_some() { 0 } else { size % 2 };
        }
        None
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
        u64::from(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn size(&self, at: u64, size: u64) -> Patch {
        let size = u32::try_from(size.min(LARGEST)).unwrap_or(u32::MAX);
        Patch { at, bytes: if self.big { size.to_be_bytes() } else { size.to_le_bytes() }.to_vec() }
    }

    /// Whether the sound can have this size: it ends with the file, or with another chunk.
    fn is_true(&self, source: &mut Source, body: u64, size: u64) -> bool {
        let rest = source.len() - body;
        if size == 0 || size > rest {
            return false;
        }
        if Self::of(&source.peek(body + size, 12)).is_some() {
            return true;
        }
        let next = source.peek(body + size + size % 2, 8);
        let named = next.get(..4).is_none_or(|name| name.iter().all(|byte| matches!(byte, b' '..=b'~')));
        rest - size < 8 || named
    }
}

/// The count of frames in the format chunk of an AIFF file, after the bytes that are there.
fn frames(source: &mut Source, format: u64, bytes: u64) -> Option<Patch> {
    let about = source.peek(format, 8);
    let [_, channels, _, _, _, _, _, bits] = about[..] else { return None };
    let width = u64::from(channels) * u64::from(bits).div_ceil(8);
    let told = u64::from(u32::from_be_bytes([about[2], about[3], about[4], about[5]]));
    let frames = u32::try_from(bytes.checked_div(width)?).ok()?;
    (told == 0).then(|| Patch { at: format + 2, bytes: frames.to_be_bytes().to_vec() })
}
