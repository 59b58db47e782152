//! Trees and tables as people lay them out: other names, other depths, other columns. Whatever is passed over is named.

use crate::{file, holding, inspect, load, members, pixels, png, row, table, zip};
use std::fs;
use tempfile::TempDir;
use trainer::dataset::{Dataset, Split};

/// Pictures at these places, each another one.
fn tree(names: &[&str]) -> Vec<(String, Vec<u8>)> {
    names.iter().enumerate().map(|(id, name)| ((*name).to_owned(), png(pixels(id)))).collect()
}

/// The pictures of each part, in the order of [`Split::ALL`].
fn parts(dataset: &Dataset) -> [usize; 4] {
    Split::ALL.map(|split| dataset.indices(split).len())
}

fn backslashes(files: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(name, bytes)| (name.replace('/', "\\"), bytes.clone())).collect()
}

#[test]
fn a_folder_and_its_zip_give_the_same_data_however_it_is_laid_out() {
    let layouts: [(&[&str], [usize; 4]); 7] = [
        (&["training/happy/a.png", "training/sad/b.png", "testing/happy/c.png", "testing/sad/d.png"], [2, 0, 2, 0]),
        (&["Train/happy/a.png", "Valid/happy/b.png", "Public_Test/sad/c.png", "PrivateTest/sad/d.png"], [1, 1, 1, 1]),
        (&["train/happy/a.png", "dev/sad/b.png", "eval/sad/c.png"], [1, 1, 1, 0]),
        (&["train/happy/a.png", "eval/sad/b.png", "test/sad/c.png"], [1, 1, 1, 0]),
        // Folders below a class, a class above the parts, and a whole tree further down.
        (&["train/happy/a.png", "train/happy/more/b.png", "train/happy/more/still/c.JPG.png"], [3, 0, 0, 0]),
        (&["happy/train/a.png", "happy/test/b.png", "sad/train/c.png"], [2, 0, 1, 0]),
        (&["fer/2013/train/happy/a.png", "fer/2013/test/sad/b.png"], [1, 0, 1, 0]),
    ];
    for (names, expected) in layouts {
        let mut files = tree(names);
        let folder = names[0].rsplit_once('/').unwrap().0;
        let beside = format!("{folder}/._a.png");
        let left = ["._x.png", &beside, "@eaDir/happy/a.png", ".hidden/happy/b.png", "readme.txt"];
        files.extend(left.map(|name| (name.to_owned(), b"no picture".to_vec())));
        let folder = Dataset::load(holding(&files).path()).unwrap();
        assert_eq!(parts(&folder), expected, "{names:?}");
        for zipped in [zip(&files), zip(&backslashes(&files))] {
            assert_eq!(load("faces.zip", zipped).sha256(), folder.sha256(), "{names:?}");
        }
    }
}

/// What `trainer data` says is wrong, of a folder and of its zip.
fn problems(names: &[&str]) -> [Vec<String>; 2] {
    let mut files = tree(names);
    files.push(("faces/train/happy/sound.png".into(), png(pixels(99))));
    let folder = holding(&files);
    let strip: Vec<_> = files.iter().map(|(name, bytes)| (name.replace("faces/", ""), bytes.clone())).collect();
    fs::write(folder.path().join("faces.zip"), zip(&strip)).unwrap();
    ["faces", "faces.zip"].map(|data| {
        let output = inspect(folder.path(), &[data, "--json"]).get_output().clone();
        let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = facts["unreadable"].as_array().unwrap().iter().map(|told| told.as_str().unwrap().to_owned());
        assert_eq!(output.status.code(), Some(if told.len() == 0 { 0 } else { 5 }));
        told.map(|told| told.replace(&format!("`{data}/"), "`")).collect()
    })
}

#[test]
fn every_folder_that_is_passed_over_is_named_once() {
    let cases: [(&[&str], &[&str]); 5] = [
        (
            &["faces/train/hungry/a.png", "faces/train/hungry/b.png"],
            &["`train/hungry` is not named after an expression"],
        ),
        (&["faces/train/loose.png"], &["`train` has pictures that are in no folder named after an expression"]),
        (&["faces/backup/sad/a.png"], &["`backup/sad` has pictures beside the folders for training and test"]),
        (
            &["faces/train/happy/a.gif", "faces/train/sad/b.heic"],
            &[
                "`train/happy/a.gif` is of a kind that can't be read; JPEG, PNG, BMP, TIFF and WebP can",
                "`train/sad/b.heic` is of a kind that can't be read; JPEG, PNG, BMP, TIFF and WebP can",
                "`train/sad` holds no pictures",
            ],
        ),
        (&["faces/train/.thumbnails/a.png", "faces/notes.png.txt"], &[]),
    ];
    for (names, expected) in cases {
        for found in problems(names) {
            assert_eq!(found, expected, "{names:?}");
        }
    }
}

