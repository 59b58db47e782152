//! From features to a place in the valence-arousal plane.
//!
//! A logistic formula for the four quadrants of the plane, fitted by `trainer music-fit` on labelled clips; its coefficients,
//! their source and their figures are in `assets/music-affect.json`. What carries over to other music is the order of the tracks, not the
//! numbers, so every feature is first measured against the library it stands in, shrunk to the fitted values while the
//! library is small. Tags join as a prior; the owner's own rating overrides everything.

mod genre;
mod standing;

pub use standing::Standing;

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

/// A feature's part of the formula.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Cue {
    /// The feature.
    name: String,
    /// Its place among the features.
    #[serde(skip)]
    at: Option<usize>,
    /// Its mean and spread over the clips of the fit.
    mean: f32,
    spread: f32,
    /// Its weight for each quadrant, a spread: pleasant and excited, unpleasant and excited, unpleasant and calm,
    /// pleasant and calm.
    weights: [f32; 4],
}

impl Cue {
    fn value(&self, features: &Features) -> Option<f32> {
        self.at.and_then(|at| features.values().get(at)).copied()
    }
}

/// The formula.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Formula {
    /// What each quadrant has without any cue.
    bias: [f32; 4],
    cues: Vec<Cue>,
}

impl Formula {
    /// The probability of each quadrant.
    fn quadrants(&self, features: &Features, standing: &Standing) -> [f32; 4] {
        let mut sums = self.bias;
        for (number, cue) in self.cues.iter().enumerate() {
            let value = standing.of(number, cue.value(features)).clamp(-MOST, MOST);
            sums.iter_mut().zip(cue.weights).for_each(|(sum, weight)| *sum += weight * value);
        }
        let largest = sums.iter().copied().fold(f32::MIN, f32::max);
        let odds = sums.map(|sum| (sum - largest).exp());
        odds.map(|value| value / odds.iter().sum::<f32>())
    }
}

/// Where a track lies, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
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
    /// From the probability of "pleasant" or "excited": the expected value of a label of ±1, and the spread of what a
    /// listener might say.
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
#[must_use]
pub fn place(features: &Features, tags: &Tags, standing: &Standing) -> Place {
    let [first, second, _, fourth] = FORMULA.quadrants(features, standing);
    let (mut valence, mut arousal) = (Guess::of(first + fourth), Guess::of(first + second));
    let tagged = tags.mood.as_deref().and_then(mood_of).map(|affect| (affect, MOOD_TAG));
    let usual = tags.genre.as_deref().and_then(genre::place).map(|affect| (affect, genre::DOUBT));
    if let Some((affect, doubt)) = tagged.or(usual) {
        valence = valence.and(Guess { value: affect.valence, doubt });
        arousal = arousal.and(Guess { value: affect.arousal, doubt });
    }
    Place {
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

#[cfg(test)]
mod tests;
