//! FER-2013's table in any wrapping, and tables that can't be used.

use crate::{file, gzip, load, refused, row, table, tar, train_on, zip};
use snapbox::str;
use std::fs;
use tempfile::TempDir;

#[test]
fn the_same_rows_are_the_same_data_in_any_wrapping() {
    let readme = ("fer2013/README".to_owned(), b"about".to_vec());
    let packed = [readme, ("fer2013/fer2013.csv".to_owned(), table(false))];
    let expected = load("fer2013.csv", table(false)).sha256();
    let wrappings = [
        ("fer2013.csv.gz", gzip(&table(false))),
        ("misnamed.csv", gzip(&table(false))),
        ("fer2013.tar.gz", gzip(&tar(&packed))),
        ("fer2013.tar", tar(&packed)),
        ("fer2013.zip", zip(&packed)),
        ("icml_face_data.csv", table(true)),
        ("challenge.zip", zip(&[("icml_face_data.csv".to_owned(), table(true))])),
    ];
    for (name, bytes) in wrappings {
        assert_eq!(load(name, bytes).sha256(), expected, "{name}");
    }
}

/// A row of `pixels` equal pixels.
fn flat_row(label: &str, pixels: usize, usage: &str) -> String {
    format!("{label},{},{usage}\n", vec!["7"; pixels].join(" "))
}

fn csv_of(rows: &str) -> TempDir {
    file("faces.csv", format!("emotion,pixels,Usage\n{rows}").into_bytes())
}

#[test]
fn a_missing_file() {
    refused(&tempfile::tempdir().unwrap(), "nowhere.csv").stderr_eq(str![[r#"
error: `nowhere.csv` can't be opened: No such file or directory (os error 2)
  hint: give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or `synthetic`

"#]]);
}

#[test]
fn a_wrong_header() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faces.csv"), "label,image\n1,2\n").unwrap();
    refused(&folder, "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` starts with `label,image`, a FER-2013 file with `emotion,pixels,Usage`
  hint: give `--data` the file fer2013.csv of the FER-2013 challenge, or a folder of classes

"#]]);
}

#[test]
fn a_row_with_too_few_pixels() {
    let folder = csv_of(&(flat_row("0", 2304, "Training") + &flat_row("1", 2303, "Training")));
    refused(&folder, "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 3: 2303 pixels, a picture has 2304
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_label_that_does_not_exist() {
    refused(&csv_of(&flat_row("9", 2304, "Training")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: label `9`, FER-2013 has 0 to 6
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_usage_that_does_not_exist() {
    refused(&csv_of(&flat_row("1", 2304, "Lunch")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: usage `Lunch`, expected Training, PublicTest or PrivateTest
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_pixel_that_is_no_luminance() {
    let pixels = vec!["300"; 2304].join(" ");
    refused(&csv_of(&format!("1,{pixels},Training\n")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` line 2: pixel `300`, a luminance is 0 to 255
  hint: download fer2013.csv again, or check that nothing has edited it

"#]]);
}

#[test]
fn a_csv_without_rows() {
    refused(&csv_of(""), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` holds no pictures
  hint: give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or `synthetic`

"#]]);
}

#[test]
fn a_row_without_an_end() {
    let text = format!("emotion,pixels,Usage\n1,{}", "7 ".repeat(1 << 20));
    train_on("fer2013.csv", text.into_bytes()).stderr_eq(str![[r#"
error: `fer2013.csv` can't be read: a row is longer than 1 MiB
  hint: download it again, or check the disk

"#]]);
}

#[test]
fn one_class_only() {
    let rows: String = (0..20).map(|at| row(3, at, "Training", false)).collect();
    refused(&csv_of(&rows), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` holds only `happy` for training, there is nothing to tell apart
  hint: add pictures of at least one other expression

"#]]);
}

#[test]
fn too_few_pictures_to_split() {
    refused(&csv_of(&flat_row("1", 2304, "Training")), "faces.csv").stderr_eq(str![[r#"
error: `faces.csv` leaves 0 pictures for training and 0 for validation
  hint: a run needs at least ten pictures of a class

"#]]);
}