#[test]
fn nothing_usable_is_told_with_its_reasons() {
    let folder = holding(&tree(&["faces/train/0/a.png", "faces/train/1/b.png", "faces/train/1/c.png"]));
    inspect(folder.path(), &["faces"]).code(5).stdout_eq("").stderr_eq(snapbox::str![[r#"
error: `faces` holds no pictures that can be used:
  `faces/train/0` is not named after an expression
  `faces/train/1` is not named after an expression
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral and perhaps contempt

"#]]);
    let rows: String = (0..12).map(|at| format!("{at}9,1 2 3,Training\n")).collect();
    let folder = file("faces.csv", format!("emotion,pixels,Usage\n{rows}").into_bytes());
    let told = inspect(folder.path(), &["faces.csv"]).code(5).get_output().stderr.clone();
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.contains("\n  `faces.csv` line 2: label `09`, FER-2013 has 0 to 6\n") && told.contains("\n  and 2 more\n"),
        "{told}"
    );
}

/// The table with its rows written in another way.
fn rewritten(row: impl Fn(usize, &[String]) -> String, header: &str) -> TempDir {
    let text = String::from_utf8(table(false)).unwrap();
    let rows = text.lines().skip(1).enumerate();
    let row = |(at, line): (usize, &str)| row(at, &line.split(',').map(str::to_owned).collect::<Vec<_>>());
    file("faces.csv", format!("{header}\n{}\n", rows.map(row).collect::<Vec<_>>().join("\n")).into_bytes())
}

#[test]
fn columns_are_read_by_their_names() {
    let expected = load("fer2013.csv", table(false)).sha256();
    let floats = |pixels: &str| pixels.split(' ').map(|pixel| format!("{pixel}.0")).collect::<Vec<_>>().join(" ");
    let names = ["angry", "Disgust", "fear", "happiness", "sad", "surprise", "neutral"];
    let named = |label: &str| names[label.parse::<usize>().unwrap()];
    let tables = [
        rewritten(|at, it| format!("{at},{},{},{}", it[0], it[1], it[2]), ",emotion,pixels,Usage"),
        rewritten(|at, it| format!("{},{at},\"{}\",{}", it[2], it[1], it[0]), "usage,Unnamed: 0,Pixels,Emotion"),
        rewritten(|_, it| format!("{}.0,{},{}", it[0], floats(&it[1]), it[2].to_uppercase()), "emotion,pixels,Usage"),
        rewritten(|_, it| format!("{}, {} , {}", named(&it[0]), it[1], it[2]), "label, pixels, split"),
        rewritten(|_, it| format!("{};{};{}\r", it[0], it[1], it[2]), "emotion;pixels;Usage\r"),
        rewritten(|_, it| format!("{}\t{}\t{}", it[0], it[1], it[2]), "\u{feff}emotion\tpixels\tUsage"),
    ];
    for folder in tables {
        let found = Dataset::load(&folder.path().join("faces.csv"));
        let header = fs::read_to_string(folder.path().join("faces.csv")).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(found.unwrap().sha256(), expected, "{header}");
    }
}

#[test]
fn a_table_without_parts_is_cut_as_a_tree_without_them() {
    let rows: String = (0..70).map(|at| row(at % 7, at, "", false).replace(",\n", "\n")).collect();
    let text = format!("emotion,pixels\n{rows}").into_bytes();
    let dataset = load("train.csv", text.clone());
    assert_eq!(parts(&dataset), [56, 7, 7, 0]);
    let tree = load("faces.zip", zip(&members("", false)));
    assert_eq!(parts(&tree), parts(&dataset));
    let challenge = [("readme.txt".to_owned(), b"hello".to_vec()), ("challenge/train.csv".to_owned(), text)];
    assert_eq!(load("challenge.zip", zip(&challenge)).sha256(), dataset.sha256());
}

#[test]
fn rows_that_are_not_whole_are_refused() {
    let cases = [
        ("3.5,1 2,Training", "label `3.5`"),
        ("3,1 2.5,Training", "pixel `2.5`"),
        ("3,1 2,Training,more", "4 fields, a row has 3"),
        ("3,1 2", "2 fields, a row has 3"),
        ("3,1 2,", "2 pixels"),
    ];
    for (row, told) in cases {
        let folder = file("faces.csv", format!("emotion,pixels,Usage\n{row}\n").into_bytes());
        let error = Dataset::load(&folder.path().join("faces.csv")).unwrap_err().to_string();
        assert!(error.starts_with("`") && error.contains(told), "{error}");
    }
}
