//! What names mean in a tree of classes, on disk or in an archive, and the pictures gathered from it.

use super::{Dataset, Sample, Split, picture, split};
use crate::error::Error;
use mood::{Expression, LabelSet};
use rayon::prelude::*;
use std::path::{Component, Path, PathBuf};

pub(super) const HINT: &str = "lay the pictures out as <class>/*.png or train/<class>/*.png, with classes angry, disgust, \
                               fear, happy, sad, surprise, neutral and perhaps contempt";
/// Endings of pictures that can be read.
const ENDINGS: [&str; 9] = ["jpg", "jpeg", "jpe", "jfif", "png", "bmp", "tif", "tiff", "webp"];
/// Endings of pictures that can't.
const OTHER_ENDINGS: [&str; 10] = ["gif", "pgm", "ppm", "pnm", "heic", "heif", "avif", "jp2", "jxl", "tga"];
/// Folders that desktops and storage boxes leave behind.
const LEFT_BEHIND: [&str; 5] = ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"];

/// What a name says of the part of the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// This one.
    Is(Split),
    /// `eval`: the part for validation where another is for the test, else the one for the test.
    Evaluation,
}

/// The part of the data set a name stands for: a folder's, or one in a table's column. Case, and what stands between its
/// words, don't count.
pub(super) fn part_named(name: &str) -> Option<Part> {
    let words: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bare = ["set", "data", "images"].into_iter().find_map(|ending| words.strip_suffix(ending));
    Some(match bare.unwrap_or(&words) {
        "train" | "training" => Part::Is(Split::Training),
        "validation" | "validate" | "valid" | "val" | "dev" | "development" => Part::Is(Split::Validation),
        "test" | "testing" | "publictest" => Part::Is(Split::PublicTest),
        "privatetest" => Part::Is(Split::PrivateTest),
        "eval" | "evaluation" => Part::Evaluation,
        _ => return None,
    })
}

/// What the folders of a picture say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The folder named after an expression; folders below it count as this one.
    pub class: PathBuf,
    pub expression: Expression,
    pub part: Option<Part>,
}

/// The folders a picture lies in, from the root of the tree on.
pub(super) fn place(name: &Path) -> Option<Place> {
    let mut parts = parts(name);
    parts.pop();
    let at = parts.iter().rposition(|part| Expression::from_label(part).is_some())?;
    let expression = Expression::from_label(parts.get(at)?)?;
    Some(Place { class: parts.iter().take(at + 1).collect(), expression, part: part_of(&parts) })
}

/// The part of the data set that the innermost of some folders is named after.
pub(super) fn part_of(folders: &[String]) -> Option<Part> {
    folders.iter().rev().find_map(|folder| part_named(folder))
}

