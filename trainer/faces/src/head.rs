//! The whole head in its own coordinates: painted, modelled, lit, and ready to be seen from any side.

use super::actions::Actions;
use super::canvas::Canvas;
use super::dice::Dice;
use super::identity::Identity;
use super::light::{Lamp, Shade};
use super::painter::{Painter, at};
use super::pose::Pose;
use super::relief::Relief;
use super::shape::Shape;
use super::view::Light;
use super::{eyes, glasses, hair, lips, modelling, skin};
use tiny_skia::{Pixmap, Point};

/// What a head can cover, in face coordinates: left, top, right, bottom.
const REACH: [f32; 4] = [-1.75, -2.45, 1.75, 3.1];

/// Details smaller than this, in eye distances, don't shift when the head turns, and lie in shadow when they are hollow.
const SMOOTHING: f32 = 0.22;

/// Skin lets light through: folds narrower than this look softer than they are.
const SOFTNESS: f32 = 0.05;

/// Red, green, blue (0..=255, multiplied with the opacity) and opacity (0..=1).
pub(super) type Pixel = [f32; 4];

/// A lit head.
#[derive(Debug)]
pub(super) struct Head {
    pixels: Vec<Pixel>,
    smooth: Relief,
}

impl Head {
    /// Paints and lights a head as finely as `pose` shows it, times `fineness`; only what appears in a picture of
    /// `sides` (width, height).
    pub(super) fn paint(
        shape: &Shape,
        (identity, actions): (&Identity, &Actions),
        (pose, light): (&Pose, &Light),
        (sides, fineness): ([f32; 2], f32),
        dice: &mut Dice,
    ) -> Self {
        let canvas = Canvas::new(visible(pose, sides), pose.scale * fineness);
        let relief = modelling::model(canvas, shape, identity, actions);
        let smooth = relief.smoothed(SMOOTHING);
        let towards = pose.direction_to_face(light.towards);

        let mut face = Painter::over(&canvas);
        skin::paint(&mut face, shape, identity, actions, dice);
        hair::beard(&mut face, shape, identity, dice);
        let glint = (0.55 * towards[0], (0.6 * towards[1]).min(-0.15));
        for eye in &shape.eyes {
            eyes::paint(&mut face, eye, identity, glint);
        }
        lips::paint(&mut face, &shape.mouth, identity);
        hair::shadow(&mut face, identity);
        let mut top = Painter::over(&canvas);
        hair::front(&mut top, identity, dice);
        if let Some(worn) = &identity.glasses {
            glasses::paint(&mut top, worn);
        }

        let (face, top) = (face.into_pixmap(), top.into_pixmap());
        let soft = relief.smoothed(SOFTNESS);
        let lamp = Lamp { light: *light, towards };
        let face = lit(&face, &canvas, |column, row| lamp.on_face(&soft, &smooth, column, row));
        let top = lit(&top, &canvas, |column, row| lamp.on_hair(&canvas, column, row));
        let layers = face.zip(top);
        let pixels = layers.map(|(lower, upper)| over(upper, lower)).collect();
        Self { pixels, smooth }
    }

    /// The point of the face at rest that is seen at `point` of the turned face's coordinates; `None` far from the head.
    pub(super) fn under(&self, pose: &Pose, point: Point) -> Option<Point> {
        // The surface's height is needed to undo the turn, and its place to know the height: three rounds settle it.
        let mut place = pose.unturned(point, 0.0);
        if !self.smooth.canvas.is_near(place.x, place.y) {
            return None;
        }
        for _ in 0..3 {
            place = pose.unturned(point, self.height(place));
        }
        Some(place)
    }

    /// The colour at a point of the face at rest, between the pixels; nothing beyond the canvas.
    pub(super) fn pixel(&self, place: Point) -> Pixel {
        let canvas = &self.smooth.canvas;
        let Some((index, right, down)) = canvas.inside(place.x, place.y) else { return [0.0; 4] };
        let get = |shift: usize| self.pixels.get(index + shift).copied().unwrap_or_default();
        let corners = [get(0), get(1), get(canvas.width), get(canvas.width + 1)];
        let weights = [(1.0 - right) * (1.0 - down), right * (1.0 - down), (1.0 - right) * down, right * down];
        let mut mean = [0.0; 4];
        for (pixel, weight) in corners.iter().zip(weights) {
            for (sum, part) in mean.iter_mut().zip(pixel) {
                *sum += part * weight;
            }
        }
        mean
    }

    /// Height of the surface before the pivot.
    fn height(&self, place: Point) -> f32 {
        0.85 * self.smooth.height(place.x, place.y) - Pose::PIVOT
    }

    /// Where a point of the face at rest is seen in the turned face's coordinates.
    pub(super) fn place_of(&self, pose: &Pose, point: Point) -> Point {
        pose.turned(point, self.height(point))
    }
}

/// The part of a head that a picture shows, with room for the turn.
fn visible(pose: &Pose, [width, height]: [f32; 2]) -> [f32; 4] {
    const ROOM: f32 = 0.35;
    let corners = [at(0.0, 0.0), at(width, 0.0), at(0.0, height), at(width, height)].map(|corner| pose.to_face(corner));
    let [left, top, right, bottom] = corners.iter().fold(
        [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY],
        |[left, top, right, bottom], corner| {
            [left.min(corner.x), top.min(corner.y), right.max(corner.x), bottom.max(corner.y)]
        },
    );
    [
        (left - ROOM).max(REACH[0]),
        (top - ROOM).max(REACH[1]),
        (right + ROOM).min(REACH[2]),
        (bottom + ROOM).min(REACH[3]),
    ]
}

/// Painted colours under the light, which is asked for where anything is painted.
fn lit<'a>(
    painted: &'a Pixmap,
    canvas: &'a Canvas,
    shade: impl Fn(usize, usize) -> Shade + 'a,
) -> impl Iterator<Item = Pixel> + 'a {
    let places = (0..canvas.height).flat_map(|row| (0..canvas.width).map(move |column| (column, row)));
    painted.pixels().iter().zip(places).map(move |(pixel, (column, row))| {
        if pixel.alpha() == 0 {
            return [0.0; 4];
        }
        let Shade { factor, gloss } = shade(column, row);
        let opacity = f32::from(pixel.alpha()) / 255.0;
        let part = |value: u8| (f32::from(value) * factor + 255.0 * gloss * opacity).min(255.0 * opacity);
        [part(pixel.red()), part(pixel.green()), part(pixel.blue()), opacity]
    })
}

/// One pixel over another.
pub(super) fn over(upper: Pixel, lower: Pixel) -> Pixel {
    let rest = 1.0 - upper[3];
    let mut both = upper;
    for (value, below) in both.iter_mut().zip(lower) {
        *value += below * rest;
    }
    both
}
