//! Where the parts of a face lie: identity and action units in, outlines in face coordinates out.

mod eye;
mod mouth;

pub(super) use eye::Eye;
pub(super) use mouth::{Band, Mouth};

use super::actions::{Actions, Unit};
use super::identity::Identity;
use super::painter::at;
use tiny_skia::Point;

/// The image's left and right side of a face, as signs of x.
pub(super) const SIDES: [(usize, f32); 2] = [(0, -1.0), (1, 1.0)];

/// The outlines of a face.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// The head's right half from the crown to the chin.
    pub profile: Vec<Point>,
    /// The eyes.
    pub eyes: [Eye; 2],
    /// Each brow from its inner to its outer end, with its thickness.
    pub brows: [Vec<(Point, f32)>; 2],
    /// The mouth.
    pub mouth: Mouth,
    /// The nose.
    pub nose: Nose,
    /// The chin's lowest point.
    pub chin: f32,
}

/// The nose's measures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nose {
    /// The tip's height.
    pub tip: f32,
    /// Where it meets the upper lip.
    pub base: f32,
    /// Half its width at the wings.
    pub half_width: f32,
    /// How far it stands out.
    pub depth: f32,
    /// How far its wings are pulled up.
    pub lifted: f32,
}

impl Shape {
    /// The face of `identity` while `actions` act, looking `gaze` (right, down) in iris radii.
    pub(super) fn new(identity: &Identity, actions: &Actions, gaze: (f32, f32)) -> Self {
        let own = &identity.proportions;
        let jaw = (0.24 * actions.both(Unit::JawDrop) + 0.40 * actions.both(Unit::MouthStretch)).min(0.45);
        let chin = 1.08 + 0.66 * own.chin + 0.8 * jaw - 0.03 * actions.both(Unit::Chin);
        let wrinkled = actions.both(Unit::NoseWrinkler);
        let nose = Nose {
            tip: 0.56 * own.nose_length - 0.02 * wrinkled,
            base: 0.72 * own.nose_length - 0.03 * wrinkled,
            half_width: 0.27 * own.nose_width + 0.02 * wrinkled + 0.015 * actions.both(Unit::CornerPuller),
            depth: 0.30 * own.nose_depth,
            lifted: (0.06 * wrinkled + 0.03 * actions.both(Unit::UpperLip)),
        };
        Self {
            profile: profile(identity, jaw, chin),
            eyes: SIDES.map(|(side, sign)| Eye::new(own, actions, side, sign, gaze)),
            brows: SIDES.map(|(side, sign)| brow(identity, actions, side, sign)),
            mouth: Mouth::new(own, actions, jaw),
            nose,
            chin,
        }
    }

    /// Half the head's width at the height of `y`; 0 above the crown and below the chin.
    pub(super) fn half_width(&self, y: f32) -> f32 {
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
    pub(super) fn outline(&self) -> Vec<Point> {
        let left = self.profile.iter().rev().skip(1).map(|point| at(-point.x, point.y));
        let mut outline: Vec<Point> = self.profile.iter().copied().chain(left).collect();
        outline.pop();
        outline
    }
}

/// The head's right half, finely enough to be read as straight pieces.
fn profile(identity: &Identity, jaw: f32, chin: f32) -> Vec<Point> {
    let own = &identity.proportions;
    let cheek = 0.04 * (own.cheeks - 1.0);
    let lower = |share: f32| share * (chin - 1.75);
    let knots = [
        at(0.0, -1.86),
        at(0.34, -1.82),
        at(0.70, -1.66),
        at(0.97, -1.35),
        at(1.10, -0.90),
        at(1.13, -0.40),
        at(1.11, 0.05),
        at(1.06 + cheek, 0.45),
        at((0.97 + cheek) * own.jaw.sqrt() - 0.04 * jaw, 0.90 + lower(0.3)),
        at(0.79 * own.jaw - 0.08 * jaw, 1.27 + lower(0.6)),
        at(0.50 * own.jaw - 0.04 * jaw, 1.58 + lower(0.9)),
        at(0.24 * own.jaw, 1.71 + lower(1.0)),
        at(0.0, 1.75 + lower(1.0)),
    ];
    let widen = |point: Point| at(point.x * own.head, point.y);
    let last = knots.len() - 1;
    let mut points = Vec::with_capacity(6 * last + 1);
    for index in 0..last {
        // Beyond the crown and the chin the outline goes on mirrored, so that both are round.
        let mirrored = |point: Point| at(-point.x, point.y);
        let before = if index == 0 { mirrored(knots[1]) } else { knots[index - 1] };
        let after = if index + 1 == last { mirrored(knots[last - 1]) } else { knots[index + 2] };
        for step in [0.0, 1.0 / 6.0, 2.0 / 6.0, 0.5, 4.0 / 6.0, 5.0 / 6.0] {
            points.push(widen(catmull_rom([before, knots[index], knots[index + 1], after], step)));
        }
    }
    points.push(widen(knots[last]));
    points
}

/// The point at `t` (0..=1) between the second and the third of four points of a Catmull-Rom curve.
fn catmull_rom([before, from, to, after]: [Point; 4], t: f32) -> Point {
    let axis = |a: f32, b: f32, c: f32, d: f32| {
        let linear = c - a;
        let square = (4.0 * c + (2.0 * a - 5.0 * b)) - d;
        let cube = 3.0 * (b - c) + d - a;
        0.5 * t * (t * (t * cube + square) + linear) + b
    };
    at(axis(before.x, from.x, to.x, after.x), axis(before.y, from.y, to.y, after.y))
}

/// A brow from its inner to its outer end.
fn brow(identity: &Identity, actions: &Actions, side: usize, sign: f32) -> Vec<(Point, f32)> {
    let own = &identity.proportions;
    let act = |unit| actions.side(unit, side);
    let (inner, outer, lowered) = (act(Unit::InnerBrow), act(Unit::OuterBrow), act(Unit::BrowLowerer));
    let wrinkled = act(Unit::NoseWrinkler);
    let height = 0.34 * own.brow_height;
    let arch = 0.05 * own.brow_arch;
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
