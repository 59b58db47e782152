//! Light on the relief: from the slopes and hollows of a face to a brightness for each pixel.

use super::painter::at;
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
const STEEPEST: f32 = 2.2;

/// The light on each pixel of a face. `towards` is the lamp's direction as the head sees it.
pub(super) fn on_face(relief: &Relief, smooth: &Relief, light: &Light, towards: [f32; 3]) -> Vec<Shade> {
    let canvas = relief.canvas;
    let mut shades = Vec::with_capacity(canvas.pixels());
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let index = row * canvas.width + column;
            let (mut right, mut down) = relief.slope(column, row);
            let steep = right.hypot(down);
            if steep > STEEPEST {
                (right, down) = (right * STEEPEST / steep, down * STEEPEST / steep);
            }
            let length = right.mul_add(right, down.mul_add(down, 1.0)).sqrt();
            let normal = [-right / length, -down / length, 1.0 / length];
            // What lies deeper than its surroundings sees less of the sky.
            let hollow = smooth.heights[index] - relief.heights[index];
            let open = (1.0 - 2.6 * hollow).clamp(0.45, 1.12);
            shades.push(shade(normal, open, light, towards, light.shine));
        }
    }
    shades
}

/// The light on hair, as on a ball round the head.
pub(super) fn on_hair(relief: &Relief, light: &Light, towards: [f32; 3]) -> Vec<Shade> {
    let canvas = relief.canvas;
    let mut shades = Vec::with_capacity(canvas.pixels());
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let place = at(canvas.x(column) / 1.5, (canvas.y(row) + 0.3) / 2.0);
            let flat = 1.0 / place.x.hypot(place.y).max(0.9) * 0.9;
            let (x, y) = (place.x * flat, place.y * flat);
            let z = (1.0 - x * x - y * y).max(0.04).sqrt();
            shades.push(shade([x, y, z], 1.0, light, towards, 0.0));
        }
    }
    shades
}

fn shade(normal: [f32; 3], open: f32, light: &Light, towards: [f32; 3], shine: f32) -> Shade {
    let dot = |a: [f32; 3], b: [f32; 3]| a[0].mul_add(b[0], a[1].mul_add(b[1], a[2] * b[2]));
    // Light wraps a little round the edge: skin lets it through.
    let lit = ((dot(normal, towards) + 0.22) / 1.22).max(0.0);
    let sky = 0.72 - 0.28 * normal[1];
    let linear = open * (1.28 * (1.0 - light.ambient)).mul_add(lit, 1.25 * light.ambient * sky * open);
    // Halfway between the lamp and the viewer the skin mirrors the lamp.
    let [x, y, z] = towards;
    let half = [x, y, z + 1.0];
    let half_length = dot(half, half).sqrt().max(1e-3);
    let mirror = (dot(normal, half) / half_length).max(0.0);
    let sharp = mirror.powi(8);
    // Colours are gamma-coded: the square root is close to sRGB's curve.
    Shade { factor: linear.max(0.0).sqrt(), gloss: 0.35 * shine * sharp * sharp * sharp * open }
}
