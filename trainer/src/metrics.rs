//! Figures that tell how good a network is: confusion matrix, accuracy, macro-F1, negative log-likelihood; and of its
//! confidences: bootstrap intervals, calibration, coverage.

pub mod calibration;

use crate::number::count;
use crate::random;
use rand::RngExt;
use serde::Serialize;

/// An answer and whether it is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Graded {
    /// The probability of what was answered, 0..=1.
    pub confidence: f64,
    /// Whether it is the truth.
    pub right: bool,
}

/// The share of answers that are correct, 0..=1; none of no answers.
#[must_use]
pub fn accuracy(right: impl IntoIterator<Item = bool>) -> Option<f64> {
    let (right, all) = right.into_iter().fold((0, 0), |(right, all), one| (right + usize::from(one), all + 1));
    (all > 0).then(|| count(right) / count(all))
}

/// The accuracy of a network that has said `logits` to pictures of these labels; none of no pictures.
#[must_use]
pub fn logit_accuracy(logits: &[Vec<f32>], labels: &[u8]) -> Option<f64> {
    accuracy(logits.iter().zip(labels).map(|(logits, &label)| winner(logits) == usize::from(label)))
}

/// The mean [`nll`] of such logits.
#[must_use]
pub fn mean_nll(logits: &[Vec<f32>], labels: &[u8], temperature: f64) -> f64 {
    let each = logits.iter().zip(labels).map(|(logits, &label)| nll(logits, usize::from(label), temperature));
    each.sum::<f64>() / count(labels.len().max(1))
}

/// Truth (row) against prediction (column), as counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion(Vec<Vec<usize>>);

impl Confusion {
    /// All zeros.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self(vec![vec![0; classes]; classes])
    }

    /// Counts one picture.
    pub fn add(&mut self, truth: usize, prediction: usize) {
        self.0[truth][prediction] += 1;
    }

    /// How many pictures of class `truth` were taken for each class.
    #[must_use]
    pub fn row(&self, truth: usize) -> &[usize] {
        &self.0[truth]
    }

    /// The rows, in the order of the labels.
    pub fn rows(&self) -> impl Iterator<Item = &[usize]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Pictures counted.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.iter().flatten().sum()
    }

    fn right(&self, class: usize) -> usize {
        self.row(class)[class]
    }

    /// The mean F1 over the classes that occur as truth, 0..=1.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        let present: Vec<usize> = (0..self.0.len()).filter(|&class| self.truths(class) > 0).collect();
        let sum: f64 = present.iter().map(|&class| self.f1(class)).sum();
        sum / count(present.len().max(1))
    }

    /// Pictures of one class.
    #[must_use]
    pub fn truths(&self, class: usize) -> usize {
        self.row(class).iter().sum()
    }

    /// Pictures taken for one class.
    #[must_use]
    pub fn predictions(&self, class: usize) -> usize {
        self.rows().map(|row| row[class]).sum()
    }

    /// Precision of one class, TP / (TP + FP); 0 when nothing was taken for it.
    #[must_use]
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.right(class), self.predictions(class))
    }

    /// Recall of one class, TP / (TP + FN); 0 when it has no pictures.
    #[must_use]
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.right(class), self.truths(class))
    }

    /// Harmonic mean of precision and recall of one class.
    #[must_use]
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.right(class), self.truths(class) + self.predictions(class))
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { count(part) / count(whole) }
}

/// The index of the largest logit; the first of equals, 0 when there are none.
#[must_use]
pub fn winner(logits: &[f32]) -> usize {
    logits.iter().enumerate().fold((0, f32::NEG_INFINITY), |best, (at, &l)| if l > best.1 { (at, l) } else { best }).0
}

/// Negative log-likelihood of `label` under softmax of `logits / temperature`.
#[must_use]
pub fn nll(logits: &[f32], label: usize, temperature: f64) -> f64 {
    let scaled = || logits.iter().map(|&logit| f64::from(logit) / temperature);
    let largest = scaled().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scaled().map(|logit| (logit - largest).exp()).sum();
    largest + sum.ln() - logits.get(label).map_or(f64::NEG_INFINITY, |&logit| f64::from(logit) / temperature)
}

