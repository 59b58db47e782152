//! The surface of a face: skull, nose, cheeks, lips, and the folds that action units and age make.

use super::actions::{Actions, Unit};
use super::canvas::Canvas;
use super::folds;
use super::identity::Identity;
use super::painter::at;
use super::relief::Relief;
use super::shape::{Band, SIDES, Shape};

/// How far the middle of the face stands before the head's edge, in eye distances.
const DEPTH: f32 = 1.0;

/// The relief of a face over `canvas`.
pub(super) fn model(canvas: Canvas, shape: &Shape, identity: &Identity, actions: &Actions) -> Relief {
    let mut relief = head(canvas, shape);
    eyes(&mut relief, shape, actions);
    nose(&mut relief, shape);
    cheeks(&mut relief, identity, actions);
    mouth(&mut relief, shape);
    forehead(&mut relief, identity, actions);
    folds(&mut relief, shape, identity, actions);
    relief
}

/// Skull and jaw. Beyond the outline it falls off gently, for hair and ears.
fn head(canvas: Canvas, shape: &Shape) -> Relief {
    let widths: Vec<f32> = (0..canvas.height).map(|row| shape.half_width(canvas.y(row))).collect();
    let (top, bottom) = (-1.86, shape.chin);
    let middle = f32::midpoint(top, bottom);
    let mut heights = Vec::with_capacity(canvas.pixels());
    for (row, width) in widths.iter().enumerate() {
        let v = (canvas.y(row) - middle) / (bottom - middle);
        let upright = v.abs().powf(2.6);
        for column in 0..canvas.width {
            let u = canvas.x(column) / width.max(0.05);
            let square = u * u * (0.55 + 0.45 * u * u) + upright * (1.0 - 0.2 * u * u);
            let height = if square < 1.0 { (1.0 - square).sqrt() } else { -0.15 * (square - 1.0).min(2.0) };
            heights.push(DEPTH * height);
        }
    }
    Relief { canvas, heights }
}

fn eyes(relief: &mut Relief, shape: &Shape, actions: &Actions) {
    for (side, sign) in SIDES {
        let act = |unit| actions.side(unit, side);
        relief.bump(at(0.44 * sign, 0.0), at(0.40, 0.25), -0.13);
        relief.bump(at(0.16 * sign, 0.0), at(0.14, 0.20), -0.06);
        relief.bump(at(0.5 * sign, 0.01), at(0.27, 0.21), 0.10);
        let brow: Vec<_> = shape.brows[side].iter().map(|(point, _)| at(point.x, point.y + 0.02)).collect();
        relief.ridge(&brow, 0.17, 0.05 + 0.03 * act(Unit::BrowLowerer));
        let lid: Vec<_> = shape.eyes[side].upper.iter().map(|point| at(point.x, point.y - 0.03)).collect();
        relief.ridge(&lid, 0.05, 0.018);
    }
    relief.bump(at(0.0, -0.26), at(0.22, 0.2), 0.03);
}

/// A wedge from the root to the tip, a ball, two wings.
fn nose(relief: &mut Relief, shape: &Shape) {
    let nose = shape.nose;
    let (root, tip, base) = (-0.22, nose.tip, nose.base);
    relief.raise([-0.45, root, 0.45, base + 0.1], |x, y| {
        let along = ((y - root) / (tip - root)).clamp(0.0, 1.0);
        let ramp = along * along * (3.0 - 2.0 * along);
        let under = ((base + 0.06 - y) / (base + 0.06 - tip)).clamp(0.0, 1.0);
        let fall = under * under * (3.0 - 2.0 * under);
        let half = 0.13 + 0.14 * along;
        let across = (1.0 - (x / half).powi(2)).max(0.0);
        nose.depth * (0.12 + 0.88 * ramp) * fall * across * across
    });
    relief.bump(at(0.0, tip), at(0.19, 0.16), 0.3 * nose.depth);
    for (_, sign) in SIDES {
        let wing = at(0.70 * nose.half_width * sign, base - 0.085 - nose.lifted);
        relief.bump(wing, at(0.14, 0.14), 0.42 * nose.depth);
    }
    relief.ridge(&[at(0.0, base + 0.04), at(0.0, base + 0.16)], 0.06, -0.02);
}

fn cheeks(relief: &mut Relief, identity: &Identity, actions: &Actions) {
    let full = identity.proportions.cheeks;
    for (side, sign) in SIDES {
        let raised = actions.side(Unit::Cheek, side).max(0.8 * actions.side(Unit::CornerPuller, side));
        let hollow = 0.04 * (1.0 - full).max(0.0) + 0.02;
        relief.bump(
            at((0.66 - 0.04 * raised) * sign, 0.42 - 0.04 * raised),
            at(0.40, 0.36),
            0.05 * full + 0.08 * raised,
        );
        relief.bump(at(0.75 * sign, 0.95), at(0.28, 0.40), -hollow);
    }
}

