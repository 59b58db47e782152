//! What a piece of music sounds like, as numbers: samples in, named features out. No file, no clock, no thread.
//!
//! ```text
//! windows of mono sound -> level set to one value -> spectra -> timbre, dynamics, rhythm, tonality -> features
//! ```
//!
//! The features follow what listeners judge emotion by (Eerola, Friberg & Bresin 2013; Gabrielsson & Lindström 2010)
//! and the ranking of Panda, Malheiro & Paiva 2018. Loudness is left to EBU R128 and is taken out of all others, as it says
//! more about the mastering than about the music.

mod curve;
mod dynamics;
mod mel;
mod names;
mod rhythm;
mod roughness;
mod spectrum;
mod timbre;
mod tonality;

pub use names::NAMES;

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
    /// Nothing measured yet.
    fn zero() -> Self {
        Self(vec![0.0; NAMES.len()].into())
    }

    /// From the values in the order of [`NAMES`]; `None` when they are too few, too many or not finite.
    #[must_use]
    pub fn from_values(values: Vec<f32>) -> Option<Self> {
        (values.len() == NAMES.len() && values.iter().all(|value| value.is_finite())).then(|| Self(values.into()))
    }

    /// The values in the order of [`NAMES`].
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// The value of a feature; `None` for an unknown name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f32> {
        NAMES.binary_search(&name).ok().and_then(|at| self.0.get(at)).copied()
    }

    /// Sets a feature, to 0 if it could not be measured; rounded to five digits, more of which is noise. What is not in
    /// [`NAMES`] is measured for nobody and dropped.
    fn set(&mut self, name: &str, value: f32) {
        let Ok(at) = NAMES.binary_search(&name) else { return };
        let value = if value.is_finite() { value } else { 0.0 };
        self.0[at] = format!("{value:.4e}").parse().unwrap_or(value);
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
#[must_use]
pub fn analyse(excerpt: &Excerpt) -> Option<Features> {
    let long_enough = |window: &&Vec<f32>| u32::try_from(window.len()).is_ok_and(|length| length >= RATE_HZ);
    let windows: Vec<&Vec<f32>> = excerpt.windows.iter().filter(long_enough).collect();
    let samples = || windows.iter().flat_map(|window| window.iter());
    let level = curve::root_mean_square(samples().copied());
    if level.is_nan() || level < SILENT {
        return None;
    }
    let windows: Vec<Vec<f32>> =
        windows.iter().map(|window| window.iter().map(|sample| sample * LEVEL / level).collect()).collect();
    let mut features = Features::zero();
    features.set("loudness", excerpt.loudness_lufs);
    features.set("loudness_range", excerpt.range_lu);
    features.set("width", excerpt.width);
    let spectra: Vec<spectrum::Spectra> = windows.iter().map(|window| spectrum::Spectra::short(window)).collect();
    dynamics::measure(&windows, &mut features);
    timbre::measure(&spectra, &windows, &mut features);
    rhythm::measure(&spectra, &mut features);
    let long: Vec<spectrum::Spectra> = windows.iter().map(|window| spectrum::Spectra::long(window)).collect();
    tonality::measure(&long, &mut features);
    Some(features)
}

#[cfg(test)]
mod tests;
