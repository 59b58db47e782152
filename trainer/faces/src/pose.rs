//! Where the head is, how large it appears and how it is turned.

use super::dice::Dice;
use super::painter::at;
use tiny_skia::Point;

/// An angle by its sine and cosine.
#[derive(Debug, Clone, Copy)]
struct Angle {
    sin: f32,
    cos: f32,
}

impl Angle {
    fn degrees(degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self { sin, cos }
    }

    /// A pair turned back by the angle.
    fn back(self, x: f32, y: f32) -> (f32, f32) {
        (self.cos * x + self.sin * y, self.cos * y - self.sin * x)
    }
}

/// The head's turn, and where and how large the face appears.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// To the picture's right.
    yaw: Angle,
    /// Upwards.
    pitch: Angle,
    /// In the picture's plane, clockwise.
    roll: Angle,
    /// In degrees, for half of it.
    roll_degrees: f32,
    /// Pixels an eye distance takes.
    pub scale: f32,
    /// Where in the picture the face's middle ([`Pose::MIDDLE`]) appears, pixels.
    pub place: Point,
}

impl Pose {
    /// The face's middle in face coordinates: the point FER-2013 centres on, a little below the eyes.
    const MIDDLE: Point = Point { x: 0.0, y: 0.284 };

    /// The height, in eye distances, about which the head turns: what lies there stays in place.
    pub(super) const PIVOT: f32 = 0.55;

    /// Turned by `[yaw, pitch, roll]` degrees.
    fn new([yaw, pitch, roll]: [f32; 3], scale: f32, place: Point) -> Self {
        Self {
            yaw: Angle::degrees(yaw),
            pitch: Angle::degrees(pitch),
            roll: Angle::degrees(roll),
            roll_degrees: roll,
            scale,
            place,
        }
    }

    /// As FER-2013 frames faces, in a picture of `side` pixels: the eyes 17.8 of 48 pixels apart on average, scale within
    /// 17 %, centre within 6 % of the side, roll within 10 degrees (standard deviations measured on 2,500 pictures).
    pub(super) fn as_fer(side: f32, dice: &mut Dice) -> Self {
        let turn = [dice.normal(0.0, 10.0), dice.normal(0.0, 6.0), dice.normal(0.0, 10.0)];
        let scale = side * 17.8 / 48.0 * dice.normal(0.0, 0.165).exp();
        let mut place = || dice.normal(side / 2.0, 0.06 * side);
        Self::new(turn, scale, at(place(), place()))
    }

    /// As a person sits before the box: 40 to 100 cm away, anywhere the whole face is in the picture.
    pub(super) fn at_a_desk([width, height]: [f32; 2], dice: &mut Dice) -> Self {
        let turn = [dice.normal(0.0, 9.0), dice.normal(2.0, 5.0), dice.normal(0.0, 6.0)];
        let scale = height * dice.between(0.085, 0.20);
        let mut place = |length: f32, middle: f32, deviation: f32, reach: f32| {
            let free = (length / 2.0 - reach * scale).max(0.0);
            length / 2.0 + (length * dice.normal(middle, deviation)).clamp(-free, free)
        };
        Self::new(turn, scale, at(place(width, 0.0, 0.10, 1.4), place(height, 0.02, 0.05, 1.8)))
    }

    /// The same place and size, looking ahead and tilted by half: how the body follows the head.
    pub(super) fn of_body(&self) -> Self {
        Self::new([0.0, 0.0, self.roll_degrees / 2.0], self.scale, self.place)
    }

    /// A picture's point in the coordinates of the turned face.
    pub(super) fn to_face(self, point: Point) -> Point {
        let (x, y) = self.roll.back((point.x - self.place.x) / self.scale, (point.y - self.place.y) / self.scale);
        at(x + Self::MIDDLE.x, y + Self::MIDDLE.y)
    }

    /// Where a point of the turned face appears in the picture.
    pub(super) fn to_picture(self, point: Point) -> Point {
        let Angle { sin, cos } = self.roll;
        let (x, y) = (self.scale * (point.x - Self::MIDDLE.x), self.scale * (point.y - Self::MIDDLE.y));
        at(cos * x - sin * y + self.place.x, sin * x + cos * y + self.place.y)
    }

    /// Where a point of the face at rest, `height` before the pivot, comes to lie when the head turns.
    pub(super) fn turned(&self, point: Point, height: f32) -> Point {
        let forward = self.yaw.cos * height - self.yaw.sin * point.x;
        at(self.yaw.cos * point.x + self.yaw.sin * height, self.pitch.cos * point.y - self.pitch.sin * forward)
    }

    /// The point of the face at rest that comes to lie at `turned`, when the surface there is `height` before the pivot.
    pub(super) fn unturned(&self, turned: Point, height: f32) -> Point {
        let x = (turned.x - self.yaw.sin * height) / self.yaw.cos;
        let forward = self.yaw.cos * height - self.yaw.sin * x;
        at(x, (turned.y + self.pitch.sin * forward) / self.pitch.cos)
    }

    /// A direction of the picture as the turned head sees it.
    pub(super) fn direction_to_face(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let (x, y) = self.roll.back(x, y);
        let (y, z) = self.pitch.back(y, z);
        let (z, x) = self.yaw.back(z, x);
        [x, y, z]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSE: f32 = 1e-5;

    fn oblique() -> Pose {
        Pose::new([20.0, -10.0, 15.0], 30.0, at(12.0, 7.0))
    }

    #[test]
    fn every_way_leads_back() {
        let pose = oblique();
        for (point, height) in [(at(0.3, -0.7), 0.4), (at(-1.0, 1.2), -0.5), (at(0.0, 0.0), 0.0)] {
            let back = pose.unturned(pose.turned(point, height), height);
            assert!(back.distance(point) < CLOSE, "{back:?} is not {point:?}");
            let back = pose.to_face(pose.to_picture(point));
            assert!(back.distance(point) < CLOSE, "{back:?} is not {point:?}");
        }
    }

    /// A head turned to the right sees a lamp before it on its left.
    #[test]
    fn a_lamp_ahead_is_seen_from_the_side_by_a_turned_head() {
        let [x, y, z] = Pose::new([30.0, 0.0, 0.0], 1.0, at(0.0, 0.0)).direction_to_face([0.0, 0.0, 1.0]);
        assert!((x + 0.5).abs() < CLOSE && y.abs() < CLOSE && z > 0.8, "{x} {y} {z}");
    }
}
