//! What `trainer data` says.

use crate::{fer2013, file, holding, inspect, members, pixels, png, row, table};
use image::{GrayImage, ImageFormat};
use snapbox::str;
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use trainer::dataset::PIXELS;

#[test]
fn what_trainer_data_says() {
    let mut text = String::from_utf8(table(false)).unwrap();
    // A copy inside training, one that leaks from the test part, one with another label, and a blank picture.
    text.push_str(&row(0, 0, "Training", false));
    text.push_str(&row(6, 20, "Training", false));
    text.push_str(&row(5, 1, "Training", false));
    writeln!(text, "2,{},Training", vec!["9"; PIXELS].join(" ")).unwrap();
    let folder = file("faces.csv", text.into_bytes());
    inspect(folder.path(), &["faces.csv"]).success().stdout_eq(str![[r#"
faces.csv: 25 pictures, labels of fer2013
                  angry   disgust      fear     happy       sad  surprise   neutral       all
     training         3         2         3         2         2         3         3        18
  public-test         1         1         1         1         1         1         1         7
copies, byte for byte: 3 groups of equal pictures
  2 of training repeat an earlier one there
  1 of training are also in public-test; training leaves them out
  1 of public-test are also in training
near copies, the same photograph in any crop: [..]
  [..] of these photographs have different labels
  [..] of public-test show a photograph that is also in training, or may well do
blank: 1
label conflicts: 1 groups of equal pictures with different labels, 2 pictures
  picture 1 disgust, picture 23 surprise
can't be read: 0
sha256 of pictures, labels and parts: [..]

"#]]);
    let output = inspect(folder.path(), &["faces.csv", "--json"]).success().get_output().stdout.clone();
    let facts: serde_json::Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(facts["n"], 25);
    assert_eq!(facts["splits"][0]["per_class"]["angry"], 3);
    assert_eq!(facts["shared"][1], serde_json::json!({ "split": "public-test", "also_in": "training", "n": 1 }));
    assert_eq!(facts["conflicts"], serde_json::json!([[1, 23]]));
    assert_eq!(facts["blank"], serde_json::json!([24]));
    assert_eq!(facts["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn trainer_data_names_all_that_can_not_be_read() {
    let mut files = members("faces/", true);
    files.push(("faces/train/happy/text.png".to_owned(), b"dear diary".to_vec()));
    files.push(("faces/train/hungry/a.png".to_owned(), png(pixels(1))));
    let mut jpeg = Cursor::new(Vec::new());
    GrayImage::new(90, 60).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    files.push(("faces/train/sad/cut.jpg".to_owned(), jpeg[..jpeg.len() - 20].to_vec()));
    let folder = holding(&files);
    fs::create_dir_all(folder.path().join("faces/test/contempt")).unwrap();
    let assert = inspect(folder.path(), &["faces"]).code(5).stderr_eq(str![[r#"
error: `faces` has 4 entries that can't be used
  hint: training refuses it so: replace or remove what the report names

"#]]);
    let report = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    for problem in [
        "can't be read: 4\n",
        "`faces/test/contempt` holds no pictures",
        "`faces/train/happy/text.png` is no picture that can be read",
        "`faces/train/hungry` is not named after an expression",
        "`faces/train/sad/cut.jpg` is no picture that can be read: the JPEG ends in the middle of the picture",
    ] {
        assert!(report.contains(problem), "{problem} in {report}");
    }
    let rows = format!("emotion,pixels,Usage\n{}9,1 2 3,Training\n", row(3, 1, "Training", false));
    let folder = file("faces.csv", rows.into_bytes());
    let assert = inspect(folder.path(), &["faces.csv", "--json"]).code(5);
    let facts: serde_json::Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(facts["unreadable"][0], "`faces.csv` line 3: label `9`, FER-2013 has 0 to 6");
    assert_eq!(facts["missing"].as_array().unwrap().len(), 6);
}

#[test]
fn sheets_are_pictures() {
    let folder = tempfile::tempdir().unwrap();
    inspect(folder.path(), &["synthetic:70", "--sheet", "sheet.png", "--augmented", "varied.png"]).success();
    for name in ["sheet.png", "varied.png"] {
        let sheet = image::open(folder.path().join(name)).unwrap();
        assert!(sheet.width() > 1_000 && sheet.height() > 400, "{name}");
    }
    inspect(folder.path(), &["synthetic:70", "--sheet", "nowhere/sheet.png"]).code(8).stderr_eq(str![[r#"
error: `nowhere/sheet.png` can't be written: No such file or directory (os error 2)
  hint: check that the folder exists, may be written and has space

"#]]);
}

/// The facts that are known of FER-2013's first two parts.
#[test]
fn what_trainer_data_says_of_fer_2013() {
    let (Some(data), Some(votes)) = (fer2013("fer2013.csv.gz"), fer2013("fer2013new.csv")) else { return };
    let [data, votes] = [data, votes].map(|path| path.to_str().unwrap().to_owned());
    let folder = tempfile::tempdir().unwrap();
    let output = inspect(folder.path(), &[&data, "--votes", &votes, "--json"]).success().get_output().stdout.clone();
    let facts: serde_json::Value = serde_json::from_slice(&output).unwrap();
    let counts = ["n", "groups_of_copies"].map(|key| facts[key].as_u64().unwrap());
    assert_eq!(counts, [32_298, 1_271]);
    assert_eq!(facts["shared"][1], serde_json::json!({ "split": "public-test", "also_in": "training", "n": 280 }));
    assert_eq!(facts["blank"].as_array().unwrap().len(), 12);
    assert_eq!(facts["near_copies"]["also_in_training"], serde_json::json!([{ "split": "public-test", "n": 834 }]));
    let near = ["photographs", "n", "largest", "conflicts"].map(|key| facts["near_copies"][key].as_u64().unwrap());
    assert_eq!(near, [2_500, 6_379, 29, 286]);
    assert_eq!(facts["conflicts"].as_array().unwrap().len(), 46);
    let of_votes = |key: &str| [0, 1].map(|part| facts["votes"][part][key].as_u64().unwrap());
    assert_eq!(of_votes("majority"), [25_060, 3_199]);
    assert_eq!(of_votes("distributions"), [27_956, 3_505]);
    assert_eq!(of_votes("doubtful"), [154, 10]);
}
