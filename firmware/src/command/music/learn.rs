//! `moodbox music rate` and `taste`: what the owner says, and what was learnt.

use super::{IndexFile, MusicError, list, written};
use crate::error::Failure;
use crate::music::shelf;
use crate::music::taste::{Event, Record};
use crate::shown::Shown;
use mood::{Affect, Expression};
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// Says what the box can't know about a track.
#[derive(Debug, Clone, PartialEq, clap::Args)]
#[command(group = clap::ArgGroup::new("opinion").required(true))]
pub struct RateArgs {
    /// Its path, file name or title, or a part of one [default: what the box plays, or played last]
    pub track: Option<String>,
    /// It sounds like this mood
    #[arg(long, value_parser = super::expression, group = "opinion")]
    pub mood: Option<Expression>,
    /// It lies here, as valence,arousal from -1 to 1
    #[arg(long, value_name = "V,A", value_parser = super::place, group = "opinion", allow_hyphen_values = true)]
    pub at: Option<Affect>,
    /// You like it
    #[arg(long, group = "opinion")]
    pub like: bool,
    /// You don't want to hear it
    #[arg(long, group = "opinion")]
    pub dislike: bool,
    /// It lies where it sounds, after all
    #[arg(long, group = "opinion")]
    pub clear: bool,
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
}

/// Writes out what was learnt.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct TasteArgs {
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
    /// One JSON object a track
    #[arg(long)]
    pub json: bool,
}

pub(super) fn rate(args: &RateArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let path = match &args.track {
        Some(track) => list::find(&args.index.collection()?, track)?.path.clone(),
        None => shelf::last_played(&args.index.taste_file()).ok_or(MusicError::NothingPlayed)?,
    };
    let place = args.at.or(args.mood.map(Affect::of));
    let event = match (place, args.like, args.dislike) {
        (Some(affect), ..) => Event::Rated(affect),
        (None, true, _) => Event::Liked,
        (None, false, true) => Event::Disliked,
        (None, false, false) => Event::Unrated,
    };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut taste = args.index.taste()?;
    taste.learn(&args.index.taste_file(), &path, event, None, now_s).map_err(MusicError::from)?;
    writeln!(out, "{}: noted", Shown(&path)).map_err(written)
}

pub(super) fn taste(args: &TasteArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let taste = args.index.taste()?;
    if !args.json {
        writeln!(out, " good    bad  last play  rated         track").map_err(written)?;
    }
    for (path, record) in taste.records() {
        let Record { good, bad, last_play, rating, fit, at_s } = record;
        let line = if args.json {
            serde_json::json!({
                "path": path.to_string_lossy(), "good": good, "bad": bad, "fit": fit, "last_play": last_play, "at_s": at_s, "rating": rating,
            })
            .to_string()
        } else {
            let ago =
                if last_play == 0 { "never".to_owned() } else { format!("{} ago", taste.plays() + 1 - last_play) };
            let rated = rating.map_or_else(String::new, |at| format!("{:+.2} {:+.2}", at.valence, at.arousal));
            format!("{good:>5.1} {bad:>6.1}  {ago:>9}  {rated:<12}  {}", Shown(path))
        };
        writeln!(out, "{line}").map_err(written)?;
    }
    Ok(())
}
