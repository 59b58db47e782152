//! How far a file may unpack: a data set of pictures hardly shrinks, a file that unpacks a thousandfold is a trap.

use std::io::{Error, ErrorKind, Read, Result};

/// Unpacked bytes for each packed one. FER-2013's numbers pack to a third, pictures hardly at all.
pub(super) const RATIO: u64 = 100;
/// What any file may unpack to, however small.
const FLOOR: u64 = 64 << 20;
/// What no file may unpack to.
const CEILING: u64 = 8 << 30;

/// The bytes that a file of `length` bytes may unpack to.
pub(super) fn budget(length: u64) -> u64 {
    length.saturating_mul(RATIO).clamp(FLOOR, CEILING)
}

/// A reader that fails with [`ErrorKind::FileTooLarge`] once it has given more than its allowance.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R> Bounded<R> {
    pub(super) const fn new(source: R, allowance: u64) -> Self {
        Self { source, left: allowance }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.source.read(buffer)?;
        let spent = u64::try_from(count).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(spent).ok_or_else(|| Error::from(ErrorKind::FileTooLarge))?;
        Ok(count)
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
