//! The inner loop of the search: one picture's windows against the middles of many others, by an upper bound.

use super::spectrum::{FIRST, LANES, Spectra, Spectrum, TERMS};
use kernels::simd;
use pulp::{Simd, WithSimd};

/// Collects which of `middles` may correlate with one of the windows, mirrored or not, by at least `least`.
pub(super) struct Scan<'a> {
    pub(super) spectra: &'a Spectra,
    pub(super) middles: &'a [Spectrum],
    pub(super) least: f32,
    /// The positions of those that may.
    pub(super) alike: &'a mut Vec<usize>,
}

/// Runs it in the widest vector registers of this machine.
pub(super) fn run(scan: Scan<'_>) {
    simd::run(scan);
}

impl WithSimd for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.groups::<S, 2>(simd),
            8 => self.groups::<S, 4>(simd),
            4 => self.groups::<S, 8>(simd),
            _ => self.groups::<S, LANES>(simd),
        }
    }
}

impl Scan<'_> {
    /// With the windows in `GROUPS` registers.
    #[inline(always)]
    fn groups<S: Simd, const GROUPS: usize>(self, simd: S) {
        for (position, middle) in self.middles.iter().enumerate() {
            let mut sums =
                Sums::<S, GROUPS> { even: [simd.splat_f32s(0.0); GROUPS], odd: [simd.splat_f32s(0.0); GROUPS] };
            sums.add(simd, self.spectra, middle, 0..FIRST);
            if sums.bound(simd, &self.spectra.rests[0], middle.rests[0]) < self.least {
                continue;
            }
            sums.add(simd, self.spectra, middle, FIRST..TERMS);
            if sums.bound(simd, &self.spectra.rests[1], middle.rests[1]) >= self.least {
                self.alike.push(position);
            }
        }
    }
}

/// The products so far, a lane a window.
struct Sums<S: Simd, const GROUPS: usize> {
    even: [S::f32s; GROUPS],
    odd: [S::f32s; GROUPS],
}

impl<S: Simd, const GROUPS: usize> Sums<S, GROUPS> {
    #[inline(always)]
    fn add(&mut self, simd: S, spectra: &Spectra, middle: &Spectrum, terms: std::ops::Range<usize>) {
        for term in terms {
            let (even, odd) = (simd.splat_f32s(middle.even[term]), simd.splat_f32s(middle.odd[term]));
            for group in 0..GROUPS {
                let at = group * S::F32_LANES;
                let (windows_even, windows_odd) =
                    (simd::load::<S>(&spectra.even[term], at), simd::load::<S>(&spectra.odd[term], at));
                self.even[group] = simd.mul_add_e_f32s(even, windows_even, self.even[group]);
                self.odd[group] = simd.mul_add_e_f32s(odd, windows_odd, self.odd[group]);
            }
        }
    }

    /// The highest correlation that is still possible: even and odd terms with the sign that suits them, and the rests as if
    /// they were parallel.
    #[inline(always)]
    fn bound(&self, simd: S, rests: &[f32; LANES], rest: f32) -> f32 {
        let rest = simd.splat_f32s(rest);
        let mut highest = simd.splat_f32s(-1.0);
        for group in 0..GROUPS {
            let both = simd.add_f32s(self.even[group], simd.abs_f32s(self.odd[group]));
            let bound = simd.mul_add_e_f32s(rest, simd::load::<S>(rests, group * S::F32_LANES), both);
            highest = simd.max_f32s(highest, bound);
        }
        simd.reduce_max_f32s(highest)
    }
}
