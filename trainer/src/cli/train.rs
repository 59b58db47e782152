//! `trainer train`: a data set and a recipe in, a run out.

use super::run_args::{Loaded, Opened, RunArgs};
use crate::dataset::{Dataset, Splits};
use crate::error::Error;
use crate::recipe;
use crate::report::{self, TrainingProgress};
use crate::train::{self, Outcome, TrainingSet, checkpoint::RunFolder};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// `trainer train`.
#[derive(Debug, Args)]
pub struct Train {
    /// What is learnt, from what.
    #[command(flatten)]
    pub run_args: RunArgs,
    /// Folder of the run: recipe, data, metrics, checkpoints.
    #[arg(long)]
    pub run: PathBuf,
    /// Prints a JSON object a line to stdout: `start`, `batch` (every few seconds), `epoch`, `end`.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Train) -> Result<(), Error> {
    let folder = RunFolder::new(&args.run);
    let opened = args.run_args.open(&folder, recipe::DEFAULT)?;
    let mut progress = TrainingProgress::new(args.json);
    let outcome = train(&args.run_args, &opened, &folder, &mut progress)?;
    progress.end(&outcome, &args.run, args.run_args.source());
    Ok(())
}

pub(super) fn train(
    args: &RunArgs,
    opened: &Opened,
    folder: &RunFolder,
    progress: &mut TrainingProgress,
) -> Result<Outcome, Error> {
    let Opened { recipe, device, data: Loaded { dataset, votes } } = opened;
    let parts = recipe.parts(dataset);
    if parts.training.is_empty() || parts.validation.is_empty() {
        let (training, validation) = (parts.training.len(), parts.validation.len());
        let what = format_args!("leaves {training} pictures for training and {validation} for validation");
        return Err(Error::data(&args.data, what, "a run needs at least ten pictures of a class"));
    }
    refuse_one_class(&args.data, dataset, &parts)?;
    let set = TrainingSet::new(dataset, votes.as_deref(), &parts, recipe)?;
    folder.begin(recipe)?;
    let stop = Arc::new(AtomicBool::new(false));
    listen_for_interrupt(&stop)?;
    train::run(&set, folder, device, args.resume, &stop, progress)
}

/// A network that has seen one expression answers with it always, and would look perfect on such data.
fn refuse_one_class(source: &Path, dataset: &Dataset, parts: &Splits) -> Result<(), Error> {
    let label = |&index: &usize| dataset.samples[index].label;
    let first = parts.training.first().map_or(0, label);
    if parts.training.iter().any(|index| label(index) != first) {
        return Ok(());
    }
    let name = dataset.label_set.label_names()[usize::from(first)];
    let what = format_args!("holds only `{name}` for training, there is nothing to tell apart");
    Err(Error::data(source, what, "add pictures of at least one other expression"))
}

/// The first Ctrl-C asks for an orderly end; training looks at `stop` after each batch.
fn listen_for_interrupt(stop: &Arc<AtomicBool>) -> Result<(), Error> {
    let stop = Arc::clone(stop);
    let heard = move || {
        stop.store(true, Ordering::Relaxed);
        report::stopping();
    };
    ctrlc::set_handler(heard).map_err(|error| {
        Error::usage(format!("Ctrl-C can't be heard: {error}"), "run the trainer in a terminal of its own")
    })
}
