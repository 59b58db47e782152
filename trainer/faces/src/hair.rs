//! Hair on the head, and beards.

use super::dice::Dice;
use super::identity::{Beard, Hair, Identity};
use super::painter::{Painter, Tint, at, between};
use super::shape::{SIDES, Shape};
use super::skin::FINE;
use tiny_skia::Point;

/// Points of the right half of a hairline, from the middle to the ear.
const HALF: usize = 9;

/// Hair that hangs behind the head, painted before it.
pub(super) fn behind(painter: &mut Painter, identity: &Identity, dice: &mut Dice) {
    let tint = identity.colours.hair.darker(0.72);
    let out = 1.20 + 0.25 * identity.volume;
    match identity.hair {
        Hair::Long | Hair::Fringe if identity.hair == Hair::Long || identity.volume > 0.5 => {
            let length = 1.3 + 1.4 * identity.volume;
            let right = [
                (0.0, -1.9),
                (0.9, -1.6),
                (out, -0.7),
                (out + 0.08, 0.4),
                (out + 0.1, 0.4 + length / 2.0),
                (out - 0.15, 0.5 + length),
            ];
            let mut outline: Vec<Point> = right.map(|(x, y)| at(x, y)).to_vec();
            outline.extend(right.iter().skip(1).rev().map(|(x, y)| at(-x, *y)));
            painter.area(&outline, tint);
            for _ in 0..strands(painter) {
                let x = dice.between(0.75, 1.0) * out * if dice.chance(0.5) { 1.0 } else { -1.0 };
                let line = [at(x * 0.9, -0.6), at(x, 0.3), at(x * dice.between(0.95, 1.05), 0.4 + length)];
                painter.line(&line, 0.04, tint.darker(dice.between(0.7, 1.5)).opacity(0.35));
            }
        }
        Hair::Curly => {
            for _ in 0..60 {
                let angle = dice.between(-0.35, std::f32::consts::PI + 0.35);
                let reach = dice.between(1.0, 1.12) + 0.15 * identity.volume;
                let place = at(angle.cos() * 1.12 * reach, -0.5 - angle.sin() * 1.35 * reach);
                let size = dice.between(0.12, 0.24);
                painter.disc(place, at(size, size), tint.darker(dice.between(0.7, 1.2)));
            }
        }
        Hair::Bun => painter.disc(at(0.1 * identity.parting, -2.0), at(0.42, 0.36), tint),
        _ => {}
    }
}

/// The shadow that hair throws on the forehead; painted on the skin.
pub(super) fn shadow(painter: &mut Painter, identity: &Identity) {
    if let Some((hairline, _)) = lines(identity)
        && identity.hair != Hair::Buzz
    {
        let line: Vec<Point> = hairline.iter().map(|point| at(point.x * 0.97, point.y + 0.05)).collect();
        painter.soft_line(&line, 0.30, Tint::BLACK.opacity(0.22));
    }
}

/// Hair before the head.
pub(super) fn front(painter: &mut Painter, identity: &Identity, dice: &mut Dice) {
    let Some((hairline, outer)) = lines(identity) else { return };
    let tint = identity.colours.hair;
    let outline: Vec<Point> = outer.iter().chain(hairline.iter().rev()).copied().collect();
    if identity.hair == Hair::Buzz {
        let inner: Vec<Point> = hairline.iter().map(|point| at(point.x, point.y - 0.05)).collect();
        painter.area(&outline, tint.opacity(0.45));
        painter.area(&outer.iter().chain(inner.iter().rev()).copied().collect::<Vec<_>>(), tint.opacity(0.5));
    } else {
        painter.area(&outline, tint);
    }
    if identity.hair == Hair::Curly {
        curls(painter, &hairline, &outer, tint, dice);
        return;
    }
    // A band of gloss across the crown, then strands.
    painter.spot(at(-0.2 * identity.parting, -1.55), at(0.8, 0.22), Tint::WHITE.opacity(0.13));
    let sweep = match identity.hair {
        Hair::Parted => 0.10 * identity.parting,
        Hair::Bun | Hair::Short => 0.0,
        _ => 0.03 * identity.parting,
    };
    for _ in 0..strands(painter) {
        let share = dice.between(0.02, 0.98);
        let root = along(&hairline, share);
        let tip = along(&outer, (share + sweep + dice.normal(0.0, 0.02)).clamp(0.0, 1.0));
        let (start, end) = (dice.between(0.0, 0.5), dice.between(0.5, 1.0));
        let mut belly = between(root, tip, 0.55);
        belly.x *= 1.05;
        let line = [between(root, tip, start), belly, between(root, tip, end)];
        let (line, width) = if (start - end).abs() < 0.2 { ([root, belly, tip], 0.02) } else { (line, 0.03) };
        painter.line(&line, width, tint.darker(dice.between(0.55, 1.7)).opacity(0.30));
    }
    if identity.hair == Hair::Long {
        curtains(painter, identity, dice);
    }
}

