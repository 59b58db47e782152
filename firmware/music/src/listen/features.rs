//! What a piece of music sounds like, as numbers: samples in, named features out. No file, no clock, no thread.
//!
//! ```text
//! windows of mono sound -> level set to one value -> spectra -> timbre, dynamics, rhythm, tonality -> features
//! ```
//!
//! The features follow what listeners judge emotion by (Eerola, Friberg & Bresin 2013; Gabrielsson & Lindström 2010)
//! and the ranking of Panda, Malheiro & Paiva 2018. Loudness is left to EBU R128 and is taken out of all others, as it says
//! more about the mastering than about the music.

mod rhythm;
mod spectrum;
mod timbre;
mod tonality;

use spectrum::{Spectra, mean, spread};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Frames a second at which music is analysed: everything below 11 kHz, which is where the cues lie.
pub const RATE_HZ: u32 = 22_050;

/// The version of the features. Entries of another version are analysed again.
pub const VERSION: u32 = 1;

/// Below this root mean square nothing is left to measure: -66 dBFS.
const SILENT: f32 = 5e-4;

/// The level everything is brought to before it is measured.
const LEVEL: f32 = 0.1;

/// What was measured, in the order of [`NAMES`]. All values are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Features(Box<[f32]>);

impl Features {
    fn zero() -> Self {
        Self(vec![0.0; NAMES.len()].into())
    }

    /// From the values in the order of [`NAMES`]; `None` when they are too few, too many or not finite.
    pub fn from_values(values: Vec<f32>) -> Option<Self> {
        (values.len() == NAMES.len() && values.iter().all(|value| value.is_finite())).then(|| Self(values.into()))
    }

    /// The values in the order of [`NAMES`].
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// The value of a feature; `None` for an unknown name.
    pub fn get(&self, name: &str) -> Option<f32> {
        NAMES.binary_search(&name).ok().and_then(|at| self.0.get(at)).copied()
    }

    /// Sets a feature, rounded to five digits, 0 if it could not be measured. What is not in [`NAMES`] is dropped.
    fn set(&mut self, name: &str, value: f32) {
        let Ok(at) = NAMES.binary_search(&name) else { return };
        let value = if value.is_finite() { value } else { 0.0 };
        self.0[at] = format!("{value:.4e}").parse().unwrap_or(value);
    }
}

#[derive(Default)]
struct Series(BTreeMap<String, Vec<f32>>);

impl Series {
    fn push(&mut self, name: &str, value: f32) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    fn values(&self, name: &str) -> &[f32] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Sets what [`NAMES`] has of each series: its mean, with or without `_mean` behind its name, and its spread.
    fn summarise(&self, features: &mut Features) {
        for (name, values) in &self.0 {
            features.set(name, mean(values));
            features.set(&format!("{name}_mean"), mean(values));
            features.set(&format!("{name}_spread"), spread(values));
        }
    }
}

/// Some seconds of a piece.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Excerpt {
    /// One or more stretches of mono sound at [`RATE_HZ`], each a second or longer.
    pub windows: Vec<Vec<f32>>,
    /// How different the sides are: power of their difference by that of their sum, 0 for mono.
    pub width: f32,
    /// Loudness of the excerpt in LUFS (EBU R128, integrated).
    pub loudness_lufs: f32,
    /// Loudness range in LU (EBU Tech 3342).
    pub range_lu: f32,
}

/// Measures an excerpt; `None` when it is silent or shorter than a second.
pub fn analyse(excerpt: &Excerpt) -> Option<Features> {
    let long_enough = |window: &&Vec<f32>| u32::try_from(window.len()).is_ok_and(|length| length >= RATE_HZ);
    let windows: Vec<&Vec<f32>> = excerpt.windows.iter().filter(long_enough).collect();
    let samples = || windows.iter().flat_map(|window| window.iter());
    let level = spectrum::root_mean_square(samples().copied());
    if level.is_nan() || level < SILENT {
        return None;
    }
    let windows: Vec<Vec<f32>> =
        windows.iter().map(|window| window.iter().map(|sample| sample * LEVEL / level).collect()).collect();
    let mut features = Features::zero();
    features.set("loudness", excerpt.loudness_lufs);
    features.set("loudness_range", excerpt.range_lu);
    features.set("width", excerpt.width);
    let spectra: Vec<Spectra> = windows.iter().map(|window| Spectra::short(window)).collect();
    timbre::measure_dynamics(&windows, &mut features);
    timbre::measure(&spectra, &windows, &mut features);
    rhythm::measure(&spectra, &mut features);
    let long: Vec<Spectra> = windows.iter().map(|window| Spectra::long(window)).collect();
    tonality::measure(&long, &mut features);
    Some(features)
}

/// All features that are kept, in order of name.
pub static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "attack bandwidth_mean bandwidth_spread beatiness centroid_mean centroid_spread chord_entropy chroma_change \
     chroma_change_spread chroma_entropy chroma_peak contrast contrast_1_mean contrast_1_spread contrast_2_mean \
     contrast_2_spread contrast_3_mean contrast_3_spread contrast_4_mean contrast_4_spread contrast_5_mean \
     contrast_5_spread contrast_6_mean contrast_6_spread contrast_7_mean contrast_7_spread crest crossings_mean \
     crossings_spread entropy_mean entropy_spread flatness_mean flatness_spread flux_mean flux_spread gap_spread \
     interval_fifths interval_semitones interval_thirds interval_tritones key_clarity key_clarity_local \
     key_clarity_temperley key_moves level_range level_spread loudness loudness_range low_onsets mode_krumhansl \
     mode_local mode_local_spread mode_temperley modulation_1 modulation_2 modulation_3 modulation_4 onset_rate \
     onset_strength onset_strength_spread peak_count pulse_clarity quiet_share register register_low register_spread \
     register_top_moves rolloff_mean rolloff_spread roughness roughness_spread share_1 share_2 share_3 share_4 \
     share_5 slope_mean slope_spread swell swell_mean tempo tempo_log tonal_share triad_clarity triad_mode valley_1 \
     valley_2 valley_3 valley_4 valley_5 valley_6 valley_7 width"
        .split_whitespace()
        .collect()
});

#[cfg(test)]
mod tests;
