//! What FER+'s votes say about a data set, part by part.

use super::votes::{Verdict, Votes};
use super::{Dataset, Split};
use mood::LabelSet;

/// The votes for the pictures of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Which part.
    pub split: Split,
    /// Its pictures.
    pub pictures: usize,
    /// Pictures that show each expression by the majority, in the order of [`LabelSet::FerPlus`].
    pub shown: Vec<usize>,
    /// Of these, the pictures that the data labels with the same expression.
    pub agreed: usize,
    /// Pictures that most people could not read.
    pub unknown: usize,
    /// Pictures in which most people saw no face.
    pub no_face: usize,
    /// Pictures about which there is no majority.
    pub no_majority: usize,
    /// Pictures with [shares](Votes::distribution) to train on.
    pub distributions: usize,
    /// Pictures whose votes may be [about another one](Votes::is_doubtful).
    pub doubtful: usize,
}

impl Tally {
    /// Counts `votes`, one for each picture of `dataset`, for each part that has any.
    #[must_use]
    pub fn of(dataset: &Dataset, votes: &[Votes]) -> Vec<Self> {
        let parts = Split::ALL.into_iter().filter(|&split| !dataset.indices(split).is_empty());
        parts.map(|split| Self::of_part(dataset, votes, split)).collect()
    }

    fn of_part(dataset: &Dataset, votes: &[Votes], split: Split) -> Self {
        let indices = dataset.indices(split);
        let of_part = || indices.iter().filter_map(|&index| votes.get(index).map(|votes| (index, votes)));
        let verdicts: Vec<(usize, Verdict)> = of_part().map(|(index, votes)| (index, votes.majority())).collect();
        let with = |wanted: Verdict| verdicts.iter().filter(|(_, verdict)| *verdict == wanted).count();
        let own = dataset.label_set.labels();
        let agreed = |&&(index, verdict): &&(usize, Verdict)| {
            verdict == Verdict::Shows(own[usize::from(dataset.pictures[index].label)])
        };
        Self {
            split,
            pictures: indices.len(),
            shown: LabelSet::FerPlus.labels().iter().map(|&label| with(Verdict::Shows(label))).collect(),
            agreed: verdicts.iter().filter(agreed).count(),
            unknown: with(Verdict::Unknown),
            no_face: with(Verdict::NoFace),
            no_majority: with(Verdict::NoMajority),
            distributions: of_part().filter(|(_, votes)| votes.distribution().is_some()).count(),
            doubtful: of_part().filter(|(_, votes)| votes.is_doubtful()).count(),
        }
    }
}
