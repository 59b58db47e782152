//! What machines read: the keys of each `--json` object, pinned, and `evaluate` on the run that a report is about.

use crate::{faces, figures, scene, trainer};
use serde_json::Value;
use snapbox::cmd::OutputAssert;
use snapbox::{assert_data_eq, file, str};
use std::fs;

/// The keys of an object and of what it holds, a line each; of a list, those of its first entry.
fn keys(value: &Value, path: &str, lines: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                lines.push(format!("{path}{key}"));
                keys(value, &format!("{path}{key}."), lines);
            }
        }
        Value::Array(list) => list.first().into_iter().for_each(|first| keys(first, path, lines)),
        _ => {}
    }
}

/// A key that goes breaks who reads it: it may be joined by others, not renamed.
#[test]
fn the_keys_of_json_are_pinned() {
    let folder = scene();
    let measured = "--model mood.onnx --data faces.csv --split PublicTest";
    let commands = [
        format!("evaluate {measured} --labels fer2013"),
        format!("evaluate {measured} --labels fer2013 --condition dark --single-view"),
        format!("evaluate {measured} --labels fer2013 --conditions"),
        format!("evaluate {measured} --labels fer2013 --coverage 0.8"),
        format!("verify {measured}"),
        format!("verify {measured} --run run"),
        "report run --data faces.csv".to_owned(),
        "report run --data faces.csv --model mood.onnx --split PublicTest".to_owned(),
        "data faces.csv".to_owned(),
        "nets".to_owned(),
    ];
    fs::copy(folder.path().join("faces & more.csv"), folder.path().join("faces.csv")).unwrap();
    let mut lines = Vec::new();
    for command in commands {
        let done = trainer(&folder).args(command.split(' ')).arg("--json").assert().success();
        lines.push(format!("\n{command}"));
        keys(&serde_json::from_slice(&done.get_output().stdout).unwrap(), "    ", &mut lines);
    }
    assert_data_eq!(lines.join("\n") + "\n", file!["keys.txt"]);
}

#[test]
fn evaluate_measures_on_the_validation_part_a_run_cut_and_writes_thresholds_for_it() {
    let folder = scene();
    let evaluate = |data: &str, more: &[&str]| {
        let named =
            ["evaluate", "--model", "mood.onnx", "--data", data, "--split", "validation", "--labels", "fer2013"];
        trainer(&folder).args(named).args(more).assert()
    };
    let object = |done: OutputAssert| -> Value { serde_json::from_slice(&done.success().get_output().stdout).unwrap() };
    let found = object(evaluate("faces & more.csv", &["--run", "run", "--json"]));
    let told = figures(&folder, &["run", "--model", "mood.onnx"]);
    assert_eq!((&told["split"], &told["int8"]["n"]), (&Value::from("validation"), &found["n"]));
    assert_eq!(told["int8"]["accuracy"], found["accuracy"]);
    assert_eq!(found["n_without_copies"], found["n"], "a run learns from no copy of its validation");

    let chosen = object(evaluate("faces & more.csv", &["--run", "run", "--coverage", "0.8", "--write", "--json"]));
    let contract = trainer::verify::load(&folder.path().join("mood.onnx")).unwrap().contract().clone();
    let written = contract.thresholds.unwrap();
    for (key, threshold) in [("pleasant", written.pleasant), ("unpleasant", written.unpleasant)] {
        assert!((chosen[key]["threshold"].as_f64().unwrap() - f64::from(threshold)).abs() < 1e-6, "{key} {chosen}");
    }
    assert_eq!(object(evaluate("faces & more.csv", &["--run", "run", "--json"])), found, "only the contract changed");

    evaluate("faces & more.csv", &[]).code(5).stderr_eq(str![[r#"
error: `faces & more.csv` has no pictures in validation
  hint: choose another `--split`, or name with `--run` the run that cut it from the data

"#]]);
    fs::write(folder.path().join("other.csv"), faces().replacen("230", "229", 1)).unwrap();
    evaluate("other.csv", &["--run", "run"]).code(5).stderr_eq(str![[r#"
error: `other.csv` holds other pictures than this run was trained on
  hint: give `--data` what the run was trained on

"#]]);
}
