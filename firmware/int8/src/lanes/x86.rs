//! SSE2.

use super::{NARROW, WIDE};
use std::arch::x86_64::*;

#[derive(Clone, Copy)]
pub(crate) struct Lanes16(__m128i);

impl Lanes16 {
    #[inline(always)]
    pub(crate) fn widen(bytes: [u8; NARROW]) -> Self {
        Self(always!(_mm_unpacklo_epi8(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)), _mm_setzero_si128())))
    }

    #[inline(always)]
    pub(crate) fn splat(value: i16) -> Self {
        Self(always!(_mm_set1_epi16(value)))
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(always!(_mm_add_epi16(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(always!(_mm_sub_epi16(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn numbers(self) -> [i16; NARROW] {
        crate::machine::cast(self.0)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Lanes32(__m128i);

impl Lanes32 {
    #[inline(always)]
    pub(crate) fn new(numbers: [i32; WIDE]) -> Self {
        Self(crate::machine::cast(numbers))
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(always!(_mm_add_epi32(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(always!(_mm_sub_epi32(self.0, other.0)))
    }

    /// Divided by four, which must leave no rest.
    #[inline(always)]
    pub(crate) fn quarter(self) -> Self {
        Self(always!(_mm_srai_epi32::<2>(self.0)))
    }

    /// `round(self * scale)`, half to even, within `range`, and `zero` added: bytes.
    #[inline(always)]
    pub(crate) fn bytes(self, scale: [f32; WIDE], [least, most]: [f32; 2], zero: i32) -> [u8; WIDE] {
        always!({
            let scaled = _mm_mul_ps(_mm_cvtepi32_ps(self.0), _mm_set_ps(scale[3], scale[2], scale[1], scale[0]));
            let within = _mm_min_ps(_mm_max_ps(scaled, _mm_set1_ps(least)), _mm_set1_ps(most));
            let levels = _mm_add_epi32(_mm_cvtps_epi32(within), _mm_set1_epi32(zero));
            let words = _mm_packs_epi32(levels, levels);
            _mm_cvtsi128_si32(_mm_packus_epi16(words, words)).to_le_bytes()
        })
    }
}
