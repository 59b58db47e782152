//! A run that is killed goes on, and what it made is not lost.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use snapbox::cmd::cargo_bin;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const EPOCHS: usize = 3;

fn train(folder: &TempDir, more: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("trainer"));
    command.current_dir(folder.path());
    command.args(["train", "--data", "synthetic:70", "--json"]).args(more).stdout(Stdio::piped());
    command
}

fn event(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_run_killed_in_its_second_epoch_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = train(&folder, &["--recipe", "synthetic", "--epochs", "3", "--run", "run"]).spawn().unwrap();
    let told = BufReader::new(first.stdout.take().unwrap()).lines().map(|line| event(&line.unwrap()));
    let after_one = told.into_iter().find(|event| event["event"] == "epoch").unwrap();
    assert_eq!(after_one["at"]["epoch"], 1);
    // The checkpoint of the first epoch is being written about now: whole or not at all.
    first.kill().unwrap();
    first.wait().unwrap();

    let resumed = train(&folder, &["--resume", "--run", "run"]).output().unwrap();
    let told: Vec<_> = String::from_utf8(resumed.stdout).unwrap().lines().map(event).collect();
    if resumed.status.code() == Some(5) {
        // Killed before its first checkpoint was whole: it says so, and nothing else is there.
        let said = String::from_utf8(resumed.stderr).unwrap();
        assert!(said.contains("holds no checkpoint"), "{said}");
        return;
    }
    assert_eq!(resumed.status.code(), Some(0));
    let end = told.last().unwrap();
    assert_eq!((&end["event"], &end["epochs"]), (&"end".into(), &EPOCHS.into()));
    let begun = told.first().unwrap()["epochs_done"].as_u64().unwrap();
    assert!((1..=2).contains(&begun), "{begun} epochs were safe");

    let unbroken = train(&folder, &["--recipe", "synthetic", "--epochs", "3", "--run", "unbroken"]).output().unwrap();
    let unbroken: Vec<_> = String::from_utf8(unbroken.stdout).unwrap().lines().map(event).collect();
    let resumed = epochs(&told);
    assert_eq!(resumed, epochs(&unbroken)[EPOCHS - resumed.len()..], "stopped or not, the same is learnt");
}

/// The losses of each epoch told of: of training, and of validation with the averaged weights.
fn epochs(told: &[serde_json::Value]) -> Vec<(f64, f64)> {
    let epochs = told.iter().filter(|event| event["event"] == "epoch").map(|event| &event["at"]);
    epochs.map(|at| (at["training_loss"].as_f64().unwrap(), at["heads"][0]["loss"].as_f64().unwrap())).collect()
}
