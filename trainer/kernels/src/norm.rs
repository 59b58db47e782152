//! Batch normalisation, with ReLU or without, NCHW (Ioffe & Szegedy 2015), forward and backward.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "counts below 2^52 and sums kept in f64 become f32 at the end, once"
)]

use crate::{maps, simd};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Sizes of one normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Norm {
    /// Pictures in the batch.
    pub batch: usize,
    /// Channels.
    pub channels: usize,
    /// Pixels of a channel.
    pub area: usize,
}

/// What is the same for all channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    /// Added to the variance before the root.
    pub epsilon: f32,
    /// What comes out is no smaller: 0 makes a ReLU of it, negative infinity leaves it as it is.
    pub floor: f32,
    /// Whether mean and variance are the batch's. If not they are taken as 0 and 1 less epsilon, and what is left is
    /// a factor and an offset for each channel.
    pub normalise: bool,
}

/// Moments and parameters of every channel, ready to use.
#[derive(Debug, Clone)]
pub struct Statistics {
    pub(super) channels: Vec<Channel>,
    normalise: bool,
}

impl Statistics {
    /// From `moments` as [`Norm::moments`] gives them, and one `scale` and `shift` a channel.
    #[must_use]
    pub fn new(moments: &[f32], scale: &[f32], shift: &[f32], form: Form) -> Self {
        let (means, variances) = moments.split_at(moments.len() / 2);
        let channels = means.iter().zip(variances).zip(scale.iter().zip(shift));
        let channels = channels.map(|((mean, variance), (scale, shift))| {
            let (mean, inverse) =
                if form.normalise { (*mean, 1.0 / (variance + form.epsilon).sqrt()) } else { (0.0, 1.0) };
            let slope = inverse * scale;
            Channel { mean, inverse, slope, offset: shift - mean * slope, floor: form.floor }
        });
        Self { channels: channels.collect(), normalise: form.normalise }
    }

    /// What each channel's input gradient owes to the moments, from the gradients towards scale and shift.
    pub(super) fn pulls(&self, count: usize, scale: &[f32], shift: &[f32]) -> Vec<Pull> {
        let count = count as f32;
        let channels = self.channels.iter().zip(scale.iter().zip(shift));
        channels
            .map(|(channel, (scale, shift))| {
                if !self.normalise {
                    return Pull { tilt: 0.0, level: 0.0 };
                }
                // slope * (g - mean(g) - xhat * mean(g * xhat)), with xhat = (x - mean) * inverse.
                let tilt = channel.inverse * scale / count;
                Pull { tilt, level: shift / count - channel.mean * tilt }
            })
            .collect()
    }
}

/// What the backward pass gives.
#[derive(Debug, Clone)]
pub struct NormGradients {
    /// Towards the input, in its shape.
    pub input: Vec<f32>,
    /// Towards the scale, one a channel.
    pub scale: Vec<f32>,
    /// Towards the shift, one a channel.
    pub shift: Vec<f32>,
}

impl Norm {
    const fn picture(&self) -> usize {
        self.channels * self.area
    }

    /// Mean of each channel over batch and pixels, then the (biased) variance of each.
    #[must_use]
    pub fn moments(&self, input: &[f32]) -> Vec<f32> {
        self.merge(&input.par_chunks(self.picture()).map(|picture| self.picture_moments(picture)).collect::<Vec<_>>())
    }

    /// Mean and variance of each channel of one picture.
    pub(super) fn picture_moments(&self, picture: &[f32]) -> Vec<(f64, f64)> {
        let count = self.area as f64;
        let planes = picture.chunks_exact(self.area);
        planes
            .map(|plane| {
                let (sum, squares) = simd::run(Spread { plane });
                let offset = f64::from(sum) / count;
                (f64::from(plane[0]) + offset, f64::from(squares) / count - offset * offset)
            })
            .collect()
    }

    /// The batch's moments from those of its pictures: the variance is the mean variance and the means' variance.
    pub(super) fn merge(&self, pictures: &[Vec<(f64, f64)>]) -> Vec<f32> {
        let count = pictures.len() as f64;
        let mut means = vec![0.0; self.channels];
        let mut variances = vec![0.0; self.channels];
        for channel in 0..self.channels {
            let mean = pictures.iter().map(|picture| picture[channel].0).sum::<f64>() / count;
            let variance = pictures.iter().map(|picture| picture[channel].1 + (picture[channel].0 - mean).powi(2));
            means[channel] = mean as f32;
            variances[channel] = (variance.sum::<f64>() / count).max(0.0) as f32;
        }
        means.extend(variances);
        means
    }

    /// `max(floor, (input - mean) / sqrt(variance + epsilon) * scale + shift)`, channel by channel.
    #[must_use]
    pub fn forward(&self, input: &[f32], statistics: &Statistics) -> Vec<f32> {
        let mut output = maps::take(input.len());
        let pictures = output.par_chunks_mut(self.picture()).zip(input.par_chunks(self.picture()));
        pictures.for_each(|(output, input)| {
            let planes = output.chunks_exact_mut(self.area).zip(input.chunks_exact(self.area));
            for ((output, input), channel) in planes.zip(&statistics.channels) {
                channel.apply(input, output);
            }
        });
        output
    }

