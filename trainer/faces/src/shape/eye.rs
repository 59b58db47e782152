//! The openings of the eyes.

use crate::actions::{Actions, Unit};
use crate::identity::Proportions;
use crate::painter::at;
use tiny_skia::Point;

/// Points a lid is given by.
const POINTS: usize = 13;

/// One eye: its lids from the inner to the outer corner, and where its iris is.
#[derive(Debug, Clone)]
pub(crate) struct Eye {
    /// -1 on the image's left, 1 on its right.
    pub sign: f32,
    /// The edge of the upper lid.
    pub upper: Vec<Point>,
    /// The edge of the lower lid.
    pub lower: Vec<Point>,
    /// The fold above the upper lid.
    pub fold: Vec<Point>,
    /// The middle of the iris.
    pub iris: Point,
    /// The radius of the iris.
    pub radius: f32,
}

impl Eye {
    pub(super) fn new(own: &Proportions, actions: &Actions, side: usize, sign: f32, gaze: (f32, f32)) -> Self {
        let act = |unit| actions.side(unit, side);
        let (raised, tight, cheek) = (act(Unit::UpperLid), act(Unit::LidTightener), act(Unit::Cheek));
        let wrinkled = act(Unit::NoseWrinkler);
        let sad = (act(Unit::InnerBrow) * act(Unit::BrowLowerer)).sqrt();
        let half = 0.235 * own.eye;
        let (inner, outer) = (0.5 - half, 0.5 + half);
        let drop = 0.03 * sad * (1.0 - raised);
        let up = 0.112
            * own.open
            * (1.0 + 0.72 * raised
                - 0.34 * tight
                - 0.16 * cheek
                - 0.24 * wrinkled
                - 0.16 * sad * (1.0 - raised)
                - 0.12 * act(Unit::CornerDepressor))
            .max(0.12);
        let low = 0.058 * own.open * (1.0 + 0.15 * raised - 0.75 * tight - 0.75 * cheek - 0.6 * wrinkled);
        // Sorrow pulls the lid's highest point inwards.
        let lean = 1.0 - 0.25 * sad;
        let lids: Vec<(f32, f32, f32)> = shares()
            .map(|share| {
                let bow = |t: f32| (4.0 * t * (1.0 - t)).max(0.0).powf(0.72);
                let line = 0.02 - (own.cant + 0.02 - drop) * share;
                let x = sign * ((outer - inner) * share + inner);
                (x, line - up * bow(share.powf(lean)), line + low.max(-0.8 * up) * bow(share))
            })
            .collect();
        let radius = 0.1;
        let fold_gap =
            (0.035 + 0.045 * own.fold) * (1.0 - 0.45 * act(Unit::BrowLowerer) - 0.3 * wrinkled + 0.25 * raised);
        Self {
            sign,
            upper: lids.iter().map(|(x, upper, _)| at(*x, *upper)).collect(),
            lower: lids.iter().map(|(x, upper, lower)| at(*x, lower.max(upper + 0.008))).collect(),
            fold: lids
                .iter()
                .zip(shares())
                .skip(1)
                .map(|((x, upper, _), share)| {
                    at(*x * 1.0 + sign * 0.02 * share, upper - fold_gap * (0.7 + 0.3 * share))
                })
                .collect(),
            iris: at(0.5 * sign + gaze.0 * radius, -0.012 + gaze.1 * radius),
            radius,
        }
    }

    /// The opening: upper lid outwards, lower lid back.
    pub(crate) fn opening(&self) -> Vec<Point> {
        self.upper.iter().chain(self.lower.iter().rev()).copied().collect()
    }

    /// The part of a circle round the iris' middle that the lids leave free, as a polygon.
    pub(crate) fn visible_disc(&self, radius: f32) -> Vec<Point> {
        let columns: Vec<(f32, f32, f32)> = (0..=16u8)
            .filter_map(|step| {
                let dx = radius * (f32::from(step) / 8.0 - 1.0);
                let dy = (radius * radius - dx * dx).max(0.0).sqrt();
                let x = self.iris.x + dx;
                let (upper, lower) = (height(&self.upper, x)?, height(&self.lower, x)?);
                let (top, bottom) = ((self.iris.y - dy).max(upper), (self.iris.y + dy).min(lower));
                (bottom > top).then_some((x, top, bottom))
            })
            .collect();
        let top = columns.iter().map(|(x, top, _)| at(*x, *top));
        top.chain(columns.iter().rev().map(|(x, _, bottom)| at(*x, *bottom))).collect()
    }
}

/// Even shares from 0 to 1, one a point.
fn shares() -> impl Iterator<Item = f32> {
    (0..POINTS).map(|index| index_share(index, POINTS))
}

#[expect(clippy::as_conversions, reason = "a dozen points")]
fn index_share(index: usize, count: usize) -> f32 {
    index as f32 / (count - 1) as f32
}

/// Height of a lid at `x`; `None` beyond its corners.
fn height(lid: &[Point], x: f32) -> Option<f32> {
    lid.windows(2).find_map(|ends| {
        let (from, to) = (ends[0], ends[1]);
        let share = (x - from.x) / (to.x - from.x);
        (0.0..=1.0).contains(&share).then_some((to.y - from.y) * share + from.y)
    })
}
