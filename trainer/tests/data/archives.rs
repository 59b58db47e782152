//! Archives that are cut short, damaged, hostile, or of something else.

use crate::{gzip, members, pixels, png, table, tar, train_on, zip};
use snapbox::str;
use trainer::dataset::PIXELS;

#[test]
fn a_truncated_gzip() {
    let packed = gzip(&table(false));
    train_on("fer2013.csv.gz", packed[..packed.len() / 2].to_vec()).stderr_eq(str![[r#"
error: `fer2013.csv.gz` ends in the middle of its compressed data
  hint: download it again, the file is cut short

"#]]);
}

#[test]
fn a_truncated_tar_gz() {
    let packed = gzip(&tar(&members("", true)));
    for length in [packed.len() / 2, packed.len() - 4] {
        train_on("faces.tar.gz", packed[..length].to_vec()).stderr_eq(str![[r#"
error: `faces.tar.gz[..]` ends in the middle of its compressed data
  hint: download it again, the file is cut short

"#]]);
    }
}

#[test]
fn a_truncated_tar() {
    let packed = tar(&members("", true));
    for length in [packed.len() / 2, packed.len() / 2 + 300] {
        train_on("faces.tar", packed[..length].to_vec()).stderr_eq(str![[r#"
error: `faces.tar[..]` ends in the middle of its [..]data
  hint: download it again, the file is cut short

"#]]);
    }
}

#[test]
fn a_truncated_zip() {
    let packed = zip(&members("", true));
    train_on("faces.zip", packed[..packed.len() / 2].to_vec()).stderr_eq(str![[r#"
error: `faces.zip` is no whole zip archive: [..]
  hint: download it again, the file is cut short or damaged

"#]]);
}

#[test]
fn a_damaged_zip() {
    let mut packed = zip(&members("", true));
    packed[300..2_000].fill(0);
    train_on("faces.zip", packed).stderr_eq(str![[r#"
error: `faces.zip/test/[..].png` [..]
  hint: download it again, [..]

"#]]);
}

/// 70 MiB of nothing in 70 KiB.
#[test]
fn a_zip_bomb() {
    let bomb = [("train/happy/a.png".to_owned(), vec![0; 70 << 20])];
    train_on("faces.zip", zip(&bomb)).stderr_eq(str![[r#"
error: `faces.zip/train/happy/a.png` unpacks to more than 100 times its size
  hint: this is no data set of pictures; get it again from where it is published

"#]]);
}

/// Many members, each of them small enough.
#[test]
fn a_zip_bomb_in_small_pieces() {
    let pieces: Vec<_> = (0..9).map(|at| (format!("train/happy/{at}.bmp"), vec![0; 8 << 20])).collect();
    train_on("faces.zip", zip(&pieces)).stderr_eq(str![[r#"
error: `faces.zip/train/happy/[..].bmp` [..]
  hint: [..]

"#]]);
}

#[test]
fn a_gzip_bomb() {
    let text =
        format!("emotion,pixels,Usage\n{}", format!("1,{},Training\n", vec!["7"; PIXELS].join(" ")).repeat(16_000));
    train_on("fer2013.csv.gz", gzip(text.as_bytes())).stderr_eq(str![[r#"
error: `fer2013.csv.gz` unpacks to more than 100 times its size
  hint: this is no data set of pictures; get it again from where it is published

"#]]);
}

#[test]
fn an_archive_of_something_else() {
    train_on("holiday.zip", zip(&[("notes.txt".to_owned(), b"sun".to_vec())])).stderr_eq(str![[r#"
error: `holiday.zip` holds neither fer2013.csv nor folders of pictures named after expressions
  hint: give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or `synthetic`

"#]]);
}

#[test]
fn an_archive_with_a_class_nobody_knows() {
    train_on("faces.zip", zip(&[("hungry/a.png".to_owned(), png(pixels(1)))])).stderr_eq(str![[r#"
error: `faces.zip/hungry` is not named after an expression
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral and perhaps contempt

"#]]);
}

#[test]
fn an_archive_with_an_empty_class() {
    let mut faces = members("faces/", true);
    faces.push(("faces/train/contempt/notes.txt".to_owned(), b"none yet".to_vec()));
    for (name, bytes) in [("faces.zip", zip(&faces)), ("faces.tar.gz", gzip(&tar(&faces)))] {
        train_on(name, bytes).stderr_eq(str![[r#"
error: `faces.[..]/faces/train/contempt` holds no pictures
  hint: put pictures in, or remove the empty folder

"#]]);
    }
    faces.pop();
    faces.push(("faces/train/contempt/".to_owned(), Vec::new()));
    train_on("faces.zip", zip(&faces)).stderr_eq(str![[r#"
error: `faces.zip/faces/train/contempt` holds no pictures
  hint: put pictures in, or remove the empty folder

"#]]);
}
