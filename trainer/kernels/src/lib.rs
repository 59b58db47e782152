//! The layers that cost most in training, as own kernels on the CPU.
//!
//! Burn's CPU back end computes a convolution's weight gradient as a convolution with a kernel as large as the map, and
//! composes batch normalisation from element-wise operations. Here a convolution and all that follows it are one kernel
//! ([`block`]), computed in vector registers picture by picture and plugged into Burn as a back-end extension with a
//! hand-written backward pass. On every other device the stock layers run: see [`conv_norm`] and its neighbours, which
//! choose by device.

pub mod block;
pub mod conv;
pub mod norm;
pub mod pool;

mod layers;
mod maps;
mod ops;
mod optimiser;
mod scratch;
pub mod simd;

pub use layers::{After, conv_bias, conv_norm, conv1x1, conv3x3, max_pool, norm, norm_relu, serve};
pub use optimiser::AdamW;
