//! Folds batch norm into the convolution before it: one multiply less, and what is left can become integers.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "folding is done in f64 and rounded to f32 once, at the end"
)]

use crate::layers::{Dense, RawConv, RawNet};

/// A convolution with stride 1 and a bias, perhaps a 2x2 max pool, always a `ReLU`.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// Whether a 2x2 max pool with stride 2 follows.
    pub pool: bool,
    /// `[outputs, inputs, kernel, kernel]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// A sequential network without batch norm.
#[derive(Debug, Clone, PartialEq)]
pub struct Net {
    /// Height and width of the one-channel input.
    pub side: usize,
    /// The convolutions, the last of which leaves a 1x1 map.
    pub convs: Vec<Conv>,
    /// The last layer, which gives the logits.
    pub head: Dense,
}

/// The same function without batch norm, exact up to rounding.
#[must_use]
pub fn fold(raw: &RawNet) -> Net {
    Net { side: raw.side, convs: raw.convs.iter().map(fold_conv).collect(), head: raw.head.clone() }
}

fn fold_conv(raw: &RawConv) -> Conv {
    let (mut weight, mut bias) = (raw.weight.clone(), raw.bias.clone());
    if let Some(norm) = &raw.norm {
        let per_output = raw.inputs * raw.kernel * raw.kernel;
        for (channel, (weights, bias)) in weight.chunks_mut(per_output).zip(&mut bias).enumerate() {
            let factor = f64::from(norm.scale[channel]) / (f64::from(norm.variance[channel]) + norm.epsilon).sqrt();
            for weight in weights {
                *weight = (f64::from(*weight) * factor) as f32;
            }
            let centred = f64::from(*bias) - f64::from(norm.mean[channel]);
            *bias = (centred * factor + f64::from(norm.shift[channel])) as f32;
        }
    }
    let RawConv { inputs, outputs, kernel, padding, pool, .. } = *raw;
    Conv { inputs, outputs, kernel, padding, pool, weight, bias }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::Norm;

    #[test]
    fn a_folded_channel_computes_what_conv_and_norm_did() {
        let norm = Norm { scale: vec![2.0], shift: vec![0.5], mean: vec![1.0], variance: vec![4.0], epsilon: 0.0 };
        let raw = RawConv {
            inputs: 1,
            outputs: 1,
            kernel: 1,
            padding: 0,
            pool: false,
            weight: vec![3.0],
            bias: vec![0.25],
            norm: Some(norm),
        };
        let conv = fold_conv(&raw);
        // ((3x + 0.25) - 1) / 2 * 2 + 0.5
        assert_eq!(conv.weight, [3.0]);
        assert_eq!(conv.bias, [-0.25]);
    }
}
