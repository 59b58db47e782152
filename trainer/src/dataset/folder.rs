//! A folder tree: `train/<class>/*`, and perhaps `validation/<class>/*` and `test/<class>/*`.
//!
//! Classes are told by their names (of FER-2013, FER+ or the folders people make of them); pictures of any size and
//! colour become 48x48 grey.

use super::{Picture, SIDE, Split};
use crate::error::Error;
use image::imageops::FilterType;
use mood::{Expression, LabelSet};
use std::path::{Path, PathBuf};

const HINT: &str =
    "lay the pictures out as train/<class>/*.png, with classes angry, disgust, fear, happy, sad, surprise, neutral";
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp"];

pub(super) fn read(root: &Path) -> Result<Vec<Picture>, Error> {
    let mut pictures = Vec::new();
    for folder in entries(root)?.into_iter().filter(|entry| entry.is_dir()) {
        let split = match name(&folder).to_ascii_lowercase().as_str() {
            "train" | "training" => Split::Training,
            "validation" | "valid" | "val" => Split::Validation,
            "test" | "publictest" | "public-test" => Split::PublicTest,
            "privatetest" | "private-test" => Split::PrivateTest,
            _ => continue,
        };
        classes(&folder, split, &mut pictures)?;
    }
    if !pictures.iter().any(|picture| picture.split == Split::Training) {
        return Err(Error::data(root, "has no folder `train` with pictures in it", HINT));
    }
    Ok(pictures)
}

fn classes(folder: &Path, split: Split, pictures: &mut Vec<Picture>) -> Result<(), Error> {
    for class in entries(folder)?.into_iter().filter(|entry| entry.is_dir()) {
        let label =
            label(&name(&class)).ok_or_else(|| Error::data(&class, "is not named after a class of FER-2013", HINT))?;
        let before = pictures.len();
        for file in entries(&class)?.into_iter().filter(|file| is_picture(file)) {
            pictures.push(Picture { pixels: pixels(&file)?, label, split });
        }
        if pictures.len() == before {
            return Err(Error::data(&class, "holds no pictures", "put pictures in, or remove the empty folder"));
        }
    }
    Ok(())
}

fn label(class: &str) -> Option<u8> {
    let expression = Expression::from_label(class)?;
    let at = LabelSet::Fer2013.label_names().iter().position(|name| *name == expression.name())?;
    u8::try_from(at).ok()
}

/// The luminances of a picture file, scaled to 48x48 with a triangle filter (which averages when it shrinks).
fn pixels(file: &Path) -> Result<Box<[u8]>, Error> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::data(file, format_args!("is no picture that can be read: {error}"), "remove or replace the file")
    };
    let reader = image::ImageReader::open(file).map_err(|error| unreadable(&error))?;
    let reader = reader.with_guessed_format().map_err(|error| unreadable(&error))?;
    let grey = reader.decode().map_err(|error| unreadable(&error))?.into_luma8();
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    let scaled = if grey.dimensions() == (side, side) {
        grey
    } else {
        image::imageops::resize(&grey, side, side, FilterType::Triangle)
    };
    Ok(scaled.into_raw().into_boxed_slice())
}

fn is_picture(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    ENDINGS.contains(&ending.as_str())
}

/// Sorted, so that the order of pictures doesn't depend on the file system.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error: std::io::Error| Error::data(folder, format_args!("can't be read: {error}"), HINT);
    let mut paths = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
