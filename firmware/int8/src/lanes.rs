//! Registers of 128 bits, which every machine of an architecture has: eight 16-bit or four 32-bit integers.
//!
//! Arrays would do, but LLVM spreads the transforms of a tile over single numbers and gathers them again.

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Lanes16, Lanes32};

#[cfg(target_arch = "aarch64")]
pub(crate) use neon::{Lanes16, Lanes32};

#[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
pub(crate) use plain::{Lanes16, Lanes32};

/// Instructions that every machine of this architecture has.
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
macro_rules! always {
    ($operation:expr) => {{
        // SAFETY: SSE2 belongs to x86-64, NEON to the 64-bit ARM targets this is built for.
        #[expect(unsafe_code, reason = "the compiler asks for it, though the instructions are always there")]
        unsafe {
            $operation
        }
    }};
}

/// Bytes that become a [`Lanes16`].
pub(crate) const NARROW: usize = 8;

/// Numbers of a [`Lanes32`].
pub(crate) const WIDE: usize = 4;

/// Most numbers of any [`Sums`].
pub(crate) const WIDEST: usize = 16;

/// A register of 32-bit integers, of the width the machine computes best with.
pub(crate) trait Sums: Copy {
    /// As many numbers.
    type Numbers: Copy;
    /// A scale for each of them.
    type Scales: Copy;
    /// How many.
    const WIDE: usize;

    fn new(numbers: Self::Numbers) -> Self;

    /// Numbers in whole pieces; a rest is left out.
    fn pieces(numbers: &[i32]) -> &[Self::Numbers];

    /// The same of scales.
    fn scales(scales: &[f32]) -> &[Self::Scales];

    fn plus(self, other: Self) -> Self;

    fn minus(self, other: Self) -> Self;

    /// Divided by four, which must leave no rest.
    fn quarter(self) -> Self;

    /// Writes `round(self * scale)`, half to even, within `range`, and `zero` added, as bytes: as many as `out` has room for.
    fn write(self, scales: Self::Scales, range: [f32; 2], zero: i32, out: &mut [u8]);
}

impl Sums for Lanes32 {
    type Numbers = [i32; WIDE];
    type Scales = [f32; WIDE];
    const WIDE: usize = WIDE;

    #[inline(always)]
    fn new(numbers: Self::Numbers) -> Self {
        Self::new(numbers)
    }

    #[inline(always)]
    fn pieces(numbers: &[i32]) -> &[Self::Numbers] {
        numbers.as_chunks().0
    }

    #[inline(always)]
    fn scales(scales: &[f32]) -> &[Self::Scales] {
        scales.as_chunks().0
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self::plus(self, other)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self::minus(self, other)
    }

    #[inline(always)]
    fn quarter(self) -> Self {
        Self::quarter(self)
    }

    #[inline(always)]
    fn write(self, scales: Self::Scales, range: [f32; 2], zero: i32, out: &mut [u8]) {
        put(&self.bytes(scales, range, zero), out);
    }
}

/// Copies as many bytes as there is room for.
#[inline(always)]
pub(crate) fn put<const N: usize>(bytes: &[u8; N], out: &mut [u8]) {
    match out.first_chunk_mut() {
        Some(out) => *out = *bytes,
        None => out.copy_from_slice(&bytes[..out.len()]),
    }
}

#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
mod neon;

/// For other architectures, and the form the others are held against.
#[cfg(any(test, not(any(target_arch = "aarch64", target_arch = "x86_64"))))]
mod plain;

#[cfg(test)]
mod tests {
    use super::{Lanes16, Lanes32, plain};

    /// Numbers from all over the range.
    fn some(seed: u32) -> impl Iterator<Item = i32> {
        (0..).map(move |at: u32| at.wrapping_add(seed).wrapping_mul(2_654_435_761).cast_signed())
    }

    #[test]
    fn registers_count_as_arrays_do() {
        let ranges = [[-128.0, 127.0], [0.0, 255.0], [-255.0, 0.0], [-3.0, 252.0]];
        for (seed, range) in (0..4000).zip(ranges.into_iter().cycle()) {
            let shift = seed % 31;
            let mut numbers = some(seed).map(|number| number >> shift);
            let mut four = || std::array::from_fn(|_| numbers.next().unwrap_or(0));
            let (a, b) = (four(), four());
            let scale = [0.001, 0.0123, 1e-7, 0.5];
            #[expect(clippy::cast_possible_truncation, reason = "an integer")]
            let zero = -range[0] as i32;
            let found = Lanes32::new(a).plus(Lanes32::new(b)).minus(Lanes32::new([7; 4])).quarter();
            let expected =
                plain::Lanes32::new(a).plus(plain::Lanes32::new(b)).minus(plain::Lanes32::new([7; 4])).quarter();
            assert_eq!(found.bytes(scale, range, zero), expected.bytes(scale, range, zero), "{seed}");
            let bytes = [a, b].concat().iter().map(|number| number.to_le_bytes()[0]).collect::<Vec<_>>();
            let bytes: [u8; 8] = bytes.try_into().unwrap_or_default();
            let found = Lanes16::widen(bytes).plus(Lanes16::splat(900)).minus(Lanes16::widen([3; 8]));
            let expected =
                plain::Lanes16::widen(bytes).plus(plain::Lanes16::splat(900)).minus(plain::Lanes16::widen([3; 8]));
            assert_eq!(found.numbers(), expected.numbers());
        }
    }
}
