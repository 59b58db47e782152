//! Maps with zeros around them, so that a kernel's taps lie at fixed distances from every pixel.

use super::LANES;
use crate::simd;
use pulp::{Simd, WithSimd};

/// Sizes of padded maps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Padded {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Pixels of zeros on each side.
    edge: usize,
    /// From a pixel to the one below.
    pub(super) line: usize,
    /// Outputs computed for a channel, those of the zero column too; whole registers.
    pub(super) span: usize,
}

impl Padded {
    pub(super) const fn new(height: usize, width: usize, edge: usize) -> Self {
        let line = width + edge;
        Self { height, width, edge, line, span: (height * line).next_multiple_of(LANES) }
    }

    /// Numbers of one padded channel: as far as the last tap of the last output reaches.
    pub(super) const fn plane(&self) -> usize {
        self.span + 2 * self.edge * (self.line + 1)
    }

    /// Pads the channels of one picture.
    pub(super) fn fill(&self, picture: &[f32], padded: &mut [f32]) {
        simd::run(Fill { map: *self, picture, padded });
    }

    /// Takes the pixels out of channels' computed outputs.
    pub(super) fn extract(&self, computed: &[f32], planes: &mut [f32]) {
        simd::run(Extract { map: *self, computed, planes });
    }
}

struct Fill<'a> {
    map: Padded,
    picture: &'a [f32],
    padded: &'a mut [f32],
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Padded { height, width, edge, line, .. } = self.map;
        let planes = self.padded.chunks_exact_mut(self.map.plane());
        for (plane, padded) in self.picture.chunks_exact(height * width).zip(planes) {
            let (above, rest) = padded.split_at_mut(edge * line);
            above.fill(0.0);
            let (lines, below) = rest.split_at_mut(height * line);
            for (line, source) in lines.chunks_exact_mut(line).zip(plane.chunks_exact(width)) {
                if edge == 1 {
                    line[0] = 0.0;
                }
                copy(&mut line[edge..], source);
            }
            below.fill(0.0);
        }
    }
}

struct Extract<'a> {
    map: Padded,
    computed: &'a [f32],
    planes: &'a mut [f32],
}

impl WithSimd for Extract<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Padded { height, width, line, span, .. } = self.map;
        for (plane, computed) in self.planes.chunks_exact_mut(height * width).zip(self.computed.chunks_exact(span)) {
            for (line, computed) in plane.chunks_exact_mut(width).zip(computed.chunks_exact(line)) {
                copy(line, &computed[..width]);
            }
        }
    }
}

/// Copies a line: those of pictures of 48 x 48 and their halves in registers, which is done before a call to copy memory
/// has begun.
#[inline(always)]
fn copy(to: &mut [f32], from: &[f32]) {
    #[inline(always)]
    fn whole<const WIDTH: usize>(to: &mut [f32], from: &[f32]) {
        if let (Some(to), Some(from)) = (to.first_chunk_mut::<WIDTH>(), from.first_chunk::<WIDTH>()) {
            *to = *from;
        }
    }
    match from.len() {
        48 => whole::<48>(to, from),
        24 => whole::<24>(to, from),
        12 => whole::<12>(to, from),
        6 => whole::<6>(to, from),
        _ => to.copy_from_slice(from),
    }
}
