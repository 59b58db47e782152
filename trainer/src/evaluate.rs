//! Runs the float network over pictures, for validation and for the f32 side of `verify`.

use crate::dataset::append_input;
use crate::dataset::{Dataset, Labelled, PIXELS};
use crate::metrics::Confusion;
use crate::net::Net;
use crate::net::{device, input_tensor};
use crate::number::count;
use burn::module::Module;
use mood::Contract;

/// Pictures at a time.
const BATCH: usize = 128;

/// How a network did.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Share that is correct, 0..=1.
    pub accuracy: f64,
    /// Mean negative log-likelihood.
    pub nll: f64,
    /// Truth against prediction.
    pub confusion: Confusion,
    /// Logits of each picture, in order.
    pub logits: Vec<Vec<f32>>,
}

impl Evaluation {
    /// Judges logits against labels.
    #[must_use]
    pub fn of(logits: Vec<Vec<f32>>, labels: &[u8], classes: usize) -> Self {
        let mut confusion = Confusion::new(classes);
        let mut nll = 0.0;
        for (logits, &label) in logits.iter().zip(labels) {
            let label = usize::from(label);
            confusion.add(label, crate::metrics::winner(logits));
            nll += crate::metrics::nll(logits, label, 1.0);
        }
        Self { accuracy: confusion.accuracy(), nll: nll / count(labels.len().max(1)), confusion, logits }
    }
}

/// What `net` says to the pictures at `indices`, without varying them: all outputs of each, in order.
#[must_use]
pub fn logits(net: &Net, dataset: &Dataset, indices: &[usize], contract: &Contract) -> Vec<Vec<f32>> {
    let net = net.valid();
    let device = net.devices().pop().unwrap_or_else(device);
    let mut logits = Vec::with_capacity(indices.len());
    for chosen in indices.chunks(BATCH) {
        let mut inputs = Vec::with_capacity(chosen.len() * PIXELS);
        for &index in chosen {
            append_input(dataset.samples[index].pixels.to_vec(), contract, &mut inputs);
        }
        let output = net.forward(input_tensor(inputs, chosen.len(), &device));
        let outputs = output.dims()[1];
        let output: Vec<f32> = output.into_data().iter::<f32>().collect();
        logits.extend(output.chunks(outputs).map(<[f32]>::to_vec));
    }
    logits
}

/// Evaluates the outputs `columns` of `net` on labelled pictures.
#[must_use]
pub fn float(
    net: &Net,
    dataset: &Dataset,
    pictures: &Labelled,
    columns: std::ops::Range<usize>,
    contract: &Contract,
) -> Evaluation {
    let classes = columns.len();
    let all = logits(net, dataset, &pictures.indices, contract);
    let own = all.iter().map(|logits| logits[columns.clone()].to_vec()).collect();
    Evaluation::of(own, &pictures.labels, classes)
}
