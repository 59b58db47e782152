//! Where the parts of a face lie: identity and action units in, outlines in face coordinates out.

use crate::actions::{Actions, unit};
use crate::identity::Identity;
use crate::mouth::Mouth;
use crate::painter::{at, mirrored};
use tiny_skia::Point;

/// The image's left and right side of a face, as signs of x.
pub(crate) const SIDES: [(usize, f32); 2] = [(0, -1.0), (1, 1.0)];

/// The outlines of a face.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// The head's right half from the crown to the chin.
    pub profile: Vec<Point>,
    pub eyes: [Eye; 2],
    /// Each brow from its inner to its outer end, with its thickness.
    pub brows: [Vec<(Point, f32)>; 2],
    pub mouth: Mouth,
    pub nose: Nose,
    /// The chin's lowest point.
    pub chin: f32,
}

/// The nose's measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nose {
    /// The tip's height.
    pub tip: f32,
    /// Where it meets the upper lip.
    pub base: f32,
    /// Half its width at the wings.
    pub half_width: f32,
    /// How far its wings are pulled up.
    pub lifted: f32,
}

impl Shape {
    /// The face of `own` while `actions` act, looking `gaze` (right, down) in iris radii.
    pub(crate) fn new(own: &Identity, actions: &Actions, gaze: (f32, f32)) -> Self {
        let jaw = (0.24 * actions.both(unit::JAW_DROP) + 0.40 * actions.both(unit::MOUTH_STRETCH)).min(0.45);
        let chin = 1.08 + 0.66 * own.chin + 0.8 * jaw - 0.03 * actions.both(unit::CHIN);
        let wrinkled = actions.both(unit::NOSE_WRINKLER);
        let nose = Nose {
            tip: 0.56 * own.nose_length - 0.02 * wrinkled,
            base: 0.72 * own.nose_length - 0.03 * wrinkled,
            half_width: 0.27 * own.nose_width + 0.02 * wrinkled + 0.015 * actions.both(unit::CORNER_PULLER),
            lifted: (0.06 * wrinkled + 0.03 * actions.both(unit::UPPER_LIP)),
        };
        Self {
            profile: profile(own, jaw, chin),
            eyes: SIDES.map(|(side, sign)| Eye::new(own, actions, side, sign, gaze)),
            brows: SIDES.map(|(side, sign)| brow(own, actions, side, sign)),
            mouth: Mouth::new(own, actions, jaw),
            nose,
            chin,
        }
    }

    /// Half the head's width at the height of `y`; 0 above the crown and below the chin.
    pub(crate) fn half_width(&self, y: f32) -> f32 {
        for ends in self.profile.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            if (from.y..=to.y).contains(&y) {
                let share = (y - from.y) / (to.y - from.y).max(1e-6);
                return (to.x - from.x) * share + from.x;
            }
        }
        0.0
    }

    /// The whole outline of the head, clockwise from the crown.
    pub(crate) fn outline(&self) -> Vec<Point> {
        mirrored(self.profile.iter().copied())
    }
}

/// The head's right half.
fn profile(own: &Identity, jaw: f32, chin: f32) -> Vec<Point> {
    let lower = |share: f32| share * (chin - 1.75);
    let knots = [
        (0.0, -1.86),
        (0.34, -1.82),
        (0.70, -1.66),
        (0.97, -1.35),
        (1.10, -0.90),
        (1.13, -0.40),
        (1.11, 0.05),
        (1.06, 0.45),
        (0.97 * own.jaw.sqrt() - 0.04 * jaw, 0.90 + lower(0.3)),
        (0.79 * own.jaw - 0.08 * jaw, 1.27 + lower(0.6)),
        (0.50 * own.jaw - 0.04 * jaw, 1.58 + lower(0.9)),
        (0.24 * own.jaw, 1.71 + lower(1.0)),
        (0.0, 1.75 + lower(1.0)),
    ];
    knots.map(|(x, y)| at(x * own.head, y)).to_vec()
}

