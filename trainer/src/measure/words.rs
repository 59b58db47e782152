//! The figures in words for a person, as one JSON object for a machine, and the answers as a table.

use super::{Accuracy, Figures, Relation, Row, Targets, View};
use crate::dataset::Split;
use crate::dataset::augment::Condition;
use crate::metrics::{self, calibration};
use mood::{Contract, LabelSet};
use serde::Serialize;
use std::fmt::Write;

/// The figures as one JSON object on one line. Shares lie in 0..=1; `confusion` has a row for each truth and a column
/// for each answer, in the order of `per_class`.
///
/// ```text
/// n accuracy accuracy_interval accuracy_without_copies n_without_copies accuracy_without_near_copies n_without_near_copies
/// macro_f1 opposite opposite_share ece nll per_class confusion coverage
/// ```
/// What can't be known is `null`: the figures without copies where the training pictures are not, the accuracy at a
/// threshold nothing reaches. Under another condition than `clean` its name comes first, as `condition`; `flip` is there
/// when the mirror images were looked at too, as the box does. `opposite` counts the confident answers that are unpleasant
/// to a pleasant expression, or the reverse.
#[must_use]
pub fn json(figures: &Figures, view: View) -> String {
    let View { condition, flip } = view;
    let class = |(class, expression): (usize, &mood::Expression)| PerClass {
        label: expression.name(),
        n: figures.confusion.truths(class),
        precision: figures.confusion.precision(class),
        recall: figures.confusion.recall(class),
        f1: figures.confusion.f1(class),
    };
    let object = Object {
        condition: (condition != Condition::Clean).then(|| condition.to_string()),
        flip: flip.then_some(true),
        n: figures.all.n,
        accuracy: figures.all.share,
        accuracy_interval: figures.all.interval,
        accuracy_without_copies: figures.without_copies.and_then(|without| without.share),
        n_without_copies: figures.without_copies.map(|without| without.n),
        accuracy_without_near_copies: figures.without_near_copies.and_then(|without| without.share),
        n_without_near_copies: figures.without_near_copies.map(|without| without.n),
        macro_f1: figures.confusion.macro_f1(),
        opposite: figures.opposite,
        opposite_share: figures.opposite_share(),
        ece: figures.ece,
        nll: figures.nll,
        per_class: figures.classes.iter().enumerate().map(class).collect(),
        confusion: figures.confusion.rows().collect(),
        coverage: &figures.coverage,
    };
    serde_json::to_string(&object).unwrap_or_default()
}

#[derive(Serialize)]
struct Object<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flip: Option<bool>,
    n: usize,
    accuracy: Option<f64>,
    accuracy_interval: Option<[f64; 2]>,
    accuracy_without_copies: Option<f64>,
    n_without_copies: Option<usize>,
    accuracy_without_near_copies: Option<f64>,
    n_without_near_copies: Option<usize>,
    macro_f1: f64,
    opposite: usize,
    opposite_share: Option<f64>,
    ece: f64,
    nll: Option<f64>,
    per_class: Vec<PerClass>,
    confusion: Vec<&'a [usize]>,
    coverage: &'a [calibration::Point],
}

#[derive(Serialize)]
struct PerClass {
    label: &'static str,
    n: usize,
    precision: f64,
    recall: f64,
    f1: f64,
}

/// The figures for a person, with what they are measured on. Ends with a line break.
#[must_use]
pub fn text(
    figures: &Figures,
    targets: &Targets,
    (split, view): (Split, View),
    labels: LabelSet,
    answers: LabelSet,
) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write_text(&mut text, figures, targets, (split, view), (labels, answers));
    text
}