/// Long hair falls beside the cheeks.
fn curtains(painter: &mut Painter, identity: &Identity, dice: &mut Dice) {
    let tint = identity.colours.hair;
    let length = 1.2 + 1.4 * identity.volume;
    for (_, sign) in SIDES {
        let inner = dice.between(0.92, 1.04);
        let strip = [
            (0.95, -0.75),
            (inner, -0.2),
            (inner + 0.04, 0.4),
            (inner + 0.02, 0.5 + length / 2.0),
            (1.0, 0.4 + length),
            (1.25, 0.4 + length),
            (1.34, 0.4),
            (1.28, -0.5),
            (1.15, -1.0),
        ]
        .map(|(x, y)| at(sign * x, y));
        painter.area(&strip, tint);
        for _ in 0..strands(painter) / 2 {
            let x = dice.between(inner + 0.03, 1.28);
            let line = [at(sign * x, -0.5), at(sign * (x + 0.03), 0.3), at(sign * (x - 0.03), 0.3 + length)];
            painter.line(&line, 0.03, tint.darker(dice.between(0.6, 1.6)).opacity(0.3));
        }
    }
}

fn curls(painter: &mut Painter, hairline: &[Point], outer: &[Point], tint: Tint, dice: &mut Dice) {
    for _ in 0..3 * strands(painter) {
        let share = dice.between(0.0, 1.0);
        let place = between(along(hairline, share), along(outer, share), dice.between(-0.02, 1.0));
        let size = dice.between(0.05, 0.13);
        painter.disc(place, at(size, size), tint.darker(dice.between(0.55, 1.5)).opacity(0.45));
    }
}

/// Moustache, beard or stubble; painted on the skin before the lips.
pub(super) fn beard(painter: &mut Painter, shape: &Shape, identity: &Identity, dice: &mut Dice) {
    let tint = identity.colours.brows;
    // The beard's area; its edge on the cheeks sinks by `sink`, for a soft edge in several layers.
    let full = |sink: f32| {
        let cheek = [(0.30, 0.80), (0.48, 0.86), (0.68, 0.82), (0.86, 0.55), (0.98, 0.15)];
        let mut right: Vec<Point> = vec![at(0.0, shape.nose.base + 0.06)];
        right.extend(cheek.map(|(x, y)| at(x * identity.proportions.head, y + sink)));
        let jaw = shape.profile.iter().filter(|point| point.y > 0.25);
        right.extend(jaw.map(|point| at(point.x * 1.015, point.y + 0.03 * (point.y - 0.25))));
        let mirrored: Vec<Point> = right.iter().rev().skip(1).map(|point| at(-point.x, point.y)).collect();
        right.extend(mirrored);
        right
    };
    match identity.beard {
        Beard::None => {}
        Beard::Stubble => {
            for sink in [0.0, 0.05, 0.10, 0.15] {
                painter.area(&full(sink), tint.opacity(0.07));
            }
        }
        Beard::Moustache => moustache(painter, shape, tint, dice),
        Beard::Goatee => {
            moustache(painter, shape, tint, dice);
            let chin = at(0.0, shape.chin - 0.16);
            painter.spot(chin, at(0.42, 0.36), tint.opacity(0.9));
            bristles(painter, chin, at(0.25, 0.18), tint, dice);
        }
        Beard::Full => {
            for sink in [0.0, 0.04, 0.08] {
                painter.area(&full(sink), tint.opacity(0.42));
            }
            let chin = at(0.0, shape.chin - 0.25);
            bristles(painter, chin, at(0.65, 0.3), tint, dice);
            for (_, sign) in SIDES {
                bristles(painter, at(0.8 * sign, shape.chin - 0.75), at(0.12, 0.35), tint, dice);
            }
            moustache(painter, shape, tint, dice);
        }
    }
}

fn moustache(painter: &mut Painter, shape: &Shape, tint: Tint, dice: &mut Dice) {
    let lip = &shape.mouth.upper_outer;
    let reach = lip.last().map_or(0.4, |corner| corner.x).max(0.2);
    let top = lip.iter().map(|point| {
        let t = (point.x / reach).clamp(-1.0, 1.0);
        at(point.x * 1.06, (point.y - 0.03 - 0.11 * (1.0 - t * t)).max(shape.nose.base + 0.02))
    });
    let bottom = lip.iter().rev().map(|point| at(point.x * 1.06, point.y + 0.015));
    let outline: Vec<Point> = top.chain(bottom).collect();
    painter.polygon(&outline, tint.opacity(0.8));
    bristles(painter, at(0.0, shape.mouth.upper_outer[lip.len() / 2].y - 0.05), at(0.3, 0.04), tint, dice);
}

