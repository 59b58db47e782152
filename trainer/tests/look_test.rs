//! `trainer look-test` with the bundled photographs and the shipped network: figures, page, and what bad input is told.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

use serde_json::Value;
use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn workspace(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A folder with photographs of two people and of a desk, and this table.
fn scene(table: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("photos")).unwrap();
    for name in ["1-astronaut.jpg", "2-desk.jpg", "3-admiral.jpg"] {
        fs::copy(workspace("firmware/assets/frames").join(name), folder.path().join("photos").join(name)).unwrap();
    }
    fs::write(folder.path().join("labels.csv"), table).unwrap();
    folder
}

fn look_test(folder: &TempDir) -> Command {
    let command = Command::new(cargo_bin!("trainer")).current_dir(folder.path());
    command.args(["look-test", "photos", "labels.csv", "--model"]).arg(workspace("models/mood.onnx"))
}

#[test]
fn faces_are_found_read_and_counted_by_group_and_the_page_shows_the_errors() {
    let folder = scene(
        "\u{feff}Picture, asked_for, age\n1-astronaut.jpg, smiling, 36\n2-desk.jpg, neutral, 20\n3-admiral.jpg, sadness, 70\n",
    );
    let asked = ["--file", "picture", "--label", "asked_for", "--means", "smiling=happy", "--by", "age:30:60"];
    let output = look_test(&folder).args(asked).args(["--json", "--page", "page.html"]).assert().success();
    let json: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let all = &json["expressions"][0];
    assert_eq!((&json["n"], &all["expression"], &all["found"]["count"]), (&3.into(), &Value::Null, &2.into()));
    let happy = json["expressions"].as_array().unwrap().iter().find(|it| it["expression"] == "happy").unwrap();
    assert_eq!((&happy["correct"]["count"], &happy["correct"]["of"]), (&1.into(), &1.into()));
    let groups: Vec<_> = json["groups"].as_array().unwrap().iter().map(|it| it["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["below 30", "below 30", "30 to 60", "30 to 60", "60 and more", "60 and more"]);
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    for part in ["2-desk.jpg", "no face", "data:image/jpeg;base64,", "default-src 'none'"] {
        assert!(page.contains(part), "{part}");
    }
    let text = look_test(&folder).args(asked).assert().success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    assert!(text.starts_with("3 photographs") && text.contains("2 of 3, 67 % [21-94]"), "{text}");
}

#[test]
fn bad_input_is_named_once() {
    let cases = [
        (
            "file,label\nmissing.jpg,happy\n",
            str![[r#"
error: `photos/missing.jpg` can't be read: [..]
  hint: name the folder the files of the table lie in, whole pictures

"#]],
        ),
        (
            "file,shown\n1-astronaut.jpg,happy\n",
            str![[r#"
error: `labels.csv` has no column `label`
  hint: choose with `--label` among file, shown

"#]],
        ),
        (
            "file,label\n1-astronaut.jpg,happy\n3-admiral.jpg,bored\n",
            str![[r#"
error: `labels.csv` line 3: `bored` is no expression
  hint: `--means LABEL=EXPRESSION` says what a label means

"#]],
        ),
        (
            "file,label\n1-astronaut.jpg,happy\n1-astronaut.jpg,sad\n",
            str![[r#"
error: `labels.csv` line 3: `1-astronaut.jpg` stands there twice
  hint: leave one of the lines out

"#]],
        ),
        (
            "file,label\n",
            str![[r#"
error: `labels.csv` names no photographs
  hint: give it a line for each photograph

"#]],
        ),
        (
            "file,label\n1-astronaut.jpg\n",
            str![[r#"
error: `labels.csv` can't be read: CSV error: [..]
  hint: name a CSV table

"#]],
        ),
    ];
    for (table, said) in cases {
        look_test(&scene(table)).assert().code(5).stderr_eq(said);
    }
    let folder = scene("file,label\nnotes.jpg,happy\n");
    fs::write(folder.path().join("photos/notes.jpg"), "dear diary").unwrap();
    look_test(&folder).assert().code(5).stderr_eq(str![[r#"
error: `photos/notes.jpg` can't be read: [..]
  hint: name the folder the files of the table lie in, whole pictures

"#]]);
    let folder = scene("file,label\n1-astronaut.jpg,happy\n");
    look_test(&folder).args(["--by", "sex"]).assert().code(5).stderr_eq(str![[r#"
error: `labels.csv` has no column `sex`
  hint: choose with `--by` among file, label

"#]]);
    look_test(&folder).args(["--means", "smiling=bored"]).assert().code(2);
}
