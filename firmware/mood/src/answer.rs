//! What the box says about a frame: a mood, a doubt, or that it can't see anybody.

use crate::{Affect, Crop, Expression, Probabilities};
use serde::Serialize;

/// An expression with its confidence and its place in the valence-arousal plane.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mood {
    /// The most probable expression.
    pub expression: Expression,
    /// Its probability, 0..=1.
    pub confidence: f32,
    /// The expected valence and arousal over all expressions.
    #[serde(flatten)]
    pub affect: Affect,
}

impl Mood {
    /// The winner of `probabilities`; `None` when there are none.
    #[must_use]
    pub fn of(probabilities: &Probabilities) -> Option<Self> {
        let (expression, confidence) = probabilities.winner()?;
        Some(Self { expression, confidence, affect: Affect::expected(probabilities) })
    }
}

/// Why a face was seen but not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsureReason {
    /// No expression stands out: the most probable one stays below the threshold.
    LowConfidence,
    /// The crop has too little contrast to read.
    TooDark,
}

/// Why nobody was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoFaceReason {
    /// Nothing in the frame looks like a face.
    NothingFound,
    /// Something does, but it is smaller than the smallest face the classifier can read.
    TooSmall,
    /// Something does, but its landmarks are not where a face has them, or it is turned too far.
    NotPlausible,
}

/// The answer to one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// The expression looks like this.
    Mood(Mood),
    /// A face, but the box can't tell; `best` is its unproven guess.
    Unsure {
        /// The guess that did not reach the threshold.
        best: Mood,
        /// What stood in the way.
        reason: UnsureReason,
    },
    /// Nobody there. The classifier was not asked.
    NoFace {
        /// What was missing.
        reason: NoFaceReason,
    },
}

impl Answer {
    /// Judges a classified face. `threshold` is the smallest confidence that counts as an answer, 0..=1.
    ///
    /// `None` when `probabilities` is empty.
    #[must_use]
    pub fn decide(probabilities: &Probabilities, threshold: f32) -> Option<Self> {
        let mood = Mood::of(probabilities)?;
        Some(if mood.confidence < threshold {
            Self::Unsure { best: mood, reason: UnsureReason::LowConfidence }
        } else {
            Self::Mood(mood)
        })
    }

    /// Judges a classified face, unless its crop is too dark to read. `threshold` is the smallest confidence that counts
    /// as an answer, 0..=1.
    ///
    /// `None` when `probabilities` is empty.
    #[must_use]
    pub fn of_face(crop: &Crop, probabilities: &Probabilities, threshold: f32) -> Option<Self> {
        if crop.contrast() < Crop::LEAST_CONTRAST {
            let best = Mood::of(probabilities)?;
            return Some(Self::Unsure { best, reason: UnsureReason::TooDark });
        }
        Self::decide(probabilities, threshold)
    }

    /// `mood`, `unsure` or `no_face`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mood(_) => "mood",
            Self::Unsure { .. } => "unsure",
            Self::NoFace { .. } => "no_face",
        }
    }
}
