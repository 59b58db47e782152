//! A trained network as plain arrays: what training hands to quantisation. No framework, no files.

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

/// A convolution with stride 1, perhaps batch norm, perhaps a 2x2 max pool, always a `ReLU`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawConv {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// Whether a 2x2 max pool with stride 2 follows.
    pub pool: bool,
    /// `[outputs, inputs, kernel, kernel]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
    /// Batch norm between convolution and `ReLU`.
    pub norm: Option<Norm>,
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

/// A sequential network: convolutions, the last of which leaves a 1x1 map, then one dense layer that gives the logits.
#[derive(Debug, Clone, PartialEq)]
pub struct RawNet {
    /// Height and width of the one-channel input.
    pub side: usize,
    /// The convolutions, in order.
    pub convs: Vec<RawConv>,
    /// The last layer.
    pub head: Dense,
}

impl RawNet {
    /// Numbers learnt: weights, biases, batch norm factors and offsets.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let convs: usize = self
            .convs
            .iter()
            .map(|conv| {
                conv.weight.len()
                    + conv.norm.as_ref().map_or(conv.bias.len(), |norm| norm.scale.len() + norm.shift.len())
            })
            .sum();
        convs + self.head.weight.len() + self.head.bias.len()
    }

    /// Multiply-accumulates for one picture.
    #[must_use]
    pub fn macs(&self) -> usize {
        let mut side = self.side;
        let mut total = self.head.weight.len();
        for conv in &self.convs {
            side = side + 2 * conv.padding + 1 - conv.kernel;
            total += conv.weight.len() * side * side;
            if conv.pool {
                side /= 2;
            }
        }
        total
    }
}
