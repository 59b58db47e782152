//! The network this project ships, `models/mood.onnx`, as the box runs it.

use mood::{Contract, LabelSet};
use std::path::{Path, PathBuf};
use trainer::dataset::{Dataset, Labelled, Split};
use trainer::verify;

/// What is promised for the plain sequential network on FER-2013's `PublicTest`.
const LEAST_ACCURACY: f64 = 0.60;
/// The whole file; it is built into the box's binary.
const MOST_BYTES: u64 = 1 << 20;

fn beside_the_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[test]
fn it_runs_on_integers_and_keeps_the_contract() {
    let path = beside_the_workspace("models/mood.onnx");
    let classifier = verify::load(&path).unwrap();
    assert_eq!(classifier.float_convolutions(), 0);
    let found = classifier.contract().clone();
    let expected = Contract { temperature: found.temperature, ..Contract::new(LabelSet::Fer2013) };
    assert_eq!(found, expected);
    assert!(std::fs::metadata(&path).unwrap().len() <= MOST_BYTES);
}

#[test]
fn it_tells_six_faces_in_ten_of_public_test() {
    let data = beside_the_workspace("../shared/data/fer2013/fer2013.csv.gz");
    if !data.exists() {
        eprintln!("skipped: FER-2013 is not here ({})", data.display());
        return;
    }
    let path = beside_the_workspace("models/mood.onnx");
    let dataset = Dataset::load(&data).unwrap();
    let tests = Labelled::of(&dataset, None, dataset.label_set, &dataset.indices(Split::PublicTest)).unwrap();
    let found = verify::evaluate(&verify::load(&path).unwrap(), &dataset, &tests, &path).unwrap();
    assert_eq!(tests.labels.len(), 3589);
    assert!(found.accuracy >= LEAST_ACCURACY, "{}", found.accuracy);
}
