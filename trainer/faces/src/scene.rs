//! What is round the head: the room, the neck, the shoulders; and the head put before it.

use super::dice::Dice;
use super::hair;
use super::head::{Head, Pixel, over};
use super::identity::Identity;
use super::painter::{Painter, Tint, at, blank};
use super::pose::Pose;
use super::shape::Shape;
use super::view::{Light, Room};
use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, PremultipliedColorU8, Transform};

/// A picture that is being put together: red, green, blue (0..=255) a pixel.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    /// Pixels per line.
    pub width: usize,
    /// The pixels, line by line.
    pub pixels: Vec<[f32; 3]>,
}

/// The room behind the person, out of focus: it is painted at a quarter of the size.
fn backdrop(width: u32, height: u32, room: &Room, dice: &mut Dice) -> Pixmap {
    const COARSE: u32 = 4;
    let (columns, rows) = (width.div_ceil(COARSE) + 1, height.div_ceil(COARSE) + 1);
    // Coordinates 0..4 by 0..3, whatever the size.
    let scale = |pixels: u32, units: f32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)) / units;
    let mut painter = Painter::with(columns, rows, Transform::from_scale(scale(columns, 4.0), scale(rows, 3.0)));
    let wall = [at(-1.0, -1.0), at(5.0, -1.0), at(5.0, 4.0), at(-1.0, 4.0)];
    let far = at(dice.between(0.0, 4.0), dice.between(1.5, 3.0));
    painter.faded_area(&wall, (at(2.0, -0.2), room.wall), (far, room.wall.darker(dice.between(0.5, 1.0))));
    let crowd = dice.pick(&[0, 1, 3, 8, 14]).copied().unwrap_or(0);
    for _ in 0..crowd {
        let (x, y) = (dice.between(-0.3, 4.3), dice.between(-0.3, 3.3));
        let (w, h) = (dice.between(0.05, 0.9), dice.between(0.1, 1.4));
        let tint = room.things.mix(room.wall, dice.between(0.0, 0.9)).darker(dice.between(0.6, 1.3));
        if dice.chance(0.6) {
            painter.polygon(&[at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h)], tint);
        } else {
            painter.spot(at(x, y), at(w, w), tint.opacity(0.8));
        }
    }
    if dice.chance(0.2) {
        let x = dice.between(-0.2, 3.4);
        let pane = [at(x, 0.1), at(x + 0.8, 0.1), at(x + 0.8, 1.8), at(x, 1.8)];
        painter.polygon(&pane, Tint::rgb(246, 248, 250));
    }
    let coarse = painter.into_pixmap();
    let mut whole = blank(width, height);
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    let factor = scale(COARSE, 1.0);
    whole.draw_pixmap(0, 0, coarse.as_ref(), &paint, Transform::from_scale(factor, factor), None);
    whole
}

/// Neck and shoulders. They follow only half of the head's tilt.
fn body(painter: &mut Painter, shape: &Shape, identity: &Identity, light: &Light) {
    // Light from the left leaves the right side dark, and the reverse.
    let lean = light.towards[0] * (1.0 - light.ambient);
    let sides = |tint: Tint| (tint.darker(0.82 - 0.45 * lean), tint.darker(0.82 + 0.45 * lean));
    let (left, right) = sides(identity.colours.skin);
    let wide = 0.64 * identity.proportions.jaw;
    let neck = [
        at(-wide, 1.1),
        at(-wide, 1.8),
        at(-wide - 0.12, 2.2),
        at(-1.3, 2.55),
        at(-0.6, 3.6),
        at(0.6, 3.6),
        at(1.3, 2.55),
        at(wide + 0.12, 2.2),
        at(wide, 1.8),
        at(wide, 1.1),
    ];
    painter.faded_area(&neck, (at(-0.9, 2.0), left), (at(0.9, 2.0), right));
    painter.spot(at(0.0, shape.chin + 0.05), at(0.68, 0.60), Tint::BLACK.opacity(0.6));
    for sign in [-1.0, 1.0] {
        let cord = [at(0.55 * sign, 1.9), at(0.32 * sign, 2.3), at(0.12 * sign, 2.6)];
        painter.soft_line(&cord, 0.22, Tint::BLACK.opacity(0.10));
    }
    let (left, right) = sides(identity.colours.clothes);
    let dip = 2.35 + 0.4 * identity.volume;
    let collar = [at(-0.80, 2.08), at(-0.5, dip - 0.08), at(0.0, dip + 0.05), at(0.5, dip - 0.08), at(0.80, 2.08)];
    let shoulders = [(1.5, 2.38), (2.4, 2.68), (2.95, 3.3), (3.25, 5.5), (3.3, 12.0)];
    let clothes: Vec<_> = shoulders
        .iter()
        .map(|(x, y)| at(-x, *y))
        .chain(shoulders.iter().rev().map(|(x, y)| at(*x, *y)))
        .chain(collar.iter().rev().copied())
        .collect();
    painter.faded_area(&clothes, (at(-2.4, 3.0), left), (at(2.4, 3.0), right));
    painter.soft_line(&collar, 0.12, Tint::BLACK.opacity(0.3));
}

