//! Plain Rust, for machines of which nothing is known; the compiler uses what vector registers it may.

use super::{DEPTH, Machine, Out, Rows, Work, slices};
use crate::lanes::Lanes32;

/// Multiplication without special instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain;

impl Machine for Plain {
    const PANEL: usize = 8;
    const PAIRED: usize = 1;
    const ROWS: usize = 4;
    const PANELS: usize = 1;
    type Sums = Lanes32;

    fn run<W: Work>(self, work: W) {
        work.run(self);
    }

    #[inline(always)]
    fn tile<const ROWS: usize, const PANELS: usize>(self, rows: Rows<'_>, panels: &[i16], out: Out<'_>) {
        let rows = slices::<_, DEPTH, ROWS>(rows.numbers, rows.depth, rows.stride);
        let mut sums = [[0_i32; 8]; ROWS];
        for (step, weights) in panels.as_chunks::<{ 8 * DEPTH }>().0.iter().enumerate() {
            for (at, weights) in weights.as_chunks::<8>().0.iter().enumerate() {
                for (row, sums) in rows.iter().zip(&mut sums) {
                    let value = i32::from(row[step][at]);
                    sums.iter_mut().zip(weights).for_each(|(sum, weight)| {
                        *sum = sum.wrapping_add(value * i32::from(*weight));
                    });
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            out.sums[row * out.stride..][..8].copy_from_slice(sums);
        }
    }
}
