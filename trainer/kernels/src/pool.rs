//! Max pooling, 2x2 with stride 2, NCHW, forward and backward.

use super::{maps, simd};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Planes handed to a thread at a time.
const BLOCK: usize = 16;

/// Sizes of one pooling; the last line and pixel of odd sizes are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Pictures times channels.
    pub planes: usize,
    /// Lines of a plane.
    pub height: usize,
    /// Pixels of a line.
    pub width: usize,
}

impl Pool {
    const fn area(&self) -> usize {
        self.height * self.width
    }

    pub(super) const fn pooled(&self) -> usize {
        (self.height / 2) * (self.width / 2)
    }

    /// The largest of each four.
    #[must_use]
    pub fn forward(&self, input: &[f32]) -> Vec<f32> {
        let mut output = maps::take(self.planes * self.pooled());
        let blocks = output.par_chunks_mut(BLOCK * self.pooled()).zip(input.par_chunks(BLOCK * self.area()));
        blocks.for_each(|(output, input)| {
            for (output, plane) in output.chunks_exact_mut(self.pooled()).zip(input.chunks_exact(self.area())) {
                self.plane(plane, output);
            }
        });
        output
    }

    /// Puts each gradient where its maximum came from; among equals, on the first.
    #[must_use]
    pub fn backward(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let mut found = maps::take(self.planes * self.area());
        found
            .par_chunks_mut(BLOCK * self.area())
            .zip(input.par_chunks(BLOCK * self.area()))
            .zip(gradient.par_chunks(BLOCK * self.pooled()))
            .for_each(|((found, input), gradient)| {
                let planes = found.chunks_exact_mut(self.area()).zip(input.chunks_exact(self.area()));
                for ((found, input), gradient) in planes.zip(gradient.chunks_exact(self.pooled())) {
                    self.plane_backward(found, input, gradient);
                }
            });
        found
    }

    /// [`Self::forward`] of one plane.
    pub(super) fn plane(&self, plane: &[f32], output: &mut [f32]) {
        simd::run(Forward { width: self.width, plane, output });
    }

    /// [`Self::backward`] of one plane.
    pub(super) fn plane_backward(&self, found: &mut [f32], plane: &[f32], gradient: &[f32]) {
        simd::run(BackwardPass { width: self.width, found, plane, gradient });
    }
}

struct Forward<'a> {
    width: usize,
    plane: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let lines = self.plane.chunks_exact(2 * self.width);
        for (output, lines) in self.output.chunks_exact_mut(self.width / 2).zip(lines) {
            let (upper, lower) = lines.split_at(self.width);
            let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
            for (output, ([a, b], [c, d])) in output.iter_mut().zip(pairs) {
                *output = larger(larger(*a, *b), larger(*c, *d));
            }
        }
    }
}

struct BackwardPass<'a> {
    width: usize,
    found: &'a mut [f32],
    plane: &'a [f32],
    gradient: &'a [f32],
}

impl WithSimd for BackwardPass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { width, found, plane, gradient } = self;
        let dropped = gradient.len() / (width / 2).max(1) * 2 * width;
        found[dropped..].fill(0.0);
        let lines = found.chunks_exact_mut(2 * width).zip(plane.chunks_exact(2 * width));
        for ((found, lines), gradient) in lines.zip(gradient.chunks_exact(width / 2)) {
            let (found_upper, found_lower) = found.split_at_mut(width);
            let (upper, lower) = lines.split_at(width);
            if width % 2 == 1 {
                found_upper[width - 1] = 0.0;
                found_lower[width - 1] = 0.0;
            }
            let (to_upper, to_lower) = (found_upper.as_chunks_mut().0, found_lower.as_chunks_mut().0);
            let windows = Windows { upper: upper.as_chunks().0, lower: lower.as_chunks().0, gradient };
            let done = windows.give::<8>(0, to_upper, to_lower);
            let done = windows.give::<4>(done, to_upper, to_lower);
            windows.give::<1>(done, to_upper, to_lower);
        }
    }
}

/// The 2x2 windows of two lines.
struct Windows<'a> {
    upper: &'a [[f32; 2]],
    lower: &'a [[f32; 2]],
    gradient: &'a [f32],
}

impl Windows<'_> {
    /// Hands out the gradients of the windows from `from` on, `N` at a time; gives the first window left over.
    ///
    /// Through arrays on the stack and without a branch: only so does the compiler use vector registers.
    #[inline(always)]
    fn give<const N: usize>(&self, from: usize, to_upper: &mut [[f32; 2]], to_lower: &mut [[f32; 2]]) -> usize {
        let mut at = from;
        while at + N <= self.gradient.len() {
            let (mut upper, mut lower, mut left) = ([[0.0; 2]; N], [[0.0; 2]; N], [0.0; N]);
            upper.copy_from_slice(&self.upper[at..at + N]);
            lower.copy_from_slice(&self.lower[at..at + N]);
            left.copy_from_slice(&self.gradient[at..at + N]);
            let (mut shares_upper, mut shares_lower) = ([[0.0; 2]; N], [[0.0; 2]; N]);
            for window in 0..N {
                let ([a, b], [c, d]) = (upper[window], lower[window]);
                let high = larger(larger(a, b), larger(c, d));
                let mut left = left[window];
                let [first, second, third] = [a, b, c].map(|value| {
                    let wins = value >= high;
                    let given = if wins { left } else { 0.0 };
                    left = if wins { 0.0 } else { left };
                    given
                });
                shares_upper[window] = [first, second];
                shares_lower[window] = [third, left];
            }
            to_upper[at..at + N].copy_from_slice(&shares_upper);
            to_lower[at..at + N].copy_from_slice(&shares_lower);
            at += N;
        }
        at
    }
}

/// One comparison, where `f32::max` has a second for what is no number.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
