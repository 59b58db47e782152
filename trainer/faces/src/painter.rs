//! A brush in face coordinates: soft and hard shapes, anti-aliased by tiny-skia.
//!
//! Face coordinates: the unit is the distance between the pupils, the origin lies halfway between them, x grows to the
//! image's right, y downwards.

use crate::pose::Turn;
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point,
    RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

/// A colour with its opacity; each part 0..=1, gamma-coded as in sRGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tint {
    red: f32,
    green: f32,
    blue: f32,
    opacity: f32,
}

impl Tint {
    pub(crate) const WHITE: Self = Self::rgb(255, 255, 255);
    pub(crate) const BLACK: Self = Self::rgb(0, 0, 0);

    /// An opaque colour from bytes.
    #[expect(clippy::as_conversions, reason = "`From` is not const; u8 fits f32")]
    pub(crate) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red: red as f32 / 255.0, green: green as f32 / 255.0, blue: blue as f32 / 255.0, opacity: 1.0 }
    }

    /// An opaque colour from its place in the circle of hues (0..6), its saturation and its lightness (0..=1).
    pub(crate) fn hue(hue: f32, saturation: f32, lightness: f32) -> Self {
        let part = |shift: f32| {
            let ramp = ((hue + shift).rem_euclid(6.0) - 3.0).abs() - 1.0;
            lightness * (1.0 - saturation * (1.0 - ramp.clamp(0.0, 1.0)))
        };
        Self { red: part(0.0), green: part(4.0), blue: part(2.0), opacity: 1.0 }
    }

    /// The same colour with this opacity.
    pub(crate) const fn opacity(self, opacity: f32) -> Self {
        Self { opacity: opacity.clamp(0.0, 1.0), ..self }
    }

    /// Towards black: 1 leaves it, 0 is black. Above 1 it gets lighter.
    pub(crate) fn darker(self, share: f32) -> Self {
        let part = |value: f32| (value * share).clamp(0.0, 1.0);
        Self { red: part(self.red), green: part(self.green), blue: part(self.blue), ..self }
    }

    /// `share` (0..=1) of the way to `other`.
    pub(crate) fn mix(self, other: Self, share: f32) -> Self {
        let part = |from: f32, to: f32| (to - from) * share + from;
        Self {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
            opacity: part(self.opacity, other.opacity),
        }
    }

    /// Rec. 601 luminance, 0..=1.
    pub(crate) fn luminance(self) -> f32 {
        0.299 * self.red + 0.587 * self.green + 0.114 * self.blue
    }

    /// Whether it is too faint to change a byte.
    fn is_invisible(self) -> bool {
        self.opacity < 1.0 / 255.0
    }

    fn color(self) -> Color {
        let Self { red, green, blue, opacity } = self;
        Color::from_rgba(red.clamp(0.0, 1.0), green.clamp(0.0, 1.0), blue.clamp(0.0, 1.0), opacity)
            .unwrap_or(Color::TRANSPARENT)
    }
}

/// A point of the face.
pub(crate) const fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// `share` of the way from `from` to `to`.
pub(crate) fn between(from: Point, to: Point, share: f32) -> Point {
    at((to.x - from.x) * share + from.x, (to.y - from.y) * share + from.y)
}

/// An outline by its right half, from the middle's top to its bottom.
pub(crate) fn mirrored(right: impl Iterator<Item = Point>) -> Vec<Point> {
    let right: Vec<Point> = right.collect();
    let left = right.iter().rev().filter(|point| point.x > 0.0).map(|point| at(-point.x, point.y));
    right.iter().copied().chain(left).collect()
}

/// A picture being painted.
#[derive(Debug)]
pub(crate) struct Painter {
    pixmap: Pixmap,
    transform: Transform,
    /// How the head is turned; what is painted follows it.
    turn: Option<Turn>,
}

impl Painter {
    /// An empty picture of this many pixels whose coordinates are turned into pixels by `transform`.
    pub(crate) fn new(width: u32, height: u32, transform: Transform, turn: Option<Turn>) -> Self {
        let pixmap = Pixmap::new(width.max(1), height.max(1)).expect("a picture of a few million pixels at most");
        Self { pixmap, transform, turn }
    }

    /// Goes on in other coordinates.
    pub(crate) fn move_to(&mut self, transform: Transform) {
        self.transform = transform;
    }

    /// What was painted.
    pub(crate) fn into_pixmap(self) -> Pixmap {
        self.pixmap
    }

    /// Pixels a unit of length takes.
    pub(crate) fn density(&self) -> f32 {
        self.transform.get_scale().0
    }

    /// A closed outline, straight between its points.
    pub(crate) fn polygon(&mut self, outline: &[Point], tint: Tint) {
        self.fill(straight(&self.turned(outline)), Shader::SolidColor(tint.color()));
    }

    /// A closed outline, smooth through its points.
    pub(crate) fn area(&mut self, outline: &[Point], tint: Tint) {
        self.fill(smooth(&self.turned(outline), true), Shader::SolidColor(tint.color()));
    }

    /// A closed smooth outline whose tint goes from one to another along a line.
    pub(crate) fn faded_area(&mut self, outline: &[Point], from: (Point, Tint), to: (Point, Tint)) {
        let stops = vec![GradientStop::new(0.0, from.1.color()), GradientStop::new(1.0, to.1.color())];
        if let Some(shader) = LinearGradient::new(from.0, to.0, stops, SpreadMode::Pad, Transform::identity()) {
            self.fill(smooth(&self.turned(outline), true), shader);
        }
    }

