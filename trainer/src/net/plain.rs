//! The network `vgg`: plain 3x3 convolutions with batch norm (Simonyan & Zisserman 2015), the mean of each channel
//! instead of hidden dense layers.

use super::Size;
use super::blocks::{Block, Head, Step, branch, raw_norm};
use crate::dataset::SIDE;
use crate::layers::{Branch, Part, RawConv, RawNet};
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use kernels::{self, After};

/// Stages; a pool lies between each and the next, which has twice the channels.
const STAGES: usize = 4;

/// A sequence of steps of one kind: `[n, 1, 48, 48]` in, `[n, classes]` logits out.
#[derive(Module, Debug)]
pub struct Plain<S: Module> {
    stages: Vec<Vec<S>>,
    head: Head,
}

/// Convolution, batch norm, `ReLU`, again and again.
pub type Vgg = Plain<Block>;

impl<S: Step> Plain<S> {
    /// `width` is the channels of the first stage, `depth` the steps of each. `dropout` (0..1) is the share of features
    /// silenced in training.
    #[must_use]
    pub fn new(Size { width, depth }: Size, classes: usize, dropout: f64, device: &Device) -> Self {
        let mut input = 1;
        let mut step = |output: usize| S::new(std::mem::replace(&mut input, output), output, device);
        let stages = (0..STAGES).map(|stage| (0..depth).map(|_| step(width << stage)).collect()).collect();
        Self { stages, head: Head::new(input, classes, dropout, device) }
    }

    /// Logits of a batch.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = input;
        for (step, pool) in self.steps() {
            x = step.forward(x, pool);
        }
        self.head.forward(x)
    }

    /// The weights as plain arrays, layer by layer.
    #[must_use]
    pub fn layers(&self) -> RawNet {
        let parts = self.steps().map(|(step, pool)| Part::Conv(step.raw(pool))).collect();
        RawNet { side: SIDE, parts, head: self.head.raw() }
    }

    /// The steps, and whether a pool follows.
    fn steps(&self) -> impl Iterator<Item = (&S, bool)> {
        self.stages.iter().enumerate().flat_map(|(at, stage)| {
            let pooled = at + 1 < STAGES;
            stage.iter().enumerate().map(move |(index, step)| (step, pooled && index + 1 == stage.len()))
        })
    }
}

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
