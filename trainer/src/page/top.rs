//! What a reader sees first: one sentence, warnings, the main figures; and the last words.

use super::figures::Figures;
use super::words::{grouped, interval, percent, truth};
use maud::{Markup, html};

/// Below this share of equal answers, an int8 file is hardly of the same network.
const KIN: f64 = 0.9;

/// Sentence, warnings and main figures.
pub(super) fn top(figures: &Figures) -> Markup {
    html! { (summary(figures)) (warnings(figures)) (tiles(figures)) }
}

/// What the figures don't say.
pub(super) const LIMITS: &str = "A face's expression is not what a person feels, and people agree with these labels on about two \
    faces in three. Not for work, school, selection, surveillance or any judgement of a person; how the figures differ \
    between groups of people was not measured. The page may hold pictures of the data set: mind its terms before \
    passing it on.";

/// One sentence: accuracy with its interval, on what, how many; then what was measured.
fn summary(figures: &Figures) -> Markup {
    let found = figures.deployed();
    let (n, split, data) = (grouped(found.n), figures.split, &figures.data.name);
    html! {
        p .summary {
            "Of " (n) " " (split) " pictures of " (data) ", " b { (percent(found.accuracy)) } " are read right \
             (95 % interval " (interval(found.accuracy_interval)) "; " (figures.network.labels.len()) " expressions, by "
            (truth(found.labels)) "). Measured: the network " code { (figures.network.name) } " with "
            (grouped(figures.network.parameters)) " parameters, "
            @if figures.int8.is_some() { "in int8 as the box runs it." } @else { "in f32; no exported file was given." }
        }
    }
}

fn warnings(figures: &Figures) -> Markup {
    html! {
        @if let Some(alike) = figures.agreement.filter(|alike| *alike < KIN) {
            p .warning {
                "File and run answer alike on only " (percent(alike)) " of the pictures: perhaps the file was exported \
                 from another run."
            }
        }
    }
}

fn tiles(figures: &Figures) -> Markup {
    let found = figures.deployed();
    let tile = |name: &str, value: String, note: String| html! { div { dt { (name) } dd { (value) } dd { (note) } } };
    html! {
        dl .tiles {
            (tile("accuracy", percent(found.accuracy), interval(found.accuracy_interval)))
            (tile("macro-F1", format!("{:.3}", found.macro_f1), format!("mean of {} expressions", found.per_class.len())))
            (tile("calibration error", format!("{:.3}", found.calibrated.ece), format!("{:.3} before the temperature", found.raw.ece)))
            @if let Some(drop) = figures.drop_points {
                (tile("int8 loses", format!("{drop:.2}"), format!("points against {} in f32", percent(figures.float.accuracy))))
            }
            @if let Some(other) = &figures.other {
                (tile(&format!("by {}", truth(other.labels)), percent(other.accuracy), format!("{} pictures", grouped(other.n))))
            }
            (tile("pictures", grouped(found.n), figures.split.to_owned()))
        }
    }
}