    /// The gradients, with mean and variance taken as functions of the input.
    #[must_use]
    pub fn backward(&self, input: &[f32], gradient: &[f32], statistics: &Statistics) -> NormGradients {
        let pictures = input.par_chunks(self.picture()).zip(gradient.par_chunks(self.picture()));
        let sums = pictures.map(|(input, gradient)| {
            let planes = input.chunks_exact(self.area).zip(gradient.chunks_exact(self.area));
            planes.zip(&statistics.channels).map(|((x, gradient), channel)| channel.sums(x, gradient)).collect()
        });
        let (shift, scale) = self.total(&sums.collect::<Vec<_>>());
        let pulls = statistics.pulls(self.batch * self.area, &scale, &shift);
        let mut found = maps::take(input.len());
        let pictures = input.par_chunks(self.picture()).zip(gradient.par_chunks(self.picture()));
        pictures.zip(found.par_chunks_mut(self.picture())).for_each(|((input, gradient), found)| {
            let planes = input.chunks_exact(self.area).zip(gradient.chunks_exact(self.area));
            let channels = statistics.channels.iter().zip(&pulls);
            for (((x, gradient), found), (channel, pull)) in planes.zip(found.chunks_exact_mut(self.area)).zip(channels)
            {
                channel.pull(*pull, x, gradient, found);
            }
        });
        NormGradients { input: found, scale, shift }
    }

    /// The sums of all pictures' [`Channel::sums`].
    pub(super) fn total(&self, pictures: &[Vec<(f32, f32)>]) -> (Vec<f32>, Vec<f32>) {
        let sum = |channel: usize, which: fn(&(f32, f32)) -> f32| {
            pictures.iter().map(|picture| f64::from(which(&picture[channel]))).sum::<f64>() as f32
        };
        (0..self.channels).map(|channel| (sum(channel, |sums| sums.0), sum(channel, |sums| sums.1))).unzip()
    }
}

/// One channel's numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channel {
    mean: f32,
    /// 1 / sqrt(variance + epsilon).
    inverse: f32,
    /// `inverse * scale`.
    slope: f32,
    /// `shift - mean * slope`.
    offset: f32,
    /// What comes out is no smaller.
    floor: f32,
}

/// What a channel's input gradient owes to the moments: `slope * (gradient - level - x * tilt)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull {
    tilt: f32,
    level: f32,
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
        let mut add = |which: usize, x, gradient| {
            let [sum, product] = &mut totals[which];
            let passes = simd.greater_than_f32s(simd.mul_add_e_f32s(x, slope_all, offset_all), floor_all);
            let gradient = simd.select_f32s(passes, gradient, zero);
            *sum = simd.add_f32s(*sum, gradient);
            *product = simd.mul_add_e_f32s(gradient, simd.sub_f32s(x, mean_all), *product);
        };
        let ((pairs, last), (gradients, last_gradient)) = (plane.as_chunks::<2>(), gradient.as_chunks::<2>());
        for (&[x, other], &[gradient, other_gradient]) in pairs.iter().zip(gradients) {
            add(0, x, gradient);
            add(1, other, other_gradient);
        }
        last.iter().zip(last_gradient).for_each(|(&x, &gradient)| add(0, x, gradient));
        let [mut sum, mut product] = reduced(simd, totals);
        for (&x, &gradient) in rest.iter().zip(gradient_rest) {
            let gradient = self.channel.gate(x, gradient);
            sum += gradient;
            product += gradient * (x - mean);
        }
        (sum, product * inverse)
    }
}

/// The sums of `x - pivot` and of its square, with the plane's first pixel as the pivot: around it, a large mean does
/// not eat the variance's digits.
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
        let mut add = |which: usize, x| {
            let [sum, squares] = &mut totals[which];
            let x = simd.sub_f32s(x, pivot_all);
            *sum = simd.add_f32s(*sum, x);
            *squares = simd.mul_add_e_f32s(x, x, *squares);
        };
        let (pairs, last) = plane.as_chunks::<2>();
        for &[x, other] in pairs {
            add(0, x);
            add(1, other);
        }
        last.iter().for_each(|&x| add(0, x));
        let [sum, squares] = reduced(simd, totals);
        rest.iter().fold((sum, squares), |(sum, squares), x| (sum + x - pivot, squares + (x - pivot) * (x - pivot)))
    }
}

#[inline(always)]
fn reduced<S: Simd>(simd: S, [a, b]: [[S::f32s; 2]; 2]) -> [f32; 2] {
    [0, 1].map(|which| simd.reduce_sum_f32s(simd.add_f32s(a[which], b[which])))
}
