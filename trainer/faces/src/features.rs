//! What is painted on the head: skin, folds, eyes, brows, nose, mouth, glasses.

use crate::actions::{Actions, unit};
use crate::dice::Dice;
use crate::identity::{Glasses, Identity};
use crate::mouth::{Mouth, strip};
use crate::painter::{Painter, Tint, at, between};
use crate::shape::{Eye, SIDES, Shape};
use tiny_skia::Point;

/// Below this many pixels an eye distance, single hairs are not drawn.
pub(crate) const FINE: f32 = 50.0;
/// An opening of the mouth narrower than this, in eye distances, is painted as a line only.
const SHUT: f32 = 0.02;

/// Paints the skin and everything that moves with an expression. `lamp` is the direction of the light, -1 (from the
/// image's left) to 1.
pub(crate) fn paint(
    painter: &mut Painter,
    shape: &Shape,
    own: &Identity,
    actions: &Actions,
    lamp: f32,
    dice: &mut Dice,
) {
    ears(painter, shape, own.colours.skin);
    painter.area(&shape.outline(), own.colours.skin);
    complexion(painter, shape, own, dice);
    folds(painter, shape, own, actions);
    nose(painter, shape, own.colours.skin, lamp);
    for eye in &shape.eyes {
        self::eye(painter, eye, own, lamp);
    }
    for brow in &shape.brows {
        self::brow(painter, brow, own.colours.brows, dice);
    }
}

fn ears(painter: &mut Painter, shape: &Shape, skin: Tint) {
    let edge = shape.half_width(0.1);
    for (_, sign) in SIDES {
        let ear =
            [(-0.08, -0.16), (0.08, -0.24), (0.17, -0.16), (0.17, 0.08), (0.09, 0.36), (0.0, 0.48), (-0.10, 0.40)]
                .map(|(x, y)| at(sign * (edge + x), y));
        painter.area(&ear, skin.mix(Tint::rgb(190, 90, 80), 0.12).darker(0.93));
        painter.spot(at(sign * (edge + 0.07), 0.06), at(0.09, 0.20), Tint::BLACK.opacity(0.40));
    }
}

/// Red cheeks, hollows round the eyes and below the cheekbones, blemishes.
fn complexion(painter: &mut Painter, shape: &Shape, own: &Identity, dice: &mut Dice) {
    let skin = own.colours.skin;
    let red = skin.mix(Tint::rgb(190, 70, 70), 0.5);
    let dark = skin.darker(0.55);
    for (_, sign) in SIDES {
        painter.spot(at(0.66 * sign, 0.48), at(0.42, 0.34), red.opacity(0.28));
        painter.spot(at(0.45 * sign, -0.06), at(0.40, 0.26), dark.opacity(0.45));
        painter.spot(at(0.24 * sign, -0.05), at(0.16, 0.24), dark.opacity(0.45));
        painter.spot(at(0.47 * sign, 0.17), at(0.28, 0.12), dark.opacity(0.25 + 0.25 * own.age));
        painter.spot(at(0.78 * sign, 0.95), at(0.30, 0.45), dark.opacity(0.22));
        painter.spot(at(0.62 * sign, 0.36), at(0.26, 0.18), Tint::WHITE.opacity(0.16));
    }
    painter.spot(at(0.0, -0.8), at(0.6, 0.4), Tint::WHITE.opacity(0.12));
    painter.spot(at(0.0, shape.chin - 0.2), at(0.25, 0.16), Tint::WHITE.opacity(0.12));
    for _ in 0..16 {
        let place = at(dice.normal(0.0, 0.5), dice.normal(0.2, 0.5));
        let size = dice.between(0.015, 0.2);
        let tint = if dice.chance(0.6) { skin.darker(0.7) } else { skin.darker(1.2) };
        painter.spot(place, at(size, size), tint.opacity(0.15));
    }
}

