//! A trained network as plain arrays: what training hands to quantisation. No framework, no files.
//!
//! A network is a list of [`Part`]s, one after the other: convolutions, and pairs of convolutions with a way around
//! them. The last map is averaged channel by channel and read by one dense layer. The same list holds convolutions as
//! trained ([`RawConv`]), with batch norm folded in, and in integers.

use std::iter::once;

/// What a convolution with stride 1 reads and writes, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvShape {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// Whether a `ReLU` follows.
    pub relu: bool,
    /// Whether then a 2x2 max pool with stride 2 follows.
    pub pool: bool,
}

impl ConvShape {
    /// Weights of one output channel.
    #[must_use]
    pub const fn per_output(&self) -> usize {
        self.inputs * self.kernel * self.kernel
    }

    /// Height and width of the map the convolution makes of one of height and width `side`.
    #[must_use]
    pub const fn map_side(&self, side: usize) -> usize {
        side + 2 * self.padding + 1 - self.kernel
    }

    /// The same after pooling.
    #[must_use]
    pub const fn output_side(&self, side: usize) -> usize {
        if self.pool { self.map_side(side) / 2 } else { self.map_side(side) }
    }
}

/// A convolution in one of its forms.
pub trait Convolution {
    /// What it reads and writes.
    fn shape(&self) -> ConvShape;
}

/// Batch normalisation of one layer's output channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    /// Learnt factor per channel (gamma).
    pub scale: Vec<f32>,
    /// Learnt offset per channel (beta).
    pub shift: Vec<f32>,
    /// Running mean per channel.
    pub mean: Vec<f32>,
    /// Running variance per channel.
    pub variance: Vec<f32>,
    /// Added to the variance before the root.
    pub epsilon: f64,
}

/// One of the linear maps whose sum a convolution is.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Height and width of its kernel, which lies in the middle of the convolution's.
    pub kernel: usize,
    /// `[outputs, inputs, kernel, kernel]`; none stands for the identity.
    pub weight: Option<Vec<f32>>,
    /// `[outputs]`, none for zeros.
    pub bias: Option<Vec<f32>>,
    /// Batch norm of what the kernel gives.
    pub norm: Option<Norm>,
}

impl Branch {
    fn parameters(&self) -> usize {
        let learnt = [self.weight.as_ref(), self.bias.as_ref()];
        let norm = self.norm.as_ref().map_or(0, |norm| norm.scale.len() + norm.shift.len());
        norm + learnt.into_iter().flatten().map(Vec::len).sum::<usize>()
    }
}

/// A convolution as trained.
#[derive(Debug, Clone, PartialEq)]
pub struct RawConv {
    /// What it reads and writes.
    pub shape: ConvShape,
    /// Their sum is the convolution; most have one.
    pub branches: Vec<Branch>,
}

impl Convolution for RawConv {
    fn shape(&self) -> ConvShape {
        self.shape
    }
}

/// A step of a network; `C` is the form of its convolutions, `S` what is kept for a sum.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<C, S = ()> {
    /// A convolution.
    Conv(C),
    /// `relu(x + second(first(x)))` (He et al. 2016); both convolutions keep the map's size.
    Residual {
        /// Reads the map.
        first: C,
        /// Reads what the first gives; without `ReLU`.
        second: C,
        /// Of the sum.
        sum: S,
    },
}

impl<C, S> Part<C, S> {
    /// Its convolutions, in the order they run.
    pub fn convs(&self) -> impl Iterator<Item = &C> {
        let (first, second) = match self {
            Self::Conv(conv) => (conv, None),
            Self::Residual { first, second, .. } => (first, Some(second)),
        };
        once(first).chain(second)
    }
}

impl<C: Convolution, S> Part<C, S> {
    /// Height and width of the map it makes of one of height and width `side`.
    pub fn output_side(&self, side: usize) -> usize {
        self.convs().fold(side, |side, conv| conv.shape().output_side(side))
    }
}

/// A dense layer: `weight * x + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
    /// `[outputs, inputs]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// A network: parts, the mean of each channel, one dense layer that gives the logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Network<C, S = (), D = Dense> {
    /// Height and width of the one-channel input.
    pub side: usize,
    /// The parts, in order.
    pub parts: Vec<Part<C, S>>,
    /// The last layer.
    pub head: D,
}

/// A network as trained.
pub type RawNet = Network<RawConv>;

impl<C, S, D> Network<C, S, D> {
    /// Its convolutions, in the order they run.
    pub fn convs(&self) -> impl Iterator<Item = &C> {
        self.parts.iter().flat_map(Part::convs)
    }
}

impl<C: Convolution, S, D> Network<C, S, D> {
    /// Height and width of the map that is averaged; 1 leaves nothing to average.
    pub fn last_side(&self) -> usize {
        self.parts.iter().fold(self.side, |side, part| part.output_side(side))
    }
}

impl RawNet {
    /// Numbers learnt: weights, biases, batch norm factors and offsets.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let convs = self.convs().flat_map(|conv| &conv.branches).map(Branch::parameters).sum::<usize>();
        convs + self.head.weight.len() + self.head.bias.len()
    }

    /// The network with the outputs `columns` only: one head of several.
    #[must_use]
    pub fn with_head(mut self, columns: std::ops::Range<usize>) -> Self {
        let head = &mut self.head;
        head.weight = head.weight[columns.start * head.inputs..columns.end * head.inputs].to_vec();
        head.bias = head.bias[columns.clone()].to_vec();
        head.outputs = columns.len();
        self
    }

    /// Multiply-accumulates for one picture, once the branches of a convolution are one kernel.
    #[must_use]
    pub fn macs(&self) -> usize {
        let mut side = self.side;
        let mut total = self.head.weight.len();
        for shape in self.convs().map(Convolution::shape) {
            total += shape.outputs * shape.per_output() * shape.map_side(side).pow(2);
            side = shape.output_side(side);
        }
        total
    }
}