fn bristles(painter: &mut Painter, centre: Point, reach: Point, tint: Tint, dice: &mut Dice) {
    if painter.density() < FINE {
        return;
    }
    for _ in 0..70 {
        let root = at(centre.x + reach.x * dice.between(-1.0, 1.0), centre.y + reach.y * dice.between(-1.0, 1.0));
        let tip = at(root.x * 1.06 + dice.normal(0.0, 0.01), root.y + dice.between(0.04, 0.10));
        painter.line(&[root, tip], 0.012, tint.darker(dice.between(0.6, 1.8)).opacity(0.5));
    }
}

fn strands(painter: &Painter) -> usize {
    if painter.density() < FINE { 18 } else { 120 }
}

/// The point at a share (0..=1) of a line's points.
fn along(line: &[Point], share: f32) -> Point {
    let mut left = share * f32::from(u8::try_from(line.len() - 1).unwrap_or(u8::MAX));
    for ends in line.windows(2) {
        if left <= 1.0 {
            return between(ends[0], ends[1], left);
        }
        left -= 1.0;
    }
    line[line.len() - 1]
}

/// The hairline and the hair's outer edge, from the image's left to its right; none for a bald head.
fn lines(identity: &Identity) -> Option<(Vec<Point>, Vec<Point>)> {
    let top = -identity.proportions.hairline;
    let head = identity.proportions.head;
    let bay = 0.22 * (identity.proportions.age - 0.4).max(0.0);
    let rest = [(0.95, -0.60), (0.98, -0.30), (1.01, 0.06), (1.08, -0.10), (1.13, -0.26)];
    let plain = [(0.0, top), (0.32, top + 0.02 - bay), (0.60, top + 0.10 - bay), (0.83, top + 0.32)];
    let parted = [(0.0, top - 0.05), (0.32, top - 0.02), (0.60, top + 0.12), (0.83, top + 0.36)];
    let fringe = [(0.0, -0.66), (0.32, -0.64), (0.60, -0.62), (0.86, -0.58)];
    let (front, stand) = match identity.hair {
        Hair::Bald => return None,
        Hair::Wreath => ([(0.0, -1.86), (0.5, -1.78), (0.86, -1.42), (1.0, -1.0)], 0.05),
        Hair::Buzz => (plain, 0.02),
        Hair::Bun => (plain, 0.06),
        Hair::Short => (plain, 0.10 + 0.10 * identity.volume),
        Hair::Parted | Hair::Long => (parted, 0.10 + 0.12 * identity.volume),
        Hair::Fringe => (fringe, 0.12 + 0.10 * identity.volume),
        Hair::Curly => (plain, 0.14 + 0.20 * identity.volume),
    };
    let half: Vec<(f32, f32)> = front.into_iter().chain(rest).collect();
    let swept = matches!(identity.hair, Hair::Parted | Hair::Long);
    let hairline = |sign: f32| {
        let half = &half;
        (0..HALF).map(move |index| {
            let (x, y) = half[index];
            // On the side away from the parting the hair falls into the forehead.
            let fall = if swept && sign * identity.parting < 0.0 && (1..4).contains(&index) { 0.16 } else { 0.0 };
            at(sign * x * head, y + fall)
        })
    };
    let (rx, ry) = (1.13 * head + stand, 1.31 + stand);
    // The head's own outline, a little further out.
    let edge = [
        (0.0, 1.0),
        (0.30, 0.97),
        (0.62, 0.85),
        (0.86, 0.61),
        (0.97, 0.27),
        (1.0, 0.04),
        (1.0, -0.06),
        (1.0, -0.14),
        (0.99, -0.22),
    ]
    .map(|(x, y)| (x * rx, -0.55 - y * ry));
    let outer = |sign: f32| {
        let edge = &edge;
        (0..HALF).map(move |index| at(sign * edge[index].0, edge[index].1))
    };
    let whole = |right: Vec<Point>, left: Vec<Point>| -> Vec<Point> {
        left.into_iter().rev().chain(right.into_iter().skip(1)).collect()
    };
    Some((whole(hairline(1.0).collect(), hairline(-1.0).collect()), whole(outer(1.0).collect(), outer(-1.0).collect())))
}
