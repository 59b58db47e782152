//! The figures of a network on some pictures: the one set of numbers that `verify`, `evaluate` and `report` print, in words
//! for a person or as JSON for a machine, and the answers as a table.

use super::{Relation, Row, SEED, Targets, View};
use crate::dataset::Split;
use crate::dataset::augment::Condition;
use crate::metrics::{self, Confusion, Graded, calibration};
use crate::number::count;
use mood::{Contract, Expression, LabelSet};
use serde::Serialize;

/// The figures of a network on some pictures. Shares lie in 0..=1; what can't be known is none: the figures without
/// copies where the training pictures are not known, an accuracy of no pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Pictures.
    pub n: usize,
    /// The share that is correct.
    pub accuracy: Option<f64>,
    /// Its bootstrapped 95 % confidence interval.
    pub accuracy_interval: Option<[f64; 2]>,
    /// The accuracy on the pictures that are not also training pictures byte for byte.
    pub accuracy_without_copies: Option<f64>,
    /// How many these are.
    pub n_without_copies: Option<usize>,
    /// The accuracy on those whose photograph is not among the training pictures in another crop either.
    pub accuracy_without_near_copies: Option<f64>,
    /// How many these are.
    pub n_without_near_copies: Option<usize>,
    /// The mean F1 over the classes that occur.
    pub macro_f1: f64,
    /// Pictures of a pleasant expression that the box answers as an unpleasant one, or the reverse, without being unsure:
    /// the errors that cost an owner most.
    pub opposite: usize,
    /// Their share.
    pub opposite_share: Option<f64>,
    /// Expected calibration error over [`calibration::BINS`] bins.
    pub ece: f64,
    /// Mean negative log-likelihood over the pictures whose truth the network has a label for.
    pub nll: Option<f64>,
    /// The labels measured against, then what only the network knows.
    pub per_class: Vec<Class>,
    /// Truth (row) against answer (column), in the order of `per_class`.
    pub confusion: Confusion,
    /// Coverage and accuracy at each confidence threshold.
    pub coverage: Vec<calibration::Point>,
    /// The 95 % confidence intervals of the accuracies without copies and without near copies.
    #[serde(skip)]
    pub without_intervals: [Option<[f64; 2]>; 2],
    /// Pictures whose truth the network has no label for.
    #[serde(skip)]
    pub beyond: usize,
}

/// The figures of one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Class {
    /// The expression.
    pub label: &'static str,
    /// Pictures of it.
    pub n: usize,
    /// True positives among the answers of this class; 0 without any.
    pub precision: f64,
    /// True positives among the pictures of this class; 0 without any.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

impl Figures {
    /// The figures of `rows`, measured against `labels`, of a network that answers with those of `answers`.
    #[must_use]
    pub fn of(rows: &[Row], labels: LabelSet, answers: LabelSet) -> Self {
        let mut classes = labels.labels().to_vec();
        classes.extend(answers.labels().iter().filter(|&&extra| labels.class_of(extra).is_none()));
        let mut confusion = Confusion::new(classes.len());
        let class = |expression: Expression| classes.iter().position(|&class| class == expression);
        for row in rows {
            if let (Some(truth), Some(answer)) = (class(row.target.truth), class(row.answer)) {
                confusion.add(truth, answer);
            }
        }
        let per_class = classes.iter().enumerate().map(|(class, expression)| Class {
            label: expression.name(),
            n: confusion.truths(class),
            precision: confusion.precision(class),
            recall: confusion.recall(class),
            f1: confusion.f1(class),
        });
        let graded: Vec<Graded> = rows.iter().map(Row::graded).collect();
        let accuracy_of = |graded: &[Graded]| metrics::accuracy(graded.iter().map(|answer| answer.right));
        let unrelated = |counts: fn(Relation) -> bool| -> Option<Vec<Graded>> {
            let of_one = |row: &Row| row.relation.map(|relation| counts(relation).then(|| row.graded()));
            Some(rows.iter().map(of_one).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        };
        let without_copies = unrelated(|relation| relation != Relation::Copy);
        let without_near_copies = unrelated(|relation| relation == Relation::New);
        let opposite = rows.iter().filter(|row| row.opposite()).count();
        Self {
            n: rows.len(),
            accuracy: accuracy_of(&graded),
            accuracy_interval: metrics::interval(&graded, SEED),
            accuracy_without_copies: without_copies.as_deref().and_then(accuracy_of),
            n_without_copies: without_copies.as_ref().map(Vec::len),
            accuracy_without_near_copies: without_near_copies.as_deref().and_then(accuracy_of),
            n_without_near_copies: without_near_copies.as_ref().map(Vec::len),
            macro_f1: confusion.macro_f1(),
            opposite,
            opposite_share: (!rows.is_empty()).then(|| count(opposite) / count(rows.len())),
            ece: calibration::error(&graded),
            nll: nll(rows),
            per_class: per_class.collect(),
            coverage: calibration::curve(&graded),
            without_intervals: [&without_copies, &without_near_copies]
                .map(|graded| graded.as_ref().and_then(|graded| metrics::interval(graded, SEED))),
            beyond: rows.iter().filter(|row| row.nll.is_none()).count(),
            confusion,
        }
    }
}

/// The mean negative log-likelihood of the rows whose truth the network has a label for; none without such.
#[must_use]
pub fn nll(rows: &[Row]) -> Option<f64> {
    let known: Vec<f64> = rows.iter().filter_map(|row| row.nll).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / count(known.len()))
}

