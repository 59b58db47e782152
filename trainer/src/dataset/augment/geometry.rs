//! Where the camera stands: every move is part of one projective mapping, sampled once, so nothing blurs twice.

use super::{Augment, Plane, between, either_way, factor, happens};
use crate::dataset::{PIXELS, SIDE};
use rand::RngExt;

/// From the middle of a picture to its edge, pixels: the unit of the mapping.
const HALF: f32 = SIDE as f32 / 2.0;
/// The middle of a picture, pixels.
const MIDDLE: f32 = (SIDE as f32 - 1.0) / 2.0;
/// How far the camera is from the face, in half sides of the crop: 45 cm, where a crop shows 18 cm.
const DISTANCE: f32 = 5.0;

/// A move of the face, in the order of the mapping: mirrored, seen from below, skewed, scaled, turned, shifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Move {
    /// Left and right change places.
    pub mirror: bool,
    /// How far the camera looks up, degrees.
    pub viewpoint: f32,
    /// Rightwards for each step down, downwards for each step right.
    pub skew: [f32; 2],
    /// How much smaller than in the middle the face is at the right and the lower edge, as a share.
    pub recede: [f32; 2],
    /// How many times as large.
    pub scale: f32,
    /// Clockwise, degrees.
    pub turn: f32,
    /// Rightwards and downwards, pixels.
    pub shift: [f32; 2],
}

impl Move {
    /// No move.
    pub(super) const STILL: Self = Self {
        mirror: false,
        viewpoint: 0.0,
        skew: [0.0; 2],
        recede: [0.0; 2],
        scale: 1.0,
        turn: 0.0,
        shift: [0.0; 2],
    };

    /// The mapping from the varied picture back to the original, in half sides around the middle.
    fn back(&self) -> Matrix {
        let mirror = if self.mirror { -1.0 } else { 1.0 };
        let mirrored = [[mirror, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        // A plane whose lower half comes nearer.
        let (sin, cos) = self.viewpoint.to_radians().sin_cos();
        let below = [[1.0, 0.0, 0.0], [0.0, cos, 0.0], [0.0, -sin / DISTANCE, 1.0]];
        let skewed = [[1.0, self.skew[0], 0.0], [self.skew[1], 1.0, 0.0], [self.recede[0], self.recede[1], 1.0]];
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let (sin, cos) = (sin * self.scale, cos * self.scale);
        let moved = [[cos, -sin, self.shift[0] / HALF], [sin, cos, self.shift[1] / HALF], [0.0, 0.0, 1.0]];
        inverse(&product(&moved, &product(&skewed, &product(&below, &mirrored))))
    }
}

/// Where each pixel of a varied picture comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) moved: Move,
    pub(super) lens: Option<Lens>,
}

impl View {
    pub(super) fn draw(augment: &Augment, random: &mut impl RngExt) -> Self {
        let perspective = augment.perspective.min(0.25);
        let mut pair = |limit: f32| [either_way(limit, random), either_way(limit, random)];
        let (shift, skew, recede) = (pair(augment.shift), pair(perspective), pair(perspective));
        let moved = Move {
            mirror: happens(augment.flip, random),
            viewpoint: if happens(augment.viewpoint, random) {
                between(0.0, augment.viewpoint_degrees.min(45.0), random)
            } else {
                0.0
            },
            skew,
            recede,
            scale: factor(augment.scale, random),
            turn: either_way(augment.turn, random),
            shift,
        };
        let lens = happens(augment.lens, random).then(|| Lens::draw(augment.lens_distortion, random));
        Self { moved, lens }
    }

    /// Bilinear; beyond the edge its pixels go on, as the box's crops do it.
    pub(super) fn project(&self, picture: &[u8; PIXELS], plane: &mut Plane) {
        let mut source = [0.0; PIXELS];
        for (value, &byte) in source.iter_mut().zip(picture) {
            *value = f32::from(byte);
        }
        if *self == (Self { moved: Move::STILL, lens: None }) {
            *plane = source;
            return;
        }
        let back = self.moved.back();
        let mut places = [[0.0; 2]; SIDE];
        for (row, target) in plane.chunks_exact_mut(SIDE).enumerate() {
            for (column, place) in places.iter_mut().enumerate() {
                *place = [(column as f32 - MIDDLE) / HALF, (row as f32 - MIDDLE) / HALF];
            }
            if let Some(lens) = self.lens {
                places.iter_mut().for_each(|place| *place = lens.undo(*place));
            }
            for place in &mut places {
                let [u, v, w] = back.map(|line| line[0] * place[0] + line[1] * place[1] + line[2]);
                // Behind the camera there is nothing: such rays end at the horizon.
                let scale = HALF / w.max(0.05);
                *place = [u * scale + MIDDLE, v * scale + MIDDLE];
            }
            for (value, &place) in target.iter_mut().zip(&places) {
                *value = sample(&source, place);
            }
        }
    }
}

fn sample(source: &Plane, [x, y]: [f32; 2]) -> f32 {
    let last = (SIDE - 1) as f32;
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (left, top) = ((x as usize).min(SIDE - 2), (y as usize).min(SIDE - 2));
    let (a, b) = (x - left as f32, y - top as f32);
    let four = &source[top * SIDE + left..][..SIDE + 2];
    let upper = four[0] + a * (four[1] - four[0]);
    let lower = four[SIDE] + a * (four[SIDE + 1] - four[SIDE]);
    upper + b * (lower - upper)
}

type Matrix = [[f32; 3]; 3];

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    a.map(|line| [0, 1, 2].map(|column| line[0] * b[0][column] + line[1] * b[1][column] + line[2] * b[2][column]))
}

