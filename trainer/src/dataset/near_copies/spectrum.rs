//! The low frequencies of a window: enough to say of most pairs of pictures that they don't correlate.
//!
//! With an orthonormal cosine transform the product of two windows is the product of their coefficients. Taken over some of
//! them, what is left is at most the product of the lengths of the two rests (Cauchy and Schwarz). Mirroring a window turns
//! the sign of the coefficients whose horizontal frequency is odd, so even and odd ones are kept apart.

use crate::dataset::SIDE;
use kernels::simd;
use pulp::{Simd, WithSimd};
use std::f32::consts::PI;

/// Even coefficients that are kept, and as many odd ones; the lowest frequencies.
pub(super) const TERMS: usize = 24;
/// Those of them a first look goes by.
pub(super) const FIRST: usize = 8;
/// The windows of a picture, with room to fill vector registers.
pub(super) const LANES: usize = 32;

/// The coefficients of a window, or those of several side by side.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Coefficients<T> {
    pub(super) even: [T; TERMS],
    pub(super) odd: [T; TERMS],
    /// The length of what the first [`FIRST`] terms leave out, and of what all leave out.
    pub(super) rests: [T; 2],
}

/// Of one window.
pub(super) type Spectrum = Coefficients<f32>;
/// Of all windows of a picture; zeros where a window is of one grey.
pub(super) type Spectra = Coefficients<[f32; LANES]>;

/// The vectors that coefficients are the products with: for each pixel of a window its value in each, the even ones first.
#[derive(Debug)]
pub(super) struct Basis(Vec<[f32; 2 * TERMS]>);

impl Basis {
    pub(super) fn new() -> Self {
        let wave = |frequency: u8, at: usize| {
            let at = f32::from(u8::try_from(at).unwrap_or(u8::MAX));
            let scale: f32 = if frequency == 0 { 1.0 } else { 2.0 };
            (scale / 20.0).sqrt() * (PI * (2.0 * at + 1.0) * f32::from(frequency) / 40.0).cos()
        };
        // The lowest terms of either parity lie well below 12; the mean of a window, frequency 0, is 0.
        let mut frequencies: Vec<[u8; 2]> = (1..144).map(|at| [at / 12, at % 12]).collect();
        frequencies.sort_by_key(|[down, across]| u16::from(*down).pow(2) + u16::from(*across).pow(2));
        let lowest = |parity: u8| frequencies.iter().filter(move |[_, across]| across % 2 == parity).take(TERMS);
        let terms: Vec<[u8; 2]> = lowest(0).chain(lowest(1)).copied().collect();
        let pixel = |at: usize| {
            std::array::from_fn(|term| wave(terms[term][0], at / WINDOW) * wave(terms[term][1], at % WINDOW))
        };
        Self((0..AREA).map(pixel).collect())
    }

    fn spectrum(&self, window: &Window) -> Spectrum {
        let terms = simd::run(Products { basis: self, window });
        let even: [f32; TERMS] = std::array::from_fn(|term| terms[term]);
        let odd: [f32; TERMS] = std::array::from_fn(|term| terms[TERMS + term]);
        let kept = |terms: usize| even[..terms].iter().chain(&odd[..terms]).map(|value| value * value).sum::<f32>();
        let rests = [FIRST, TERMS].map(|terms| (1.0 - kept(terms)).max(0.0).sqrt());
        Spectrum { even, odd, rests }
    }

    /// Of the window in the middle.
    pub(super) fn middle(&self, thumbnail: &Thumbnail) -> Spectrum {
        thumbnail.middle().map(|window| self.spectrum(&window)).unwrap_or_default()
    }

    /// Of all windows.
    pub(super) fn windows(&self, thumbnail: &Thumbnail) -> Spectra {
        let mut spectra = Spectra::default();
        for lane in 0..WINDOWS {
            let Some(window) = thumbnail.window(lane) else { continue };
            let spectrum = self.spectrum(&window);
            (0..TERMS).for_each(|term| spectra.even[term][lane] = spectrum.even[term]);
            (0..TERMS).for_each(|term| spectra.odd[term][lane] = spectrum.odd[term]);
            (0..2).for_each(|at| spectra.rests[at][lane] = spectrum.rests[at]);
        }
        spectra
    }
}

/// The products of a window with the vectors of the basis.
struct Products<'a> {
    basis: &'a Basis,
    window: &'a Window,
}

