//! x86-64: multiply and add of pairs of 16-bit lanes, in one instruction with AVX-512 VNNI, in two with AVX2.
#![expect(unsafe_code, reason = "functions compiled for found instructions can be called in no other way")]

use super::cast::{Numbers, cast, numbers};
use super::{Machine, Out, Rows, Work, slices};
use crate::lanes::{Lanes32, Sums, put};
use std::arch::asm;
use std::arch::x86_64::*;

numbers!(__m128i, __m256i, __m512, __m512i);

/// Output channels of a panel.
const PANEL: usize = 16;

/// The proof that this machine has AVX-512 with its instructions for neural networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vnni(());

impl Vnni {
    pub(super) fn find() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        found.then_some(Self(()))
    }
}

impl Machine for Vnni {
    const PANEL: usize = PANEL;
    const PAIRED: usize = 2;
    const ROWS: usize = 9;
    const PANELS: usize = 2;
    type Sums = Sums512;

    fn run<W: Work>(self, work: W) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
        fn compiled<W: Work>(machine: Vnni, work: W) {
            work.run(machine);
        }
        // SAFETY: `Vnni` exists only where the machine has these instructions.
        unsafe { compiled(self, work) }
    }

    #[inline(always)]
    fn tile<const ROWS: usize, const PANELS: usize>(self, rows: Rows<'_>, panels: &[i16], out: Out<'_>) {
        // SAFETY: `Vnni` exists only where the machine has these instructions.
        unsafe { vnni::<ROWS, PANELS>(rows, panels, out) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
fn vnni<const ROWS: usize, const PANELS: usize>(rows: Rows<'_>, panels: &[i16], out: Out<'_>) {
    let depth = rows.depth;
    let rows = slices::<_, 2, ROWS>(rows.numbers, depth, rows.stride);
    let panels = slices::<_, { 2 * PANEL }, PANELS>(panels, depth * PANEL, depth * PANEL);
    let mut sums = [[_mm512_setzero_si512(); PANELS]; ROWS];
    for pair in 0..depth / 2 {
        let mut weights = [_mm512_setzero_si512(); PANELS];
        for (weights, panel) in weights.iter_mut().zip(panels) {
            *weights = cast(panel[pair]);
        }
        for (row, sums) in rows.iter().zip(&mut sums) {
            let values = _mm512_set1_epi32(cast(row[pair]));
            for (sum, weights) in sums.iter_mut().zip(weights) {
                multiply_add(sum, weights, values);
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        for (at, sum) in sums.into_iter().enumerate() {
            out.sums[row * out.stride + at * PANEL..][..PANEL].copy_from_slice(&cast::<_, [i32; PANEL]>(sum));
        }
    }
}

/// `VPDPWSSD`: adds the products of both numbers of each pair. As an intrinsic LLVM takes it apart into two instructions, to
/// shorten a chain of sums that isn't what limits this loop.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
fn multiply_add(sum: &mut __m512i, weights: __m512i, values: __m512i) {
    // SAFETY: the instruction reads and writes these registers only, and the machine has it.
    unsafe {
        asm!("vpdpwssd {sum}, {weights}, {values}", sum = inout(zmm_reg) *sum, weights = in(zmm_reg) weights,
            values = in(zmm_reg) values, options(pure, nomem, nostack, preserves_flags));
    }
}

/// The proof that this machine has AVX2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn find() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Machine for Avx2 {
    const PANEL: usize = PANEL;
    const PAIRED: usize = 2;
    const ROWS: usize = 4;
    const PANELS: usize = 1;
    type Sums = Lanes32;

    fn run<W: Work>(self, work: W) {
        #[target_feature(enable = "avx2")]
        fn compiled<W: Work>(machine: Avx2, work: W) {
            work.run(machine);
        }
        // SAFETY: `Avx2` exists only where the machine has it.
        unsafe { compiled(self, work) }
    }

    #[inline(always)]
    fn tile<const ROWS: usize, const PANELS: usize>(self, rows: Rows<'_>, panels: &[i16], out: Out<'_>) {
        // SAFETY: `Avx2` exists only where the machine has it.
        unsafe { avx2::<ROWS>(rows, panels, out) }
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn avx2<const ROWS: usize>(rows: Rows<'_>, panel: &[i16], out: Out<'_>) {
    let depth = rows.depth;
    let rows = slices::<_, 2, ROWS>(rows.numbers, depth, rows.stride);
    let [panel] = slices::<_, { 2 * PANEL }, 1>(panel, depth * PANEL, 0);
    let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
    for pair in 0..depth / 2 {
        let weights: [__m256i; 2] = cast(panel[pair]);
        for (row, sums) in rows.iter().zip(&mut sums) {
            let value = _mm256_set1_epi32(cast(row[pair]));
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(weights, value));
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        out.sums[row * out.stride..][..PANEL].copy_from_slice(&cast::<_, [i32; PANEL]>(sums));
    }
}

/// Sixteen sums; values exist only where the machine has AVX-512.
#[derive(Clone, Copy)]
pub(crate) struct Sums512(__m512i);

/// An operation on [`Sums512`].
macro_rules! on_avx512 {
    ($operation:expr) => {{
        // SAFETY: sums are read only in functions that were compiled for AVX-512, on the proof that the machine has it.
        unsafe { $operation }
    }};
}

impl Sums for Sums512 {
    type Numbers = [i32; 16];
    type Scales = [f32; 16];
    const WIDE: usize = 16;

    #[inline(always)]
    fn new(numbers: Self::Numbers) -> Self {
        Self(cast(numbers))
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
        Self(on_avx512!(_mm512_add_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self(on_avx512!(_mm512_sub_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn quarter(self) -> Self {
        Self(on_avx512!(_mm512_srai_epi32::<2>(self.0)))
    }

    #[inline(always)]
    fn write(self, scale: Self::Scales, [least, most]: [f32; 2], zero: i32, out: &mut [u8]) {
        let scale: __m512 = cast(scale);
        let bytes = on_avx512!({
            let scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(self.0), scale);
            let within = _mm512_min_ps(_mm512_max_ps(scaled, _mm512_set1_ps(least)), _mm512_set1_ps(most));
            _mm512_cvtepi32_epi8(_mm512_add_epi32(_mm512_cvtps_epi32(within), _mm512_set1_epi32(zero)))
        });
        put::<16>(&cast(bytes), out);
    }
}