/// The folds that action units and age make.
fn folds(painter: &mut Painter, shape: &Shape, own: &Identity, actions: &Actions) {
    let (dark, age) = (own.colours.skin.darker(0.42), own.age);
    for (side, sign) in SIDES {
        let act = |unit| actions.side(unit, side);
        let (smile, lifted, wrinkled) = (act(unit::CORNER_PULLER), actions.lifted(side), act(unit::NOSE_WRINKLER));
        let corner = shape.mouth.corner(side);
        // From the wing of the nose around the mouth's corner.
        let wing = at(sign * (shape.nose.half_width + 0.04), shape.nose.base - 0.14 - shape.nose.lifted);
        let end = at(corner.x + sign * (0.10 + 0.04 * smile), corner.y - 0.06 + 0.08 * lifted * (1.0 - smile));
        let belly = between(wing, end, 0.5);
        let belly = at(belly.x + sign * (0.04 + 0.05 * lifted), belly.y - 0.03 * smile);
        painter.soft_line(&[wing, belly, end], 0.08, dark.opacity(0.08 + 0.15 * age + 0.42 * smile.max(lifted)));
        // Upright between the brows.
        let frown = [at(0.085 * sign, -0.44), at(0.07 * sign, -0.32), at(0.085 * sign, -0.20)];
        let lowered = act(unit::BROW_LOWERER).max(0.6 * wrinkled) * (1.0 - 0.4 * act(unit::INNER_BROW));
        painter.soft_line(&frown, 0.05, dark.opacity(0.65 * lowered));
        // Across the root of a wrinkled nose.
        for y in [-0.06, 0.04, 0.14] {
            let fold = [at(0.0, y - 0.015), at(0.10 * sign, y), at(0.20 * sign, y + 0.05)];
            painter.soft_line(&fold, 0.035, dark.opacity(0.6 * wrinkled));
        }
        // Below the eyes and beside them.
        let raised = act(unit::CHEEK);
        let bag = [at(0.27 * sign, 0.14), at(0.45 * sign, 0.20), at(0.66 * sign, 0.16)];
        painter.soft_line(&bag, 0.05, dark.opacity(0.15 * age + 0.3 * raised.max(act(unit::LID_TIGHTENER))));
        for rise in [-0.07, 0.07] {
            let crow = [at(0.80 * sign, rise), at(0.97 * sign, 2.2 * rise)];
            painter.soft_line(&crow, 0.03, dark.opacity(raised * (0.1 + 0.3 * age)));
        }
        // Downwards from a pressed corner of the mouth, and beside a dimpled one.
        let below = [(0.02, -0.02), (0.06, 0.12), (0.05, 0.24)].map(|(x, y)| at(corner.x + x * sign, corner.y + y));
        painter.soft_line(&below, 0.05, dark.opacity(0.55 * act(unit::CORNER_DEPRESSOR) + 0.1 * age));
        let beside = [(0.06, -0.09), (0.09, 0.0), (0.06, 0.09)].map(|(x, y)| at(corner.x + x * sign, corner.y + y));
        let dimple = act(unit::DIMPLER).max(0.5 * act(unit::LIP_STRETCHER));
        painter.soft_line(&beside, 0.06, dark.opacity(0.5 * dimple));
    }
    let outer = actions.both(unit::OUTER_BROW);
    let reach = if outer > 0.2 { 0.62 } else { 0.34 };
    for y in [-0.62, -0.75, -0.88] {
        let line = [at(-reach, y + 0.03), at(0.0, y), at(reach, y + 0.03)];
        painter.soft_line(&line, 0.04, dark.opacity((0.18 + 0.35 * age) * outer.max(actions.both(unit::INNER_BROW))));
    }
    let knotted = actions.both(unit::CHIN);
    let below_lip = shape.mouth.centre().y + shape.mouth.gap / 2.0 + 0.22;
    painter.spot(at(0.0, below_lip), at(0.28, 0.08), dark.opacity(0.3 + 0.25 * knotted));
    for (x, y) in [(-0.14, 0.30), (0.02, 0.26), (0.15, 0.31), (-0.06, 0.19), (0.10, 0.20)] {
        painter.spot(at(x, shape.chin - y), at(0.07, 0.05), dark.opacity(0.3 * knotted));
    }
}

