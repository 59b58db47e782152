//! Multinomial logistic regression with a ridge penalty, by accelerated gradient descent (Nesterov 1983).

/// Rounds of power iteration for the largest curvature, and how much it may be missed by.
const ROUNDS: u32 = 30;
const CAUTION: f64 = 1.1;
/// How much the bias is held back.
const BIAS_PENALTY: f64 = 1e-3;

/// A class for each of `C` from features: the softmax of weighted sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression<const C: usize> {
    /// For each feature its weight for each class.
    pub weights: Vec<[f64; C]>,
    /// What each class has without any feature.
    pub bias: [f64; C],
}

impl<const C: usize> Regression<C> {
    /// Fits to rows of features and their classes, `0..C`, in so many `steps`: the sum of the negative log-likelihoods plus
    /// `penalty` halves of the squared weights.
    #[must_use]
    pub fn fit(rows: &[Vec<f64>], classes: &[usize], penalty: f64, steps: u32) -> Self {
        let features = rows.first().map_or(0, Vec::len);
        // The bias is the last weight, hardly held back.
        let zero = vec![[0.0; C]; features + 1];
        let (mut now, mut ahead) = (zero.clone(), zero);
        // The softmax curves by a half at most (Böhning 1992).
        let step = 1.0 / (0.5 * CAUTION * largest_square(rows, features) + penalty).max(f64::MIN_POSITIVE);
        for number in 0..steps {
            let slope = slope(&ahead, rows, classes, penalty);
            let momentum = f64::from(number) / f64::from(number + 3);
            for ((now, ahead), slope) in now.iter_mut().zip(&mut ahead).zip(slope) {
                for class in 0..C {
                    let next = ahead[class] - step * slope[class];
                    ahead[class] = next + momentum * (next - now[class]);
                    now[class] = next;
                }
            }
        }
        let bias = now.pop().unwrap_or([0.0; C]);
        Self { weights: now, bias }
    }

    /// The probability of each class.
    #[must_use]
    pub fn probabilities(&self, row: &[f64]) -> [f64; C] {
        softmax(weighted(row, &self.weights, self.bias))
    }
}

/// The sums of `row` by the weights of each class, on top of `bias`.
fn weighted<const C: usize>(row: &[f64], weights: &[[f64; C]], bias: [f64; C]) -> [f64; C] {
    let mut sums = bias;
    for (value, weights) in row.iter().zip(weights) {
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * value);
    }
    sums
}

/// The largest eigenvalue of the features' second moments, a one for the bias included, by power iteration.
fn largest_square(rows: &[Vec<f64>], features: usize) -> f64 {
    let mut direction = vec![1.0; features + 1];
    let mut largest = 0.0;
    for _ in 0..ROUNDS {
        let length = direction.iter().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        direction.iter_mut().for_each(|value| *value /= length);
        let mut next = vec![0.0; features + 1];
        for row in rows {
            let row = || row.iter().chain(&[1.0]);
            let along: f64 = row().zip(&direction).map(|(value, direction)| value * direction).sum();
            next.iter_mut().zip(row()).for_each(|(next, value)| *next += along * value);
        }
        largest = next.iter().zip(&direction).map(|(next, direction)| next * direction).sum();
        direction = next;
    }
    largest
}

fn softmax<const C: usize>(sums: [f64; C]) -> [f64; C] {
    let largest = sums.iter().copied().fold(f64::MIN, f64::max);
    let odds = sums.map(|sum| (sum - largest).exp());
    odds.map(|value| value / odds.iter().sum::<f64>())
}

/// The gradient.
fn slope<const C: usize>(weights: &[[f64; C]], rows: &[Vec<f64>], classes: &[usize], penalty: f64) -> Vec<[f64; C]> {
    let features = weights.len() - 1;
    let mut slope: Vec<[f64; C]> = weights.iter().map(|weights| weights.map(|weight| penalty * weight)).collect();
    slope[features] = weights[features].map(|weight| BIAS_PENALTY * weight);
    for (row, &class) in rows.iter().zip(classes) {
        let mut wrong = softmax(weighted(row, weights, weights[features]));
        wrong[class] -= 1.0;
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
        let loose = Regression::<4>::fit(&rows, &quadrants, 0.1, 500);
        let tight = Regression::<4>::fit(&rows, &quadrants, 100.0, 500);
        let [q1, q2, q3, q4] = loose.probabilities(&[1.0, 0.0]);
        assert!(q1 + q4 > 0.95 && q2 + q3 < 0.05, "{q1} {q2} {q3} {q4}");
        assert!(tight.weights[0][0] > 0.0 && tight.weights[0][0] < 0.3 * loose.weights[0][0]);
    }
}
