//! 3x3 convolution, stride 1, one pixel of zero padding, NCHW: forward and both gradients as im2col and a matrix product.
//!
//! The gradient towards the input is a forward convolution of the output's gradient with the kernel turned by half a
//! turn and its channels exchanged; the one towards the weights is the product of the gradient with the unfolded input.

use super::matmul::{Matrix, multiply};
use rayon::prelude::*;

/// Taps of a 3x3 kernel.
const TAPS: usize = 9;

/// Sizes of one convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Pictures in the batch.
    pub batch: usize,
    /// Channels read.
    pub inputs: usize,
    /// Channels written.
    pub outputs: usize,
    /// Lines of a channel.
    pub height: usize,
    /// Pixels of a line.
    pub width: usize,
}

impl Conv {
    const fn area(&self) -> usize {
        self.height * self.width
    }

    /// How many pictures share one matrix product: small maps alone make products too narrow to be fast.
    fn group(&self) -> usize {
        const WIDE_ENOUGH: usize = 256;
        WIDE_ENOUGH.div_ceil(self.area()).min(self.batch.div_ceil(2)).max(1)
    }

    /// `output = weight * input`: `input` is batch x inputs x height x width, `weight` outputs x inputs x 3 x 3.
    pub fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        let area = self.area();
        let depth = self.inputs * TAPS;
        let group = self.group();
        let mut output = vec![0.0; self.batch * self.outputs * area];
        let weight = Matrix::new(weight, self.outputs, depth);
        input
            .par_chunks(group * self.inputs * area)
            .zip(output.par_chunks_mut(group * self.outputs * area))
            .for_each_init(
                || {
                    (
                        vec![0.0; depth * group * area],
                        vec![0.0; if group > 1 { self.outputs * group * area } else { 0 }],
                    )
                },
                |(columns, product), (pictures, out)| {
                    let count = pictures.len() / (self.inputs * area);
                    let span = count * area;
                    let columns = &mut columns[..depth * span];
                    self.unfold(pictures, self.inputs, count, columns);
                    let columns = Matrix::new(columns, depth, span);
                    if count == 1 {
                        multiply(weight, columns, out, false);
                    } else {
                        let product = &mut product[..self.outputs * span];
                        multiply(weight, columns, product, false);
                        exchange(product, out, self.outputs, count, area);
                    }
                },
            );
        output
    }

    /// The gradient towards the input, from `gradient` (the output's) and `weight`.
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut turned = vec![0.0; weight.len()];
        for output in 0..self.outputs {
            for input in 0..self.inputs {
                for tap in 0..TAPS {
                    turned[(input * self.outputs + output) * TAPS + TAPS - 1 - tap] =
                        weight[(output * self.inputs + input) * TAPS + tap];
                }
            }
        }
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }.forward(gradient, &turned)
    }

    /// The gradient towards the weights, outputs x inputs x 3 x 3.
    #[must_use]
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let area = self.area();
        let depth = self.inputs * TAPS;
        let group = self.group();
        let swapped = if group > 1 { self.outputs * group * area } else { 0 };
        let sum = input
            .par_chunks(group * self.inputs * area)
            .zip(gradient.par_chunks(group * self.outputs * area))
            .fold(
                || (vec![0.0; depth * group * area], vec![0.0; swapped], vec![0.0; depth * self.outputs]),
                |(mut columns, mut swapped, mut sum), (pictures, gradient)| {
                    let count = pictures.len() / (self.inputs * area);
                    let span = count * area;
                    self.unfold(pictures, self.inputs, count, &mut columns[..depth * span]);
                    let unfolded = Matrix::new(&columns[..depth * span], depth, span);
                    let gradient = if count == 1 {
                        gradient
                    } else {
                        exchange(gradient, &mut swapped[..self.outputs * span], count, self.outputs, area);
                        &swapped[..self.outputs * span]
                    };
                    // This way round, the tall matrix on the left, the product is up to twice as fast.
                    let gradient = Matrix::new(gradient, self.outputs, span).transposed();
                    multiply(unfolded, gradient, &mut sum, true);
                    (columns, swapped, sum)
                },
            )
            .map(|(_, _, sum)| sum)
            .reduce(
                || vec![0.0; depth * self.outputs],
                |mut a, b| {
                    a.iter_mut().zip(&b).for_each(|(a, b)| *a += b);
                    a
                },
            );
        let mut turned = vec![0.0; sum.len()];
        exchange(&sum, &mut turned, depth, self.outputs, 1);
        turned
    }

    /// im2col: for each channel and tap a row with the pixel under that tap, for every pixel of `count` pictures.
    fn unfold(&self, pictures: &[f32], channels: usize, count: usize, columns: &mut [f32]) {
        let (height, width, area) = (self.height, self.width, self.area());
        for (row, line) in columns.chunks_exact_mut(count * area).enumerate() {
            let (channel, tap) = (row / TAPS, row % TAPS);
            let (down, right) = (tap / 3, tap % 3);
            for (picture, out) in line.chunks_exact_mut(area).enumerate() {
                let plane = &pictures[(picture * channels + channel) * area..][..area];
                for (y, out) in out.chunks_exact_mut(width).enumerate() {
                    // `y + down - 1` is the line under the tap.
                    let Some(source) = (y + down).checked_sub(1).filter(|source| *source < height) else {
                        out.fill(0.0);
                        continue;
                    };
                    let source = &plane[source * width..][..width];
                    match right {
                        0 => {
                            out[0] = 0.0;
                            out[1..].copy_from_slice(&source[..width - 1]);
                        }
                        1 => out.copy_from_slice(source),
                        _ => {
                            out[..width - 1].copy_from_slice(&source[1..]);
                            out[width - 1] = 0.0;
                        }
                    }
                }
            }
        }
    }
}

/// Swaps the two outer axes of `outer x inner x area`.
fn exchange(from: &[f32], to: &mut [f32], outer: usize, inner: usize, area: usize) {
    for (at, chunk) in from.chunks_exact(area).enumerate() {
        let (o, i) = (at / inner, at % inner);
        to[(i * outer + o) * area..][..area].copy_from_slice(chunk);
    }
}