/// Up to a factor, which a projective mapping doesn't see, but positive in the middle.
fn inverse(m: &Matrix) -> Matrix {
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a][b] * m[c][d] - m[a][d] * m[c][b];
    let adjugate = [
        [minor(1, 1, 2, 2), -minor(0, 1, 2, 2), minor(0, 1, 1, 2)],
        [-minor(1, 0, 2, 2), minor(0, 0, 2, 2), -minor(0, 0, 1, 2)],
        [minor(1, 0, 2, 1), -minor(0, 0, 2, 1), minor(0, 0, 1, 1)],
    ];
    let middle = adjugate[2][2];
    // No move is so strong that the middle of the picture lies on its horizon.
    adjugate.map(|line| line.map(|value| value / middle))
}

/// A wide-angle lens, seen from a crop somewhere in its frame. It pulls in what lies far from the middle of the frame:
/// `r (1 + k r^2)` of the face is shown at `r`. Size and place of the face are made up for, as a crop does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lens {
    /// `k`, for distances in half sides of the crop.
    strength: f32,
    /// The middle of the frame, in half sides of the crop around its middle.
    axis: [f32; 2],
    /// Where the crop's middle would land.
    middle: [f32; 2],
    /// Makes up for the change of size there.
    size: f32,
}

impl Lens {
    /// `distortion`: how far the corner of the frame is pulled in, as a share. `half`: half the side of the crop, and
    /// `place`: its middle, both in half diagonals of the frame.
    pub(super) fn new(distortion: f32, half: f32, place: [f32; 2]) -> Self {
        let strength = distortion * half * half;
        let axis = place.map(|place| -place / half);
        let far = strength * (axis[0] * axis[0] + axis[1] * axis[1]);
        let middle = axis.map(|axis| -axis * (1.0 + far));
        // Along the radius and across it a lens scales differently; the mean of both is what a face box follows.
        Self { strength, axis, middle, size: 1.0 / ((1.0 + far) * (1.0 + 3.0 * far)).sqrt() }
    }

    /// A face of 100 to 270 of the 800 pixels of a frame's diagonal, anywhere in a frame of 4:3.
    pub(super) fn draw(distortion: f32, random: &mut impl RngExt) -> Self {
        let half = between(0.125, 0.34, random);
        let place = [either_way(0.8 - half, random), either_way(0.6 - half, random)];
        Self::new(between(0.0, distortion.min(0.5), random), half, place)
    }

