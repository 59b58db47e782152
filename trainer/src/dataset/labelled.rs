//! Pictures with what they show by one label set, as classes of that set: for validation, the temperature, the figures.

use super::Dataset;
use super::votes::{Verdict, Votes};
use crate::error::Error;
use mood::LabelSet;

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
                (true, _) => Some(dataset.pictures[index].label),
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
            return Err(Error::Data {
                what: format!("none of {} pictures has a label of {}", list.len(), set.name()),
                hint: "check that the votes belong to the data".into(),
            });
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
    Error::Usage {
        what: format!("the data has labels of {}, labels of {} are needed", found.name(), expected.name()),
        hint: hint.into(),
    }
}