/// Accuracy lost by an exported network against the float one it came from, percentage points; negative when it gained.
#[must_use]
pub fn drop_points(float: &Figures, integer: &Figures) -> Option<f64> {
    Some(100.0 * (float.accuracy? - integer.accuracy?))
}

/// The figures as one JSON object on one line. Under another condition than `clean` its name comes first, as `condition`;
/// `flip` is there when the mirror images were looked at too, as the box does.
#[must_use]
pub fn json(figures: &Figures, View { condition, flip }: View) -> String {
    #[derive(Serialize)]
    struct Viewed<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        condition: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        flip: Option<bool>,
        #[serde(flatten)]
        figures: &'a Figures,
    }
    let condition = (condition != Condition::Clean).then(|| condition.to_string());
    serde_json::to_string(&Viewed { condition, flip: flip.then_some(true), figures }).unwrap_or_default()
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
    let mut lines = vec![format!("{} pictures of {}, labels of {}", figures.n, split.name(), labels.name())];
    if view.condition != Condition::Clean {
        lines.push(format!("not as they are, but {}", view.condition));
    }
    if !view.flip {
        lines.push("without the mirror image, which the box looks at, too".into());
    }
    let Targets { no_majority, unknown, no_face, .. } = *targets;
    if no_majority + unknown + no_face > 0 {
        lines.push(format!(
            "left out by the vote: {no_majority} without a majority, {unknown} unknown, {no_face} no face"
        ));
    }
    if labels != answers {
        lines.push(format!("the network answers with labels of {}, compared by expression", answers.name()));
    }
    if figures.beyond > 0 {
        lines.push(format!("{} pictures show what it has no label for: they count as wrong", figures.beyond));
    }
    lines.push(String::new());
    lines.push(accuracy_line("accuracy", figures.accuracy, figures.accuracy_interval));
    if let Some(n) = figures.n_without_copies {
        lines.push(accuracy_line("without copies", figures.accuracy_without_copies, figures.without_intervals[0]));
        let copies = figures.n - n;
        lines.push(format!("{:<16}{n} pictures; {copies} are byte for byte training pictures", ""));
        if let Some(near) = figures.n_without_near_copies {
            lines.push(accuracy_line(
                "no near copies",
                figures.accuracy_without_near_copies,
                figures.without_intervals[1],
            ));
            let copies = n - near;
            lines.push(format!(
                "{:<16}{near} pictures; {copies} more show a photograph of training in another crop",
                ""
            ));
        }
    }
    lines.push(format!("{:<16}{:.3}", "macro-F1", figures.macro_f1));
    if let Some(share) = figures.opposite_share {
        let (opposite, share) = (figures.opposite, percent(share));
        let meaning = "confident answers are unpleasant for pleasant, or the reverse";
        lines.push(format!("{:<16}{share} ({opposite} {meaning})", "opposite"));
    }
    lines.push(format!("{:<16}{:.4} (expected calibration error, {} bins)", "ECE", figures.ece, calibration::BINS));
    if let Some(nll) = figures.nll {
        let over = if figures.beyond > 0 { ", over the pictures it has a label for" } else { "" };
        lines.push(format!("{:<16}{nll:.4} (negative log-likelihood{over})", "NLL"));
    }
    classes(&mut lines, figures);
    lines.push("\nthreshold  answered  right among them".into());
    for point in figures.coverage.iter().step_by(2) {
        let right = percent(point.accuracy);
        lines.push(format!("{:>9.2}  {:>8}  {right:>16}", point.threshold, percent(point.coverage)));
    }
    lines.join("\n") + "\n"
}

fn accuracy_line(name: &str, share: Option<f64>, interval: Option<[f64; 2]>) -> String {
    let Some(share) = share else { return format!("{name:<16}no pictures are left") };
    let interval = interval.map(|ends| ends.map(percent));
    let interval =
        interval.map(|[low, high]| format!(" (95 % interval {low} to {high}, {} bootstrap samples)", metrics::SAMPLES));
    format!("{name:<16}{}{}", percent(share), interval.unwrap_or_default())
}

fn classes(lines: &mut Vec<String>, figures: &Figures) {
    lines.push(format!("\n{:>9}{:>9}{:>11}{:>8}{:>7}", "", "pictures", "precision", "recall", "F1"));
    for Class { label, n, precision, recall, f1 } in &figures.per_class {
        lines.push(format!("{label:>9}{n:>9}{precision:>11.3}{recall:>8.3}{f1:>7.3}"));
    }
    lines.push("\nconfusion (rows: truth, columns: answer)".into());
    let names: String = figures.per_class.iter().map(|class| format!("{:>9}", class.label)).collect();
    lines.push(format!("{:>9}{names}", ""));
    for (class, row) in figures.per_class.iter().zip(figures.confusion.rows()) {
        let cells: String = row.iter().map(|cell| format!("{cell:>9}")).collect();
        lines.push(format!("{:>9}{cells}", class.label));
    }
}

/// A share as `64.94 %`, a dash where there is none.
pub(crate) fn percent(share: impl Into<Option<f64>>) -> String {
    share.into().map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share))
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
