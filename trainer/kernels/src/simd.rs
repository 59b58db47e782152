//! The machine's widest vector registers, chosen when the program runs.

use pulp::{Arch, Simd, WithSimd};

/// Runs `work` compiled for the best instruction set of this machine.
#[inline]
pub fn run<W: WithSimd>(work: W) -> W::Output {
    let arch = Arch::new();
    // The features under which `pulp` is built here (those of Burn's back end) leave AVX2 out of its own choice.
    #[cfg(target_arch = "x86_64")]
    if let (Arch::Scalar, Some(avx2)) = (arch, pulp::x86::V3::try_new()) {
        return Simd::vectorize(avx2, work);
    }
    arch.dispatch(work)
}

/// The register-full of numbers at `at`.
#[inline(always)]
pub fn load<S: Simd>(from: &[f32], at: usize) -> S::f32s {
    S::as_simd_f32s(&from[at..at + S::F32_LANES]).0[0]
}

/// Writes a register-full of numbers to `at`.
#[inline(always)]
pub(super) fn store<S: Simd>(to: &mut [f32], at: usize, value: S::f32s) {
    S::as_mut_simd_f32s(&mut to[at..at + S::F32_LANES]).0[0] = value;
}
