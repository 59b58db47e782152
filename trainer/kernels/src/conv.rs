//! 3x3 and 1x1 convolutions, stride 1, zeros around so that the map keeps its size, NCHW: forward and both gradients,
//! computed directly, picture by picture.
//!
//! The gradient towards the input is a forward convolution of the output's gradient with the kernel turned by half a
//! turn and its channels exchanged.

mod padded;
mod weights;

use super::{maps, scratch, simd};
use crate::simd::{load, store};
use padded::Padded;
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

impl Drop for Packed {
    fn drop(&mut self) {
        maps::keep(std::mem::take(&mut self.0));
    }
}

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
        self.forward_packed(input, &self.packed(weight))
    }

    fn forward_packed(&self, input: &[f32], packed: &Packed) -> Vec<f32> {
        let mut output = maps::take(self.batch * self.output());
        let pictures = input.par_chunks(self.input()).zip(output.par_chunks_mut(self.output()));
        pictures.for_each(|(picture, output)| self.picture(picture, packed, output));
        output
    }

    /// The gradient towards the input, from `gradient` (the output's) and `weight`.
    #[must_use]
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        self.turned().forward_packed(gradient, &self.packed_turned(weight))
    }

    /// The gradient towards the weights, in their shape.
    #[must_use]
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let group = self.group();
        let groups = input.par_chunks(group * self.input()).zip(gradient.par_chunks(group * self.output()));
        let sums = groups.map(|(pictures, gradients)| {
            let gradient = |at| &gradients[at * self.output()..][..self.output()];
            self.weight_sums(pictures, |at, found| found.copy_from_slice(gradient(at)))
        });
        self.weight_total(sums.collect())
    }

    /// Pictures that are summed up together. The number of sums doesn't depend on the threads, nor do their digits.
    pub(super) fn group(&self) -> usize {
        const SUMS: usize = 16;
        self.batch.div_ceil(SUMS).max(1)
    }

    pub(super) fn packed(&self, weight: &[f32]) -> Packed {
        self.pack(weight, |output, input| output * self.inputs + input, false)
    }

    /// The convolution of which this one's input gradient is the forward pass.
    pub(super) const fn turned(&self) -> Self {
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }
    }

    /// The weights of [`Self::turned`], from this one's.
    pub(super) fn packed_turned(&self, weight: &[f32]) -> Packed {
        self.turned().pack(weight, |output, input| input * self.inputs + output, true)
    }

    /// Weights in the order the inner loop reads them: for every block of outputs, input channel and tap, the block's.
    /// `kernel_at` says where the kernel of an output and an input lies.
    fn pack(&self, weight: &[f32], kernel_at: impl Fn(usize, usize) -> usize + Sync, turned: bool) -> Packed {
        let taps = self.kernel * self.kernel;
        let mut packed = maps::take(self.outputs.div_ceil(BLOCK) * self.depth() * BLOCK);
        packed.par_chunks_mut(self.depth() * BLOCK).enumerate().for_each(|(block, packed)| {
            for (input, packed) in packed.chunks_exact_mut(taps * BLOCK).enumerate() {
                let (packed, _) = packed.as_chunks_mut::<BLOCK>();
                for at in 0..BLOCK {
                    let output = block * BLOCK + at;
                    if output >= self.outputs {
                        packed.iter_mut().for_each(|packed| packed[at] = 0.0);
                        continue;
                    }
                    let kernel = &weight[kernel_at(output, input) * taps..][..taps];
                    for (tap, packed) in packed.iter_mut().enumerate() {
                        packed[at] = kernel[if turned { taps - 1 - tap } else { tap }];
                    }
                }
            }
        });
        Packed(packed)
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
                map.extract(computed, output);
            }
        });
    }

    /// Some pictures' share of the weight gradient; `gradient` writes the output's gradient of a picture, by its number.
    pub(super) fn weight_sums(&self, pictures: &[f32], mut gradient: impl FnMut(usize, &mut [f32])) -> Vec<f32> {
        /// Numbers read again and again by the inner loop, which should stay in a core's second cache.
        const NEAR: usize = 1 << 17;
        let (map, pitch) = (self.map(), self.pitch());
        let (padded, pixels) = (self.inputs * map.plane(), self.area() * pitch);
        let strip = (NEAR / (padded + pixels)).clamp(1, self.group());
        let mut sums = maps::take(self.depth() * pitch);
        scratch::with([self.output(), strip * padded, strip * pixels], |[found, all_padded, all_pixels]| {
            for (first, pictures) in pictures.chunks(strip * self.input()).enumerate() {
                let count = pictures.len() / self.input();
                let (all_padded, all_pixels) = (&mut all_padded[..count * padded], &mut all_pixels[..count * pixels]);
                let places = all_padded.chunks_exact_mut(padded).zip(all_pixels.chunks_exact_mut(pixels));
                for (at, (picture, (padded, pixels))) in pictures.chunks_exact(self.input()).zip(places).enumerate() {
                    gradient(first * strip + at, found);
                    map.fill(picture, padded);
                    by_pixel(found, self.area(), pixels, pitch);
                }
                let (padded, pixels, sums, more) = (&*all_padded, &*all_pixels, &mut sums[..], first > 0);
                match self.kernel {
                    3 => simd::run(WeightSums::<3> { padded, map, count, pixels, pitch, sums, more }),
                    _ => simd::run(WeightSums::<1> { padded, map, count, pixels, pitch, sums, more }),
                }
            }
        });
        sums
    }

    /// The weight gradient from the sums over some pictures each.
    pub(super) fn weight_total(&self, mut sums: Vec<Vec<f32>>) -> Vec<f32> {
        /// Numbers added up by one thread at a time.
        const RUN: usize = 1 << 13;
        let (depth, pitch) = (self.depth(), self.pitch());
        let mut total = vec![0.0; depth * self.outputs];
        if let Some((first, rest)) = sums.split_first_mut() {
            first.par_chunks_mut(RUN).enumerate().for_each(|(run, first)| {
                for sums in &*rest {
                    first.iter_mut().zip(&sums[run * RUN..]).for_each(|(first, sum)| *first += sum);
                }
            });
            total.par_chunks_mut(depth * LANES).enumerate().for_each(|(block, total)| {
                for (row, sums) in first.chunks_exact(pitch).enumerate() {
                    let total = total[row..].iter_mut().step_by(depth);
                    total.zip(&sums[block * LANES..]).for_each(|(total, sum)| *total = *sum);
                }
            });
        }
        sums.into_iter().for_each(maps::keep);
        total
    }
}

/// Output channels computed together.
const BLOCK: usize = 8;

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
