//! The painted skin: head, ears, complexion, brows, nostrils, furrows.

use super::actions::{Actions, Unit};
use super::dice::Dice;
use super::folds;
use super::identity::Identity;
use super::painter::{Painter, Tint, at, between};
use super::shape::{SIDES, Shape};

/// Below this many pixels an eye distance, single hairs are not drawn.
pub(super) const FINE: f32 = 50.0;

/// Paints everything of the head that is skin or grows on the brows; eyes, lips and hair come after.
pub(super) fn paint(painter: &mut Painter, shape: &Shape, identity: &Identity, actions: &Actions, dice: &mut Dice) {
    let skin = identity.colours.skin;
    ears(painter, shape, skin);
    painter.area(&shape.outline(), skin);
    complexion(painter, shape, identity, dice);
    furrows(painter, shape, identity, actions);
    nostrils(painter, shape, skin);
    for brow in &shape.brows {
        self::brow(painter, brow, identity.colours.brows, dice);
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

fn complexion(painter: &mut Painter, shape: &Shape, identity: &Identity, dice: &mut Dice) {
    let own = &identity.proportions;
    let skin = identity.colours.skin;
    let red = skin.mix(Tint::rgb(190, 70, 70), 0.5);
    let dark = skin.darker(0.62).mix(Tint::rgb(90, 60, 80), 0.2);
    for (_, sign) in SIDES {
        painter.spot(at(0.66 * sign, 0.48), at(0.42, 0.34), red.opacity(0.28));
        painter.spot(at(0.45 * sign, -0.04), at(0.36, 0.22), dark.opacity(0.30));
        painter.spot(at(0.26 * sign, -0.05), at(0.14, 0.20), dark.opacity(0.30));
        painter.spot(at(0.47 * sign, 0.17), at(0.28, 0.12), dark.opacity(0.22 + 0.25 * own.age));
    }
    painter.spot(at(0.0, shape.nose.tip), at(0.22, 0.18), red.opacity(0.25));
    let blemishes = if identity.freckles > 0.5 { 24 } else { 8 };
    for _ in 0..blemishes {
        let place = at(dice.normal(0.0, 0.45), dice.normal(0.25, 0.35));
        let size = dice.between(0.012, 0.03);
        painter.spot(place, at(size * 1.4, size * 1.4), skin.darker(0.55).opacity(0.55 * identity.freckles));
    }
    for _ in 0..if painter.density() < FINE { 6 } else { 18 } {
        let place = at(dice.between(-1.0, 1.0), dice.between(-1.2, 1.6));
        let size = dice.between(0.10, 0.30);
        let tint = if dice.chance(0.5) { skin.darker(0.8) } else { skin.darker(1.15) };
        painter.spot(place, at(size, size), tint.opacity(0.12));
    }
}

/// Deep folds are darker than the light alone makes them.
fn furrows(painter: &mut Painter, shape: &Shape, identity: &Identity, actions: &Actions) {
    let dark = identity.colours.skin.darker(0.42);
    let age = identity.proportions.age;
    for (side, sign) in SIDES {
        let act = |unit| actions.side(unit, side);
        let smile = act(Unit::CornerPuller);
        let depth = smile.max(folds::lifted(actions, side));
        let beside = folds::beside_the_mouth(shape, actions, (side, sign));
        painter.soft_line(&beside, 0.07, dark.opacity(0.05 + 0.15 * age + 0.34 * depth));

        let lowered = act(Unit::BrowLowerer).max(0.6 * act(Unit::NoseWrinkler)) * (1.0 - 0.4 * act(Unit::InnerBrow));
        painter.soft_line(&folds::of_the_frown(sign), 0.05, dark.opacity(0.6 * lowered));

        let wrinkled = act(Unit::NoseWrinkler);
        for fold in folds::of_the_nose(sign) {
            painter.soft_line(&fold, 0.035, dark.opacity(0.55 * wrinkled));
        }
        let pressed = act(Unit::CornerDepressor);
        let below = folds::below_the_mouth(shape, (side, sign));
        painter.soft_line(&below, 0.05, dark.opacity(0.55 * pressed + 0.1 * age));
    }
    let raised = actions.both(Unit::InnerBrow).max(actions.both(Unit::OuterBrow));
    let reach = if actions.both(Unit::OuterBrow) > 0.2 { 0.62 } else { 0.34 };
    for y in [-0.62, -0.75] {
        let line = [at(-reach, y + 0.03), at(0.0, y), at(reach, y + 0.03)];
        painter.soft_line(&line, 0.04, dark.opacity((0.15 + 0.35 * age) * raised));
    }
    let below_lip = shape.mouth.centre().y + shape.mouth.gap / 2.0 + 0.22;
    painter.spot(at(0.0, below_lip), at(0.26, 0.07), dark.opacity(0.25 + 0.2 * actions.both(Unit::Chin)));
}

fn nostrils(painter: &mut Painter, shape: &Shape, skin: Tint) {
    let nose = shape.nose;
    let dark = skin.darker(0.28);
    for (_, sign) in SIDES {
        let lifted = 0.5 * nose.lifted;
        painter.spot(
            at(0.46 * nose.half_width * sign, nose.base - 0.025 - lifted),
            at(0.10, 0.055),
            dark.opacity(0.95),
        );
        let wing = [
            at(0.80 * nose.half_width * sign, nose.base - 0.20 - nose.lifted),
            at(1.02 * nose.half_width * sign, nose.base - 0.10 - nose.lifted),
            at(0.85 * nose.half_width * sign, nose.base - 0.01 - nose.lifted),
        ];
        painter.soft_line(&wing, 0.05, dark.opacity(0.5));
    }
    painter.spot(at(0.0, nose.base + 0.01), at(0.20, 0.05), dark.opacity(0.35));
}

fn brow(painter: &mut Painter, brow: &[(tiny_skia::Point, f32)], tint: Tint, dice: &mut Dice) {
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
            let tip =
                at(root.x + (to.x - from.x) * 0.4, root.y + (to.y - from.y) * 0.4 - thickness * dice.between(0.2, 0.7));
            painter.line(&[root, tip], 0.012, tint.darker(dice.between(0.6, 1.2)).opacity(0.6));
        }
    }
}
