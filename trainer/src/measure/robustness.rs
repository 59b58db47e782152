//! What each fault of the camera costs: the same pictures, clean and under one condition after the other.

use super::words::percent;
use super::{Accuracy, Figures};
use crate::dataset::Split;
use crate::dataset::augment::Condition;
use mood::LabelSet;
use serde_json::{Value, json};
use std::fmt::Write;

/// The figures under each condition; the first is what the others are held against.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Robustness {
    lines: Vec<(Condition, Accuracy, f64)>,
}

impl Robustness {
    /// Adds the figures under `condition`.
    pub fn add(&mut self, condition: Condition, figures: &Figures) {
        self.lines.push((condition, figures.all, figures.confusion.macro_f1()));
    }

    /// Percentage points below the first line; negative above it.
    fn loss(&self, accuracy: &Accuracy) -> Option<f64> {
        let (_, first, _) = self.lines.first()?;
        Some(100.0 * (first.share? - accuracy.share?))
    }

    /// One JSON object: `n`, and for each of `conditions` its `condition`, `accuracy`, `accuracy_interval`, `macro_f1`
    /// (shares in 0..=1) and `loss_points`, the percentage points below the first.
    #[must_use]
    pub fn json(&self) -> String {
        let line = |(condition, accuracy, macro_f1): &(Condition, Accuracy, f64)| {
            json!({
                "condition": condition.to_string(),
                "accuracy": accuracy.share,
                "accuracy_interval": accuracy.interval,
                "macro_f1": macro_f1,
                "loss_points": self.loss(accuracy),
            })
        };
        let n = self.lines.first().map_or(0, |(_, accuracy, _)| accuracy.n);
        json!({ "n": n, "conditions": self.lines.iter().map(line).collect::<Vec<Value>>() }).to_string()
    }

    /// A table. Ends with a line break.
    #[must_use]
    pub fn text(&self, split: Split, labels: LabelSet) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = self.write_text(&mut text, split, labels);
        text
    }

    fn write_text(&self, to: &mut String, split: Split, labels: LabelSet) -> std::fmt::Result {
        let n = self.lines.first().map_or(0, |(_, accuracy, _)| accuracy.n);
        writeln!(to, "{n} pictures of {}, labels of {}\n", split.name(), labels.name())?;
        writeln!(to, "{:<12}{:>9}{:>10}{:>13}", "condition", "accuracy", "macro-F1", "loss, points")?;
        for (condition, accuracy, macro_f1) in &self.lines {
            let (name, share) = (condition.to_string(), accuracy.share.map_or_else(|| "-".into(), percent));
            let loss = self.loss(accuracy).filter(|_| *condition != Condition::Clean);
            let loss = loss.map_or_else(|| "-".into(), |loss| format!("{loss:.2}"));
            writeln!(to, "{name:<12}{share:>9}{macro_f1:>10.3}{loss:>13}")?;
        }
        Ok(())
    }
}
