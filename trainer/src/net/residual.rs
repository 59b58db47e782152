//! The network `residual`: basic residual blocks, two 3x3 convolutions and a skip connection (He et al. 2016).
//!
//! Every stage opens with a plain convolution that brings the channels and a max pool that halves the map, so that the
//! skip connection is always the identity: no strides, no second kernel, nothing that has to be requantised.

use super::Size;
use super::blocks::{Block, Head, Step};
use crate::dataset::SIDE;
use crate::layers::{Part, RawConv, RawNet};
use burn::module::Module;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

/// Stages; each has twice the channels of the one before.
const STAGES: usize = 4;

/// Two convolutions and a skip connection.
#[derive(Module, Debug)]
struct Pair {
    first: Block,
    second: Block,
}

impl Pair {
    fn new(channels: usize, device: &Device) -> Self {
        Self { first: Block::new(channels, channels, device), second: Block::new(channels, channels, device) }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        relu(self.second.forward_linear(self.first.forward(input.clone(), false)) + input)
    }

    fn raw(&self) -> Part<RawConv> {
        Part::Residual { first: self.first.raw(false), second: self.second.raw_linear(), sum: () }
    }
}

/// Maps of one size.
#[derive(Module, Debug)]
struct Stage {
    opening: Block,
    pairs: Vec<Pair>,
}

/// The residual network: `[n, 1, 48, 48]` in, `[n, classes]` logits out.
#[derive(Module, Debug)]
pub struct Residual {
    stages: Vec<Stage>,
    head: Head,
}

impl Residual {
    /// `width` is the channels of the first stage, `depth` the pairs of each. `dropout` (0..1) is the share of features
    /// silenced in training.
    #[must_use]
    pub fn new(Size { width, depth }: Size, classes: usize, dropout: f64, device: &Device) -> Self {
        let mut input = 1;
        let mut stage = |output: usize| Stage {
            opening: Block::new(std::mem::replace(&mut input, output), output, device),
            pairs: (0..depth).map(|_| Pair::new(output, device)).collect(),
        };
        let stages = (0..STAGES).map(|at| stage(width << at)).collect();
        Self { stages, head: Head::new(input, classes, dropout, device) }
    }

    /// Logits of a batch.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = input;
        for stage in &self.stages {
            x = stage.opening.forward(x, true);
            for pair in &stage.pairs {
                x = pair.forward(x);
            }
        }
        self.head.forward(x)
    }

    /// The weights as plain arrays, layer by layer.
    #[must_use]
    pub fn layers(&self) -> RawNet {
        let parts = self.stages.iter().flat_map(|stage| {
            std::iter::once(Part::Conv(stage.opening.raw(true))).chain(stage.pairs.iter().map(Pair::raw))
        });
        RawNet { side: SIDE, parts: parts.collect(), head: self.head.raw() }
    }
}
