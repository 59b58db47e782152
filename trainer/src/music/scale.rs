//! How far each feature of a clip lies from the mean, in spreads.

use super::clips::Clips;

/// How far a value may stand out, in spreads; the box clamps in the same way.
const MOST: f64 = 3.0;

/// How far the mean of a library usually lies from that of the fitted clips, as a variance in squared spreads; and how far a
/// feature of it may. The box shrinks in the same way (`music/estimate/standing.rs`).
const USUAL_DISTANCE: f64 = 0.2;
const MOST_DISTANCE: f64 = 5.0;

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
        let count = crate::number::count(rows.len().max(1));
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
        let count = crate::number::count(rows.len());
        let distances = own
            .mean
            .iter()
            .zip(self.mean.iter().zip(&self.spread))
            .map(|(own, (mean, spread))| ((own - mean) / spread).clamp(-MOST_DISTANCE, MOST_DISTANCE).powi(2));
        let distance = distances.sum::<f64>() / crate::number::count(clips.names.len().max(1)) - 1.0 / count.max(1.0);
        let share = count / (count + distance.max(USUAL_DISTANCE).recip());
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
