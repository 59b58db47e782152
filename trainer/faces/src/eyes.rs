//! The painted eyes: white, iris, pupil, highlight, lashes, fold.

use super::identity::Identity;
use super::painter::{Painter, Tint, at};
use super::shape::Eye;

/// Paints one eye. `glint` is where the lamp's mirror image lies, in iris radii from the iris' middle.
pub(super) fn paint(painter: &mut Painter, eye: &Eye, identity: &Identity, glint: (f32, f32)) {
    let skin = identity.colours.skin;
    let dark = skin.darker(0.32);
    painter.soft_line(&eye.fold, 0.035, dark.opacity(0.30 + 0.45 * identity.proportions.fold));
    painter.polygon(&eye.opening(), Tint::rgb(218, 210, 206).mix(skin, 0.15));
    if let Some(corner) = eye.upper.first() {
        painter.spot(at(corner.x + 0.03 * eye.sign, corner.y), at(0.05, 0.035), Tint::rgb(190, 110, 105).opacity(0.8));
    }
    let iris = identity.colours.iris;
    painter.polygon(&eye.visible_disc(eye.radius), iris.darker(0.45));
    painter.polygon(&eye.visible_disc(0.86 * eye.radius), iris);
    painter.polygon(&eye.visible_disc(0.44 * eye.radius), Tint::rgb(10, 8, 8));

    // The lid's shadow on the eye, then the lashes.
    let shadow: Vec<_> = eye.upper.iter().map(|point| at(point.x, point.y + 0.018)).collect();
    painter.soft_line(&shadow, 0.06, Tint::BLACK.opacity(0.45));
    let glint = at(eye.iris.x + glint.0 * eye.radius, eye.iris.y + glint.1 * eye.radius);
    let uncovered = eye.upper.iter().all(|lid| (lid.x - glint.x).abs() > 0.06 || lid.y < glint.y - 0.01);
    if uncovered {
        painter.disc(glint, at(0.020, 0.020), Tint::WHITE.opacity(0.95));
    }
    let lash = Tint::rgb(24, 16, 14).mix(dark, 0.35 * (1.0 - identity.make_up));
    let count = eye.upper.len();
    let lashes: Vec<_> = eye
        .upper
        .iter()
        .enumerate()
        .map(|(index, point)| {
            (
                *point,
                if index == 0 {
                    0.015
                } else if 2 * index > count {
                    0.042
                } else {
                    0.03
                },
            )
        })
        .map(|(point, width)| (point, width * (1.0 + 0.5 * identity.make_up)))
        .collect();
    painter.tapered(&lashes, lash.opacity(0.85));
    painter.line(&eye.lower, 0.02, dark.mix(lash, 0.5 * identity.make_up).opacity(0.55));
}
