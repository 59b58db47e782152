//! The bits of a scan (bytes without their stuffing, up to the next marker), and the Huffman tables that read them.

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

    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Fault> {
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count).ok_or(Fault::Short)?;
        let bits = (self.held >> self.count) & ((1 << count) - 1);
        Ok(u32::try_from(bits).unwrap_or(u32::MAX))
    }

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

    /// Goes behind restart marker 0..=7; `None` where there is none, as with cameras that only announce restarts.
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

/// Bits that are looked up at once.
const AHEAD: u32 = 9;

/// A Huffman table, ready to decode with.
#[derive(Clone)]
pub(super) struct Table {
    /// By the next [`AHEAD`] bits: length of the code (0 for a longer one) and its symbol.
    short: [(u8, u8); 1 << AHEAD],
    /// By length: the first code that is longer, and what to add to a code for its place among the symbols.
    long: [(u32, i32); 17],
    symbols: Vec<u8>,
}

impl Table {
    /// A table as T.81 lists it: how many codes there are of each length from 1 to 16, and the symbols in order.
    pub(super) fn new(counts: [u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self { short: [(0, 0); 1 << AHEAD], long: [(0, 0); 17], symbols: symbols.to_vec() };
        let (mut code, mut place) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            let index = usize::try_from(length).ok()?;
            table.long[index].1 = i32::try_from(place).ok()? - i32::try_from(code).ok()?;
            for _ in 0..count {
                let symbol = *symbols.get(place)?;
                if length <= AHEAD {
                    let first = usize::try_from(code << (AHEAD - length)).ok()?;
                    let same = table.short.get_mut(first..first + (1 << (AHEAD - length)))?;
                    same.fill((u8::try_from(length).ok()?, symbol));
                }
                code += 1;
                place += 1;
            }
            if code > 1 << length {
                return None;
            }
            table.long[index].0 = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    /// What a code of nothing but zeros means.
    pub(super) fn of_zeros(&self) -> Option<u8> {
        self.symbols.first().copied()
    }

    /// Length and symbol of the code that the 16 bits of `next` begin with; `None` when there is no such code.
    #[inline]
    pub(super) fn find(&self, next: u32) -> Option<(u32, u8)> {
        let (length, symbol) = self.short[usize::try_from(next >> (16 - AHEAD)).ok()?];
        if length > 0 {
            return Some((length.into(), symbol));
        }
        let length =
            (AHEAD + 1..=16).find(|length| self.long.get(index(*length)).is_some_and(|(end, _)| next < *end))?;
        let place = i32::try_from(next >> (16 - length)).ok()? + self.long[index(length)].1;
        Some((length, *self.symbols.get(usize::try_from(place).ok()?)?))
    }
}

fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(0)
}

/// A usual table as T.81 lists it.
pub(super) struct Usual {
    /// 0 for DC, 1 for AC.
    pub(super) class: u8,
    /// 0 for luminance, 1 for colour.
    pub(super) slot: u8,
    pub(super) counts: [u8; 16],
    pub(super) symbols: &'static [u8],
}

/// The four of annex K.3.
pub(super) const USUAL: [Usual; 4] = [
    Usual { class: 0, slot: 0, counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], symbols: &DC },
    Usual { class: 0, slot: 1, counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], symbols: &DC },
    Usual {
        class: 1,
        slot: 0,
        counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
            0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72,
            0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37,
            0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
            0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
            0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
            0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
            0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
            0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
        ],
    },
    Usual {
        class: 1,
        slot: 1,
        counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
            0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
            0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
            0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
            0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
            0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
            0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
            0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
            0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
        ],
    },
];

/// Categories of DC differences; the two tables list the same.
const DC: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
