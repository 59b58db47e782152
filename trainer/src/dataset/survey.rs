//! What a data set holds, and what is wrong with it.

use super::photographs::Photographs;
use super::votes::{Verdict, Votes};
use super::{Dataset, Split};
use mood::LabelSet;

/// The facts of a data set. Pictures are named by their index, from 0, as in the rows that `trainer verify` writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Pictures of each class, for each part that has any.
    pub counts: Vec<(Split, Vec<usize>)>,
    /// Pictures of each part that repeat an earlier one of the same part, for each part that has any pictures.
    pub repeated: Vec<(Split, usize)>,
    /// How many pictures of the first part are also in the second, where there are any.
    pub shared: Vec<(Split, Split, usize)>,
    /// Groups of equal pictures.
    pub groups: usize,
    /// Pictures whose pixels are all equal.
    pub blank: Vec<usize>,
    /// Groups of equal pictures with different labels. Blank ones are left out: they have no expression.
    pub conflicts: Vec<Vec<usize>>,
}

impl Survey {
    /// Looks at all pictures of `dataset`.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let pictures = &dataset.samples;
        let splits: Vec<Split> =
            Split::ALL.into_iter().filter(|split| pictures.iter().any(|picture| picture.split == *split)).collect();
        let counts = splits.iter().map(|&split| (split, class_counts(dataset, split))).collect();
        let all: Vec<usize> = (0..pictures.len()).collect();
        let mut groups = Photographs::identical(pictures).groups(&all);
        groups.retain(|group| group.len() > 1);
        let within = |group: &[usize], split: Split| group.iter().filter(|&&at| pictures[at].split == split).count();
        let repeated = splits
            .iter()
            .map(|&split| (split, groups.iter().map(|group| within(group, split).saturating_sub(1)).sum()))
            .collect();
        let mut shared = Vec::new();
        for &here in &splits {
            for &there in splits.iter().filter(|there| **there != here) {
                let both = groups.iter().filter(|group| within(group, there) > 0);
                let count: usize = both.map(|group| within(group, here)).sum();
                if count > 0 {
                    shared.push((here, there, count));
                }
            }
        }
        let is_conflict = |group: &&Vec<usize>| {
            !pictures[group[0]].is_blank() && group.iter().any(|&at| pictures[at].label != pictures[group[0]].label)
        };
        Self {
            counts,
            repeated,
            shared,
            groups: groups.len(),
            blank: (0..pictures.len()).filter(|&at| pictures[at].is_blank()).collect(),
            conflicts: groups.iter().filter(is_conflict).cloned().collect(),
        }
    }

    /// The classes of the label set that no picture shows.
    #[must_use]
    pub fn missing(&self, dataset: &Dataset) -> Vec<&'static str> {
        let names = dataset.label_set.label_names().iter().enumerate();
        let shown = |class: usize| self.counts.iter().any(|(_, counts)| counts[class] > 0);
        names.filter(|(class, _)| !shown(*class)).map(|(_, name)| *name).collect()
    }
}

fn class_counts(dataset: &Dataset, split: Split) -> Vec<usize> {
    let mut counts = vec![0; dataset.label_set.label_names().len()];
    for picture in dataset.samples.iter().filter(|picture| picture.split == split) {
        counts[usize::from(picture.label)] += 1;
    }
    counts
}

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
            verdict == Verdict::Shows(own[usize::from(dataset.samples[index].label)])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::plain;
    use mood::LabelSet;

    #[test]
    fn copies_blanks_and_conflicts_are_counted_where_they_are() {
        use Split::{PublicTest, Training};
        let rows = [
            (1, 0, Training),
            (1, 0, Training),
            (1, 0, PublicTest),
            (2, 3, Training),
            (2, 4, PublicTest),
            (0, 1, Training),
            (0, 2, Training),
            (3, 6, PublicTest),
        ];
        let pictures = rows.map(|(id, label, split)| plain(id, label, split));
        let dataset = Dataset { samples: pictures.into(), label_set: LabelSet::Fer2013 };
        let survey = Survey::of(&dataset);
        let expected = Survey {
            counts: vec![(Training, vec![2, 1, 1, 1, 0, 0, 0]), (PublicTest, vec![1, 0, 0, 0, 1, 0, 1])],
            repeated: vec![(Training, 2), (PublicTest, 0)],
            shared: vec![(Training, PublicTest, 3), (PublicTest, Training, 2)],
            groups: 3,
            blank: vec![5, 6],
            conflicts: vec![vec![3, 4]],
        };
        assert_eq!(survey, expected);
        assert_eq!(survey.missing(&dataset), ["surprise"]);
    }
}
