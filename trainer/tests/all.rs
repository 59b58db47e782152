//! `trainer all`, as a newcomer runs it, on few faces.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use snapbox::cmd::{Command, cargo_bin};
use std::fs;
use tempfile::TempDir;

/// The smallest drawn data set, one epoch. Of so few pictures one more mistake is many points: no gate.
const FEW: [&str; 8] = ["all", "--data", "synthetic:70", "--epochs", "1", "--gate", "100", "--split=public-test"];

fn all(folder: &TempDir, more: &[&str]) -> std::process::Output {
    Command::new(cargo_bin!("trainer")).current_dir(folder.path()).args(FEW).args(more).output().unwrap()
}

#[test]
fn faces_drawn_by_rule_become_a_verified_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = all(&folder, &[]);
    let (told, said) = (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(0), "{told}");
    let run = folder.path().join("runs/synthetic");
    for file in ["recipe.toml", "data.json", "metrics.csv", "best.bpk", "mood-fer2013.onnx", "report-fer2013.html"] {
        assert!(run.join(file).exists(), "{file} is missing");
    }
    assert!(said.contains("int8 loses"), "{said}");
    assert!(said.contains("0 float convolutions"), "{said}");
    let header = fs::read_to_string(run.join("metrics.csv")).unwrap();
    assert!(header.starts_with("epoch,learning_rate,training_loss,"), "{header}");

    let again = all(&folder, &[]);
    assert_eq!(again.status.code(), Some(2), "a run is not overwritten");
    let refused = all(&folder, &["--resume", "--seed", "3"]);
    assert_eq!(refused.status.code(), Some(2), "a flag that the recipe has decided is not passed over in silence");
    let output = all(&folder, &["--resume"]);
    assert_eq!(output.status.code(), Some(0), "what is finished is verified again");
}

#[test]
fn training_for_machines_is_json_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["train", "--data", "synthetic:70", "--run", "run", "--epochs", "1", "--json"];
    let output = Command::new(cargo_bin!("trainer")).current_dir(folder.path()).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let lines = String::from_utf8(output.stdout).unwrap();
    let events: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].as_str().unwrap().to_owned())
        .filter(|event| event != "batch")
        .collect();
    assert_eq!(events, ["start", "epoch", "end"], "{lines}");
}
