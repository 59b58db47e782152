//! Data sets as people have them: any wrapping, any layout, damaged, hostile; and what `trainer data` says about them.
#![expect(clippy::unwrap_used, reason = "a test that can't set its scene has failed")]

mod votes;

use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};
use image::{GrayImage, ImageFormat};
use mood::LabelSet;
use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::TempDir;
use trainer::dataset::{Dataset, PIXELS, Split};

/// Picture number `id`; different ids look different.
fn pixels(id: usize) -> Vec<u8> {
    (0..PIXELS).map(|at| u8::try_from((at * (id + 3) + id * id) % 256).unwrap()).collect()
}

/// A row of the table; `icml` has its columns in another order.
fn row(label: usize, id: usize, usage: &str, icml: bool) -> String {
    let pixels = pixels(id).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    if icml { format!("{label},{usage},{pixels}\n") } else { format!("{label},{pixels},{usage}\n") }
}

fn table(icml: bool) -> Vec<u8> {
    let mut text = String::from(if icml { "emotion, Usage, pixels\n" } else { "emotion,pixels,Usage\n" });
    for id in 0..21 {
        text.push_str(&row(id % 7, id, if id < 14 { "Training" } else { "PublicTest" }, icml));
    }
    text.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len().try_into().unwrap());
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Deflated members, their directory, the end record (APPNOTE.TXT 4.3).
fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    let le = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    for (name, bytes) in members {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(bytes);
        // Version, flags, method 8, time, date; checksum, sizes, length of the name, no extra field.
        let common = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..],
            &crc.sum().to_le_bytes(),
            &le(packed.len()),
            &le(bytes.len()),
            &le(name.len()),
        ]
        .concat();
        let offset = le(archive.len());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &offset, name.as_bytes()].concat());
        archive.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), &packed].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let (size, offset) = (le(directory.len()), le(archive.len()));
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &offset, &[0; 2]].concat();
    [archive, directory, end].concat()
}

