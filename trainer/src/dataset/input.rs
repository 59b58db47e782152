//! What all readers of data share: the first bytes of a file, how far it may unpack, and what is said of one that fails. A
//! data set of pictures hardly shrinks, a file that unpacks a thousandfold is a trap.

use crate::error::Error;
use std::io::{Cursor, ErrorKind, Read};
use std::path::Path;

/// Enough to tell what a file is: a tar archive names itself in its first block of 512 bytes.
const HEAD: u64 = 512;
/// Unpacked bytes for each packed one. FER-2013's numbers pack to a third, pictures hardly at all.
const RATIO: u64 = 100;
/// What any file may unpack to, however small.
const FLOOR: u64 = 64 << 20;
/// What no file may unpack to.
const CEILING: u64 = 8 << 30;

/// What can be given, for hints.
pub(super) const HINT: &str = "give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or \
                               `synthetic`";

/// The bytes that a file of `length` bytes may unpack to.
pub(super) fn budget(length: u64) -> u64 {
    length.saturating_mul(RATIO).clamp(FLOOR, CEILING)
}

/// A reader that fails once it has given more than its allowance.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    pub(super) source: R,
    pub(super) left: u64,
    /// The error it fails with.
    pub(super) refusal: fn() -> std::io::Error,
}

impl<R> Bounded<R> {
    /// Fails with [`ErrorKind::FileTooLarge`].
    pub(super) fn new(source: R, allowance: u64) -> Self {
        Self { source, left: allowance, refusal: || ErrorKind::FileTooLarge.into() }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        let spent = u64::try_from(count).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(spent).ok_or_else(self.refusal)?;
        Ok(count)
    }
}

/// The first bytes of `source`, and all of it.
pub(super) fn peek(mut source: impl Read) -> std::io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(source)))
}

/// A file that fails while it is read, in words.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => {
            Error::data(path, "ends in the middle of its compressed data", "download it again, the file is cut short")
        }
        ErrorKind::FileTooLarge => Error::data(
            path,
            format_args!("unpacks to more than {} times its size", RATIO),
            "this is no data set of pictures; get it again from where it is published",
        ),
        _ => Error::data(path, format_args!("can't be read: {error}"), "download it again, or check the disk"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_to_its_end_or_to_the_allowance() {
        for (allowance, whole) in [(9, false), (10, true), (11, true)] {
            let mut bytes = Vec::new();
            let read = Bounded::new(&[7_u8; 10][..], allowance).read_to_end(&mut bytes);
            assert_eq!(read.is_ok(), whole, "{allowance}");
        }
    }

    #[test]
    fn the_budget_follows_the_length_between_floor_and_ceiling() {
        assert_eq!([0, 1 << 20, 1 << 40].map(budget), [FLOOR, 100 << 20, CEILING]);
    }
}
