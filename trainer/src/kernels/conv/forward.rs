//! The inner loop of the forward pass: a block of output channels times a run of pixels, kept in registers.

use super::TAPS;
use super::map::Padded;
use crate::kernels::simd::{load, store};
use pulp::{Simd, WithSimd};

/// Output channels computed together.
pub(super) const BLOCK: usize = 8;

/// Weights in the order the inner loop reads them: for every block of outputs, input channel and tap, the block's.
pub(super) fn pack(weight: &[f32], outputs: usize, inputs: usize) -> Vec<f32> {
    let depth = inputs * TAPS;
    let mut packed = vec![0.0; outputs.div_ceil(BLOCK) * depth * BLOCK];
    for (output, row) in weight.chunks_exact(depth).enumerate() {
        let block = &mut packed[output / BLOCK * depth * BLOCK..][..depth * BLOCK];
        for (to, value) in block.chunks_exact_mut(BLOCK).zip(row) {
            to[output % BLOCK] = *value;
        }
    }
    packed
}

/// One block of output channels of one picture.
pub(super) struct BlockOfChannels<'a> {
    pub(super) padded: &'a [f32],
    /// The block's packed weights.
    pub(super) weight: &'a [f32],
    pub(super) map: Padded,
    /// `BLOCK` rows of [`Padded::span`].
    pub(super) computed: &'a mut [f32],
}

impl WithSimd for BlockOfChannels<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { padded, weight, map, computed } = self;
        let (weight, _) = weight.as_chunks::<BLOCK>();
        let mut at = 0;
        // With 32 registers 8 x 3 sums, 3 inputs and a weight fit; with 16 registers half the channels at a time.
        while at + 3 * S::F32_LANES <= map.span {
            if S::REGISTER_COUNT >= 32 {
                tile::<S, 8, 3>(simd, padded, weight, 0, map, at, computed);
            } else {
                tile::<S, 4, 3>(simd, padded, weight, 0, map, at, computed);
                tile::<S, 4, 3>(simd, padded, weight, 4, map, at, computed);
            }
            at += 3 * S::F32_LANES;
        }
        while at < map.span {
            tile::<S, 8, 1>(simd, padded, weight, 0, map, at, computed);
            at += S::F32_LANES;
        }
    }
}

/// `CHANNELS` outputs from `first` on, `VECTORS` registers of pixels from `at` on.
#[inline(always)]
fn tile<S: Simd, const CHANNELS: usize, const VECTORS: usize>(
    simd: S,
    padded: &[f32],
    weight: &[[f32; BLOCK]],
    first: usize,
    map: Padded,
    at: usize,
    computed: &mut [f32],
) {
    let (weight, _) = weight.as_chunks::<TAPS>();
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; CHANNELS];
    for (plane, weight) in padded.chunks_exact(map.plane()).zip(weight) {
        for down in 0..3 {
            let line = &plane[at + down * map.line()..][..VECTORS * S::F32_LANES + 2];
            for right in 0..3 {
                let weight = &weight[down * 3 + right];
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
        let row = &mut computed[(first + channel) * map.span + at..][..VECTORS * S::F32_LANES];
        for (vector, sum) in sums.iter().enumerate() {
            store::<S>(row, vector * S::F32_LANES, *sum);
        }
    }
}