fn write_text(
    to: &mut String,
    figures: &Figures,
    targets: &Targets,
    (split, view): (Split, View),
    (labels, answers): (LabelSet, LabelSet),
) -> std::fmt::Result {
    writeln!(to, "{} pictures of {}, labels of {}", figures.all.n, split.name(), labels.name())?;
    if view.condition != Condition::Clean {
        writeln!(to, "not as they are, but {}", view.condition)?;
    }
    if !view.flip {
        writeln!(to, "without the mirror image, which the box looks at, too")?;
    }
    let Targets { no_majority, unknown, no_face, .. } = *targets;
    if no_majority + unknown + no_face > 0 {
        writeln!(to, "left out by the vote: {no_majority} without a majority, {unknown} unknown, {no_face} no face")?;
    }
    if labels != answers {
        writeln!(to, "the network answers with labels of {}, compared by expression", answers.name())?;
    }
    if figures.beyond > 0 {
        writeln!(to, "{} pictures show what it has no label for: they count as wrong", figures.beyond)?;
    }
    writeln!(to)?;
    accuracy(to, "accuracy", &figures.all)?;
    if let Some(without) = &figures.without_copies {
        accuracy(to, "without copies", without)?;
        let copies = figures.all.n - without.n;
        writeln!(to, "{:<16}{} pictures; {copies} are byte for byte training pictures", "", without.n)?;
    }
    if let (Some(without), Some(near)) = (&figures.without_copies, &figures.without_near_copies) {
        accuracy(to, "no near copies", near)?;
        let copies = without.n - near.n;
        writeln!(to, "{:<16}{} pictures; {copies} more show a photograph of training in another crop", "", near.n)?;
    }
    writeln!(to, "{:<16}{:.3}", "macro-F1", figures.confusion.macro_f1())?;
    if let Some(share) = figures.opposite_share() {
        let (opposite, share) = (figures.opposite, percent(share));
        writeln!(
            to,
            "{:<16}{share} ({opposite} confident answers are unpleasant for pleasant, or the reverse)",
            "opposite"
        )?;
    }
    writeln!(to, "{:<16}{:.4} (expected calibration error, {} bins)", "ECE", figures.ece, calibration::BINS)?;
    if let Some(nll) = figures.nll {
        let over = if figures.beyond > 0 { ", over the pictures it has a label for" } else { "" };
        writeln!(to, "{:<16}{nll:.4} (negative log-likelihood{over})", "NLL")?;
    }
    classes(to, figures)?;
    writeln!(to, "\nthreshold  answered  right among them")?;
    for point in figures.coverage.iter().step_by(2) {
        let right = point.accuracy.map_or_else(|| "-".to_owned(), percent);
        writeln!(to, "{:>9.2}  {:>8}  {right:>16}", point.threshold, percent(point.coverage))?;
    }
    Ok(())
}

fn accuracy(to: &mut String, name: &str, found: &Accuracy) -> std::fmt::Result {
    let (Some(share), Some([low, high])) = (found.share, found.interval) else {
        return writeln!(to, "{name:<16}no pictures are left");
    };
    let samples = metrics::SAMPLES;
    let (low, high) = (percent(low), percent(high));
    writeln!(to, "{name:<16}{} (95 % interval {low} to {high}, {samples} bootstrap samples)", percent(share))
}

fn classes(to: &mut String, figures: &Figures) -> std::fmt::Result {
    let confusion = &figures.confusion;
    writeln!(to, "\n{:>9}{:>9}{:>11}{:>8}{:>7}", "", "pictures", "precision", "recall", "F1")?;
    for (class, name) in figures.classes.iter().map(|class| class.name()).enumerate() {
        let (truths, precision) = (confusion.truths(class), confusion.precision(class));
        let (recall, f1) = (confusion.recall(class), confusion.f1(class));
        writeln!(to, "{name:>9}{truths:>9}{precision:>11.3}{recall:>8.3}{f1:>7.3}")?;
    }
    writeln!(to, "\nconfusion (rows: truth, columns: answer)")?;
    let names: String = figures.classes.iter().map(|class| format!("{:>9}", class.name())).collect();
    writeln!(to, "{:>9}{names}", "")?;
    for (name, row) in figures.classes.iter().map(|class| class.name()).zip(confusion.rows()) {
        let cells: String = row.iter().map(|cell| format!("{cell:>9}")).collect();
        writeln!(to, "{name:>9}{cells}")?;
    }
    Ok(())
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// A row a picture: its index in the data set (the first is 0), what it shows, the answer, its confidence, whether it
/// is a copy of a training picture (`true` byte for byte, `near` in another crop, empty where these are not known), the
/// logits.
#[must_use]
pub fn predictions(rows: &[Row], contract: &Contract) -> String {
    let mut text = String::from("row,label,prediction,confidence,copy");
    for label in &contract.labels {
        text.push_str(",logit_");
        text.push_str(label.name());
    }
    text.push('\n');
    for row in rows {
        let copy = row.relation.map(Relation::name).unwrap_or_default();
        let (label, answer, confidence) = (row.target.truth, row.answer, row.confidence);
        text.push_str(&format!("{},{label},{answer},{confidence:.6},{copy}", row.target.index));
        for logit in &row.logits {
            text.push_str(&format!(",{logit}"));
        }
        text.push('\n');
    }
    text
}