fn png(pixels: Vec<u8>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    GrayImage::from_raw(48, 48, pixels).unwrap().write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Pictures in folders, under `root`; `splits` when there are folders for training and test.
fn members(root: &str, splits: bool) -> Vec<(String, Vec<u8>)> {
    let mut members = Vec::new();
    for id in 0..70 {
        let split = match (splits, id % 5) {
            (false, _) => "",
            (true, 0) => "test/",
            (true, _) => "train/",
        };
        let class = LabelSet::Fer2013.label_names()[id % 7];
        members.push((format!("{root}{split}{class}/{id:03}.png"), png(pixels(id))));
    }
    // What a desktop leaves behind.
    members.push((format!("{root}__MACOSX/train/happy/._000.png"), b"no picture".to_vec()));
    members.push((format!("{root}.DS_Store"), b"no picture".to_vec()));
    members
}

fn holding(files: &[(String, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn file(name: &str, bytes: Vec<u8>) -> TempDir {
    holding(&[(name.to_owned(), bytes)])
}

fn load(name: &str, bytes: Vec<u8>) -> Dataset {
    Dataset::load(&file(name, bytes).path().join(name)).unwrap()
}

fn inspect(folder: &Path, arguments: &[&str]) -> snapbox::cmd::OutputAssert {
    Command::new(cargo_bin!("trainer")).current_dir(folder).arg("data").args(arguments).assert()
}

/// `trainer train` on a file that can't be used.
fn train_on(name: &str, bytes: Vec<u8>) -> snapbox::cmd::OutputAssert {
    let folder = file(name, bytes);
    let arguments = ["train", "--data", name, "--run", "run"];
    Command::new(cargo_bin!("trainer")).current_dir(folder.path()).args(arguments).assert().code(5).stdout_eq("")
}

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

#[test]
fn folders_are_the_same_data_on_disk_and_packed() {
    for splits in [true, false] {
        let tree = holding(&members("", splits));
        let expected = Dataset::load(tree.path()).unwrap();
        assert_eq!(expected.pictures.len(), 70);
        assert_eq!(load("archive.zip", zip(&members("", splits))).sha256(), expected.sha256());
        assert_eq!(load("archive.zip", zip(&members("fer/2013/", splits))).sha256(), expected.sha256());
        // A tar is read as it comes, so its pictures stand in another order.
        let tarred = load("archive.tar.gz", gzip(&tar(&members("faces/", splits))));
        assert_eq!(tarred.pictures.len(), 70);
        let parts = Split::ALL.map(|split| expected.indices(split).len());
        // Without folders for them: 15 % of ten, rounded down, of each class.
        assert_eq!(parts, if splits { [56, 0, 14, 0] } else { [56, 7, 7, 0] });
    }
}

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
fn a_row_without_an_end() {
    let text = format!("emotion,pixels,Usage\n1,{}", "7 ".repeat(1 << 20));
    train_on("fer2013.csv", text.into_bytes()).stderr_eq(str![[r#"
error: `fer2013.csv` can't be read: a row is longer than 1 MiB
  hint: download it again, or check the disk

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
error: `faces.zip/hungry/a.png` is in no folder named after a class of FER-2013
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral

"#]]);
}

#[test]
fn pictures_both_in_and_beside_train() {
    let mixed = ["train/happy/a.png", "sad/b.png"].map(|name| (name.to_owned(), png(pixels(name.len()))));
    train_on("faces.zip", zip(&mixed)).stderr_eq(str![[r#"
error: `faces.zip` has pictures both in and beside its folders for training and test
  hint: keep either <class>/* or train/<class>/* and test/<class>/*

"#]]);
}

#[test]
fn a_pipe_among_the_pictures() {
    let folder = holding(&members("faces/", true));
    let pipe = folder.path().join("faces/train/angry/000.png");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: mkfifo is not here");
        return;
    }
    let error = Dataset::load(&folder.path().join("faces")).unwrap_err();
    assert!(error.to_string().ends_with("is no picture that can be read: it is no ordinary file"), "{error}");
    assert!(Dataset::load(&pipe).unwrap_err().to_string().ends_with("can't be read: it is no ordinary file"));
}

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
                 angry  disgust     fear    happy      sad surprise  neutral      all
     training        3        2        3        2        2        3        3       18
  public-test        1        1        1        1        1        1        1        7
copies, byte for byte: 3 groups of equal pictures
  2 of training repeat an earlier one there
  1 of training are also in public-test; training leaves them out
  1 of public-test are also in training
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
        "`faces/test/contempt` is not named after a class of FER-2013",
        "`faces/train/happy/text.png` is no picture that can be read",
        "`faces/train/hungry` is not named after a class of FER-2013",
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
    inspect(folder.path(), &["synthetic:70", "--sheet", "sheet.png", "--augmented", "varied.png", "--augment", "box"])
        .success();
    for name in ["sheet.png", "varied.png"] {
        let sheet = image::open(folder.path().join(name)).unwrap();
        assert!(sheet.width() > 1_000 && sheet.height() > 400, "{name}");
    }
    inspect(folder.path(), &["synthetic:70", "--sheet", "nowhere/sheet.png"]).code(8).stderr_eq(str![[r#"
error: `nowhere/sheet.png` can't be written: No such file or directory (os error 2)
  hint: check that the folder exists, may be written and has space

"#]]);
}

#[test]
fn synthetic_faces_come_in_three_parts_with_people_of_their_own() {
    let dataset = Dataset::load(Path::new("synthetic:140")).unwrap();
    let parts = [Split::Training, Split::Validation, Split::PublicTest].map(|split| dataset.indices(split));
    assert_eq!(parts.each_ref().map(Vec::len), [98, 21, 21]);
    for part in parts {
        let per_class = part.len() / 7;
        for class in 0..7 {
            let shown = part.iter().filter(|&&at| dataset.pictures[at].label == class).count();
            assert_eq!(shown, per_class, "class {class}");
        }
    }
    assert_eq!(dataset.sha256(), Dataset::load(Path::new("synthetic:140")).unwrap().sha256());
}

#[test]
fn too_few_synthetic_faces() {
    for asked in ["synthetic:5", "synthetic:many", "synthetic:9000000"] {
        let folder = tempfile::tempdir().unwrap();
        inspect(folder.path(), &[asked]).code(2).stderr_eq(str![[r#"
error: `synthetic:[..]`: 70 to 1000000 faces can be drawn
  hint: for instance `--data synthetic:14000`, which is what `synthetic` alone means

"#]]);
    }
}
