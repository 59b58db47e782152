//! The layers that cost most in training, as own kernels on the CPU.
//!
//! Burn's CPU back end computes a convolution's weight gradient as a convolution with a kernel as large as the map, and
//! composes batch normalisation from element-wise operations. Here both are written out (`im2col` and a matrix product;
//! two passes over the map) and plugged into Burn as a back-end extension with a hand-written backward pass. On every
//! other device the stock layers run: see [`conv3x3`], [`norm()`] and [`max_pool`], which choose by device.

pub mod conv;
pub mod norm;
pub mod pool;

mod layers;
mod ops;
mod scratch;
mod simd;

pub use layers::{conv1x1, conv3x3, max_pool, norm, norm_relu, serve};
