//! NEON of 64-bit ARM: widening multiply and add of 16-bit lanes (`SMLAL`), on every such core.
#![expect(unsafe_code, reason = "a function compiled for NEON can be called in no other way")]

use super::cast::{Numbers, cast, numbers};
use super::{DEPTH, Machine, Out, Rows, Work, slices};
use crate::lanes::Lanes32;
use std::arch::aarch64::{
    float32x4_t, int16x8_t, int32x4_t, vdupq_n_s16, vdupq_n_s32, vget_low_s16, vmlal_high_laneq_s16, vmlal_laneq_s16,
};

numbers!(float32x4_t, int16x8_t, int32x4_t);

/// The proof that this machine has NEON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Neon(());

impl Neon {
    pub(super) fn find() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then_some(Self(()))
    }
}

impl Machine for Neon {
    const PANEL: usize = 8;
    const PAIRED: usize = 1;
    const ROWS: usize = 8;
    const PANELS: usize = 1;
    type Sums = Lanes32;

    fn run<W: Work>(self, work: W) {
        work.run(self);
    }

    #[inline(always)]
    fn tile<const ROWS: usize, const PANELS: usize>(self, rows: Rows<'_>, panels: &[i16], out: Out<'_>) {
        // SAFETY: `Neon` exists only where the machine has it.
        unsafe { tile::<ROWS>(rows, panels, out) }
    }
}

#[target_feature(enable = "neon")]
#[inline]
fn tile<const ROWS: usize>(rows: Rows<'_>, panel: &[i16], out: Out<'_>) {
    let depth = rows.depth;
    let rows = slices::<_, DEPTH, ROWS>(rows.numbers, depth, rows.stride);
    let [panel] = slices::<_, { 8 * DEPTH }, 1>(panel, 8 * depth, 0);
    let mut sums = [[vdupq_n_s32(0); 2]; ROWS];
    for step in 0..depth / DEPTH {
        let weights: [int16x8_t; DEPTH] = cast(panel[step]);
        let mut values = [vdupq_n_s16(0); ROWS];
        for (value, row) in values.iter_mut().zip(rows) {
            *value = cast(row[step]);
        }
        add::<ROWS, 0>(&mut sums, &values, weights[0]);
        add::<ROWS, 1>(&mut sums, &values, weights[1]);
        add::<ROWS, 2>(&mut sums, &values, weights[2]);
        add::<ROWS, 3>(&mut sums, &values, weights[3]);
        add::<ROWS, 4>(&mut sums, &values, weights[4]);
        add::<ROWS, 5>(&mut sums, &values, weights[5]);
        add::<ROWS, 6>(&mut sums, &values, weights[6]);
        add::<ROWS, 7>(&mut sums, &values, weights[7]);
    }
    for (row, sums) in sums.into_iter().enumerate() {
        out.sums[row * out.stride..][..8].copy_from_slice(&cast::<_, [i32; 8]>(sums));
    }
}

/// Adds the products of one depth.
#[target_feature(enable = "neon")]
#[inline]
fn add<const ROWS: usize, const LANE: i32>(
    sums: &mut [[int32x4_t; 2]; ROWS],
    values: &[int16x8_t; ROWS],
    weights: int16x8_t,
) {
    for ([low, high], &value) in sums.iter_mut().zip(values) {
        *low = vmlal_laneq_s16::<LANE>(*low, vget_low_s16(weights), value);
        *high = vmlal_high_laneq_s16::<LANE>(*high, weights, value);
    }
}
