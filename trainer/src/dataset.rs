//! Pictures of faces with their labels: FER-2013's table or archive, folders of classes, or faces drawn by rule.

mod archive;
pub mod augment;
mod csv;
mod drawn;
mod gather;
mod input;
pub mod near_copies;
pub mod photographs;
pub(crate) mod picture;
pub mod sheet;
mod source;
mod split;
pub mod survey;
mod tree;
pub mod votes;

use crate::error::Error;
use data_encoding::HEXLOWER;
use mood::{Contract, Crop, InputTensor, LabelSet};
use sha2::{Digest, Sha256};
pub use split::{SplitOptions, Splits, split};
use std::path::Path;
use tree::Harvest;
use votes::{Verdict, Votes};

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
    /// All parts, in the order they are used in.
    pub const ALL: [Self; 4] = [Self::Training, Self::Validation, Self::PublicTest, Self::PrivateTest];

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
        let found = Self::ALL.into_iter().find(|split| split.usage() == usage.trim());
        found.ok_or_else(|| format!("usage `{}`, expected Training, PublicTest or PrivateTest", usage.trim()))
    }
}

/// A grey picture of [`SIDE`] x [`SIDE`] pixels with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Luminances, row by row; [`PIXELS`] of them.
    pub pixels: Box<[u8]>,
    /// The index into the label set's names.
    pub label: u8,
    /// Where its maker put it.
    pub split: Split,
}

/// Pixels of which left and right change places.
#[must_use]
pub fn mirrored(pixels: &[u8]) -> Vec<u8> {
    pixels.chunks_exact(SIDE).flat_map(|row| row.iter().rev()).copied().collect()
}

impl Sample {
    /// Whether all pixels are equal: nothing can be learnt from it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.pixels.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// A picture for tests: of one grey but for its first pixel, which tells it from others.
#[cfg(test)]
pub(crate) fn plain(first: u8, label: u8, split: Split) -> Sample {
    let mut pixels = vec![0; PIXELS].into_boxed_slice();
    pixels[0] = first;
    Sample { pixels, label, split }
}

/// Pixels -> what the network eats, by the function the box uses.
pub(crate) fn input(pixels: Vec<u8>, contract: &Contract) -> Vec<f32> {
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    Crop::from_pixels(side, pixels).map(|crop| InputTensor::new(&crop, contract).values).unwrap_or_default()
}

/// All pictures of a data set, in the order of its rows or of its sorted file names.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The pictures.
    pub samples: Vec<Sample>,
    /// What the labels mean.
    pub label_set: LabelSet,
}

impl Dataset {
    /// Reads what `--data` may name: `fer2013.csv`, the same gzipped, Kaggle's tar.gz or zip, a folder or a zip of
    /// classes with or without `train`, `validation` and `test` around them, or `synthetic[:COUNT]`. The labels are those of
    /// FER+ when a picture lies in a folder for contempt, of FER-2013 otherwise.
    ///
    /// # Errors
    /// When anything in it can't be read; the message names the row or the file.
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::harvest(path, true).map(|(dataset, _)| dataset)
    }

    /// As [`Dataset::load`], but passes over rows and pictures that can't be read, and says why for each.
    ///
    /// # Errors
    /// When there is nothing else left, or the whole file can't be read.
    pub fn load_readable(path: &Path) -> Result<(Self, Vec<Error>), Error> {
        Self::harvest(path, false)
    }

    fn harvest(path: &Path, strict: bool) -> Result<(Self, Vec<Error>), Error> {
        let mut harvest = Harvest::new(strict);
        source::read(path, &mut harvest)?;
        let (dataset, problems) = harvest.finish();
        if dataset.samples.is_empty() {
            return Err(Error::none_usable(path, &problems, input::HINT));
        }
        Ok((dataset, problems))
    }

    /// SHA-256 of all pictures with their labels and parts, in order, as hexadecimal digits. The same rows have the same
    /// in whatever they are wrapped.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for picture in &self.samples {
            hash.update([picture.label]);
            hash.update(picture.split.name());
            hash.update(&picture.pixels);
        }
        HEXLOWER.encode(&hash.finalize())
    }

    /// The indices of the pictures in `split`.
    #[must_use]
    pub fn indices(&self, split: Split) -> Vec<usize> {
        self.samples.iter().enumerate().filter(|(_, p)| p.split == split).map(|(index, _)| index).collect()
    }

    /// The pixels of the pictures at `indices`.
    #[must_use]
    pub fn pixels(&self, indices: &[usize]) -> Vec<&[u8]> {
        indices.iter().map(|&index| &*self.samples[index].pixels).collect()
    }
}

/// Some of a list of pictures, those that have a label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labelled {
    /// Where in the list each lies.
    pub positions: Vec<usize>,
    /// Their indices in the data set.
    pub indices: Vec<usize>,
    /// The class of each.
    pub labels: Vec<u8>,
}

impl Labelled {
    /// The pictures of `list` (indices into `dataset`) with their labels of `set`: the data's own, or the majority of
    /// `votes`, which has an entry for each picture of `dataset`.
    ///
    /// # Errors
    /// When the data has no labels of `set`, or none of the pictures has one.
    pub fn of(dataset: &Dataset, votes: Option<&[Votes]>, set: LabelSet, list: &[usize]) -> Result<Self, Error> {
        let mut labelled = Self::default();
        for (position, &index) in list.iter().enumerate() {
            let label = match (set == dataset.label_set, votes) {
                (true, _) => Some(dataset.samples[index].label),
                (false, Some(votes)) if set == LabelSet::FerPlus => voted(&votes[index]),
                (false, _) => return Err(unlike(dataset.label_set, set)),
            };
            if let Some(label) = label {
                labelled.positions.push(position);
                labelled.indices.push(index);
                labelled.labels.push(label);
            }
        }
        if labelled.labels.is_empty() && !list.is_empty() {
            return Err(Error::none_labelled(list.len(), set.name()));
        }
        Ok(labelled)
    }
}

fn voted(votes: &Votes) -> Option<u8> {
    let Verdict::Shows(expression) = votes.majority() else { return None };
    u8::try_from(LabelSet::FerPlus.class_of(expression)?).ok()
}

fn unlike(found: LabelSet, expected: LabelSet) -> Error {
    let hint = match expected {
        LabelSet::FerPlus => "give `--votes` the file fer2013new.csv of FER+",
        LabelSet::Fer2013 => "give data with labels of fer2013",
    };
    let what = format!("the data has labels of {}, labels of {} are needed", found.name(), expected.name());
    Error::usage(what, hint)
}
