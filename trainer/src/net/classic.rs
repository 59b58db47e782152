//! The network `classic`: Conv2D, `ReLU`, `MaxPooling`, Dropout, Flatten, Dense, one after the other.
//!
//! Pools come early, and the widest map carries no batch norm, since maps cost the CPU more than weights do.

use super::Size;
use super::blocks::{Block, Step, branch, conv3x3, raw_dense, shape};
use crate::dataset::SIDE;
use crate::layers::{Branch, ConvShape, Dense, Part, RawConv, RawNet};
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use kernels::{self, After};

/// Stages after the stem; a pool ends each.
const STAGES: usize = 3;
/// Side of the map after four pools.
const LAST_SIDE: usize = SIDE / 16;

/// The classic sequential network: `[n, 1, 48, 48]` in, `[n, classes]` logits out.
#[derive(Module, Debug)]
pub struct Classic {
    stem: Conv2d,
    blocks: Vec<Block>,
    hidden: Linear,
    dropout: Dropout,
    output: Linear,
}

impl Classic {
    /// `width` is the stem's channels (the stages have 1.5, 3 and 5 times as many, the hidden layer 6 times), `depth`
    /// the convolutions of a stage. `dropout` (0..1) is the share of hidden units silenced in training.
    #[must_use]
    pub fn new(Size { width, depth }: Size, classes: usize, dropout: f64, device: &Device) -> Self {
        let mut input = width;
        let mut block = |output: usize| Block::new(std::mem::replace(&mut input, output), output, device);
        let stages: [usize; STAGES] = [width * 3 / 2, width * 3, width * 5];
        let blocks = stages.into_iter().flat_map(|output| vec![output; depth]).map(&mut block).collect();
        let hidden = width * 6;
        Self {
            stem: conv3x3(1, width, true, device),
            blocks,
            hidden: LinearConfig::new(width * 5 * LAST_SIDE * LAST_SIDE, hidden).init(device),
            dropout: DropoutConfig::new(dropout).init(),
            output: LinearConfig::new(hidden, classes).init(device),
        }
    }

    /// Logits of a batch.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = kernels::conv_bias(&self.stem, After::ReluPool, input);
        for (block, pool) in self.blocks() {
            x = block.forward(x, pool);
        }
        let x = self.dropout.forward(relu(self.hidden.forward(x.flatten::<2>(1, 3))));
        self.output.forward(x)
    }

    /// The weights as plain arrays, layer by layer.
    #[must_use]
    pub fn layers(&self) -> RawNet {
        let stem =
            RawConv { shape: ConvShape { pool: true, ..shape(&self.stem) }, branches: vec![branch(&self.stem, None)] };
        let mut parts = vec![Part::Conv(stem)];
        parts.extend(self.blocks().map(|(block, pool)| Part::Conv(block.raw(pool))));
        parts.push(Part::Conv(dense_as_conv(raw_dense(&self.hidden), LAST_SIDE)));
        RawNet { side: SIDE, parts, head: raw_dense(&self.output) }
    }

    /// The blocks, and whether a pool follows.
    fn blocks(&self) -> impl Iterator<Item = (&Block, bool)> {
        let depth = self.blocks.len() / STAGES;
        self.blocks.iter().enumerate().map(move |(index, block)| (block, (index + 1).is_multiple_of(depth)))
    }
}

/// A dense layer on a flattened `[channels, side, side]` map is a convolution whose kernel covers the map.
fn dense_as_conv(dense: Dense, side: usize) -> RawConv {
    let inputs = dense.inputs / (side * side);
    let shape = ConvShape { inputs, outputs: dense.outputs, kernel: side, padding: 0, relu: true, pool: false };
    let branch = Branch { kernel: side, weight: Some(dense.weight), bias: Some(dense.bias), norm: None };
    RawConv { shape, branches: vec![branch] }
}
