//! The part of a file that is music, with some of its bytes replaced: what the decoders read.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use symphonia::core::io::MediaSource;

/// Bytes that are read instead of a file's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// Where, from the start of the music.
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
}

/// Bytes that are searched at once, and of one file at most: 25 minutes of a CD.
const SEARCHED: usize = 1 << 20;
const MOST_SEARCHED: u64 = 256 << 20;

/// A file from `start` to `end`.
#[derive(Clone)]
pub(super) struct Source {
    file: Arc<File>,
    start: u64,
    end: u64,
    /// The place of the next read, from `start`.
    at: u64,
    patches: Vec<Patch>,
}

impl Source {
    pub(super) fn new(file: File, start: u64, end: u64) -> Self {
        Self { file: Arc::new(file), start, end, at: 0, patches: Vec::new() }
    }

    pub(super) fn part(&self, range: Range<u64>) -> Self {
        let (start, end) = (self.start + range.start, self.start + range.end);
        Self { file: Arc::clone(&self.file), start, end, at: 0, patches: Vec::new() }
    }

    pub(super) fn patched(self, patches: Vec<Patch>) -> Self {
        Self { patches, ..self }
    }

    pub(super) const fn len(&self) -> u64 {
        self.end - self.start
    }

    /// Up to `count` bytes from `at` on, fewer at the end; none where they can't be read.
    pub(super) fn peek(&mut self, at: u64, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let before = std::mem::replace(&mut self.at, at);
        let limit = u64::try_from(count).unwrap_or(u64::MAX);
        // A failure shows again at the next read.
        if self.by_ref().take(limit).read_to_end(&mut bytes).is_err() {
            bytes.clear();
        }
        self.at = before;
        bytes
    }

    /// Places in `range` that begin with `first` and where `is_it` holds for `width` bytes (fewer at the end).
    pub(super) fn places(
        &mut self,
        range: Range<u64>,
        first: u8,
        width: usize,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Vec<u64> {
        let mut found = Vec::new();
        let mut block_at = range.start;
        let end = range.end.min(self.len()).min(range.start.saturating_add(MOST_SEARCHED));
        while block_at < end {
            let count = usize::try_from(end - block_at).map_or(SEARCHED, |left| left.min(SEARCHED));
            let block = self.peek(block_at, count + width);
            let places = block.iter().take(count).enumerate().filter(|(_, byte)| **byte == first);
            let hits = places.filter(|(at, _)| is_it(&block[*at..block.len().min(at + width)]));
            found.extend(hits.map(|(at, _)| block_at + u64::try_from(at).unwrap_or(0)));
            block_at += u64::try_from(count).unwrap_or(u64::MAX);
        }
        found
    }
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(out.len());
        let Some(place) = self.start.checked_add(self.at) else { return Ok(0) };
        let count = self.file.read_at(&mut out[..most], place)?;
        let from = self.at;
        for Patch { at, bytes } in &self.patches {
            for (at, byte) in (*at..).zip(bytes) {
                let place = at.checked_sub(from).and_then(|place| usize::try_from(place).ok());
                if let Some(place) = place.and_then(|place| out[..count].get_mut(place)) {
                    *place = *byte;
                }
            }
        }
        self.at += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let Some(at) = at else { return Err(std::io::ErrorKind::InvalidInput.into()) };
        self.at = at;
        Ok(at)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len())
    }
}
