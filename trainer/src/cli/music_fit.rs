//! `trainer music-fit`: fits the formula that places music.

use super::within;
use crate::error::Error;
use crate::file::write_whole;
use crate::music::{Clips, fit};
use crate::report;
use clap::Args;
use std::path::PathBuf;

/// `trainer music-fit`.
#[derive(Debug, Args)]
pub struct MusicFit {
    /// What `moodbox music list --json` says about the clips.
    #[arg(long, value_name = "FILE.jsonl")]
    pub features: PathBuf,
    /// A table with the columns `file`, `quadrant` (Q1 to Q4) and, where known, `artist`.
    #[arg(long, value_name = "FILE.csv")]
    pub labels: PathBuf,
    /// Where the coefficients go; without it there are only figures.
    #[arg(long, value_name = "FILE.json")]
    pub output: Option<PathBuf>,
    /// How strongly weights are held back; more for fewer clips.
    #[arg(long, default_value_t = 10.0,
          value_parser = |text: &str| within(text, 1e-3..=1e6, "a number from 0.001 to 1000000"))]
    pub penalty: f64,
    /// What the clips are, in a few words, for the file.
    #[arg(long, default_value = "labelled clips")]
    pub source: String,
    /// Chooses the parts of the cross-validation.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &MusicFit) -> Result<(), Error> {
    let clips = Clips::read(&args.features, &args.labels)?;
    let coefficients = fit(&clips, args.penalty, &args.source, args.seed);
    if let Some(path) = &args.output {
        write_whole(path, coefficients.to_json().as_bytes())?;
    }
    report::music_fitted(&coefficients.figures, clips.len(), args.output.as_deref(), args.json);
    Ok(())
}
