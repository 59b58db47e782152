//! Puts a picture together: the room, the neck and shoulders, the head before them, and the light on it.

use crate::actions::Actions;
use crate::dice::Dice;
use crate::identity::Identity;
use crate::painter::{Painter, Tint, at};
use crate::pose::{self, Pose};
use crate::shape::Shape;
use crate::{features, hair};
use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, PremultipliedColorU8, Transform};

/// A picture before any camera: red, green, blue (0..=255) a pixel.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// Width and height.
    pub sides: [u32; 2],
    /// The pixels, line by line.
    pub pixels: Vec<[f32; 3]>,
}

/// Red, green, blue (0..=255, multiplied with the opacity) and opacity (0..=1).
type Pixel = [f32; 4];

/// One lamp or window above and before the person, and the light from everywhere.
#[derive(Debug, Clone, Copy)]
struct Light {
    /// Towards the lamp, of length 1, in the picture's axes (right, down, to the viewer).
    towards: [f32; 3],
    /// Share of the light that comes from everywhere, 0..=1.
    ambient: f32,
}

impl Light {
    fn random(dice: &mut Dice) -> Self {
        let (x, y) = (dice.normal(0.0, 0.55), dice.normal(-0.55, 0.35).min(0.15));
        let z = dice.between(0.55, 1.1);
        let length = x.hypot(y).hypot(z);
        Self { towards: [x / length, y / length, z / length], ambient: dice.between(0.32, 0.62) }
    }

    /// What colours are multiplied with where the surface looks in the direction `normal`.
    fn on(&self, normal: [f32; 3]) -> f32 {
        let along: f32 = normal.iter().zip(self.towards).map(|(a, b)| a * b).sum();
        // Light wraps a little round the edge: skin lets it through.
        let lit = ((along + 0.25) / 1.25).max(0.0);
        let sky = 0.72 - 0.28 * normal[1];
        // Colours are gamma-coded: the square root is close to sRGB's curve.
        (1.28 * (1.0 - self.ambient) * lit + 1.25 * self.ambient * sky).max(0.0).sqrt()
    }
}

/// The person `own` with a face of `shape`, in a room that `view` draws.
pub(crate) fn compose(
    sides: [u32; 2],
    pose: &Pose,
    (own, shape, actions): (&Identity, &Shape, &Actions),
    view: &mut Dice,
    texture: &mut Dice,
) -> Picture {
    let [width, height] = sides;
    let light = Light::random(view);
    let room = room(sides, view);

    let mut body = Painter::new(width, height, pose.of_head(), None);
    hair::behind(&mut body, own, texture);
    body.move_to(pose.of_body());
    paint_body(&mut body, shape, own, &light);

    let mut head = Painter::new(width, height, pose.of_head(), Some(pose.turn));
    features::paint(&mut head, shape, own, actions, light.towards[0], texture);
    hair::beard(&mut head, shape, own, texture);
    features::mouth(&mut head, &shape.mouth, own);
    hair::front(&mut head, own, texture);
    if let Some(worn) = &own.glasses {
        features::glasses(&mut head, worn);
    }

    let to_face = pose.of_head().invert().unwrap_or_default();
    let places = (0..height).flat_map(|row| (0..width).map(move |column| (column, row)));
    let (body, head) = (body.into_pixmap(), head.into_pixmap());
    let layers = room.pixels().iter().zip(body.pixels()).zip(head.pixels());
    let pixels = places.zip(layers).map(|((column, row), ((wall, body), head))| {
        let mut head = premultiplied(*head);
        if head[3] > 0.0 {
            let mut place = at(float(column) + 0.5, float(row) + 0.5);
            to_face.map_point(&mut place);
            let factor = light.on(pose::normal(place));
            let most = 255.0 * head[3];
            head[..3].iter_mut().for_each(|part| *part = (*part * factor).min(most));
        }
        let [red, green, blue, _] = over(head, over(premultiplied(*body), premultiplied(*wall)));
        [red, green, blue]
    });
    Picture { sides, pixels: pixels.collect() }
}