    /// Where in a picture without the lens a place in the crop comes from; both in half sides around the middle.
    pub(super) fn undo(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (u, v) = (x - self.axis[0], y - self.axis[1]);
        let far = 1.0 + self.strength * (u * u + v * v);
        [(u * far - self.middle[0]) * self.size, (v * far - self.middle[1]) * self.size]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{face, plane};
    use super::*;
    use crate::random::generator;

    fn seen(moved: Move, lens: Option<Lens>, pixels: &[u8]) -> Plane {
        let mut plane = [0.0; PIXELS];
        View { moved, lens }.project(pixels.try_into().unwrap(), &mut plane);
        plane
    }

    /// A bright spot with a soft edge at (`x`, `y`).
    fn spot(x: f32, y: f32) -> Vec<u8> {
        let level = |at: usize| {
            let (u, v) = ((at % SIDE) as f32 - x, (at / SIDE) as f32 - y);
            (250.0 * (-(u * u + v * v) / 8.0).exp()) as u8
        };
        (0..PIXELS).map(level).collect()
    }

    /// The centre of brightness.
    fn centre(plane: &Plane) -> [f32; 2] {
        let sum: f32 = plane.iter().sum();
        let along = |place: fn(usize) -> usize| {
            plane.iter().enumerate().map(|(at, value)| place(at) as f32 * value).sum::<f32>() / sum
        };
        [along(|at| at % SIDE), along(|at| at / SIDE)]
    }

    fn assert_near(case: &str, [x, y]: [f32; 2], [u, v]: [f32; 2]) {
        assert!((x - u).abs() < 0.15 && (y - v).abs() < 0.15, "{case}: ({x}, {y}) is not ({u}, {v})");
    }

    #[test]
    fn a_shift_moves_by_the_pixels_said() {
        let original = plane(&face());
        let moved = seen(Move { shift: [3.0, -2.0], ..Move::STILL }, None, &face());
        for row in 2..SIDE - 4 {
            for column in 4..SIDE {
                let (found, expected) = (moved[row * SIDE + column], original[(row + 2) * SIDE + column - 3]);
                assert!((found - expected).abs() < 0.01, "{found} for {expected} at {row}, {column}");
            }
        }
        // Beyond the edge its pixels go on.
        assert!((moved[0] - original[2 * SIDE]).abs() < 0.01);
    }

    #[test]
    fn a_spot_goes_where_each_move_says() {
        let at = |right: f32, down: f32| [MIDDLE + right, MIDDLE + down];
        let mut cases = vec![
            ("a shift, by the pixels said", Move { shift: [2.5, 0.5], ..Move::STILL }, at(-3.5, 1.5), at(-1.0, 2.0)),
            ("a scale, away from the middle", Move { scale: 1.25, ..Move::STILL }, at(8.0, -8.0), at(10.0, -10.0)),
        ];
        // Half way to an edge, a side that recedes is smaller: 12 / (1 + 0.1 * 12 / 24).
        let recede = Move { recede: [0.1, 0.0], ..Move::STILL };
        for (from, to) in [(12.0, 12.0 / 1.05), (-12.0, -12.0 / 0.95)] {
            cases.push(("a receding side is smaller", recede, at(from, 0.0), at(to, 0.0)));
        }
        for turn in [-30.0_f32, 10.0, 90.0] {
            let (sin, cos) = turn.to_radians().sin_cos();
            let moved = Move { turn, ..Move::STILL };
            cases.push(("a turn, clockwise by the degrees said", moved, at(12.0, 0.0), at(12.0 * cos, 12.0 * sin)));
        }
        for (case, moved, [x, y], expected) in cases {
            assert_near(case, centre(&seen(moved, None, &spot(x, y))), expected);
        }
    }

    #[test]
    fn seen_from_below_the_chin_is_wider_than_the_forehead() {
        let moved = Move { viewpoint: 20.0, ..Move::STILL };
        let width = |y: f32| {
            let side = |x: f32| centre(&seen(moved, None, &spot(x, y)))[0];
            side(MIDDLE + 10.0) - side(MIDDLE - 10.0)
        };
        assert!(width(MIDDLE + 14.0) > 20.5 && width(MIDDLE - 14.0) < 19.5);
    }

    #[test]
    fn a_lens_keeps_the_middle_of_the_crop_and_squeezes_towards_the_corner_of_the_frame() {
        let lens = Lens::new(0.3, 0.25, [0.5, 0.0]);
        let place = |x: f32, y: f32| centre(&seen(Move::STILL, Some(lens), &spot(x, y)));
        assert_near("the middle", place(MIDDLE, MIDDLE), [MIDDLE, MIDDLE]);
        let (out, inward) = (place(MIDDLE + 14.0, MIDDLE)[0] - MIDDLE, MIDDLE - place(MIDDLE - 14.0, MIDDLE)[0]);
        assert!(inward > out + 0.5, "{inward}, {out}");
    }

    #[test]
    fn the_inverse_undoes() {
        let moved = Move { turn: 17.0, skew: [0.1, -0.05], recede: [0.08, 0.05], viewpoint: 15.0, ..Move::STILL };
        let back = moved.back();
        let both = product(&inverse(&back), &back);
        let unit = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (line, expected) in both.iter().flatten().zip(unit.iter().flatten()) {
            assert!((line / both[2][2] - expected).abs() < 1e-4, "{both:?}");
        }
    }

    #[test]
    fn what_is_drawn_stays_within_the_strength() {
        let augment = Augment { shift: 4.0, turn: 10.0, scale: 0.2, perspective: 0.05, ..Augment::default() };
        for seed in 0..500 {
            let moved = View::draw(&augment, &mut generator(seed, 0)).moved;
            assert!(moved.shift.iter().all(|shift| shift.abs() <= 4.0) && moved.turn.abs() <= 10.0);
            assert!((0.833..=1.201).contains(&moved.scale));
            assert!(moved.skew.iter().chain(&moved.recede).all(|share| share.abs() <= 0.05));
        }
    }
}
