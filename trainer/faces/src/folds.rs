//! Where a face folds: the painted furrows lie in the modelled grooves.

use super::actions::{Actions, Unit};
use super::painter::{at, between};
use super::shape::Shape;
use tiny_skia::Point;

/// A side of the face: its index, and the sign of its abscissae.
type Side = (usize, f32);

/// From the wing of the nose around the mouth's corner.
pub(super) fn beside_the_mouth(shape: &Shape, actions: &Actions, (side, sign): Side) -> [Point; 3] {
    let smile = actions.side(Unit::CornerPuller, side);
    let lifted = lifted(actions, side);
    let corner = shape.mouth.corner(side);
    let wing = at(sign * (shape.nose.half_width + 0.04), shape.nose.base - 0.14 - shape.nose.lifted);
    let end = at(corner.x + sign * (0.10 + 0.04 * smile), corner.y - 0.06 + 0.08 * lifted * (1.0 - smile));
    let mut belly = between(wing, end, 0.5);
    belly.x += sign * (0.04 + 0.05 * lifted);
    belly.y -= 0.03 * smile;
    [wing, belly, end]
}

/// How far the upper lip is lifted, by itself or by the nose, 0..=1.
pub(super) fn lifted(actions: &Actions, side: usize) -> f32 {
    actions.side(Unit::UpperLip, side).max(actions.side(Unit::NoseWrinkler, side))
}

/// Upright between the brows.
pub(super) fn of_the_frown(sign: f32) -> [Point; 3] {
    [at(0.085 * sign, -0.44), at(0.07 * sign, -0.32), at(0.085 * sign, -0.20)]
}

/// Across the root of a wrinkled nose, one below the other.
pub(super) fn of_the_nose(sign: f32) -> [[Point; 3]; 3] {
    [-0.06, 0.04, 0.14].map(|y| [at(0.0, y - 0.015), at(0.10 * sign, y), at(0.20 * sign, y + 0.05)])
}

/// Downwards from a pressed corner of the mouth.
pub(super) fn below_the_mouth(shape: &Shape, (side, sign): Side) -> [Point; 3] {
    let corner = shape.mouth.corner(side);
    [(0.02, -0.02), (0.06, 0.12), (0.05, 0.24)].map(|(x, y)| at(corner.x + x * sign, corner.y + y))
}
