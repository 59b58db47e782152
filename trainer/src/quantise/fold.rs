//! Folds the branches of a convolution and their batch norm into one kernel and one bias (Ding et al. 2021): exact up
//! to rounding, and what is left can become integers.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "folding is done in f64 and rounded to f32 once, at the end"
)]

use crate::layers::{Branch, ConvShape, Convolution, Network, Part, RawConv, RawNet};

/// A convolution: one kernel, one bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// What it reads and writes.
    pub shape: ConvShape,
    /// `[outputs, inputs, kernel, kernel]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

impl Convolution for Conv {
    fn shape(&self) -> ConvShape {
        self.shape
    }
}

/// A network without batch norm.
pub type Net = Network<Conv>;

/// The same function without branches and batch norm.
#[must_use]
pub fn fold(raw: &RawNet) -> Net {
    let parts = raw.parts.iter().map(|part| match part {
        Part::Conv(conv) => Part::Conv(fold_conv(conv)),
        Part::Residual { first, second, sum: () } => {
            Part::Residual { first: fold_conv(first), second: fold_conv(second), sum: () }
        }
    });
    Net { side: raw.side, parts: parts.collect(), head: raw.head.clone() }
}

fn fold_conv(raw: &RawConv) -> Conv {
    let shape = raw.shape;
    let mut weight = vec![0.0_f64; shape.outputs * shape.per_output()];
    let mut bias = vec![0.0_f64; shape.outputs];
    for branch in &raw.branches {
        add_branch(branch, shape, &mut weight, &mut bias);
    }
    let rounded = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
    Conv { shape, weight: rounded(weight), bias: rounded(bias) }
}

/// Adds a branch's kernel, in the middle, and its bias.
fn add_branch(branch: &Branch, shape: ConvShape, weight: &mut [f64], bias: &mut [f64]) {
    let (wide, narrow) = (shape.kernel, branch.kernel);
    let margin = (wide - narrow) / 2;
    for (output, (filter, bias)) in weight.chunks_mut(shape.per_output()).zip(bias).enumerate() {
        let mut shift = branch.bias.as_ref().map_or(0.0, |bias| f64::from(bias[output]));
        let mut factor = 1.0;
        if let Some(norm) = &branch.norm {
            factor = f64::from(norm.scale[output]) / (f64::from(norm.variance[output]) + norm.epsilon).sqrt();
            shift = (shift - f64::from(norm.mean[output])) * factor + f64::from(norm.shift[output]);
        }
        *bias += shift;
        let Some(weight) = &branch.weight else {
            filter[(output * wide + margin) * wide + margin] += factor;
            continue;
        };
        let taps = shape.inputs * narrow * narrow;
        for (at, &value) in weight[output * taps..(output + 1) * taps].iter().enumerate() {
            let (line, column) = (at / narrow, at % narrow);
            let (input, row) = (line / narrow, line % narrow);
            filter[(input * wide + row + margin) * wide + column + margin] += f64::from(value) * factor;
        }
    }
}

/// Factors outside of this would trade one bad scale for another.
const SMALLEST: f32 = 0.05;
const LARGEST: f32 = 20.0;
/// One sweep disturbs the balance of the pair before; a few settle it.
const SWEEPS: usize = 10;

/// Cross-layer equalisation (Nagel et al. 2019): the same function with channel ranges of one size.
#[must_use]
pub fn equalise(net: &Net) -> Net {
    let mut net = net.clone();
    for _ in 0..SWEEPS {
        let mut before = None;
        for part in &mut net.parts {
            before = match part {
                Part::Conv(conv) => {
                    if let Some(before) = before {
                        balance(before, conv);
                    }
                    Some(conv)
                }
                Part::Residual { first, second, .. } => {
                    balance(first, second);
                    None
                }
            };
        }
    }
    net
}

fn balance(first: &mut Conv, second: &mut Conv) {
    let per_output = first.shape.per_output();
    let area = second.shape.kernel * second.shape.kernel;
    let per_second_output = second.shape.per_output();
    for channel in 0..first.shape.outputs {
        let weights = &mut first.weight[channel * per_output..(channel + 1) * per_output];
        let out_range = largest(weights);
        let in_range = second
            .weight
            .chunks(per_second_output)
            .map(|filter| largest(&filter[channel * area..(channel + 1) * area]))
            .fold(0.0, f32::max);
        if out_range <= 0.0 || in_range <= 0.0 {
            continue;
        }
        let factor = (out_range / in_range).sqrt().clamp(SMALLEST, LARGEST);
        weights.iter_mut().for_each(|weight| *weight /= factor);
        first.bias[channel] /= factor;
        for filter in second.weight.chunks_mut(per_second_output) {
            filter[channel * area..(channel + 1) * area].iter_mut().for_each(|weight| *weight *= factor);
        }
    }
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Norm;

    fn norm(scale: &[f32]) -> Norm {
        let all = |value: f32| vec![value; scale.len()];
        Norm { scale: scale.to_vec(), shift: all(0.5), mean: all(1.0), variance: all(4.0), epsilon: 0.0 }
    }

    fn shape(channels: usize, kernel: usize) -> ConvShape {
        ConvShape { inputs: channels, outputs: channels, kernel, padding: kernel / 2, relu: true, pool: false }
    }

    #[test]
    fn a_folded_channel_computes_what_conv_and_norm_did() {
        let branch = Branch { kernel: 1, weight: Some(vec![3.0]), bias: Some(vec![0.25]), norm: Some(norm(&[2.0])) };
        let conv = fold_conv(&RawConv { shape: shape(1, 1), branches: vec![branch] });
        // ((3x + 0.25) - 1) / 2 * 2 + 0.5
        assert_eq!(conv.weight, [3.0]);
        assert_eq!(conv.bias, [-0.25]);
    }

    #[test]
    fn branches_add_up_in_the_middle_of_the_kernel() {
        let square = Branch { kernel: 3, weight: Some(vec![1.0; 36]), bias: None, norm: None };
        let point = Branch { kernel: 1, weight: Some(vec![10.0, 20.0, 30.0, 40.0]), bias: None, norm: None };
        let identity = Branch { kernel: 1, weight: None, bias: None, norm: Some(norm(&[200.0, 400.0])) };
        let conv = fold_conv(&RawConv { shape: shape(2, 3), branches: vec![square, point, identity] });
        let kernel = |middle: f32| [1.0, 1.0, 1.0, 1.0, middle, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(conv.weight, [111.0, 21.0, 31.0, 241.0].map(kernel).concat());
        assert_eq!(conv.bias, [-99.5, -199.5]);
    }
}
