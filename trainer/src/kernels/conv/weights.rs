//! The inner loop of the weight gradient: one input channel's nine taps times a run of output channels, in registers.

use super::TAPS;
use super::map::Padded;
use crate::kernels::simd::{load, store};
use pulp::{Simd, WithSimd};

/// Adds one picture's share of the weight gradient.
pub(super) struct WeightSums<'a> {
    pub(super) padded: &'a [f32],
    pub(super) map: Padded,
    pub(super) width: usize,
    /// The output's gradient, pixel by pixel, `pitch` channels each.
    pub(super) pixels: &'a [f32],
    /// Output channels, rounded up to whole registers.
    pub(super) pitch: usize,
    /// `inputs x TAPS x pitch`.
    pub(super) sums: &'a mut [f32],
}

impl WithSimd for WeightSums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let vectors = self.pitch / S::F32_LANES;
        let mut at = 0;
        if S::REGISTER_COUNT >= 32 {
            while at + 3 <= vectors && vectors - at != 4 {
                self.tile::<S, 3>(simd, at * S::F32_LANES);
                at += 3;
            }
            while at + 2 <= vectors {
                self.tile::<S, 2>(simd, at * S::F32_LANES);
                at += 2;
            }
        }
        while at < vectors {
            self.tile::<S, 1>(simd, at * S::F32_LANES);
            at += 1;
        }
    }
}

impl WeightSums<'_> {
    /// `VECTORS` registers of output channels from `first` on, all input channels.
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        let planes = self.padded.chunks_exact(self.map.plane());
        for (plane, sums) in planes.zip(self.sums.chunks_exact_mut(TAPS * self.pitch)) {
            let mut totals: [[S::f32s; VECTORS]; TAPS] = [[simd.splat_f32s(0.0); VECTORS]; TAPS];
            for (y, pixels) in self.pixels.chunks_exact(self.width * self.pitch).enumerate() {
                let line = |down: usize| plane[(y + down) * self.map.line()..][..self.width + 2].array_windows::<3>();
                let taps = line(0).zip(line(1)).zip(line(2));
                for (pixel, ((upper, middle), lower)) in pixels.chunks_exact(self.pitch).zip(taps) {
                    let pixel = &pixel[first..][..VECTORS * S::F32_LANES];
                    let pixel: [S::f32s; VECTORS] =
                        std::array::from_fn(|vector| load::<S>(pixel, vector * S::F32_LANES));
                    let taps = [upper, middle, lower];
                    for tap in 0..TAPS {
                        let value = simd.splat_f32s(taps[tap / 3][tap % 3]);
                        for vector in 0..VECTORS {
                            totals[tap][vector] = simd.mul_add_e_f32s(value, pixel[vector], totals[tap][vector]);
                        }
                    }
                }
            }
            for (totals, sums) in totals.iter().zip(sums.chunks_exact_mut(self.pitch)) {
                for (vector, total) in totals.iter().enumerate() {
                    let at = first + vector * S::F32_LANES;
                    let sum = simd.add_f32s(load::<S>(sums, at), *total);
                    store::<S>(sums, at, sum);
                }
            }
        }
    }
}

/// Exchanges channels and pixels: `channels x area` becomes `area x pitch`, the rest zeros.
pub(super) fn by_pixel(picture: &[f32], area: usize, pixels: &mut [f32], pitch: usize) {
    const TILE: usize = 16;
    let channels = picture.len() / area;
    if channels < pitch {
        pixels.fill(0.0);
    }
    // Tile by tile, so that the lines of memory written to stay in the nearest cache.
    for (tile, pixels) in pixels.chunks_mut(TILE * pitch).enumerate() {
        for (channel, plane) in picture.chunks_exact(area).enumerate() {
            let plane = &plane[tile * TILE..area.min((tile + 1) * TILE)];
            for (pixel, value) in pixels.chunks_exact_mut(pitch).zip(plane) {
                pixel[channel] = *value;
            }
        }
    }
}
