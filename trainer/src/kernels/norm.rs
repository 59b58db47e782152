//! Batch normalisation in one pass, with ReLU or without, NCHW (Ioffe & Szegedy 2015), forward and backward.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "counts below 2^52 and sums kept in f64 become f32 at the end, once"
)]

use rayon::prelude::*;

/// Numbers summed side by side, so that the compiler keeps them in vector registers.
const LANES: usize = 16;

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

/// One channel's numbers.
#[derive(Debug, Clone, Copy)]
struct Channel {
    mean: f32,
    /// 1 / sqrt(variance + epsilon).
    inverse: f32,
    /// `inverse * scale`.
    slope: f32,
    /// `shift - mean * slope`.
    offset: f32,
}

/// What is the same for all channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    /// Added to the variance before the root.
    pub epsilon: f32,
    /// What comes out is no smaller: 0 makes a ReLU of it, negative infinity leaves it as it is.
    pub floor: f32,
}

/// Moments and parameters of every channel, ready to use.
#[derive(Debug, Clone)]
pub struct Statistics {
    channels: Vec<Channel>,
    floor: f32,
}

impl Statistics {
    /// From `moments` as [`Norm::moments`] gives them, and one `scale` and `shift` a channel.
    #[must_use]
    pub fn new(moments: &[f32], scale: &[f32], shift: &[f32], form: Form) -> Self {
        let (means, variances) = moments.split_at(moments.len() / 2);
        let channels = means.iter().zip(variances).zip(scale.iter().zip(shift));
        let channels = channels
            .map(|((&mean, variance), (scale, shift))| {
                let inverse = 1.0 / (variance + form.epsilon).sqrt();
                let slope = inverse * scale;
                Channel { mean, inverse, slope, offset: shift - mean * slope }
            })
            .collect();
        Self { channels, floor: form.floor }
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
    /// Mean of each channel over batch and pixels, then the (biased) variance of each.
    #[must_use]
    pub fn moments(&self, input: &[f32]) -> Vec<f32> {
        let count = (self.batch * self.area) as f64;
        let (mut means, variances): (Vec<f32>, Vec<f32>) = (0..self.channels)
            .into_par_iter()
            .map(|channel| {
                // Around the first pixel, so that a large mean does not eat the variance's digits.
                let pivot = input[channel * self.area];
                let (sum, squares) = self.planes(input, channel).fold((0.0, 0.0), |(sum, squares), plane| {
                    let (s, q) = sums(plane, plane, |x, _| (x - pivot, (x - pivot) * (x - pivot)));
                    (sum + f64::from(s), squares + f64::from(q))
                });
                let offset = sum / count;
                ((f64::from(pivot) + offset) as f32, (squares / count - offset * offset).max(0.0) as f32)
            })
            .unzip();
        means.extend(variances);
        means
    }

    /// `max(floor, (input - mean) / sqrt(variance + epsilon) * scale + shift)`, channel by channel.
    #[must_use]
    pub fn forward(&self, input: &[f32], statistics: &Statistics) -> Vec<f32> {
        let mut output = vec![0.0; input.len()];
        let picture = self.channels * self.area;
        output.par_chunks_mut(picture).zip(input.par_chunks(picture)).for_each(|(output, input)| {
            let planes = output.chunks_exact_mut(self.area).zip(input.chunks_exact(self.area));
            for ((output, input), channel) in planes.zip(&statistics.channels) {
                for (output, x) in output.iter_mut().zip(input) {
                    *output = (x * channel.slope + channel.offset).max(statistics.floor);
                }
            }
        });
        output
    }

    /// The gradients, with mean and variance taken as functions of the input.
    #[must_use]
    pub fn backward(&self, input: &[f32], gradient: &[f32], statistics: &Statistics) -> NormGradients {
        let (shift, scale): (Vec<f32>, Vec<f32>) = (0..self.channels)
            .into_par_iter()
            .map(|index| {
                let channel = statistics.channels[index];
                let planes = self.planes(input, index).zip(self.planes(gradient, index));
                planes.fold((0.0, 0.0), |(shift, scale), (input, gradient)| {
                    let (a, b) = sums(input, gradient, |x, gradient| {
                        let gradient = channel.gate(x, gradient, statistics.floor);
                        (gradient, gradient * (x - channel.mean) * channel.inverse)
                    });
                    (shift + a, scale + b)
                })
            })
            .unzip();
        let count = (self.batch * self.area) as f32;
        let mut found = vec![0.0; input.len()];
        let picture = self.channels * self.area;
        let pictures = found.par_chunks_mut(picture).zip(input.par_chunks(picture)).zip(gradient.par_chunks(picture));
        pictures.for_each(|((found, input), gradient)| {
            let planes = found.chunks_exact_mut(self.area).zip(input.chunks_exact(self.area));
            for (index, ((found, input), gradient)) in planes.zip(gradient.chunks_exact(self.area)).enumerate() {
                let channel = statistics.channels[index];
                // slope * (g - mean(g) - xhat * mean(g * xhat)), with xhat = (x - mean) * inverse.
                let tilt = channel.inverse * scale[index] / count;
                let level = shift[index] / count - channel.mean * tilt;
                for ((found, x), gradient) in found.iter_mut().zip(input).zip(gradient) {
                    *found = channel.slope * (channel.gate(*x, *gradient, statistics.floor) - level - x * tilt);
                }
            }
        });
        NormGradients { input: found, scale, shift }
    }

    fn planes<'a>(&self, values: &'a [f32], channel: usize) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let (batch, channels, area) = (self.batch, self.channels, self.area);
        (0..batch).map(move |picture| &values[(picture * channels + channel) * area..][..area])
    }
}

impl Channel {
    /// The gradient passes where the output was above the floor.
    fn gate(self, x: f32, gradient: f32, floor: f32) -> f32 {
        if x * self.slope + self.offset > floor { gradient } else { 0.0 }
    }
}

/// Sums the pairs `f` makes of two equally long slices, in independent lanes.
#[inline]
fn sums(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> (f32, f32)) -> (f32, f32) {
    let mut first = [0.0; LANES];
    let mut second = [0.0; LANES];
    let (a_lanes, b_lanes) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_lanes.remainder().iter().zip(b_lanes.remainder());
    for (a, b) in a_lanes.zip(b_lanes) {
        for lane in 0..LANES {
            let (x, y) = f(a[lane], b[lane]);
            first[lane] += x;
            second[lane] += y;
        }
    }
    let total = (first.iter().sum(), second.iter().sum());
    rest.fold(total, |(sum, other), (a, b)| {
        let (x, y) = f(*a, *b);
        (sum + x, other + y)
    })
}
