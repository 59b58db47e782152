//! Scales and zero points, and the network made of them: `real = (q - zero_point) * scale`, as in ONNX.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "quantisation: every value is rounded half to even and clamped to its type's range before the cast"
)]

use super::fold::{Conv, Net};
use super::observe::Histogram;
use crate::layers::{ConvShape, Convolution, Dense, Network, Part};

/// Levels from 0 to the end of an unsigned and of a signed range.
const UNSIGNED_LEVELS: u8 = 255;
const SIGNED_LEVELS: u8 = 127;

/// Scale and zero point of a tensor of unsigned bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// The size of one step; positive.
    pub scale: f32,
    /// The level that stands for 0.
    pub zero_point: u8,
}

/// The smallest range that is cut into levels: of a layer that has died. The box refuses smaller steps as damaged.
const LEAST_LIMIT: f32 = 1e-6;

impl Params {
    /// For values in `0..=limit`, as a `ReLU` leaves them: saturation at level 0 is the `ReLU` itself.
    #[must_use]
    pub fn unsigned(limit: f32) -> Self {
        Self { scale: limit.max(LEAST_LIMIT) / f32::from(UNSIGNED_LEVELS), zero_point: 0 }
    }

    /// For values in `-limit..=limit`.
    #[must_use]
    pub fn signed(limit: f32) -> Self {
        Self { scale: limit.max(LEAST_LIMIT) / f32::from(SIGNED_LEVELS), zero_point: 128 }
    }

    /// For values like those seen, which a `ReLU` has left positive or not.
    #[must_use]
    pub fn fitting(seen: &Histogram, relu: bool) -> Self {
        if relu {
            Self::unsigned(seen.best_limit(UNSIGNED_LEVELS))
        } else {
            Self::signed(seen.best_limit(SIGNED_LEVELS))
        }
    }

    /// The nearest level, half to even, saturating.
    #[must_use]
    pub fn quantise(self, value: f32) -> u8 {
        ((value / self.scale).round_ties_even() + f32::from(self.zero_point)).clamp(0.0, 255.0) as u8
    }

    /// What a level stands for.
    #[must_use]
    pub fn dequantise(self, level: u8) -> f32 {
        (f32::from(level) - f32::from(self.zero_point)) * self.scale
    }
}

/// A convolution in integers; its `ReLU` is the saturation at level 0.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantConv {
    /// What it reads and writes.
    pub shape: ConvShape,
    /// `[outputs, inputs, kernel, kernel]`, in -127..=127.
    pub weight: Vec<i8>,
    /// One scale for all weights: only so does tract keep the layer in one integer kernel.
    pub weight_scale: f32,
    /// `[outputs]`, in steps of input scale times weight scale.
    pub bias: Vec<i32>,
    /// Of the output.
    pub output: Params,
}

impl Convolution for QuantConv {
    fn shape(&self) -> ConvShape {
        self.shape
    }
}

/// The last layer: int8 weights, computed in float since quantised logits cost the most accuracy.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantDense {
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
    /// `[outputs, inputs]`, in -127..=127.
    pub weight: Vec<i8>,
    /// One scale for all weights.
    pub weight_scale: f32,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

impl QuantDense {
    /// The float layer the integers stand for.
    #[must_use]
    pub fn dequantised(&self) -> Dense {
        let weight = self.weight.iter().map(|&weight| f32::from(weight) * self.weight_scale).collect();
        Dense { inputs: self.inputs, outputs: self.outputs, weight, bias: self.bias.clone() }
    }
}

/// A network in integers.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantNet {
    /// Of the input tensor.
    pub input: Params,
    /// Its layers; the sums of residual parts have a scale of their own.
    pub network: Network<QuantConv, Params, QuantDense>,
}

