//! 3x3 convolution, stride 1, one pixel of zero padding, NCHW: forward and both gradients, computed directly.
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

/// Taps of a 3x3 kernel.
const TAPS: usize = 9;
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
}

impl Conv {
    const fn area(&self) -> usize {
        self.height * self.width
    }

    const fn map(&self) -> Padded {
        Padded::new(self.height, self.width, LANES)
    }

    /// `output = weight * input`: `input` is batch x inputs x height x width, `weight` outputs x inputs x 3 x 3.
    pub fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        let (area, map) = (self.area(), self.map());
        let packed = forward::pack(weight, self.outputs, self.inputs);
        let mut output = vec![0.0; self.batch * self.outputs * area];
        let pictures = input.par_chunks(self.inputs * area).zip(output.par_chunks_mut(self.outputs * area));
        pictures.for_each(|(picture, output)| {
            scratch::with([self.inputs * map.plane(), BLOCK * map.span, 0], |[padded, computed, _]| {
                map.fill(picture, padded);
                let blocks = output.chunks_mut(BLOCK * area).zip(packed.chunks_exact(self.inputs * TAPS * BLOCK));
                for (output, weight) in blocks {
                    simd::run(BlockOfChannels { padded, weight, map, computed });
                    for (plane, computed) in output.chunks_exact_mut(area).zip(computed.chunks_exact(map.span)) {
                        map.extract(computed, plane);
                    }
                }
            });
        });
        output
    }

    /// The gradient towards the input, from `gradient` (the output's) and `weight`.
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut turned = vec![0.0; weight.len()];
        for output in 0..self.outputs {
            for input in 0..self.inputs {
                for tap in 0..TAPS {
                    turned[(input * self.outputs + output) * TAPS + TAPS - 1 - tap] =
                        weight[(output * self.inputs + input) * TAPS + tap];
                }
            }
        }
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }.forward(gradient, &turned)
    }

    /// The gradient towards the weights, outputs x inputs x 3 x 3.
    #[must_use]
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let (area, map) = (self.area(), self.map());
        let depth = self.inputs * TAPS;
        let pitch = self.outputs.next_multiple_of(LANES);
        let pictures = input.par_chunks(self.inputs * area).zip(gradient.par_chunks(self.outputs * area));
        let sums = pictures
            .fold(
                || vec![0.0; depth * pitch],
                |mut sums, (picture, gradient)| {
                    scratch::with([self.inputs * map.plane(), area * pitch, 0], |[padded, pixels, _]| {
                        map.fill(picture, padded);
                        by_pixel(gradient, area, pixels, pitch);
                        simd::run(WeightSums { padded, map, width: self.width, pixels, pitch, sums: &mut sums });
                    });
                    sums
                },
            )
            .reduce(
                || vec![0.0; depth * pitch],
                |mut a, b| {
                    a.iter_mut().zip(&b).for_each(|(a, b)| *a += b);
                    a
                },
            );
        let mut turned = vec![0.0; depth * self.outputs];
        for (row, sums) in sums.chunks_exact(pitch).enumerate() {
            for (output, sum) in sums[..self.outputs].iter().enumerate() {
                turned[output * depth + row] = *sum;
            }
        }
        turned
    }
}
