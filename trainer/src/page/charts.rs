//! Drawings as inline SVG: one plot area with two axes, and marks on it. Colours and fonts come from the page's style
//! sheet by class, so that light and dark need no second drawing; lines differ in their dashes too, for readers who
//! tell colours badly. All lengths are in the drawing's own units, which are CSS pixels at a width of 360.

pub(super) mod confidence;
pub(super) mod curves;

use maud::{Markup, html};

const WIDTH: f64 = 360.0;
/// Room for the ticks' labels beside the plot, as wide as the longest name of an expression.
const LEFT: f64 = 58.0;
/// Half of the last tick's label.
const RIGHT: f64 = 20.0;
const TOP: f64 = 12.0;
/// Room for the ticks' labels and the axis' own below the plot.
const BOTTOM: f64 = 38.0;

/// A plot area.
pub(super) struct Plot {
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// Of the whole drawing.
    pub height: f64,
}

impl Plot {
    /// Where `value` lies from the left.
    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + self.x.at(value) * (WIDTH - LEFT - RIGHT)
    }

    /// Where `value` lies from the top.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.height - BOTTOM - self.y.at(value) * (self.height - BOTTOM - TOP)
    }

    /// A line through points, as the attribute `points` of a polyline wants it.
    pub(super) fn line(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let at = |(x, y)| format!("{},{}", length(self.x(x)), length(self.y(y)));
        points.into_iter().map(at).collect::<Vec<_>>().join(" ")
    }

    /// The axes with `marks` over them; `alt` says in words what a reader sees.
    pub(super) fn draw(&self, alt: &str, marks: &Markup) -> Markup {
        let (left, right) = (length(LEFT), length(WIDTH - RIGHT));
        let (top, bottom) = (length(TOP), length(self.height - BOTTOM));
        html! {
            svg role="img" aria-label=(alt) viewBox={ "0 0 " (WIDTH) " " (self.height) } {
                @for (value, label) in &self.y.ticks {
                    line .grid x1=(left) x2=(right) y1=(length(self.y(*value))) y2=(length(self.y(*value))) {}
                    text .tick text-anchor="end" x=(length(LEFT - 6.0)) y=(length(self.y(*value) + 3.5)) { (label) }
                }
                @for (value, label) in &self.x.ticks {
                    line .notch x1=(length(self.x(*value))) x2=(length(self.x(*value))) y1=(bottom)
                        y2=(length(self.height - BOTTOM + 4.0)) {}
                    text .tick text-anchor="middle" x=(length(self.x(*value))) y=(length(self.height - BOTTOM + 15.0)) {
                        (label)
                    }
                }
                line .axis x1=(left) x2=(right) y1=(bottom) y2=(bottom) {}
                line .axis x1=(left) x2=(left) y1=(top) y2=(bottom) {}
                text .name text-anchor="end" x=(right) y=(length(self.height - 6.0)) { (self.x.label) }
                (marks)
            }
        }
    }
}

/// A length to a tenth of a unit, which is finer than anybody sees.
pub(super) fn length(value: f64) -> String {
    format!("{value:.1}")
}

/// What a mark stands for.
pub(super) struct Key<'a> {
    /// What is drawn before the words.
    pub shape: Shape,
    /// The class that gives it its colour and dashes.
    pub class: &'a str,
    /// In words.
    pub name: &'a str,
}

/// The sample of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Block,
    Dot,
}

