//! Calibration, the distribution of confidences, coverage against accuracy.

use super::{Axis, Key, Plot, Shape, Unit, figure, length};
use crate::metrics::calibration::{Bin, Point};
use crate::number::count;
use crate::page::figures::Measured;
use maud::{Markup, html};

/// Nearly square, as both axes show the same.
const SQUARE: f64 = 340.0;
const LOW: f64 = 180.0;
/// Thresholds that are written beside the curve, in hundredths.
const NAMED: [u8; 4] = [50, 60, 75, 90];

/// Reliability diagram, how the confidences spread, and coverage against accuracy.
pub(in crate::page) fn confidence(found: &Measured) -> Markup {
    html! {
        div .charts { (reliability(found)) (spread(&found.calibrated.bins)) (coverage(&found.figures.coverage)) }
    }
}

/// The edges of each bin.
fn edges(bins: &[Bin]) -> impl Iterator<Item = (f64, f64, &Bin)> {
    let width = 1.0 / count(bins.len().max(1));
    bins.iter().enumerate().map(move |(at, bin)| (count(at) * width, count(at + 1) * width, bin))
}

/// A bar for each bin with answers, as high as `value` says.
fn bars(plot: &Plot, bins: &[Bin], value: impl Fn(&Bin) -> f64) -> Markup {
    html! {
        @for (from, to, bin) in edges(bins).filter(|(_, _, bin)| bin.n > 0) {
            rect .bar x=(length(plot.x(from) + 1.0)) width=(length(plot.x(to) - plot.x(from) - 2.0))
                y=(length(plot.y(value(bin)))) height=(length(plot.y(0.0) - plot.y(value(bin)))) {}
        }
    }
}

fn reliability(found: &Measured) -> Markup {
    let plot = Plot { x: Axis::share("confidence"), y: Axis::share("accuracy"), height: SQUARE };
    let marks = html! {
        (bars(&plot, &found.calibrated.bins, |bin| bin.accuracy))
        polyline .ideal points=(plot.line([(0.0, 0.0), (1.0, 1.0)])) {}
        @for bin in found.raw.bins.iter().filter(|bin| bin.n > 0) {
            circle .hollow cx=(length(plot.x(bin.confidence))) cy=(length(plot.y(bin.accuracy))) r="4" {}
        }
    };
    let keys = [
        Key { shape: Shape::Block, class: "bar", name: "as the box says it" },
        Key { shape: Shape::Dot, class: "hollow", name: "before the temperature" },
        Key { shape: Shape::Line, class: "ideal", name: "perfectly calibrated" },
    ];
    let words = |bins: &[Bin]| -> String {
        let words = bins.iter().filter(|bin| bin.n > 0);
        words
            .map(|bin| format!("{:.0} % sure {:.0} % right", 100.0 * bin.confidence, 100.0 * bin.accuracy))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let alt = format!("Reliability, bin by bin: {}.", words(&found.calibrated.bins));
    let note = "On the dashed line calibration is perfect: of answers with 70 % confidence 70 % are correct. Below it the network \
                is overconfident, above it underconfident.";
    figure("Reliability", &keys, &plot.draw(&alt, &marks), note)
}

fn spread(bins: &[Bin]) -> Markup {
    let plot = Plot {
        x: Axis::share("confidence"),
        y: Axis::around("answers", Unit::Whole, bins.iter().map(|bin| count(bin.n)).chain([0.0])),
        height: LOW,
    };
    let counts: Vec<String> =
        edges(bins).map(|(from, _, bin)| format!("{} from {:.0} %", bin.n, 100.0 * from)).collect();
    let alt = format!("Answers by confidence: {}.", counts.join(", "));
    figure(
        "Distribution of confidences",
        &[],
        &plot.draw(&alt, &bars(&plot, bins, |bin| count(bin.n))),
        "Answers in each bin of confidence.",
    )
}

fn coverage(points: &[Point]) -> Markup {
    let reached: Vec<(f64, f64, f64)> =
        points.iter().filter_map(|point| Some((point.coverage, point.accuracy?, point.threshold))).collect();
    let plot = Plot {
        x: Axis::share("answered"),
        y: Axis::around("right", Unit::Percent, reached.iter().map(|point| point.1)),
        height: 240.0,
    };
    let named = |threshold: f64| NAMED.iter().any(|named| (threshold - f64::from(*named) / 100.0).abs() < 1e-9);
    let marks = html! {
        polyline class="line one" points=(plot.line(reached.iter().map(|point| (point.0, point.1)))) {}
        @for (answered, right, threshold) in reached.iter().filter(|point| named(point.2)) {
            circle class="line one end" cx=(length(plot.x(*answered))) cy=(length(plot.y(*right))) r="3" {}
            text .label text-anchor="start" x=(length(plot.x(*answered) + 6.0)) y=(length(plot.y(*right) - 5.0)) {
                "≥ " (format!("{threshold:.2}"))
            }
        }
    };
    let words = reached.iter().filter(|point| named(point.2)).map(|(answered, right, threshold)| {
        format!(
            "from confidence {threshold:.2} {:.0} % answered, {:.0} % of them right",
            100.0 * answered,
            100.0 * right
        )
    });
    let alt = format!("Coverage against accuracy: {}.", words.collect::<Vec<_>>().join("; "));
    let note =
        "Answering only when it is sure enough: how many faces still get an answer, and how many answers are right.";
    figure("Coverage against accuracy", &[], &plot.draw(&alt, &marks), note)
}
