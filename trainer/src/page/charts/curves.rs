//! How training went: loss, accuracy and learning rate, epoch by epoch.

use super::{Axis, Key, Plot, Shape, Unit, figure, length};
use crate::measure::Class;
use crate::number::count;
use crate::page::history::{History, Series};
use maud::{Markup, html};

/// Colour and dashes of a series; more than these share the last.
const CLASSES: [&str; 4] = ["line one", "line two", "line three", "line four"];
const HEIGHT: f64 = 240.0;

/// The three drawings.
pub(in crate::page) fn curves(history: &History) -> Markup {
    let best = format!("The dotted line marks epoch {}, whose weights were kept.", history.best);
    let loss =
        "The training loss is of varied pictures with smoothed labels and random silencing, so it may lie above.";
    let rate = [Series { name: "learning rate".into(), values: history.learning_rate.clone() }];
    html! {
        div .charts {
            (chart(history, "Loss", Unit::Plain, &history.loss, loss))
            (chart(history, "Accuracy", Unit::Percent, &history.accuracy, &best))
            @if !history.learning_rate.is_empty() {
                (chart(history, "Learning rate", Unit::Plain, &rate, "At the end of each epoch."))
            }
        }
    }
}

fn chart(history: &History, name: &'static str, unit: Unit, series: &[Series], note: &str) -> Markup {
    let (first, last) = (history.epochs.first().copied(), history.epochs.last().copied());
    let (first, last) = (first.unwrap_or(1.0), last.unwrap_or(1.0));
    let plot = Plot {
        x: Axis::exact("epoch", Unit::Whole, first, last),
        y: Axis::around(name, unit, series.iter().flat_map(|series| series.values.iter().copied())),
        height: HEIGHT,
    };
    let points = |series: &Series| -> Vec<(f64, f64)> {
        history.epochs.iter().copied().zip(series.values.iter().copied()).collect()
    };
    let marks = html! {
        line .mark x1=(length(plot.x(history.best))) x2=(length(plot.x(history.best)))
            y1=(length(plot.y(plot.y.to))) y2=(length(plot.y(plot.y.from))) {}
        @for (series, class) in series.iter().zip(classes()) {
            polyline class=(class) points=(plot.line(points(series))) {}
            // A run of one epoch has no line.
            @if let Some(&(x, y)) = points(series).last() {
                circle class={ (class) " end" } cx=(length(plot.x(x))) cy=(length(plot.y(y))) r="2.5" {}
            }
        }
    };
    let ends = series.iter().filter_map(|series| {
        let (first, last) = (series.values.first()?, series.values.last()?);
        Some(format!("{} from {first:.4} to {last:.4}", series.name))
    });
    let alt = format!("{name} over {} epochs: {}.", history.epochs.len(), ends.collect::<Vec<_>>().join(", "));
    let keys: Vec<Key<'_>> = series
        .iter()
        .zip(classes())
        .map(|(series, class)| Key { shape: Shape::Line, class, name: &series.name })
        .collect();
    figure(name, if keys.len() > 1 { &keys } else { &[] }, &plot.draw(&alt, &marks), note)
}

fn classes() -> impl Iterator<Item = &'static str> {
    CLASSES.into_iter().chain(std::iter::repeat(CLASSES[CLASSES.len() - 1]))
}

/// A class' row.
const ROW: f64 = 24.0;
/// Around the rows: the margins of a plot.
const REST: f64 = 50.0;

/// F1 of each class in both forms, on a line of its own.
pub(in crate::page) fn forms(float: &[Class], int8: &[Class]) -> Markup {
    let pairs: Vec<(&Class, &Class)> = float.iter().zip(int8).collect();
    let rows = pairs.iter().enumerate().map(|(row, (class, _))| (-count(row), class.label.to_owned()));
    let names = Axis { label: "", from: -count(pairs.len()) + 0.5, to: 0.5, ticks: rows.collect() };
    let shares = pairs.iter().flat_map(|(a, b)| [a.f1, b.f1]);
    let plot = Plot { x: Axis::around("F1", Unit::Plain, shares), y: names, height: REST + ROW * count(pairs.len()) };
    let marks = html! {
        @for (row, (float, int8)) in pairs.iter().enumerate() {
            line .span x1=(length(plot.x(float.f1))) x2=(length(plot.x(int8.f1)))
                y1=(length(plot.y(-count(row)))) y2=(length(plot.y(-count(row)))) {}
            circle .hollow cx=(length(plot.x(float.f1))) cy=(length(plot.y(-count(row)))) r="6" {}
            circle class="line one end" cx=(length(plot.x(int8.f1))) cy=(length(plot.y(-count(row)))) r="3.5" {}
        }
    };
    let words = pairs.iter().map(|(a, b)| format!("{} {:.3} and {:.3}", a.label, a.f1, b.f1)).collect::<Vec<_>>();
    let alt = format!("F1 of each expression, f32 and int8: {}.", words.join(", "));
    let keys = [
        Key { shape: Shape::Dot, class: "hollow", name: "f32, as trained" },
        Key { shape: Shape::Dot, class: "line one end", name: "int8, as the box runs it" },
    ];
    figure("F1 of each expression", &keys, &plot.draw(&alt, &marks), "")
}
