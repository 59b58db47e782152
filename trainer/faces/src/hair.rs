//! Hair on the head, and beards.

use crate::dice::Dice;
use crate::features::FINE;
use crate::identity::{Beard, Hair, Identity};
use crate::painter::{Painter, Tint, at, between, mirrored};
use crate::shape::{SIDES, Shape};
use tiny_skia::Point;

/// Hair that hangs behind the head, painted before it.
pub(crate) fn behind(painter: &mut Painter, own: &Identity, dice: &mut Dice) {
    let tint = own.colours.hair.darker(0.72);
    let out = 1.20 + 0.25 * own.volume;
    match own.hair {
        Hair::Long => {
            let end = 1.8 + 1.4 * own.volume;
            let right =
                [(0.0, -1.9), (0.9, -1.6), (out, -0.7), (out + 0.08, 0.4), (out + 0.1, 0.5 * end), (out - 0.15, end)];
            painter.area(&mirrored(right.into_iter().map(|(x, y)| at(x, y))), tint);
        }
        Hair::Curly => {
            for _ in 0..60 {
                let angle = dice.between(-0.35, std::f32::consts::PI + 0.35);
                let reach = dice.between(1.0, 1.12) + 0.15 * own.volume;
                let size = dice.between(0.12, 0.24);
                let place = at(angle.cos() * 1.12 * reach, -0.5 - angle.sin() * 1.35 * reach);
                painter.disc(place, at(size, size), tint.darker(dice.between(0.7, 1.2)));
            }
        }
        Hair::Bald | Hair::Short | Hair::Fringe => {}
    }
}

/// Hair before the head, with its shadow on the forehead.
pub(crate) fn front(painter: &mut Painter, own: &Identity, dice: &mut Dice) {
    let Some((hairline, outer)) = lines(own) else { return };
    let tint = own.colours.hair;
    let shadow: Vec<Point> = hairline.iter().map(|point| at(point.x * 0.97, point.y + 0.05)).collect();
    painter.soft_line(&shadow, 0.30, Tint::BLACK.opacity(0.22));
    painter.area(&outer.iter().chain(hairline.iter().rev()).copied().collect::<Vec<Point>>(), tint);
    painter.spot(at(-0.2, -1.55), at(0.8, 0.22), Tint::WHITE.opacity(0.13));
    for _ in 0..strands(painter) {
        let share = dice.between(0.02, 0.98);
        let (root, tip) = (along(&hairline, share), along(&outer, (share + dice.normal(0.0, 0.03)).clamp(0.0, 1.0)));
        let tint = tint.darker(dice.between(0.55, 1.6));
        if own.hair == Hair::Curly {
            let size = dice.between(0.05, 0.13);
            painter.disc(between(root, tip, dice.between(0.0, 1.0)), at(size, size), tint.opacity(0.45));
        } else {
            painter.line(&[root, tip], 0.03, tint.opacity(0.30));
        }
    }
    if own.hair == Hair::Long {
        let end = 1.6 + 1.4 * own.volume;
        for (_, sign) in SIDES {
            let strip =
                [(0.95, -0.75), (1.0, 0.0), (1.02, 0.5 * end), (1.0, end), (1.25, end), (1.34, 0.4), (1.15, -1.0)];
            painter.area(&strip.map(|(x, y)| at(sign * x, y)), tint);
        }
    }
}

/// A beard or stubble; painted on the skin before the lips.
pub(crate) fn beard(painter: &mut Painter, shape: &Shape, own: &Identity, dice: &mut Dice) {
    let tint = own.colours.brows;
    let (layers, opacity): (&[f32], f32) = match own.beard {
        Beard::None => return,
        Beard::Stubble => (&[0.0, 0.05, 0.10, 0.15], 0.07),
        Beard::Full => (&[0.0, 0.04, 0.08], 0.42),
    };
    // The edge on the cheeks sinks from layer to layer, which makes it soft.
    for sink in layers {
        let cheek = [(0.30, 0.80), (0.48, 0.86), (0.68, 0.82), (0.86, 0.55), (0.98, 0.15)];
        let cheek = cheek.map(|(x, y)| at(x * own.head, y + sink));
        let jaw = shape.profile.iter().filter(|point| point.y > 0.25).map(|point| at(point.x * 1.015, point.y * 1.015));
        let right = std::iter::once(at(0.0, shape.nose.base + 0.06)).chain(cheek).chain(jaw);
        painter.area(&mirrored(right), tint.opacity(opacity));
    }
    if own.beard == Beard::Full {
        for _ in 0..strands(painter) {
            let root = at(dice.normal(0.0, 0.35), shape.chin - dice.between(0.0, 0.5));
            let tip = at(root.x * 1.06, root.y + dice.between(0.04, 0.10));
            painter.line(&[root, tip], 0.012, tint.darker(dice.between(0.6, 1.8)).opacity(0.5));
        }
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
fn lines(own: &Identity) -> Option<(Vec<Point>, Vec<Point>)> {
    let top = -own.hairline;
    let bay = 0.22 * (own.age - 0.4).max(0.0);
    let plain = [(0.0, top), (0.32, top + 0.02 - bay), (0.60, top + 0.10 - bay), (0.83, top + 0.32)];
    let (front, stand) = match own.hair {
        Hair::Bald => return None,
        Hair::Short => (plain, 0.03 + 0.16 * own.volume),
        Hair::Long => (plain, 0.10 + 0.12 * own.volume),
        Hair::Fringe => ([(0.0, -0.66), (0.32, -0.64), (0.60, -0.62), (0.86, -0.58)], 0.12 + 0.10 * own.volume),
        Hair::Curly => (plain, 0.14 + 0.20 * own.volume),
    };
    let rest = [(0.95, -0.60), (0.98, -0.30), (1.01, 0.06), (1.08, -0.10), (1.13, -0.26)];
    // The head's own outline, a little further out.
    let edge = [0.0, 0.30, 0.62, 0.86, 0.97, 1.0, 1.0, 1.0, 0.99].into_iter();
    let edge = edge.zip([1.0, 0.97, 0.85, 0.61, 0.27, 0.04, -0.06, -0.14, -0.22]);
    let whole = |right: Vec<Point>| -> Vec<Point> {
        let left = right.iter().skip(1).rev().map(|point| at(-point.x, point.y));
        left.chain(right.iter().copied()).collect()
    };
    let hairline = front.into_iter().chain(rest).map(|(x, y)| at(x * own.head, y));
    let outer = edge.map(|(x, y)| at(x * (1.13 * own.head + stand), -0.55 - y * (1.31 + stand)));
    Some((whole(hairline.collect()), whole(outer.collect())))
}
