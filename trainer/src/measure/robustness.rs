//! What each fault of the camera costs: the same pictures, clean and under one condition after the other.

use super::Figures;
use super::figures::percent;
use crate::dataset::Split;
use crate::dataset::augment::Condition;
use mood::LabelSet;
use serde::Serialize;

/// The figures under each condition; the first is what the others are held against. Serialised it is one object: `n`,
/// and the lines as `conditions`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Robustness {
    n: usize,
    /// Line by line.
    #[serde(rename = "conditions")]
    pub lines: Vec<Line>,
}

/// The figures under one condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// As `--condition` names it.
    pub condition: String,
    /// See [`Figures::accuracy`].
    pub accuracy: Option<f64>,
    /// See [`Figures::accuracy_interval`].
    pub accuracy_interval: Option<[f64; 2]>,
    /// See [`Figures::macro_f1`].
    pub macro_f1: f64,
    /// Percentage points below the first line; negative above it.
    pub loss_points: Option<f64>,
}

impl Robustness {
    /// Adds the figures under `condition`.
    pub fn add(&mut self, condition: Condition, figures: &Figures) {
        let Figures { n, accuracy, accuracy_interval, macro_f1, .. } = *figures;
        let first = self.lines.first().map_or(accuracy, |first| first.accuracy);
        let loss_points = first.zip(accuracy).map(|(first, accuracy)| 100.0 * (first - accuracy));
        self.n = n;
        self.lines.push(Line { condition: condition.to_string(), accuracy, accuracy_interval, macro_f1, loss_points });
    }

    /// One JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A table. Ends with a line break.
    #[must_use]
    pub fn text(&self, split: Split, labels: LabelSet) -> String {
        let mut text = format!("{} pictures of {}, labels of {}\n\n", self.n, split.name(), labels.name());
        text.push_str(&format!("{:<12}{:>9}{:>10}{:>13}\n", "condition", "accuracy", "macro-F1", "loss, points"));
        for (at, Line { condition, accuracy, macro_f1, loss_points, .. }) in self.lines.iter().enumerate() {
            let loss = loss_points.filter(|_| at > 0).map_or_else(|| "-".into(), |loss| format!("{loss:.2}"));
            text.push_str(&format!("{condition:<12}{:>9}{macro_f1:>10.3}{loss:>13}\n", percent(*accuracy)));
        }
        text
    }
}