fn mouth(relief: &mut Relief, shape: &Shape) {
    let mouth = &shape.mouth;
    let centre = mouth.centre();
    relief.bump(at(0.0, 1.0), at(0.58, 0.42), 0.07);
    let upper = Band::middle(&mouth.upper_outer, &mouth.upper_inner, 0.6);
    let lower = Band::middle(&mouth.lower_inner, &mouth.lower_outer, 0.45);
    relief.ridge(&upper, 0.10, 0.035);
    relief.ridge(&lower, 0.12, 0.055);
    let under = centre.y + mouth.gap / 2.0 + 0.25;
    relief.bump(at(0.0, under), at(0.32, 0.11), -0.045);
    relief.bump(at(0.0, shape.chin - 0.20), at(0.36, 0.26), 0.10);
    for side in [0, 1] {
        relief.bump(mouth.corner(side), at(0.10, 0.10), -0.04 * (0.5 + mouth.dimples[side]));
    }
}

/// Raised brows fold the forehead across, lowered ones furrow it between them, and a wrinkled nose folds its root.
fn forehead(relief: &mut Relief, identity: &Identity, actions: &Actions) {
    let age = 0.3 + 0.7 * identity.proportions.age;
    let (inner, outer) = (actions.both(Unit::InnerBrow), actions.both(Unit::OuterBrow));
    for (index, y) in [-0.60, -0.72, -0.85].into_iter().enumerate() {
        let middle = inner.max(0.8 * outer) * age + 0.12 * identity.proportions.age;
        let bend = if index % 2 == 0 { 0.02 } else { -0.01 };
        let reach = if outer > 0.2 { 0.75 } else { 0.42 };
        let line = [
            at(-reach, y + 2.0 * bend),
            at(-reach / 2.0, y),
            at(0.0, y + bend),
            at(reach / 2.0, y),
            at(reach, y + 2.0 * bend),
        ];
        relief.ridge(&line, 0.045, -0.020 * middle);
    }
    for (side, sign) in SIDES {
        let lowered = actions.side(Unit::BrowLowerer, side) + 0.5 * actions.side(Unit::NoseWrinkler, side);
        relief.ridge(&folds::of_the_frown(sign), 0.055, -0.030 * lowered.min(1.0) * (0.5 + 0.5 * age));
        let wrinkled = actions.side(Unit::NoseWrinkler, side);
        for fold in folds::of_the_nose(sign) {
            relief.ridge(&fold, 0.035, -0.028 * wrinkled);
        }
        relief.bump(at(0.0, -0.24), at(0.07, 0.13), 0.03 * lowered.min(1.0));
    }
}

/// The folds from the nose to the mouth, beside the eyes, under them, below the mouth and on the chin.
fn folds(relief: &mut Relief, shape: &Shape, identity: &Identity, actions: &Actions) {
    let age = identity.proportions.age;
    for (side, sign) in SIDES {
        let act = |unit| actions.side(unit, side);
        let smile = act(Unit::CornerPuller);
        let corner = shape.mouth.corner(side);
        let depth = 0.012 + 0.02 * age + 0.05 * smile.max(folds::lifted(actions, side));
        relief.ridge(&folds::beside_the_mouth(shape, actions, (side, sign)), 0.085, -depth);

        let bag = 0.014 * age + 0.02 * act(Unit::Cheek) + 0.012 * act(Unit::LidTightener);
        let under = [at(0.27 * sign, 0.12), at(0.42 * sign, 0.19), at(0.60 * sign, 0.18), at(0.76 * sign, 0.10)];
        relief.ridge(&under, 0.055, -bag);

        for (y, rise) in [(-0.06, -0.07), (0.01, 0.0), (0.08, 0.07)] {
            let crow = [at(0.80 * sign, y), at(0.90 * sign, y + 0.6 * rise), at(1.0 * sign, y + 1.4 * rise)];
            relief.ridge(&crow, 0.035, -0.020 * act(Unit::Cheek) * (0.3 + 0.7 * age));
        }

        let pressed = act(Unit::CornerDepressor);
        relief.ridge(&folds::below_the_mouth(shape, (side, sign)), 0.06, -0.010 * age - 0.04 * pressed);
        let dimple = 0.06 * act(Unit::Dimpler) + 0.03 * act(Unit::LipStretcher);
        let beside = [
            at(corner.x + 0.06 * sign, corner.y - 0.09),
            at(corner.x + 0.09 * sign, corner.y),
            at(corner.x + 0.06 * sign, corner.y + 0.09),
        ];
        relief.ridge(&beside, 0.06, -dimple);
    }
    let knotted = actions.both(Unit::Chin);
    for (x, y) in [(-0.14, 0.30), (0.02, 0.26), (0.15, 0.31), (-0.06, 0.19), (0.10, 0.20)] {
        relief.bump(at(x, shape.chin - y), at(0.07, 0.05), -0.025 * knotted);
    }
    relief.bump(at(0.0, shape.chin - 0.24), at(0.24, 0.16), 0.05 * knotted);
}
