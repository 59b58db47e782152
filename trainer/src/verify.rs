//! Runs the exported file through the very code the box runs, and holds it against the float network.

use crate::dataset::{Dataset, Labelled, Split};
use crate::error::Error;
use crate::evaluate::Evaluation;
use crate::number::count;
use crate::{file, metrics};
use mood::{Classifier, Contract, Crop, InputTensor, ModelError};
use rayon::prelude::*;
use std::path::Path;

/// Largest network file that is read, in MiB: what the box reads.
pub(crate) const MOST_MIB: u64 = 128;

/// An exported network's figures, next to those of the float network it came from.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// What was measured on.
    pub split: Split,
    /// What was measured.
    pub classifier: &'a Classifier,
    /// Its figures.
    pub integer: &'a Evaluation,
    /// The float network's, when its run was given.
    pub float: Option<&'a Evaluation>,
}

impl Comparison<'_> {
    /// Accuracy lost by the exported file, percentage points; negative when it gained.
    #[must_use]
    pub fn drop(&self) -> Option<f64> {
        self.float.map(|float| 100.0 * (float.accuracy - self.integer.accuracy))
    }
}

/// Reads an exported network.
///
/// # Errors
/// When the file can't be read, or the box would refuse it.
pub fn load(path: &Path) -> Result<Classifier, Error> {
    let bytes = file::read(path, MOST_MIB).map_err(|error| {
        Error::data(path, format_args!("can't be read: {error}"), "write it with `trainer quantise` first")
    })?;
    classifier(&bytes, path)
}

/// Prepares the bytes of an exported network; `path` is named when they are refused.
///
/// # Errors
/// When the box would refuse them.
pub fn classifier(bytes: &[u8], path: &Path) -> Result<Classifier, Error> {
    // tract panics on some graphs; the core catches that, and nothing is printed of it.
    let loaded = files::caught(|| Classifier::from_onnx(bytes));
    loaded.unwrap_or_else(|detail| Err(ModelError::Graph { detail })).map_err(|error| refused(path, &error))
}

/// Evaluates an exported network on labelled pictures, on all cores.
///
/// # Errors
/// When a run fails.
pub fn evaluate(
    classifier: &Classifier,
    dataset: &Dataset,
    pictures: &Labelled,
    path: &Path,
) -> Result<Evaluation, Error> {
    let logits = logits(classifier, dataset, &pictures.indices, path)?;
    Ok(Evaluation::of(logits, &pictures.labels, classifier.contract().labels.len()))
}

/// What an exported network says to the pictures at `indices`, in their order, on all cores.
///
/// # Errors
/// When a run fails; `path` is named.
pub fn logits(
    classifier: &Classifier,
    dataset: &Dataset,
    indices: &[usize],
    path: &Path,
) -> Result<Vec<Vec<f32>>, Error> {
    let contract = classifier.contract();
    let run = |&index: &usize| {
        let crop = Crop::from_pixels(contract.side, dataset.pictures[index].pixels.to_vec()).ok_or_else(|| {
            ModelError::Mismatch {
                key: "side",
                found: contract.side.to_string(),
                expected: crate::dataset::SIDE.to_string(),
            }
        })?;
        classifier.logits(&InputTensor::new(&crop, contract)).map(|logits| logits.0)
    };
    indices.par_iter().map(run).collect::<Result<_, _>>().map_err(|error| refused(path, &error))
}

/// The temperature that makes the probabilities fit best (Guo et al. 2017): a golden-section search over the mean
/// negative log-likelihood, rounded to a thousandth so that it doesn't hang on the last bit of a sum.
#[must_use]
pub fn fit_temperature(logits: &[Vec<f32>], labels: &[u8]) -> f32 {
    let loss = |temperature: f64| -> f64 {
        let each = |(logits, &label): (&Vec<f32>, &u8)| metrics::nll(logits, usize::from(label), temperature);
        logits.iter().zip(labels).map(each).sum::<f64>() / count(labels.len().max(1))
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.1_f64, 10.0_f64);
    for _ in 0..60 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a number between 0.1 and 10")]
    let temperature = (((low + high) / 2.0 * 1e3).round() / 1e3) as f32;
    temperature
}

/// A row a picture: its index in the data set, its label, the winner and the logits.
#[must_use]
pub fn predictions(evaluation: &Evaluation, pictures: &Labelled, contract: &Contract) -> String {
    let mut text = String::from("row,label,prediction");
    for label in &contract.labels {
        text.push_str(",logit_");
        text.push_str(label.name());
    }
    text.push('\n');
    for ((index, label), logits) in pictures.indices.iter().zip(&pictures.labels).zip(&evaluation.logits) {
        text.push_str(&format!("{index},{label},{}", metrics::winner(logits)));
        for logit in logits {
            text.push_str(&format!(",{logit}"));
        }
        text.push('\n');
    }
    text
}

fn refused(path: &Path, error: &ModelError) -> Error {
    Error::Model {
        what: format!("model `{}`: {error}", path.display()),
        hint: "export it again with `trainer quantise`".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_logits_get_the_temperature_they_were_sharpened_by() {
        // One in four is wrong: the honest logit is ln 3; here it is three times that.
        let logits = vec![vec![3.0 * 3.0_f32.ln(), 0.0]; 400];
        let labels: Vec<u8> = (0..400).map(|i| u8::from(i % 4 == 0)).collect();
        let temperature = fit_temperature(&logits, &labels);
        assert!((temperature - 3.0).abs() < 0.002, "{temperature}");
    }
}