/// The room behind the person, out of focus: it is painted at a quarter of the size, in coordinates 0..4 by 0..3.
fn room([width, height]: [u32; 2], dice: &mut Dice) -> Pixmap {
    const COARSE: u32 = 4;
    let (columns, rows) = (width.div_ceil(COARSE) + 1, height.div_ceil(COARSE) + 1);
    let scale = Transform::from_scale(float(columns) / 4.0, float(rows) / 3.0);
    let mut tint = |low: f32, high: f32| {
        Tint::hue(dice.between(0.0, 6.0), 0.35 * dice.between(0.0, 1.0).powi(2), dice.between(low, high))
    };
    let (wall, things) = (tint(0.15, 0.95), tint(0.1, 0.9));
    let mut painter = Painter::new(columns, rows, scale, None);
    let whole = [at(-1.0, -1.0), at(5.0, -1.0), at(5.0, 4.0), at(-1.0, 4.0)];
    let far = at(dice.between(0.0, 4.0), dice.between(1.5, 3.0));
    painter.faded_area(&whole, (at(2.0, -0.2), wall), (far, wall.darker(dice.between(0.5, 1.0))));
    for _ in 0..dice.pick(&[0, 1, 3, 8, 14]).copied().unwrap_or(0) {
        let (x, y) = (dice.between(-0.3, 4.3), dice.between(-0.3, 3.3));
        let (w, h) = (dice.between(0.05, 0.9), dice.between(0.1, 1.4));
        let tint = things.mix(wall, dice.between(0.0, 0.9)).darker(dice.between(0.6, 1.3));
        painter.polygon(&[at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h)], tint);
    }
    let coarse = painter.into_pixmap();
    let mut room = Painter::new(width, height, Transform::identity(), None).into_pixmap();
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    let factor = float(COARSE);
    room.draw_pixmap(0, 0, coarse.as_ref(), &paint, Transform::from_scale(factor, factor), None);
    room
}

/// Neck and shoulders.
fn paint_body(painter: &mut Painter, shape: &Shape, own: &Identity, light: &Light) {
    // Light from the left leaves the right side dark, and the reverse.
    let lean = light.towards[0] * (1.0 - light.ambient);
    let mut half_lit = |outline: &[tiny_skia::Point], tint: Tint, reach: f32, y: f32| {
        let (left, right) = (tint.darker(0.82 - 0.45 * lean), tint.darker(0.82 + 0.45 * lean));
        painter.faded_area(outline, (at(-reach, y), left), (at(reach, y), right));
    };
    let wide = 0.64 * own.jaw;
    let neck = [(wide, 1.1), (wide, 1.8), (wide + 0.12, 2.2), (1.3, 2.55), (0.6, 3.6)];
    let both = |right: &[(f32, f32)]| -> Vec<tiny_skia::Point> {
        let left = right.iter().map(|(x, y)| at(-x, *y));
        left.chain(right.iter().rev().map(|(x, y)| at(*x, *y))).collect()
    };
    half_lit(&both(&neck), own.colours.skin, 0.9, 2.0);
    let shoulders = [(0.8, 2.08), (1.5, 2.38), (2.4, 2.68), (2.95, 3.3), (3.25, 5.5), (3.3, 12.0)];
    let dip = 2.35 + 0.4 * own.volume;
    let mut clothes = both(&shoulders);
    clothes.extend([at(0.5, dip - 0.08), at(0.0, dip + 0.05), at(-0.5, dip - 0.08)]);
    half_lit(&clothes, own.colours.clothes, 2.4, 3.0);
    painter.spot(at(0.0, shape.chin + 0.05), at(0.68, 0.60), Tint::BLACK.opacity(0.6));
}

fn premultiplied(pixel: PremultipliedColorU8) -> Pixel {
    let [red, green, blue, alpha] = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()].map(f32::from);
    [red, green, blue, alpha / 255.0]
}

/// One pixel over another.
fn over(upper: Pixel, lower: Pixel) -> Pixel {
    let mut both = upper;
    both.iter_mut().zip(lower).for_each(|(value, below)| *value += below * (1.0 - upper[3]));
    both
}

fn float(pixels: u32) -> f32 {
    f32::from(u16::try_from(pixels).unwrap_or(u16::MAX))
}
