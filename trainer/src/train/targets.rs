//! What the training pictures show, as the loss wants it: for each picture a distribution over the classes of each head.

use crate::dataset::Dataset;
use crate::dataset::votes::{Verdict, Votes};
use crate::error::Error;
use crate::recipe::{Head, Recipe, VoteUse};
use crate::train::count;
use crate::train::labelling::Labelling;
use mood::LabelSet;

/// A matrix of targets: a row a picture, the heads' distributions side by side, each times the weight of its class. Zeros
/// where a head learns nothing from a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    outputs: usize,
    rows: Vec<f32>,
}

impl Targets {
    /// The targets of every picture of `dataset`; the weights of classes are those of the pictures at `training`.
    ///
    /// # Errors
    /// When a head needs votes and there are none, or the data has no labels of its kind.
    pub fn new(dataset: &Dataset, votes: Option<&[Votes]>, training: &[usize], recipe: &Recipe) -> Result<Self, Error> {
        let outputs = recipe.outputs();
        let mut rows = vec![0.0; dataset.pictures.len() * outputs];
        for &head in &recipe.data.heads {
            let Some(columns) = recipe.columns(head) else { continue };
            let rows_of_head = rows.chunks_exact_mut(outputs).map(|row| &mut row[columns.clone()]).enumerate();
            if head.set() == dataset.label_set {
                let labelling = labelling(dataset, votes, training, recipe)?;
                for (index, row) in rows_of_head {
                    row[usize::from(dataset.pictures[index].label)] = 1.0;
                    if let Some((labelling, votes)) = &labelling {
                        listen(row, labelling.given(&votes[index]), recipe.loss.vote_smoothing);
                    }
                }
            } else {
                let votes = needed(head, votes)?;
                rows_of_head.for_each(|(index, row)| vote(&votes[index], recipe.data.votes, row));
            }
            let weights = class_weights(&rows, outputs, &columns, training, recipe.loss.class_balance);
            smooth(&mut rows, outputs, &columns, recipe.loss.label_smoothing, &weights);
        }
        Ok(Self { outputs, rows })
    }

    /// The row of the picture at `index`.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.rows[index * self.outputs..][..self.outputs]
    }
}

/// How votes go with labels, where the recipe asks for that.
fn labelling<'a>(
    dataset: &Dataset,
    votes: Option<&'a [Votes]>,
    training: &[usize],
    recipe: &Recipe,
) -> Result<Option<(Labelling, &'a [Votes])>, Error> {
    match votes {
        _ if recipe.loss.vote_smoothing <= 0.0 => Ok(None),
        Some(votes) if dataset.label_set == LabelSet::Fer2013 => {
            Ok(Some((Labelling::of(dataset, votes, training), votes)))
        }
        _ => Err(Error::Usage {
            what: "`loss.vote_smoothing` goes by votes on pictures with the labels of FER-2013, and there are none"
                .into(),
            hint: "give `--votes` the file fer2013new.csv of FER+, or `--set loss.vote_smoothing=0`".into(),
        }),
    }
}

/// Moves a share of a label to what such votes are labelled as.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "probabilities fit f32")]
fn listen<const C: usize>(row: &mut [f32], given: Option<[f64; C]>, share: f32) {
    for (target, given) in row.iter_mut().zip(given.into_iter().flatten()) {
        *target += share * (given as f32 - *target);
    }
}

fn needed(head: Head, votes: Option<&[Votes]>) -> Result<&[Votes], Error> {
    match (head, votes) {
        (Head::Ferplus, Some(votes)) => Ok(votes),
        (Head::Ferplus, None) => Err(Error::Usage {
            what: "the head `ferplus` learns from votes, and none are given".into(),
            hint: "give `--votes` the file fer2013new.csv of FER+, or `--heads fer2013`".into(),
        }),
        (Head::Fer2013, _) => Err(Error::Usage {
            what: "the head `fer2013` learns from the seven labels of FER-2013, and the data has those of FER+".into(),
            hint: "use `--heads ferplus` for this data".into(),
        }),
    }
}

/// A picture that can't be joined to its votes with certainty teaches nothing; nor does one that shows no face.
fn vote(votes: &Votes, uses: VoteUse, row: &mut [f32]) {
    if votes.is_doubtful() {
        return;
    }
    match uses {
        VoteUse::Distribution => {
            if let Some(shares) = votes.distribution() {
                row.copy_from_slice(&shares);
            }
        }
        VoteUse::Majority => {
            let Verdict::Shows(expression) = votes.majority() else { return };
            let names = Head::Ferplus.set().label_names();
            let class = names.iter().position(|name| mood::Expression::from_label(name) == Some(expression));
            if let Some(class) = class {
                row[class] = 1.0;
            }
        }
    }
}