/// A bright ridge, the side away from the lamp in shadow, wings and nostrils.
fn nose(painter: &mut Painter, shape: &Shape, skin: Tint, lamp: f32) {
    let (nose, dark) = (shape.nose, skin.darker(0.28));
    for (_, sign) in SIDES {
        let shade = 0.22 - 0.3 * lamp * sign;
        let side = [at(0.14 * sign, -0.1), at(0.17 * sign, 0.2), at(0.24 * sign, nose.tip)];
        painter.soft_line(&side, 0.16, dark.opacity(shade.clamp(0.06, 0.5)));
    }
    painter.soft_line(&[at(0.0, -0.1), at(0.0, nose.tip - 0.05)], 0.14, Tint::WHITE.opacity(0.16));
    painter.spot(at(0.0, nose.tip), at(0.14, 0.12), Tint::WHITE.opacity(0.25));
    painter.spot(at(0.0, nose.base + 0.07), at(0.26, 0.12), dark.opacity(0.3));
    for (_, sign) in SIDES {
        let nostril = at(0.46 * nose.half_width * sign, nose.base - 0.025 - 0.5 * nose.lifted);
        painter.spot(nostril, at(0.10, 0.055), dark.opacity(0.95));
        let wing = [(0.80, -0.20), (1.02, -0.10), (0.85, -0.01)]
            .map(|(x, y)| at(x * nose.half_width * sign, nose.base + y - nose.lifted));
        painter.soft_line(&wing, 0.05, dark.opacity(0.5));
    }
    painter.spot(at(0.0, nose.base + 0.01), at(0.20, 0.05), dark.opacity(0.35));
}

/// White, iris, pupil, the lid's shadow and fold, the lamp's mirror image, lashes.
fn eye(painter: &mut Painter, eye: &Eye, own: &Identity, lamp: f32) {
    let dark = own.colours.skin.darker(0.32);
    painter.soft_line(&eye.fold, 0.035, dark.opacity(0.5));
    painter.polygon(&eye.opening(), Tint::rgb(218, 210, 206).mix(own.colours.skin, 0.15));
    for (share, tint) in [(1.0, own.colours.iris.darker(0.45)), (0.86, own.colours.iris), (0.44, Tint::rgb(10, 8, 8))] {
        painter.polygon(&eye.visible_disc(share * eye.radius), tint);
    }
    let shadow: Vec<Point> = eye.upper.iter().map(|point| at(point.x, point.y + 0.018)).collect();
    painter.soft_line(&shadow, 0.06, Tint::BLACK.opacity(0.45));
    let glint = at(eye.iris.x + 0.5 * lamp * eye.radius, eye.iris.y - 0.35 * eye.radius);
    if eye.upper.iter().all(|lid| (lid.x - glint.x).abs() > 0.06 || lid.y < glint.y - 0.01) {
        painter.disc(glint, at(0.020, 0.020), Tint::WHITE.opacity(0.95));
    }
    let outer = eye.upper.len() / 2;
    let lashes: Vec<(Point, f32)> =
        eye.upper.iter().enumerate().map(|(index, point)| (*point, if index > outer { 0.045 } else { 0.03 })).collect();
    painter.tapered(&lashes, Tint::rgb(24, 16, 14).mix(dark, 0.2).opacity(0.85));
    painter.line(&eye.lower, 0.02, dark.opacity(0.55));
}

