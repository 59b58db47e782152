//! Pictures in folders named after expressions.

use crate::{gzip, holding, load, members, pixels, png, refused, tar, train_on, zip};
use image::{ImageFormat, RgbImage};
use mood::{Expression, LabelSet};
use snapbox::str;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use tempfile::TempDir;
use trainer::dataset::{Dataset, SIDE, Split};

#[test]
fn folders_are_the_same_data_on_disk_and_packed() {
    for splits in [true, false] {
        let tree = holding(&members("", splits));
        let expected = Dataset::load(tree.path()).unwrap();
        assert_eq!(expected.samples.len(), 70);
        assert_eq!(load("archive.zip", zip(&members("", splits))).sha256(), expected.sha256());
        assert_eq!(load("archive.zip", zip(&members("fer/2013/", splits))).sha256(), expected.sha256());
        let tarred = load("archive.tar.gz", gzip(&tar(&members("faces/", splits))));
        assert_eq!(tarred.sha256(), expected.sha256());
        let parts = Split::ALL.map(|split| expected.indices(split).len());
        // Without folders for them: 15 % of ten, rounded down, of each class.
        assert_eq!(parts, if splits { [56, 0, 14, 0] } else { [56, 7, 7, 0] });
    }
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
    refused(&tree(&[("faces/train/happy/a.png", b"this is text")]), "faces").stderr_eq(str![[r#"
error: `faces/train/happy/a.png` is no picture that can be read: [..]
  hint: remove or replace the file

"#]]);
}

#[test]
fn an_empty_class() {
    refused(&tree(&[("faces/train/happy/notes.txt", b"none yet")]), "faces").stderr_eq(str![[r#"
error: `faces/train/happy` holds no pictures
  hint: put pictures in, or remove the empty folder

"#]]);
}

#[test]
fn a_class_nobody_knows() {
    refused(&tree(&[("faces/train/hungry/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces/train/hungry` is not named after an expression
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral and perhaps contempt

"#]]);
}

#[test]
fn a_folder_of_something_else() {
    refused(&tree(&[("faces/somewhere/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces` has neither a folder `train` nor folders named after expressions
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral and perhaps contempt

"#]]);
}

#[test]
fn a_folder_without_training_pictures() {
    refused(&tree(&[("faces/test/happy/a.png", b"")]), "faces").stderr_eq(str![[r#"
error: `faces` has no folder `train` with pictures in it
  hint: lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral and perhaps contempt

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

/// Both vocabularies, in any case and mixed; the eighth expression makes the labels those of FER+.
#[test]
fn folders_named_after_the_classes_of_fer_plus() {
    let names = ["neutral", "Happiness", "surprised", "sadness", "anger", "disgusted", "fearful", "Contempt"];
    for (names, label_set) in [(&names[..], LabelSet::FerPlus), (&names[..7], LabelSet::Fer2013)] {
        let picture = |(id, name): (usize, &&str)| (format!("faces/train/{name}/a.png"), png(pixels(id)));
        let folder = holding(&names.iter().enumerate().map(picture).collect::<Vec<_>>());
        let dataset = Dataset::load(&folder.path().join("faces")).unwrap();
        assert_eq!(dataset.label_set, label_set);
        for (id, name) in names.iter().enumerate() {
            let picture = dataset.samples.iter().find(|picture| *picture.pixels == *pixels(id)).unwrap();
            let label = label_set.label_names()[usize::from(picture.label)];
            assert_eq!(Expression::from_label(label), Expression::from_label(name), "{name}");
        }
    }
}

/// Any size, shape, colour and format becomes 48x48 grey; of what isn't square the middle is taken.
#[test]
fn pictures_of_any_kind() {
    let formats = [
        ("a.jpg", ImageFormat::Jpeg),
        ("b.PNG", ImageFormat::Png),
        ("c.bmp", ImageFormat::Bmp),
        ("d.tiff", ImageFormat::Tiff),
        ("e.webp", ImageFormat::WebP),
    ];
    // White in the middle square, red (luminance 76) above and below it.
    let white = |y| (48..144).contains(&y);
    let picture = RgbImage::from_fn(96, 192, |_, y| image::Rgb(if white(y) { [255; 3] } else { [255, 0, 0] }));
    let file = |(at, (name, format)): (usize, &(&str, ImageFormat))| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, *format).unwrap();
        (format!("{}/{name}", ["happy", "sad"][at % 2]), bytes.into_inner())
    };
    let folder = holding(&formats.iter().enumerate().map(file).collect::<Vec<_>>());
    let dataset = Dataset::load(folder.path()).unwrap();
    assert_eq!(dataset.samples.len(), formats.len());
    for picture in &dataset.samples {
        // The blocks of a JPEG end where the square does, so that nothing of the red is in it.
        assert!(picture.pixels.iter().all(|&luminance| luminance > 250), "{:?}", &picture.pixels[..SIDE]);
    }
}
