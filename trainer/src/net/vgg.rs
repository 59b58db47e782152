//! The network `vgg`: plain 3x3 convolutions with batch norm (Simonyan & Zisserman 2015), the mean of each channel
//! instead of hidden dense layers.

use super::Size;
use super::blocks::{Block, Head, Step};
use crate::dataset::SIDE;
use crate::layers::{Part, RawNet};
use burn::module::Module;
use burn::tensor::{Device, Tensor};

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
