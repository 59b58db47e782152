//! The plain form of a quantised convolution, as ONNX words it: slow, and obviously right.

use crate::{Geometry, Levels};

/// `QLinearConv` of `input` (batch, height, width, channels) with `weights` (output channel, channel of its group, row,
/// column; less their zero point). Signed bytes are given and taken as their bit patterns. None where the kernel doesn't fit.
#[must_use]
pub fn convolution(
    geometry: &Geometry,
    weights: &[i16],
    bias: &[i32],
    levels: &Levels,
    input: &[u8],
    [batch, height, width]: [usize; 3],
) -> Option<Vec<u8>> {
    let [out_height, out_width] = geometry.output([height, width])?;
    let (depth, outputs) = (geometry.input_channels / geometry.groups, geometry.output_channels);
    let [rows, columns] = geometry.kernel;
    let level = |byte: u8| i64::from(if levels.input_signed { i16::from(byte.cast_signed()) } else { byte.into() });
    let mut output = Vec::with_capacity(batch * out_height * out_width * outputs);
    for at in 0..batch * out_height * out_width * outputs {
        let channel = at % outputs;
        let (x, y) = (at / outputs % out_width, at / outputs / out_width % out_height);
        let picture = at / outputs / out_width / out_height;
        let group = channel / (outputs / geometry.groups);
        let mut sum = i64::from(bias.get(channel).copied().unwrap_or(0));
        for within in 0..depth {
            for row in 0..rows {
                for column in 0..columns {
                    let from_top =
                        (y * geometry.strides[0] + row * geometry.dilations[0]).checked_sub(geometry.pads[0]);
                    let from_left =
                        (x * geometry.strides[1] + column * geometry.dilations[1]).checked_sub(geometry.pads[1]);
                    let (Some(top), Some(left)) = (from_top, from_left) else { continue };
                    if top < height && left < width {
                        let pixel = (picture * height + top) * width + left;
                        let value = level(input[pixel * geometry.input_channels + group * depth + within]);
                        let weight = weights[((channel * depth + within) * rows + row) * columns + column];
                        sum += (value - i64::from(levels.input_zero)) * i64::from(weight);
                    }
                }
            }
        }
        output.push(byte(sum, levels, channel));
    }
    Some(output)
}

/// Rounds half to even and saturates, in the order and precision of onnxruntime.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "as onnxruntime has it; saturated before"
)]
fn byte(sum: i64, levels: &Levels, channel: usize) -> u8 {
    let weight_scale =
        if levels.weight_scales.len() > 1 { levels.weight_scales[channel] } else { levels.weight_scales[0] };
    let scale = levels.input_scale * weight_scale / levels.output_scale;
    let (least, most) = if levels.output_signed { (-128, 127) } else { (0, 255) };
    let zero = i32::from(levels.output_zero);
    let rounded = (sum as i32 as f32 * scale).round_ties_even().clamp(-1000.0, 1000.0) as i32;
    let level = (rounded + zero).clamp(least, most);
    level.to_le_bytes()[0]
}
