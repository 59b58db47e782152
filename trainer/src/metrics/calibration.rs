//! Whether a confidence of 0.8 is right eight times in ten: the bins of a reliability diagram, and ECE over them.

use super::Graded;
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
}
