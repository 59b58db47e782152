//! The float network against the int8 file, class by class.

use super::axis::{Axis, Unit};
use super::{Key, Plot, Shape, figure, length};
use crate::number::count;
use crate::page::figures::Class;
use maud::{Markup, html};

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
