//! From features to a place in the valence-arousal plane.
//!
//! A logistic formula for the four quadrants of the plane, fitted by `trainer music-fit` on labelled clips; its coefficients,
//! their source and their figures are in `assets/music-affect.json`. What carries over to other music is the order of the tracks, not the
//! numbers, so every feature is first measured against the library it stands in, shrunk to the fitted values while the
//! library is small. Tags join as a prior; the owner's own rating overrides everything.

use crate::listen::Tags;
use crate::listen::features::{Features, NAMES};
use mood::{Affect, Expression};
use serde::Deserialize;
use std::sync::LazyLock;

/// The coefficients, as the trainer wrote them.
static FORMULA: LazyLock<Formula> = LazyLock::new(|| {
    let mut formula: Formula =
        serde_json::from_str(include_str!("../../../assets/music-affect.json")).unwrap_or_default();
    for cue in &mut formula.cues {
        cue.at = NAMES.binary_search(&cue.name.as_str()).ok();
    }
    formula
});

/// How far a value may stand out, in spreads: one odd feature must not decide.
const MOST: f32 = 3.0;

/// How much a mood tag is trusted, as the uncertainty of its place.
const MOOD_TAG: f32 = 0.25;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Cue {
    name: String,
    #[serde(skip)]
    at: Option<usize>,
    /// Its mean and spread over the clips of the fit.
    mean: f32,
    spread: f32,
    /// Its weight, a spread, for pleasant and excited, unpleasant and excited, unpleasant and calm, pleasant and calm.
    weights: [f32; 4],
}

impl Cue {
    fn value(&self, features: &Features) -> Option<f32> {
        self.at.and_then(|at| features.values().get(at)).copied()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Formula {
    /// What each quadrant has without any cue.
    bias: [f32; 4],
    cues: Vec<Cue>,
}

impl Formula {
    fn quadrants(&self, features: &Features, normalisation: &FeatureNormalisation) -> [f32; 4] {
        let mut sums = self.bias;
        for (number, cue) in self.cues.iter().enumerate() {
            let value = normalisation.of(number, cue.value(features)).clamp(-MOST, MOST);
            sums.iter_mut().zip(cue.weights).for_each(|(sum, weight)| *sum += weight * value);
        }
        let largest = sums.iter().copied().fold(f32::MIN, f32::max);
        let odds = sums.map(|sum| (sum - largest).exp());
        odds.map(|value| value / odds.iter().sum::<f32>())
    }
}

/// Where a track lies, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AffectEstimate {
    /// Its place.
    pub affect: Affect,
    /// How far it may lie from there: the larger standard deviation of the two axes, 0..=1.
    pub uncertainty: f32,
}

/// An axis with its doubt.
#[derive(Clone, Copy)]
struct Guess {
    value: f32,
    doubt: f32,
}

impl Guess {
    /// From the probability of "pleasant" or "excited": mean and standard deviation of a label of ±1.
    fn of(probability: f32) -> Self {
        let value = 2.0 * probability - 1.0;
        Self { value, doubt: 0.25 + 0.5 * (1.0 - value * value).max(0.0).sqrt() }
    }

    /// Both together, weighted by how sure they are.
    fn and(self, other: Self) -> Self {
        let [mine, others] = [self, other].map(|guess| guess.doubt.powi(-2));
        Self { value: (self.value * mine + other.value * others) / (mine + others), doubt: (mine + others).powf(-0.5) }
    }
}

/// The place of a track that sounds like this and has these tags, in a library.
pub fn estimate_affect(features: &Features, tags: &Tags, normalisation: &FeatureNormalisation) -> AffectEstimate {
    let [first, second, _, fourth] = FORMULA.quadrants(features, normalisation);
    let (mut valence, mut arousal) = (Guess::of(first + fourth), Guess::of(first + second));
    let tagged = tags.mood.as_deref().and_then(mood_of).map(|affect| (affect, MOOD_TAG));
    let usual = tags.genre.as_deref().and_then(genre_place).map(|affect| (affect, DOUBT));
    if let Some((affect, doubt)) = tagged.or(usual) {
        valence = valence.and(Guess { value: affect.valence, doubt });
        arousal = arousal.and(Guess { value: affect.arousal, doubt });
    }
    AffectEstimate {
        affect: Affect { valence: valence.value, arousal: arousal.value },
        uncertainty: valence.doubt.max(arousal.doubt),
    }
}

/// The place of a mood tag: the first word that names an expression, or one of the words taggers use.
fn mood_of(tag: &str) -> Option<Affect> {
    tag.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let (valence, arousal) = match word.to_lowercase().as_str() {
            "calm" | "peaceful" | "relaxed" | "relaxing" | "mellow" | "chill" | "tender" | "serene" => (0.55, -0.5),
            "energetic" | "party" | "excited" | "upbeat" | "cheerful" | "joyful" | "fun" => (0.7, 0.6),
            "aggressive" | "intense" | "fierce" | "rebellious" => (-0.5, 0.65),
            "melancholy" | "melancholic" | "gloomy" | "bittersweet" | "wistful" | "brooding" => (-0.5, -0.4),
            "tense" | "ominous" | "dark" | "eerie" => (-0.6, 0.3),
            "romantic" | "dreamy" | "warm" | "sentimental" => (0.4, -0.4),
            _ => return Expression::from_label(word).map(Affect::of),
        };
        Some(Affect { valence, arousal })
    })
}

