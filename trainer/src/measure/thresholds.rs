//! The thresholds below which the box says "I am not sure", chosen for a stated accuracy.
//!
//! Unpleasant expressions get one of their own: told wrongly they cost more, so fewer of them may be wrong.

use super::Row;
use crate::error::Error;
use crate::number::count;
use crate::{file, metrics, verify};
use mood::Thresholds;
use prost::Message;
use serde::Serialize;
use std::path::Path;
use tract_onnx::pb::{ModelProto, StringStringEntryProto};

/// How many times as much an unpleasant expression costs that the face doesn't show.
const COST: f64 = 4.0 / 3.0;
/// Thresholds tried: from a confidence at which seven labels hardly differ, in hundredths.
const TRIED: std::ops::RangeInclusive<u8> = 40..=99;
/// Fewer answers than this prove no accuracy.
const FEWEST: usize = 30;

/// One side of the circumplex: its threshold, and what that buys.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Side {
    /// The smallest confidence that counts as an answer, 0..=1.
    pub threshold: f64,
    /// The accuracy that was asked for.
    pub wanted: f64,
    /// Pictures answered with an expression of this side, at whatever confidence.
    pub n: usize,
    /// How many of them are answers.
    pub answered: usize,
    /// The share of these that is right; none without any.
    pub accuracy: Option<f64>,
}

/// Both thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AbstentionThresholds {
    /// Happy, surprised, neutral.
    pub pleasant: Side,
    /// Angry, disgusted, afraid, sad, contemptuous.
    pub unpleasant: Side,
}

impl AbstentionThresholds {
    /// The lowest thresholds at which answers are right as often as `stated`, 0..=1; where that can't be reached with
    /// enough answers, those that come nearest.
    #[must_use]
    pub fn choose(rows: &[Row], stated: f64) -> Self {
        let side = |unpleasant: bool, wanted: f64| {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.answer.is_unpleasant() == unpleasant).collect();
            let tried = || TRIED.map(|hundredths| side(&rows, f64::from(hundredths) / 100.0, wanted));
            let proven = || tried().filter(|side| side.answered >= FEWEST);
            let best = proven().max_by(|a, b| a.accuracy.unwrap_or(0.0).total_cmp(&b.accuracy.unwrap_or(0.0)));
            proven()
                .find(|side| side.accuracy.is_some_and(|accuracy| accuracy >= wanted))
                .or(best)
                .or_else(|| tried().next())
        };
        let none = Side { threshold: 1.0, wanted: stated, n: 0, answered: 0, accuracy: None };
        let unpleasant = 1.0 - (1.0 - stated) / COST;
        Self { pleasant: side(false, stated).unwrap_or(none), unpleasant: side(true, unpleasant).unwrap_or(none) }
    }

    /// As the contract has them.
    #[must_use]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "hundredths")]
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { pleasant: self.pleasant.threshold as f32, unpleasant: self.unpleasant.threshold as f32 }
    }

    /// A table for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            format!("{:<12} {:>9} {:>7} {:>10} {:>9}\n", "answers", "threshold", "wanted", "coverage", "accuracy");
        let n = self.pleasant.n + self.unpleasant.n;
        let answered = self.pleasant.answered + self.unpleasant.answered;
        for (name, side) in [("pleasant", self.pleasant), ("unpleasant", self.unpleasant)] {
            let accuracy = side.accuracy.map_or_else(|| "-".into(), |accuracy| format!("{:.1} %", 100.0 * accuracy));
            let coverage = 100.0 * count(side.answered) / count(side.n.max(1));
            let (threshold, wanted) = (side.threshold, 100.0 * side.wanted);
            text.push_str(&format!("{name:<12} {threshold:>9.2} {wanted:>5.1} % {coverage:>8.1} % {accuracy:>9}\n"));
        }
        let share = 100.0 * count(answered) / count(n.max(1));
        text.push_str(&format!("{answered} of {n} pictures are answered, {share:.1} %\n"));
        text
    }

    /// One JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes the thresholds into the contract of the file at `path`, in place of those it may have.
    ///
    /// # Errors
    /// When the file can't be read, is none the box takes, or can't be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let mut contract = verify::load(path)?.contract().clone();
        contract.thresholds = Some(self.thresholds());
        let unreadable = |error: &dyn std::fmt::Display| {
            Error::data(path, format_args!("can't be read: {error}"), "write it with `trainer quantise` first")
        };
        let bytes = file::read(path, verify::MOST_MIB).map_err(|error| unreadable(&error))?;
        let mut model = ModelProto::decode(bytes.as_slice()).map_err(|error| unreadable(&error))?;
        model.metadata_props.retain(|prop| !prop.key.starts_with("moodbox."));
        let props = contract.to_metadata().into_iter().map(|(key, value)| StringStringEntryProto { key, value });
        model.metadata_props.extend(props);
        file::write_whole(path, &model.encode_to_vec())
    }
}

fn side(rows: &[&Row], threshold: f64, wanted: f64) -> Side {
    let kept = || rows.iter().filter(|row| row.confidence >= threshold);
    let accuracy = metrics::accuracy(kept().map(|row| row.graded().right));
    Side { threshold, wanted, n: rows.len(), answered: kept().count(), accuracy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Target;
    use mood::Expression;

    /// A hundred answers with this expression; those below `right_from` hundredths of confidence are wrong.
    fn rows(answer: Expression, right_from: u8) -> Vec<Row> {
        let truth = |at: u8| if at >= right_from { answer } else { Expression::Surprise };
        let row = |at: u8| Row {
            target: Target { index: usize::from(at), truth: truth(at) },
            answer,
            confidence: f64::from(at) / 100.0,
            nll: None,
            confident: true,
            relation: None,
            logits: Vec::new(),
        };
        (0..100).map(row).collect()
    }

    #[test]
    fn the_lowest_threshold_that_keeps_the_promise_is_chosen_and_an_unpleasant_one_promises_more() {
        let all = [rows(Expression::Happy, 50), rows(Expression::Sad, 50)].concat();
        let thresholds = AbstentionThresholds::choose(&all, 0.9);
        // 50 right of those from 0.45 on are 90.9 %, of those from 0.44 on 89.3 %; 92.5 % need 0.46.
        assert_eq!((thresholds.pleasant.threshold, thresholds.unpleasant.threshold), (0.45, 0.46));
        assert_eq!((thresholds.pleasant.n, thresholds.pleasant.answered), (100, 55));
        assert!(thresholds.thresholds().pleasant < thresholds.thresholds().unpleasant);
    }

    #[test]
    fn what_can_not_be_reached_comes_as_near_as_it_can_and_nothing_answers_nothing() {
        let hopeless = AbstentionThresholds::choose(&rows(Expression::Angry, 101), 0.9).unpleasant;
        assert_eq!((hopeless.accuracy, hopeless.answered >= FEWEST), (Some(0.0), true));
        assert_eq!(AbstentionThresholds::choose(&[], 0.9).pleasant.answered, 0);
        assert!(AbstentionThresholds::choose(&[], 0.9).text().contains("0 of 0 pictures"));
    }
}
