//! What the networks are made of, and how each piece becomes plain arrays.

use crate::layers::{Branch, ConvShape, Dense, Norm, RawConv};
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use kernels::{self, After};

/// A 3x3 convolution that keeps the map's size; batch norm brings the bias where it follows.
pub(super) fn conv3x3(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_bias(bias)
        .init(device)
}

/// A step of a sequential network: a map in, a map of the same size out, or of half its size with a pool, as one 3x3 convolution with `ReLU` could.
pub trait Step: Module {
    /// Fresh random weights.
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self;
    /// The map, in training or not; pooled when a max pool follows.
    fn forward(&self, input: Tensor<4>, pool: bool) -> Tensor<4>;
    /// The weights as plain arrays; `pool` when a max pool follows.
    fn raw(&self, pool: bool) -> RawConv;
}

/// 3x3 convolution and batch norm.
#[derive(Module, Debug)]
pub struct Block {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Step for Block {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        let norm = BatchNormConfig::new(outputs).init(device);
        Self { conv: conv3x3(inputs, outputs, false, device), norm }
    }

    fn forward(&self, input: Tensor<4>, pool: bool) -> Tensor<4> {
        let after = if pool { After::ReluPool } else { After::Relu };
        kernels::conv_norm(&self.conv, &self.norm, after, input)
    }

    fn raw(&self, pool: bool) -> RawConv {
        RawConv { shape: ConvShape { pool, ..shape(&self.conv) }, branches: vec![self.branch()] }
    }
}

impl Block {
    /// The map before its `ReLU`.
    pub(super) fn forward_linear(&self, input: Tensor<4>) -> Tensor<4> {
        kernels::conv_norm(&self.conv, &self.norm, After::Nothing, input)
    }

    /// The weights of [`Self::forward_linear`].
    pub(super) fn raw_linear(&self) -> RawConv {
        RawConv { shape: ConvShape { relu: false, ..shape(&self.conv) }, branches: vec![self.branch()] }
    }

    pub(super) fn branch(&self) -> Branch {
        branch(&self.conv, Some(&self.norm))
    }
}

/// The mean of each channel, dropout, a dense layer.
#[derive(Module, Debug)]
pub(super) struct Head {
    dropout: Dropout,
    output: Linear,
}

impl Head {
    pub(super) fn new(inputs: usize, classes: usize, dropout: f64, device: &Device) -> Self {
        let dropout = DropoutConfig::new(dropout).init();
        Self { dropout, output: LinearConfig::new(inputs, classes).init(device) }
    }

    pub(super) fn forward(&self, map: Tensor<4>) -> Tensor<2> {
        let [batch, channels, height, width] = map.dims();
        let means = map.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels]);
        self.output.forward(self.dropout.forward(means))
    }

    pub(super) fn raw(&self) -> Dense {
        raw_dense(&self.output)
    }
}

/// The shape of a convolution with stride 1 that keeps the map's size, then `ReLU`.
pub(super) fn shape(conv: &Conv2d) -> ConvShape {
    let [outputs, inputs, kernel, _] = conv.weight.dims();
    ConvShape { inputs, outputs, kernel, padding: kernel / 2, relu: true, pool: false }
}

pub(super) fn branch(conv: &Conv2d, norm: Option<&BatchNorm>) -> Branch {
    let [_, _, kernel, _] = conv.weight.dims();
    Branch {
        kernel,
        weight: Some(values(conv.weight.val())),
        bias: conv.bias.as_ref().map(|bias| values(bias.val())),
        norm: norm.map(raw_norm),
    }
}

pub(super) fn raw_norm(norm: &BatchNorm) -> Norm {
    Norm {
        scale: values(norm.gamma.val()),
        shift: values(norm.beta.val()),
        mean: values(norm.running_mean.value_sync()),
        variance: values(norm.running_var.value_sync()),
        epsilon: norm.epsilon,
    }
}

/// Burn keeps dense weights as `[inputs, outputs]`; everything after training wants `[outputs, inputs]`.
pub(super) fn raw_dense(dense: &Linear) -> Dense {
    let [inputs, outputs] = dense.weight.dims();
    Dense {
        inputs,
        outputs,
        weight: values(dense.weight.val().transpose()),
        bias: dense.bias.as_ref().map_or_else(|| vec![0.0; outputs], |bias| values(bias.val())),
    }
}

/// The numbers of a tensor, row by row.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.into_data();
    data.as_slice::<f32>().map_or_else(|_| data.iter::<f32>().collect(), <[f32]>::to_vec)
}
