//! How much of an accuracy is luck of the draw: the percentile bootstrap (Efron 1979).

use super::Graded;
use crate::{number::count, random};
use rand::RngExt;

/// Samples drawn.
pub const SAMPLES: u32 = 2_000;
/// How many of the sorted samples lie outside at each end: a fortieth, so that 95 % lie inside.
const OUTSIDE: usize = 50;

/// The 95 % interval of the share that is right, 0..=1; none of no answers. Equal seeds give equal intervals.
#[must_use]
pub fn interval(answers: &[Graded], seed: u64) -> Option<[f64; 2]> {
    if answers.is_empty() {
        return None;
    }
    let mut shares: Vec<f64> = (0..SAMPLES).map(|sample| resampled(answers, seed, sample)).collect();
    shares.sort_by(f64::total_cmp);
    Some([*shares.get(OUTSIDE)?, *shares.iter().rev().nth(OUTSIDE)?])
}

/// The share that is right among as many answers, drawn with replacement.
fn resampled(answers: &[Graded], seed: u64, sample: u32) -> f64 {
    let mut random = random::generator(seed, u64::from(sample));
    let right = answers.iter().filter(|_| answers[random.random_range(0..answers.len())].right).count();
    count(right) / count(answers.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::graded;

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