/// Puts everything together. Each pixel gets `samples` squared samples of the head.
pub(super) fn compose(
    (width, height): (u16, u16),
    (room, pose, light): (&Room, &Pose, &Light),
    (identity, shape, head): (&Identity, &Shape, &Head),
    samples: u8,
    dice: &mut Dice,
) -> Picture {
    let behind = backdrop(width.into(), height.into(), room, dice);
    let mut painter = Painter::with(width.into(), height.into(), coordinates(pose));
    hair::behind(&mut painter, identity, dice);
    painter.move_to(coordinates(&pose.of_body()));
    body(&mut painter, shape, identity, light);
    let body = painter.into_pixmap();

    let [left, top, right, bottom] = bounds(pose);
    let places = (0..height).flat_map(|row| (0..width).map(move |column| (f32::from(column), f32::from(row))));
    let layers = behind.pixels().iter().zip(body.pixels());
    let pixels = places.zip(layers).map(|((x, y), (wall, body))| {
        let mut pixel = over(premultiplied(*body), premultiplied(*wall));
        if x >= left && x <= right && y >= top && y <= bottom {
            pixel = over(mean(head, pose, (x, y), samples), pixel);
        }
        [pixel[0], pixel[1], pixel[2]]
    });
    Picture { width: width.into(), pixels: pixels.collect() }
}

/// From face coordinates, as if they lay flat, to the picture's pixels.
fn coordinates(pose: &Pose) -> Transform {
    let [origin, right, down] = [at(0.0, 0.0), at(1.0, 0.0), at(0.0, 1.0)].map(|point| pose.to_picture(point));
    let (right, down) = (right - origin, down - origin);
    Transform::from_row(right.x, right.y, down.x, down.y, origin.x, origin.y)
}

fn premultiplied(pixel: PremultipliedColorU8) -> Pixel {
    let [red, green, blue, alpha] = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()].map(f32::from);
    [red, green, blue, alpha / 255.0]
}

/// What a pixel shows of the head: the mean of `samples` squared samples.
fn mean(head: &Head, pose: &Pose, (x, y): (f32, f32), samples: u8) -> Pixel {
    let middle = pose.to_face(at(x + 0.5, y + 0.5));
    let Some(place) = head.under(pose, middle) else { return [0.0; 4] };
    if samples == 1 {
        return head.pixel(place);
    }
    // Within a pixel the turn hardly changes: one solution serves all its samples.
    let step = 1.0 / f32::from(samples);
    let mut sum = [0.0; 4];
    for down in 0..samples {
        for right in 0..samples {
            let corner = at(x + (f32::from(right) + 0.5) * step, y + (f32::from(down) + 0.5) * step);
            let seen = head.pixel(place + pose.to_face(corner) - middle);
            for (sum, part) in sum.iter_mut().zip(seen) {
                *sum += part * step * step;
            }
        }
    }
    sum
}

/// Pixels beyond which nothing of the head appears: left, top, right, bottom.
fn bounds(pose: &Pose) -> [f32; 4] {
    let reach = 3.6 * pose.scale;
    [pose.place.x - reach, pose.place.y - reach, pose.place.x + reach, pose.place.y + reach]
}
