//! How well the formula does on clips it has not seen.

use super::{Clips, STEPS};
use crate::number::count;
use crate::regression::Regression;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg32;
use serde::Serialize;
use std::collections::BTreeMap;

/// Splits of a cross-validation, and how often it is repeated with other parts.
const FOLDS: usize = 5;
const REPEATS: u64 = 10;

/// Tracks at the head of the list that count for the precision.
const HEAD: usize = 10;

/// Shares of clips that were placed rightly, and precision at the head of the list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Accuracy {
    /// On the right side of valence 0.
    pub valence: f64,
    /// On the right side of arousal 0.
    pub arousal: f64,
    /// In the right quadrant.
    pub quadrant: f64,
    /// Of the ten clips nearest to a corner of the plane, those that belong there; the mean of the corners.
    pub precision_at_10: f64,
}

/// What cross-validation says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Splits, and repeats with other parts.
    pub folds: usize,
    /// Repeats.
    pub repeats: u64,
    /// Clips whose artist is known, so that it was kept on one side.
    pub artists_known: usize,
    /// Features measured against the clips of the fit only.
    pub fitted_scale: Accuracy,
    /// Features measured against the clips that are evaluated, as the box does in a library of all of them.
    pub library_scale: Accuracy,
}

/// Judges by repeated cross-validation; clips of one artist stay together.
#[must_use]
pub fn cross_validated(clips: &Clips, penalty: f64, seed: u64) -> Figures {
    let mut found = [Vec::new(), Vec::new()];
    for repeat in 0..REPEATS {
        let folds = folds(clips, seed.wrapping_add(repeat));
        let mut places = [vec![(0.0, 0.0); clips.len()], vec![(0.0, 0.0); clips.len()]];
        for fold in 0..FOLDS {
            let (held_out, fitted): (Vec<usize>, Vec<usize>) = (0..clips.len()).partition(|&row| folds[row] == fold);
            let scale = Scale::of(clips, &fitted);
            let formula = Regression::<4>::fit(&scale.apply(clips, &fitted), &clips.labels(&fitted), penalty, STEPS);
            // The library is all clips, whose labels are not looked at; only the evaluated ones are counted.
            let all: Vec<usize> = (0..clips.len()).collect();
            for (places, scale) in places.iter_mut().zip([scale.clone(), scale.within(clips, &all)]) {
                for (&row, features) in held_out.iter().zip(scale.apply(clips, &held_out)) {
                    let [q1, q2, q3, q4] = formula.probabilities(&features);
                    places[row] = (q1 + q4 - q2 - q3, q1 + q2 - q3 - q4);
                }
            }
        }
        for (found, places) in found.iter_mut().zip(&places) {
            found.push(accuracy(places, &clips.quadrants));
        }
    }
    let [fitted_scale, library_scale] = found.map(|found| {
        let mean =
            |of: fn(&Accuracy) -> f64| (1e4 * found.iter().map(of).sum::<f64>() / count(found.len())).round() / 1e4;
        Accuracy {
            valence: mean(|one| one.valence),
            arousal: mean(|one| one.arousal),
            quadrant: mean(|one| one.quadrant),
            precision_at_10: mean(|one| one.precision_at_10),
        }
    });
    let artists_known = clips.artists.iter().flatten().count();
    Figures { folds: FOLDS, repeats: REPEATS, artists_known, fitted_scale, library_scale }
}

/// For each clip its part.
fn folds(clips: &Clips, seed: u64) -> Vec<usize> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, artist) in clips.artists.iter().enumerate() {
        let group = artist.as_ref().map_or_else(|| format!("\u{0}{row}"), |artist| artist.to_lowercase());
        groups.entry(group).or_default().push(row);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.shuffle(&mut Pcg32::seed_from_u64(seed));
    let mut folds = vec![0; clips.len()];
    for (number, group) in groups.into_iter().enumerate() {
        group.into_iter().for_each(|row| folds[row] = number % FOLDS);
    }
    folds
}

