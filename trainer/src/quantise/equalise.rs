//! Cross-layer equalisation (Nagel et al. 2019): evens out the ranges of a layer's channels, so that one scale a
//! tensor fits them all. Exact in real numbers, since `ReLU` and max pooling commute with positive factors.

use super::fold::{Conv, Net};

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
        for at in 1..net.convs.len() {
            let (before, after) = net.convs.split_at_mut(at);
            if let (Some(first), Some(second)) = (before.last_mut(), after.first_mut()) {
                balance(first, second);
            }
        }
    }
    net
}

fn balance(first: &mut Conv, second: &mut Conv) {
    let per_output = first.inputs * first.kernel * first.kernel;
    let area = second.kernel * second.kernel;
    let per_second_output = second.inputs * area;
    for channel in 0..first.outputs {
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
