//! Runs a network on plain arrays, in float and in integers: slow, short, and the yardstick the exporter is held to.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "integer arithmetic of QLinearConv: values are clamped to 0..=255 before they become bytes"
)]

use super::fold::{Conv, Net};
use super::params::{Params, QuantConv, QuantNet};
use crate::layers::{ConvShape, Dense, Part};
use std::ops::{AddAssign, Mul};

/// What a float run leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What each convolution gives, after `ReLU` and pool, and each sum, in the order they are computed.
    pub activations: Vec<Vec<f32>>,
    /// The network's answer.
    pub logits: Vec<f32>,
}

/// Runs the float network on one input tensor.
#[must_use]
pub fn float(net: &Net, input: &[f32]) -> Trace {
    let mut activations = Vec::new();
    let mut map = Map { side: net.side, values: input.to_vec() };
    for part in &net.parts {
        map = match part {
            Part::Conv(conv) => float_conv(conv, &map),
            Part::Residual { first, second, .. } => {
                let inner = float_conv(first, &map);
                let branch = float_conv(second, &inner);
                let sum = map.values.iter().zip(&branch.values).map(|(around, through)| (around + through).max(0.0));
                let sum = Map { side: branch.side, values: sum.collect() };
                activations.extend([inner.values, branch.values]);
                sum
            }
        };
        activations.push(map.values.clone());
    }
    Trace { activations, logits: dense(&net.head, &map.means()) }
}

fn float_conv(conv: &Conv, map: &Map<f32>) -> Map<f32> {
    let mut y = convolve(map, &conv.weight, &conv.bias, conv.shape);
    if conv.shape.relu {
        y.values.iter_mut().for_each(|value| *value = value.max(0.0));
    }
    if conv.shape.pool { pool(&y) } else { y }
}

/// Runs the int8 network on one input tensor, rounding as `QLinearConv` does.
#[must_use]
pub fn integer(net: &QuantNet, input: &[f32]) -> Vec<f32> {
    let network = &net.network;
    let levels = input.iter().map(|&value| i32::from(net.input.quantise(value)));
    let mut map = Map { side: network.side, values: levels.collect() };
    let mut from = net.input;
    for part in &network.parts {
        (map, from) = match part {
            Part::Conv(conv) => (integer_conv(conv, &map, from), conv.output),
            Part::Residual { first, second, sum } => {
                let branch = integer_conv(second, &integer_conv(first, &map, from), first.output);
                let (around, through) = (map.reals(from), branch.reals(second.output));
                let levels = around.values.iter().zip(&through.values).map(|(a, b)| i32::from(sum.quantise(a + b)));
                (Map { side: branch.side, values: levels.collect() }, *sum)
            }
        };
    }
    dense(&network.head.dequantised(), &map.reals(from).means())
}

fn integer_conv(conv: &QuantConv, map: &Map<i32>, from: Params) -> Map<i32> {
    // Padding is the zero point, so it vanishes once the zero point is taken off.
    let zero_point = i32::from(from.zero_point);
    let centred = Map { side: map.side, values: map.values.iter().map(|level| level - zero_point).collect() };
    let weight: Vec<i32> = conv.weight.iter().map(|&weight| i32::from(weight)).collect();
    let mut y = convolve(&centred, &weight, &conv.bias, conv.shape);
    let factor = from.scale * conv.weight_scale / conv.output.scale;
    y.values.iter_mut().for_each(|sum| *sum = requantise(*sum, factor, conv.output));
    if conv.shape.pool { pool(&y) } else { y }
}

fn requantise(sum: i32, factor: f32, output: Params) -> i32 {
    let level = (sum as f32 * factor).round_ties_even() as i32;
    level.saturating_add(i32::from(output.zero_point)).clamp(0, 255)
}

/// `[channels, side, side]` numbers.
#[derive(Debug, Clone, PartialEq)]
struct Map<T> {
    side: usize,
    values: Vec<T>,
}

impl Map<f32> {
    /// The mean of each channel.
    fn means(&self) -> Vec<f32> {
        let area = self.side * self.side;
        self.values.chunks(area).map(|plane| plane.iter().sum::<f32>() / area as f32).collect()
    }
}

impl Map<i32> {
    /// What the levels stand for.
    fn reals(&self, params: Params) -> Map<f32> {
        let real = |level: &i32| (level - i32::from(params.zero_point)) as f32 * params.scale;
        Map { side: self.side, values: self.values.iter().map(real).collect() }
    }
}

