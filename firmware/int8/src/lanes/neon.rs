//! NEON.

use super::{NARROW, WIDE};
use crate::machine::cast;
use std::arch::aarch64::*;

#[derive(Clone, Copy)]
pub(crate) struct Lanes16(int16x8_t);

impl Lanes16 {
    #[inline(always)]
    pub(crate) fn widen(bytes: [u8; NARROW]) -> Self {
        Self(always!(vreinterpretq_s16_u16(vmovl_u8(vcreate_u8(u64::from_le_bytes(bytes))))))
    }

    #[inline(always)]
    pub(crate) fn splat(value: i16) -> Self {
        Self(always!(vdupq_n_s16(value)))
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(always!(vaddq_s16(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(always!(vsubq_s16(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn numbers(self) -> [i16; NARROW] {
        cast(self.0)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Lanes32(int32x4_t);

impl Lanes32 {
    #[inline(always)]
    pub(crate) fn new(numbers: [i32; WIDE]) -> Self {
        Self(cast(numbers))
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(always!(vaddq_s32(self.0, other.0)))
    }

    #[inline(always)]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(always!(vsubq_s32(self.0, other.0)))
    }

    /// Divided by four, which must leave no rest.
    #[inline(always)]
    pub(crate) fn quarter(self) -> Self {
        Self(always!(vshrq_n_s32::<2>(self.0)))
    }

    /// `round(self * scale)`, half to even, within `range`, and `zero` added: bytes.
    #[inline(always)]
    pub(crate) fn bytes(self, scale: [f32; WIDE], [least, most]: [f32; 2], zero: i32) -> [u8; WIDE] {
        always!({
            let scaled = vmulq_f32(vcvtq_f32_s32(self.0), cast(scale));
            let within = vminq_f32(vmaxq_f32(scaled, vdupq_n_f32(least)), vdupq_n_f32(most));
            let levels = vaddq_s32(vcvtnq_s32_f32(within), vdupq_n_s32(zero));
            let words = vmovn_u32(vreinterpretq_u32_s32(levels));
            let bytes = vmovn_u16(vcombine_u16(words, words));
            vget_lane_u32::<0>(vreinterpret_u32_u8(bytes)).to_le_bytes()
        })
    }
}