/// The accuracy of places `(valence, arousal)` against quadrants.
#[must_use]
pub fn accuracy(places: &[(f64, f64)], quadrants: &[usize]) -> Accuracy {
    let all = count(places.len().max(1));
    let share = |right: &dyn Fn(f64, f64, usize) -> bool| {
        let pairs = places.iter().zip(quadrants);
        count(pairs.filter(|((v, a), quadrant)| right(*v, *a, **quadrant)).count()) / all
    };
    let pleasant = |quadrant: usize| matches!(quadrant, 0 | 3);
    let excited = |quadrant: usize| quadrant < 2;
    let corners = [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)];
    let precision = |corner: usize| {
        let (v, a) = corners[corner];
        let mut order: Vec<usize> = (0..places.len()).collect();
        let distance = |row: usize| (places[row].0 - v).powi(2) + (places[row].1 - a).powi(2);
        order.sort_by(|&x, &y| distance(x).total_cmp(&distance(y)));
        order.truncate(HEAD);
        let right = order.iter().filter(|&&row| quadrants[row] == corner).count();
        count(right) / count(order.len().max(1))
    };
    Accuracy {
        valence: share(&|v, _, quadrant| (v > 0.0) == pleasant(quadrant)),
        arousal: share(&|_, a, quadrant| (a > 0.0) == excited(quadrant)),
        quadrant: share(&|v, a, quadrant| (v > 0.0) == pleasant(quadrant) && (a > 0.0) == excited(quadrant)),
        precision_at_10: (0..4).map(precision).sum::<f64>() / 4.0,
    }
}

/// How far a value may stand out, in spreads; the box clamps in the same way.
const MOST: f64 = 3.0;

/// How far the mean of a library usually lies from that of the fitted clips, as a variance in squared spreads; and how far a
/// feature of it may. The box shrinks in the same way (`firmware/music/src/listen/estimate.rs`).
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
        let all = count(rows.len().max(1));
        let (mean, spread) = (0..clips.names.len())
            .map(|at| {
                let mean = rows.iter().map(|&row| clips.values[row][at]).sum::<f64>() / all;
                let variance = rows.iter().map(|&row| (clips.values[row][at] - mean).powi(2)).sum::<f64>() / all;
                (mean, variance.sqrt().max(1e-9))
            })
            .unzip();
        Self { mean, spread }
    }

    /// As the box would see a library of these clips: their own scale, shrunk to this one while they are few.
    #[must_use]
    pub fn within(&self, clips: &Clips, rows: &[usize]) -> Self {
        let own = Self::of(clips, rows);
        let n = count(rows.len());
        let distances = own
            .mean
            .iter()
            .zip(self.mean.iter().zip(&self.spread))
            .map(|(own, (mean, spread))| ((own - mean) / spread).clamp(-MOST_DISTANCE, MOST_DISTANCE).powi(2));
        let distance = distances.sum::<f64>() / count(clips.names.len().max(1)) - 1.0 / n.max(1.0);
        let share = n / (n + distance.max(USUAL_DISTANCE).recip());
        let mean = own.mean.iter().zip(&self.mean).map(|(own, fitted)| fitted + share * (own - fitted));
        let spread = own.spread.iter().zip(&self.spread);
        let spread =
            spread.map(|(own, fitted)| (share * own * own + (1.0 - share) * fitted * fitted).sqrt().max(0.2 * fitted));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_judged_by_their_sides_and_the_heads_of_the_lists() {
        let places = [(0.9, 0.8), (-0.9, 0.9), (-0.8, -0.7), (0.8, -0.9), (0.2, 0.1)];
        let found = accuracy(&places, &[0, 1, 2, 3, 2]);
        let expected = [0.8, 0.8, 0.8];
        for (found, expected) in [found.valence, found.arousal, found.quadrant].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn an_artist_stays_on_one_side() {
        let clips = Clips {
            names: vec!["x".into()],
            values: vec![vec![0.0]; 30],
            quadrants: vec![0; 30],
            artists: (0..30).map(|n| (n < 12).then(|| if n % 2 == 0 { "A".into() } else { "b".into() })).collect(),
        };
        let folds = folds(&clips, 7);
        assert!((0..12).all(|row| folds[row] == folds[row % 2]));
        assert_eq!(folds.iter().copied().max(), Some(FOLDS - 1));
    }
}
