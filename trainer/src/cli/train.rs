//! `trainer train`: a data set and a recipe in, a run out.

use super::NetSize;
use crate::dataset::{Dataset, Parts, votes};
use crate::devices::{Choice, Device};
use crate::error::Error;
use crate::net::Name;
use crate::recipe::{self, Head, Recipe};
use crate::report::{self, TrainingProgress};
use crate::train::{self, Lesson, Outcome, checkpoint::RunFolder};
use clap::Args;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// `trainer train`.
#[derive(Debug, Args)]
pub struct Train {
    /// fer2013.csv, .csv.gz or .tar.gz; a zip or folder with `CLASS/*`, or with `train/CLASS/*` and perhaps validation
    /// and test; or `synthetic[:COUNT]`, faces drawn by rule.
    #[arg(long)]
    pub data: PathBuf,
    /// FER+'s fer2013new.csv, a line for each row of `--data`; the head `ferplus` learns from it.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// Folder of the run: recipe, data, metrics, checkpoints.
    #[arg(long)]
    pub run: PathBuf,
    /// Goes on from the newest checkpoint, with the recipe the run was begun with. With `--epochs` the run gets a new
    /// length, and the learning rate follows it: so a finished run can be trained further.
    #[arg(long, conflicts_with_all = CHOICES)]
    pub resume: bool,
    /// Passes over the training pictures in all.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// What else decides what is learnt.
    #[command(flatten)]
    pub choices: Choices,
    /// What computes: cpu, cuda, metal, rocm or vulkan, the last four perhaps with a number, as in vulkan:1; `trainer
    /// devices` lists what works here.
    #[arg(long, default_value_t)]
    pub device: Choice,
    /// Prints a JSON object a line to stdout: `start`, `batch` (every few seconds), `epoch`, `end`.
    #[arg(long)]
    pub json: bool,
}

/// The flags of [`Choices`]: a run that goes on has made them.
pub(super) const CHOICES: [&str; 11] =
    ["recipe", "changes", "net", "width", "depth", "heads", "batch", "learning_rate", "seed", "limit", "keep_copies"];

/// A recipe, and flags that override it.
#[derive(Debug, Args)]
pub struct Choices {
    /// A recipe by name or file; `trainer/recipes` has those with names [default: classic].
    #[arg(long)]
    pub recipe: Option<String>,
    /// Changes one key of the recipe; may be given again.
    #[arg(long = "set", value_name = "TABLE.KEY=VALUE")]
    pub changes: Vec<String>,
    /// Which network; `trainer nets` lists what each costs.
    #[arg(long, value_enum)]
    pub net: Option<Name>,
    /// How large the network is.
    #[command(flatten)]
    pub size: NetSize,
    /// What the network answers with, several on one trunk.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub heads: Vec<Head>,
    /// Pictures a step.
    #[arg(long)]
    pub batch: Option<u32>,
    /// The highest learning rate.
    #[arg(long)]
    pub learning_rate: Option<f64>,
    /// Every random choice follows from it.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Trains on so many pictures only.
    #[arg(long)]
    pub limit: Option<usize>,
    /// Trains also on pictures that are byte for byte in validation or test: the figures there will flatter.
    #[arg(long)]
    pub keep_copies: bool,
}

impl Choices {
    /// What the recipe is called, `fallback` when none was named.
    pub(super) fn name<'a>(&'a self, fallback: &'a str) -> &'a str {
        let named = self.recipe.as_deref().unwrap_or(fallback);
        Path::new(named).file_stem().and_then(OsStr::to_str).unwrap_or(fallback)
    }

    /// The recipe with the flags in it.
    fn recipe(&self, fallback: &str, epochs: Option<u32>) -> Result<Recipe, Error> {
        let mut changes = Vec::new();
        let mut set = |key: &str, value: Option<String>| changes.extend(value.map(|value| format!("{key}={value}")));
        set("network.name", self.net.map(|net| net.name().to_owned()));
        // Another network than the recipe's comes at its own size.
        let size = self.net.map(Name::default_size);
        let (width, depth) = self.size.numbers();
        set("network.width", width.or(size.map(|size| size.width)).map(|width| width.to_string()));
        set("network.depth", depth.or(size.map(|size| size.depth)).map(|depth| depth.to_string()));
        let heads: Vec<String> = self.heads.iter().map(|head| format!("\"{}\"", head.name())).collect();
        set("data.heads", (!heads.is_empty()).then(|| format!("[{}]", heads.join(", "))));
        set("data.limit", self.limit.map(|limit| limit.to_string()));
        set("data.keep_copies", self.keep_copies.then(|| true.to_string()));
        set("schedule.epochs", epochs.map(|epochs| epochs.to_string()));
        set("schedule.batch", self.batch.map(|batch| batch.to_string()));
        set("schedule.learning_rate", self.learning_rate.map(|rate| rate.to_string()));
        set("seed", self.seed.map(|seed| seed.to_string()));
        changes.extend_from_slice(&self.changes);
        recipe::read(self.recipe.as_deref().unwrap_or(fallback), &changes)
    }
}

