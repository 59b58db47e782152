//! The page's tables. Each has a caption, and scrolls inside its own box where it is wider than the screen.

use super::figures::{Data, Figures, Measured};
use super::words::{grouped, interval, percent, points};
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

/// Recall and F1 of each expression in both forms.
pub(super) fn forms(float: &Measured, int8: &Measured) -> Markup {
    let pair = |a: f64, b: f64| html! { td { (format!("{a:.3}")) } td { (format!("{b:.3}")) } td { (points(b - a)) } };
    boxed(
        "f32 and int8, difference in points",
        "numbers",
        &html! {
            thead {
                tr {
                    @for name in ["expression", "recall f32", "int8", "points", "F1 f32", "int8", "points"] {
                        th scope="col" { (name) }
                    }
                }
            }
            tbody {
                @for (a, b) in float.figures.per_class.iter().zip(&int8.figures.per_class) {
                    tr { th scope="row" { (a.label) } (pair(a.recall, b.recall)) (pair(a.f1, b.f1)) }
                }
            }
            tfoot {
                tr {
                    th scope="row" { "all: accuracy, macro-F1" }
                    (pair(float.figures.accuracy.unwrap_or(0.0), int8.figures.accuracy.unwrap_or(0.0))) (pair(float.figures.macro_f1, int8.figures.macro_f1))
                }
            }
        },
    )
}

/// Accuracy under each condition.
pub(super) fn conditions(lines: &[super::figures::Condition]) -> Markup {
    boxed(
        "Accuracy with the faults of a camera",
        "numbers",
        &html! {
            thead { tr { @for name in ["condition", "accuracy", "points lost"] { th scope="col" { (name) } } } }
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.name) }
                        td { (percent(line.accuracy)) }
                        td { (line.loss_points.map_or_else(|| "-".to_owned(), |loss| format!("{loss:.2}"))) }
                    }
                }
            }
        },
    )
}

/// Calibration error and likelihood, before and after the temperature.
pub(super) fn calibration(found: &Measured) -> Markup {
    let nll = |nll: Option<f64>| nll.map_or_else(|| "-".to_owned(), |nll| format!("{nll:.4}"));
    boxed(
        "Calibration",
        "numbers",
        &html! {
            thead { tr { @for name in ["confidence", "temperature", "ECE", "NLL"] { th scope="col" { (name) } } } }
            tbody {
                @for (name, of) in [("before", &found.raw), ("as the box says it", &found.calibrated)] {
                    tr {
                        th scope="row" { (name) }
                        td { (format!("{:.3}", of.temperature)) }
                        td { (format!("{:.4}", of.ece)) }
                        td { (nll(of.nll)) }
                    }
                }
            }
        },
    )
}

/// Accuracies with 95 % confidence intervals, one line for each way to measure.
pub(super) fn accuracies(figures: &Figures) -> Markup {
    let line = |name: &str, of: &Measured| {
        html! {
            tr {
                th scope="row" { (name) }
                td { (grouped(of.figures.n)) } td { (percent(of.figures.accuracy)) } td { (interval(of.figures.accuracy_interval)) }
                td { (format!("{:.3}", of.figures.macro_f1)) }
            }
        }
    };
    let deployed = figures.deployed();
    let samples = grouped(usize::try_from(metrics::SAMPLES).unwrap_or(0));
    let caption = format!("Accuracy with 95 % confidence interval, {samples} bootstrap samples");
    boxed(
        &caption,
        "numbers",
        &html! {
            thead {
                tr { @for name in ["form", "pictures", "accuracy", "interval", "macro-F1"] { th scope="col" { (name) } } }
            }
            tbody {
                @if let Some(int8) = &figures.int8 { (line("int8", int8)) }
                (line("f32", &figures.float))
                @for (name, n, share) in deployed.without() {
                    tr {
                        th scope="row" { (figures.form()) ", " (name) }
                        td { (grouped(n)) } td { (percent(share)) } td {} td {}
                    }
                }
                @if let Some(other) = &figures.other { (line(&format!("{}, {}", figures.form(), other.labels), other)) }
            }
        },
    )
}

/// Pictures of each class in each part of the data.
pub(super) fn parts(data: &Data) -> Markup {
    boxed(
        "Pictures of each part, as its maker cut it",
        "numbers",
        &html! {
            thead {
                tr {
                    th scope="col" { "expression" }
                    @for part in &data.splits { th scope="col" { (part.split) } }
                }
            }
            tbody {
                @for (class, name) in data.classes.iter().enumerate() {
                    tr {
                        th scope="row" { (name) }
                        @for part in &data.splits { td { (grouped(part.counts.get(class).copied().unwrap_or(0))) } }
                    }
                }
            }
            tfoot {
                tr { th scope="row" { "all" } @for part in &data.splits { td { (grouped(part.counts.iter().sum())) } } }
            }
        },
    )
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
