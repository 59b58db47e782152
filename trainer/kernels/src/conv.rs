//! 3x3 and 1x1 convolutions, stride 1, zeros around so that the map keeps its size, NCHW: forward and both gradients,
//! computed directly, picture by picture.
//!
//! The gradient towards the input is a forward convolution of the output's gradient with the kernel turned by half a
//! turn and its channels exchanged.

mod weights;

use super::{scratch, simd};
use crate::simd::{load, store};
use pulp::{Simd, WithSimd};
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
        Packed(pack(weight, self.outputs))
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

/// Sizes of padded maps.
#[derive(Debug, Clone, Copy)]
struct Padded {
    height: usize,
    width: usize,
    /// Pixels of zeros on each side.
    edge: usize,
    /// From a pixel to the one below.
    line: usize,
    /// Outputs computed for a channel, those of the zero column too; whole registers.
    span: usize,
}

impl Padded {
    const fn new(height: usize, width: usize, edge: usize) -> Self {
        let line = width + edge;
        Self { height, width, edge, line, span: (height * line).next_multiple_of(LANES) }
    }

    /// Numbers of one padded channel: as far as the last tap of the last output reaches.
    const fn plane(&self) -> usize {
        self.span + 2 * self.edge * (self.line + 1)
    }

    /// Pads the channels of one picture.
    fn fill(&self, picture: &[f32], padded: &mut [f32]) {
        let planes = padded.chunks_exact_mut(self.plane());
        for (plane, padded) in picture.chunks_exact(self.height * self.width).zip(planes) {
            let (above, rest) = padded.split_at_mut(self.edge * self.line);
            above.fill(0.0);
            let (lines, below) = rest.split_at_mut(self.height * self.line);
            for (line, source) in lines.chunks_exact_mut(self.line).zip(plane.chunks_exact(self.width)) {
                let (edge, line) = line.split_at_mut(self.edge);
                edge.fill(0.0);
                line.copy_from_slice(source);
            }
            below.fill(0.0);
        }
    }

    /// Takes the pixels out of one channel's computed outputs.
    fn extract(&self, computed: &[f32], plane: &mut [f32]) {
        for (line, computed) in plane.chunks_exact_mut(self.width).zip(computed.chunks_exact(self.line)) {
            line.copy_from_slice(&computed[..self.width]);
        }
    }
}

/// Output channels computed together.
const BLOCK: usize = 8;

/// Weights in the order the inner loop reads them: for every block of outputs, input channel and tap, the block's.
fn pack(weight: &[f32], outputs: usize) -> Vec<f32> {
    let depth = weight.len() / outputs;
    let mut packed = vec![0.0; outputs.div_ceil(BLOCK) * depth * BLOCK];
    for (output, row) in weight.chunks_exact(depth).enumerate() {
        let block = &mut packed[output / BLOCK * depth * BLOCK..][..depth * BLOCK];
        for (to, value) in block.chunks_exact_mut(BLOCK).zip(row) {
            to[output % BLOCK] = *value;
        }
    }
    packed
}

/// One block of output channels of one picture, with a kernel of `SIDE x SIDE`.
struct BlockOfChannels<'a, const SIDE: usize> {
    padded: &'a [f32],
    /// The block's packed weights.
    weight: &'a [f32],
    map: Padded,
    /// `BLOCK` rows of [`Padded::span`].
    computed: &'a mut [f32],
}

impl<const SIDE: usize> WithSimd for BlockOfChannels<'_, SIDE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut at = 0;
        // With 32 registers 8 x 3 sums, 3 inputs and a weight fit; with 16 registers half the channels at a time.
        while at + 3 * S::F32_LANES <= self.map.span {
            if S::REGISTER_COUNT >= 32 {
                self.tile::<S, 8, 3>(simd, 0, at);
            } else {
                self.tile::<S, 4, 3>(simd, 0, at);
                self.tile::<S, 4, 3>(simd, 4, at);
            }
            at += 3 * S::F32_LANES;
        }
        while at < self.map.span {
            self.tile::<S, 8, 1>(simd, 0, at);
            at += S::F32_LANES;
        }
    }
}

impl<const SIDE: usize> BlockOfChannels<'_, SIDE> {
    /// `CHANNELS` outputs from `first` on, `VECTORS` registers of pixels from `at` on.
    #[inline(always)]
    fn tile<S: Simd, const CHANNELS: usize, const VECTORS: usize>(&mut self, simd: S, first: usize, at: usize) {
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; CHANNELS];
        let planes = self.padded.chunks_exact(self.map.plane());
        for (plane, weight) in planes.zip(self.weight.chunks_exact(SIDE * SIDE * BLOCK)) {
            let (weight, _) = weight.as_chunks::<BLOCK>();
            for down in 0..SIDE {
                let line = &plane[at + down * self.map.line..][..VECTORS * S::F32_LANES + SIDE - 1];
                for right in 0..SIDE {
                    let weight = &weight[down * SIDE + right];
                    let pixels: [S::f32s; VECTORS] =
                        std::array::from_fn(|vector| load::<S>(line, right + vector * S::F32_LANES));
                    for channel in 0..CHANNELS {
                        let weight = simd.splat_f32s(weight[first + channel]);
                        for vector in 0..VECTORS {
                            sums[channel][vector] = simd.mul_add_e_f32s(weight, pixels[vector], sums[channel][vector]);
                        }
                    }
                }
            }
        }
        for (channel, sums) in sums.iter().enumerate() {
            let row = &mut self.computed[(first + channel) * self.map.span + at..][..VECTORS * S::F32_LANES];
            for (vector, sum) in sums.iter().enumerate() {
                store::<S>(row, vector * S::F32_LANES, *sum);
            }
        }
    }
}
