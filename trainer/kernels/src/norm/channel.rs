//! What batch normalisation does with one channel of one picture.

use crate::simd;
use pulp::{Simd, WithSimd};

/// One channel's numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channel {
    pub(super) mean: f32,
    /// 1 / sqrt(variance + epsilon).
    pub(super) inverse: f32,
    /// `inverse * scale`.
    pub(super) slope: f32,
    /// `shift - mean * slope`.
    pub(super) offset: f32,
    /// What comes out is no smaller.
    pub(super) floor: f32,
}

/// What a channel's input gradient owes to the moments: `slope * (gradient - level - x * tilt)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull {
    pub(super) tilt: f32,
    pub(super) level: f32,
}

impl Channel {
    /// `max(floor, x * slope + offset)`.
    pub(crate) fn apply(self, plane: &[f32], output: &mut [f32]) {
        simd::run(Apply { channel: self, plane, output });
    }

    /// The sums of `gradient` and of `gradient * (x - mean) * inverse` where the output was above the floor.
    pub(crate) fn sums(self, plane: &[f32], gradient: &[f32]) -> (f32, f32) {
        simd::run(Sums { channel: self, plane, gradient })
    }

    /// The input's gradient.
    pub(crate) fn pull(self, pull: Pull, plane: &[f32], gradient: &[f32], found: &mut [f32]) {
        simd::run(PullBack { channel: self, pull, plane, gradient, found });
    }

    /// The gradient passes where the output was above the floor.
    #[inline(always)]
    fn gate(self, x: f32, gradient: f32) -> f32 {
        if x * self.slope + self.offset > self.floor { gradient } else { 0.0 }
    }
}

/// The sums of `x - pivot` and of its square, with the plane's first pixel as the pivot: around it, a large mean does
/// not eat the variance's digits.
pub(super) fn spread(plane: &[f32]) -> (f32, f32) {
    simd::run(Spread { plane })
}

struct Apply<'a> {
    channel: Channel,
    plane: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Channel { slope, offset, floor, .. } = self.channel;
        for (output, x) in self.output.iter_mut().zip(self.plane) {
            *output = (x * slope + offset).max(floor);
        }
    }
}

struct PullBack<'a> {
    channel: Channel,
    pull: Pull,
    plane: &'a [f32],
    gradient: &'a [f32],
    found: &'a mut [f32],
}

impl WithSimd for PullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { channel, pull: Pull { tilt, level }, plane, gradient, found } = self;
        for ((found, x), gradient) in found.iter_mut().zip(plane).zip(gradient) {
            *found = channel.slope * (channel.gate(*x, *gradient) - level - x * tilt);
        }
    }
}

struct Sums<'a> {
    channel: Channel,
    plane: &'a [f32],
    gradient: &'a [f32],
}

impl WithSimd for Sums<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let Channel { slope, offset, floor, mean, inverse } = self.channel;
        let [slope_all, offset_all, floor_all, mean_all, zero] =
            [slope, offset, floor, mean, 0.0].map(|number| simd.splat_f32s(number));
        let (plane, rest) = S::as_simd_f32s(self.plane);
        let (gradient, gradient_rest) = S::as_simd_f32s(self.gradient);
        // Two of each, as an addition waits for the one before.
        let mut totals = [[zero; 2]; 2];
        for (at, (&x, &gradient)) in plane.iter().zip(gradient).enumerate() {
            let [sum, product] = &mut totals[at % 2];
            let passes = simd.greater_than_f32s(simd.mul_add_e_f32s(x, slope_all, offset_all), floor_all);
            let gradient = simd.select_f32s(passes, gradient, zero);
            *sum = simd.add_f32s(*sum, gradient);
            *product = simd.mul_add_e_f32s(gradient, simd.sub_f32s(x, mean_all), *product);
        }
        let [mut sum, mut product] = reduced(simd, totals);
        for (&x, &gradient) in rest.iter().zip(gradient_rest) {
            let gradient = self.channel.gate(x, gradient);
            sum += gradient;
            product += gradient * (x - mean);
        }
        (sum, product * inverse)
    }
}

struct Spread<'a> {
    plane: &'a [f32],
}

impl WithSimd for Spread<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let pivot = self.plane.first().copied().unwrap_or(0.0);
        let (pivot_all, zero) = (simd.splat_f32s(pivot), simd.splat_f32s(0.0));
        let (plane, rest) = S::as_simd_f32s(self.plane);
        let mut totals = [[zero; 2]; 2];
        for (at, &x) in plane.iter().enumerate() {
            let [sum, squares] = &mut totals[at % 2];
            let x = simd.sub_f32s(x, pivot_all);
            *sum = simd.add_f32s(*sum, x);
            *squares = simd.mul_add_e_f32s(x, x, *squares);
        }
        let [sum, squares] = reduced(simd, totals);
        rest.iter().fold((sum, squares), |(sum, squares), x| (sum + x - pivot, squares + (x - pivot) * (x - pivot)))
    }
}

#[inline(always)]
fn reduced<S: Simd>(simd: S, [a, b]: [[S::f32s; 2]; 2]) -> [f32; 2] {
    [0, 1].map(|which| simd.reduce_sum_f32s(simd.add_f32s(a[which], b[which])))
}
