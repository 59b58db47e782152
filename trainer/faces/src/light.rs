//! Light on the relief: from the slopes and hollows of a face to a brightness for each pixel.

use super::canvas::Canvas;
use super::relief::Relief;
use super::view::Light;

/// What a pixel's colour is multiplied with, and what is added to it (0..=1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Shade {
    /// The colour's factor.
    pub factor: f32,
    /// The gloss.
    pub gloss: f32,
}

/// Steepest slope that still counts: keeps the head's edge from going black.
const STEEPEST: f32 = 1.5;

/// The light as the turned head sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lamp {
    /// Its strengths.
    pub light: Light,
    /// Its direction, of length 1, in the face's axes.
    pub towards: [f32; 3],
}

impl Lamp {
    /// The light on a pixel of the skin. `smooth` is the surface without its hollows.
    pub(super) fn on_face(&self, relief: &Relief, smooth: &Relief, column: usize, row: usize) -> Shade {
        let index = row * relief.canvas.width + column;
        let (mut right, mut down) = relief.slope(column, row);
        let steep = (right * right + down * down).sqrt();
        if steep > STEEPEST {
            (right, down) = (right * STEEPEST / steep, down * STEEPEST / steep);
        }
        let length = (right * right + down * down + 1.0).sqrt();
        // What lies deeper than its surroundings sees less of the sky.
        // At the head's edge everything is deeper than the face, and yet in the open.
        let inward = (2.5 * relief.heights[index]).clamp(0.0, 1.0);
        let hollow = inward * (smooth.heights[index] - relief.heights[index]);
        let open = (1.0 - 2.6 * hollow).clamp(0.45, 1.12);
        self.shade([-right / length, -down / length, 1.0 / length], open, self.light.shine)
    }

    /// The light on a pixel of the hair, as on a ball round the head.
    pub(super) fn on_hair(&self, canvas: &Canvas, column: usize, row: usize) -> Shade {
        let (x, y) = (canvas.x(column) / 1.5, (canvas.y(row) + 0.3) / 2.0);
        let shrink = 0.9 / (x * x + y * y).sqrt().max(0.9);
        let (x, y) = (x * shrink, y * shrink);
        self.shade([x, y, (1.0 - x * x - y * y).sqrt()], 1.0, 0.0)
    }

    fn shade(&self, normal: [f32; 3], open: f32, shine: f32) -> Shade {
        let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let ambient = self.light.ambient;
        // Light wraps a little round the edge: skin lets it through.
        let lit = ((dot(normal, self.towards) + 0.25) / 1.25).max(0.0);
        let sky = 0.72 - 0.28 * normal[1];
        let linear = open * (1.28 * (1.0 - ambient) * lit + 1.25 * ambient * sky * open);
        // Halfway between the lamp and the viewer the skin mirrors the lamp.
        let [x, y, z] = self.towards;
        let half = [x, y, z + 1.0];
        let mirror = (dot(normal, half) / dot(half, half).sqrt().max(1e-3)).max(0.0);
        // Colours are gamma-coded: the square root is close to sRGB's curve.
        Shade { factor: linear.max(0.0).sqrt(), gloss: 0.22 * shine * mirror.powi(16) * open }
    }
}