/// A weight for each class, 1 in the mean over the training pictures.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "weights are small")]
fn class_weights(
    rows: &[f32],
    outputs: usize,
    columns: &std::ops::Range<usize>,
    training: &[usize],
    balance: f64,
) -> Vec<f32> {
    let mut shares = vec![0.0_f64; columns.len()];
    for &index in training {
        let row = &rows[index * outputs..][..outputs][columns.clone()];
        shares.iter_mut().zip(row).for_each(|(share, &target)| *share += f64::from(target));
    }
    let total: f64 = shares.iter().sum();
    let raw: Vec<f64> = shares.iter().map(|&n| if n > 0.0 { (n / total).powf(-balance) } else { 0.0 }).collect();
    let mean: f64 = raw.iter().zip(&shares).map(|(weight, n)| weight * n).sum::<f64>() / total.max(1e-9);
    raw.iter().map(|weight| (weight / mean.max(1e-9)) as f32).collect()
}

/// Spreads a share of each target over all classes, then weighs the row by its class.
fn smooth(rows: &mut [f32], outputs: usize, columns: &std::ops::Range<usize>, share: f32, weights: &[f32]) {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a head has a handful of classes")]
    let each = (f64::from(share) / count(columns.len())) as f32;
    for row in rows.chunks_exact_mut(outputs) {
        let row = &mut row[columns.clone()];
        let weight: f32 = row.iter().zip(weights).map(|(target, weight)| target * weight).sum();
        let known: f32 = row.iter().sum();
        if known > 0.0 {
            row.iter_mut().for_each(|target| *target = weight * (*target * (1.0 - share) + each));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{PIXELS, Picture, Split};

    fn dataset(labels: &[u8]) -> Dataset {
        let picture = |&label: &u8| Picture { pixels: vec![label; PIXELS].into(), label, split: Split::Training };
        Dataset { pictures: labels.iter().map(picture).collect(), label_set: LabelSet::Fer2013 }
    }

    fn recipe(heads: &[Head], smoothing: f32, balance: f64) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.data.heads = heads.to_vec();
        recipe.loss.label_smoothing = smoothing;
        recipe.loss.class_balance = balance;
        recipe
    }

    fn close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{found:?} instead of {expected:?}");
        }
    }

    #[test]
    fn two_heads_lie_side_by_side_and_no_face_teaches_one_of_them_only() {
        let dataset = dataset(&[3, 0]);
        let votes = [Votes::new([2, 4, 0, 1, 0, 0, 0, 0, 1, 0]), Votes::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 10])];
        let recipe = recipe(&[Head::Ferplus, Head::Fer2013], 0.0, 0.0);
        let targets = Targets::new(&dataset, Some(&votes), &[0, 1], &recipe).unwrap();
        close(targets.row(0), &[1.0 / 3.0, 2.0 / 3.0, 0., 0., 0., 0., 0., 0., 0., 0., 0., 1., 0., 0., 0.]);
        close(targets.row(1), &[0., 0., 0., 0., 0., 0., 0., 0., 1., 0., 0., 0., 0., 0., 0.]);
    }

    #[test]
    fn smoothing_spreads_a_share_over_all_classes() {
        let targets = Targets::new(&dataset(&[1]), None, &[0], &recipe(&[Head::Fer2013], 0.7, 0.0)).unwrap();
        close(targets.row(0), &[0.1, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1]);
    }

    #[test]
    fn balanced_classes_count_alike() {
        let dataset = dataset(&[0, 0, 0, 1]);
        let training = [0, 1, 2, 3];
        let targets = Targets::new(&dataset, None, &training, &recipe(&[Head::Fer2013], 0.0, 1.0)).unwrap();
        close(&targets.row(0)[..2], &[2.0 / 3.0, 0.0]);
        close(&targets.row(3)[..2], &[0.0, 2.0]);
    }

    #[test]
    fn a_label_that_such_votes_seldom_have_counts_less() {
        // Seen as happy by all; one in ten was labelled sad.
        let labels: Vec<u8> = (0..200).map(|at| if at % 10 == 0 { 4 } else { 3 }).collect();
        let (dataset, votes) = (dataset(&labels), vec![Votes::new([0, 10, 0, 0, 0, 0, 0, 0, 0, 0]); 200]);
        let training: Vec<usize> = (0..200).collect();
        let mut recipe = recipe(&[Head::Fer2013], 0.0, 0.0);
        recipe.loss.vote_smoothing = 0.5;
        let targets = Targets::new(&dataset, Some(&votes), &training, &recipe).unwrap();
        let (odd, usual) = (targets.row(0), targets.row(1));
        assert!((odd[4] - 0.55).abs() < 0.02 && (odd[3] - 0.45).abs() < 0.02, "{odd:?}");
        assert!((usual[3] - 0.95).abs() < 0.02, "{usual:?}");
        let error = Targets::new(&dataset, None, &training, &recipe).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn votes_that_are_missing_are_asked_for() {
        let error = Targets::new(&dataset(&[1]), None, &[0], &recipe(&[Head::Ferplus], 0.0, 0.0)).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.hint().contains("--votes"), "{}", error.hint());
    }
}
