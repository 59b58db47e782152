//! Trains the network that the box runs: data set -> training -> int8 -> ONNX -> verification.
//!
//! Each stage is a command, reads and writes named files and can be run alone. Burn, the deep-learning framework, is named
//! in the crate `kernels` and in `net`, `train`, `evaluate`, `recipe` and `devices`; from the trained weights on, everything
//! is plain arrays and reproducible.

pub mod cli;
pub mod dataset;
pub mod devices;
pub mod error;
pub mod evaluate;
pub mod export;
mod file;
pub mod layers;
pub mod look_test;
pub mod measure;
pub mod metrics;
pub mod music;
pub mod net;
mod number;
pub mod onnx;
pub mod page;
pub mod quantise;
pub mod random;
pub mod recipe;
pub mod regression;
pub mod report;
pub mod train;
pub mod verify;

pub use error::Error;

/// Training takes and gives back the same large blocks every step. The system's allocator returns them to the system
/// each time and pays for every page again; this one keeps them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
