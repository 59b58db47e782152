//! What batch normalisation does with one channel of one picture.

use crate::kernels::simd;
use pulp::{Simd, WithSimd};

/// Numbers summed side by side, so that the compiler keeps them in vector registers.
const LANES: usize = 16;

/// One channel's numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::kernels) struct Channel {
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
pub(in crate::kernels) struct Pull {
    pub(super) tilt: f32,
    pub(super) level: f32,
}

impl Channel {
    /// `max(floor, x * slope + offset)`.
    pub(in crate::kernels) fn apply(self, plane: &[f32], output: &mut [f32]) {
        simd::run(Apply { channel: self, plane, output });
    }

    /// The sums of `gradient` and of `gradient * (x - mean) * inverse` where the output was above the floor.
    pub(in crate::kernels) fn sums(self, plane: &[f32], gradient: &[f32]) -> (f32, f32) {
        simd::run(Sums { channel: self, plane, gradient })
    }

    /// The input's gradient.
    pub(in crate::kernels) fn pull(self, pull: Pull, plane: &[f32], gradient: &[f32], found: &mut [f32]) {
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
    fn with_simd<S: Simd>(self, _: S) -> (f32, f32) {
        let channel = self.channel;
        sums(self.plane, self.gradient, |x, gradient| {
            let gradient = channel.gate(x, gradient);
            (gradient, gradient * (x - channel.mean) * channel.inverse)
        })
    }
}

struct Spread<'a> {
    plane: &'a [f32],
}

impl WithSimd for Spread<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (f32, f32) {
        let pivot = self.plane.first().copied().unwrap_or(0.0);
        sums(self.plane, self.plane, |x, _| (x - pivot, (x - pivot) * (x - pivot)))
    }
}

/// Sums the pairs `f` makes of two equally long slices, in independent lanes.
#[inline(always)]
fn sums(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> (f32, f32)) -> (f32, f32) {
    let mut first = [0.0; LANES];
    let mut second = [0.0; LANES];
    let ((a_lanes, a_rest), (b_lanes, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..LANES {
            let (x, y) = f(a[lane], b[lane]);
            first[lane] += x;
            second[lane] += y;
        }
    }
    let total = (first.iter().sum(), second.iter().sum());
    a_rest.iter().zip(b_rest).fold(total, |(sum, other), (a, b)| {
        let (x, y) = f(*a, *b);
        (sum + x, other + y)
    })
}
