//! The command line and what each command does with it.

mod data;
mod evaluation;

pub use data::Data;
pub use evaluation::{Evaluate, Labels};

use crate::dataset::{self, Copies, Dataset, Parts, Split};
use crate::error::Error;
use crate::net::Name;
use crate::train::{self, Settings, checkpoint::RunFolder};
use crate::verify::{self, Comparison};
use crate::{evaluate, export, nets, report};
use clap::{Args, Parser, Subcommand};
use mood::Contract;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Trains an expression network, quantises it to int8 and writes the ONNX file the box runs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The stages, each of which reads and writes named files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says what a data set holds: classes, parts, copies, blank and unreadable pictures, conflicts of labels.
    #[command(after_help = "Example: trainer data fer2013.tar.gz --sheet faces.png")]
    Data(Data),
    /// Trains a network and keeps the best epoch by validation.
    #[command(after_help = "Example: trainer train --data fer2013.csv --run runs/classic --epochs 30")]
    Train(Train),
    /// Turns the best epoch of a run into an int8 ONNX file with its contract.
    #[command(after_help = "Example: trainer quantise --run runs/classic --data fer2013.csv --output models/mood.onnx")]
    Quantise(Quantise),
    /// Runs an ONNX file as the box does and measures it, next to the float network it came from.
    #[command(
        after_help = "Example: trainer verify --model models/mood.onnx --data fer2013.csv --run runs/classic --gate 0.5"
    )]
    Verify(Verify),
    /// Measures an ONNX file as the box runs it, against FER-2013's labels or FER+'s votes.
    #[command(
        after_help = "Example: trainer evaluate --model models/mood.onnx --data fer2013.csv --split PublicTest --labels ferplus --votes fer2013new.csv"
    )]
    Evaluate(Evaluate),
    /// Lists the networks: parameters, multiply-accumulates, size of the int8 file.
    #[command(after_help = "Example: trainer nets --width 24")]
    Nets(Nets),
}

/// `trainer train`.
#[derive(Debug, Args)]
pub struct Train {
    /// fer2013.csv, .csv.gz or .tar.gz; a zip or folder with `CLASS/*`, or with `train/CLASS/*` and perhaps validation
    /// and test; or `synthetic[:COUNT]`, faces drawn by rule.
    #[arg(long)]
    pub data: PathBuf,
    /// Folder of the run: settings, metrics, checkpoints.
    #[arg(long)]
    pub run: PathBuf,
    /// Which network; `trainer nets` lists what each costs [default: classic].
    #[arg(long, value_enum)]
    pub net: Option<Name>,
    /// How large the network is.
    #[command(flatten)]
    pub size: NetSize,
    /// Goes on from the newest checkpoint, with the settings the run was begun with. With `--epochs` the run gets a
    /// new length, and the learning rate follows it: so a finished run can be trained further.
    #[arg(long, conflicts_with_all = ["net", "width", "depth"])]
    pub resume: bool,
    /// Passes over the training pictures in all [default: 30].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Pictures a step [default: 64].
    #[arg(long, conflicts_with = "resume", value_parser = clap::value_parser!(u32).range(2..=4096))]
    pub batch: Option<u32>,
    /// The highest learning rate [default: 0.002].
    #[arg(long, conflicts_with = "resume")]
    pub learning_rate: Option<f64>,
    /// Every random choice follows from it [default: 1].
    #[arg(long, conflicts_with = "resume")]
    pub seed: Option<u64>,
    /// Trains on so many pictures only.
    #[arg(long, conflicts_with = "resume")]
    pub limit: Option<usize>,
    /// Trains also on pictures that are byte for byte in validation or test: the figures there will flatter.
    #[arg(long, conflicts_with = "resume")]
    pub keep_copies: bool,
}

/// The size of a network, each number its own where it isn't given.
#[derive(Debug, Clone, Copy, Args)]
pub struct NetSize {
    /// Channels at the network's beginning; all others follow [default: the network's own].
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=128))]
    pub width: Option<u32>,
    /// Repetitions in each stage of the network [default: the network's own].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub depth: Option<u32>,
}