/// A brow from its inner to its outer end.
fn brow(own: &Identity, actions: &Actions, side: usize, sign: f32) -> Vec<(Point, f32)> {
    let act = |unit| actions.side(unit, side);
    let (inner, outer, lowered) = (act(unit::INNER_BROW), act(unit::OUTER_BROW), act(unit::BROW_LOWERER));
    let wrinkled = act(unit::NOSE_WRINKLER);
    let height = 0.34 * own.brow_height;
    let arch = 0.05;
    // What raises and lowers each of the five points: (inner, outer, lowered, nose wrinkled).
    let moves = [
        (0.22, 0.01, 0.15, 0.09),
        (0.16, 0.05, 0.14, 0.07),
        (0.06, 0.13, 0.08, 0.04),
        (-0.01, 0.17, 0.03, 0.02),
        (-0.03, 0.13, 0.01, 0.01),
    ];
    let rest = [
        (0.19, -height + 0.055, 0.080),
        (0.34, -height + 0.005, 0.095),
        (0.53, -height - 0.6 * arch, 0.085),
        (0.71, -height - arch, 0.060),
        (0.90, -height + 0.055, 0.020),
    ];
    let squeeze = 0.065 * lowered;
    let mut points: Vec<(Point, f32)> = rest
        .iter()
        .zip(moves)
        .map(|((x, y, thickness), (by_inner, by_outer, by_lowered, by_wrinkled))| {
            let raised = by_inner * inner + by_outer * outer
                - by_lowered * lowered * (1.0 - 0.6 * inner)
                - by_wrinkled * wrinkled;
            (at(sign * (x - squeeze * (1.0 - x)), y - raised), thickness * own.brow)
        })
        .collect();
    if let Some((_, thickness)) = points.first_mut() {
        *thickness *= 0.7;
    }
    points
}

/// Points a lid is given by.
const POINTS: u8 = 13;

/// One eye: its lids from the inner to the outer corner, and where its iris is.
#[derive(Debug, Clone)]
pub(crate) struct Eye {
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
    pub(crate) fn new(own: &Identity, actions: &Actions, side: usize, sign: f32, gaze: (f32, f32)) -> Self {
        let act = |unit| actions.side(unit, side);
        let (raised, tight, cheek) = (act(unit::UPPER_LID), act(unit::LID_TIGHTENER), act(unit::CHEEK));
        let wrinkled = act(unit::NOSE_WRINKLER);
        let sad = (act(unit::INNER_BROW) * act(unit::BROW_LOWERER)).sqrt();
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
                - 0.12 * act(unit::CORNER_DEPRESSOR))
            .max(0.12);
        let low = 0.058 * own.open * (1.0 + 0.15 * raised - 0.75 * tight - 0.75 * cheek - 0.6 * wrinkled);
        // Sorrow pulls the lid's highest point inwards.
        let lean = 1.0 - 0.25 * sad;
        let lids: Vec<(f32, f32, f32)> = shares()
            .map(|share| {
                let bow = |t: f32| (4.0 * t * (1.0 - t)).max(0.0).powf(0.72);
                let line = 0.02 - (0.045 - drop) * share;
                let x = sign * ((outer - inner) * share + inner);
                (x, line - up * bow(share.powf(lean)), line + low.max(-0.8 * up) * bow(share))
            })
            .collect();
        let radius = 0.1;
        let fold_gap = 0.058 * (1.0 - 0.45 * act(unit::BROW_LOWERER) - 0.3 * wrinkled + 0.25 * raised);
        Self {
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
    (0..POINTS).map(|index| f32::from(index) / f32::from(POINTS - 1))
}

/// Height of a lid at `x`; `None` beyond its corners.
fn height(lid: &[Point], x: f32) -> Option<f32> {
    lid.windows(2).find_map(|ends| {
        let (from, to) = (ends[0], ends[1]);
        let share = (x - from.x) / (to.x - from.x);
        (0.0..=1.0).contains(&share).then_some((to.y - from.y) * share + from.y)
    })
}