/// A drawing with its heading, what its marks stand for, and a note below.
pub(super) fn figure(heading: &str, keys: &[Key<'_>], drawing: &Markup, note: &str) -> Markup {
    html! {
        figure {
            figcaption {
                strong { (heading) }
                @if !keys.is_empty() {
                    ul .keys {
                        @for key in keys {
                            li {
                                svg .key viewBox="0 0 24 10" aria-hidden="true" {
                                    @match key.shape {
                                        Shape::Line => line class=(key.class) x1="1" x2="23" y1="5" y2="5" {},
                                        Shape::Block => rect class=(key.class) x="8" y="0" width="10" height="10" {},
                                        Shape::Dot => circle class=(key.class) cx="13" cy="5" r="4" {},
                                    }
                                }
                                (key.name)
                            }
                        }
                    }
                }
            }
            (drawing)
            @if !note.is_empty() { p .note { (note) } }
        }
    }
}

/// About how many steps an axis gets.
const STEPS: f64 = 5.0;

/// What the numbers along an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page) enum Unit {
    /// As they are.
    Plain,
    /// Shares of 0..=1, written as percentages.
    Percent,
    /// Counts: no step is smaller than 1.
    Whole,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::page) struct Axis {
    /// What it shows.
    pub label: &'static str,
    /// The value at its beginning.
    pub from: f64,
    /// The value at its end; above `from`.
    pub to: f64,
    /// Values that are labelled.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis that holds all `values`, from a step below the least to a step above the largest.
    pub(in crate::page) fn around(label: &'static str, unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let ends = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), ends);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let step = step(high - low, unit);
        let (from, to) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self::of(label, unit, (from, if to > from { to } else { from + step }), step)
    }

    /// The whole of 0..=1.
    pub(in crate::page) fn share(label: &'static str) -> Self {
        Self::of(label, Unit::Percent, (0.0, 1.0), 0.2)
    }

    /// From `from` to `to`, which values can't leave; labels at whole steps between.
    pub(in crate::page) fn exact(label: &'static str, unit: Unit, from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self::of(label, unit, (from, to), step(to - from, unit))
    }

    fn of(label: &'static str, unit: Unit, (from, to): (f64, f64), step: f64) -> Self {
        let decimals = decimals(if unit == Unit::Percent { 100.0 * step } else { step });
        let mut ticks = Vec::new();
        let mut tick = (from / step).ceil();
        while tick * step <= to + step / 1e3 {
            let value = tick * step;
            ticks.push((
                value,
                match unit {
                    Unit::Percent => format!("{:.decimals$} %", 100.0 * value),
                    Unit::Plain | Unit::Whole => format!("{value:.decimals$}"),
                },
            ));
            tick += 1.0;
        }
        Self { label, from, to, ticks }
    }

    /// How far along the axis `value` lies, 0..=1.
    pub(in crate::page) fn at(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// One, two or five times a power of ten, so that about [`STEPS`] of them make `range`.
fn step(range: f64, unit: Unit) -> f64 {
    let rough = if range > 0.0 { range / STEPS } else { 1.0 };
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|&step| step >= rough);
    let step = step.unwrap_or(10.0 * power);
    if unit == Unit::Whole { step.max(1.0) } else { step }
}

/// Digits after the point that tell steps apart.
fn decimals(step: f64) -> usize {
    (0..8).find(|&digits| (0..digits).fold(step, |step, _: usize| 10.0 * step) >= 0.999).unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ranges_are_rounded_and_labelled() {
        let loss = Axis::around("loss", Unit::Plain, [0.98, 1.79, 1.2]);
        assert_eq!(labels(&loss), ["0.8", "1.0", "1.2", "1.4", "1.6", "1.8"]);
        let rate = Axis::around("rate", Unit::Plain, [0.0, 0.002]);
        assert_eq!(labels(&rate), ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]);
        assert_eq!(labels(&Axis::share("share")), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(labels(&Axis::exact("epoch", Unit::Whole, 1.0, 3.0)), ["1", "2", "3"]);
    }

    #[test]
    fn odd_values_leave_an_axis_that_can_be_drawn() {
        for values in [vec![], vec![f64::NAN], vec![0.5, 0.5], vec![0.0], vec![f64::INFINITY, 2.0]] {
            let axis = Axis::around("any", Unit::Plain, values.clone());
            assert!(axis.from < axis.to && axis.ticks.len() > 1, "{values:?} {axis:?}");
            assert!((0.0..=1.0).contains(&axis.at(0.5)));
        }
        assert!(Axis::exact("epoch", Unit::Whole, 1.0, 1.0).to > 1.0);
    }
}
