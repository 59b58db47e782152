//! Runs the float network over pictures, for validation and for the f32 side of `verify`.

use crate::dataset::input;
use crate::net::{Net, device, input_tensor, values};
use burn::module::Module;
use mood::Contract;
use std::ops::Range;

/// Pictures at a time.
const BATCH: usize = 128;

/// What `net` says to `pictures`, without varying them: all outputs of each, in order.
#[must_use]
pub fn logits(net: &Net, pictures: &[&[u8]], contract: &Contract) -> Vec<Vec<f32>> {
    let net = net.valid();
    let device = net.devices().pop().unwrap_or_else(device);
    let mut logits = Vec::with_capacity(pictures.len());
    for chosen in pictures.chunks(BATCH) {
        let inputs = chosen.iter().flat_map(|pixels| input(pixels.to_vec(), contract)).collect();
        let output = net.forward(input_tensor(inputs, chosen.len(), &device));
        let outputs = output.dims()[1];
        logits.extend(values(output).chunks(outputs).map(<[f32]>::to_vec));
    }
    logits
}

/// As [`logits`], of the outputs `columns` alone.
#[must_use]
pub fn head_logits(net: &Net, pictures: &[&[u8]], columns: Range<usize>, contract: &Contract) -> Vec<Vec<f32>> {
    let all = logits(net, pictures, contract);
    all.iter().map(|logits| logits[columns.clone()].to_vec()).collect()
}
