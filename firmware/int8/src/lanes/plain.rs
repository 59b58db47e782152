//! Arrays: for other architectures, and the form the registers are held against.

use super::{NARROW, WIDE};
use std::array::from_fn;

/// The constant that rounds to an integer when it is added and read from the low bits: 1.5 * 2^23.
const ROUND: f32 = 12_582_912.0;

#[derive(Clone, Copy)]
pub(crate) struct Lanes16([i16; NARROW]);

impl Lanes16 {
    #[inline(always)]
    pub(crate) fn widen(bytes: [u8; NARROW]) -> Self {
        Self(bytes.map(i16::from))
    }

    #[inline(always)]
    pub(crate) fn splat(value: i16) -> Self {
        Self([value; NARROW])
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_add(other.0[lane])))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_sub(other.0[lane])))
    }

    #[inline(always)]
    pub(crate) fn numbers(self) -> [i16; NARROW] {
        self.0
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Lanes32([i32; WIDE]);

impl Lanes32 {
    #[inline(always)]
    pub(crate) fn new(numbers: [i32; WIDE]) -> Self {
        Self(numbers)
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_add(other.0[lane])))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane].wrapping_sub(other.0[lane])))
    }

    /// Divided by four, which must leave no rest.
    #[inline(always)]
    pub(crate) fn quarter(self) -> Self {
        Self(self.0.map(|number| number >> 2))
    }

    /// `round(self * scale)`, half to even, within `range`, and `zero` added: bytes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "in range"
    )]
    #[inline(always)]
    pub(crate) fn bytes(self, scale: [f32; WIDE], [least, most]: [f32; 2], zero: i32) -> [u8; WIDE] {
        from_fn(|lane| {
            let value = (self.0[lane] as f32 * scale[lane]).max(least).min(most);
            ((value + ROUND).to_bits() as i32 - ROUND.to_bits() as i32 + zero) as u8
        })
    }
}
