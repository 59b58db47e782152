//! Crop -> input tensor. The trainer and the box call this one function; there is no second one.

use crate::{Contract, Crop};

/// What the network eats: f32, NCHW, batch 1, one channel.
///
/// INVARIANT: `values` holds `side * side` numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct InputTensor {
    /// Height and width.
    pub side: u32,
    /// The values, row by row.
    pub values: Vec<f32>,
}

impl InputTensor {
    /// Normalises a crop: `(luminance - mean) / deviation`, in the units of the contract (luminance 0..=255).
    #[must_use]
    pub fn new(crop: &Crop, contract: &Contract) -> Self {
        let values = crop.pixels().iter().map(|&p| contract.normalise(p)).collect();
        Self { side: crop.side(), values }
    }
}
