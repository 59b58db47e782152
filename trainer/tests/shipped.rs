//! The networks this project ships, as the box runs them.

use mood::{Contract, LabelSet};
use std::path::{Path, PathBuf};
use trainer::dataset::{Dataset, Labelled, Split, votes};
use trainer::{metrics, verify};

/// Both come from one run and share their trunk: file, labels, the accuracy promised on FER-2013's `PublicTest`, and how
/// many of its pictures have such a label.
const SHIPPED: [(&str, LabelSet, f64, usize); 2] = [
    ("models/mood.onnx", LabelSet::FerPlus, 0.86, 3_199),
    ("models/mood-fer2013.onnx", LabelSet::Fer2013, 0.68, 3_589),
];
/// The whole file; one of them is built into the box's binary.
const MOST_BYTES: u64 = 1 << 20;

fn beside_the_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[test]
fn they_run_on_integers_and_keep_the_contract() {
    for (file, set, ..) in SHIPPED {
        let path = beside_the_workspace(file);
        let classifier = verify::load(&path).unwrap();
        assert_eq!(classifier.float_convolutions(), 0, "{file}");
        let found = classifier.contract().clone();
        assert_eq!(
            found,
            Contract { temperature: found.temperature, thresholds: found.thresholds, ..Contract::new(set) },
            "{file}"
        );
        assert!(found.thresholds.is_some(), "{file}: `trainer evaluate --coverage --write` chooses when to abstain");
        assert!(std::fs::metadata(&path).unwrap().len() <= MOST_BYTES, "{file}");
    }
}

#[test]
fn they_tell_as_many_faces_of_public_test_as_is_promised() {
    let [data, opinions] =
        ["fer2013.csv.gz", "fer2013new.csv"].map(|name| beside_the_workspace("../shared/data/fer2013").join(name));
    if !data.exists() {
        eprintln!("skipped: FER-2013 is not here ({})", data.display());
        return;
    }
    let dataset = Dataset::load(&data).unwrap();
    let votes = votes::read(&opinions, &dataset.samples).unwrap();
    for (file, set, least, pictures) in SHIPPED {
        let path = beside_the_workspace(file);
        let tests = Labelled::of(&dataset, Some(&votes), set, &dataset.indices(Split::PublicTest)).unwrap();
        let classifier = verify::load(&path).unwrap();
        let logits = verify::logits(&classifier, &dataset.pixels(&tests.indices), &path).unwrap();
        let accuracy = metrics::logit_accuracy(&logits, &tests.labels).unwrap();
        assert_eq!(tests.labels.len(), pictures, "{file}");
        assert!(accuracy >= least, "{file}: {accuracy}");
    }
}
