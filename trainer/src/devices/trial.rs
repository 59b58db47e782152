//! A small training step on a device, held against the CPU's stock layers value by value.
//!
//! It has what the networks are made of: a matrix product, a 3x3 convolution, batch norm with `ReLU`, a max pool, the
//! backward pass through all of them, and a step of gradient descent. Each step reads its values back, so that a driver
//! that fails is known by the step it failed in.

use burn::module::Param;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Distribution, Gradients, Tensor, TensorData};
use kernels;

/// The most a step may be off: root mean square of the differences, as a share of the values'. Cards may multiply with
/// 10 bits of mantissa (TF32), and a rounding can move a maximum or a `ReLU` to its neighbour; a wrong kernel is off by 1.
pub const MOST: f64 = 0.05;

/// The steps, in order.
pub const STEPS: [&str; 6] = ["matmul", "conv3x3", "norm", "pool", "backward", "step"];

const BATCH: usize = 4;
const INPUTS: usize = 3;
const OUTPUTS: usize = 8;
const SIDE: usize = 16;
const FEATURES: usize = OUTPUTS * SIDE * SIDE / 4;
const CLASSES: usize = 7;
/// Of the step of gradient descent.
const RATE: f32 = 0.1;

/// Takes the steps on `device`, calling `begin` before each, and gives the largest difference met (see [`MOST`]).
///
/// # Errors
/// Names the first step whose values are wrong.
pub fn run(device: &Device, begin: impl FnMut(&'static str)) -> Result<f64, String> {
    let weights = Weights::random();
    let expected = values(&weights, &Device::flex(), Layers::Stock, |_| ());
    let found = values(&weights, device, Layers::Chosen, begin);
    let mut largest = 0.0_f64;
    for (step, (found, expected)) in STEPS.into_iter().zip(found.iter().zip(&expected)) {
        let off = difference(found, expected);
        // A difference that is no number is wrong too.
        if off.is_nan() || off > MOST {
            return Err(format!("{step} is off by {off:.3} of the CPU's values, at most {MOST} is right"));
        }
        largest = largest.max(off);
    }
    Ok(largest)
}

/// Who computes.
#[derive(Clone, Copy, PartialEq)]
enum Layers {
    /// Burn's own layers.
    Stock,
    /// Those that training uses on the device: own kernels on the CPU.
    Chosen,
}

/// All numbers the steps begin with.
struct Weights {
    left: TensorData,
    right: TensorData,
    input: TensorData,
    conv: TensorData,
    scale: TensorData,
    shift: TensorData,
    dense: TensorData,
    target: TensorData,
}

impl Weights {
    fn random() -> Self {
        let device = Device::flex();
        device.seed(1);
        let normal = |deviation| Distribution::Normal(0.0, deviation);
        Self {
            left: Tensor::<2>::random([33, 70], normal(1.0), &device).into_data(),
            right: Tensor::<2>::random([70, 18], normal(1.0), &device).into_data(),
            input: Tensor::<4>::random([BATCH, INPUTS, SIDE, SIDE], normal(1.0), &device).into_data(),
            conv: Tensor::<4>::random([OUTPUTS, INPUTS, 3, 3], normal(0.3), &device).into_data(),
            scale: Tensor::<1>::random([OUTPUTS], Distribution::Uniform(0.5, 1.5), &device).into_data(),
            shift: Tensor::<1>::random([OUTPUTS], normal(0.3), &device).into_data(),
            dense: Tensor::<2>::random([FEATURES, CLASSES], normal(0.05), &device).into_data(),
            target: Tensor::<2>::random([BATCH, CLASSES], Distribution::Uniform(0.0, 0.3), &device).into_data(),
        }
    }
}

/// The values after each of [`STEPS`].
fn values(weights: &Weights, device: &Device, layers: Layers, mut begin: impl FnMut(&'static str)) -> Vec<Vec<f32>> {
    let [matmul, conv3x3, norm, pool, backward, step] = STEPS;
    let device = device.clone().autodiff();
    let mut found = Vec::with_capacity(STEPS.len());

    begin(matmul);
    let product =
        Tensor::<2>::from_data(weights.left.clone(), &device).matmul(Tensor::from_data(weights.right.clone(), &device));
    found.push(numbers(product));

    let mut net = SmallNet::new(weights, &device, layers);
    begin(conv3x3);
    let x = net.conv(Tensor::from_data(weights.input.clone(), &device));
    found.push(numbers(x.clone()));
    begin(norm);
    let x = net.norm(x);
    found.push(numbers(x.clone()));
    begin(pool);
    let x = net.pool(x);
    found.push(numbers(x.clone()));

    begin(backward);
    let target = Tensor::<2>::from_data(weights.target.clone(), &device);
    let loss = net.loss(x, target.clone());
    found.push(net.descend(&loss));

    begin(step);
    let x = net.conv(Tensor::from_data(weights.input.clone(), &device));
    let x = net.norm(x);
    let x = net.pool(x);
    found.push(numbers(net.loss(x, target)));
    found
}

/// Convolution, batch norm, `ReLU`, pool, dense layer.
struct SmallNet {
    layers: Layers,
    conv: Conv2d,
    norm: BatchNorm,
    dense: Param<Tensor<2>>,
}

impl SmallNet {
    fn new(weights: &Weights, device: &Device, layers: Layers) -> Self {
        let mut conv = Conv2dConfig::new([INPUTS, OUTPUTS], [3, 3])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(false)
            .init(device);
        conv.weight = Param::from_data(weights.conv.clone(), device);
        let mut norm = BatchNormConfig::new(OUTPUTS).init(device);
        norm.gamma = Param::from_data(weights.scale.clone(), device);
        norm.beta = Param::from_data(weights.shift.clone(), device);
        Self { layers, conv, norm, dense: Param::from_data(weights.dense.clone(), device) }
    }

    fn conv(&self, x: Tensor<4>) -> Tensor<4> {
        match self.layers {
            Layers::Stock => self.conv.forward(x),
            Layers::Chosen => kernels::conv3x3(&self.conv, x),
        }
    }

    fn norm(&self, x: Tensor<4>) -> Tensor<4> {
        match self.layers {
            Layers::Stock => relu(self.norm.forward(x)),
            Layers::Chosen => kernels::norm_relu(&self.norm, x),
        }
    }

    fn pool(&self, x: Tensor<4>) -> Tensor<4> {
        match self.layers {
            Layers::Stock => MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(x),
            Layers::Chosen => kernels::max_pool(x),
        }
    }

    fn loss(&self, x: Tensor<4>, target: Tensor<2>) -> Tensor<1> {
        let logits = x.flatten::<2>(1, 3).matmul(self.dense.val());
        (log_softmax(logits, 1) * target).sum().neg()
    }

    /// One step of gradient descent; gives the gradients.
    fn descend(&mut self, loss: &Tensor<1>) -> Vec<f32> {
        let gradients = loss.backward();
        let mut all = Vec::new();
        self.conv.weight = moved(&self.conv.weight.val(), &gradients, &mut all);
        self.norm.gamma = moved(&self.norm.gamma.val(), &gradients, &mut all);
        self.norm.beta = moved(&self.norm.beta.val(), &gradients, &mut all);
        self.dense = moved(&self.dense.val(), &gradients, &mut all);
        all
    }
}

/// The weight after the step; its gradient is added to `all`.
fn moved<const D: usize>(weight: &Tensor<D>, gradients: &Gradients, all: &mut Vec<f32>) -> Param<Tensor<D>> {
    let device = weight.device();
    let Some(gradient) = weight.grad(gradients) else {
        // Nothing flowed back: too few values, so the comparison tells.
        return Param::from_tensor(weight.clone());
    };
    all.extend(numbers(gradient.clone()));
    let moved = weight.clone().inner() - gradient.mul_scalar(RATE);
    Param::from_data(moved.into_data(), &device)
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Root mean square of the differences, as a share of that of the expected values.
fn difference(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let apart: f64 = found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    let size: f64 = expected.iter().map(|b| f64::from(*b).powi(2)).sum();
    (apart / size).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_passes_and_takes_every_step() {
        let mut begun = Vec::new();
        let off = run(&Device::flex(), |step| begun.push(step)).expect("the own kernels are right");
        assert_eq!(begun, STEPS);
        assert!(off > 0.0 && off < 1e-5, "{off}: the own kernels sum in another order, no more");
    }

    #[test]
    fn each_step_gives_its_values() {
        let found = values(&Weights::random(), &Device::flex(), Layers::Stock, |_| ());
        let lengths: Vec<usize> = found.iter().map(Vec::len).collect();
        let map = BATCH * OUTPUTS * SIDE * SIDE;
        let weights = OUTPUTS * INPUTS * 9 + 2 * OUTPUTS + FEATURES * CLASSES;
        assert_eq!(lengths, [33 * 18, map, map, map / 4, weights, 1]);
    }

    #[test]
    fn wrong_values_are_told_from_rounding() {
        let expected = [1.0, -2.0, 3.0];
        assert!(difference(&[1.001, -2.001, 3.001], &expected) < MOST);
        assert!(difference(&[1.0, -2.0, -3.0], &expected) > MOST);
        assert!(difference(&[1.0, f32::NAN, 3.0], &expected).is_nan());
        assert!(difference(&[1.0], &expected).is_infinite());
    }
}
