//! `trainer report` on a run of a few seconds: the page loads nothing and reads well, the card is replaced in place, and
//! both say what `--json` says.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

mod keys;

use roxmltree::{Document, Node};
use serde_json::Value;
use snapbox::cmd::{Command, OutputAssert, cargo_bin};
use snapbox::str;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Elements without an end tag.
const VOID: [&str; 4] = ["meta", "link", "img", "br"];

/// A folder with a run, its data and its file, made once and copied for each test.
fn scene() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("faces & more.csv"), faces()).unwrap();
        let data = ["--data", "faces & more.csv", "--run", "run"];
        let train = trainer(&folder).arg("train").args(data).args(["--epochs", "2", "--batch", "14", "--net", "vgg"]);
        train.args(["--width", "4", "--depth", "1"]).assert().success();
        trainer(&folder).arg("quantise").args(data).args(["--output", "mood.onnx"]).assert().success();
        folder
    });
    let copy = tempfile::tempdir().unwrap();
    copied(made.path(), copy.path());
    copy
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Stripes of another width for each class, each picture shifted and darkened by its own number: no two are equal.
fn faces() -> String {
    let mut text = String::from("emotion,pixels,Usage\n");
    for (usage, times) in [("Training", 20), ("PublicTest", 6)] {
        for number in 0..7 * times {
            let (label, shift) = (number % 7, number / 7 + usage.len());
            let pixel = |at: usize| {
                if (at % 48 + shift) % (2 * label + 4) < label + 2 { 230 - number % 90 } else { number % 40 }
            };
            let pixels: Vec<String> = (0..2_304).map(|at| pixel(at).to_string()).collect();
            writeln!(text, "{label},{},{usage}", pixels.join(" ")).unwrap();
        }
    }
    text
}

fn trainer(folder: &TempDir) -> Command {
    Command::new(cargo_bin!("trainer")).current_dir(folder.path())
}

fn report(folder: &TempDir, args: &[&str]) -> OutputAssert {
    trainer(folder).arg("report").args(args).assert()
}

fn figures(folder: &TempDir, args: &[&str]) -> Value {
    let done = report(folder, &[args, &["--json"]].concat()).success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The page as XML, which HTML is but for the elements without an end tag and its first line.
fn closed(page: &str) -> String {
    let body = page.strip_prefix("<!DOCTYPE html>").unwrap();
    let mut parts = body.split('<');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let name: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
        text.push('<');
        // Attributes are escaped by the page's maker, so the first `>` is the tag's end.
        text.push_str(&if VOID.contains(&name.as_str()) { part.replacen('>', "/>", 1) } else { part.to_owned() });
    }
    text
}

fn text_of(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect()
}

