//! What names mean in a tree of classes, on disk or in an archive, and the pictures gathered from it.

use super::{Dataset, Picture, Split, picture, split};
use crate::error::Error;
use mood::{Expression, LabelSet};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

pub(super) const HINT: &str = "lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, \
                               fear, happy, sad, surprise, neutral and perhaps contempt";
/// What is wrong with a class without pictures, and what to do.
pub(super) const EMPTY: &str = "holds no pictures";
pub(super) const EMPTY_HINT: &str = "put pictures in, or remove the empty folder";
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp"];

/// The part of the data set a folder's name stands for.
pub(super) fn split_named(folder: &str) -> Option<Split> {
    Some(match folder.to_ascii_lowercase().as_str() {
        "train" | "training" => Split::Training,
        "validation" | "valid" | "val" => Split::Validation,
        "test" | "publictest" | "public-test" => Split::PublicTest,
        "privatetest" | "private-test" => Split::PrivateTest,
        _ => return None,
    })
}

/// The number of a label in its set.
fn label_in(set: LabelSet, expression: Expression) -> Option<u8> {
    let at = set.label_names().iter().position(|name| Expression::from_label(name) == Some(expression))?;
    u8::try_from(at).ok()
}

/// Whether a file's name promises a picture. What desktops leave behind (`._face.jpg`) doesn't.
pub(super) fn is_picture(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    !is_hidden(&name(file)) && ENDINGS.contains(&ending.as_str())
}

/// Files and folders that desktops leave behind.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX"
}

pub(super) fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A picture still to be decoded.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Where it is, for reading it or for naming it.
    pub path: PathBuf,
    /// Its bytes, when it comes out of an archive.
    pub bytes: Option<Vec<u8>>,
    pub expression: Expression,
    pub split: Option<Split>,
}

/// The pictures of a data set while it is being read.
#[derive(Debug)]
pub(super) struct Harvest {
    /// Whether the first picture that can't be read ends the reading.
    strict: bool,
    /// The split is missing where the tree has no folders for it; then [`Harvest::finish`] cuts one.
    pictures: Vec<(Option<Split>, Expression, Box<[u8]>)>,
    problems: Vec<Error>,
}

impl Harvest {
    pub(super) const fn new(strict: bool) -> Self {
        Self { strict, pictures: Vec::new(), problems: Vec::new() }
    }

    pub(super) fn add(&mut self, split: Option<Split>, expression: Expression, pixels: Box<[u8]>) {
        self.pictures.push((split, expression, pixels));
    }

    /// Notes something that can't be used; an error when that ends the reading.
    pub(super) fn refuse(&mut self, error: Error) -> Result<(), Error> {
        if self.strict {
            return Err(error);
        }
        self.problems.push(error);
        Ok(())
    }

    /// Decodes on all cores, and keeps the order.
    pub(super) fn decode(&mut self, waiting: Vec<Waiting>) -> Result<(), Error> {
        let decoded: Vec<_> = waiting
            .into_par_iter()
            .map(|Waiting { path, bytes, expression, split }| {
                let pixels = bytes.map_or_else(|| picture::read(&path), |bytes| picture::decode(&bytes));
                (path, pixels, expression, split)
            })
            .collect();
        for (path, pixels, expression, split) in decoded {
            match pixels {
                Ok(pixels) => self.add(split, expression, pixels),
                Err(what) => self.refuse(Error::data(
                    &path,
                    format_args!("is no picture that can be read: {what}"),
                    "remove or replace the file",
                ))?,
            }
        }
        Ok(())
    }

    /// All pictures and all problems. Where the tree has no folders for the splits, they are cut here.
    ///
    /// The labels are FER-2013's seven, or FER+'s eight where a picture shows contempt, for which the others have no name.
    pub(super) fn finish(self, root: &Path) -> Result<(Dataset, Vec<Error>), Error> {
        let Self { pictures, problems, .. } = self;
        let placed = pictures.iter().filter(|(split, ..)| split.is_some()).count();
        if placed != 0 && placed != pictures.len() {
            let what = "has pictures both in and beside its folders for training and test";
            return Err(Error::data(root, what, "keep either <class>/* or train/<class>/* and test/<class>/*"));
        }
        let contempt = pictures.iter().any(|(_, expression, _)| *expression == Expression::Contempt);
        let label_set = if contempt { LabelSet::FerPlus } else { LabelSet::Fer2013 };
        let place = |(split, expression, pixels): (Option<Split>, Expression, _)| {
            let label = label_in(label_set, expression)?;
            Some(Picture { split: split.unwrap_or(Split::Training), label, pixels })
        };
        let mut pictures: Vec<Picture> = pictures.into_iter().filter_map(place).collect();
        if placed == 0 {
            split::assign(&mut pictures);
        }
        Ok((Dataset { pictures, label_set }, problems))
    }
}
