//! 3x3 and 1x1 convolutions, stride 1, zeros around so that the map keeps its size, NCHW: forward and both gradients,
//! computed directly, picture by picture.
//!
//! The gradient towards the input is a forward convolution of the output's gradient with the kernel turned by half a
//! turn and its channels exchanged.

mod forward;
mod map;
mod weights;

use super::{scratch, simd};
use forward::{BLOCK, BlockOfChannels};
use map::Padded;
use rayon::prelude::*;
use weights::{WeightSums, by_pixel};

/// Numbers in the widest register there is; lengths rounded up to it suit the narrower ones too.
const LANES: usize = 16;

/// Sizes of one convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Pictures in the batch.
    pub batch: usize,
    /// Channels read.
    pub inputs: usize,
    /// Channels written.
    pub outputs: usize,
    /// Lines of a channel.
    pub height: usize,
    /// Pixels of a line.
    pub width: usize,
    /// Height and width of the kernel: 3 or 1.
    pub kernel: usize,
}

/// Weights as the forward pass reads them.
#[derive(Debug)]
pub(super) struct Packed(Vec<f32>);

impl Conv {
    /// Pixels of a channel.
    pub(super) const fn area(&self) -> usize {
        self.height * self.width
    }

    /// Numbers of a picture as read.
    pub(super) const fn input(&self) -> usize {
        self.inputs * self.area()
    }

    /// Numbers of a picture as written.
    pub(super) const fn output(&self) -> usize {
        self.outputs * self.area()
    }

    /// Weights of one output channel.
    const fn depth(&self) -> usize {
        self.inputs * self.kernel * self.kernel
    }

    /// Output channels rounded up to whole registers.
    const fn pitch(&self) -> usize {
        self.outputs.next_multiple_of(LANES)
    }

    const fn map(&self) -> Padded {
        Padded::new(self.height, self.width, self.kernel / 2)
    }

    /// `output = weight * input`: `input` is batch x inputs x height x width, `weight` outputs x inputs x kernel x
    /// kernel.
    #[must_use]
    pub fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        let packed = self.packed(weight);
        let mut output = vec![0.0; self.batch * self.output()];
        let pictures = input.par_chunks(self.input()).zip(output.par_chunks_mut(self.output()));
        pictures.for_each(|(picture, output)| self.picture(picture, &packed, output));
        output
    }

    /// The gradient towards the input, from `gradient` (the output's) and `weight`.
    #[must_use]
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        self.turned().forward(gradient, &self.turned_weight(weight))
    }

    /// The gradient towards the weights, in their shape.
    #[must_use]
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let group = self.group();
        let pictures = input.par_chunks(group * self.input()).zip(gradient.par_chunks(group * self.output()));
        let sums = pictures.map(|(pictures, gradients)| {
            let mut sums = self.weight_sums();
            for (picture, gradient) in pictures.chunks_exact(self.input()).zip(gradients.chunks_exact(self.output())) {
                self.add_weight_gradient(picture, gradient, &mut sums);
            }
            sums
        });
        self.weight_total(&sums.collect::<Vec<_>>())
    }

    /// Pictures that are summed up together. The number of sums doesn't depend on the threads, nor do their digits.
    pub(super) fn group(&self) -> usize {
        const SUMS: usize = 16;
        self.batch.div_ceil(SUMS).max(1)
    }

    pub(super) fn packed(&self, weight: &[f32]) -> Packed {
        Packed(forward::pack(weight, self.outputs))
    }

    /// The convolution of which this one's input gradient is the forward pass.
    pub(super) const fn turned(&self) -> Self {
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }
    }

    /// The weights of [`Self::turned`].
    pub(super) fn turned_weight(&self, weight: &[f32]) -> Vec<f32> {
        let taps = self.kernel * self.kernel;
        let mut turned = vec![0.0; weight.len()];
        for output in 0..self.outputs {
            for input in 0..self.inputs {
                for tap in 0..taps {
                    turned[(input * self.outputs + output) * taps + taps - 1 - tap] =
                        weight[(output * self.inputs + input) * taps + tap];
                }
            }
        }
        turned
    }

    /// The forward pass of one picture.
    pub(super) fn picture(&self, picture: &[f32], weight: &Packed, output: &mut [f32]) {
        let (area, map) = (self.area(), self.map());
        scratch::with([self.inputs * map.plane(), BLOCK * map.span], |[padded, computed]| {
            map.fill(picture, padded);
            let blocks = output.chunks_mut(BLOCK * area).zip(weight.0.chunks_exact(self.depth() * BLOCK));
            for (output, weight) in blocks {
                match self.kernel {
                    3 => simd::run(BlockOfChannels::<3> { padded, weight, map, computed }),
                    _ => simd::run(BlockOfChannels::<1> { padded, weight, map, computed }),
                }
                for (plane, computed) in output.chunks_exact_mut(area).zip(computed.chunks_exact(map.span)) {
                    map.extract(computed, plane);
                }
            }
        });
    }

    /// Zeros for [`Self::add_weight_gradient`].
    pub(super) fn weight_sums(&self) -> Vec<f32> {
        vec![0.0; self.depth() * self.pitch()]
    }

    /// Adds one picture's share.
    pub(super) fn add_weight_gradient(&self, picture: &[f32], gradient: &[f32], sums: &mut [f32]) {
        let (area, map, width, pitch) = (self.area(), self.map(), self.width, self.pitch());
        scratch::with([self.inputs * map.plane(), area * pitch], |[padded, pixels]| {
            map.fill(picture, padded);
            by_pixel(gradient, area, pixels, pitch);
            match self.kernel {
                3 => simd::run(WeightSums::<3> { padded, map, width, pixels, pitch, sums }),
                _ => simd::run(WeightSums::<1> { padded, map, width, pixels, pitch, sums }),
            }
        });
    }

    /// The weight gradient from the sums over some pictures each.
    pub(super) fn weight_total(&self, sums: &[Vec<f32>]) -> Vec<f32> {
        let (depth, pitch) = (self.depth(), self.pitch());
        let mut total = vec![0.0; depth * self.outputs];
        let mut line = vec![0.0; self.outputs];
        for row in 0..depth {
            line.fill(0.0);
            for sums in sums {
                line.iter_mut().zip(&sums[row * pitch..]).for_each(|(line, sum)| *line += sum);
            }
            for (output, sum) in line.iter().enumerate() {
                total[output * depth + row] = *sum;
            }
        }
        total
    }
}
