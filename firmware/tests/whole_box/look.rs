//! `moodbox look` on pictures: what it answers, and which it refuses.

use super::command_line::{moodbox, said};
use mood::{Expression, ModelError};
use snapbox::cmd::Command;
use snapbox::str;
use std::path::{Path, PathBuf};

fn frames() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/frames")
}

/// The JSON lines of `look`.
fn answers(arguments: &[&Path], code: i32) -> Vec<serde_json::Value> {
    let output = moodbox().arg("look").arg("--json").args(arguments).assert().code(code);
    said(&output).0.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn look_answers_the_bundled_frames() {
    let answers = answers(&[&frames()], 0);
    let outcomes: Vec<&str> = answers.iter().map(|answer| answer["outcome"].as_str().unwrap()).collect();
    assert_eq!(answers[0]["expression"], "happy", "the astronaut smiles: {}", answers[0]);
    assert_eq!((outcomes[1], outcomes[3]), ("no_face", "no_face"), "desk and cat");
    assert_ne!(outcomes[2], "no_face", "the admiral");
}

#[test]
fn json_has_every_key_of_its_contract() {
    let keys = |answer: &serde_json::Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = answers(&[&frames().join("1-astronaut.jpg"), &frames().join("2-desk.jpg")], 0);
    let mut expected = vec![
        "file",
        "outcome",
        "expression",
        "confidence",
        "probabilities",
        "valence",
        "arousal",
        "face",
        "faces",
        "reason",
        "ms",
    ];
    expected.sort_unstable();
    for answer in &all {
        let mut found = keys(answer);
        found.sort_unstable();
        assert_eq!(found, expected);
    }
    let (face, desk) = (&all[0], &all[1]);
    let shares = face["probabilities"].as_object().unwrap();
    assert!(shares.keys().all(|name| Expression::from_label(name).is_some_and(|e| e.name() == name)));
    let sum: f64 = shares.values().map(|share| share.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    let mut face_keys = keys(&face["face"]);
    face_keys.sort_unstable();
    assert_eq!(face_keys, ["height", "score", "width", "x", "y"]);
    for stage in ["decode", "find", "crop", "classify"] {
        assert!(face["ms"][stage].is_number(), "{stage}");
    }
    assert_eq!(desk["reason"], "nothing_found");
    for key in ["expression", "confidence", "probabilities", "valence", "arousal", "face"] {
        assert!(desk[key].is_null(), "{key}");
    }
    assert_eq!(desk["faces"], 0);
}

#[test]
fn pictures_that_can_not_be_read_are_told_and_the_others_still_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = std::fs::read(frames().join("1-astronaut.jpg")).unwrap();
    let cut = file("cut.jpg", &whole[..whole.len() / 2]);
    let text = file("text.png", b"dear diary");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let gone = folder.path().join("gone.jpg");
    let good = frames().join("1-astronaut.jpg");
    let answers = answers(&[&cut, &good, &text, &empty, &gone], 5);
    let told: Vec<bool> = answers.iter().map(|answer| answer["error"].is_string()).collect();
    assert_eq!(told, [true, false, true, true, true]);
    assert_eq!(answers[1]["outcome"], "mood");

    moodbox()
        .current_dir(folder.path())
        .args(["look", "cut.jpg", "text.png", "empty", "gone.jpg"])
        .assert()
        .code(5)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cut.jpg is not a picture this box can read (the JPEG ends in the middle of the picture)
  hint: pictures are JPEG, PNG, WebP, BMP or TIFF, whole, and at most 16384 pixels a side; decoding takes at most 224 MiB, less on a small board
error: text.png is not a picture this box can read (The image format could not be determined)
  hint: pictures are JPEG, PNG, WebP, BMP or TIFF, whole, and at most 16384 pixels a side; decoding takes at most 224 MiB, less on a small board
error: folder empty holds no pictures
  hint: put photographs there (.jpg .png .webp .bmp .tiff), or name another folder
error: gone.jpg: No such file or directory (os error 2)
  hint: check the name, and that you may read it
error: 4 of 4 pictures can't be read

"#]]);
}

/// A name nobody writes to or reads from: opening it waits for ever.
#[cfg(unix)]
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("pipe.jpg");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn what_would_never_end_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let good = frames().join("1-astronaut.jpg");
    // `timeout` ends it with 124 should it wait after all.
    let refused = |arguments: &[&str], path: &Path, code: i32| {
        let box_in_time = ["20", env!("CARGO_BIN_EXE_moodbox")];
        let output = Command::new("timeout").args(box_in_time).args(arguments).arg(path).assert().code(code);
        assert!(said(&output).1.contains("it is no ordinary file"), "{arguments:?} {}", path.display());
    };
    for endless in [&pipe, Path::new("/dev/zero")] {
        refused(&["look"], endless, 5);
        refused(&["look", good.to_str().unwrap(), "--model"], endless, 6);
        refused(&["config"], endless, 3);
    }
    refused(&["run", "--simulate", "--seconds", "0.1", "--wav"], &pipe, 8);
    refused(&["compose", "--mood", "sad", "--seconds", "1", "--out"], &pipe, 8);

    let piped = moodbox().args(["look", "/dev/stdin"]).stdin(std::fs::read(good).unwrap()).assert().success();
    assert!(said(&piped).0.starts_with("/dev/stdin: your expression looks happy"), "{:?}", said(&piped));
}

#[test]
fn tiny_and_wide_pictures_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    for (name, width, height) in [("tiny.png", 1, 1), ("wide.png", 10_000, 30), ("large.png", 10_000, 600)] {
        let path = folder.path().join(name);
        image::RgbImage::new(width, height).save(&path).unwrap();
        let answers = answers(&[&path], 0);
        assert_eq!(answers[0]["outcome"], "no_face", "{name}");
    }
}

#[test]
fn a_model_that_is_missing_or_foreign_or_damaged_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/mood.onnx")).unwrap();
    std::fs::write(folder.path().join("cut.onnx"), &built_in[..built_in.len() / 2]).unwrap();
    std::fs::write(folder.path().join("text.onnx"), "dear diary").unwrap();
    std::fs::write(folder.path().join("empty.onnx"), "").unwrap();
    let finder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/blazeface_short_192x144.onnx");
    std::fs::copy(finder, folder.path().join("foreign.onnx")).unwrap();
    for name in ["gone.onnx", "cut.onnx", "text.onnx", "empty.onnx", "foreign.onnx"] {
        let output = moodbox()
            .current_dir(folder.path())
            .args(["look", "--model", name])
            .arg(frames().join("1-astronaut.jpg"))
            .assert()
            .code(6);
        let (out, err) = said(&output);
        assert_eq!(out, "", "{name}");
        assert!(err.starts_with(&format!("error: model {name}")) && err.contains("\n  hint: "), "{err}");
    }
    let missing = ModelError::MissingKey("moodbox.contract_version").to_string();
    let foreign = moodbox().current_dir(folder.path()).args(["look", "--model", "foreign.onnx", "x.png"]).assert();
    assert!(said(&foreign).1.contains(&missing), "{:?}", said(&foreign));
}
