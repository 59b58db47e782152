//! Cross-layer equalisation (Nagel et al. 2019): evens out the ranges of a layer's channels, so that one scale a
//! tensor fits them all. Exact in real numbers, since `ReLU` and max pooling commute with positive factors.
//!
//! Only where a map is read by one convolution and nothing else: what goes around a pair keeps its ranges.

use super::fold::{Conv, Net};
use crate::layers::Part;

/// Factors outside of this would trade one bad scale for another.
const SMALLEST: f32 = 0.05;
const LARGEST: f32 = 20.0;
/// One sweep disturbs the balance of the pair before; a few settle it.
const SWEEPS: usize = 10;

/// The same function with evened-out channel ranges.
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
