//! What `trainer train` and `trainer all` are both asked: from what data, by which recipe, on what device.

use super::NetSize;
use crate::dataset::{Dataset, votes};
use crate::devices::{Choice, Device};
use crate::error::Error;
use crate::net::Name;
use crate::recipe::{self, Head, Recipe};
use crate::train::checkpoint::RunFolder;
use clap::Args;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What is learnt, from what.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// fer2013.csv, .csv.gz or .tar.gz; a zip or folder with `CLASS/*`, or with `train/CLASS/*` and perhaps validation
    /// and test; or `synthetic[:COUNT]`, faces drawn by rule.
    #[arg(long)]
    pub data: PathBuf,
    /// FER+'s fer2013new.csv, a line for each row of `--data`; the head `ferplus` learns from it.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// Goes on from the newest checkpoint, with the recipe the run was begun with. With `--epochs` the run gets a new
    /// length, and the learning rate follows it: so a finished run can be trained further.
    #[arg(long, conflicts_with_all = CHOICES)]
    pub resume: bool,
    /// Passes over the training pictures in all.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// What else decides what is learnt.
    #[command(flatten)]
    pub overrides: Overrides,
    /// What computes: cpu, cuda, metal, rocm or vulkan, the last four perhaps with a number, as in vulkan:1; `trainer
    /// devices` lists what works here.
    #[arg(long, default_value_t)]
    pub device: Choice,
}

/// The flags of [`Overrides`]: a run that goes on has made them.
const CHOICES: [&str; 11] =
    ["recipe", "changes", "net", "width", "depth", "heads", "batch", "learning_rate", "seed", "limit", "keep_copies"];

/// A recipe, and flags that override it.
#[derive(Debug, Args)]
pub struct Overrides {
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

impl Overrides {
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

/// Run arguments with their files read and its device at hand.
pub(super) struct Opened {
    pub(super) recipe: Recipe,
    pub(super) device: Device,
    pub(super) data: Loaded,
}

/// Pictures and the votes for them.
pub(super) struct Loaded {
    pub(super) dataset: Dataset,
    pub(super) votes: Option<Vec<votes::Votes>>,
}

impl RunArgs {
    /// Data and votes, as the command line names them.
    pub(super) fn source(&self) -> (&Path, Option<&Path>) {
        (&self.data, self.votes.as_deref())
    }

    /// Reads recipe and data, and keeps in `folder` what they were; refuses a run that is there already, and to go on
    /// with other data.
    pub(super) fn open(&self, folder: &RunFolder, fallback: &str) -> Result<Opened, Error> {
        let recipe = self.recipe(folder, fallback)?;
        let device = self.device.open()?;
        let data = Loaded::read(&self.data, self.votes.as_deref())?;
        folder.keep_data(self.source(), &data.dataset, data.votes.as_deref(), self.resume)?;
        Ok(Opened { recipe, device, data })
    }

    /// The recipe of a run that goes on, or of a new one.
    fn recipe(&self, folder: &RunFolder, fallback: &str) -> Result<Recipe, Error> {
        if self.resume {
            let mut begun = folder.recipe()?;
            begun.schedule.epochs = self.epochs.unwrap_or(begun.schedule.epochs);
            return Ok(begun);
        }
        if folder.holds_run() {
            let what = format!("`{}` holds a run already", folder.path().display());
            return Err(Error::usage(what, "go on with `--resume`, or name a new folder with `--run`"));
        }
        self.overrides.recipe(fallback, self.epochs)
    }
}

impl Loaded {
    pub(super) fn read(data: &Path, votes: Option<&Path>) -> Result<Self, Error> {
        let dataset = Dataset::load(data)?;
        let votes = votes.map(|path| votes::read(path, &dataset.samples)).transpose()?;
        Ok(Self { dataset, votes })
    }
}
