//! The face's surface as heights over the canvas: modelled by bumps and grooves, read as slopes.

use super::canvas::Canvas;
use tiny_skia::Point;

/// Heights towards the viewer, in eye distances, one a pixel.
#[derive(Debug, Clone)]
pub(super) struct Relief {
    pub(super) canvas: Canvas,
    pub(super) heights: Vec<f32>,
}

impl Relief {
    /// A smooth hill (or, below zero, a hollow) with an elliptic foot.
    pub(super) fn bump(&mut self, centre: Point, radii: Point, height: f32) {
        self.raise([centre.x - radii.x, centre.y - radii.y, centre.x + radii.x, centre.y + radii.y], |x, y| {
            let (u, v) = ((x - centre.x) / radii.x, (y - centre.y) / radii.y);
            height * hill(u * u + v * v)
        });
    }

    /// A ridge (or, below zero, a groove) along a line, `radius` to either side, which runs out at both ends.
    pub(super) fn ridge(&mut self, line: &[Point], radius: f32, height: f32) {
        if height.abs() < 1e-4 || line.is_empty() {
            return;
        }
        let fold =
            |pick: fn(&Point) -> f32, limit: fn(f32, f32) -> f32| line.iter().map(pick).reduce(limit).unwrap_or(0.0);
        let bounds = [
            fold(|p| p.x, f32::min) - radius,
            fold(|p| p.y, f32::min) - radius,
            fold(|p| p.x, f32::max) + radius,
            fold(|p| p.y, f32::max) + radius,
        ];
        let pieces: Vec<Piece> = line.windows(2).map(|ends| Piece::new(ends[0], ends[1])).collect();
        let whole: f32 = pieces.iter().map(|piece| piece.length).sum::<f32>().max(1e-6);
        self.raise(bounds, |x, y| {
            let mut nearest = (f32::INFINITY, 0.0);
            let mut before = 0.0;
            for piece in &pieces {
                let (distance, along) = piece.distance(x, y);
                if distance < nearest.0 {
                    nearest = (distance, before + along);
                }
                before += piece.length;
            }
            let share = nearest.1 / whole;
            let run_out = (4.0 * share.min(1.0 - share) + 0.15).min(1.0);
            height * run_out * hill(nearest.0 / (radius * radius))
        });
    }

    /// Adds to the heights within `[left, top, right, bottom]`.
    pub(super) fn raise(&mut self, [left, top, right, bottom]: [f32; 4], height: impl Fn(f32, f32) -> f32) {
        let canvas = self.canvas;
        let columns = canvas.columns(left, right);
        for row in canvas.rows(top, bottom) {
            let y = canvas.y(row);
            let start = row * canvas.width;
            for column in columns.clone() {
                self.heights[start + column] += height(canvas.x(column), y);
            }
        }
    }

    /// The surface with everything smaller than `radius` smoothed away: two box means, which is nearly a Gaussian one.
    pub(super) fn smoothed(&self, radius: f32) -> Self {
        let reach = self.canvas.radius(radius / 2.0);
        let (width, height) = (self.canvas.width, self.canvas.height);
        let mut heights = self.heights.clone();
        let mut other = vec![0.0; heights.len()];
        for _ in 0..2 {
            means(&heights, &mut other, [width, height], [1, width], reach);
            means(&other, &mut heights, [height, width], [width, 1], reach);
        }
        Self { canvas: self.canvas, heights }
    }

    /// How fast the surface rises to the right and downwards at a pixel.
    pub(super) fn slope(&self, column: usize, row: usize) -> (f32, f32) {
        let Canvas { width, height, density, .. } = self.canvas;
        let get = |column: usize, row: usize| self.heights[row * width + column];
        let (left, right) = (column.saturating_sub(1), (column + 1).min(width - 1));
        let (up, down) = (row.saturating_sub(1), (row + 1).min(height - 1));
        let half = density / 2.0;
        ((get(right, row) - get(left, row)) * half, (get(column, down) - get(column, up)) * half)
    }

    /// The height over a point, between the pixels.
    pub(super) fn height(&self, x: f32, y: f32) -> f32 {
        let (index, right, down) = self.canvas.locate(x, y);
        let get = |shift: usize| self.heights.get(index + shift).copied().unwrap_or(0.0);
        let mix = |from: f32, to: f32, share: f32| (to - from) * share + from;
        mix(mix(get(0), get(1), right), mix(get(self.canvas.width), get(self.canvas.width + 1), right), down)
    }
}

/// A hill's height over its squared distance from the middle: 1 there, 0 from distance 1 on, smooth at both.
fn hill(squared: f32) -> f32 {
    let rest = (1.0 - squared).max(0.0);
    rest * rest
}

/// A straight piece of a line.
struct Piece {
    from: Point,
    direction: Point,
    length: f32,
}

impl Piece {
    fn new(from: Point, to: Point) -> Self {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy).max(1e-6);
        Self { from, direction: Point { x: dx / length, y: dy / length }, length }
    }

    /// Squared distance of a point, and how far along the piece its nearest point lies.
    fn distance(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.from.x, y - self.from.y);
        let along = (dx * self.direction.x + dy * self.direction.y).clamp(0.0, self.length);
        let (u, v) = (dx - along * self.direction.x, dy - along * self.direction.y);
        (u * u + v * v, along)
    }
}

/// Means of `2 * reach + 1` neighbours along one direction, edges repeated; a running sum, so its cost doesn't depend on
/// `reach`. `sides` and `steps` are length and stride along the direction and across it.
#[expect(clippy::as_conversions, reason = "a count of neighbours, far below 2^24")]
fn means(from: &[f32], to: &mut [f32], sides: [usize; 2], steps: [usize; 2], reach: usize) {
    let [length, lines] = sides;
    let [along, across] = steps;
    let share = 1.0 / (2 * reach + 1) as f32;
    for line in 0..lines {
        let start = line * across;
        let get = |place: usize| from[start + place.min(length - 1) * along];
        let mut sum = get(0) * (reach as f32 + 1.0) + (1..=reach).map(get).sum::<f32>();
        for place in 0..length {
            to[start + place * along] = sum * share;
            sum += get(place + reach + 1) - get(place.saturating_sub(reach));
        }
    }
}
