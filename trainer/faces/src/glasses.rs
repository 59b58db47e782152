//! Glasses on the nose.

use super::identity::Glasses;
use super::painter::{Painter, Tint, at};
use super::shape::SIDES;
use tiny_skia::Point;

/// Paints rims, bridge, temples and a little glare.
pub(super) fn paint(painter: &mut Painter, glasses: &Glasses) {
    let tint = glasses.tint.opacity(0.92);
    for (_, sign) in SIDES {
        let centre = at(0.51 * sign, 0.04);
        // Between a circle and a rectangle: the corners of the octagon move outwards.
        let corner = 0.71 + 0.2 * glasses.angular;
        let rim: Vec<Point> = [
            (1.0, 0.0),
            (corner, corner),
            (0.0, 1.0),
            (-corner, corner),
            (-1.0, 0.0),
            (-corner, -corner),
            (0.0, -1.0),
            (corner, -corner),
            (1.0, 0.0),
        ]
        .map(|(x, y)| at(centre.x + x * glasses.width, centre.y + y * glasses.height))
        .to_vec();
        painter.area(&rim[..8], Tint::WHITE.opacity(0.05));
        if glasses.glare > 0.6 {
            let streak = at(centre.x - 0.12, centre.y - 0.06);
            painter.spot(streak, at(0.16, 0.10), Tint::WHITE.opacity(0.6 * (glasses.glare - 0.6)));
        }
        let shadow: Vec<Point> = rim.iter().map(|point| at(point.x, point.y + 0.04)).collect();
        painter.line(&shadow, glasses.thickness * 1.5, Tint::BLACK.opacity(0.14));
        painter.line(&rim, glasses.thickness, tint);
        let hinge = at(centre.x + sign * glasses.width, centre.y - 0.08);
        painter.line(&[hinge, at(1.16 * sign, -0.06)], glasses.thickness, tint.darker(0.8));
    }
    let inner = 0.51 - glasses.width;
    let bridge = [at(-inner, 0.0), at(0.0, -0.05), at(inner, 0.0)];
    painter.line(&bridge, glasses.thickness, tint);
}
