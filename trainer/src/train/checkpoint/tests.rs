//! What is loaded is what was saved.

use super::*;
use crate::net::{Name, Size, WeightAverage};
use burn::tensor::{Device, Tensor};

#[test]
fn the_average_keeps_running_moments_of_its_own() {
    let device = Device::flex().autodiff();
    let net = Net::new(Name::Vgg, Size { width: 2, depth: 1 }, 7, 0.0, &device);
    let fresh = WeightAverage::new(&net, 0.9).net(&net);
    let ones = Tensor::<4>::ones([2, 1, 48, 48], &Device::flex());
    let said = |net: &Net| net.forward(ones.clone()).to_data().iter::<f32>().collect::<Vec<_>>();
    let before = said(&fresh);
    // The net's moments move, the average's don't.
    let _ = net.forward(Tensor::<4>::ones([2, 1, 48, 48], &device));
    let recipe = recipe::read("classic", &[]).unwrap();
    let optimiser = super::super::optimiser::new(&recipe.optimiser);
    let root = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(root.path());
    let progress = Progress::default();
    folder.save(&Checkpoint { net: net.clone(), average: fresh, optimiser: optimiser.clone(), progress }).unwrap();
    device.seed(8);
    let blank = Net::new(Name::Vgg, Size { width: 2, depth: 1 }, 7, 0.0, &device);
    let loaded = folder.load(&blank, &optimiser).unwrap();
    assert_eq!(said(&loaded.average), before);
    assert_ne!(said(&loaded.net.valid()), before);
    assert_eq!(said(&loaded.net.valid()), said(&net.valid()));
}

#[test]
fn a_run_goes_on_with_its_own_votes_only() {
    let record = |votes: Option<&str>, sum: Option<&str>| DataRecord {
        data: "faces.csv".into(),
        pictures: 70,
        sha256: "0123".into(),
        votes: votes.map(str::to_owned),
        votes_sha256: sum.map(str::to_owned),
        trainer: "trainer 0.1.0".into(),
    };
    let begun = record(Some("votes.csv"), Some("ab"));
    let of_old = record(Some("votes.csv"), None);
    let cases = [
        (&begun, record(Some("moved/votes.csv"), Some("ab")), None),
        (&begun, record(Some("other.csv"), Some("cd")), Some("other votes (other.csv)")),
        (&begun, record(None, None), Some("other votes (none)")),
        (&of_old, record(Some("votes.csv"), Some("ab")), None),
        (&of_old, record(None, None), Some("other votes (none)")),
    ];
    for (begun, here, refusal) in cases {
        let found = begun.refuse_other(&here, Path::new("faces.csv")).map_err(|error| error.to_string());
        match refusal {
            None => assert_eq!(found, Ok(())),
            Some(part) => assert!(found.as_ref().is_err_and(|text| text.contains(part)), "{found:?}"),
        }
    }
}

/// The keys of records that are on disks already: a renamed one would strand every run that is under way.
#[test]
fn the_records_of_runs_under_way_are_read() {
    let progress = r#"{ "epoch": 1, "batch": 2, "step": 359, "loss_sum": 1.5, "right": 60, "judged": 120, "seen": 128,
        "seconds": 9.5, "waiting": 0.5, "history": [{ "epoch": 1, "learning_rate": 0.001, "training_loss": 1.25,
        "training_accuracy": 0.5, "validation_accuracy": 0.625, "seconds": 61.5, "waiting": 0.25,
        "heads": [{ "head": "ferplus", "pictures": 2832, "accuracy": 0.625, "loss": 1.0 }] }] }"#;
    let found: Progress = serde_json::from_str(progress).unwrap();
    assert_eq!((found.step, found.right, found.judged, found.history[0].heads[0].pictures), (359, 60, 120, 2832));
    let data =
        r#"{ "data": "fer2013.csv", "pictures": 35887, "sha256": "0123", "votes": null, "trainer": "trainer 0.1.0" }"#;
    assert_eq!(serde_json::from_str::<DataRecord>(data).unwrap().pictures, 35_887);
}
