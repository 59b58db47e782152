//! What the command line answers to bad input: the message, the hint and the exit code, word for word.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn trainer(folder: &TempDir) -> Command {
    Command::new(cargo_bin!("trainer")).current_dir(folder.path())
}

fn csv_of(rows: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faces.csv"), format!("emotion,pixels,Usage\n{rows}")).unwrap();
    folder
}

fn tree(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn resuming_with_other_pictures() {
    let rows: String = (0..7).flat_map(|label| (0..10).map(move |at| (label, at))).map(distinct).collect();
    let folder = csv_of(&rows);
    fs::create_dir(folder.path().join("run")).unwrap();
    fs::write(folder.path().join("run/recipe.toml"), include_str!("../recipes/classic.toml")).unwrap();
    let begun = r#"{ "data": "others.csv", "pictures": 12, "sha256": "0123" }"#;
    fs::write(folder.path().join("run/data.json"), begun).unwrap();
    trainer(&folder).args(["train", "--data", "faces.csv", "--run", "run", "--resume"]).assert().code(5).stderr_eq(
        str![[r#"
error: `faces.csv` holds other pictures (70) than this run was begun with (12 of `others.csv`)
  hint: resume with the same data, or begin a new run in another folder

"#]],
    );
}

#[test]
fn resuming_what_was_never_begun() {
    let folder = tempfile::tempdir().unwrap();
    trainer(&folder).args(["train", "--data", "faces.csv", "--run", "run", "--resume"]).assert().code(5).stderr_eq(
        str![[r#"
error: `run` holds no run: `recipe.toml` is missing
  hint: `--run` names the folder of a run

"#]],
    );
}

#[test]
fn resuming_a_run_that_was_ended_before_its_first_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..7).flat_map(|label| (0..10).map(move |at| (label, at))).map(distinct).collect();
    fs::write(folder.path().join("faces.csv"), format!("emotion,pixels,Usage\n{rows}")).unwrap();
    fs::create_dir(folder.path().join("run")).unwrap();
    fs::write(folder.path().join("run/recipe.toml"), include_str!("../recipes/classic.toml")).unwrap();
    trainer(&folder).args(["train", "--data", "faces.csv", "--run", "run", "--resume"]).assert().code(5).stderr_eq(
        str![[r#"
error: `run` holds no checkpoint, the run was ended before its first
  hint: start it again without `--resume`

"#]],
    );
    // Without `--resume` it would be refused, so as not to lose the weights.
    fs::write(folder.path().join("run/best.bpk"), b"weights").unwrap();
    trainer(&folder).args(["train", "--data", "faces.csv", "--run", "run", "--resume"]).assert().code(5).stderr_eq(
        str![[r#"
error: `run` holds no checkpoint, the run was ended before its first
  hint: begin a new run in another folder; `--set start_from=...` gives it the weights in this one

"#]],
    );
}

#[test]
fn a_resumed_run_keeps_its_settings_and_may_get_a_new_length() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, told) in [("--epochs", true), ("--seed", false), ("--set", false), ("--recipe", false)] {
        let output = trainer(&folder)
            .args(["train", "--data", "faces.csv", "--run", "run", "--resume", flag, "3"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(if told { 5 } else { 2 }), "{text}");
        assert_eq!(text.contains("cannot be used with"), !told, "{text}");
    }
}

/// A training row that looks like no other.
fn distinct((label, at): (usize, usize)) -> String {
    let pixels: Vec<String> = (0..2304).map(|pixel| ((pixel * (at + 2) + label * 31) % 256).to_string()).collect();
    format!("{label},{},Training\n", pixels.join(" "))
}

#[test]
fn a_folder_that_holds_a_run_is_not_overwritten() {
    let folder = tree(&[("run/checkpoint-00000001/progress.json", b"{}")]);
    trainer(&folder).args(["train", "--data", "faces.csv", "--run", "run"]).assert().code(2).stderr_eq(str![[r#"
error: `run` holds a run already
  hint: go on with `--resume`, or name a new folder with `--run`

"#]]);
}

#[test]
fn verifying_what_is_no_network() {
    let folder = csv_of("");
    fs::write(folder.path().join("mood.onnx"), b"not a network").unwrap();
    trainer(&folder).args(["verify", "--model", "mood.onnx", "--data", "faces.csv"]).assert().code(6).stderr_eq(str![
        [r#"
error: model `mood.onnx`: [..]
  hint: export it again with `trainer quantise`

"#]
    ]);
}

#[test]
fn every_command_shows_a_real_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["data", "train", "quantise", "verify", "evaluate", "devices"] {
        let output = trainer(&folder).args([command, "--help"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("Example: trainer {command} ")), "{text}");
    }
}
