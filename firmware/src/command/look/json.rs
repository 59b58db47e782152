//! One JSON object a picture. Every key is always there, `null` where it doesn't apply; only a picture that can't be
//! read has `error` instead.

use super::Seen;
use crate::error::Failure;
use mood::{Affect, Answer, Expression, FaceBox, Mood, NoFaceReason, Probabilities, UnsureReason};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::time::Duration;

#[derive(serde::Serialize)]
#[serde(untagged)]
pub(super) enum Line<'a> {
    Answer(Box<Object<'a>>),
    Error { file: &'a str, error: String, hint: Option<&'static str> },
}

#[derive(serde::Serialize)]
pub(super) struct Object<'a> {
    file: &'a str,
    /// `mood`, `unsure` or `no_face`.
    outcome: &'static str,
    /// The most probable expression, also when unsure.
    expression: Option<Expression>,
    /// Its probability.
    confidence: Option<f32>,
    probabilities: Option<ByName<'a>>,
    valence: Option<f32>,
    arousal: Option<f32>,
    /// The primary face, in pixels of the picture.
    face: Option<FaceBox>,
    /// How many were seen.
    faces: usize,
    /// Why it is unsure, or sees nobody.
    reason: Option<Reason>,
    ms: Milliseconds,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Reason {
    Unsure(UnsureReason),
    NoFace(NoFaceReason),
}

#[derive(serde::Serialize)]
struct Milliseconds {
    decode: f64,
    find: f64,
    crop: f64,
    classify: f64,
    total: f64,
}

/// Probabilities as an object, in the contract's order.
struct ByName<'a>(&'a Probabilities);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (expression, probability) in self.0.iter() {
            map.serialize_entry(expression.name(), &probability)?;
        }
        map.end()
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(file: &'a str, seen: &'a Result<Seen, Failure>) -> Self {
        let Seen { verdict, stages, decode } = match seen {
            Ok(seen) => seen,
            Err(error) => return Self::Error { file, error: error.to_string(), hint: error.hint() },
        };
        let (mood, reason): (Option<Mood>, Option<Reason>) = match verdict.answer {
            Answer::Mood(mood) => (Some(mood), None),
            Answer::Unsure { best, reason } => (Some(best), Some(Reason::Unsure(reason))),
            Answer::NoFace { reason } => (None, Some(Reason::NoFace(reason))),
        };
        let affect: Option<Affect> = mood.map(|mood| mood.affect);
        Self::Answer(Box::new(Object {
            file,
            outcome: verdict.answer.name(),
            expression: mood.map(|mood| mood.expression),
            confidence: mood.map(|mood| mood.confidence),
            probabilities: verdict.probabilities.as_ref().map(ByName),
            valence: affect.map(|affect| affect.valence),
            arousal: affect.map(|affect| affect.arousal),
            face: verdict.faces.first().copied(),
            faces: verdict.faces.len(),
            reason,
            ms: Milliseconds {
                decode: rounded(*decode),
                find: rounded(stages.find),
                crop: rounded(stages.crop),
                classify: rounded(stages.classify),
                total: rounded(*decode + stages.find + stages.crop + stages.classify),
            },
        }))
    }
}

/// Milliseconds to two places.
fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}
