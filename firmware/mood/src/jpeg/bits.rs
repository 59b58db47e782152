//! The bits of a scan: bytes without their stuffing, up to the next marker.

use super::tables::Table;

/// Why a scan can't be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A marker, or the end of the bytes, where data should be.
    Short,
    /// No code begins so.
    Code,
}

/// Reads bits, the highest of each byte first.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte that is not held; never behind a marker.
    at: usize,
    held: u64,
    count: u32,
    /// Zero bytes in a row so far, and how many of them can still be data.
    zeros: usize,
    most_zeros: usize,
}

/// More zero bytes in a row than this are a hole in the buffer, unless a code of nothing but zeros ends a block.
const MOST_ZEROS: usize = 8;

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, held: 0, count: 0, zeros: 0, most_zeros: usize::MAX }
    }

    /// From now on a long run of zeros is taken for a hole, at which the data end.
    pub(super) const fn refuse_holes(&mut self) {
        self.most_zeros = MOST_ZEROS;
    }

    /// Where the next marker is, or some bytes behind what was taken if there is none.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            let step = match (byte, self.bytes.get(self.at + 1)) {
                // A stuffed byte; any other is a marker, or fills up to one.
                (0xFF, Some(0)) => 2,
                (0xFF, _) => return,
                _ => 1,
            };
            self.zeros = if byte == 0 { self.zeros + 1 } else { 0 };
            if self.zeros > self.most_zeros {
                return;
            }
            self.held = (self.held << 8) | u64::from(byte);
            self.count += 8;
            self.at += step;
        }
    }

    /// The next bits as a number.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Fault> {
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count).ok_or(Fault::Short)?;
        let bits = (self.held >> self.count) & ((1 << count) - 1);
        Ok(u32::try_from(bits).unwrap_or(u32::MAX))
    }

    /// The next symbol.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Fault> {
        // A code and the bits of the value behind it.
        if self.count < 32 {
            self.fill();
        }
        let next = if self.count >= 16 { self.held >> (self.count - 16) } else { self.held << (16 - self.count) };
        let found = table.find(u32::try_from(next & 0xFFFF).unwrap_or(0));
        let Some((length, symbol)) = found else {
            return Err(if self.count < 16 { Fault::Short } else { Fault::Code });
        };
        self.count = self.count.checked_sub(length).ok_or(Fault::Short)?;
        Ok(symbol)
    }

    /// Goes behind the restart marker of this number (0..=7). `None` where none stands here: a camera that announces
    /// restarts and makes none.
    pub(super) fn restart(&mut self, number: u8) -> Option<Result<(), Fault>> {
        self.fill();
        let fills = self.bytes.get(self.at..)?.iter().take_while(|byte| **byte == 0xFF).count();
        if self.count >= 8 || fills == 0 {
            return None;
        }
        let marker = self.bytes.get(self.at + fills)?;
        if *marker != 0xD0 | number {
            return Some(Err(if matches!(marker, 0xD0..=0xD7) { Fault::Code } else { Fault::Short }));
        }
        (self.at, self.held, self.count) = (self.at + fills + 1, 0, 0);
        Some(Ok(()))
    }
}
