//! The inner loop of the weight gradient: some input channels' taps times a run of output channels, in registers.

use super::Padded;
use crate::simd::{self, load, store};
use pulp::{Simd, WithSimd};

/// Sums up some pictures' share of the weight gradient of a kernel of `SIDE x SIDE`.
pub(super) struct WeightSums<'a, const SIDE: usize> {
    pub(super) padded: &'a [f32],
    pub(super) map: Padded,
    /// Pictures; as many have `padded` and `pixels` one after the other.
    pub(super) count: usize,
    /// The output's gradient, pixel by pixel, `pitch` channels each.
    pub(super) pixels: &'a [f32],
    /// Output channels, rounded up to whole registers.
    pub(super) pitch: usize,
    /// `inputs x taps x pitch`.
    pub(super) sums: &'a mut [f32],
    /// Whether `sums` holds other pictures' share already.
    pub(super) more: bool,
}

impl<const SIDE: usize> WithSimd for WeightSums<'_, SIDE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let vectors = self.pitch / S::F32_LANES;
        let mut at = 0;
        // With 32 registers 9 x 2 sums, 9 taps and 2 pixels fit.
        while S::REGISTER_COUNT >= 32 && at + 2 <= vectors {
            self.tile::<S, 2>(simd, at * S::F32_LANES);
            at += 2;
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

    /// Of every picture, the pixels and the padded plane of an input channel.
    #[inline(always)]
    fn pictures(&self, channel: usize) -> impl Iterator<Item = (&[f32], &[f32])> {
        let plane = self.map.plane();
        let padded = self.padded.chunks_exact(self.padded.len() / self.count);
        let planes = padded.map(move |padded| &padded[channel * plane..][..plane]);
        self.pixels.chunks_exact(self.pixels.len() / self.count).zip(planes)
    }

    #[inline(always)]
    fn nine_taps<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        let Padded { height, width, .. } = self.map;
        for channel in 0..self.sums.len() / (9 * self.pitch) {
            let mut totals: [[S::f32s; VECTORS]; 9] = [[simd.splat_f32s(0.0); VECTORS]; 9];
            for (pixels, plane) in self.pictures(channel) {
                for y in 0..height {
                    let line = |down: usize| plane[(y + down) * self.map.line..][..width + 2].array_windows::<3>();
                    let taps = line(0).zip(line(1)).zip(line(2));
                    let pixels = &pixels[y * width * self.pitch..][..width * self.pitch];
                    for (x, ((upper, middle), lower)) in taps.enumerate() {
                        // Not by chunks, which begin each line with a division.
                        let pixel: [S::f32s; VECTORS] = vectors::<S, VECTORS>(&pixels[x * self.pitch..], first);
                        let taps = [upper, middle, lower];
                        for tap in 0..9 {
                            let value = simd.splat_f32s(taps[tap / 3][tap % 3]);
                            for vector in 0..VECTORS {
                                totals[tap][vector] = simd.mul_add_e_f32s(value, pixel[vector], totals[tap][vector]);
                            }
                        }
                    }
                }
            }
            self.put::<S, VECTORS, 9>(simd, &totals, channel * 9, first);
        }
    }

    #[inline(always)]
    fn one_tap<S: Simd, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        const TOGETHER: usize = 8;
        let channels = self.sums.len() / self.pitch;
        let mut channel = 0;
        while channel + TOGETHER <= channels {
            self.one_tap_of::<S, VECTORS, TOGETHER>(simd, channel, first);
            channel += TOGETHER;
        }
        while channel < channels {
            self.one_tap_of::<S, VECTORS, 1>(simd, channel, first);
            channel += 1;
        }
    }

    /// `CHANNELS` input channels from `channel` on.
    #[inline(always)]
    fn one_tap_of<S: Simd, const VECTORS: usize, const CHANNELS: usize>(
        &mut self,
        simd: S,
        channel: usize,
        first: usize,
    ) {
        let (plane, area) = (self.map.plane(), self.pixels.len() / self.count / self.pitch);
        let mut totals = [[simd.splat_f32s(0.0); VECTORS]; CHANNELS];
        let padded = self.padded.chunks_exact(self.padded.len() / self.count);
        for (pixels, padded) in self.pixels.chunks_exact(area * self.pitch).zip(padded) {
            let planes: [&[f32]; CHANNELS] = std::array::from_fn(|at| &padded[(channel + at) * plane..][..area]);
            for (at, pixel) in pixels.chunks_exact(self.pitch).enumerate() {
                let pixel: [S::f32s; VECTORS] = vectors::<S, VECTORS>(pixel, first);
                for channel in 0..CHANNELS {
                    let value = simd.splat_f32s(planes[channel][at]);
                    for vector in 0..VECTORS {
                        totals[channel][vector] = simd.mul_add_e_f32s(value, pixel[vector], totals[channel][vector]);
                    }
                }
            }
        }
        self.put::<S, VECTORS, CHANNELS>(simd, &totals, channel, first);
    }

    /// Writes `ROWS` rows of sums, from `row` on.
    #[inline(always)]
    fn put<S: Simd, const VECTORS: usize, const ROWS: usize>(
        &mut self,
        simd: S,
        totals: &[[S::f32s; VECTORS]; ROWS],
        row: usize,
        first: usize,
    ) {
        for (totals, sums) in totals.iter().zip(self.sums[row * self.pitch..].chunks_exact_mut(self.pitch)) {
            for (vector, &total) in totals.iter().enumerate() {
                let at = first + vector * S::F32_LANES;
                let total = if self.more { simd.add_f32s(load::<S>(sums, at), total) } else { total };
                store::<S>(sums, at, total);
            }
        }
    }
}

#[inline(always)]
fn vectors<S: Simd, const VECTORS: usize>(pixel: &[f32], first: usize) -> [S::f32s; VECTORS] {
    let pixel = &pixel[first..][..VECTORS * S::F32_LANES];
    std::array::from_fn(|vector| load::<S>(pixel, vector * S::F32_LANES))
}

/// Exchanges channels and pixels: `channels x area` becomes `area x pitch`, the rest zeros.
pub(super) fn by_pixel(picture: &[f32], area: usize, pixels: &mut [f32], pitch: usize) {
    simd::run(ByPixel { picture, area, pixels, pitch });
}

struct ByPixel<'a> {
    picture: &'a [f32],
    area: usize,
    pixels: &'a mut [f32],
    pitch: usize,
}

impl WithSimd for ByPixel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        /// Pixels that are written together, so that their lines of memory stay in the nearest cache.
        const TILE: usize = 16;
        let Self { picture, area, pixels, pitch } = self;
        let channels = picture.len() / area;
        for (tile, pixels) in pixels.chunks_mut(TILE * pitch).enumerate() {
            let count = pixels.len() / pitch;
            let plane = |channel: usize| &picture[channel * area + tile * TILE..][..count];
            let fours = channels / 4 * 4;
            for first in (0..fours).step_by(4) {
                let [a, b, c, d] = [0, 1, 2, 3].map(|at| plane(first + at));
                for (at, pixel) in pixels.chunks_exact_mut(pitch).enumerate() {
                    pixel[first..first + 4].copy_from_slice(&[a[at], b[at], c[at], d[at]]);
                }
            }
            for channel in fours..channels {
                for (pixel, value) in pixels.chunks_exact_mut(pitch).zip(plane(channel)) {
                    pixel[channel] = *value;
                }
            }
            if channels < pitch {
                pixels.chunks_exact_mut(pitch).for_each(|pixel| pixel[channels..].fill(0.0));
            }
        }
    }
}
