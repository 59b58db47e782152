//! What all ways to compute a quantised convolution have in common: the layer without its weights, and one run of it.

use crate::Geometry;
use crate::requantise::Requantise;

/// A quantised convolution without its weights.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) geometry: Geometry,
    pub(crate) input_zero: u8,
    /// What a signed input's bytes are combined with (exclusive or), so that they rise from 0 to 255.
    pub(crate) input_flip: u8,
    pub(crate) requantise: Requantise,
}

/// One run of a layer.
pub(crate) struct Run<'a> {
    pub(crate) layer: &'a Layer,
    pub(crate) input: &'a [u8],
    /// Batch, height, width of the input.
    pub(crate) size: [usize; 3],
    /// Height and width of the output.
    pub(crate) out: [usize; 2],
    pub(crate) output: &'a mut [u8],
    pub(crate) scratch: &'a mut Scratch,
}

/// Room for what is between input and output, reused between runs.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) padded: Vec<u8>,
    pub(crate) rows: Vec<i16>,
    pub(crate) sums: Vec<i32>,
}

/// Makes `buffer` at least `len` long, and gives that much of it.
pub(crate) fn room<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
    &mut buffer[..len]
}
