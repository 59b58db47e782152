//! Does composed music sound as its mood should? Renders pieces as WAV files, has the library scan them as it scans the owner's
//! music, and prints what it hears: `cargo run --release -p moodbox --example composed -- [FIRST_SEED] [--clips FOLDER]`.
//!
//! Always: the directions that listeners expect (Gabrielsson & Lindström 2010; Eerola, Friberg & Bresin 2013), loudness and
//! peaks; it ends with 1 when one of them is wrong. Beside labelled clips, where there are some: where in the plane the pieces
//! of each mood lie in a library of both, and how far the features that weigh most lie from the clips of the wanted quadrant.
//! `scripts/lab/compare-composed` listens to the same WAV files with other ears.
#![expect(clippy::unwrap_used, reason = "a measuring tool; a failure ends it")]
#![expect(clippy::print_stdout, reason = "an example prints its tables")]
#![expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "loudness fits f32")]

#[path = "../support/cpu.rs"]
mod cpu;

mod beside;
mod directions;
mod pieces;

use clap::Parser;
use mood::Expression;
use music::library::index::scan;
use pieces::Piece;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Measures composed pieces.
#[derive(Parser)]
pub(crate) struct Args {
    /// The first seed
    #[arg(default_value_t = 1)]
    first: u64,
    /// Pieces of each mood
    #[arg(long, default_value_t = 8)]
    seeds: u64,
    /// Length of a piece in seconds
    #[arg(long, default_value_t = 30)]
    seconds: usize,
    /// A folder of clips, with their quadrants in its `labels.csv`
    #[arg(long, default_value = "../shared/data/music")]
    clips: PathBuf,
    /// Where the WAV files go, and the index of what was heard; the clips in there are not heard again
    #[arg(long, value_name = "FOLDER")]
    wav: Option<PathBuf>,
}

const MOODS: [Expression; 7] = [
    Expression::Happy,
    Expression::Surprise,
    Expression::Neutral,
    Expression::Sad,
    Expression::Fear,
    Expression::Angry,
    Expression::Disgust,
];

/// A mean.
pub(crate) fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0_f32), |(sum, count), value| (sum + value, count + 1.0));
    sum / count.max(1.0)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let folder = args.wav.clone().unwrap_or_else(|| std::env::temp_dir().join("moodbox-composed"));
    std::fs::create_dir_all(&folder).unwrap();
    pieces::clear(&folder);
    let mut rendering = Duration::ZERO;
    let mut pieces: Vec<Piece> = Vec::new();
    for mood in MOODS {
        let seeds = args.first..args.first + args.seeds;
        pieces.extend(seeds.map(|seed| Piece::render(mood, seed, args.seconds, &folder, &mut rendering)));
    }
    let music = args.seconds as f64 * pieces.len() as f64;
    println!("{} s each, seeds {} to {}", args.seconds, args.first, args.first + args.seeds - 1);
    println!("rendered at {:.0} times real time, by the processor's time", music / rendering.as_secs_f64());
    let labels = args.clips.join("labels.csv").is_file().then(|| std::path::absolute(&args.clips).unwrap());
    let roots: Vec<PathBuf> = labels.iter().chain([&folder]).cloned().collect();
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let (index, _) = scan(&roots, Path::new(&folder.join("index.jsonl")), threads, |_| {}).unwrap();
    pieces.iter_mut().for_each(|piece| piece.hear(&index));
    let wrong = directions::check(&pieces);
    match labels {
        Some(clips) => beside::compare(&pieces, index, &clips),
        None => println!("no labelled clips in {}: nothing to compare with", args.clips.display()),
    }
    if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
