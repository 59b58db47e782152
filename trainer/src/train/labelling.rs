//! How FER-2013 labels pictures that ten people saw as they did: a label is one opinion more, and often an odd one; how
//! likely it was, given the votes, is known without any network.

use crate::dataset::Dataset;
use crate::dataset::votes::Votes;
use crate::regression::Regression;

/// The labels of FER-2013.
const LABELS: usize = 7;
/// Steps of the fit: from here on the likelihood of rows that were kept from it no longer rises.
const STEPS: u32 = 300;
/// There are thousands of rows for each weight; this only keeps weights finite.
const PENALTY: f64 = 1.0;

/// The probability of each label of FER-2013, given votes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labelling(Regression<LABELS>);

impl Labelling {
    /// As the pictures at `training` are labelled.
    pub(super) fn of(dataset: &Dataset, votes: &[Votes], training: &[usize]) -> Self {
        let known = training.iter().filter(|&&index| !votes[index].is_doubtful());
        let (rows, labels): (Vec<Vec<f64>>, Vec<usize>) =
            known.map(|&index| (features(&votes[index]), usize::from(dataset.pictures[index].label))).unzip();
        Self(Regression::fit(&rows, &labels, PENALTY, STEPS))
    }

    /// The probabilities; none where it is doubtful whose votes those are.
    pub(super) fn given(&self, votes: &Votes) -> Option<[f64; LABELS]> {
        (!votes.is_doubtful()).then(|| self.0.probabilities(&features(votes)))
    }
}

/// The square roots of the shares, which tell none from a few better than shares do.
fn features(votes: &Votes) -> Vec<f64> {
    votes.shares().iter().map(|share| share.sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{PIXELS, Picture, Split};
    use mood::LabelSet;

    #[test]
    fn it_learns_how_votes_of_a_kind_are_labelled() {
        // Who all see as happy is happy; of those seen as sad by half and neutral by half one in four is called angry.
        let picture = |label: u8| Picture { pixels: vec![label; PIXELS].into(), label, split: Split::Training };
        let (happy, unclear) =
            (Votes::new([0, 10, 0, 0, 0, 0, 0, 0, 0, 0]), Votes::new([5, 0, 0, 5, 0, 0, 0, 0, 0, 0]));
        let (mut pictures, mut votes) = (Vec::new(), Vec::new());
        for at in 0..400_u32 {
            pictures.push(picture(if at % 2 == 0 {
                3
            } else if at % 8 == 1 {
                0
            } else {
                4
            }));
            votes.push(if at % 2 == 0 { happy } else { unclear });
        }
        let training: Vec<usize> = (0..pictures.len()).collect();
        let labelling = Labelling::of(&Dataset { pictures, label_set: LabelSet::Fer2013 }, &votes, &training);
        assert!(labelling.given(&happy).unwrap()[3] > 0.95);
        let given = labelling.given(&unclear).unwrap();
        assert!((given[0] - 0.25).abs() < 0.03 && (given[4] - 0.75).abs() < 0.03, "{given:?}");
    }
}
