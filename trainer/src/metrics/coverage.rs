//! What a threshold buys: the box answers less often, and is right more often when it does.

use super::Graded;
use crate::number::count;
use serde::Serialize;

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
    let (n, right) = (kept().count(), kept().filter(|answer| answer.right).count());
    Point {
        threshold,
        n,
        coverage: count(n) / count(answers.len().max(1)),
        accuracy: (n > 0).then(|| count(right) / count(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::graded;

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
}