impl NetSize {
    fn numbers(self) -> (Option<usize>, Option<usize>) {
        let number = |asked: Option<u32>| asked.and_then(|number| usize::try_from(number).ok());
        (number(self.width), number(self.depth))
    }
}

/// `trainer nets`.
#[derive(Debug, Args)]
pub struct Nets {
    /// How large the networks are.
    #[command(flatten)]
    pub size: NetSize,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `trainer quantise`.
#[derive(Debug, Args)]
pub struct Quantise {
    /// Folder of the run.
    #[arg(long)]
    pub run: PathBuf,
    /// The data the run was trained on; calibration pictures come from its training part.
    #[arg(long)]
    pub data: PathBuf,
    /// The file to write.
    #[arg(long)]
    pub output: PathBuf,
    /// How many training pictures fix the scales.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    pub calibration: u32,
}

/// `trainer verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The ONNX file.
    #[arg(long)]
    pub model: PathBuf,
    /// The data to measure on.
    #[arg(long)]
    pub data: PathBuf,
    /// The run the file came from: its float network is measured too.
    #[arg(long)]
    pub run: Option<PathBuf>,
    /// Which part of the data.
    #[arg(long, value_enum, default_value_t = Split::PublicTest)]
    pub split: Split,
    /// The most percentage points int8 may lose against float; more ends in exit code 7.
    #[arg(long, requires = "run")]
    pub gate: Option<f64>,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Writes a row a picture: label, prediction, logits.
    #[arg(long, value_name = "FILE.csv")]
    pub predictions: Option<PathBuf>,
}

/// Runs a command.
///
/// # Errors
/// Whatever stopped it.
pub fn run(cli: &Cli) -> Result<(), Error> {
    match &cli.command {
        Command::Data(args) => data::run(args),
        Command::Train(args) => train(args),
        Command::Quantise(args) => quantise(args),
        Command::Verify(args) => verify(args),
        Command::Evaluate(args) => evaluation::run(args),
        Command::Nets(args) => {
            let (width, depth) = args.size.numbers();
            report::nets(&nets::figures(width, depth), args.json);
            Ok(())
        }
    }
}

fn train(args: &Train) -> Result<(), Error> {
    let folder = RunFolder::new(&args.run);
    let settings = if args.resume {
        let begun = folder.settings()?;
        Settings { epochs: args.epochs.unwrap_or(begun.epochs), ..begun }
    } else {
        if folder.holds_run() {
            return Err(Error::Usage {
                what: format!("`{}` holds a run already", args.run.display()),
                hint: "go on with `--resume`, or name a new folder with `--run`".into(),
            });
        }
        settings(args)?
    };
    let dataset = Dataset::load(&args.data)?;
    let parts = parts(&dataset, &settings);
    if parts.training.is_empty() || parts.validation.is_empty() {
        return Err(Error::data(
            &args.data,
            format_args!(
                "leaves {} pictures for training and {} for validation",
                parts.training.len(),
                parts.validation.len()
            ),
            "a run needs at least ten pictures of a class",
        ));
    }
    refuse_one_class(args, &dataset, &parts)?;
    folder.keep_data(&args.data, &dataset, args.resume)?;
    folder.begin(&settings)?;
    let stop = Arc::new(AtomicBool::new(false));
    listen_for_interrupt(&stop)?;
    let mut progress = report::TrainingProgress::new();
    let outcome = train::run(&dataset, &parts, &settings, &folder, args.resume, &stop, &mut progress)?;
    drop(progress);
    report::training_done(&outcome, &args.run, &args.data);
    Ok(())
}

/// A network that has seen one expression answers with it always, and would look perfect on such data.
fn refuse_one_class(args: &Train, dataset: &Dataset, parts: &Parts) -> Result<(), Error> {
    let label = |&index: &usize| dataset.pictures[index].label;
    let first = parts.training.first().map_or(0, label);
    if parts.training.iter().any(|index| label(index) != first) {
        return Ok(());
    }
    let name = dataset.label_set.label_names()[usize::from(first)];
    let what = format_args!("holds only `{name}` for training, there is nothing to tell apart");
    Err(Error::data(&args.data, what, "add pictures of at least one other expression"))
}

