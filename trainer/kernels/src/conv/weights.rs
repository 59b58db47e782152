//! The inner loop of the weight gradient: some input channels' taps times a run of output channels, in registers.

use super::Padded;
use crate::simd::{load, store};
use pulp::{Simd, WithSimd};

/// Adds one picture's share of the weight gradient of a kernel of `SIDE x SIDE`.
pub(super) struct WeightSums<'a, const SIDE: usize> {
    pub(super) padded: &'a [f32],
    pub(super) map: Padded,
    pub(super) width: usize,
    /// The output's gradient, pixel by pixel, `pitch` channels each.
    pub(super) pixels: &'a [f32],
    /// Output channels, rounded up to whole registers.
    pub(super) pitch: usize,
    /// `inputs x taps x pitch`.
    pub(super) sums: &'a mut [f32],
}

impl<const SIDE: usize> WithSimd for WeightSums<'_, SIDE> {
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

impl<const SIDE: usize> WeightSums<'_, SIDE> {
    /// `VECTORS` registers of output channels from `first` on, all input channels.
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        // About as many sums as there are registers: nine taps of one channel, or one tap of eight channels.
        match SIDE {
            3 => self.nine_taps::<S, VECTORS>(simd, first),
            _ => self.one_tap::<S, VECTORS>(simd, first),
        }
    }

    #[inline(always)]
    fn nine_taps<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        let planes = self.padded.chunks_exact(self.map.plane());
        for (plane, sums) in planes.zip(self.sums.chunks_exact_mut(9 * self.pitch)) {
            let mut totals: [[S::f32s; VECTORS]; 9] = [[simd.splat_f32s(0.0); VECTORS]; 9];
            for (y, pixels) in self.pixels.chunks_exact(self.width * self.pitch).enumerate() {
                let line = |down: usize| plane[(y + down) * self.map.line..][..self.width + 2].array_windows::<3>();
                let taps = line(0).zip(line(1)).zip(line(2));
                for (pixel, ((upper, middle), lower)) in pixels.chunks_exact(self.pitch).zip(taps) {
                    let pixel: [S::f32s; VECTORS] = vectors::<S, VECTORS>(pixel, first);
                    let taps = [upper, middle, lower];
                    for tap in 0..9 {
                        let value = simd.splat_f32s(taps[tap / 3][tap % 3]);
                        for vector in 0..VECTORS {
                            totals[tap][vector] = simd.mul_add_e_f32s(value, pixel[vector], totals[tap][vector]);
                        }
                    }
                }
            }
            add::<S, VECTORS, 9>(simd, &totals, sums, self.pitch, first);
        }
    }

    #[inline(always)]
    fn one_tap<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        const TOGETHER: usize = 8;
        let (plane, pitch) = (self.map.plane(), self.pitch);
        let whole = self.padded.len() / plane / TOGETHER * TOGETHER;
        let (planes, rest) = self.padded.split_at(whole * plane);
        let (sums, rest_sums) = self.sums.split_at_mut(whole * pitch);
        for (planes, sums) in planes.chunks_exact(TOGETHER * plane).zip(sums.chunks_exact_mut(TOGETHER * pitch)) {
            one_tap_of::<S, VECTORS, TOGETHER>(simd, planes, self.pixels, sums, pitch, first);
        }
        for (plane, sums) in rest.chunks_exact(plane).zip(rest_sums.chunks_exact_mut(pitch)) {
            one_tap_of::<S, VECTORS, 1>(simd, plane, self.pixels, sums, pitch, first);
        }
    }
}

#[inline(always)]
fn one_tap_of<S: Simd, const VECTORS: usize, const CHANNELS: usize>(
    simd: S,
    planes: &[f32],
    pixels: &[f32],
    sums: &mut [f32],
    pitch: usize,
    first: usize,
) {
    let area = pixels.len() / pitch;
    let planes: [&[f32]; CHANNELS] =
        std::array::from_fn(|channel| &planes[planes.len() / CHANNELS * channel..][..area]);
    let mut totals = [[simd.splat_f32s(0.0); VECTORS]; CHANNELS];
    for (at, pixel) in pixels.chunks_exact(pitch).enumerate() {
        let pixel: [S::f32s; VECTORS] = vectors::<S, VECTORS>(pixel, first);
        for channel in 0..CHANNELS {
            let value = simd.splat_f32s(planes[channel][at]);
            for vector in 0..VECTORS {
                totals[channel][vector] = simd.mul_add_e_f32s(value, pixel[vector], totals[channel][vector]);
            }
        }
    }
    add::<S, VECTORS, CHANNELS>(simd, &totals, sums, pitch, first);
}

#[inline(always)]
fn vectors<S: Simd, const VECTORS: usize>(pixel: &[f32], first: usize) -> [S::f32s; VECTORS] {
    let pixel = &pixel[first..][..VECTORS * S::F32_LANES];
    std::array::from_fn(|vector| load::<S>(pixel, vector * S::F32_LANES))
}

#[inline(always)]
fn add<S: Simd, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    totals: &[[S::f32s; VECTORS]; ROWS],
    sums: &mut [f32],
    pitch: usize,
    first: usize,
) {
    for (totals, sums) in totals.iter().zip(sums.chunks_exact_mut(pitch)) {
        for (vector, total) in totals.iter().enumerate() {
            let at = first + vector * S::F32_LANES;
            store::<S>(sums, at, simd.add_f32s(load::<S>(sums, at), *total));
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
