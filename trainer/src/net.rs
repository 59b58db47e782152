//! The network `classic`: Conv2D, `ReLU`, `MaxPooling`, Dropout, Flatten, Dense, one after the other.
//!
//! Pools come early, and the widest map carries no batch norm, since maps cost the CPU more than weights do.

use crate::dataset::SIDE;
use crate::kernels;
use crate::layers::{Dense, Norm, RawConv, RawNet};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};

/// Channels of the stem.
pub const STEM: usize = 32;
/// Channels of each block.
pub const BLOCKS: [usize; 3] = [48, 96, 160];
/// Units of the hidden dense layer.
pub const HIDDEN: usize = 192;
const KERNEL: usize = 3;
/// Side of the map after four pools.
const LAST_SIDE: usize = SIDE / 16;

/// Convolution and batch norm; `ReLU` and max pooling follow.
#[derive(Module, Debug)]
pub struct Block {
    conv: Conv2d,
    norm: BatchNorm,
}

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
    /// Fresh random weights. `dropout` (0..1) is the share of hidden units silenced in training.
    #[must_use]
    pub fn new(classes: usize, dropout: f64, device: &Device) -> Self {
        let conv = |input: usize, output: usize, bias: bool| {
            Conv2dConfig::new([input, output], [KERNEL, KERNEL])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(bias)
                .init(device)
        };
        let mut input = STEM;
        let blocks = BLOCKS.map(|output| {
            let norm = BatchNormConfig::new(output).init(device);
            Block { conv: conv(std::mem::replace(&mut input, output), output, false), norm }
        });
        Self {
            stem: conv(1, STEM, true),
            blocks: blocks.into(),
            hidden: LinearConfig::new(input * LAST_SIDE * LAST_SIDE, HIDDEN).init(device),
            dropout: DropoutConfig::new(dropout).init(),
            output: LinearConfig::new(HIDDEN, classes).init(device),
        }
    }

    /// Logits of a batch.
    ///
    /// The stem's `ReLU` comes after its pool: the two commute, and so it has a quarter of the work.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = relu(kernels::max_pool(kernels::conv3x3(&self.stem, input)));
        for block in &self.blocks {
            x = kernels::max_pool(kernels::norm_relu(&block.norm, kernels::conv3x3(&block.conv, x)));
        }
        let x = self.dropout.forward(relu(self.hidden.forward(x.flatten::<2>(1, 3))));
        self.output.forward(x)
    }

    /// The weights as plain arrays, layer by layer, for everything that comes after training.
    #[must_use]
    pub fn layers(&self) -> RawNet {
        let mut convs = vec![raw_conv(&self.stem, None, true)];
        convs.extend(self.blocks.iter().map(|block| raw_conv(&block.conv, Some(&block.norm), true)));
        convs.push(dense_as_conv(&self.hidden, LAST_SIDE));
        let [inputs, outputs] = self.output.weight.shape().dims();
        let head = Dense {
            inputs,
            outputs,
            weight: transposed(&values(self.output.weight.val()), inputs, outputs),
            bias: self.output.bias.as_ref().map_or_else(|| vec![0.0; outputs], |bias| values(bias.val())),
        };
        RawNet { side: SIDE, convs, head }
    }
}

fn raw_conv(conv: &Conv2d, norm: Option<&BatchNorm>, pool: bool) -> RawConv {
    let [outputs, inputs, kernel, _] = conv.weight.shape().dims();
    RawConv {
        inputs,
        outputs,
        kernel,
        padding: kernel / 2,
        pool,
        weight: values(conv.weight.val()),
        bias: conv.bias.as_ref().map_or_else(|| vec![0.0; outputs], |bias| values(bias.val())),
        norm: norm.map(|norm| Norm {
            scale: values(norm.gamma.val()),
            shift: values(norm.beta.val()),
            mean: values(norm.running_mean.value_sync()),
            variance: values(norm.running_var.value_sync()),
            epsilon: norm.epsilon,
        }),
    }
}

/// A dense layer on a flattened `[channels, side, side]` map is a convolution whose kernel covers the map.
fn dense_as_conv(dense: &Linear, side: usize) -> RawConv {
    let [flat, outputs] = dense.weight.shape().dims();
    RawConv {
        inputs: flat / (side * side),
        outputs,
        kernel: side,
        padding: 0,
        pool: false,
        weight: transposed(&values(dense.weight.val()), flat, outputs),
        bias: dense.bias.as_ref().map_or_else(|| vec![0.0; outputs], |bias| values(bias.val())),
        norm: None,
    }
}

/// Burn keeps dense weights as `[inputs, outputs]`; everything after training wants `[outputs, inputs]`.
fn transposed(weight: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    (0..outputs).flat_map(|output| (0..inputs).map(move |input| weight[input * outputs + output])).collect()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// A running mean of the weights over the steps of training (Polyak averaging, exponentially forgetting).
#[derive(Debug)]
pub struct WeightAverage {
    values: Vec<Vec<f32>>,
    decay: f32,
}

impl WeightAverage {
    /// Starts at the weights of `net`.
    #[must_use]
    pub fn new(net: &Classic, decay: f32) -> Self {
        let mut reader = Reader::default();
        net.visit(&mut reader);
        Self { values: reader.values, decay }
    }

    /// Takes in the weights after step number `step` (from 0). Early steps forget faster.
    pub fn update(&mut self, net: &Classic, step: u32) {
        let mut reader = Reader::default();
        net.visit(&mut reader);
        let step = f64::from(step);
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a share in 0..1 fits f32")]
        let decay = self.decay.min(((1.0 + step) / (10.0 + step)) as f32);
        for (average, now) in self.values.iter_mut().zip(reader.values) {
            for (a, n) in average.iter_mut().zip(now) {
                *a += (1.0 - decay) * (n - *a);
            }
        }
    }

    /// A network for inference with the averaged weights.
    #[must_use]
    pub fn net(&self, like: &Classic) -> Classic {
        like.valid().map(&mut Writer { values: self.values.clone().into_iter() })
    }
}

#[derive(Default)]
struct Reader {
    values: Vec<Vec<f32>>,
}

impl ModuleVisitor for Reader {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.values.push(values(param.val()));
    }
}

struct Writer {
    values: std::vec::IntoIter<Vec<f32>>,
}

impl ModuleMapper for Writer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.next() else { return param };
        param.map(|tensor| {
            let (shape, device) = (tensor.shape(), tensor.device());
            Tensor::from_data(TensorData::new(values, shape), &device)
        })
    }
}