pub(super) fn run(args: &Train) -> Result<(), Error> {
    let folder = RunFolder::new(&args.run);
    let recipe = resolve(&folder, &args.choices, recipe::DEFAULT, (args.resume, args.epochs))?;
    let device = args.device.open()?;
    let (dataset, votes) = load(&args.data, args.votes.as_deref())?;
    folder.keep_data(&args.data, args.votes.as_deref(), &dataset, args.resume)?;
    let mut progress = TrainingProgress::new(args.json);
    let outcome = train(
        &Job {
            source: &args.data,
            dataset: &dataset,
            votes: votes.as_deref(),
            recipe: &recipe,
            folder: &folder,
            device: &device,
            resume: args.resume,
        },
        &mut progress,
    )?;
    progress.end(&outcome, &args.run, (&args.data, args.votes.as_deref()));
    Ok(())
}

/// The recipe of a run that goes on, or of a new one; refuses to begin where there is a run already.
pub(super) fn resolve(
    folder: &RunFolder,
    choices: &Choices,
    fallback: &str,
    (resume, epochs): (bool, Option<u32>),
) -> Result<Recipe, Error> {
    if resume {
        let mut begun = folder.recipe()?;
        begun.schedule.epochs = epochs.unwrap_or(begun.schedule.epochs);
        return Ok(begun);
    }
    if folder.holds_run() {
        return Err(Error::Usage {
            what: format!("`{}` holds a run already", folder.path().display()),
            hint: "go on with `--resume`, or name a new folder with `--run`".into(),
        });
    }
    choices.recipe(fallback, epochs)
}

/// Reads pictures and the votes for them.
pub(super) fn load(data: &Path, votes: Option<&Path>) -> Result<(Dataset, Option<Vec<votes::Votes>>), Error> {
    let dataset = Dataset::load(data)?;
    let votes = votes.map(|path| votes::read(path, &dataset.pictures)).transpose()?;
    Ok((dataset, votes))
}

/// What is to be trained.
pub(super) struct Job<'a> {
    /// Where the data came from, for errors.
    pub(super) source: &'a Path,
    pub(super) dataset: &'a Dataset,
    pub(super) votes: Option<&'a [votes::Votes]>,
    pub(super) recipe: &'a Recipe,
    pub(super) folder: &'a RunFolder,
    pub(super) device: &'a Device,
    pub(super) resume: bool,
}

pub(super) fn train(job: &Job<'_>, progress: &mut TrainingProgress) -> Result<Outcome, Error> {
    let Job { source, dataset, votes, recipe, folder, device, resume } = *job;
    let parts = recipe.parts(dataset);
    if parts.training.is_empty() || parts.validation.is_empty() {
        let (training, validation) = (parts.training.len(), parts.validation.len());
        let what = format_args!("leaves {training} pictures for training and {validation} for validation");
        return Err(Error::data(source, what, "a run needs at least ten pictures of a class"));
    }
    refuse_one_class(source, dataset, &parts)?;
    let lesson = Lesson::new(dataset, votes, &parts, recipe)?;
    folder.begin(recipe)?;
    let stop = Arc::new(AtomicBool::new(false));
    listen_for_interrupt(&stop)?;
    train::run(&lesson, folder, device, resume, &stop, progress)
}

/// A network that has seen one expression answers with it always, and would look perfect on such data.
fn refuse_one_class(source: &Path, dataset: &Dataset, parts: &Parts) -> Result<(), Error> {
    let label = |&index: &usize| dataset.pictures[index].label;
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
    ctrlc::set_handler(heard).map_err(|error| Error::Usage {
        what: format!("Ctrl-C can't be heard: {error}"),
        hint: "run the trainer in a terminal of its own".into(),
    })
}
