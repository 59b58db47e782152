//! The part of the face that is painted, and how many pixels it gets.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel numbers: a cast from f32 saturates, and no canvas is wider than a few thousand pixels"
)]

use std::ops::Range;

/// A rectangle of face coordinates laid over pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Canvas {
    /// Face coordinate of the left edge.
    pub left: f32,
    /// Face coordinate of the top edge.
    pub top: f32,
    /// Pixels a unit takes.
    pub density: f32,
    /// Pixels per line.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Canvas {
    /// From `[left, top, right, bottom]` in face coordinates.
    pub(super) fn new([left, top, right, bottom]: [f32; 4], density: f32) -> Self {
        let pixels = |length: f32| (length * density).ceil().clamp(1.0, 4096.0) as usize;
        Self { left, top, density, width: pixels(right - left), height: pixels(bottom - top) }
    }

    /// Width and height in pixels.
    pub(super) const fn sides(&self) -> [u32; 2] {
        [self.width as u32, self.height as u32]
    }

    /// How many pixels there are.
    pub(super) const fn pixels(&self) -> usize {
        self.width * self.height
    }

    /// Face coordinate of a column's middle.
    pub(super) fn x(&self, column: usize) -> f32 {
        (column as f32 + 0.5) / self.density + self.left
    }

    /// Face coordinate of a line's middle.
    pub(super) fn y(&self, row: usize) -> f32 {
        (row as f32 + 0.5) / self.density + self.top
    }

    /// The columns whose middles lie between two face coordinates.
    pub(super) fn columns(&self, from: f32, to: f32) -> Range<usize> {
        Self::span(from - self.left, to - self.left, self.density, self.width)
    }

    /// The lines whose middles lie between two face coordinates.
    pub(super) fn rows(&self, from: f32, to: f32) -> Range<usize> {
        Self::span(from - self.top, to - self.top, self.density, self.height)
    }

    /// How many pixels `length` is, at least one.
    pub(super) fn radius(&self, length: f32) -> usize {
        (length * self.density).round().max(1.0) as usize
    }

    /// Where a point lies between four pixels: the upper left one's index, and how far right and down it is. Clamped to
    /// the canvas.
    pub(super) fn locate(&self, x: f32, y: f32) -> (usize, f32, f32) {
        let place = |value: f32, last: usize| {
            let value = value.clamp(0.0, (last.saturating_sub(1)) as f32 + 0.999);
            let whole = value as usize;
            (whole, value - whole as f32)
        };
        let (column, right) = place((x - self.left) * self.density - 0.5, self.width.saturating_sub(1));
        let (row, down) = place((y - self.top) * self.density - 0.5, self.height.saturating_sub(1));
        (row * self.width + column, right, down)
    }

    /// As [`Canvas::locate`], but `None` beyond the canvas.
    pub(super) fn inside(&self, x: f32, y: f32) -> Option<(usize, f32, f32)> {
        let within = |value: f32, length: usize| (0.0..length as f32).contains(&(value * self.density));
        (within(x - self.left, self.width) && within(y - self.top, self.height)).then(|| self.locate(x, y))
    }

    /// Whether a point lies on the canvas or less than an eye distance beside it.
    pub(super) fn is_near(&self, x: f32, y: f32) -> bool {
        let near = |value: f32, length: usize| (-1.0..length as f32 / self.density + 1.0).contains(&value);
        near(x - self.left, self.width) && near(y - self.top, self.height)
    }

    fn span(from: f32, to: f32, density: f32, length: usize) -> Range<usize> {
        let start = ((from * density).ceil().max(0.0) as usize).min(length);
        let end = ((to * density).ceil().max(0.0) as usize).min(length);
        start..end.max(start)
    }
}