    /// An ellipse with a hard edge.
    pub(crate) fn disc(&mut self, centre: Point, radii: Point, tint: Tint) {
        let centre = self.place(centre);
        self.fill(ellipse(centre, radii), Shader::SolidColor(tint.color()));
    }

    /// An ellipse that fades from its centre to its edge.
    pub(crate) fn spot(&mut self, centre: Point, radii: Point, tint: Tint) {
        let centre = self.place(centre);
        let squeeze = Transform::from_row(radii.x, 0.0, 0.0, radii.y, centre.x, centre.y);
        // A soft shoulder: close to a Gaussian, and 0 with slope 0 at the edge.
        let stops = [(0.0, 1.0), (0.3, 0.84), (0.75, 0.17), (1.0, 0.0)]
            .map(|(place, share)| GradientStop::new(place, tint.opacity(tint.opacity * share).color()));
        let origin = at(0.0, 0.0);
        let shader = RadialGradient::new(origin, 0.0, origin, 1.0, stops.to_vec(), SpreadMode::Pad, squeeze);
        if let Some(shader) = shader {
            self.fill(ellipse(centre, radii), shader);
        }
    }

    /// A smooth line through `points` with round ends.
    pub(crate) fn line(&mut self, points: &[Point], width: f32, tint: Tint) {
        if tint.is_invisible() {
            return;
        }
        if let Some(path) = smooth(&self.turned(points), false) {
            let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
            let paint = Paint { shader: Shader::SolidColor(tint.color()), ..Paint::default() };
            self.pixmap.stroke_path(&path, &paint, &stroke, self.transform, None);
        }
    }

    /// A line whose sides fade: the same line in several widths, as many as the pixels can show.
    pub(crate) fn soft_line(&mut self, points: &[Point], width: f32, tint: Tint) {
        let fine: [(f32, f32); 4] = [(1.0, 0.3), (0.7, 0.3), (0.45, 0.3), (0.2, 0.3)];
        let coarse = [(0.95, 0.42), (0.4, 0.42)];
        let steps: &[(f32, f32)] = if width * self.density() > 9.0 { &fine } else { &coarse };
        for (share, opacity) in steps {
            self.line(points, width * share, tint.opacity(tint.opacity * opacity));
        }
    }

    /// A smooth line that gets thinner from its first to its last point, as a filled shape.
    pub(crate) fn tapered(&mut self, points: &[(Point, f32)], tint: Tint) {
        let edge = |sign: f32| {
            points.iter().enumerate().map(move |(index, (point, width))| {
                let before = points[index.saturating_sub(1)].0;
                let after = points[(index + 1).min(points.len() - 1)].0;
                let (dx, dy) = (after.x - before.x, after.y - before.y);
                let reach = sign * width / 2.0 / dx.hypot(dy).max(1e-6);
                at(point.x - dy * reach, point.y + dx * reach)
            })
        };
        let outline: Vec<Point> = edge(1.0).chain(edge(-1.0).rev()).collect();
        self.area(&outline, tint);
    }

    /// Where a point of the face at rest comes to lie.
    fn place(&self, point: Point) -> Point {
        self.turn.map_or(point, |turn| turn.apply(point))
    }

    fn turned(&self, points: &[Point]) -> Vec<Point> {
        points.iter().map(|point| self.place(*point)).collect()
    }

    fn fill(&mut self, path: Option<Path>, shader: Shader<'_>) {
        if let Some(path) = path {
            let paint = Paint { shader, ..Paint::default() };
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.transform, None);
        }
    }
}

fn ellipse(centre: Point, radii: Point) -> Option<Path> {
    let rectangle =
        tiny_skia::Rect::from_ltrb(centre.x - radii.x, centre.y - radii.y, centre.x + radii.x, centre.y + radii.y)?;
    PathBuilder::from_oval(rectangle)
}

fn straight(points: &[Point]) -> Option<Path> {
    let (first, rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.x, first.y);
    for point in rest {
        path.line_to(point.x, point.y);
    }
    path.close();
    path.finish()
}

/// A Catmull-Rom curve through `points`, as cubic Bézier pieces.
fn smooth(points: &[Point], closed: bool) -> Option<Path> {
    let count = points.len();
    let first = points.first()?;
    let get = |index: usize, shift: usize| {
        // `shift` is one more than the offset, so that the point before the first has an index too.
        let place = index + shift;
        if closed { points[(place + count - 1) % count] } else { points[place.saturating_sub(1).min(count - 1)] }
    };
    let mut path = PathBuilder::new();
    path.move_to(first.x, first.y);
    for index in 0..if closed { count } else { count - 1 } {
        let [before, from, to, after] = [0, 1, 2, 3].map(|shift| get(index, shift));
        path.cubic_to(
            from.x + (to.x - before.x) / 6.0,
            from.y + (to.y - before.y) / 6.0,
            to.x - (after.x - from.x) / 6.0,
            to.y - (after.y - from.y) / 6.0,
            to.x,
            to.y,
        );
    }
    if closed {
        path.close();
    }
    path.finish()
}
