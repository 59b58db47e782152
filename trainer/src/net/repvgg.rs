//! The network `repvgg` (Ding et al. 2021): in training each step of `vgg` is the sum of a 3x3 convolution, a 1x1
//! convolution and, where the channels stay the same, the map itself, each with batch norm. Together they are one 3x3
//! convolution, and that is what is exported.

use super::blocks::{Block, Step, branch, raw_norm};
use super::vgg::Plain;
use crate::layers::{Branch, RawConv};
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use kernels::{self, After};

/// Branches that become one, again and again.
pub type RepVgg = Plain<Branches>;

/// The branches of one step.
#[derive(Module, Debug)]
pub struct Branches {
    square: Block,
    point: Conv2d,
    point_norm: BatchNorm,
    identity: Option<BatchNorm>,
}

impl Step for Branches {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        let norm = || BatchNormConfig::new(outputs).init(device);
        Self {
            square: Block::new(inputs, outputs, device),
            point: Conv2dConfig::new([inputs, outputs], [1, 1]).with_bias(false).init(device),
            point_norm: norm(),
            identity: (inputs == outputs).then(norm),
        }
    }

    fn forward(&self, input: Tensor<4>, pool: bool) -> Tensor<4> {
        let mut sum = self.square.forward_linear(input.clone())
            + kernels::conv_norm(&self.point, &self.point_norm, After::Nothing, input.clone());
        if let Some(norm) = &self.identity {
            sum = sum + kernels::norm(norm, input);
        }
        relu(if pool { kernels::max_pool(sum) } else { sum })
    }

    fn raw(&self, pool: bool) -> RawConv {
        let identity = |norm| Branch { kernel: 1, weight: None, bias: None, norm: Some(raw_norm(norm)) };
        let mut raw = self.square.raw(pool);
        raw.branches.push(branch(&self.point, Some(&self.point_norm)));
        raw.branches.extend(self.identity.as_ref().map(identity));
        raw
    }
}
