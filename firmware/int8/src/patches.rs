//! Any other convolution: the pixels below the kernel as one row, times the weights.

use crate::Geometry;
use crate::lanes::Sums;
use crate::layer::{Run, room};
use crate::machine::{Instructions, Machine, Out, Rows, multiply, padded_depth, panels};

/// Outputs that are computed at once.
const CHUNK: usize = 72;

/// The panels of each group, over the taps of the kernel and within them the channels.
pub(crate) fn weights(geometry: &Geometry, weights: &[i16], instructions: Instructions) -> Vec<i16> {
    let (channels, taps) = (geometry.depth(), geometry.kernel[0] * geometry.kernel[1]);
    let outputs = geometry.output_channels / geometry.groups;
    let group = |group: usize| {
        panels(instructions, outputs, taps * channels, |output, at| {
            let (tap, channel) = (at / channels, at % channels);
            weights[((group * outputs + output) * channels + channel) * taps + tap]
        })
    };
    (0..geometry.groups).flat_map(group).collect()
}

#[inline(always)]
pub(crate) fn run<M: Machine>(machine: M, run: Run<'_>, weights: &[i16]) {
    let Run { layer, input, size, out, output, scratch } = run;
    let geometry = &layer.geometry;
    let channels = geometry.depth();
    let depth = padded_depth(geometry.kernel[0] * geometry.kernel[1] * channels);
    let width = weights.len() / geometry.groups / depth;
    let outputs = geometry.output_channels / geometry.groups;
    let all = size[0] * out[0] * out[1];
    let chunk = CHUNK.min(all);
    let rows = room(&mut scratch.rows, chunk * depth);
    let sums = room(&mut scratch.sums, chunk * width);
    let zero = i16::from(layer.input_zero);
    for (group, weights) in weights.chunks_exact(depth * width).enumerate() {
        rows.fill(0);
        for first in (0..all).step_by(chunk.max(1)) {
            let count = chunk.min(all - first);
            for (at, row) in rows.chunks_exact_mut(depth).take(count).enumerate() {
                let place = [(first + at) / (out[0] * out[1]), (first + at) / out[1] % out[0], (first + at) % out[1]];
                for (tap, values) in
                    row.chunks_exact_mut(channels).take(geometry.kernel[0] * geometry.kernel[1]).enumerate()
                {
                    match pixel(geometry, size, place, tap) {
                        Some(pixel) => {
                            let bytes = &input[pixel * geometry.input_channels + group * channels..][..channels];
                            for (value, byte) in values.iter_mut().zip(bytes) {
                                *value = i16::from(byte ^ layer.input_flip) - zero;
                            }
                        }
                        None => values.fill(0),
                    }
                }
            }
            let out = Out { sums: &mut *sums, stride: width };
            multiply(machine, Rows { numbers: rows, depth, stride: depth }, count, weights, out);
            for (at, sums) in sums.chunks_exact(width).take(count).enumerate() {
                let to = &mut output[(first + at) * geometry.output_channels + group * outputs..][..outputs];
                let requantise = layer.requantise.from::<M::Sums>(group * outputs);
                for (lanes, sums) in M::Sums::pieces(sums).iter().take(outputs.div_ceil(M::Sums::WIDE)).enumerate() {
                    requantise.write(lanes, M::Sums::new(*sums), &mut to[lanes * M::Sums::WIDE..]);
                }
            }
        }
    }
}

/// The index of the input's pixel below a tap of the kernel at an output; none in the padding.
#[inline(always)]
fn pixel(
    geometry: &Geometry,
    [_, height, width]: [usize; 3],
    [picture, y, x]: [usize; 3],
    tap: usize,
) -> Option<usize> {
    let along = |axis: usize, at: usize, tap: usize, side: usize| {
        let padded = at * geometry.strides[axis] + tap * geometry.dilations[axis];
        padded.checked_sub(geometry.pads[axis]).filter(|&inside| inside < side)
    };
    let row = along(0, y, tap / geometry.kernel[1], height)?;
    let column = along(1, x, tap % geometry.kernel[1], width)?;
    Some((picture * height + row) * width + column)
}
