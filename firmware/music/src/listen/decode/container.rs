//! What a file is: the music between its tags, sizes that can't be true corrected, and the name of what isn't played here.

use super::edit::Edit;
use super::source::{Patch, Source};
use super::{flac, joined, mp4, riff};
use std::fs::File;
use std::path::Path;

/// ID3v2 tags in front of each other that are skipped.
const MOST_TAGS: usize = 16;

/// What a file begins with, where in it, and what that is.
const STRANGERS: &[(usize, &[u8], &str)] = &[
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (WMA) can't be played here"),
    (0, b"MAC ", "Monkey's Audio (APE) can't be played here"),
    (0, b"wvpk", "WavPack can't be played here"),
    (0, b"MPCK", "Musepack can't be played here"),
    (0, b"MP+", "Musepack can't be played here"),
    (0, b"TTA1", "True Audio (TTA) can't be played here"),
    (0, b"DSD ", "DSD can't be played here"),
    (0, b"FRM8", "DSD can't be played here"),
    (0, b"MThd", "a MIDI file holds notes, not sound"),
    (0, b".RMF", "RealAudio can't be played here"),
    (0, b".ra\xfd", "RealAudio can't be played here"),
    (0, b"#!AMR", "AMR, a format of telephones, can't be played here"),
    (0, b"caff", "Apple's Core Audio format (CAF) can't be played here"),
    (0, b".snd", "Sun's AU format can't be played here"),
    (0, b"\x0b\x77", "Dolby Digital (AC-3) can't be played here"),
    (0, b"\x7f\xfe\x80\x01", "DTS can't be played here"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska and WebM can't be played here"),
    (0, b"RIFX", "a WAV with its bytes the other way round (RIFX) can't be played here"),
    (0, b"riff\x2e\x91\xcf\x11", "Sony's Wave64 can't be played here"),
    (28, b"Speex   ", "Speex can't be played here"),
    (29, b"fishead", "an Ogg file with video can't be played here"),
    (8, b"AVI ", "a video (AVI) can't be played here"),
    (0, b"#EXTM3U", "a playlist holds no sound"),
    (0, b"<", "this is a page of text, not music; it may be a download that failed"),
    (0, b"{", "this is text, not music; it may be a download that failed"),
    (0, b"PK\x03\x04", "this is a ZIP archive; unpack it"),
    (0, b"Rar!", "this is a RAR archive; unpack it"),
    (0, b"%PDF", "this is a PDF document, not music"),
];

/// A file ready to be decoded, or one of several that were joined.
pub(super) struct Part {
    pub(super) source: Source,
    /// Whether its first header knows of all that is in it; else its length has to be measured.
    pub(super) is_whole: bool,
    /// What is to be heard of its tracks, the most trustworthy first.
    pub(super) edits: Vec<Edit>,
}

/// Opens a file; more than one source where several were joined.
///
/// # Errors
/// Why there is nothing to decode, in words for its owner.
pub(super) fn open(path: &Path) -> Result<Vec<Source>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    if length == 0 {
        return Err("the file is empty".to_owned());
    }
    let mut whole = Source::new(file, 0, length);
    let start = after_tags(&mut whole);
    let end = before_tags(&mut whole, start);
    let mut source = whole.part(start..end);
    Ok(joined::parts(&mut source).into_iter().map(|range| source.part(range)).collect())
}

/// What a decoder has to read of a source.
///
/// # Errors
/// Why there is nothing to decode, in words for its owner.
pub(super) fn part(source: &Source) -> Result<Part, String> {
    let mut source = source.clone();
    let head = source.peek(0, 64);
    let (patches, edits) = match (head.get(..4), head.get(4..8)) {
        (Some(b"RIFF" | b"RF64" | b"BW64" | b"FORM"), _) => (riff::mend(&mut source), Vec::new()),
        (Some(b"fLaC"), _) => (flac::mend(&mut source), Vec::new()),
        (_, Some(b"ftyp")) => mp4::mend(&mut source)?,
        _ if is_zero(&head) && is_zero(&source.peek(0, 1 << 20)) => {
            return Err("it holds nothing but zeros; the copy may have failed".to_owned());
        }
        _ => (Vec::new(), Vec::new()),
    };
    let is_whole = is_whole(&mut source, &head, &patches);
    Ok(Part { source: source.patched(patches), is_whole, edits })
}

/// Why a file that no decoder knows isn't played.
pub(super) fn stranger(path: &Path) -> String {
    let head = open_head(path);
    let known = STRANGERS.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|head| head.starts_with(magic)));
    known.map_or("it is no music that can be decoded here", |(.., reason)| reason).to_owned()
}

fn open_head(path: &Path) -> Vec<u8> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let Ok(length) = file.metadata().map(|about| about.len()) else { return Vec::new() };
    let mut source = Source::new(file, 0, length);
    let start = after_tags(&mut source);
    source.peek(start, 64)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Where the music begins, after tags of the kind ID3v2.
fn after_tags(file: &mut Source) -> u64 {
    let mut start = 0;
    for _ in 0..MOST_TAGS {
        let head = file.peek(start, 10);
        let [b'I', b'D', b'3', _, _, flags, a, b, c, d] = head[..] else { break };
        if [a, b, c, d].iter().any(|byte| *byte > 0x7f) {
            break;
        }
        let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        let next = start + 10 + size + footer;
        if next >= file.len() {
            // Its size can't be true: the music is looked for behind its head.
            break;
        }
        start = next;
    }
    start
}

/// Where the music ends, before tags of the kinds ID3v1 and APEv2.
fn before_tags(file: &mut Source, start: u64) -> u64 {
    let mut end = file.len();
    for _ in 0..2 {
        if end - start > 128 && file.peek(end - 128, 3) == b"TAG" {
            end -= 128;
        }
        let foot = if end - start > 32 { file.peek(end - 32, 32) } else { Vec::new() };
        if foot.starts_with(b"APETAGEX")
            && let (Some(size), Some(flags)) = (foot.get(12..).and_then(|size| size.first_chunk()), foot.get(23))
        {
            let head = if flags & 0x80 == 0 { 0 } else { 32 };
            let size = u64::from(u32::from_le_bytes(*size)) + head;
            if size < end - start {
                end -= size;
            }
        }
    }
    end
}

/// Whether the first header speaks of the whole file.
fn is_whole(source: &mut Source, head: &[u8], patches: &[Patch]) -> bool {
    match head {
        [0xff, ..] => xing_bytes(source).is_some_and(|bytes| bytes.abs_diff(source.len()) <= 4096),
        [b'f', b'L', b'a', b'C', ..] | [b'O', b'g', b'g', b'S', ..] | [b'R' | b'F' | b'B', ..] => true,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => patches.iter().all(|patch| patch.bytes.len() <= 8),
        _ => false,
    }
}

/// How many bytes of music the header of an MP3 file speaks of.
fn xing_bytes(source: &mut Source) -> Option<u64> {
    let head = source.peek(0, 256);
    let at = head.windows(4).position(|bytes| bytes == b"Xing" || bytes == b"Info")?;
    let flags = *head.get(at + 7)?;
    let bytes = head.get(at + 12..at + 16)?;
    (flags & 3 == 3).then(|| u64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
}
