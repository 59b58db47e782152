//! The formula that places music in the valence-arousal plane: fitted on labelled clips, evaluated on clips it has not seen.
//!
//! The features are the box's own: `moodbox music list --json` writes them, so that there is one analysis only. The
//! formula is a multinomial logistic regression on the four quadrants with a strong penalty, as the clips are few: valence
//! and arousal are sums of the quadrants' probabilities.

pub mod cross_validation;

use crate::error::Error;
use crate::regression::Regression;
use cross_validation::{Figures, Scale};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

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
    pub figures: Figures,
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
    let figures = cross_validation::cross_validated(clips, penalty, seed);
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

/// The fewest clips that can be folded.
const FEWEST: usize = 20;

/// Clips with their features.
#[derive(Debug, Clone, PartialEq)]
pub struct Clips {
    /// The features by name, in order.
    pub names: Vec<String>,
    /// For each clip its features.
    pub values: Vec<Vec<f64>>,
    /// For each clip its quadrant, 0..4.
    pub quadrants: Vec<usize>,
    /// For each clip who plays it; clips of one artist are never on both sides of a fold.
    pub artists: Vec<Option<String>>,
}

/// A line of `moodbox music list --json`.
#[derive(Deserialize)]
struct Line {
    path: String,
    features: Option<BTreeMap<String, f64>>,
    tags: Option<Tags>,
}

#[derive(Deserialize)]
struct Tags {
    artist: Option<String>,
}

#[derive(Deserialize)]
struct Label {
    file: String,
    quadrant: String,
    artist: Option<String>,
}

impl Clips {
    /// Reads the features and the labels (`file,quadrant` and, where known, `artist`).
    ///
    /// # Errors
    /// When a file can't be read, a label is none of Q1 to Q4, or too few clips have both.
    pub fn read(features: &Path, labels: &Path) -> Result<Self, Error> {
        let by_file = read_labels(labels)?;
        let hint = "write it with `moodbox music list --json > features.jsonl`";
        let text = std::fs::read_to_string(features).map_err(|error| Error::data(features, error, hint))?;
        let mut clips = Self { names: Vec::new(), values: Vec::new(), quadrants: Vec::new(), artists: Vec::new() };
        for (number, line) in (1..).zip(text.lines()) {
            let line: Line = serde_json::from_str(line)
                .map_err(|error| Error::data(features, format_args!("line {number}: {error}"), hint))?;
            let name = Path::new(&line.path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (Some(found), Some((quadrant, artist))) = (line.features, by_file.get(&name)) else { continue };
            if clips.names.is_empty() {
                clips.names = found.keys().cloned().collect();
            }
            if !found.keys().eq(&clips.names) {
                return Err(Error::data(
                    features,
                    format_args!("line {number} has other features than the first"),
                    hint,
                ));
            }
            clips.values.push(found.into_values().collect());
            clips.quadrants.push(*quadrant);
            clips.artists.push(artist.clone().or(line.tags.and_then(|tags| tags.artist)));
        }
        if clips.len() < FEWEST {
            let what = format_args!(
                "has {} clips that `{}` names, at least {FEWEST} are needed",
                clips.len(),
                labels.display()
            );
            return Err(Error::data(features, what, "see that the labels' `file` column holds the files' names"));
        }
        Ok(clips)
    }

    /// How many clips there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The quadrants of some of them.
    #[must_use]
    pub fn labels(&self, rows: &[usize]) -> Vec<usize> {
        rows.iter().map(|&row| self.quadrants[row]).collect()
    }
}

type Labels = HashMap<String, (usize, Option<String>)>;

fn read_labels(path: &Path) -> Result<Labels, Error> {
    let hint = "it is a table with the columns `file` and `quadrant` (Q1, Q2, Q3 or Q4)";
    let mut reader = csv::Reader::from_path(path).map_err(|error| Error::data(path, error, hint))?;
    let mut labels = HashMap::new();
    for label in reader.deserialize() {
        let label: Label = label.map_err(|error| Error::data(path, error, hint))?;
        let Some(quadrant) = QUADRANTS.iter().position(|name| *name == label.quadrant) else {
            return Err(Error::data(path, format_args!("calls {} `{}`", label.file, label.quadrant), hint));
        };
        labels.insert(label.file, (quadrant, label.artist.filter(|artist| !artist.is_empty())));
    }
    Ok(labels)
}