/// Answers from pairs of confidence and right, for tests.
#[cfg(test)]
fn graded(pairs: &[(f64, bool)]) -> Vec<Graded> {
    pairs.iter().map(|&(confidence, right)| Graded { confidence, right }).collect()
}

/// Samples drawn.
pub const SAMPLES: u32 = 2_000;
/// How many of the sorted samples lie outside at each end: a fortieth, so that 95 % lie inside.
const OUTSIDE: usize = 50;

/// The 95 % interval of the share that is right, 0..=1; none of no answers. Equal seeds give equal intervals.
#[must_use]
pub fn interval(answers: &[Graded], seed: u64) -> Option<[f64; 2]> {
    let mut shares = (0..SAMPLES).map(|sample| resampled(answers, seed, sample)).collect::<Option<Vec<f64>>>()?;
    shares.sort_by(f64::total_cmp);
    Some([*shares.get(OUTSIDE)?, *shares.iter().rev().nth(OUTSIDE)?])
}

/// The accuracy of as many answers, drawn with replacement.
fn resampled(answers: &[Graded], seed: u64, sample: u32) -> Option<f64> {
    let mut random = random::generator(seed, u64::from(sample));
    accuracy(answers.iter().map(|_| answers[random.random_range(0..answers.len())].right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::graded;

    #[test]
    fn accuracy_and_macro_f1_of_a_known_matrix() {
        let mut confusion = Confusion::new(3);
        for (truth, prediction, times) in [(0, 0, 3), (0, 1, 1), (1, 1, 2)] {
            for _ in 0..times {
                confusion.add(truth, prediction);
            }
        }
        assert_eq!(accuracy([true, true, true, false, true, true]), Some(5.0 / 6.0));
        assert!((confusion.precision(0) - 1.0).abs() < 1e-12 && (confusion.recall(0) - 0.75).abs() < 1e-12);
        assert!((confusion.precision(1) - 2.0 / 3.0).abs() < 1e-12 && (confusion.recall(1) - 1.0).abs() < 1e-12);
        assert!(confusion.precision(2).abs() < 1e-12 && confusion.recall(2).abs() < 1e-12);
        // Class 0: 6 / (4 + 3); class 1: 4 / (2 + 3); class 2 never occurs.
        assert!((confusion.macro_f1() - (6.0 / 7.0 + 0.8) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn likelihood_survives_large_logits() {
        assert!((nll(&[1_000.0, 1_000.0], 0, 1.0) - 2.0_f64.ln()).abs() < 1e-12);
        assert!(nll(&[1_000.0, 0.0], 0, 1.0).abs() < 1e-12);
    }

    fn answers(right: usize, wrong: usize) -> Vec<Graded> {
        graded(&[vec![(0.5, true); right], vec![(0.5, false); wrong]].concat())
    }

    #[test]
    fn it_holds_the_mean_and_is_as_wide_as_the_binomial() {
        let [low, high] = interval(&answers(320, 80), 1).unwrap();
        assert!(low < 0.8 && 0.8 < high, "{low} {high}");
        // The standard error is sqrt(0.8 * 0.2 / 400) = 0.02; 1.96 of them to each side, within a step or two of 1/400.
        assert!((low - 0.7608).abs() < 0.006 && (high - 0.8392).abs() < 0.006, "{low} {high}");
    }

    #[test]
    fn equal_seeds_give_equal_intervals() {
        let answers = answers(57, 43);
        assert_eq!(interval(&answers, 4), interval(&answers, 4));
        assert!((0..9).any(|seed| interval(&answers, seed) != interval(&answers, 4)));
    }

    #[test]
    fn where_all_is_right_or_nothing_there_is_no_luck() {
        assert_eq!(interval(&answers(9, 0), 1), Some([1.0, 1.0]));
        assert_eq!(interval(&answers(0, 9), 1), Some([0.0, 0.0]));
        assert_eq!(interval(&[], 1), None);
    }
}
