//! Calibration: the bins of a reliability diagram, the expected calibration error, coverage, the temperature.

use super::{Graded, accuracy, mean_nll};
use crate::number::{count, share_of};
use serde::Serialize;

/// Bins of equal width over 0..=1, as many as in Guo et al. 2017 (<https://arxiv.org/abs/1706.04599>).
pub const BINS: usize = 15;

/// The answers whose confidences lie together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Bin {
    /// How many they are.
    pub n: usize,
    /// Their mean confidence, 0..=1; 0 of none.
    pub confidence: f64,
    /// The share of them that is right, 0..=1; 0 of none.
    pub accuracy: f64,
}

/// Sorts answers into [`BINS`] bins; each holds its lower edge, the last one its upper edge too.
#[must_use]
pub fn bins(answers: &[Graded]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for answer in answers {
        let bin = &mut bins[share_of(BINS, answer.confidence).min(BINS - 1)];
        bin.n += 1;
        bin.confidence += answer.confidence;
        bin.accuracy += f64::from(u8::from(answer.right));
    }
    for bin in &mut bins {
        let n = count(bin.n.max(1));
        (bin.confidence, bin.accuracy) = (bin.confidence / n, bin.accuracy / n);
    }
    bins
}

/// The expected calibration error: how far confidence and accuracy lie apart in a bin, in the mean over the answers;
/// 0..=1, 0 is best.
#[must_use]
pub fn error(answers: &[Graded]) -> f64 {
    let sum: f64 = bins(answers).iter().map(|bin| count(bin.n) * (bin.confidence - bin.accuracy).abs()).sum();
    sum / count(answers.len().max(1))
}

/// Steps of the thresholds, from 0 up; the last lies one step below 1.
const STEPS: u8 = 20;

/// The answers at or above one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The smallest confidence that counts as an answer, 0..=1.
    pub threshold: f64,
    /// How many are answers.
    pub n: usize,
    /// Their share, 0..=1.
    pub coverage: f64,
    /// The share of them that is right, 0..=1; none when nothing reaches the threshold.
    pub accuracy: Option<f64>,
}

/// Coverage and accuracy as the threshold rises from 0 in steps of 0.05.
#[must_use]
pub fn curve(answers: &[Graded]) -> Vec<Point> {
    (0..STEPS).map(|step| at(answers, f64::from(step) / f64::from(STEPS))).collect()
}

fn at(answers: &[Graded], threshold: f64) -> Point {
    let kept = || answers.iter().filter(|answer| answer.confidence >= threshold);
    let n = kept().count();
    let coverage = count(n) / count(answers.len().max(1));
    Point { threshold, n, coverage, accuracy: accuracy(kept().map(|answer| answer.right)) }
}

/// The temperature that makes the probabilities fit best (Guo et al. 2017): a golden-section search over the mean
/// negative log-likelihood, rounded to a thousandth so that it doesn't hang on the last bit of a sum.
#[must_use]
pub fn fit_temperature(logits: &[Vec<f32>], labels: &[u8]) -> f32 {
    let loss = |temperature: f64| mean_nll(logits, labels, temperature);
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.1_f64, 10.0_f64);
    for _ in 0..60 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a number between 0.1 and 10")]
    let temperature = (((low + high) / 2.0 * 1e3).round() / 1e3) as f32;
    temperature
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::graded;

    const EXACT: f64 = 1e-12;

    #[test]
    fn four_answers_by_hand() {
        // 0.95 and 0.97 share the last bin (from 14/15 = 0.933): mean 0.96, half right, so 0.46 apart, twice.
        // 0.50 lies in the eighth (7/15 to 8/15), right: 0.50 apart. 0.30 in the fifth, wrong: 0.30 apart.
        let answers = graded(&[(0.95, true), (0.97, false), (0.50, true), (0.30, false)]);
        let expected = (2.0 * 0.46 + 0.50 + 0.30) / 4.0;
        assert!((error(&answers) - expected).abs() < EXACT, "{}", error(&answers));
        assert_eq!(bins(&answers).map(|bin| bin.n), [0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn confidences_that_keep_their_word_have_no_error() {
        let answers = graded(&[(0.75, true), (0.75, true), (0.75, false), (0.75, true), (1.0, true), (0.0, false)]);
        assert!(error(&answers).abs() < EXACT);
        assert!(error(&[]).abs() < EXACT);
    }

    #[test]
    fn three_thresholds_by_hand() {
        let answers = graded(&[(0.95, true), (0.60, false), (0.50, true), (0.20, false)]);
        let point = |threshold, n, coverage, accuracy| Point { threshold, n, coverage, accuracy };
        let curve = curve(&answers);
        assert_eq!(curve.len(), 20);
        assert_eq!(curve[0], point(0.0, 4, 1.0, Some(0.5)));
        assert_eq!(curve[10], point(0.5, 3, 0.75, Some(2.0 / 3.0)));
        assert_eq!(curve[19], point(0.95, 1, 0.25, Some(1.0)));
    }

    #[test]
    fn coverage_never_rises_and_ends_in_nothing() {
        let answers = graded(&[(0.2, false), (0.3, true), (0.5, true), (0.55, false), (0.9, true)]);
        let curve = curve(&answers);
        assert!(curve.windows(2).all(|pair| pair[0].coverage >= pair[1].coverage));
        assert_eq!((curve[19].n, curve[19].accuracy), (0, None));
        assert!(curve.iter().all(|point| point.accuracy.is_some() == (point.n > 0)));
    }

    #[test]
    fn overconfident_logits_get_the_temperature_they_were_sharpened_by() {
        // One in four is wrong: the honest logit is ln 3; here it is three times that.
        let logits = vec![vec![3.0 * 3.0_f32.ln(), 0.0]; 400];
        let labels: Vec<u8> = (0..400).map(|i| u8::from(i % 4 == 0)).collect();
        let temperature = fit_temperature(&logits, &labels);
        assert!((temperature - 3.0).abs() < 0.002, "{temperature}");
    }
}
