//! `moodbox music plot`: the valence-arousal plane with all tracks, as a picture.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "places in a picture of some thousand pixels")]

use super::{IndexFile, MusicError, written};
use crate::error::Failure;
use crate::music::collection::{Collection, Piece};
use font8x8::legacy::BASIC_LEGACY;
use image::{ImageFormat, RgbImage};
use mood::{Affect, Expression};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform};

/// The picture's sides, and the plane's place in it.
const SIZE: u32 = 1_200;
const MARGIN: f32 = 90.0;
const PLANE: f32 = 1_020.0;

/// Tracks named in the picture: the surest ones, as far as they don't cover each other.
const MOST_NAMES: usize = 40;

/// Longest name in letters.
const NAME: usize = 28;

/// Draws all tracks.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct PlotArgs {
    /// The picture to write
    #[arg(value_name = "FILE.png")]
    pub out: PathBuf,
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
}

pub(super) fn plot(args: &PlotArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let collection = args.index.collection()?;
    if collection.pieces().is_empty() {
        return Err(MusicError::Empty { path: args.index.path() }.into());
    }
    let failed = |detail: String| MusicError::Picture { path: args.out.clone(), detail };
    let png = draw(&collection).ok_or("no memory for it".to_owned()).map_err(failed)?;
    files::replace(&args.out, &png).map_err(|error| failed(error.to_string()))?;
    writeln!(out, "{}: {} tracks", args.out.display(), collection.pieces().len()).map_err(written)
}

