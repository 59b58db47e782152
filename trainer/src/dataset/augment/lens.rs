//! The wide-angle lens of a small camera.

use super::draw::{between, either_way};
use rand::RngExt;

/// A wide-angle lens, seen from a crop somewhere in its frame. It pulls in what lies far from the middle of the frame:
/// `r (1 + k r^2)` of the face is shown at `r`. Size and place of the face are made up for, as a crop does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lens {
    /// `k`, for distances in half sides of the crop.
    strength: f32,
    /// The middle of the frame, in half sides of the crop around its middle.
    axis: [f32; 2],
    /// Where the crop's middle would land.
    middle: [f32; 2],
    /// Makes up for the change of size there.
    size: f32,
}

impl Lens {
    /// `distortion`: how far the corner of the frame is pulled in, as a share. `half`: half the side of the crop, and
    /// `place`: its middle, both in half diagonals of the frame.
    pub(super) fn new(distortion: f32, half: f32, place: [f32; 2]) -> Self {
        let strength = distortion * half * half;
        let axis = place.map(|place| -place / half);
        let far = strength * (axis[0] * axis[0] + axis[1] * axis[1]);
        let middle = axis.map(|axis| -axis * (1.0 + far));
        // Along the radius and across it a lens scales differently; the mean of both is what a face box follows.
        Self { strength, axis, middle, size: 1.0 / ((1.0 + far) * (1.0 + 3.0 * far)).sqrt() }
    }

    /// A face of 100 to 270 of the 800 pixels of a frame's diagonal, anywhere in a frame of 4:3.
    pub(super) fn draw(distortion: f32, random: &mut impl RngExt) -> Self {
        let half = between(0.125, 0.34, random);
        let place = [either_way(0.8 - half, random), either_way(0.6 - half, random)];
        Self::new(between(0.0, distortion.min(0.5), random), half, place)
    }

    /// Where in a picture without the lens a place in the crop comes from; both in half sides around the middle.
    pub(super) fn undo(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (u, v) = (x - self.axis[0], y - self.axis[1]);
        let far = 1.0 + self.strength * (u * u + v * v);
        [(u * far - self.middle[0]) * self.size, (v * far - self.middle[1]) * self.size]
    }
}