/// How far a track may lie from its genre's place.
const DOUBT: f32 = 0.6;

/// Part of a genre's name, valence, arousal. The first that is found holds, so `dark` comes before `ambient`.
const GENRES: &[(&str, f32, f32)] = &[
    ("metal", -0.45, 0.65),
    ("hardcore", -0.4, 0.7),
    ("grindcore", -0.5, 0.8),
    ("punk", 0.05, 0.65),
    ("industrial", -0.4, 0.5),
    ("dark", -0.5, -0.1),
    ("drone", -0.25, -0.5),
    ("ambient", 0.05, -0.6),
    ("new age", 0.35, -0.6),
    ("lullab", 0.4, -0.7),
    ("chill", 0.3, -0.4),
    ("lounge", 0.4, -0.35),
    ("easy listening", 0.4, -0.35),
    ("bossa", 0.45, -0.25),
    ("swing", 0.55, 0.3),
    ("bebop", 0.3, 0.25),
    ("jazz", 0.3, -0.15),
    ("gospel", 0.45, 0.15),
    ("soul", 0.35, 0.05),
    ("funk", 0.5, 0.4),
    ("disco", 0.6, 0.5),
    ("reggae", 0.45, 0.0),
    ("ska", 0.5, 0.5),
    ("salsa", 0.55, 0.5),
    ("samba", 0.55, 0.45),
    ("latin", 0.45, 0.3),
    ("rap", -0.1, 0.35),
    ("hip hop", -0.05, 0.3),
    ("hip-hop", -0.05, 0.3),
    ("house", 0.3, 0.45),
    ("techno", 0.05, 0.5),
    ("trance", 0.25, 0.45),
    ("drum and bass", 0.0, 0.6),
    ("dubstep", -0.1, 0.5),
    ("dance", 0.45, 0.5),
    ("electro", 0.1, 0.3),
    ("goth", -0.5, 0.1),
    ("emo", -0.3, 0.3),
    ("grunge", -0.3, 0.4),
    ("blues", -0.1, -0.1),
    ("country", 0.35, 0.0),
    ("bluegrass", 0.45, 0.3),
    ("folk", 0.1, -0.3),
    ("singer", 0.0, -0.35),
    ("requiem", -0.5, -0.3),
    ("opera", 0.0, 0.05),
    ("baroque", 0.2, -0.15),
    ("classical", 0.1, -0.35),
    ("piano", 0.05, -0.45),
    ("soundtrack", -0.1, -0.15),
    ("children", 0.6, 0.2),
    ("k-pop", 0.5, 0.45),
    ("indie", 0.05, 0.05),
    ("pop", 0.35, 0.2),
    ("rock", 0.05, 0.4),
];

/// The place of a genre; `None` for one that isn't known.
fn genre_place(genre: &str) -> Option<Affect> {
    let genre = genre.to_lowercase();
    let found = GENRES.iter().find(|(name, ..)| genre.contains(name));
    found.map(|&(_, valence, arousal)| Affect { valence, arousal })
}

/// Variance, in squared spreads, of the mean of an owner's library about that of the fitted clips: as many tracks as its inverse
/// weigh as much as the fit, which weighs less the further away a library lies. Measured on draws of 5 to 60 labelled clips
/// (README): no worse than thirty tracks, and for clips moved two spreads away as good as for those at home.
const USUAL_DISTANCE: f64 = 0.2;

/// How far a feature of a library may lie from the fit before it counts no more, in spreads.
const MOST_DISTANCE: f64 = 5.0;

/// The means and spreads of the formula's features in one library.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureNormalisation {
    /// For each cue of the formula its mean and spread.
    cues: Vec<(f32, f32)>,
}

impl FeatureNormalisation {
    /// What the fit knew, for a track that stands alone.
    pub fn fitted() -> Self {
        Self::among(std::iter::empty())
    }

    /// In a library of these tracks.
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
    fn of(&self, number: usize, value: Option<f32>) -> f32 {
        match (self.cues.get(number), value) {
            (Some((mean, spread)), Some(value)) => (value - mean) / spread,
            _ => 0.0,
        }
    }
}

/// The weight 0..1 of a library of `count` tracks as its own measure: empirical Bayes, distances in spreads.
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

#[cfg(test)]
mod tests;
