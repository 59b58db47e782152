//! How a feature stands in its library: against the mean and spread of what is there.

use super::FORMULA;
use crate::music::analysis::Features;

/// As many tracks the fitted means and spreads weigh.
const FITTED_WEIGHT: f32 = 30.0;

/// The means and spreads of the formula's features in one library.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// For each cue of the formula its mean and spread.
    cues: Vec<(f32, f32)>,
}

impl Standing {
    /// What the fit knew, for a track that stands alone.
    #[must_use]
    pub fn fitted() -> Self {
        Self::among(std::iter::empty())
    }

    /// In a library of these tracks.
    #[must_use]
    pub fn among<'a>(tracks: impl Iterator<Item = &'a Features>) -> Self {
        let cues = &FORMULA.cues;
        let mut sums = vec![(0.0_f64, 0.0_f64); cues.len()];
        let mut count = 0.0_f32;
        for track in tracks {
            count += 1.0;
            for ((sum, squares), cue) in sums.iter_mut().zip(cues) {
                let value = f64::from(cue.value(track).unwrap_or(cue.mean) - cue.mean);
                *sum += value;
                *squares += value * value;
            }
        }
        let share = count / (count + FITTED_WEIGHT);
        let cues = cues.iter().zip(sums).map(|(cue, (sum, squares))| {
            let count = f64::from(count.max(1.0));
            let mean = sum / count;
            let variance = narrow((squares / count - mean * mean).max(0.0));
            let mean = share * narrow(mean);
            let spread = (share * variance + (1.0 - share) * cue.spread * cue.spread).sqrt();
            // A library in which nothing differs says nothing; neither must it shout.
            (cue.mean + mean, spread.max(0.2 * cue.spread).max(1e-6))
        });
        Self { cues: cues.collect() }
    }

    /// How many spreads the value of cue `number` lies above the library's mean; 0 where it isn't known.
    pub(super) fn of(&self, number: usize, value: Option<f32>) -> f32 {
        match (self.cues.get(number), value) {
            (Some((mean, spread)), Some(value)) => (value - mean) / spread,
            _ => 0.0,
        }
    }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "features fit f32")]
fn narrow(value: f64) -> f32 {
    value as f32
}
