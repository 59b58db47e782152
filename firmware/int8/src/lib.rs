//! Quantised convolution and pooling as ONNX defines them, on the integer units of small boards.
//!
//! [`Convolution`] is `QLinearConv` (operator set 10), [`max_pool`] `MaxPool` on bytes. Tensors are channels-last (NHWC);
//! [`reference`](mod@reference) is the slow, plain form the fast one is held against. All sums are exact integers, so the
//! results are equal bit for bit on every machine.

mod convolution;
mod geometry;
mod lanes;
mod layer;
mod machine;
mod patches;
mod pool;
pub mod reference;
mod requantise;
mod winograd;

pub use convolution::Convolution;
pub use geometry::{Geometry, Levels};
pub use layer::Scratch;
pub use machine::Instructions;
pub use pool::max_pool;