/// The names a path is made of.
pub(super) fn parts(name: &Path) -> Vec<String> {
    let named = name.components().filter(|part| matches!(part, Component::Normal(_)));
    named.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

/// Whether a file's name promises a picture. What desktops leave behind (`._face.jpg`) doesn't.
pub(super) fn is_picture(file: &Path) -> bool {
    !is_hidden(&name(file)) && ENDINGS.contains(&ending(file).as_str())
}

/// Whether it promises one of a kind that can't be read.
pub(super) fn is_other_picture(file: &Path) -> bool {
    !is_hidden(&name(file)) && OTHER_ENDINGS.contains(&ending(file).as_str())
}

fn ending(file: &Path) -> String {
    file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// Files and folders that desktops leave behind.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || LEFT_BEHIND.contains(&name)
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
    pub part: Option<Part>,
}

/// The pictures of a data set while it is being read.
#[derive(Debug)]
pub(super) struct Harvest {
    /// Whether the first picture that can't be read ends the reading.
    pub strict: bool,
    pictures: Vec<Gathered>,
    pub problems: Vec<Error>,
}

#[derive(Debug)]
struct Gathered {
    /// Where it was, in a tree: its pictures are put in the order of their names. Rows of a table stay in theirs.
    path: Option<PathBuf>,
    /// Missing where the data has no parts; then [`Harvest::finish`] cuts them.
    part: Option<Part>,
    expression: Expression,
    pixels: Box<[u8]>,
}

impl Harvest {
    pub(super) const fn new(strict: bool) -> Self {
        Self { strict, pictures: Vec::new(), problems: Vec::new() }
    }

    /// Adds a row of a table.
    pub(super) fn add(&mut self, part: Option<Part>, expression: Expression, pixels: Box<[u8]>) {
        self.pictures.push(Gathered { path: None, part, expression, pixels });
    }

    /// Leaves out the pictures that are in no part.
    pub(super) fn drop_beside(&mut self) {
        self.pictures.retain(|picture| picture.part.is_some());
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
            .map(|Waiting { path, bytes, expression, part }| {
                let pixels = bytes.map_or_else(|| picture::read(&path), |bytes| picture::decode(&bytes));
                (path, pixels, expression, part)
            })
            .collect();
        for (path, pixels, expression, part) in decoded {
            match pixels {
                Ok(pixels) => self.pictures.push(Gathered { path: Some(path), part, expression, pixels }),
                Err(what) => self.refuse(Error::data(
                    &path,
                    format_args!("is no picture that can be read: {what}"),
                    "remove or replace the file",
                ))?,
            }
        }
        Ok(())
    }

    /// All pictures and all problems. Where the data has no parts, they are cut here.
    ///
    /// The labels are FER-2013's seven, or FER+'s eight where a picture shows contempt, for which the others have no name.
    pub(super) fn finish(self) -> (Dataset, Vec<Error>) {
        let Self { mut pictures, problems, .. } = self;
        pictures.sort_by(|a, b| a.path.cmp(&b.path));
        let contempt = pictures.iter().any(|picture| picture.expression == Expression::Contempt);
        let label_set = if contempt { LabelSet::FerPlus } else { LabelSet::Fer2013 };
        let is_test = |part: Option<Part>| matches!(part, Some(Part::Is(Split::PublicTest | Split::PrivateTest)));
        let evaluation = if pictures.iter().any(|it| is_test(it.part)) { Split::Validation } else { Split::PublicTest };
        let whole = pictures.iter().all(|picture| picture.part.is_none());
        let labelled = |Gathered { part, expression, pixels, .. }: Gathered| {
            let split = match part {
                Some(Part::Is(split)) => split,
                Some(Part::Evaluation) => evaluation,
                None => Split::Training,
            };
            Some(Sample { split, label: u8::try_from(label_set.class_of(expression)?).ok()?, pixels })
        };
        let mut pictures: Vec<Sample> = pictures.into_iter().filter_map(labelled).collect();
        if whole {
            split::assign(&mut pictures);
        }
        (Dataset { samples: pictures, label_set }, problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Split::{PrivateTest, PublicTest, Training, Validation};

    #[test]
    fn parts_are_known_by_the_names_people_give_them() {
        let names = [
            (Training, &["train", "Training", "TRAIN", "train_set", "train-images", "training data", "trainset"][..]),
            (Validation, &["valid", "val", "Validation", "dev", "Dev", "development", "val_set"]),
            (
                PublicTest,
                &["test", "Test", "testing", "TESTING", "public_test", "public-test", "PublicTest", "test set"],
            ),
            (PrivateTest, &["PrivateTest", "private_test", "private-test", "Private Test"]),
        ];
        for (split, names) in names {
            for name in names {
                assert_eq!(part_named(name), Some(Part::Is(split)), "{name}");
            }
        }
        assert_eq!([part_named("eval"), part_named("Evaluation")], [Some(Part::Evaluation); 2]);
        for name in ["happy", "trainer", "contest", "set", "", "devil", "latest"] {
            assert_eq!(part_named(name), None, "{name}");
        }
    }

    #[test]
    fn a_picture_lies_in_the_innermost_class_and_part_above_it() {
        let cases = [
            ("happy/a.png", Some(("happy", Expression::Happy, None))),
            ("fer/train/sad/b.png", Some(("fer/train/sad", Expression::Sad, Some(Part::Is(Training))))),
            ("happy/more/still/a.png", Some(("happy", Expression::Happy, None))),
            ("happy/test/a.png", Some(("happy", Expression::Happy, Some(Part::Is(PublicTest))))),
            ("test/train/happy/sad/a.png", Some(("test/train/happy/sad", Expression::Sad, Some(Part::Is(Training))))),
            ("train/a.png", None),
            ("happy.png", None),
        ];
        for (name, expected) in cases {
            let found = place(Path::new(name));
            let found = found.as_ref().map(|it| (it.class.to_str().unwrap_or(""), it.expression, it.part));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_eval_means_follows_from_the_other_parts() {
        for (others, expected) in [(Training, PublicTest), (Validation, PublicTest), (PublicTest, Validation)] {
            let mut harvest = Harvest::new(true);
            harvest.add(Some(Part::Is(others)), Expression::Happy, Box::default());
            harvest.add(Some(Part::Evaluation), Expression::Happy, Box::default());
            assert_eq!(harvest.finish().0.samples[1].split, expected);
        }
    }
}
