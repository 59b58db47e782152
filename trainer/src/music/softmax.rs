//! Multinomial logistic regression with a ridge penalty, by accelerated gradient descent (Nesterov 1983).

use super::clips::Clips;

/// Steps of the descent; from here on the figures don't change.
const STEPS: u32 = 3_000;

/// How far a value may stand out, in spreads; the box clamps in the same way.
const MOST: f64 = 3.0;

/// As many clips the fitted means weigh against a library's own; the box shrinks in the same way.
const FITTED_WEIGHT: f64 = 30.0;

/// Means and spreads of the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations.
    pub spread: Vec<f64>,
}

impl Scale {
    /// Of some clips.
    #[must_use]
    pub fn of(clips: &Clips, rows: &[usize]) -> Self {
        let count = crate::train::count(rows.len().max(1));
        let (mean, spread) = (0..clips.names.len())
            .map(|at| {
                let mean = rows.iter().map(|&row| clips.values[row][at]).sum::<f64>() / count;
                let variance = rows.iter().map(|&row| (clips.values[row][at] - mean).powi(2)).sum::<f64>() / count;
                (mean, variance.sqrt().max(1e-9))
            })
            .unzip();
        Self { mean, spread }
    }

    /// As the box would see a library of these clips: their own scale, shrunk to this one while they are few.
    #[must_use]
    pub fn within(&self, clips: &Clips, rows: &[usize]) -> Self {
        let own = Self::of(clips, rows);
        let count = crate::train::count(rows.len());
        let share = count / (count + FITTED_WEIGHT);
        let pairs = |own: &[f64], fitted: &[f64]| -> Vec<(f64, f64)> {
            own.iter().copied().zip(fitted.iter().copied()).collect()
        };
        let mean = pairs(&own.mean, &self.mean).into_iter().map(|(own, fitted)| fitted + share * (own - fitted));
        let spread = pairs(&own.spread, &self.spread)
            .into_iter()
            .map(|(own, fitted)| (share * own * own + (1.0 - share) * fitted * fitted).sqrt().max(0.2 * fitted));
        Self { mean: mean.collect(), spread: spread.collect() }
    }

    /// The features of some clips in spreads from the mean.
    #[must_use]
    pub fn apply(&self, clips: &Clips, rows: &[usize]) -> Vec<Vec<f64>> {
        rows.iter()
            .map(|&row| {
                let scaled = clips.values[row].iter().zip(self.mean.iter().zip(&self.spread));
                scaled.map(|(value, (mean, spread))| ((value - mean) / spread).clamp(-MOST, MOST)).collect()
            })
            .collect()
    }
}

/// The formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// For each feature its weight for each quadrant.
    pub weights: Vec<[f64; 4]>,
    /// What each quadrant has without any feature.
    pub bias: [f64; 4],
}

impl Formula {
    /// Fits to scaled features and quadrants: the sum of the negative log-likelihoods plus `penalty` halves of the
    /// squared weights.
    #[must_use]
    pub fn fit(rows: &[Vec<f64>], quadrants: &[usize], penalty: f64) -> Self {
        let features = rows.first().map_or(0, Vec::len);
        // The bias is the last weight, hardly held back.
        let zero = vec![[0.0; 4]; features + 1];
        let (mut now, mut ahead) = (zero.clone(), zero);
        // The largest curvature: half the largest sum of squares along any direction is at most half of all of them.
        let energy = rows.iter().flatten().map(|value| value * value).sum::<f64>() + crate::train::count(rows.len());
        let step = 1.0 / (0.5 * energy / 4.0 + penalty);
        for number in 0..STEPS {
            let slope = slope(&ahead, rows, quadrants, penalty);
            let momentum = f64::from(number) / f64::from(number + 3);
            for ((now, ahead), slope) in now.iter_mut().zip(&mut ahead).zip(slope) {
                for class in 0..4 {
                    let next = ahead[class] - step * slope[class];
                    ahead[class] = next + momentum * (next - now[class]);
                    now[class] = next;
                }
            }
        }
        let bias = now.pop().unwrap_or_default();
        Self { weights: now, bias }
    }

    /// The probability of each quadrant.
    #[must_use]
    pub fn quadrants(&self, row: &[f64]) -> [f64; 4] {
        let mut sums = self.bias;
        for (value, weights) in row.iter().zip(&self.weights) {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * value);
        }
        softmax(sums)
    }
}

fn softmax(sums: [f64; 4]) -> [f64; 4] {
    let largest = sums.iter().copied().fold(f64::MIN, f64::max);
    let odds = sums.map(|sum| (sum - largest).exp());
    odds.map(|value| value / odds.iter().sum::<f64>())
}

/// The gradient.
fn slope(weights: &[[f64; 4]], rows: &[Vec<f64>], quadrants: &[usize], penalty: f64) -> Vec<[f64; 4]> {
    let features = weights.len() - 1;
    let mut slope: Vec<[f64; 4]> = weights.iter().map(|weights| weights.map(|weight| penalty * weight)).collect();
    slope[features] = weights[features].map(|weight| 1e-3 * weight);
    for (row, &quadrant) in rows.iter().zip(quadrants) {
        let mut sums = weights[features];
        for (value, weights) in row.iter().zip(weights) {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * value);
        }
        let mut wrong = softmax(sums);
        wrong[quadrant] -= 1.0;
        for (value, slope) in row.iter().chain(&[1.0]).zip(&mut slope) {
            slope.iter_mut().zip(wrong).for_each(|(slope, wrong)| *slope += wrong * value);
        }
    }
    slope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_side_a_feature_speaks_for_and_a_penalty_holds_back() {
        // One feature that tells pleasant from unpleasant, one that tells nothing.
        let rows: Vec<Vec<f64>> =
            (0..40_u32).map(|n| vec![if n % 2 == 0 { 1.0 } else { -1.0 }, f64::from(n % 5) / 2.0 - 1.0]).collect();
        let quadrants: Vec<usize> =
            (0..40).map(|n| if n % 2 == 0 { [0, 3][n / 2 % 2] } else { [1, 2][n / 2 % 2] }).collect();
        let loose = Formula::fit(&rows, &quadrants, 0.1);
        let tight = Formula::fit(&rows, &quadrants, 100.0);
        let [q1, q2, q3, q4] = loose.quadrants(&[1.0, 0.0]);
        assert!(q1 + q4 > 0.95 && q2 + q3 < 0.05, "{q1} {q2} {q3} {q4}");
        assert!(tight.weights[0][0] > 0.0 && tight.weights[0][0] < 0.3 * loose.weights[0][0]);
    }
}
