//! Near copies: pictures that show one photograph in different crops, mirrored, or with a watermark.
//!
//! Two pictures are compared at half resolution: the middle of one with each window of the other, as it is and
//! mirrored. The highest correlation counts. The search is exhaustive but for what an upper bound rules out.

mod spectrum;

use super::Sample;
use kernels::simd;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use spectrum::{Basis, FIRST, LANES, Spectra, Spectrum, TERMS, Thumbnail};
use std::collections::{BTreeMap, HashSet};

/// Pictures that correlate so well show one photograph: of 26 pairs that were looked at close to it, nearly all do.
pub const SAME: f32 = 0.93;
/// Of the pairs between this and [`SAME`] more than half do. They are not pooled, but kept off the other side of a split.
pub const ALIKE: f32 = 0.90;

/// Two pictures that look alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Their positions, in one list or in two.
    pub pictures: [usize; 2],
    /// Their correlation, [`ALIKE`] to 1.
    pub correlation: f32,
}

/// All pairs among `pictures` that correlate at least as [`ALIKE`] says, in order of their positions. A picture whose window
/// is of one grey pairs with none.
#[must_use]
pub fn pairs(pictures: &[Sample]) -> Vec<Pair> {
    let all: Vec<&[u8]> = pictures.iter().map(|picture| &*picture.pixels).collect();
    // The two directions of a pair correlate differently; the higher counts.
    let mut found: BTreeMap<[usize; 2], f32> = BTreeMap::new();
    for Pair { pictures: [first, second], correlation } in search(&all, &all) {
        if first != second {
            let highest = found.entry([first.min(second), first.max(second)]).or_insert(correlation);
            *highest = highest.max(correlation);
        }
    }
    found.into_iter().map(|(pictures, correlation)| Pair { pictures, correlation }).collect()
}

/// Which of `these` pictures pair with one of `those`, by position.
#[must_use]
pub fn alike(these: &[&[u8]], those: &[&[u8]]) -> HashSet<usize> {
    let there = search(these, those).into_iter().map(|pair| pair.pictures[0]);
    let back = search(those, these).into_iter().map(|pair| pair.pictures[1]);
    there.chain(back).collect()
}

/// The pairs of one of `these`, by its windows, with one of `those`, by its middle.
fn search(these: &[&[u8]], those: &[&[u8]]) -> Vec<Pair> {
    let basis = Basis::new();
    let thumbnails: Vec<Thumbnail> = those.par_iter().map(|pixels| Thumbnail::of(pixels)).collect();
    let middles: Vec<Spectrum> = thumbnails.par_iter().map(|thumbnail| basis.middle(thumbnail)).collect();
    let of_one = |(first, pixels): (usize, &&[u8])| {
        let thumbnail = Thumbnail::of(pixels);
        let spectra = basis.windows(&thumbnail);
        let mut candidates = Vec::new();
        simd::run(Scan { spectra: &spectra, middles: &middles, least: ALIKE, alike: &mut candidates });
        let windows = if candidates.is_empty() { Vec::new() } else { thumbnail.windows() };
        let pair = |second: usize| {
            let correlation = spectrum::correlation(&windows, &thumbnails[second]);
            (correlation >= ALIKE).then_some(Pair { pictures: [first, second], correlation })
        };
        candidates.into_iter().filter_map(pair).collect::<Vec<Pair>>()
    };
    these.par_iter().enumerate().flat_map_iter(of_one).collect()
}

/// Collects which of `middles` may correlate with one of the windows, mirrored or not, by at least `least`.
struct Scan<'a> {
    spectra: &'a Spectra,
    middles: &'a [Spectrum],
    least: f32,
    /// The positions of those that may.
    alike: &'a mut Vec<usize>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{PIXELS, SIDE, Split};
    use crate::random::generator;
    use rand::RngExt;

    /// A smooth picture of its own for each `id`: waves of all directions.
    fn photograph(id: u64) -> impl Fn(f32, f32) -> f32 {
        let mut random = generator(id, 0);
        let waves: Vec<[f32; 4]> = (0..24).map(|_| std::array::from_fn(|_| random.random_range(-1.0..1.0))).collect();
        move |y, x| waves.iter().map(|[a, b, c, d]| d * (a * y / 2.0 + b * x / 2.0 + 9.0 * c).sin()).sum()
    }

    fn picture(of: impl Fn(f32, f32) -> f32) -> Sample {
        let pixel = |at: usize| {
            let [y, x] = [at / SIDE, at % SIDE].map(|at| f32::from(u16::try_from(at).unwrap()));
            let level = (128.0 + 20.0 * of(y, x)).round().clamp(0.0, 255.0);
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0..=255"
            )]
            let pixel = level as u8;
            pixel
        };
        Sample { pixels: (0..PIXELS).map(pixel).collect(), label: 0, split: Split::Training }
    }

    #[test]
    fn moved_mirrored_and_relit_crops_of_a_photograph_are_found_and_other_photographs_are_not() {
        let mut pictures: Vec<Sample> = (0..40).map(|id| picture(photograph(id))).collect();
        let of = photograph(7);
        let last = 47.0;
        let crops = [
            picture(|y, x| of(y + 3.0, x - 4.0)),
            picture(|y, x| of(y, last - x)),
            picture(|y, x| of(y - 2.0, last - x + 2.0)),
            picture(|y, x| 0.6 * of(y, x) - 1.0),
            picture(|y, x| if y > 40.0 && x > 30.0 { 3.0 } else { of(y, x) }),
        ];
        pictures.extend(crops);
        let found: Vec<[usize; 2]> =
            pairs(&pictures).into_iter().filter(|pair| pair.correlation >= SAME).map(|pair| pair.pictures).collect();
        let with_original: Vec<usize> =
            found.iter().filter(|[first, _]| *first == 7).map(|[_, second]| *second).collect();
        assert_eq!(with_original, [40, 41, 42, 43, 44], "{found:?}");
        assert!(found.iter().all(|[first, second]| *first >= 40 || *first == 7 && *second >= 40), "{found:?}");
    }

    #[test]
    fn pictures_of_one_grey_are_like_nothing() {
        let flat = || picture(|_, _| 0.0);
        assert_eq!(pairs(&[flat(), flat(), picture(photograph(1))]), []);
    }
}
