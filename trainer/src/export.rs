//! The line from float arrays to the bytes of `mood.onnx`: quantise, write, fit the temperature, write again.

use crate::dataset::{Dataset, Labelled, input};
use crate::error::Error;
use crate::layers::RawNet;
use crate::metrics::calibration;
use crate::net::{Name, Net, Size, device};
use crate::number::count;
use crate::{metrics, onnx, quantise, random, verify};
use clap::ValueEnum;
use mood::{Contract, LabelSet};
use rand::seq::SliceRandom;
use serde::Serialize;
use std::path::Path;

/// Sets the calibration pictures' order apart from every other use of the seed.
const CALIBRATION_STREAM: u64 = 2 << 40;

/// An exported network with the figures it was made by.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// The ONNX file.
    pub bytes: Vec<u8>,
    /// Pictures the scales were fixed on.
    pub calibration: usize,
    /// Whether cross-layer equalisation was applied.
    pub equalised: bool,
    /// Root mean square of the logits' difference, int8 against float.
    pub logit_error: f64,
    /// In the contract.
    pub temperature: f32,
    /// Of the int8 network on validation, 0..=1.
    pub accuracy: f64,
    /// Mean negative log-likelihood on validation, at that temperature.
    pub nll: f64,
    /// The same at temperature 1.
    pub nll_before: f64,
}

/// Quantises and writes `raw`. `training` are the pictures that may fix the scales, `validation` those that fix the
/// temperature; `calibration` is how many of the first to look at, and the seed that chooses them; `path` is named in
/// errors only.
///
/// # Errors
/// When the box would refuse the result.
pub fn run(
    raw: &RawNet,
    dataset: &Dataset,
    (training, validation): (&[usize], &Labelled),
    mut contract: Contract,
    (calibration, seed): (usize, u64),
    path: &Path,
) -> Result<Export, Error> {
    let mut chosen = training.to_vec();
    chosen.shuffle(&mut random::generator(seed, CALIBRATION_STREAM));
    chosen.truncate(calibration);
    let inputs: Vec<Vec<f32>> =
        dataset.pixels(&chosen).into_iter().map(|pixels| input(pixels.to_vec(), &contract)).collect();
    let quantised = quantise::quantise(raw, &inputs);
    let graph = onnx::graph(&quantised.net);
    // The temperature is fitted on what the box will compute, so the file is run once before it is complete.
    let classifier = verify::classifier(&onnx::bytes(&graph, &contract), path)?;
    let labels = &validation.labels;
    let logits = verify::logits(&classifier, &dataset.pixels(&validation.indices), path)?;
    contract.temperature = calibration::fit_temperature(&logits, labels);
    Ok(Export {
        bytes: onnx::bytes(&graph, &contract),
        calibration: chosen.len(),
        equalised: quantised.equalised,
        logit_error: quantised.logit_error,
        temperature: contract.temperature,
        accuracy: metrics::logit_accuracy(&logits, labels).unwrap_or(0.0),
        nll: metrics::mean_nll(&logits, labels, f64::from(contract.temperature)),
        nll_before: metrics::mean_nll(&logits, labels, 1.0),
    })
}

/// The cost of one network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// Which network.
    pub name: Name,
    /// How large it is.
    #[serde(flatten)]
    pub size: Size,
    /// Numbers learnt in training; the branches of `repvgg` count each.
    pub parameters: usize,
    /// Millions of multiply-accumulates for one picture, as the box computes it.
    pub mmac: f64,
    /// Bytes of the exported file, give or take the digits of its temperature.
    pub int8_bytes: usize,
}

/// What every network costs with FER-2013's seven labels; where `width` or `depth` is none, at its own.
#[must_use]
pub fn costs(width: Option<usize>, depth: Option<usize>) -> Vec<Cost> {
    let contract = Contract::new(LabelSet::Fer2013);
    let of_one = |&name: &Name| {
        let size = name.default_size().with(width, depth);
        let raw = Net::new(name, size, contract.labels.len(), 0.0, &device()).layers();
        let file = onnx::bytes(&onnx::graph(&quantise::unobserved(&raw)), &contract);
        Cost { name, size, parameters: raw.parameters(), mmac: count(raw.macs()) / 1e6, int8_bytes: file.len() }
    };
    Name::value_variants().iter().map(of_one).collect()
}
