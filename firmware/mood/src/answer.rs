//! What the box says about a frame: a mood in the valence-arousal plane, a doubt, or that it can't see anybody.

use crate::{classifier::Probabilities, contract::Thresholds, expression::Expression};
use serde::{Deserialize, Serialize};

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
    pub fn of(probabilities: &Probabilities) -> Option<Self> {
        let (expression, confidence) = probabilities.winner()?;
        Some(Self { expression, confidence, affect: Affect::expected(probabilities) })
    }

    /// Whether it is certain enough.
    pub fn passes(&self, thresholds: &Thresholds) -> bool {
        self.confidence >= thresholds.least(self.expression)
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
    /// The face is large enough to be found, but not to be read.
    TooSmall,
    /// The head is turned too far to the side.
    TurnedAway,
    /// The frames are out of focus, or something moved.
    Blurred,
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
    /// Something does, but it fills the frame and more, so that too little of it is seen.
    TooClose,
    /// The frame is too dark to see anything in.
    TooDark,
}

impl NoFaceReason {
    /// Of two reasons the one that says more about what to do. A face seen for certain, but too far away, says more than
    /// something large that may be one.
    pub(crate) const fn or_more_telling(self, other: Self) -> Self {
        const fn rank(reason: NoFaceReason) -> u8 {
            match reason {
                NoFaceReason::NothingFound => 0,
                NoFaceReason::TooDark => 1,
                NoFaceReason::NotPlausible => 2,
                NoFaceReason::TooClose => 3,
                NoFaceReason::TooSmall => 4,
            }
        }
        if rank(other) > rank(self) { other } else { self }
    }
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
    /// Judges a face that was seen well enough to be read: a mood, or a doubt for `flaw` or for want of confidence.
    ///
    /// `None` when `probabilities` is empty.
    pub fn decide(probabilities: &Probabilities, thresholds: &Thresholds, flaw: Option<UnsureReason>) -> Option<Self> {
        let mood = Mood::of(probabilities)?;
        Some(if mood.passes(thresholds) {
            Self::Mood(mood)
        } else {
            Self::Unsure { best: mood, reason: flaw.unwrap_or(UnsureReason::LowConfidence) }
        })
    }

    /// `mood`, `unsure` or `no_face`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mood(_) => "mood",
            Self::Unsure { .. } => "unsure",
            Self::NoFace { .. } => "no_face",
        }
    }
}

/// A point of the valence-arousal plane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Affect {
    /// Unpleasant to pleasant, -1..=1.
    pub valence: f32,
    /// Calm to excited, -1..=1.
    pub arousal: f32,
}

impl Affect {
    /// Where an expression lies: Russell & Mehrabian 1977, pleasure and arousal of the matching term; neutral at 0.
    pub const fn of(expression: Expression) -> Self {
        let (valence, arousal) = match expression {
            Expression::Angry => (-0.51, 0.59),
            Expression::Disgust => (-0.60, 0.35),
            Expression::Fear => (-0.64, 0.60),
            Expression::Happy => (0.81, 0.51),
            Expression::Sad => (-0.63, -0.27),
            Expression::Surprise => (0.40, 0.67),
            Expression::Neutral => (0.0, 0.0),
            Expression::Contempt => (-0.55, 0.43),
        };
        Self { valence, arousal }
    }

    /// The mean of the expressions' points, weighted by their probabilities: a doubtful face lies near the origin.
    pub fn expected(probabilities: &Probabilities) -> Self {
        probabilities.iter().fold(Self::default(), |sum, (expression, p)| {
            let at = Self::of(expression);
            Self { valence: sum.valence + p * at.valence, arousal: sum.arousal + p * at.arousal }
        })
    }
}