fn brow(painter: &mut Painter, brow: &[(Point, f32)], tint: Tint, dice: &mut Dice) {
    let wide: Vec<_> = brow.iter().map(|(point, thickness)| (*point, thickness * 1.35)).collect();
    painter.tapered(&wide, tint.opacity(0.35));
    painter.tapered(brow, tint.opacity(0.62));
    if painter.density() < FINE {
        return;
    }
    for ends in brow.windows(2) {
        let ((from, thickness), (to, _)) = (ends[0], ends[1]);
        for _ in 0..12 {
            let root = between(from, to, dice.between(0.0, 1.0));
            let root = at(root.x, root.y + thickness * dice.between(-0.2, 0.55));
            let along = at((to.x - from.x) * 0.4, (to.y - from.y) * 0.4 - thickness * dice.between(0.2, 0.7));
            painter.line(&[root, root + along], 0.012, tint.darker(dice.between(0.6, 1.2)).opacity(0.6));
        }
    }
}

/// Paints the mouth: dark inside, tongue, teeth, lips, the line between them.
pub(crate) fn mouth(painter: &mut Painter, mouth: &Mouth, own: &Identity) {
    let lips = own.colours.lips;
    let inside = Tint::rgb(46, 16, 16);
    let line = lips.darker(0.30);
    if mouth.gap > SHUT {
        painter.polygon(&strip(&mouth.upper_inner, &mouth.lower_inner), inside);
        if mouth.gap > 0.16 {
            let tongue = between(mouth.centre(), mouth.lower_inner[mouth.lower_inner.len() / 2], 0.75);
            painter.spot(tongue, at(0.28, 0.4 * mouth.gap), Tint::rgb(150, 66, 66));
        }
        let enamel = Tint::rgb(226, 217, 203);
        painter.polygon(&strip(&mouth.lower_teeth, &mouth.lower_inner), enamel.darker(0.82));
        painter.polygon(&strip(&mouth.upper_inner, &mouth.upper_teeth), enamel);
        // It gets darker towards the corners, where the cheeks stand before the teeth.
        for side in [0, 1] {
            let corner = mouth.corner(side);
            painter.spot(at(corner.x * 0.92, corner.y), at(0.14, 0.12), inside.opacity(0.85));
        }
        painter.soft_line(&mouth.upper_inner, 0.06, Tint::BLACK.opacity(0.35));
    }
    painter.polygon(&strip(&mouth.upper_outer, &mouth.upper_inner), lips.darker(0.82).opacity(0.9));
    painter.polygon(&strip(&mouth.lower_inner, &mouth.lower_outer), lips.opacity(0.85));
    let middle = mouth.centre();
    painter.spot(at(middle.x, middle.y + mouth.gap / 2.0 + 0.05), at(0.20, 0.035), Tint::WHITE.opacity(0.2));
    if mouth.gap > SHUT {
        painter.soft_line(&mouth.lower_inner, 0.02, line.opacity(0.4));
    } else {
        painter.line(&mouth.upper_inner, 0.028, line.opacity(0.85));
    }
    for side in [0, 1] {
        painter.spot(mouth.corner(side), at(0.055, 0.05), line.opacity(0.30 + 0.25 * mouth.dimples[side]));
    }
}

/// Paints rims, bridge and temples.
pub(crate) fn glasses(painter: &mut Painter, glasses: &Glasses) {
    let (tint, thick) = (glasses.tint.opacity(0.92), glasses.thickness);
    for (_, sign) in SIDES {
        let centre = at(0.51 * sign, 0.04);
        let rim: Vec<Point> =
            [(1.0, 0.0), (0.8, 0.8), (0.0, 1.0), (-0.8, 0.8), (-1.0, 0.0), (-0.8, -0.8), (0.0, -1.0), (0.8, -0.8)]
                .into_iter()
                .chain([(1.0, 0.0)])
                .map(|(x, y)| at(centre.x + x * glasses.width, centre.y + y * glasses.height))
                .collect();
        painter.area(&rim[..8], Tint::WHITE.opacity(0.05));
        painter.line(&rim, thick, tint);
        painter.line(&[at(centre.x + sign * glasses.width, -0.04), at(1.16 * sign, -0.06)], thick, tint.darker(0.8));
    }
    let inner = 0.51 - glasses.width;
    painter.line(&[at(-inner, 0.0), at(0.0, -0.05), at(inner, 0.0)], thick, tint);
}
