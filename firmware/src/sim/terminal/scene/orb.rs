//! The glowing orb: each character is two pixels, one above the other.

use super::super::canvas::{Canvas, Cell, Colour};
use crate::report::srgb;
use mood::{Brightness, Rgb};

/// Radius of the glass, as a share of half the orb's field; outside is the halo.
const GLASS: f32 = 0.76;
/// Width of its rim: about one pixel.
const RIM: f32 = 0.09;

/// Paints the orb into a field of `(columns, rows)` at `place`.
pub(super) fn paint(canvas: &mut Canvas, place: (u16, u16), field: (u16, u16), colour: Rgb, night: Colour) {
    let (columns, rows) = field;
    for row in 0..rows {
        for column in 0..columns {
            let pixel = |half: u16| shade(column, 2 * row + half, columns, 2 * rows, colour, night);
            let (front, back) = (pixel(0), pixel(1));
            canvas.put(place.0 + column, place.1 + row, Cell { symbol: '▀', front, back });
        }
    }
}

/// One pixel: light falls off slowly inside the glass and quickly outside; a dark orb is still faintly seen.
fn shade(x: u16, y: u16, width: u16, height: u16, colour: Rgb, night: Colour) -> Colour {
    let centred = |at: u16, size: u16| (f32::from(at) + 0.5) / (f32::from(size) / 2.0) - 1.0;
    let radius = centred(x, width).hypot(centred(y, height));
    let depth = (radius / GLASS).min(1.0);
    let inside = (0.012 - 0.007 * depth, 1.0 - 0.45 * depth * depth);
    // Falls to nothing at the edge of the field, so that the halo has no corners.
    let outside = (0.0, 0.5 * (-(radius - GLASS) * 6.0).exp() * (1.0 - radius).max(0.0) / (1.0 - GLASS));
    // A pixel on the rim is partly both.
    let share = ((radius - GLASS) / RIM + 0.5).clamp(0.0, 1.0);
    let mix = |a: f32, b: f32| a + (b - a) * share;
    let (glass, light) = (mix(inside.0, outside.0), mix(inside.1, outside.1));
    let parts = [colour.red, colour.green, colour.blue];
    let mut pixel = night;
    for (byte, part) in pixel.iter_mut().zip(parts) {
        let lit = Brightness::new(glass + part.get() * light).get();
        // The eye sees no step of two; the terminal is spared the bytes.
        *byte = (*byte).max(srgb(lit) & !1);
    }
    pixel
}
