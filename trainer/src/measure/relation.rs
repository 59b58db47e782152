//! What the pictures that are measured on have to do with those that were learnt from.

use crate::dataset::{Dataset, near_copies};
use std::collections::HashSet;

/// How close a picture is to the training pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// None of them shows the same photograph.
    New,
    /// One of them shows it in another crop, or may well do; see [`near_copies::ALIKE`].
    NearCopy,
    /// One of them has the same bytes.
    Copy,
}

impl Relation {
    /// Of each picture of `dataset` at `indices` to pictures with the pixels `training`.
    #[must_use]
    pub fn of(dataset: &Dataset, indices: &[usize], training: &[&[u8]]) -> Vec<Self> {
        let measured: Vec<&[u8]> = indices.iter().map(|&index| &*dataset.pictures[index].pixels).collect();
        let known: HashSet<&[u8]> = training.iter().copied().collect();
        let near = near_copies::alike(&measured, training);
        let of_one = |(position, pixels): (usize, &&[u8])| {
            if known.contains(pixels) {
                Self::Copy
            } else if near.contains(&position) {
                Self::NearCopy
            } else {
                Self::New
            }
        };
        measured.iter().enumerate().map(of_one).collect()
    }

    /// In the column `copy` of the predictions.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::New => "false",
            Self::NearCopy => "near",
            Self::Copy => "true",
        }
    }
}
