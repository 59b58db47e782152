//! A convolution and what follows it, in one: batch norm (or just a bias), `ReLU`, max pool.
//!
//! Maps are what training waits for, more than arithmetic. So each picture's moments are taken while its fresh
//! convolution is still in the cache, normalised maps are written pooled, and on the way back the gradient of the
//! convolution's output is never written at all: each picture's is made in a buffer and used up there.

use super::conv::Conv;
use super::norm::{Channel, Form, Norm, Pull, Statistics};
use super::pool::Pool;
use super::{maps, scratch};
use rayon::prelude::*;

/// Sizes and form of one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// The convolution.
    pub conv: Conv,
    /// What follows it.
    pub form: Form,
    /// Whether a 2x2 max pool comes last.
    pub pool: bool,
}

/// The weights of a block.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    /// The convolution's.
    pub weight: &'a [f32],
    /// Factor of each channel.
    pub scale: &'a [f32],
    /// Offset of each channel.
    pub shift: &'a [f32],
}

/// What the forward pass gives.
#[derive(Debug, Clone)]
pub struct Output {
    /// Of the block.
    pub output: Vec<f32>,
    /// Of the convolution, which the backward pass needs.
    pub convolved: Vec<f32>,
    /// Mean of each channel of `convolved`, then the (biased) variance of each; zeros where they aren't used.
    pub moments: Vec<f32>,
}

/// What the backward pass gives.
#[derive(Debug, Clone)]
pub struct BlockGradients {
    /// Towards the input, when it was asked for.
    pub input: Option<Vec<f32>>,
    /// Towards the convolution's weights.
    pub weight: Vec<f32>,
    /// Towards the factors.
    pub scale: Vec<f32>,
    /// Towards the offsets.
    pub shift: Vec<f32>,
}

impl Block {
    const fn norm(&self) -> Norm {
        Norm { batch: self.conv.batch, channels: self.conv.outputs, area: self.conv.area() }
    }

    const fn pooling(&self) -> Pool {
        let Conv { outputs, height, width, .. } = self.conv;
        Pool { planes: outputs, height, width }
    }

    /// Pixels of a channel of the output.
    const fn output_area(&self) -> usize {
        if self.pool { self.pooling().pooled() } else { self.conv.area() }
    }

    /// Numbers of a picture of the output.
    const fn output(&self) -> usize {
        self.conv.outputs * self.output_area()
    }

    /// Convolves, then normalises.
    #[must_use]
    pub fn forward(&self, input: &[f32], weights: Weights<'_>) -> Output {
        let (conv, norm) = (self.conv, self.norm());
        let packed = conv.packed(weights.weight);
        let mut convolved = maps::take(conv.batch * conv.output());
        let pictures = input.par_chunks(conv.input()).zip(convolved.par_chunks_mut(conv.output()));
        let moments = pictures.map(|(picture, convolved)| {
            conv.picture(picture, &packed, convolved);
            if self.form.normalise { norm.picture_moments(convolved) } else { Vec::new() }
        });
        let moments = moments.collect::<Vec<_>>();
        let moments = if self.form.normalise { norm.merge(&moments) } else { vec![0.0; 2 * conv.outputs] };
        let statistics = Statistics::new(&moments, weights.scale, weights.shift, self.form);
        let mut output = maps::take(conv.batch * self.output());
        let pictures = convolved.par_chunks(conv.output()).zip(output.par_chunks_mut(self.output()));
        pictures.for_each(|(convolved, output)| self.normalise(convolved, &statistics, output));
        Output { output, convolved, moments }
    }

    fn normalise(&self, convolved: &[f32], statistics: &Statistics, output: &mut [f32]) {
        let area = self.conv.area();
        let planes = convolved.chunks_exact(area).zip(output.chunks_exact_mut(self.output_area()));
        scratch::with([area], |[whole]| {
            for ((plane, output), channel) in planes.zip(&statistics.channels) {
                if self.pool {
                    channel.apply(plane, whole);
                    self.pooling().plane(whole, output);
                } else {
                    channel.apply(plane, output);
                }
            }
        });
    }

    /// The gradients, from `gradient` (the output's) and what the forward pass left.
    #[must_use]
    pub fn backward(
        &self,
        input: &[f32],
        weights: Weights<'_>,
        (convolved, moments): (&[f32], &[f32]),
        gradient: &[f32],
        input_wanted: bool,
    ) -> BlockGradients {
        let (conv, norm) = (self.conv, self.norm());
        let statistics = Statistics::new(moments, weights.scale, weights.shift, self.form);
        let pictures = convolved.par_chunks(conv.output()).zip(gradient.par_chunks(self.output()));
        let sums = pictures.map(|(convolved, gradient)| {
            self.per_plane(&statistics, convolved, gradient, |_, channel, plane, gradient| {
                channel.sums(plane, gradient)
            })
        });
        let (shift, scale) = norm.total(&sums.collect::<Vec<_>>());
        let pulls = statistics.pulls(norm.batch * norm.area, &scale, &shift);

        let turned = conv.turned();
        let packed = conv.packed_turned(weights.weight);
        let mut found = maps::take(if input_wanted { input.len() } else { 0 });
        let group = conv.group();
        let mut wanted: Vec<Option<&mut [f32]>> = found.chunks_mut(group * conv.input()).map(Some).collect();
        wanted.resize_with(conv.batch.div_ceil(group), || None);
        let groups = input.par_chunks(group * conv.input()).zip(convolved.par_chunks(group * conv.output()));
        let groups = groups.zip(gradient.par_chunks(group * self.output())).zip(wanted);
        let sums = groups.map(|(((inputs, convolved), gradients), mut found)| {
            conv.weight_sums(inputs, |at, pulled| {
                let convolved = &convolved[at * conv.output()..][..conv.output()];
                let gradient = &gradients[at * self.output()..][..self.output()];
                self.pull(&statistics, &pulls, convolved, gradient, pulled);
                if let Some(found) = &mut found {
                    turned.picture(pulled, &packed, &mut found[at * conv.input()..][..conv.input()]);
                }
            })
        });
        let weight = conv.weight_total(sums.collect());
        BlockGradients { input: input_wanted.then_some(found), weight, scale, shift }
    }

    /// One picture's gradient of the convolution's output.
    fn pull(&self, statistics: &Statistics, pulls: &[Pull], convolved: &[f32], gradient: &[f32], pulled: &mut [f32]) {
        let area = self.conv.area();
        self.per_plane(statistics, convolved, gradient, |at, channel, plane, gradient| {
            channel.pull(pulls[at], plane, gradient, &mut pulled[at * area..][..area]);
        });
    }

    /// Gives `work` each channel's number, statistics, plane and gradient before the pool.
    fn per_plane<T>(
        &self,
        statistics: &Statistics,
        convolved: &[f32],
        gradient: &[f32],
        mut work: impl FnMut(usize, Channel, &[f32], &[f32]) -> T,
    ) -> Vec<T> {
        let area = self.conv.area();
        let planes = convolved.chunks_exact(area).zip(gradient.chunks_exact(self.output_area()));
        let planes = planes.zip(&statistics.channels).enumerate();
        scratch::with([area, area], |[whole, spread]| {
            planes
                .map(|(at, ((plane, gradient), channel))| {
                    if !self.pool {
                        return work(at, *channel, plane, gradient);
                    }
                    channel.apply(plane, whole);
                    self.pooling().plane_backward(spread, whole, gradient);
                    work(at, *channel, plane, spread)
                })
                .collect()
        })
    }
}
