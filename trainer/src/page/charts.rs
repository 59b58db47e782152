//! Drawings as inline SVG: one plot area with two axes, and marks on it. Colours and fonts come from the page's style
//! sheet by class, so that light and dark need no second drawing; lines differ in their dashes too, for readers who
//! tell colours badly. All lengths are in the drawing's own units, which are CSS pixels at a width of 360.

pub(super) mod axis;
pub(super) mod confidence;
pub(super) mod curves;
pub(super) mod forms;

use axis::Axis;
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
