//! The classifier bit for bit, to hold one processor against another:
//! `activations MODEL.onnx <rows.csv`, rows as in `fer2013.csv`; `scripts/lab/compare-arm64 --help` says how it is built for both.
//!
//! A line a row: its number, then for each tensor of the network, in order, its name, its element type and a fingerprint of
//! its bytes, and last the logits as the hexadecimal digits of their 32 bits. `scripts/lab/compare-arm64` finds the first tensor
//! that differs.
#![expect(clippy::print_stdout, reason = "a measuring tool")]

use mood::{Classifier, Crop, InputTensor};
use tract_onnx::prelude::*;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let path = std::env::args_os().nth(1).ok_or("usage: activations MODEL.onnx <rows.csv")?;
    let bytes = std::fs::read(path)?;
    let classifier = Classifier::from_onnx(&bytes)?;
    let side = classifier.contract().side;
    let (names, plan) = opened(&bytes)?;
    for (row, line) in std::io::stdin().lines().enumerate() {
        let line = line?;
        let pixels = line.split(',').nth(1).ok_or("a row has no pixels")?;
        let pixels = pixels.split_whitespace().map(str::parse).collect::<Result<Vec<u8>, _>>()?;
        let crop = Crop::from_pixels(side, pixels).ok_or("a row is not of the network's size")?;
        let input = InputTensor::new(&crop, classifier.contract());
        let wide = usize::try_from(side)?;
        let tensor = Tensor::from_shape(&[1, 1, wide, wide], &input.values)?;
        let mut parts = vec![row.to_string()];
        for (name, output) in names.iter().zip(plan.run(tvec!(tensor.into_tvalue()))?) {
            let print = fingerprint(output.try_as_plain_ram()?.as_bytes());
            parts.push(format!("{name}:{:?}:{print:016x}", output.datum_type().unquantized()));
        }
        // From the network as the box runs it, without those outputs.
        let logits = classifier.logits(&input)?;
        let bits: Vec<String> = logits.0.iter().map(|logit| format!("{:08x}", logit.to_bits())).collect();
        parts.push(bits.join(" "));
        println!("{}", parts.join("\t"));
    }
    Ok(())
}

/// The network with every tensor between its nodes as an output, and their names.
fn opened(bytes: &[u8]) -> Result<(Vec<String>, Arc<TypedRunnableModel>), Failure> {
    let proto = onnx().proto_model_for_read(&mut &*bytes)?;
    let graph = proto.graph.as_ref().ok_or("it has no graph")?;
    let all: Vec<String> = graph.node.iter().flat_map(|node| node.output.clone()).collect();
    let mut model = onnx().model_for_proto_model(&proto)?;
    let mut names = Vec::new();
    let mut outlets = Vec::new();
    for name in all {
        if let Some(outlet) = model.find_outlet_label(&name) {
            names.push(name);
            outlets.push(outlet);
        }
    }
    model.outputs = outlets;
    Ok((names, model.into_optimized()?.into_runnable()?))
}

/// FNV-1a.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
