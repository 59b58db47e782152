//! Valence and arousal: where an expression lies on Russell's circumplex.

use crate::{Expression, Probabilities};
use serde::{Deserialize, Serialize};

/// A point of the valence-arousal plane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Affect {
    /// Unpleasant to pleasant, -1..=1.
    pub valence: f32,
    /// Calm to excited, -1..=1.
    pub arousal: f32,
}

impl Affect {
    /// Where an expression lies (Russell & Mehrabian 1977, pleasure and arousal of the matching term; neutral is the
    /// origin by convention).
    #[must_use]
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
    #[must_use]
    pub fn expected(probabilities: &Probabilities) -> Self {
        probabilities.iter().fold(Self::default(), |sum, (expression, p)| {
            let at = Self::of(expression);
            Self { valence: sum.valence + p * at.valence, arousal: sum.arousal + p * at.arousal }
        })
    }
}