#[test]
fn the_page_loads_nothing_and_is_well_formed() {
    let folder = scene();
    report(&folder, &["run", "--model", "mood.onnx", "--output", "out.html", "--split", "PublicTest"])
        .success()
        .stdout_eq("")
        .stderr_eq("wrote out.html\n");
    let page = fs::read_to_string(folder.path().join("out.html")).unwrap();
    for outside in ["http:", "https:", "//", "url(", "@import", "<script", "<iframe", "<link rel=\"style"] {
        assert!(!page.contains(outside), "the page holds `{outside}`");
    }
    let page = closed(&page);
    let document = Document::parse(&page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    let all = || document.descendants().filter(Node::is_element);
    let named = |name: &'static str| all().filter(move |node| node.has_tag_name(name));
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    for attribute in ["src", "href"] {
        for node in all().filter(|node| node.has_attribute(attribute)) {
            let target = node.attribute(attribute).unwrap();
            let inside = target.strip_prefix('#').map(|id| all().any(|node| node.attribute("id") == Some(id)));
            assert!(inside.unwrap_or_else(|| target.starts_with("data:")), "`{target}` leads nowhere here");
        }
    }
    assert!(named("img").all(|picture| picture.attribute("alt").is_some_and(|alt| alt.contains("labelled"))));
    let drawings = named("svg").filter(|drawing| drawing.attribute("aria-hidden").is_none());
    assert!(drawings.clone().count() >= 7, "curves, reliability, confidences, coverage, both forms");
    assert!(drawings.clone().all(|svg| svg.attribute("role") == Some("img") && svg.attribute("aria-label").is_some()));
    let numbers = |node: Node<'_, '_>| {
        node.attributes().all(|given| !given.value().contains("NaN") && !given.value().contains("inf"))
    };
    assert!(drawings.flat_map(|svg| svg.descendants()).filter(Node::is_element).all(numbers), "lengths are numbers");
    assert!(named("table").all(|table| table.children().any(|child| child.has_tag_name("caption"))));
    let (headings, sections) = (named("h2").count(), named("section").count());
    assert_eq!((named("h1").count(), headings), (1, sections));
    assert!(text_of(document.root_element()).contains("faces & more.csv"), "names are escaped once");
}

#[test]
fn page_and_card_show_the_figures_of_json() {
    let folder = scene();
    let asked = ["run", "--model", "mood.onnx", "--output", "out.html", "--card", "card.md"];
    let found = figures(&folder, &asked);
    let number =
        |path: &str| found.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {path}"));
    let percent = |path: &str| format!("{:.2} %", 100.0 * number(path));
    let page = closed(&fs::read_to_string(folder.path().join("out.html")).unwrap());
    let document = Document::parse(&page).unwrap();
    let page = text_of(document.root_element());
    let card = fs::read_to_string(folder.path().join("card.md")).unwrap();
    for (name, text) in [("page", &page), ("card", &card)] {
        let mut expected = vec![percent("/int8/accuracy"), percent("/float/accuracy"), percent("/agreement")];
        expected.push(format!("{:.3}", number("/int8/macro_f1")));
        expected.push(format!("{:.3}", number("/int8/calibrated/ece")));
        expected.push(found.pointer("/data/sha256").unwrap().as_str().unwrap().to_owned());
        expected.push(found.pointer("/file/sha256").unwrap().as_str().unwrap().to_owned());
        let classes = found.pointer("/int8/per_class").and_then(Value::as_array).unwrap();
        assert_eq!(classes.len(), 7);
        expected.extend(classes.iter().map(|class| format!("{:.3}", class["f1"].as_f64().unwrap())));
        for figure in expected {
            assert!(text.contains(&figure), "{name} lacks {figure}");
        }
    }
    let cells = document.descendants().find(|node| node.attribute("class") == Some("confusion")).unwrap();
    let cells = cells.descendants().filter(|node| node.has_tag_name("td"));
    let shown: Vec<u64> = cells.map(|cell| cell.text().unwrap().parse().unwrap()).collect();
    let rows = found.pointer("/int8/confusion").unwrap().as_array().unwrap();
    let counted: Vec<u64> =
        rows.iter().flat_map(|row| row.as_array().unwrap()).map(|cell| cell.as_u64().unwrap()).collect();
    assert_eq!(shown, counted);
    let wrong = number("/int8/n") - (number("/int8/accuracy") * number("/int8/n")).round();
    let pictures = document.descendants().filter(|node| node.has_tag_name("img")).count();
    assert_eq!(pictures, found["mistakes"].as_array().unwrap().len());
    assert!((f64::from(u32::try_from(pictures).unwrap()) - wrong.min(24.0)).abs() < 0.5, "{pictures} of {wrong}");
    assert_eq!(found["split"], "validation");
    // `evaluate` measures the same file alike.
    let model = ["report", "run", "--model", "mood.onnx", "--split", "PublicTest", "--json"];
    let here: Value = serde_json::from_slice(&trainer(&folder).args(model).output().unwrap().stdout).unwrap();
    let evaluate = ["evaluate", "--model", "mood.onnx", "--data", "faces & more.csv", "--split", "PublicTest"];
    let evaluate = trainer(&folder).args(evaluate).args(["--labels", "fer2013", "--json"]).output().unwrap();
    let there: Value = serde_json::from_slice(&evaluate.stdout).unwrap();
    for key in
        ["n", "accuracy", "accuracy_interval", "n_without_copies", "macro_f1", "per_class", "confusion", "coverage"]
    {
        assert_eq!(here["int8"][key], there[key], "{key}");
    }
    assert_eq!(
        (&here["int8"]["calibrated"]["ece"], &here["int8"]["calibrated"]["nll"]),
        (&there["ece"], &there["nll"])
    );
}

/// FER+ votes for [`faces`]: nine of ten for the label, and no majority for every tenth picture.
fn votes() -> String {
    let header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF";
    let mut text = format!("{header}\n");
    for (row, line) in faces().lines().skip(1).enumerate() {
        let (label, usage) = (line.split(',').next().unwrap(), line.rsplit(',').next().unwrap());
        // Angry, disgust, fear, happy, sad, surprise, neutral among FER+'s.
        let place = [4, 5, 6, 1, 3, 2, 0][label.parse::<usize>().unwrap()];
        let mut counts = [0; 10];
        counts[place] = if row % 10 == 0 { 5 } else { 9 };
        counts[7] = 10 - counts[place];
        let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
        writeln!(text, "{usage},fer{row:07}.png,{}", counts.join(",")).unwrap();
    }
    text
}

#[test]
fn a_head_that_answers_as_people_voted_is_measured_by_their_votes() {
    let folder = scene();
    fs::write(folder.path().join("votes.csv"), votes()).unwrap();
    let train = ["train", "--data", "faces & more.csv", "--votes", "votes.csv", "--run", "two", "--epochs", "1"];
    let train = trainer(&folder).args(train).args(["--heads", "ferplus,fer2013", "--net", "vgg"]);
    train.args(["--width", "4", "--depth", "1", "--batch", "14"]).assert().success();
    let found = figures(&folder, &["two", "--split", "PublicTest", "--output", "two.html", "--card", "two.md"]);
    let number = |path: &str| found.pointer(path).and_then(Value::as_u64);
    assert_eq!((&found["float"]["labels"], &found["other"]["labels"]), (&"ferplus".into(), &"fer2013".into()));
    // 42 pictures, rows 140 to 181, of which 140, 150, 160, 170 and 180 are ties.
    assert_eq!((number("/float/n"), number("/float/left_out")), (Some(37), Some(5)));
    assert_eq!((number("/other/n"), number("/other/left_out")), (Some(42), Some(0)));
    assert_eq!(found["network"]["labels"].as_array().unwrap().len(), 8);
    let names = found["history"]["accuracy"].as_array().unwrap().iter().map(|series| series["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["training", "validation", "ferplus validation", "fer2013 validation"]);
    for file in ["two.html", "two.md"] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.contains("By the majority of FER+ votes 5 pictures are left out"), "{file}");
    }
    // A file of seven labels is held against the head of seven labels; it is of another run, and the page says so.
    report(&folder, &["two", "--model", "mood.onnx", "--output", "two.html"]).success();
    assert!(fs::read_to_string(folder.path().join("two.html")).unwrap().contains("exported from another run"));
    fs::remove_file(folder.path().join("votes.csv")).unwrap();
    let gone = report(&folder, &["two"]).failure().get_output().stderr.clone();
    let gone = String::from_utf8_lossy(&gone).into_owned();
    assert!(gone.starts_with("error: the data has labels of fer2013, labels of ferplus are needed"), "{gone}");
}

#[test]
fn without_a_file_only_the_float_network_is_measured() {
    let folder = scene();
    report(&folder, &["--run", "run", "--mistakes", "0"]).success();
    let page = fs::read_to_string(folder.path().join("run/report.html")).unwrap();
    assert!(page.contains("no exported file was given") && !page.contains("id=\"int8\"") && !page.contains("<img"));
    let found = figures(&folder, &["run"]);
    assert!(found["int8"].is_null() && found["file"].is_null());
    let temperature = found["float"]["calibrated"]["temperature"].as_f64().unwrap();
    assert!((0.1..=10.0).contains(&temperature), "{temperature}");
}

#[test]
fn the_card_is_replaced_in_place_and_twice_is_as_once() {
    let folder = scene();
    let path = folder.path().join("README.md");
    let (begin, end) = trainer::page::marks("fer2013");
    fs::write(&path, format!("# Models\n\nBefore.\n\n{begin}\nold\n{end}\n\nAfter.\n")).unwrap();
    let write = || {
        report(&folder, &["run", "--model", "mood.onnx", "--card", "README.md"])
            .success()
            .stderr_eq("wrote README.md\n");
        fs::read_to_string(&path).unwrap()
    };
    let once = write();
    assert!(
        once.starts_with(&format!("# Models\n\nBefore.\n\n{begin}\n## Expression network, labels of fer2013\n")),
        "{once}"
    );
    assert!(once.ends_with(&format!("\n{end}\n\nAfter.\n")) && !once.contains("\nold\n"), "{once}");
    assert_eq!(write(), once);
    assert!(!folder.path().join("run/report.html").exists(), "only what was asked for is written");
}

#[test]
fn a_card_without_its_marks_is_left_alone() {
    let folder = scene();
    fs::write(folder.path().join("README.md"), "# Models\n").unwrap();
    report(&folder, &["run", "--card", "README.md"]).code(5).stdout_eq("").stderr_eq(str![[r#"
error: `README.md` has no marks for the card's section
  hint: put these two lines where the section shall stand:
    <!-- begin fer2013: written by `trainer report --card`, edit nothing here -->
    <!-- end fer2013: written by `trainer report --card` -->

"#]]);
    assert_eq!(fs::read_to_string(folder.path().join("README.md")).unwrap(), "# Models\n");
}

#[test]
fn data_that_is_gone_or_other() {
    let folder = scene();
    let data = folder.path().join("faces & more.csv");
    let text = fs::read_to_string(&data).unwrap();
    fs::write(folder.path().join("other.csv"), text.replace("PublicTest", "PrivateTest")).unwrap();
    report(&folder, &["run", "--data", "other.csv"]).code(5).stderr_eq(str![[r#"
error: `other.csv` holds other pictures than this run was trained on
  hint: give `--data` what the run was trained on

"#]]);
    fs::rename(&data, folder.path().join("moved.csv")).unwrap();
    let gone = report(&folder, &["run"]).code(5);
    let message = String::from_utf8_lossy(&gone.get_output().stderr).into_owned();
    assert!(message.starts_with("error: `faces & more.csv` can't be opened"), "{message}");
    report(&folder, &["run", "--data", "moved.csv"]).success();
}

#[test]
fn missing_pieces_are_named() {
    let folder = scene();
    let message = |args: &[&str], code: i32| {
        let done = report(&folder, args).code(code);
        String::from_utf8_lossy(&done.get_output().stderr).into_owned()
    };
    let nowhere = message(&["nowhere"], 5);
    assert!(nowhere.starts_with("error: `nowhere") && nowhere.contains("hint: "), "{nowhere}");
    let none = message(&[], 2);
    assert!(none.contains("<RUN>"), "{none}");
    let model = message(&["run", "--model", "gone.onnx"], 5);
    assert!(model.starts_with("error: `gone.onnx` can't be read"), "{model}");
    let training = message(&["run", "--split", "Training"], 2);
    assert!(training.starts_with("error: figures of the pictures it was trained on say nothing\n"), "{training}");
    let empty = message(&["run", "--split", "PrivateTest"], 5);
    assert!(empty.contains("has no pictures in private-test\n  hint: choose another `--split`"), "{empty}");
    fs::remove_file(folder.path().join("run/metrics.csv")).unwrap();
    let metrics = message(&["run"], 5);
    assert!(metrics.starts_with("error: `run` holds no metrics.csv: no epoch was finished here\n"), "{metrics}");
}