/// Stride 1, zeros around: adds each weight times a shifted row, so that the inner loop runs over memory in order.
fn convolve<T: Copy + Default + AddAssign + Mul<Output = T>>(
    map: &Map<T>,
    weight: &[T],
    bias: &[T],
    shape: ConvShape,
) -> Map<T> {
    let ConvShape { inputs, outputs, kernel, padding, .. } = shape;
    let side = map.side;
    let wide = side + 2 * padding;
    let mut padded = vec![T::default(); inputs * wide * wide];
    for (plane, target) in map.values.chunks(side * side).zip(padded.chunks_mut(wide * wide)) {
        for (row, line) in plane.chunks(side).enumerate() {
            let start = (row + padding) * wide + padding;
            target[start..start + side].copy_from_slice(line);
        }
    }
    let out = shape.map_side(side);
    let mut values = Vec::with_capacity(outputs * out * out);
    for (filter, &bias) in weight.chunks(inputs * kernel * kernel).zip(bias) {
        let mut sums = vec![bias; out * out];
        for (plane, taps) in padded.chunks(wide * wide).zip(filter.chunks(kernel * kernel)) {
            for (tap, &weight) in taps.iter().enumerate() {
                let (dy, dx) = (tap / kernel, tap % kernel);
                for (row, line) in sums.chunks_mut(out).enumerate() {
                    let start = (row + dy) * wide + dx;
                    for (sum, &value) in line.iter_mut().zip(&plane[start..start + out]) {
                        *sum += weight * value;
                    }
                }
            }
        }
        values.extend(sums);
    }
    Map { side: out, values }
}

fn pool<T: Copy + PartialOrd>(map: &Map<T>) -> Map<T> {
    let (side, half) = (map.side, map.side / 2);
    let larger = |a: T, b: T| if b > a { b } else { a };
    let mut values = Vec::with_capacity(map.values.len() / 4);
    for plane in map.values.chunks(side * side) {
        for row in 0..half {
            for column in 0..half {
                let at = 2 * row * side + 2 * column;
                let (upper, lower) = (larger(plane[at], plane[at + 1]), larger(plane[at + side], plane[at + side + 1]));
                values.push(larger(upper, lower));
            }
        }
    }
    Map { side: half, values }
}

fn dense(layer: &Dense, x: &[f32]) -> Vec<f32> {
    let rows = layer.weight.chunks(layer.inputs);
    rows.zip(&layer.bias).map(|(row, bias)| bias + row.iter().zip(x).map(|(w, x)| w * x).sum::<f32>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::RngExt;

    /// The definition of a convolution, pixel by pixel.
    fn by_definition(x: &[f32], weight: &[f32], bias: &[f32], shape: ConvShape, side: usize) -> Vec<f32> {
        let ConvShape { inputs, outputs, kernel, padding, .. } = shape;
        let out = shape.map_side(side);
        let mut y = Vec::new();
        for o in 0..outputs {
            for at in 0..out * out {
                let mut sum = bias[o];
                for (tap, i) in (0..kernel * kernel).flat_map(|tap| (0..inputs).map(move |i| (tap, i))) {
                    let row = (at / out + tap / kernel).checked_sub(padding).filter(|&row| row < side);
                    let column = (at % out + tap % kernel).checked_sub(padding).filter(|&column| column < side);
                    if let (Some(row), Some(column)) = (row, column) {
                        sum += weight[(o * inputs + i) * kernel * kernel + tap] * x[(i * side + row) * side + column];
                    }
                }
                y.push(sum);
            }
        }
        y
    }

    #[test]
    fn convolution_is_what_its_definition_says() {
        let mut random = generator(3, 0);
        for (inputs, outputs, kernel, padding, side) in [(1, 2, 3, 1, 6), (3, 4, 3, 0, 3), (2, 1, 1, 0, 5)] {
            let shape = ConvShape { inputs, outputs, kernel, padding, relu: false, pool: false };
            let mut some = |n: usize| -> Vec<f32> { (0..n).map(|_| random.random_range(-1.0..1.0)).collect() };
            let (x, w, b) = (some(inputs * side * side), some(outputs * inputs * kernel * kernel), some(outputs));
            let map = Map { side, values: x.clone() };
            for (a, b) in convolve(&map, &w, &b, shape).values.iter().zip(by_definition(&x, &w, &b, shape, side)) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn pooling_keeps_the_largest_of_each_square() {
        let map = Map { side: 4, values: vec![1, 5, 2, 0, 3, 4, 9, 8, 0, 0, 1, 1, 0, 7, 1, 2] };
        assert_eq!(pool(&map), Map { side: 2, values: vec![5, 9, 7, 2] });
    }
}