fn draw(collection: &Collection) -> Option<Vec<u8>> {
    let mut canvas = Canvas { pixels: Pixmap::new(SIZE, SIZE)? };
    canvas.pixels.fill(Color::WHITE);
    canvas.quadrants();
    canvas.axes();
    for expression in Expression::ALL {
        let at = place(Affect::of(expression));
        canvas.cross(at);
        canvas.text(expression.name(), (at.0 + 9.0, at.1 - 4.0), 1, GREY);
    }
    let pieces = collection.pieces();
    // Many tracks are drawn fainter, so that crowded places show.
    let alpha = (90.0 / (pieces.len() as f32).sqrt()).clamp(0.12, 0.8);
    for piece in pieces {
        canvas.dot(place(piece.affect), radius(piece), alpha, piece.rated);
    }
    let mut surest: Vec<&Piece> = pieces.iter().collect();
    surest.sort_by(|a, b| a.uncertainty.total_cmp(&b.uncertainty));
    let mut taken: Vec<(f32, f32)> = Vec::new();
    for piece in surest {
        let (x, y) = place(piece.affect);
        let free = taken.iter().all(|(left, top)| (y - top).abs() > 12.0 || (x - left).abs() > 8.0 * NAME as f32);
        if free && taken.len() < MOST_NAMES {
            taken.push((x, y));
            canvas.text(&name(collection, piece), (x + 8.0, y - 4.0), 1, BLACK);
        }
    }
    let title = format!("{} tracks; the smaller a dot, the less sure its place", pieces.len());
    canvas.text(&title, (MARGIN, 24.0), 2, BLACK);
    let rgb = canvas.pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_raw(SIZE, SIZE, rgb)?.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

fn name(collection: &Collection, piece: &Piece) -> String {
    let title = collection.index().get(&piece.path).and_then(|entry| entry.tags.title.clone());
    let stem = || piece.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    title.unwrap_or_else(stem).chars().take(NAME).collect()
}

fn radius(piece: &Piece) -> f32 {
    3.0 + 5.0 * (1.0 - piece.uncertainty).clamp(0.0, 1.0)
}

/// Where a point of the plane lies in the picture.
fn place(affect: Affect) -> (f32, f32) {
    let share = |value: f32| (value.clamp(-1.0, 1.0) + 1.0) / 2.0;
    (MARGIN + PLANE * share(affect.valence), MARGIN + PLANE * (1.0 - share(affect.arousal)))
}

type Ink = [u8; 3];
const BLACK: Ink = [40, 40, 40];
const GREY: Ink = [150, 150, 150];
const BLUE: Ink = [30, 90, 180];
const ORANGE: Ink = [220, 110, 0];

struct Canvas {
    pixels: Pixmap,
}

impl Canvas {
    fn paint(ink: Ink, alpha: f32) -> Paint<'static> {
        let mut paint = Paint::default();
        let [red, green, blue] = ink.map(|part| f32::from(part) / 255.0);
        paint.set_color(Color::from_rgba(red, green, blue, alpha).unwrap_or(Color::BLACK));
        paint.anti_alias = true;
        paint
    }

    fn rect(&mut self, (left, top): (f32, f32), (width, height): (f32, f32), ink: Ink, alpha: f32) {
        if let Some(rect) = Rect::from_xywh(left, top, width, height) {
            self.pixels.fill_rect(rect, &Self::paint(ink, alpha), Transform::identity(), None);
        }
    }

    /// The four quadrants, faintly in the colours of the box's light.
    fn quadrants(&mut self) {
        let half = PLANE / 2.0;
        let quadrants: [(f32, f32, Ink, &str); 4] = [
            (half, 0.0, [250, 215, 80], "pleasant and excited"),
            (0.0, 0.0, [240, 120, 110], "unpleasant and excited"),
            (0.0, half, [120, 150, 240], "unpleasant and calm"),
            (half, half, [140, 210, 150], "pleasant and calm"),
        ];
        for (x, y, ink, words) in quadrants {
            self.rect((MARGIN + x, MARGIN + y), (half, half), ink, 0.16);
            let bottom = if y > 0.0 { half - 20.0 } else { 8.0 };
            self.text(words, (MARGIN + x + 8.0, MARGIN + y + bottom), 1, GREY);
        }
    }

    fn axes(&mut self) {
        for step in -4..=4_i16 {
            let value = f32::from(step) / 4.0;
            let (x, _) = place(Affect { valence: value, arousal: 0.0 });
            let (_, y) = place(Affect { valence: 0.0, arousal: value });
            let alpha = if step == 0 { 0.9 } else { 0.25 };
            self.rect((x - 0.5, MARGIN), (1.0, PLANE), GREY, alpha);
            self.rect((MARGIN, y - 0.5), (PLANE, 1.0), GREY, alpha);
            let label = format!("{value:+.2}");
            self.text(&label, (x - 20.0, MARGIN + PLANE + 8.0), 1, BLACK);
            self.text(&label, (MARGIN - 48.0, y - 4.0), 1, BLACK);
        }
        let middle = MARGIN + PLANE / 2.0;
        self.text("valence: unpleasant to pleasant", (middle - 248.0, MARGIN + PLANE + 32.0), 2, BLACK);
        self.text("arousal: excited above, calm below", (MARGIN, MARGIN - 28.0), 2, BLACK);
    }

    fn dot(&mut self, (x, y): (f32, f32), radius: f32, alpha: f32, rated: bool) {
        if let Some(circle) = PathBuilder::from_circle(x, y, radius) {
            let ink = if rated { ORANGE } else { BLUE };
            self.pixels.fill_path(&circle, &Self::paint(ink, alpha), FillRule::Winding, Transform::identity(), None);
        }
    }

    fn cross(&mut self, (x, y): (f32, f32)) {
        let mut path = PathBuilder::new();
        path.move_to(x - 6.0, y);
        path.line_to(x + 6.0, y);
        path.move_to(x, y - 6.0);
        path.line_to(x, y + 6.0);
        if let Some(path) = path.finish() {
            let stroke = Stroke { width: 2.0, ..Stroke::default() };
            self.pixels.stroke_path(&path, &Self::paint(GREY, 1.0), &stroke, Transform::identity(), None);
        }
    }

    /// Letters of 8x8 dots; what is not in ASCII becomes a question mark.
    fn text(&mut self, text: &str, (left, top): (f32, f32), scale: u8, ink: Ink) {
        let scale = f32::from(scale);
        for (place, letter) in text.chars().enumerate() {
            let code = usize::try_from(u32::from(letter)).unwrap_or(0);
            let rows = BASIC_LEGACY.get(code).or(BASIC_LEGACY.get(63)).copied().unwrap_or_default();
            for (row, dots) in rows.into_iter().enumerate() {
                for column in (0..8_usize).filter(|column| dots >> column & 1 == 1) {
                    let x = left + scale * (8 * place + column) as f32;
                    self.rect((x.round(), (top + scale * row as f32).round()), (scale, scale), ink, 1.0);
                }
            }
        }
    }
}