/// Turns a float network into integers. `seen` holds a histogram for each of its activations, in the order of
/// [`float`](super::reference::float).
#[must_use]
pub fn quantise(net: &Net, input: Params, seen: &[Histogram]) -> QuantNet {
    let mut seen = seen.iter();
    let unseen = Histogram::default();
    let mut fitting = |relu| Params::fitting(seen.next().unwrap_or(&unseen), relu);
    let mut from = input;
    let parts = net.parts.iter().map(|part| match part {
        Part::Conv(conv) => {
            let conv = quantise_conv(conv, from, fitting(conv.shape.relu));
            from = conv.output;
            Part::Conv(conv)
        }
        Part::Residual { first, second, sum: () } => {
            let first = quantise_conv(first, from, fitting(first.shape.relu));
            let second = quantise_conv(second, first.output, fitting(second.shape.relu));
            from = fitting(true);
            Part::Residual { first, second, sum: from }
        }
    });
    let parts = parts.collect();
    let (weight, weight_scale) = symmetric(&net.head.weight);
    let Dense { inputs, outputs, ref bias, .. } = net.head;
    let head = QuantDense { inputs, outputs, weight, weight_scale, bias: bias.clone() };
    QuantNet { input, network: Network { side: net.side, parts, head } }
}

fn quantise_conv(conv: &Conv, input: Params, output: Params) -> QuantConv {
    let (weight, weight_scale) = symmetric(&conv.weight);
    let step = f64::from(input.scale) * f64::from(weight_scale);
    let bias = conv.bias.iter().map(|&bias| (f64::from(bias) / step).round_ties_even() as i32).collect();
    QuantConv { shape: conv.shape, weight, weight_scale, bias, output }
}

/// Signed bytes around 0 and their scale, clipped where that makes the smallest squared error.
#[must_use]
pub fn symmetric(weights: &[f32]) -> (Vec<i8>, f32) {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs())).max(LEAST_LIMIT);
    let error = |scale: f32| -> f64 {
        weights.iter().map(|&weight| f64::from(f32::from(to_i8(weight, scale)) * scale - weight).powi(2)).sum()
    };
    let scales = (50_u8..=100).map(|percent| largest * f32::from(percent) / 100.0 / 127.0);
    let best = scales.map(|scale| (scale, error(scale))).min_by(|a, b| a.1.total_cmp(&b.1));
    let scale = best.map_or(largest / 127.0, |(scale, _)| scale);
    (weights.iter().map(|&weight| to_i8(weight, scale)).collect(), scale)
}

fn to_i8(weight: f32, scale: f32) -> i8 {
    (weight / scale).round_ties_even().clamp(-127.0, 127.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::RngExt;

    #[test]
    fn quantise_then_dequantise_is_within_half_a_step() {
        let mut random = generator(11, 0);
        for _ in 0..10_000 {
            let limit = random.random_range(1e-3_f32..100.0);
            let value = random.random_range(-limit..=limit);
            let signed = Params::signed(limit);
            let back = signed.dequantise(signed.quantise(value));
            assert!((back - value).abs() <= signed.scale * 0.500_1, "{value} of {limit} came back as {back}");
            let unsigned = Params::unsigned(limit);
            let back = unsigned.dequantise(unsigned.quantise(value));
            assert!(
                (back - value.max(0.0)).abs() <= unsigned.scale * 0.500_1,
                "{value} of {limit} came back as {back}"
            );
        }
    }

    #[test]
    fn levels_survive_the_round_trip_exactly() {
        for params in [Params::signed(1.0), Params::unsigned(3.7)] {
            for level in 0..=255 {
                assert_eq!(params.quantise(params.dequantise(level)), level);
            }
        }
    }

    #[test]
    fn weights_are_within_half_a_step_of_their_range_or_clipped() {
        let mut random = generator(12, 0);
        let weights: Vec<f32> = (0..4_000).map(|_| random.random_range(-0.3_f32..0.3)).collect();
        let (quantised, scale) = symmetric(&weights);
        for (&weight, &q) in weights.iter().zip(&quantised) {
            let inside = weight.abs() <= 127.0 * scale;
            let error = (f32::from(q) * scale - weight).abs();
            assert!(!inside || error <= scale * 0.500_1, "{weight} became {q}");
        }
        assert!(symmetric(&[0.0; 4]).0.iter().all(|&q| q == 0));
    }
}
