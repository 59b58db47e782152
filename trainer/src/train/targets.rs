//! What the training pictures show, as the loss wants it: for each picture a distribution over the classes of each head.

use crate::dataset::votes::{Verdict, Votes};
use crate::dataset::{Dataset, Splits};
use crate::error::Error;
use crate::number::count;
use crate::recipe::{Head, Recipe, VoteUse};
use mood::LabelSet;

/// A matrix of targets: a row a picture, the heads' distributions side by side, each times the weight of its class. Zeros
/// where a head learns nothing from a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    outputs: usize,
    rows: Vec<f32>,
}

impl Targets {
    /// The targets of every picture of `dataset`; crops of one photograph have the mean of theirs. The weights of classes are
    /// those of the photographs to learn from.
    ///
    /// # Errors
    /// When a head needs votes and there are none, or the data has no labels of its kind.
    pub fn new(dataset: &Dataset, votes: Option<&[Votes]>, parts: &Splits, recipe: &Recipe) -> Result<Self, Error> {
        let outputs = recipe.outputs();
        let photographs = parts.photographs(|_| 0);
        let mut rows = vec![0.0; dataset.samples.len() * outputs];
        for &head in &recipe.data.heads {
            let Some(columns) = recipe.columns(head) else { continue };
            let rows_of_head = rows.chunks_exact_mut(outputs).map(|row| &mut row[columns.clone()]).enumerate();
            if head.set() == dataset.label_set {
                rows_of_head.for_each(|(index, row)| row[usize::from(dataset.samples[index].label)] = 1.0);
            } else {
                let votes = needed(head, votes)?;
                rows_of_head.for_each(|(index, row)| vote(&votes[index], recipe.data.votes, row));
            }
            parts.crops.iter().for_each(|crops| pool(&mut rows, outputs, &columns, crops));
            let weights = class_weights(&rows, outputs, &columns, &photographs, recipe.loss.class_balance);
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

fn needed(head: Head, votes: Option<&[Votes]>) -> Result<&[Votes], Error> {
    match (head, votes) {
        (Head::Ferplus, Some(votes)) => Ok(votes),
        (Head::Ferplus, None) => Err(Error::usage(
            "the head `ferplus` learns from votes, and none are given",
            "give `--votes` the file fer2013new.csv of FER+, or `--heads fer2013`",
        )),
        (Head::Fer2013, _) => Err(Error::usage(
            "the head `fer2013` learns from the seven labels of FER-2013, and the data has those of FER+",
            "use `--heads ferplus` for this data",
        )),
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
            if let Some(class) = LabelSet::FerPlus.class_of(expression) {
                row[class] = 1.0;
            }
        }
    }
}

/// Gives the pictures at `crops` the mean of their targets, of those that have one.
fn pool(rows: &mut [f32], outputs: usize, columns: &std::ops::Range<usize>, crops: &[usize]) {
    let mut mean = vec![0.0; columns.len()];
    let mut known = 0.0_f32;
    for &index in crops {
        let row = &rows[index * outputs..][..outputs][columns.clone()];
        known += row.iter().sum::<f32>();
        mean.iter_mut().zip(row).for_each(|(mean, target)| *mean += target);
    }
    if known > 0.0 {
        mean.iter_mut().for_each(|mean| *mean /= known);
    }
    for &index in crops {
        rows[index * outputs..][..outputs][columns.clone()].copy_from_slice(&mean);
    }
}

/// A weight for each class, 1 in the mean over the photographs.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "weights are small")]
fn class_weights(
    rows: &[f32],
    outputs: usize,
    columns: &std::ops::Range<usize>,
    photographs: &[usize],
    balance: f64,
) -> Vec<f32> {
    let mut shares = vec![0.0_f64; columns.len()];
    for &index in photographs {
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
    use crate::dataset::{Split, plain};

    fn dataset(labels: &[u8]) -> Dataset {
        let pictures = labels.iter().map(|&label| plain(label, label, Split::Training));
        Dataset { samples: pictures.collect(), label_set: LabelSet::Fer2013 }
    }

    fn recipe(heads: &[Head], smoothing: f32, balance: f64) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.data.heads = heads.to_vec();
        recipe.loss.label_smoothing = smoothing;
        recipe.loss.class_balance = balance;
        recipe
    }

    /// The first `count` pictures to learn from.
    fn all(count: usize) -> Splits {
        Splits { training: (0..count).collect(), ..Splits::default() }
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
        let targets = Targets::new(&dataset, Some(&votes), &all(2), &recipe).unwrap();
        close(targets.row(0), &[1.0 / 3.0, 2.0 / 3.0, 0., 0., 0., 0., 0., 0., 0., 0., 0., 1., 0., 0., 0.]);
        close(targets.row(1), &[0., 0., 0., 0., 0., 0., 0., 0., 1., 0., 0., 0., 0., 0., 0.]);
    }

    #[test]
    fn crops_of_one_photograph_share_labels_and_votes_and_count_as_one() {
        let dataset = dataset(&[3, 3, 4, 0]);
        let mut votes = [Votes::new([0, 10, 0, 0, 0, 0, 0, 0, 0, 0]); 4];
        votes[1] = Votes::new([5, 0, 0, 5, 0, 0, 0, 0, 0, 0]);
        // Nobody could read it: it has nothing to say about the others.
        votes[2] = Votes::new([0, 0, 0, 0, 0, 0, 0, 0, 10, 0]);
        let parts = Splits { crops: vec![vec![0, 1, 2]], ..all(4) };
        let recipe = recipe(&[Head::Ferplus, Head::Fer2013], 0.0, 1.0);
        let targets = Targets::new(&dataset, Some(&votes), &parts, &recipe).unwrap();
        for crop in 0..3 {
            let row = targets.row(crop);
            let share = |columns: std::ops::Range<usize>, class: usize| {
                row[columns.clone()][class] / row[columns].iter().sum::<f32>()
            };
            assert!(
                (share(8..15, 3) - 2.0 / 3.0).abs() < 1e-6 && (share(8..15, 4) - 1.0 / 3.0).abs() < 1e-6,
                "{row:?}"
            );
            assert!((share(0..8, 1) - 0.5).abs() < 1e-6 && (share(0..8, 0) - 0.25).abs() < 1e-6, "{row:?}");
        }
        // Two photographs: one of the first class, two thirds and one third of one of two others; balanced, a class counts
        // as much as any other.
        close(&targets.row(3)[8..10], &[2.0 / 3.0, 0.0]);
    }

    #[test]
    fn smoothing_spreads_a_share_over_all_classes() {
        let targets = Targets::new(&dataset(&[1]), None, &all(1), &recipe(&[Head::Fer2013], 0.7, 0.0)).unwrap();
        close(targets.row(0), &[0.1, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1]);
    }

    #[test]
    fn balanced_classes_count_alike() {
        let dataset = dataset(&[0, 0, 0, 1]);
        let targets = Targets::new(&dataset, None, &all(4), &recipe(&[Head::Fer2013], 0.0, 1.0)).unwrap();
        close(&targets.row(0)[..2], &[2.0 / 3.0, 0.0]);
        close(&targets.row(3)[..2], &[0.0, 2.0]);
    }

    #[test]
    fn votes_that_are_missing_are_asked_for() {
        let error = Targets::new(&dataset(&[1]), None, &all(1), &recipe(&[Head::Ferplus], 0.0, 0.0)).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.hint().contains("--votes"), "{}", error.hint());
    }
}
