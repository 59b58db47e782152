//! How far each feature of a clip lies from the mean, in spreads.

use super::clips::Clips;

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
