//! Where the head is, how large it appears and how it is turned.

use crate::dice::Dice;
use tiny_skia::{Point, Transform};

/// The head as a ball with a nose: how high a point of the face lies, and the direction its surface looks in.
const BALL: [f32; 2] = [1.25, 2.05];
const MIDDLE_OF_BALL: f32 = -0.1;

/// A turn of the head to the side and up, as the sine and cosine of each angle. Points move by their height: the outline
/// stays, the nose moves most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    /// To the picture's right.
    yaw: (f32, f32),
    /// Upwards.
    pitch: (f32, f32),
}

impl Turn {
    /// Where a point of the face at rest comes to lie.
    pub(crate) fn apply(self, point: Point) -> Point {
        let (height, (yaw_sin, yaw_cos), (pitch_sin, pitch_cos)) = (height(point), self.yaw, self.pitch);
        let forward = yaw_cos * height - yaw_sin * point.x;
        Point::from_xy(yaw_cos * point.x + yaw_sin * height, pitch_cos * point.y - pitch_sin * forward.max(0.0))
    }
}

/// Height of the face towards the viewer, in eye distances; 0 from the outline on.
fn height(point: Point) -> f32 {
    let hill = |x: f32, y: f32| (1.0 - x * x - y * y).max(0.0);
    let ball = hill(point.x / BALL[0], (point.y - MIDDLE_OF_BALL) / BALL[1]).sqrt();
    ball + 0.3 * hill(point.x / 0.3, (point.y - 0.5) / 0.4)
}

/// The direction in which the head's surface looks at a point (right, down, to the viewer), of length 1.
pub(crate) fn normal(point: Point) -> [f32; 3] {
    let (x, y) = (point.x / BALL[0], (point.y - MIDDLE_OF_BALL) / BALL[1]);
    // Beyond its edge the ball goes on as at the edge, so that hair and ears are lit too.
    let shrink = 0.92 / x.hypot(y).max(0.92);
    let (x, y) = (x * shrink, y * shrink);
    [x, y, (1.0 - x * x - y * y).sqrt()]
}

/// The head's turn, and where and how large the face appears.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pose {
    /// To the side and up.
    pub turn: Turn,
    /// In the picture's plane, clockwise, degrees.
    roll: f32,
    /// Pixels an eye distance takes.
    scale: f32,
    /// Where in the picture the face's middle ([`Pose::MIDDLE`]) appears, pixels.
    place: Point,
}

impl Pose {
    /// The face's middle in face coordinates: the point FER-2013 centres on, a little below the eyes.
    const MIDDLE: Point = Point { x: 0.0, y: 0.284 };

    /// Turned by `[yaw, pitch, roll]` degrees.
    fn new([yaw, pitch, roll]: [f32; 3], scale: f32, place: Point) -> Self {
        let turn = Turn { yaw: yaw.to_radians().sin_cos(), pitch: pitch.to_radians().sin_cos() };
        Self { turn, roll, scale, place }
    }

    /// As FER-2013 frames faces, in a picture of `side` pixels: the eyes 17.8 of 48 pixels apart on average, scale within
    /// 17 %, centre within 6 % of the side, roll within 10 degrees (standard deviations measured on 2,500 pictures).
    pub(crate) fn as_fer(side: f32, dice: &mut Dice) -> Self {
        let turn = [dice.normal(0.0, 10.0), dice.normal(0.0, 6.0), dice.normal(0.0, 10.0)];
        let scale = side * 17.8 / 48.0 * dice.normal(0.0, 0.165).exp();
        let mut place = || dice.normal(side / 2.0, 0.06 * side);
        Self::new(turn, scale, Point::from_xy(place(), place()))
    }

    /// As a person sits before the box: 40 to 100 cm away, anywhere the whole face is in the picture.
    pub(crate) fn at_a_desk([width, height]: [f32; 2], dice: &mut Dice) -> Self {
        let turn = [dice.normal(0.0, 9.0), dice.normal(2.0, 5.0), dice.normal(0.0, 6.0)];
        let scale = height * dice.between(0.085, 0.20);
        let mut place = |length: f32, middle: f32, deviation: f32, reach: f32| {
            let free = (length / 2.0 - reach * scale).max(0.0);
            length / 2.0 + (length * dice.normal(middle, deviation)).clamp(-free, free)
        };
        Self::new(turn, scale, Point::from_xy(place(width, 0.0, 0.10, 1.4), place(height, 0.02, 0.05, 1.8)))
    }

    /// From the coordinates of the turned face to the picture's pixels.
    pub(crate) fn of_head(&self) -> Transform {
        self.tilted(self.roll)
    }

    /// The same for neck and shoulders, which follow half of the tilt.
    pub(crate) fn of_body(&self) -> Transform {
        self.tilted(self.roll / 2.0)
    }

    fn tilted(&self, degrees: f32) -> Transform {
        Transform::from_translate(-Self::MIDDLE.x, -Self::MIDDLE.y)
            .post_rotate(degrees)
            .post_scale(self.scale, self.scale)
            .post_translate(self.place.x, self.place.y)
    }

    /// Where a point of the face at rest appears in the picture.
    pub(crate) fn appears(&self, point: Point) -> Point {
        let mut seen = self.turn.apply(point);
        self.of_head().map_point(&mut seen);
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_moves_the_nose_further_than_the_eyes_and_leaves_the_outline() {
        let pose = Pose::new([20.0, -10.0, 0.0], 1.0, Point::from_xy(0.0, 0.0));
        let moved = |x: f32, y: f32| {
            let turned = pose.turn.apply(Point::from_xy(x, y));
            (turned.x - x, turned.y - y)
        };
        let (nose, eye, outline) = (moved(0.0, 0.5), moved(0.2, 0.0), moved(1.2, 0.9));
        assert!(nose.0 > eye.0 && eye.0 > 0.2, "to the right: {nose:?} {eye:?}");
        assert!(nose.1 > 0.1, "downwards: {nose:?}");
        assert!(outline.0.abs() < 0.1 && outline.1.abs() < 0.1, "{outline:?}");
    }

    #[test]
    fn the_middle_appears_at_its_place_however_the_head_is_tilted() {
        let pose = Pose {
            turn: Pose::new([0.0; 3], 1.0, Point::from_xy(0.0, 0.0)).turn,
            roll: 15.0,
            scale: 30.0,
            place: Point::from_xy(12.0, 7.0),
        };
        let seen = pose.appears(Pose::MIDDLE);
        assert!(seen.distance(Point::from_xy(12.0, 7.0)) < 1e-4, "{seen:?}");
    }
}
