//! Runs a network on plain arrays, in float and in integers: slow, short, and the yardstick the exporter is held to.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "integer arithmetic of QLinearConv: values are clamped to 0..=255 before they become bytes"
)]

use super::fold::{Conv, Net};
use super::params::{Params, QuantConv, QuantNet};
use crate::layers::Dense;
use std::ops::{AddAssign, Mul};

/// What a float run leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The output of each convolution after `ReLU` and pool.
    pub activations: Vec<Vec<f32>>,
    /// The network's answer.
    pub logits: Vec<f32>,
}

/// Runs the float network on one input tensor.
#[must_use]
pub fn float(net: &Net, input: &[f32]) -> Trace {
    let mut activations: Vec<Vec<f32>> = Vec::with_capacity(net.convs.len());
    let mut side = net.side;
    for conv in &net.convs {
        let x = activations.last().map_or(input, Vec::as_slice);
        let shape = Shape { side, ..Shape::of(conv) };
        let mut y = convolve(x, &conv.weight, &conv.bias, shape);
        y.iter_mut().for_each(|value| *value = value.max(0.0));
        side = shape.output_side();
        if conv.pool {
            y = pool(&y, side);
            side /= 2;
        }
        activations.push(y);
    }
    let logits = dense(&net.head, activations.last().map_or(input, Vec::as_slice));
    Trace { activations, logits }
}

/// Runs the int8 network on one input tensor, rounding as `QLinearConv` does.
#[must_use]
pub fn integer(net: &QuantNet, input: &[f32]) -> Vec<f32> {
    let mut x: Vec<i32> = input.iter().map(|&value| i32::from(net.input.quantise(value))).collect();
    let mut from = net.input;
    let mut side = net.side;
    for conv in &net.convs {
        let shape = Shape { side, ..Shape::of_quant(conv) };
        // Padding is the zero point, so it vanishes once the zero point is taken off.
        let centred: Vec<i32> = x.iter().map(|value| value - i32::from(from.zero_point)).collect();
        let weight: Vec<i32> = conv.weight.iter().map(|&weight| i32::from(weight)).collect();
        let sums = convolve(&centred, &weight, &conv.bias, shape);
        let factor = from.scale * conv.weight_scale / conv.output.scale;
        x = sums.into_iter().map(|sum| requantise(sum, factor, conv.output)).collect();
        side = shape.output_side();
        if conv.pool {
            x = pool(&x, side);
            side /= 2;
        }
        from = conv.output;
    }
    let real: Vec<f32> = x.iter().map(|&value| (value - i32::from(from.zero_point)) as f32 * from.scale).collect();
    dense(&net.head.dequantised(), &real)
}

fn requantise(sum: i32, factor: f32, output: Params) -> i32 {
    let level = (sum as f32 * factor).round_ties_even() as i32;
    level.saturating_add(i32::from(output.zero_point)).clamp(0, 255)
}

#[derive(Clone, Copy)]
struct Shape {
    inputs: usize,
    outputs: usize,
    kernel: usize,
    padding: usize,
    side: usize,
}

impl Shape {
    const fn of(conv: &Conv) -> Self {
        Self { inputs: conv.inputs, outputs: conv.outputs, kernel: conv.kernel, padding: conv.padding, side: 0 }
    }

    const fn of_quant(conv: &QuantConv) -> Self {
        Self { inputs: conv.inputs, outputs: conv.outputs, kernel: conv.kernel, padding: conv.padding, side: 0 }
    }

    const fn output_side(self) -> usize {
        self.side + 2 * self.padding + 1 - self.kernel
    }
}

/// Stride 1, zeros around: adds each weight times a shifted row, so that the inner loop runs over memory in order.
fn convolve<T: Copy + Default + AddAssign + Mul<Output = T>>(
    x: &[T],
    weight: &[T],
    bias: &[T],
    shape: Shape,
) -> Vec<T> {
    let Shape { inputs, outputs, kernel, padding, side } = shape;
    let wide = side + 2 * padding;
    let mut padded = vec![T::default(); inputs * wide * wide];
    for (plane, target) in x.chunks(side * side).zip(padded.chunks_mut(wide * wide)) {
        for (row, line) in plane.chunks(side).enumerate() {
            let start = (row + padding) * wide + padding;
            target[start..start + side].copy_from_slice(line);
        }
    }
    let out = shape.output_side();
    let mut y = Vec::with_capacity(outputs * out * out);
    for (filter, &bias) in weight.chunks(inputs * kernel * kernel).zip(bias) {
        let mut map = vec![bias; out * out];
        for (plane, taps) in padded.chunks(wide * wide).zip(filter.chunks(kernel * kernel)) {
            for (tap, &weight) in taps.iter().enumerate() {
                let (dy, dx) = (tap / kernel, tap % kernel);
                for (row, line) in map.chunks_mut(out).enumerate() {
                    let start = (row + dy) * wide + dx;
                    for (sum, &value) in line.iter_mut().zip(&plane[start..start + out]) {
                        *sum += weight * value;
                    }
                }
            }
        }
        y.extend(map);
    }
    y
}

fn pool<T: Copy + PartialOrd>(x: &[T], side: usize) -> Vec<T> {
    let half = side / 2;
    let larger = |a: T, b: T| if b > a { b } else { a };
    let mut y = Vec::with_capacity(x.len() / 4);
    for plane in x.chunks(side * side) {
        for row in 0..half {
            for column in 0..half {
                let at = 2 * row * side + 2 * column;
                let (upper, lower) = (larger(plane[at], plane[at + 1]), larger(plane[at + side], plane[at + side + 1]));
                y.push(larger(upper, lower));
            }
        }
    }
    y
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
    fn by_definition(x: &[f32], weight: &[f32], bias: &[f32], shape: Shape) -> Vec<f32> {
        let Shape { inputs, outputs, kernel, padding, side } = shape;
        let out = shape.output_side();
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
            let shape = Shape { inputs, outputs, kernel, padding, side };
            let mut some = |n: usize| -> Vec<f32> { (0..n).map(|_| random.random_range(-1.0..1.0)).collect() };
            let (x, w, b) = (some(inputs * side * side), some(outputs * inputs * kernel * kernel), some(outputs));
            for (a, b) in convolve(&x, &w, &b, shape).iter().zip(by_definition(&x, &w, &b, shape)) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn pooling_keeps_the_largest_of_each_square() {
        assert_eq!(pool(&[1, 5, 2, 0, 3, 4, 9, 8, 0, 0, 1, 1, 0, 7, 1, 2], 4), [5, 9, 7, 2]);
    }
}
