//! Runs the exported file through the very code the box runs, and holds it against the float network.

use crate::error::Error;
use crate::file;
use mood::{Classifier, Crop, InputTensor, ModelError};
use rayon::prelude::*;
use std::path::Path;

/// Largest network file that is read, in MiB: what the box reads.
pub(crate) const MOST_MIB: u64 = 128;

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

/// What an exported network says to `pictures`, in their order, on all cores.
///
/// # Errors
/// When a run fails; `path` is named.
pub fn logits(classifier: &Classifier, pictures: &[&[u8]], path: &Path) -> Result<Vec<Vec<f32>>, Error> {
    let contract = classifier.contract();
    let run = |pixels: &&[u8]| {
        let crop = Crop::from_pixels(contract.side, pixels.to_vec()).ok_or_else(|| ModelError::Mismatch {
            key: "side",
            found: contract.side.to_string(),
            expected: crate::dataset::SIDE.to_string(),
        })?;
        classifier.logits(&InputTensor::new(&crop, contract)).map(|logits| logits.0)
    };
    pictures.par_iter().map(run).collect::<Result<_, _>>().map_err(|error| refused(path, &error))
}

/// An exported network that fails, or is refused.
pub(crate) fn refused(path: &Path, error: &ModelError) -> Error {
    Error::model(format!("model `{}`: {error}", path.display()), "export it again with `trainer quantise`")
}
