//! The painted mouth: dark inside, tongue, teeth, lips, the line between them.

use super::identity::Identity;
use super::painter::{Painter, Tint, at};
use super::shape::{Band, Mouth};

/// An opening narrower than this, in eye distances, is painted as a line only.
const SHUT: f32 = 0.02;

/// Paints the mouth.
pub(super) fn paint(painter: &mut Painter, mouth: &Mouth, identity: &Identity) {
    let lips = identity.colours.lips;
    let lips = lips.mix(Tint::rgb(165, 38, 52), 0.55 * identity.make_up);
    let inside = Tint::rgb(46, 16, 16);
    if mouth.gap > SHUT {
        painter.polygon(&Band::outline(&mouth.upper_inner, &mouth.lower_inner), inside);
        if mouth.gap > 0.16 {
            let tongue = Band::middle(&mouth.upper_inner, &mouth.lower_inner, 0.62);
            let inner = |line: &[tiny_skia::Point]| -> Vec<_> {
                let count = line.len();
                line.iter().skip(count / 6).take(count - 2 * (count / 6)).copied().collect()
            };
            painter.polygon(
                &Band::outline(&inner(&tongue), &inner(&mouth.lower_inner)),
                Tint::rgb(140, 66, 66).opacity(0.8),
            );
        }
        teeth(painter, mouth);
    }
    painter.polygon(&Band::outline(&mouth.upper_outer, &mouth.upper_inner), lips.darker(0.86).opacity(0.88));
    painter.polygon(&Band::outline(&mouth.lower_inner, &mouth.lower_outer), lips.opacity(0.85));
    let middle = mouth.centre();
    let shine = at(middle.x, middle.y + mouth.gap / 2.0 + 0.05);
    painter.spot(shine, at(0.20, 0.035), Tint::WHITE.opacity(0.16 + 0.2 * identity.make_up));
    let line = lips.darker(0.30);
    if mouth.gap > SHUT {
        painter.soft_line(&mouth.upper_inner, 0.03, line.opacity(0.5));
        painter.soft_line(&mouth.lower_inner, 0.02, line.opacity(0.4));
    } else {
        painter.line(&mouth.upper_inner, 0.028, line.opacity(0.85));
    }
    for side in [0, 1] {
        let corner = mouth.corner(side);
        let press = 0.30 + 0.25 * mouth.dimples[side];
        painter.spot(corner, at(0.055, 0.05), line.opacity(press));
    }
}

fn teeth(painter: &mut Painter, mouth: &Mouth) {
    let enamel = Tint::rgb(226, 217, 203);
    let lower = Band::outline(&mouth.lower_teeth, &mouth.lower_inner);
    painter.polygon(&lower, enamel.darker(0.82));
    let upper = Band::outline(&mouth.upper_inner, &mouth.upper_teeth);
    painter.polygon(&upper, enamel);
    for index in (3..mouth.upper_inner.len().saturating_sub(3)).step_by(3) {
        let (top, bottom) = (mouth.upper_inner[index], mouth.upper_teeth[index]);
        if bottom.y - top.y > 0.03 {
            painter.line(&[top, bottom], 0.010, Tint::rgb(120, 100, 90).opacity(0.45));
        }
    }
    // It gets darker towards the corners, where the cheeks stand before the teeth.
    for side in [0, 1] {
        let corner = mouth.corner(side);
        painter.spot(at(corner.x * 0.92, corner.y), at(0.14, 0.12), Tint::rgb(46, 16, 16).opacity(0.85));
    }
    let shadow: Vec<_> = mouth.upper_inner.iter().map(|point| at(point.x, point.y + 0.015)).collect();
    painter.soft_line(&shadow, 0.05, Tint::BLACK.opacity(0.35));
}