impl WithSimd for Products<'_> {
    type Output = [f32; 2 * TERMS];

    /// Plain code: the compiler fills whatever registers it is compiled for.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        let mut sums = [0.0; 2 * TERMS];
        for (value, pixel) in self.window.iter().zip(&self.basis.0) {
            sums.iter_mut().zip(pixel).for_each(|(sum, factor)| *sum += value * factor);
        }
        sums
    }
}

/// Height and width of a picture at half resolution.
const HALF: usize = SIDE / 2;
/// Height and width of a window.
pub(super) const WINDOW: usize = 20;
/// Its pixels.
pub(super) const AREA: usize = WINDOW * WINDOW;
/// Places of a window in each direction: it moves by four pixels of the picture to either side.
const PLACES: usize = HALF - WINDOW + 1;
/// Places of a window.
pub(super) const WINDOWS: usize = PLACES * PLACES;
/// The place in the middle.
const MIDDLE: usize = WINDOWS / 2;
/// A window whose pixels deviate by less than this together, in levels of 255 at half resolution, is of one grey.
const LEAST_DEVIATION: f32 = 1.0;

/// A window with mean 0 and length 1: the product of two is their correlation.
pub(super) type Window = [f32; AREA];

/// A picture at half resolution.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thumbnail([f32; HALF * HALF]);

impl Thumbnail {
    pub(super) fn of(pixels: &[u8]) -> Self {
        Self(std::array::from_fn(|at| {
            let corner = at / HALF * 2 * SIDE + at % HALF * 2;
            [0, 1, SIDE, SIDE + 1].map(|next| f32::from(pixels[corner + next])).iter().sum::<f32>() / 4.0
        }))
    }

    /// The window at place `at`; none when it is of one grey.
    pub(super) fn window(&self, at: usize) -> Option<Window> {
        let corner = at / PLACES * HALF + at % PLACES;
        let mut window: Window = std::array::from_fn(|at| self.0[corner + at / WINDOW * HALF + at % WINDOW]);
        let mean = window.iter().sum::<f32>() / 400.0;
        window.iter_mut().for_each(|value| *value -= mean);
        let length = window.iter().map(|value| value * value).sum::<f32>().sqrt();
        window.iter_mut().for_each(|value| *value /= length);
        (length >= LEAST_DEVIATION).then_some(window)
    }

    pub(super) fn middle(&self) -> Option<Window> {
        self.window(MIDDLE)
    }

    pub(super) fn windows(&self) -> Vec<Window> {
        (0..WINDOWS).filter_map(|at| self.window(at)).collect()
    }
}

/// The highest correlation of one of `windows` with the middle of `other`, as it is and mirrored; -1 without any.
pub(super) fn correlation(windows: &[Window], other: &Thumbnail) -> f32 {
    let Some(middle) = other.middle() else { return -1.0 };
    let mut mirrored = middle;
    mirrored.chunks_exact_mut(WINDOW).for_each(<[f32]>::reverse);
    simd::run(Highest { windows, middles: &[middle, mirrored] })
}

/// The highest product of two vectors.
struct Highest<'a> {
    windows: &'a [Window],
    middles: &'a [Window],
}

impl WithSimd for Highest<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let mut highest = -1.0_f32;
        for middle in self.middles {
            let (middle, middle_rest) = S::as_simd_f32s(middle);
            for window in self.windows {
                let (window, window_rest) = S::as_simd_f32s(window);
                let mut sums = simd.splat_f32s(0.0);
                for (a, b) in window.iter().zip(middle) {
                    sums = simd.mul_add_e_f32s(*a, *b, sums);
                }
                let rest: f32 = window_rest.iter().zip(middle_rest).map(|(a, b)| a * b).sum();
                highest = highest.max(simd.reduce_sum_f32s(sums) + rest);
            }
        }
        highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_are_orthonormal() {
        let basis = Basis::new();
        for a in 0..2 * TERMS {
            assert!(basis.0.iter().map(|pixel| pixel[a]).sum::<f32>().abs() < 1e-4);
            for b in 0..2 * TERMS {
                let product: f32 = basis.0.iter().map(|pixel| pixel[a] * pixel[b]).sum();
                let expected = if a == b { 1.0 } else { 0.0 };
                assert!((product - expected).abs() < 1e-4, "{a}, {b}: {product}");
            }
        }
    }
}
