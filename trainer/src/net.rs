//! The networks, by name. Each takes `[n, 1, 48, 48]` and gives `[n, classes]` logits, and all of them export to what
//! runs on integer kernels: 3x3 convolutions with stride 1, max pools, sums, one dense layer.

mod blocks;
mod classic;
mod plain;
mod residual;
mod weights;

pub(crate) use blocks::values;
pub use classic::Classic;
pub use plain::{RepVgg, Vgg};
pub use residual::Residual;
pub use weights::{WeightAverage, widen};

use crate::layers::RawNet;
use burn::module::Module;
use burn::store::RecordError;
use burn::tensor::{Device, Tensor, TensorData};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Which network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lower")]
pub enum Name {
    /// Conv2D, MaxPooling, Flatten, Dropout, Dense, one after the other.
    Classic,
    /// Plain 3x3 convolutions with batch norm, the mean of each channel.
    Vgg,
    /// `vgg` with branches in training, which the export folds into one.
    RepVgg,
    /// Basic residual blocks: two 3x3 convolutions and a skip connection.
    Residual,
}

impl Name {
    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Vgg => "vgg",
            Self::RepVgg => "repvgg",
            Self::Residual => "residual",
        }
    }

    /// The size it has when none is asked for.
    #[must_use]
    pub const fn default_size(self) -> Size {
        match self {
            Self::Classic => Size { width: 32, depth: 1 },
            Self::Vgg | Self::RepVgg | Self::Residual => Size { width: 16, depth: 2 },
        }
    }
}

/// How large a network is; what the numbers count is said by each network's `new`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Channels at its beginning.
    pub width: usize,
    /// Repetitions in each stage.
    pub depth: usize,
}

impl Size {
    /// The same, but for what is asked for.
    #[must_use]
    pub fn with(self, width: Option<usize>, depth: Option<usize>) -> Self {
        Self { width: width.unwrap_or(self.width), depth: depth.unwrap_or(self.depth) }
    }
}

/// A network of any name.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a program holds a handful of networks")]
pub enum Net {
    /// See [`Classic`].
    Classic(Classic),
    /// See [`Vgg`].
    Vgg(Vgg),
    /// See [`RepVgg`].
    RepVgg(RepVgg),
    /// See [`Residual`].
    Residual(Residual),
}

/// The same expression for whichever network it is.
macro_rules! each {
    ($net:expr, $inner:ident => $what:expr) => {
        match $net {
            Net::Classic($inner) => $what,
            Net::Vgg($inner) => $what,
            Net::RepVgg($inner) => $what,
            Net::Residual($inner) => $what,
        }
    };
}

impl Net {
    /// Fresh random weights. `dropout` (0..1) is the share of units before the last layer silenced in training.
    #[must_use]
    pub fn new(name: Name, size: Size, classes: usize, dropout: f64, device: &Device) -> Self {
        match name {
            Name::Classic => Self::Classic(Classic::new(size, classes, dropout, device)),
            Name::Vgg => Self::Vgg(Vgg::new(size, classes, dropout, device)),
            Name::RepVgg => Self::RepVgg(RepVgg::new(size, classes, dropout, device)),
            Name::Residual => Self::Residual(Residual::new(size, classes, dropout, device)),
        }
    }

    /// Logits of a batch.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        each!(self, net => net.forward(input))
    }

    /// The weights as plain arrays, layer by layer, for everything that comes after training.
    #[must_use]
    pub fn layers(&self) -> RawNet {
        each!(self, net => net.layers())
    }

    /// Writes the weights. The file doesn't say which network they are of.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), RecordError> {
        each!(self.clone(), net => net.save_file(path))
    }

    /// This network with the weights of a file.
    ///
    /// # Errors
    /// When the file can't be read, or holds another network.
    pub fn load(self, path: &Path) -> Result<Self, RecordError> {
        Ok(match self {
            Self::Classic(net) => Self::Classic(net.try_load_file(path)?),
            Self::Vgg(net) => Self::Vgg(net.try_load_file(path)?),
            Self::RepVgg(net) => Self::RepVgg(net.try_load_file(path)?),
            Self::Residual(net) => Self::Residual(net.try_load_file(path)?),
        })
    }
}

/// The device of everything that asks for no other: Burn's pure-Rust CPU back end.
#[must_use]
pub fn device() -> Device {
    Device::flex()
}

/// `[n, 1, 48, 48]` from plain numbers.
pub(crate) fn input_tensor(inputs: Vec<f32>, size: usize, device: &Device) -> Tensor<4> {
    let side = crate::dataset::SIDE;
    Tensor::from_data(TensorData::new(inputs, [size, 1, side, side]), device)
}
