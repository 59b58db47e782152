//! What the box looks like: a scene in, a canvas out. Pure.

use super::screen::{Canvas, Cell, Colour};
use crate::device::Part;
use crate::ports::Sound;
use crate::report::{self, srgb};
use crate::runner::{BoxEvent, Look};
use mood::{Brightness, Expression, Rgb};
use std::time::Duration;

pub(super) const COLUMNS: u16 = 74;
pub(super) const ROWS: u16 = 20;

const NIGHT: Colour = [13, 13, 18];
const EDGE: Colour = [92, 88, 104];
const TITLE: Colour = [214, 204, 186];
const TEXT: Colour = [232, 230, 226];
const FAINT: Colour = [132, 128, 142];
const LAMP: Colour = [110, 235, 130];
const ALARM: Colour = [255, 150, 120];

/// Where the orb is, in columns and rows of the box, and its size.
const ORB: (u16, u16, u16, u16) = (3, 2, 26, 13);
/// Where the words begin, and how many columns they have.
const WORDS: u16 = 32;
const ROOM: u16 = COLUMNS - WORDS - 2;

#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) colour: Rgb,
    pub(super) lamp: bool,
    headline: String,
    detail: String,
    bars: Vec<(Expression, f32)>,
    music: String,
    chime: String,
    notes: Vec<String>,
    alarm: Option<String>,
    sound_lost: bool,
}

pub(super) const fn fits(columns: u16, rows: u16) -> bool {
    columns >= COLUMNS && rows >= ROWS
}

impl Scene {
    pub(super) fn note(&mut self, now: Duration, event: &BoxEvent<'_>) {
        match event {
            BoxEvent::Ready => {
                self.headline = "press me".into();
                self.detail = format!("ready in {} ms", now.as_millis());
            }
            BoxEvent::Looking => {
                self.headline = "looking ...".into();
                self.detail.clear();
                self.bars.clear();
                self.chime.clear();
                self.alarm = None;
            }
            BoxEvent::Looked(look) => self.looked(look),
            BoxEvent::Trouble(fault) => {
                self.headline = "something is wrong".into();
                self.alarm = Some(report::trouble(*fault).into());
            }
            BoxEvent::Sound(Sound::Play(programme, _)) => {
                self.music = format!("♪ {} music", programme.expression);
                self.sound_lost = false;
            }
            BoxEvent::Sound(chime @ Sound::Chime(_)) => self.chime = report::sound(*chime),
            BoxEvent::Sound(Sound::Stop(_)) => self.music.clear(),
            BoxEvent::Lost(Part::Speaker, detail) => {
                self.sound_lost = true;
                self.alarm = Some((*detail).into());
            }
            BoxEvent::Lost(Part::Lights, detail) => self.alarm = Some((*detail).into()),
            BoxEvent::Note(text) => {
                self.notes.push((*text).into());
                let oldest = self.notes.len().saturating_sub(2);
                self.notes.drain(..oldest);
            }
            BoxEvent::Stopping => self.headline = "good-bye".into(),
            _ => {}
        }
    }

    fn looked(&mut self, look: &Look) {
        let caption = look.caption.as_deref().unwrap_or("frame");
        match &look.result {
            Ok(verdict) => {
                self.headline = report::sentence(verdict);
                self.bars = verdict.probabilities.iter().flat_map(|p| p.iter()).collect();
                self.detail = format!("{caption}, {} ms", look.took.as_millis());
            }
            Err(error) => self.detail = format!("{caption}: {error}"),
        }
    }
}

/// Draws the box in the middle of a terminal of the given size.
pub(super) fn paint(scene: &Scene, columns: u16, rows: u16) -> Canvas {
    let mut canvas = Canvas::new(columns, rows, NIGHT);
    let left = columns.saturating_sub(COLUMNS) / 2;
    let top = rows.saturating_sub(ROWS) / 2;
    frame(&mut canvas, left, top);
    let (x, y, width, height) = ORB;
    paint_orb(&mut canvas, (left + x, top + y), (width, height), scene.colour, NIGHT);

    let words = left + WORDS;
    let (symbol, front) = if scene.lamp { ("● camera on", LAMP) } else { ("○ camera off", FAINT) };
    canvas.text(words, top + 2, symbol, ROOM, front, NIGHT);
    let mut row = top + 4;
    for line in wrapped(&scene.headline, usize::from(ROOM)).iter().take(2) {
        canvas.text(words, row, line, ROOM, TEXT, NIGHT);
        row += 1;
    }
    canvas.text(words, row, &scene.detail, ROOM, FAINT, NIGHT);
    if let Some(alarm) = &scene.alarm {
        for (line, row) in wrapped(alarm, usize::from(ROOM)).iter().zip(row + 1..top + 8) {
            canvas.text(words, row, line, ROOM, ALARM, NIGHT);
        }
    }
    bars(&mut canvas, words, top + 8, scene);
    let below = left + 3;
    let front = if scene.sound_lost { ALARM } else { TITLE };
    let sound = if scene.music.is_empty() { &scene.chime } else { &scene.music };
    canvas.text(below, top + ROWS - 4, sound, COLUMNS - 6, front, NIGHT);
    for (note, row) in scene.notes.iter().zip([top + ROWS - 3, top + ROWS - 2]) {
        canvas.text(below, row, note, COLUMNS - 6, FAINT, NIGHT);
    }
    canvas
}

fn bars(canvas: &mut Canvas, column: u16, top: u16, scene: &Scene) {
    let mut bars = scene.bars.clone();
    bars.sort_by(|a, b| b.1.total_cmp(&a.1));
    for ((expression, share), row) in bars.iter().take(6).zip(top..) {
        let lit = mood::cue::mood_light(*expression).colour;
        let front = [lit.red, lit.green, lit.blue].map(|part| srgb(part.get()).max(60));
        canvas.text(column, row, expression.name(), 9, FAINT, NIGHT);
        canvas.text(column + 10, row, &report::bar(*share, 23), 23, front, NIGHT);
        canvas.text(column + 34, row, &format!("{:>5}", report::percent(*share)), 5, FAINT, NIGHT);
    }
}

fn frame(canvas: &mut Canvas, left: u16, top: u16) {
    let (right, bottom) = (left + COLUMNS - 1, top + ROWS - 1);
    let mut put = |column, row, symbol| canvas.put(column, row, Cell { symbol, front: EDGE, back: NIGHT });
    for column in left + 1..right {
        put(column, top, '─');
        put(column, bottom, '─');
    }
    for row in top + 1..bottom {
        put(left, row, '│');
        put(right, row, '│');
    }
    for (column, row, symbol) in [(left, top, '╭'), (right, top, '╮'), (left, bottom, '╰'), (right, bottom, '╯')]
    {
        put(column, row, symbol);
    }
    canvas.text(left + 3, top, " moodbox ", 20, TITLE, NIGHT);
    canvas.text(right - 13, top, " simulated ", 12, FAINT, NIGHT);
    canvas.text(left + 3, bottom, " space: press   c: hold   n: skip   v: volume   q: quit ", 60, FAINT, NIGHT);
}

/// Broken at spaces into lines of at most `width` characters; a longer word is cut by the canvas.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Radius of the glass, as a share of half the orb's field; outside is the halo.
const GLASS: f32 = 0.76;
/// Width of its rim: about one pixel.
const RIM: f32 = 0.09;

/// Paints the orb into a field of `(columns, rows)` at `place`.
fn paint_orb(canvas: &mut Canvas, place: (u16, u16), field: (u16, u16), colour: Rgb, night: Colour) {
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

#[cfg(test)]
mod tests;
