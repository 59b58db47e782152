//! The part of a file that is music, with some of its bytes replaced: what the decoders read.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Bytes that are read instead of a file's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    /// Where, from the start of the music.
    pub(super) at: u64,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

/// A file from `start` to `end`.
pub(super) struct Source {
    file: File,
    start: u64,
    end: u64,
    /// The place of the next read, from `start`.
    at: u64,
    patches: Vec<Patch>,
}

impl Source {
    pub(super) const fn new(file: File, start: u64, end: u64) -> Self {
        Self { file, start, end, at: 0, patches: Vec::new() }
    }

    pub(super) fn patched(self, patches: Vec<Patch>) -> Self {
        Self { patches, ..self }
    }

    /// How many bytes of music there are.
    pub(super) const fn len(&self) -> u64 {
        self.end - self.start
    }

    /// Up to `count` bytes from `at` on, fewer at the end; none where they can't be read.
    pub(super) fn peek(&mut self, at: u64, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let before = self.at;
        if self.seek(SeekFrom::Start(at)).is_ok() {
            let limit = u64::try_from(count).unwrap_or(u64::MAX);
            if self.by_ref().take(limit).read_to_end(&mut bytes).is_err() {
                bytes.clear();
            }
        }
        // A failure shows again at the next read.
        let _ = self.seek(SeekFrom::Start(before));
        bytes
    }
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(out.len());
        let count = self.file.read(&mut out[..most])?;
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
        let at = at.and_then(|at| Some((at, self.start.checked_add(at)?)));
        let Some((at, place)) = at else { return Err(std::io::ErrorKind::InvalidInput.into()) };
        self.file.seek(SeekFrom::Start(place))?;
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
