//! The page's tables. Each has a caption, and scrolls inside its own box where it is wider than the screen.

use super::figures::{Data, Figures, Measured, Part};
use super::words::{accuracy_row, grouped, percent, points};
use crate::measure::Class;
use crate::metrics;
use crate::number::count;
use maud::{Markup, html};

/// A table in its box.
fn boxed(caption: &str, class: &str, table: &Markup) -> Markup {
    html! {
        // Focusable, so that it can be scrolled with the keyboard.
        div .wide role="region" aria-label=(caption) tabindex="0" {
            table class=(class) { caption { (caption) } (table) }
        }
    }
}

/// Truth against answer: counts, and shares of each row as colour and percentage.
pub(super) fn confusion(found: &Measured) -> Markup {
    let share = |row: &[usize], cell: usize| count(cell) / count(row.iter().sum::<usize>().max(1));
    boxed(
        "Pictures, and their share of the row",
        "confusion",
        &html! {
            thead {
                tr {
                    th scope="col" { "truth ↓ answer →" }
                    @for class in &found.figures.per_class { th scope="col" { (class.label) } }
                }
            }
            tbody {
                @for (class, row) in found.figures.per_class.iter().zip(found.figures.confusion.rows()) {
                    tr {
                        th scope="row" { (class.label) }
                        @for (answer, cell) in found.figures.per_class.iter().zip(row) {
                            td .right[answer.label == class.label] style={ "--share:" (format!("{:.3}", share(row, *cell))) } {
                                (cell) small { (format!("{:.0} %", 100.0 * share(row, *cell))) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Precision, recall and F1 of each expression.
pub(super) fn classes(found: &Measured) -> Markup {
    boxed(
        "Each expression",
        "numbers",
        &html! {
            thead {
                tr {
                    @for name in ["expression", "pictures", "precision", "recall", "F1"] { th scope="col" { (name) } }
                }
            }
            tbody {
                @for class in &found.figures.per_class {
                    tr {
                        th scope="row" { (class.label) }
                        td { (grouped(class.n)) }
                        @for share in [class.precision, class.recall, class.f1] {
                            td .share style={ "--share:" (format!("{share:.3}")) } { (format!("{share:.3}")) }
                        }
                    }
                }
            }
            tfoot {
                tr { th scope="row" { "macro-F1" } td { (grouped(found.figures.n)) } td {} td {} td { (format!("{:.3}", found.figures.macro_f1)) } }
            }
        },
    )
}

/// A table whose columns are numbers but for the first, which names each row; `sum` is its last row, set apart.
pub(crate) fn numbers(
    caption: &str,
    heads: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    sum: Option<Vec<String>>,
) -> Markup {
    let line = |cells: &[String]| {
        html! {
            tr {
                @for (at, cell) in cells.iter().enumerate() {
                    @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                }
            }
        }
    };
    boxed(
        caption,
        "numbers",
        &html! {
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody { @for row in rows { (line(&row)) } }
            @if let Some(sum) = &sum { tfoot { (line(sum)) } }
        },
    )
}

/// Recall and F1 of each expression in both forms.
pub(super) fn forms(float: &Measured, int8: &Measured) -> Markup {
    let line = |name: &str, pairs: [(f64, f64); 2]| -> Vec<String> {
        let cells = pairs.map(|(a, b)| [format!("{a:.3}"), format!("{b:.3}"), points(b - a)]);
        std::iter::once(name.to_owned()).chain(cells.into_iter().flatten()).collect()
    };
    let (float, int8) = (&float.figures, &int8.figures);
    let classes = float.per_class.iter().zip(&int8.per_class);
    let rows = classes.map(|(a, b)| line(a.label, [(a.recall, b.recall), (a.f1, b.f1)]));
    let accuracies = (float.accuracy.unwrap_or(0.0), int8.accuracy.unwrap_or(0.0));
    numbers(
        "f32 and int8, difference in points",
        &["expression", "recall f32", "int8", "points", "F1 f32", "int8", "points"],
        rows,
        Some(line("all: accuracy, macro-F1", [accuracies, (float.macro_f1, int8.macro_f1)])),
    )
}

/// Accuracy under each condition.
pub(super) fn conditions(lines: &[super::figures::Condition]) -> Markup {
    let row = |line: &super::figures::Condition| {
        let loss = line.loss_points.map_or_else(|| "-".to_owned(), |loss| format!("{loss:.2}"));
        vec![line.name.clone(), percent(line.accuracy), loss]
    };
    let heads = ["condition", "accuracy", "points lost"];
    numbers("Accuracy with the faults of a camera", &heads, lines.iter().map(row), None)
}

/// Calibration error and likelihood, before and after the temperature.
pub(super) fn calibration(found: &Measured) -> Markup {
    let nll = |nll: Option<f64>| nll.map_or_else(|| "-".to_owned(), |nll| format!("{nll:.4}"));
    let rows = [("before", &found.raw), ("as the box says it", &found.calibrated)].map(|(name, of)| {
        vec![name.to_owned(), format!("{:.3}", of.temperature), format!("{:.4}", of.ece), nll(of.nll)]
    });
    numbers("Calibration", &["confidence", "temperature", "ECE", "NLL"], rows, None)
}

/// Accuracies with 95 % confidence intervals, one line for each way to measure.
pub(super) fn accuracies(figures: &Figures) -> Markup {
    let form = figures.form();
    let mut rows: Vec<Vec<String>> = figures.int8.iter().map(|int8| accuracy_row("int8", int8)).collect();
    rows.push(accuracy_row("f32", &figures.float));
    rows.extend(figures.deployed().without().map(|(name, n, share)| {
        vec![format!("{form}, {name}"), grouped(n), percent(share), String::new(), String::new()]
    }));
    rows.extend(figures.other.iter().map(|other| accuracy_row(&format!("{form}, {}", other.labels), other)));
    let samples = grouped(usize::try_from(metrics::SAMPLES).unwrap_or(0));
    let caption = format!("Accuracy with 95 % confidence interval, {samples} bootstrap samples");
    numbers(&caption, &["form", "pictures", "accuracy", "interval", "macro-F1"], rows, None)
}

/// Pictures of each class in each part of the data.
pub(super) fn parts(data: &Data) -> Markup {
    let line = |name: &str, count: &dyn Fn(&Part) -> usize| -> Vec<String> {
        std::iter::once(name.to_owned()).chain(data.splits.iter().map(|part| grouped(count(part)))).collect()
    };
    let heads: Vec<&str> = std::iter::once("expression").chain(data.splits.iter().map(|part| part.split)).collect();
    let classes = data.classes.iter().enumerate();
    let rows = classes.map(|(class, name)| line(name, &|part| part.counts.get(class).copied().unwrap_or(0)));
    let sum = line("all", &|part| part.counts.iter().sum());
    numbers("Pictures of each part, as its maker cut it", &heads, rows, Some(sum))
}

/// Names with what they are, without a heading.
pub(super) fn facts<'a>(caption: &str, facts: impl IntoIterator<Item = (&'a str, String)>) -> Markup {
    boxed(
        caption,
        "facts",
        &html! {
            tbody { @for (name, value) in facts { tr { th scope="row" { (name) } td { (value) } } } }
        },
    )
}

/// The classes that are told best and worst by F1, among those that occur.
pub(super) fn extremes(classes: &[Class]) -> Option<(&Class, &Class)> {
    let present = || classes.iter().filter(|class| class.n > 0);
    let best = present().max_by(|a, b| a.f1.total_cmp(&b.f1))?;
    Some((best, present().min_by(|a, b| a.f1.total_cmp(&b.f1))?))
}
