//! What is round the face: light, room, camera.

use super::dice::Dice;
use super::painter::Tint;

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
        let quality = dice.between(50.0, 95.0);
        Self {
            gain: dice.normal(1.05, 0.14).max(0.6),
            gamma: dice.normal(1.0, 0.12).max(0.7),
            haze: dice.between(0.0, 24.0),
            warmth: [dice.normal(1.0, 0.04), dice.normal(1.0, 0.04)],
            blur: dice.between(0.0, 1.0).powi(2) * 0.8,
            noise: 0.8 + 5.0 * dice.between(0.0, 1.0).powi(3),
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
