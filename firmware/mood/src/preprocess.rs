//! Crop -> input tensor. The trainer and the box call this one function; there is no second one.

use crate::{Contract, Crop};

/// What the network eats: f32, NCHW, batch 1, one channel.
///
/// INVARIANT: `values` holds `side * side` numbers.
#[derive(Debug, Clone, PartialEq, Default)]
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
        let mut input = Self::default();
        input.fill(crop, contract);
        input
    }

    /// As [`InputTensor::new`], into the tensor that is there.
    pub fn fill(&mut self, crop: &Crop, contract: &Contract) {
        self.side = crop.side();
        self.values.clear();
        self.values.extend(crop.pixels().iter().map(|&luminance| contract.normalise(luminance)));
    }

    /// Makes it the mirror image: left and right change places.
    pub fn mirror(&mut self) {
        let side = crate::frame::index(self.side).max(1);
        self.values.chunks_mut(side).for_each(<[f32]>::reverse);
    }
}
