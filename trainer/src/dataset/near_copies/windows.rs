//! A picture at half resolution and the windows of it that are compared.

use crate::dataset::SIDE;
use kernels::simd;
use pulp::{Simd, WithSimd};

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