/// The pictures a run with `settings` learns from and chooses by.
fn parts(dataset: &Dataset, settings: &Settings) -> Parts {
    let copies = if settings.keep_copies { Copies::Keep } else { Copies::Drop };
    let mut parts = dataset::split_with(dataset, settings.validation_share, settings.seed, copies);
    if let Some(limit) = settings.limit {
        parts.training = train::batches::order(&parts.training, settings.seed, u32::MAX);
        parts.training.truncate(limit);
    }
    parts
}

fn quantise(args: &Quantise) -> Result<(), Error> {
    let folder = RunFolder::new(&args.run);
    let settings = folder.settings()?;
    let dataset = Dataset::load(&args.data)?;
    let parts = parts(&dataset, &settings);
    let raw = train::best_net(&folder, &dataset, &settings)?.layers();
    let wanted = usize::try_from(args.calibration).unwrap_or(usize::MAX);
    let contract = Contract::new(dataset.label_set);
    let export = export::run(&raw, &dataset, &parts, contract, (wanted, settings.seed), &args.output)?;
    train::checkpoint::write_whole(&args.output, &export.bytes)?;
    report::quantised(&raw, &export, &args.output);
    Ok(())
}

fn verify(args: &Verify) -> Result<(), Error> {
    let classifier = verify::load(&args.model)?;
    let dataset = Dataset::load(&args.data)?;
    let (found, expected) = (classifier.contract().label_set, dataset.label_set);
    if found != expected {
        return Err(Error::Model {
            what: format!(
                "model `{}` answers with labels of {}, the data has those of {}",
                args.model.display(),
                found.name(),
                expected.name()
            ),
            hint: "give the data the model was trained for".into(),
        });
    }
    let folder = args.run.as_deref().map(RunFolder::new);
    let settings = folder.as_ref().map_or_else(|| Ok(Settings::default()), RunFolder::settings)?;
    let indices = match args.split {
        Split::Training => parts(&dataset, &settings).training,
        Split::Validation => parts(&dataset, &settings).validation,
        tests => dataset.indices(tests),
    };
    if indices.is_empty() {
        let what = format_args!("has no pictures in {}", args.split.name());
        return Err(Error::data(&args.data, what, "choose another `--split`"));
    }
    let integer = verify::evaluate(&classifier, &dataset, &indices, &args.model)?;
    let float = match &folder {
        Some(folder) => {
            let net = train::best_net(folder, &dataset, &settings)?;
            Some(evaluate::float(&net, &dataset, &indices, classifier.contract()))
        }
        None => None,
    };
    if let Some(path) = &args.predictions {
        let rows = verify::predictions(&integer, &dataset, &indices, classifier.contract());
        train::checkpoint::write_whole(path, rows.as_bytes())?;
    }
    let comparison =
        Comparison { split: args.split, classifier: &classifier, integer: &integer, float: float.as_ref() };
    report::verified(&comparison, args.json);
    match (args.gate, comparison.drop()) {
        (Some(gate), Some(drop)) if drop > gate => Err(Error::BelowGate { drop, gate }),
        _ => Ok(()),
    }
}

fn settings(args: &Train) -> Result<Settings, Error> {
    let default = Settings::default();
    let learning_rate = args.learning_rate.unwrap_or(default.learning_rate);
    if !(learning_rate.is_finite() && learning_rate > 0.0) {
        return Err(Error::Usage {
            what: format!("learning rate {learning_rate}, it must be above 0"),
            hint: "leave `--learning-rate` out for the default".into(),
        });
    }
    let net = args.net.unwrap_or(default.net);
    let (width, depth) = args.size.numbers();
    Ok(Settings {
        net,
        size: net.default_size().with(width, depth),
        epochs: args.epochs.unwrap_or(default.epochs),
        batch: args.batch.and_then(|batch| usize::try_from(batch).ok()).unwrap_or(default.batch),
        learning_rate,
        seed: args.seed.unwrap_or(default.seed),
        limit: args.limit,
        keep_copies: args.keep_copies,
        ..default
    })
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
