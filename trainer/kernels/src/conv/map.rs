//! A channel of a picture with zeros around it, laid out so that every tap of a kernel is the same map, shifted.
//!
//! One column of zeros lies between two lines: it is the right edge of the one and the left edge of the next. With
//! lines of `width + 1`, pixel `p` of the output reads `p + down * (width + 1) + right` of the padded input for all `p`
//! alike, so whole registers of neighbouring pixels are computed without a look at edges. What is computed for the
//! column of zeros itself is dropped. A 1x1 kernel has neither taps around it nor zeros.

use super::LANES;

/// Sizes of padded maps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Padded {
    height: usize,
    width: usize,
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
    pub(super) fn extract(&self, computed: &[f32], plane: &mut [f32]) {
        for (line, computed) in plane.chunks_exact_mut(self.width).zip(computed.chunks_exact(self.line)) {
            line.copy_from_slice(&computed[..self.width]);
        }
    }
}
