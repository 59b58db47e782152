//! How the face is seen: pose, framing, light, and the camera's faults.

use super::dice::Dice;
use super::painter::{Tint, at};
use tiny_skia::Point;

/// The head's turn, and where and how large the face appears.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Turn to the image's right, radians.
    pub yaw: f32,
    /// Turn upwards, radians.
    pub pitch: f32,
    /// Tilt in the image's plane, radians, clockwise.
    pub roll: f32,
    /// Pixels an eye distance takes.
    pub scale: f32,
    /// Where in the image the face's middle ([`Pose::MIDDLE`]) appears, pixels.
    pub place: Point,
}

impl Pose {
    /// The face's middle in face coordinates: the point FER-2013 centres on, a little below the eyes.
    pub(super) const MIDDLE: Point = Point { x: 0.0, y: 0.284 };

    /// The height, in eye distances, about which the head turns: what lies there stays in place.
    pub(super) const PIVOT: f32 = 0.55;

    /// As FER-2013 frames faces, in a picture of `side` pixels: the eyes 17.8 of 48 pixels apart on average, scale within
    /// 17 %, centre within 6 % of the side, roll within 10 degrees (standard deviations measured on 2,500 pictures).
    pub(super) fn as_fer(side: f32, dice: &mut Dice) -> Self {
        let scatter = 0.06 * side;
        Self {
            yaw: dice.normal(0.0, 10.0).to_radians(),
            pitch: dice.normal(0.0, 6.0).to_radians(),
            roll: dice.normal(0.0, 9.5).to_radians(),
            scale: side * 17.8 / 48.0 * dice.normal(0.0, 0.165).exp(),
            place: at(dice.normal(side / 2.0, scatter), dice.normal(side / 2.0, scatter)),
        }
    }

    /// As a person sits before the box: 40 to 100 cm away, anywhere the whole face is in the picture.
    pub(super) fn at_a_desk(width: f32, height: f32, dice: &mut Dice) -> Self {
        let scale = height * dice.between(0.085, 0.20);
        let (right, down) = (dice.normal(0.0, 0.10) * width, dice.normal(0.02, 0.05) * height);
        let (free_x, free_y) = ((width / 2.0 - 1.4 * scale).max(0.0), (height / 2.0 - 1.8 * scale).max(0.0));
        Self {
            yaw: dice.normal(0.0, 9.0).to_radians(),
            pitch: dice.normal(2.0, 5.0).to_radians(),
            roll: dice.normal(0.0, 6.0).to_radians(),
            scale,
            place: at(width / 2.0 + right.clamp(-free_x, free_x), height / 2.0 + down.clamp(-free_y, free_y)),
        }
    }

    /// A picture's point in the coordinates of the turned face.
    pub(super) fn to_face(&self, point: Point) -> Point {
        let (sin, cos) = self.roll.sin_cos();
        let (x, y) = ((point.x - self.place.x) / self.scale, (point.y - self.place.y) / self.scale);
        at(cos.mul_add(x, sin * y) + Self::MIDDLE.x, cos.mul_add(y, -sin * x) + Self::MIDDLE.y)
    }

    /// Where a point of the turned face appears in the picture.
    pub(super) fn to_picture(&self, point: Point) -> Point {
        let (sin, cos) = self.roll.sin_cos();
        let (x, y) = (self.scale * (point.x - Self::MIDDLE.x), self.scale * (point.y - Self::MIDDLE.y));
        at(cos.mul_add(x, -sin * y) + self.place.x, sin.mul_add(x, cos * y) + self.place.y)
    }

    /// Where a point of the face at rest, `height` before the pivot, comes to lie when the head turns.
    pub(super) fn turned(&self, point: Point, height: f32) -> Point {
        let (yaw_sin, yaw_cos) = self.yaw.sin_cos();
        let (pitch_sin, pitch_cos) = self.pitch.sin_cos();
        let forward = yaw_cos.mul_add(height, -yaw_sin * point.x);
        at(yaw_cos.mul_add(point.x, yaw_sin * height), pitch_cos.mul_add(point.y, -pitch_sin * forward))
    }

