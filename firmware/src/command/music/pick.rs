//! `moodbox music pick`, `rate` and `taste`: what the box would play and why, and what it has learnt.

use super::{IndexFile, list, of_taste, written};
use crate::error::{ExitCode, Failure};
use files::Shown;
use mood::{Affect, Expression};
use music::library::choose::{Choice, Chooser};
use music::library::music_library;
use music::library::policy::Policy;
use music::library::taste::{Event, Record};
use rand::SeedableRng;
use rand_pcg::Pcg32;
use std::io::Write;

/// Chooses tracks without playing them.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct PickArgs {
    /// The mood: angry, disgust, fear, happy, sad, surprise, neutral or contempt
    #[arg(long, value_parser = crate::command::compose::expression, required_unless_present = "at")]
    pub mood: Option<Expression>,
    /// A place in the plane instead, as valence,arousal from -1 to 1
    #[arg(long, value_name = "V,A", value_parser = super::place, conflicts_with = "mood", allow_hyphen_values = true)]
    pub at: Option<Affect>,
    /// How the music answers: match, lift or calm
    #[arg(long, value_parser = policy, default_value = "lift")]
    pub policy: Policy,
    /// How many tracks in a row, as if each were heard to its end
    #[arg(short = 'n', long = "tracks", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub tracks: u32,
    /// From 0, near and familiar, to 1, wide and seldom heard
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    pub variety: f32,
    /// Equal seeds give equal choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which library
    #[command(flatten)]
    pub index: IndexFile,
    /// One JSON object a track: path, place, target, distance, fit, draw, freshness, score, and who was passed over
    #[arg(long)]
    pub json: bool,
}

fn policy(name: &str) -> Result<Policy, String> {
    Policy::from_name(name).ok_or_else(|| "the policies are match, lift and calm".to_owned())
}

fn share(text: &str) -> Result<f32, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "give a number from 0 to 1".to_owned())
}

pub(super) fn pick(args: &PickArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let taste = args.index.taste()?;
    let catalogue = args.index.catalogue()?;
    let now_s = music_library::now_s();
    let mut chooser = Chooser::new(catalogue.pieces().to_vec(), &taste, args.variety, now_s);
    let from = args.at.or(args.mood.map(Affect::of)).unwrap_or_default();
    let mut rng = Pcg32::seed_from_u64(args.seed);
    for step in 0..args.tracks {
        let target = args.policy.target(from, usize::try_from(step).unwrap_or(usize::MAX));
        let choice = chooser.pick(target, &mut rng).ok_or_else(|| args.index.empty())?;
        chooser.start(&choice.path);
        chooser.note(&choice.path, Event::Completed, Some(target), now_s);
        let text = if args.json { serde_json::to_string(&choice).unwrap_or_default() } else { words(&choice) };
        writeln!(out, "{text}").map_err(written)?;
    }
    Ok(())
}

fn words(choice: &Choice) -> String {
    let Choice { path, valence, arousal, target, distance, fit, draw, freshness, passed, .. } = choice;
    let mut text = format!(
        "{}\n  at {valence:+.2} {arousal:+.2}, {distance:.2} from {:+.2} {:+.2}; fits {fit:.2}, drew {draw:.2}, fresh {freshness:.2}",
        Shown(path),
        target.valence,
        target.arousal
    );
    for passed in passed.iter().take(3) {
        text.push_str(&format!("\n  not {}, {:.2} away: {}", Shown(&passed.path), passed.distance, passed.why));
    }
    text
}

/// Says what the box can't know about a track.
#[derive(Debug, Clone, PartialEq, clap::Args)]
#[command(group = clap::ArgGroup::new("opinion").required(true))]
pub struct RateArgs {
    /// Its path, file name or title, or a part of one [default: what the box plays, or played last]
    pub track: Option<String>,
    /// It sounds like this mood
    #[arg(long, value_parser = crate::command::compose::expression, group = "opinion")]
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
        Some(track) => list::find(&args.index.catalogue()?, track)?.path.clone(),
        None => music_library::last_played(&args.index.taste_file()).ok_or_else(|| {
            let hint = "name one: `moodbox music rate TRACK --like`; `moodbox music list` shows them";
            Failure::new(ExitCode::Data, "the box has played no track of yours yet", hint)
        })?,
    };
    let place = args.at.or(args.mood.map(Affect::of));
    let event = match (place, args.like, args.dislike) {
        (Some(affect), ..) => Event::Rated(affect),
        (None, true, _) => Event::Liked,
        (None, false, true) => Event::Disliked,
        (None, false, false) => Event::Unrated,
    };
    let now_s = music_library::now_s();
    let mut taste = args.index.taste()?;
    taste.learn(&args.index.taste_file(), &path, event, None, now_s).map_err(of_taste)?;
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
