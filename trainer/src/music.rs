//! The formula that places music in the valence-arousal plane: fitted on labelled clips, judged on clips it has not seen.
//!
//! The features are the box's own: `moodbox music list --json` writes them, so that there is one analysis only. The
//! formula is a multinomial logistic regression on the four quadrants with a strong penalty, as the clips are few: valence
//! and arousal are sums of the quadrants' probabilities.

pub mod clips;
pub mod judge;
pub mod scale;

use crate::regression::Regression;
use clips::Clips;
use judge::Figures;
use scale::Scale;
use serde::Serialize;

/// The quadrants in the order of the labels: +V+A, -V+A, -V-A, +V-A.
pub const QUADRANTS: [&str; 4] = ["Q1", "Q2", "Q3", "Q4"];

/// Steps of the descent; from here on the figures don't change.
const STEPS: u32 = 3_000;

/// What the box reads.
#[derive(Debug, Serialize)]
pub struct Coefficients {
    /// What the numbers come from.
    source: String,
    /// The command that makes them again.
    command: &'static str,
    /// Clips they were fitted on, and how strongly weights were held back.
    clips: usize,
    penalty: f64,
    /// How the same fit does on clips it has not seen.
    figures: Figures,
    bias: [f64; 4],
    cues: Vec<Cue>,
}

/// A feature's part.
#[derive(Debug, Serialize)]
struct Cue {
    name: String,
    mean: f64,
    spread: f64,
    weights: [f64; 4],
}

/// Fits on all clips, and judges the same fit by cross-validation.
#[must_use]
pub fn fit(clips: &Clips, penalty: f64, source: &str, seed: u64) -> Coefficients {
    let figures = judge::cross_validated(clips, penalty, seed);
    let rows: Vec<usize> = (0..clips.len()).collect();
    let scale = Scale::of(clips, &rows);
    let formula = Regression::<4>::fit(&scale.apply(clips, &rows), &clips.labels(&rows), penalty, STEPS);
    let digits = |value: f64| format!("{value:.4e}").parse().unwrap_or(value);
    let cues = clips
        .names
        .iter()
        .enumerate()
        .map(|(at, name)| Cue {
            name: name.clone(),
            mean: digits(scale.mean[at]),
            spread: digits(scale.spread[at]),
            weights: formula.weights[at].map(digits),
        })
        .collect();
    Coefficients {
        source: source.to_owned(),
        command: "moodbox music scan DIR --index clips.jsonl; moodbox music list --index clips.jsonl --json > \
                  features.jsonl; trainer music-fit --features features.jsonl --labels labels.csv",
        clips: clips.len(),
        penalty,
        figures,
        bias: formula.bias.map(digits),
        cues,
    }
}

impl Coefficients {
    /// The figures.
    #[must_use]
    pub const fn figures(&self) -> &Figures {
        &self.figures
    }

    /// As the box reads it: a line a cue, so that a new fit shows as a readable difference.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        text.replace("{\"name\"", "\n  {\"name\"")
            .replace(",\"figures\"", ",\n\"figures\"")
            .replace(",\"bias\"", ",\n\"bias\"")
            + "\n"
    }
}