    /// The point of the face at rest that comes to lie at `turned`, when the surface there is `height` before the pivot.
    pub(super) fn unturned(&self, turned: Point, height: f32) -> Point {
        let (yaw_sin, yaw_cos) = self.yaw.sin_cos();
        let (pitch_sin, pitch_cos) = self.pitch.sin_cos();
        let x = (turned.x - yaw_sin * height) / yaw_cos;
        let forward = yaw_cos.mul_add(height, -yaw_sin * x);
        at(x, pitch_sin.mul_add(forward, turned.y) / pitch_cos)
    }

    /// A direction of the picture as the turned head sees it.
    pub(super) fn direction_to_face(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let (roll_sin, roll_cos) = self.roll.sin_cos();
        let (x, y) = (roll_cos.mul_add(x, roll_sin * y), roll_cos.mul_add(y, -roll_sin * x));
        let (pitch_sin, pitch_cos) = self.pitch.sin_cos();
        let (y, z) = (pitch_cos.mul_add(y, pitch_sin * z), pitch_cos.mul_add(z, -pitch_sin * y));
        let (yaw_sin, yaw_cos) = self.yaw.sin_cos();
        [yaw_cos.mul_add(x, -yaw_sin * z), y, yaw_cos.mul_add(z, yaw_sin * x)]
    }
}

/// One lamp and the light from everywhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    /// Towards the lamp, of length 1, in the picture's axes (right, down, to the viewer).
    pub towards: [f32; 3],
    /// Share of the light that comes from everywhere, 0..=1.
    pub ambient: f32,
    /// How shiny the skin is, 0..=1.
    pub shine: f32,
}

impl Light {
    /// A lamp or window somewhere above and before the person.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let (x, y) = (dice.normal(0.0, 0.55), dice.normal(-0.55, 0.35).min(0.15));
        let z = dice.between(0.55, 1.1);
        let length = x.hypot(y).hypot(z);
        Self {
            towards: [x / length, y / length, z / length],
            ambient: dice.between(0.32, 0.62),
            shine: dice.between(0.0, 1.0).powi(2),
        }
    }
}

/// What the camera does to the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Camera {
    /// Exposure; 1 is right.
    pub gain: f32,
    /// Exponent of the tone curve; below 1 lifts the shadows.
    pub gamma: f32,
    /// Added black, in luminances.
    pub haze: f32,
    /// Colour cast: what red and blue are multiplied with.
    pub warmth: [f32; 2],
    /// Blur, standard deviation in pixels.
    pub blur: f32,
    /// Noise, standard deviation in luminances.
    pub noise: f32,
    /// JPEG quality, if the picture was stored as one.
    pub jpeg: Option<f32>,
}

impl Camera {
    /// The mixed cameras of pictures found on the web.
    pub(super) fn of_the_web(dice: &mut Dice) -> Self {
        let stored = dice.chance(0.6);
        let quality = dice.between(35.0, 95.0);
        Self {
            gain: dice.normal(1.0, 0.16).max(0.5),
            gamma: dice.normal(1.0, 0.12).max(0.7),
            haze: dice.between(0.0, 24.0),
            warmth: [dice.normal(1.0, 0.04), dice.normal(1.0, 0.04)],
            blur: dice.between(0.0, 1.0).powi(2) * 0.9,
            noise: 0.8 + 6.0 * dice.between(0.0, 1.0).powi(3),
            jpeg: stored.then_some(quality),
        }
    }

    /// The box's camera in a room.
    pub(super) fn of_the_box(dice: &mut Dice) -> Self {
        Self {
            gain: dice.normal(0.98, 0.12).max(0.5),
            gamma: dice.normal(1.0, 0.08).max(0.7),
            haze: dice.between(0.0, 12.0),
            warmth: [dice.normal(1.02, 0.04), dice.normal(0.97, 0.04)],
            blur: dice.between(0.3, 1.2),
            noise: dice.between(1.0, 5.0),
            jpeg: None,
        }
    }
}

/// What the room is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// The wall.
    pub wall: Tint,
    /// A second colour for what stands before it.
    pub things: Tint,
}

impl Room {
    /// Any room.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let mut tint = |low: f32, high: f32| {
            Tint::hue(dice.between(0.0, 6.0), 0.35 * dice.between(0.0, 1.0).powi(2), dice.between(low, high))
        };
        Self { wall: tint(0.15, 0.95), things: tint(0.1, 0.9) }
    }
}
