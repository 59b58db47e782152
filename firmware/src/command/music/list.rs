//! `moodbox music list` and `show`: what is in the index.

use super::{IndexFile, written};
use crate::error::{ExitCode, Failure};
use crate::report;
use files::Shown;
use music::library::catalogue::{Catalogue, Piece};
use music::library::index::Entry;
use music::listen::features::{Features, NAMES};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

/// Lists the tracks.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ListArgs {
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
    /// One JSON object a line: path, valence, arousal, uncertainty, tags, features, error
    #[arg(long)]
    pub json: bool,
}

/// Shows one track.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ShowArgs {
    /// Its path, file name or title, or a part of one
    pub track: String,
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    path: Cow<'a, str>,
    valence: Option<f32>,
    arousal: Option<f32>,
    uncertainty: Option<f32>,
    /// Whether the place is the owner's own.
    rated: bool,
    seconds: Option<f64>,
    loudness_lufs: Option<f32>,
    tags: &'a music::library::index::Tags,
    features: Option<BTreeMap<&'static str, f32>>,
    error: Option<&'a str>,
}

pub(super) fn list(args: &ListArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let catalogue = args.index.catalogue()?;
    let mut out = BufWriter::new(out);
    if args.json {
        for entry in catalogue.index().entries() {
            writeln!(out, "{}", json(entry, &catalogue)).map_err(written)?;
        }
        return out.flush().map_err(written);
    }
    writeln!(out, "valence arousal  doubt  track").map_err(written)?;
    for piece in catalogue.pieces() {
        let (affect, doubt) = (piece.affect, piece.uncertainty);
        let Some(entry) = catalogue.index().get(&piece.path) else { continue };
        writeln!(out, "{:>+7.2} {:>+7.2} {doubt:>6.2}  {}", affect.valence, affect.arousal, name(entry))
            .map_err(written)?;
    }
    for entry in catalogue.index().entries() {
        if let Err(why) = &entry.sound {
            writeln!(out, "{:>22}  {}: {why}", "can't be played", Shown(&entry.path)).map_err(written)?;
        }
    }
    out.flush().map_err(written)
}

pub(super) fn show(args: &ShowArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let catalogue = args.index.catalogue()?;
    let entry = find(&catalogue, &args.track)?;
    if args.json {
        return writeln!(out, "{}", json(entry, &catalogue)).map_err(written);
    }
    let text = sheet(entry, catalogue.piece(&entry.path));
    out.write_all(text.as_bytes()).map_err(written)
}

pub(super) fn find<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Entry, Failure> {
    const SHOWN: usize = 5;
    catalogue.index().find(name).map_err(|found| {
        let shown = found.iter().take(SHOWN).map(|path| format!("\n  {}", Shown(path))).collect::<String>();
        let more = if found.len() > SHOWN { "\n  ..." } else { "" };
        let what = match found.len() {
            0 => format!("no track is called `{name}`"),
            count => format!("{count} tracks fit `{name}`{shown}{more}"),
        };
        Failure::new(ExitCode::Data, what, "give more of its path or title; `moodbox music list` shows them")
    })
}

/// Title and artist, or else the file's name.
fn name(entry: &Entry) -> String {
    match (&entry.tags.title, &entry.tags.artist) {
        (Some(title), Some(artist)) => format!("{title}, {artist}"),
        (Some(title), None) => title.clone(),
        _ => Shown(&entry.path).to_string(),
    }
}

fn json(entry: &Entry, catalogue: &Catalogue) -> String {
    let piece = catalogue.piece(&entry.path);
    let features = entry.sound.as_ref().ok();
    let by_name = |features: &Features| NAMES.iter().copied().zip(features.values().iter().copied()).collect();
    let answer = Answer {
        path: entry.path.to_string_lossy(),
        valence: piece.map(|piece| piece.affect.valence),
        arousal: piece.map(|piece| piece.affect.arousal),
        uncertainty: piece.map(|piece| piece.uncertainty),
        rated: piece.is_some_and(|piece| piece.rated),
        seconds: entry.duration.map(|duration| duration.as_secs_f64()),
        loudness_lufs: features.and_then(|features| features.get("loudness")),
        tags: &entry.tags,
        features: features.map(by_name),
        error: entry.sound.as_ref().err().map(String::as_str),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

fn sheet(entry: &Entry, piece: Option<&Piece>) -> String {
    let mut text = format!("{}\n", Shown(&entry.path));
    let mut line = |name: &str, value: String| text.push_str(&format!("  {name:<12} {value}\n"));
    let tags = &entry.tags;
    let texts = [("title", &tags.title), ("artist", &tags.artist), ("album", &tags.album), ("genre", &tags.genre)];
    for (name, value) in texts.into_iter().chain([("mood tag", &tags.mood), ("key", &tags.key)]) {
        if let Some(value) = value {
            line(name, value.clone());
        }
    }
    if let Some(duration) = entry.duration {
        line("plays", format!("{}:{:02}", duration.as_secs() / 60, duration.as_secs() % 60));
    }
    if let Some(piece) = piece {
        let whose = if piece.rated { "as you rated it" } else { "as it sounds, within your library" };
        line("valence", format!("{:+.2}  {}", piece.affect.valence, axis(piece.affect.valence)));
        line("arousal", format!("{:+.2}  {}", piece.affect.arousal, axis(piece.affect.arousal)));
        line("doubt", format!("{:.2}  {whose}", piece.uncertainty));
    }
    match &entry.sound {
        Err(error) => line("error", error.clone()),
        Ok(features) => {
            let value = |name: &str| features.get(name).unwrap_or_default();
            line("loudness", format!("{:.1} LUFS, range {:.1} LU", value("loudness"), value("loudness_range")));
            line("tempo", format!("about {:.0} beats a minute", value("tempo")));
            line("onsets", format!("{:.1} a second", value("onset_rate")));
            for (name, value) in NAMES.iter().zip(features.values()) {
                line(name, format!("{value}"));
            }
        }
    }
    text
}

/// A bar from -1 to 1.
fn axis(value: f32) -> String {
    format!("-1 |{:<20}| +1", report::bar((value + 1.0) / 2.0, 20))
}
