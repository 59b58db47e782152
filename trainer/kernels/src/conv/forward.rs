//! The inner loop of the forward pass: a block of output channels times a run of pixels, kept in registers.

use super::map::Padded;
use crate::simd::{load, store};
use pulp::{Simd, WithSimd};

/// Output channels computed together.
pub(super) const BLOCK: usize = 8;

/// Weights in the order the inner loop reads them: for every block of outputs, input channel and tap, the block's.
pub(super) fn pack(weight: &[f32], outputs: usize) -> Vec<f32> {
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
pub(super) struct BlockOfChannels<'a, const SIDE: usize> {
    pub(super) padded: &'a [f32],
    /// The block's packed weights.
    pub(super) weight: &'a [f32],
    pub(super) map: Padded,
    /// `BLOCK` rows of [`Padded::span`].
    pub(super) computed: &'a mut [f32],
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
