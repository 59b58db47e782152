//! `trainer data`: looks at a data set before anything learns from it.

use crate::dataset::augment::{Augment, Preset};
use crate::dataset::survey::Tally;
use crate::dataset::{Dataset, sheet, votes};
use crate::error::Error;
use crate::file::write_whole;
use crate::report;
use clap::Args;
use std::path::PathBuf;

/// `trainer data`.
#[derive(Debug, Args)]
pub struct Data {
    /// What `trainer train --data` takes.
    pub data: PathBuf,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Joins FER+'s fer2013new.csv to the rows, checks that it fits, and says what it says.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// Draws up to 60 pictures of each class.
    #[arg(long, value_name = "FILE.png")]
    pub sheet: Option<PathBuf>,
    /// Draws two pictures of each class with variations of them, as training sees them.
    #[arg(long, value_name = "FILE.png")]
    pub augmented: Option<PathBuf>,
    /// How strongly they are varied.
    #[arg(long, value_enum, default_value_t, requires = "augmented")]
    pub augment: Preset,
    /// Chooses the pictures that are drawn.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

pub(super) fn run(args: &Data) -> Result<(), Error> {
    let (dataset, problems) = Dataset::load_readable(&args.data)?;
    // Votes are joined by order, which is lost where rows were passed over; that ends in an error below.
    let votes = args.votes.as_deref().filter(|_| problems.is_empty());
    let votes = votes.map(|path| votes::read(path, &dataset.samples)).transpose()?;
    let tallies = votes.map(|votes| Tally::of(&dataset, &votes)).unwrap_or_default();
    report::surveyed(&args.data, &dataset, &tallies, &problems, args.json);
    if let Some(path) = &args.sheet {
        write_whole(path, &sheet::contact(&dataset, args.seed))?;
        report::sheet_written(path);
    }
    if let Some(path) = &args.augmented {
        write_whole(path, &sheet::augmented(&dataset, &Augment::preset(args.augment), args.seed))?;
        report::sheet_written(path);
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::data(
        &args.data,
        format_args!("has {} entries that can't be used", problems.len()),
        "training refuses it so: replace or remove what the report names",
    ))
}
