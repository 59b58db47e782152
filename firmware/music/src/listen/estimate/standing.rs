//! How a feature stands in its library: against the mean and spread of what is there.

use super::FORMULA;
use crate::listen::features::Features;

/// How far the mean of an owner's library usually lies from that of the fitted clips, as a variance in squared spreads. As many
/// tracks as its inverse weigh as much as the fit; where a library lies further away, the fit says less about it and weighs
/// less. Measured on draws of 5, 10, 20 and 60 labelled clips (README): no worse than thirty tracks for such draws, and for
/// clips moved two spreads away as good as for those at home.
const USUAL_DISTANCE: f64 = 0.2;

/// How far a feature of a library may lie from the fit before it counts no more, in spreads.
const MOST_DISTANCE: f64 = 5.0;

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
        let tracks = f64::from(count.max(1.0));
        let share =
            narrow(share(count, cues.iter().zip(&sums).map(|(cue, (sum, _))| sum / tracks / f64::from(cue.spread))));
        let cues = cues.iter().zip(sums).map(|(cue, (sum, squares))| {
            let mean = sum / tracks;
            let variance = narrow((squares / tracks - mean * mean).max(0.0));
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

/// How much a library of `count` tracks is its own measure, 0..1: empirical Bayes with the distances of its means from the
/// fit, in spreads.
fn share(count: f32, distances: impl Iterator<Item = f64>) -> f64 {
    let count = f64::from(count);
    let (mut sum, mut cues) = (0.0, 0.0_f64);
    for distance in distances.filter(|distance| distance.is_finite()) {
        sum += distance.clamp(-MOST_DISTANCE, MOST_DISTANCE).powi(2);
        cues += 1.0;
    }
    // Chance alone moves the mean of a few tracks by one part in their number.
    let distance = sum / cues.max(1.0) - 1.0 / count.max(1.0);
    count / (count + distance.max(USUAL_DISTANCE).recip())
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "features fit f32")]
fn narrow(value: f64) -> f32 {
    value as f32
}
