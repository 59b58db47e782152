//! `moodbox music plot`: the valence-arousal plane with all tracks, as an SVG picture, which any browser shows.

use super::{IndexFile, written};
use crate::error::{ExitCode, Failure};
use files::Shown;
use mood::{Affect, Expression};
use music::library::catalogue::{Catalogue, Piece};
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

/// The plane's side, and the margin around it, in pixels.
const PLANE: f32 = 1_020.0;
const MARGIN: f32 = 90.0;

/// Tracks named in the picture: the surest ones, as far as they don't cover each other.
const MOST_NAMES: usize = 40;

/// Longest name in letters, and the room for one in pixels.
const NAME: usize = 28;
const NAME_ROOM: (f32, f32) = (200.0, 12.0);

/// What all elements share, and the four quadrants, faintly in the colours of the box's light.
const HEAD: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1200" font-family="sans-serif" font-size="11">
<rect width="1200" height="1200" fill="#fff"/>
<g fill-opacity="0.16"><rect x="600" y="90" width="510" height="510" fill="#fad750"/>
<rect x="90" y="90" width="510" height="510" fill="#f0786e"/><rect x="90" y="600" width="510" height="510" fill="#7896f0"/>
<rect x="600" y="600" width="510" height="510" fill="#8cd296"/></g>
<g fill="#666"><text x="608" y="104">pleasant and excited</text><text x="98" y="104">unpleasant and excited</text>
<text x="98" y="1102">unpleasant and calm</text><text x="608" y="1102">pleasant and calm</text></g>
<g font-size="16"><text x="600" y="1150" text-anchor="middle">valence: unpleasant to pleasant</text>
<text x="90" y="76">arousal: excited above, calm below</text></g>
"##;

/// Draws all tracks.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct PlotArgs {
    /// The picture to write
    #[arg(value_name = "FILE.svg", value_parser = svg_file)]
    pub out: PathBuf,
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
}

fn svg_file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("svg")) {
        return Ok(path);
    }
    Err("the picture is an SVG; give a name such as plane.svg".to_owned())
}

pub(super) fn plot(args: &PlotArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let catalogue = args.index.catalogue()?;
    if catalogue.pieces().is_empty() {
        return Err(args.index.empty());
    }
    files::replace(&args.out, svg(&catalogue).as_bytes()).map_err(|error| {
        let what = format!("picture {} can't be written: {error}", Shown(&args.out));
        Failure::new(ExitCode::Write, what, "name a file in a folder you may write to, on a disk with room")
    })?;
    writeln!(out, "{}: {} tracks", args.out.display(), catalogue.pieces().len()).map_err(written)
}

/// Writing to a text can't fail.
fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    let _ = svg.write_fmt(element);
}

fn svg(catalogue: &Catalogue) -> String {
    let mut svg = HEAD.to_owned();
    for step in -4..=4_i8 {
        let value = f32::from(step) / 4.0;
        let (x, y) = place(Affect { valence: value, arousal: value });
        let faint = if step == 0 { 0.9 } else { 0.25 };
        put(&mut svg, format_args!(r##"<path d="M{x} 90v1020M90 {y}h1020" stroke="#999" opacity="{faint}"/>"##));
        put(&mut svg, format_args!(r#"<text x="{x}" y="1126" text-anchor="middle">{value:+.2}</text>"#));
        put(&mut svg, format_args!("<text x=\"82\" y=\"{}\" text-anchor=\"end\">{value:+.2}</text>\n", y + 4.0));
    }
    for expression in Expression::ALL {
        let (x, y) = place(Affect::of(expression));
        put(&mut svg, format_args!(r##"<path d="M{} {y}h12m-6 -6v12" stroke="#999" stroke-width="2"/>"##, x - 6.0));
        put(&mut svg, format_args!("<text x=\"{}\" y=\"{}\" fill=\"#666\">{expression}</text>\n", x + 9.0, y - 4.0));
    }
    let pieces = catalogue.pieces();
    // Many tracks are drawn fainter, so that crowded places show.
    let count = u16::try_from(pieces.len()).unwrap_or(u16::MAX);
    let alpha = (90.0 / f32::from(count).sqrt()).clamp(0.12, 0.8);
    put(&mut svg, format_args!("<g fill-opacity=\"{alpha:.2}\">\n"));
    for piece in pieces {
        let ((x, y), colour) = (place(piece.affect), if piece.rated { "#dc6e00" } else { "#1e5ab4" });
        let radius = 3.0 + 5.0 * (1.0 - piece.uncertainty).clamp(0.0, 1.0);
        let name = name(catalogue, piece);
        let circle = format_args!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{colour}">"#);
        put(&mut svg, format_args!("{circle}<title>{name}</title></circle>\n"));
    }
    put(&mut svg, format_args!("</g>\n"));
    let mut surest: Vec<&Piece> = pieces.iter().collect();
    surest.sort_by(|a, b| a.uncertainty.total_cmp(&b.uncertainty));
    let mut taken: Vec<(f32, f32)> = Vec::new();
    for piece in surest {
        let (x, y) = place(piece.affect);
        let free = taken.iter().all(|at| (x - at.0).abs() > NAME_ROOM.0 || (y - at.1).abs() > NAME_ROOM.1);
        if free && taken.len() < MOST_NAMES {
            taken.push((x, y));
            let name = name(catalogue, piece);
            put(&mut svg, format_args!("<text x=\"{:.1}\" y=\"{:.1}\">{name}</text>\n", x + 8.0, y - 4.0));
        }
    }
    let title = format!("{} tracks; the smaller a dot, the less sure its place", pieces.len());
    put(&mut svg, format_args!("<text x=\"90\" y=\"36\" font-size=\"18\">{title}</text>\n</svg>\n"));
    svg
}

/// The title, or the file's name, as text of an XML document.
fn name(catalogue: &Catalogue, piece: &Piece) -> String {
    let title = catalogue.index().get(&piece.path).and_then(|entry| entry.tags.title.clone());
    let stem = || piece.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let letters = title.unwrap_or_else(stem);
    let escaped = letters.chars().take(NAME).map(|letter| match letter {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        letter if letter.is_control() => "?".to_owned(),
        letter => letter.to_string(),
    });
    escaped.collect()
}

fn place(affect: Affect) -> (f32, f32) {
    let share = |value: f32| (value.clamp(-1.0, 1.0) + 1.0) / 2.0;
    (MARGIN + PLANE * share(affect.valence), MARGIN + PLANE * (1.0 - share(affect.arousal)))
}
