//! Pictures of faces with their labels, from the CSV of FER-2013 or from a folder of classes.

pub mod augment;
mod csv;
mod folder;
mod split;
pub mod votes;

pub use split::{Parts, split};

use crate::error::Error;
use mood::LabelSet;
use std::path::Path;

/// Height and width of a picture.
pub const SIDE: usize = 48;
/// Pixels of a picture.
pub const PIXELS: usize = SIDE * SIDE;

/// The part of a data set a picture belongs to, as its maker cut it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Split {
    /// For training; validation is cut from it when the data set brings none.
    #[value(alias = "Training")]
    Training,
    /// For choosing the best epoch and fitting the temperature.
    #[value(alias = "Validation")]
    Validation,
    /// FER-2013's `PublicTest`, or the folder `test`: for measuring, never for choosing.
    #[value(alias = "PublicTest")]
    PublicTest,
    /// FER-2013's `PrivateTest`.
    #[value(alias = "PrivateTest")]
    PrivateTest,
}

impl Split {
    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::PublicTest => "public-test",
            Self::PrivateTest => "private-test",
        }
    }

    /// The name in FER-2013's column `Usage`.
    #[must_use]
    pub const fn usage(self) -> &'static str {
        match self {
            Self::Training => "Training",
            Self::Validation => "Validation",
            Self::PublicTest => "PublicTest",
            Self::PrivateTest => "PrivateTest",
        }
    }

    /// Reads a name as [`Split::usage`] writes it.
    fn from_usage(usage: &str) -> Result<Self, String> {
        let all = [Self::Training, Self::Validation, Self::PublicTest, Self::PrivateTest];
        let found = all.into_iter().find(|split| split.usage() == usage.trim());
        found.ok_or_else(|| format!("usage `{}`, expected Training, PublicTest or PrivateTest", usage.trim()))
    }
}

/// A grey picture of [`SIDE`] x [`SIDE`] pixels with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Luminances, row by row; [`PIXELS`] of them.
    pub pixels: Box<[u8]>,
    /// The index into the label set's names.
    pub label: u8,
    /// Where its maker put it.
    pub split: Split,
}

impl Picture {
    /// Whether all pixels are equal: nothing can be learnt from it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.pixels.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// All pictures of a data set, in the order of its rows or of its sorted file names.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The pictures.
    pub pictures: Vec<Picture>,
    /// What the labels mean.
    pub label_set: LabelSet,
}

impl Dataset {
    /// Reads `fer2013.csv`, the same gzipped, or a folder with `train/<class>/*` and perhaps `validation` and `test`.
    ///
    /// # Errors
    /// When anything in it can't be read; the message names the row or the file.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let metadata = std::fs::metadata(path).map_err(|error| {
            Error::data(
                path,
                format_args!("can't be opened: {error}"),
                "give `--data` a fer2013.csv or a folder of classes",
            )
        })?;
        let pictures = if metadata.is_dir() { folder::read(path)? } else { csv::read(path)? };
        if pictures.is_empty() {
            return Err(Error::data(path, "holds no pictures", "give `--data` a fer2013.csv or a folder of classes"));
        }
        Ok(Self { pictures, label_set: LabelSet::Fer2013 })
    }

    /// The indices of the pictures in `split`.
    #[must_use]
    pub fn indices(&self, split: Split) -> Vec<usize> {
        self.pictures.iter().enumerate().filter(|(_, p)| p.split == split).map(|(index, _)| index).collect()
    }

    /// How many classes the label set has.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.label_set.label_names().len()
    }
}
