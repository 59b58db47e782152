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

/// `trainer train` on a data set that can't be used.
fn train_on(folder: &TempDir, data: &str) -> snapbox::cmd::OutputAssert {
    trainer(folder).args(["train", "--data", data, "--run", "run"]).assert().code(5).stdout_eq("")
}

fn row(label: &str, pixels: usize, usage: &str) -> String {
    format!("{label},{},{usage}\n", vec!["7"; pixels].join(" "))
}

fn csv_of(rows: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faces.csv"), format!("emotion,pixels,Usage\n{rows}")).unwrap();
    folder
}

#[test]
fn a_missing_file() {
    train_on(&tempfile::tempdir().unwrap(), "nowhere.csv").stderr_eq(str![[r#"
error: `nowhere.csv` can't be opened: No such file or directory (os error 2)
  hint: give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or `synthetic`

"#]]);
}

#[test]
fn a_wrong_header() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faces.csv"), "label,image\n1,2\n").unwrap();
    train_on(&folder, "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` starts with `label,image`, a FER-2013 file with `emotion,pixels,Usage`
  hint: give `--data` the file fer2013.csv of the FER-2013 challenge, or a folder of classes

"#]]);
}

#[test]
fn a_row_with_too_few_pixels() {
    let folder = csv_of(&(row("0", 2304, "Training") + &row("1", 2303, "Training")));
    train_on(&folder, "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 3: 2303 pixels, a picture has 2304
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_label_that_does_not_exist() {
    train_on(&csv_of(&row("9", 2304, "Training")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: label `9`, FER-2013 has 0 to 6
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_usage_that_does_not_exist() {
    train_on(&csv_of(&row("1", 2304, "Lunch")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: usage `Lunch`, expected Training, PublicTest or PrivateTest
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_pixel_that_is_no_luminance() {
    let pixels = vec!["300"; 2304].join(" ");
    train_on(&csv_of(&format!("1,{pixels},Training\n")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: pixel `300`, a luminance is 0 to 255
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_csv_without_rows() {
    train_on(&csv_of(""), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` holds no pictures
  hint: give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or `synthetic`

"#]]);
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
fn a_picture_that_can_not_be_read() {
    train_on(&tree(&[("faces/train/happy/a.png", b"this is text")]), "faces").stderr_eq(str![[r#"
error: `faces/train/happy/a.png` is no picture that can be read: [..]
  hint: remove or replace the file

"#]]);
}

#[test]
fn an_empty_class() {
    train_on(&tree(&[("faces/train/happy/notes.txt", b"none yet")]), "faces").stderr_eq(str![[r#"
error: `faces/train/happy` holds no pictures
  hint: put pictures in, or remove the empty folder

"#]]);
}

#[test]
fn a_class_nobody_knows() {
    train_on(&tree(&[("faces/train/hungry/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces/train/hungry` is not named after a class of FER-2013
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral

"#]]);
}

#[test]
fn a_folder_of_something_else() {
    train_on(&tree(&[("faces/somewhere/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces` has neither a folder `train` nor folders named after expressions
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral

"#]]);
}

#[test]
fn a_folder_without_training_pictures() {
    train_on(&tree(&[("faces/test/happy/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces` has no folder `train` with pictures in it
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral

"#]]);
}

#[test]
fn one_class_only() {
    let rows: String = (0..20).map(|at| distinct((3, at))).collect();
    train_on(&csv_of(&rows), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` holds only `happy` for training, there is nothing to tell apart
  hint: add pictures of at least one other expression

"#]]);
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
fn too_few_pictures_to_split() {
    train_on(&csv_of(&row("1", 2304, "Training")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` leaves 0 pictures for training and 0 for validation
  hint: a run needs at least ten pictures of a class

"#]]);
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
