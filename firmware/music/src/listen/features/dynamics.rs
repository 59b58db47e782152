//! How the level moves: crest, quiet moments, slow and fast swells.

use super::curve::{count, decibels, mean, quantile, root_mean_square, spread};
use super::{Features, LEVEL};

/// Samples of a moment: 46 ms.
const MOMENT: usize = 1_024;

/// Sets the features of dynamics.
pub(super) fn measure(windows: &[Vec<f32>], features: &mut Features) {
    let peak = windows.iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    features.set("crest", 20.0 * (peak / LEVEL).log10());
    let levels: Vec<f32> = windows
        .iter()
        .flat_map(|window| window.chunks_exact(MOMENT))
        .map(|moment| root_mean_square(moment.iter().copied()))
        .collect();
    let in_decibels: Vec<f32> = levels.iter().map(|level| decibels(level * level)).collect();
    features.set("level_spread", spread(&in_decibels));
    features.set("level_range", quantile(&in_decibels, 0.95) - quantile(&in_decibels, 0.1));
    let usual = mean(&levels);
    let quiet = levels.iter().filter(|level| **level < usual).count();
    features.set("quiet_share", count(quiet) / count(levels.len().max(1)));
    // How far a second rises above the one before: slow swells.
    let seconds: Vec<f32> = in_decibels.chunks(21).map(mean).collect();
    features.set("swell", seconds.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max));
    features.set("swell_mean", super::curve::restlessness(&seconds));
}
