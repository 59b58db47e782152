//! `trainer all`: the whole line in one command. Data in; run, int8 files, proof and a page about them out.

use super::train::{CHOICES, Choices, load, train};
use super::{quantise, train as training, verify};
use crate::dataset::Split;
use crate::devices::Choice;
use crate::error::Error;
use crate::page::{self, Asked};
use crate::report::{self, TrainingProgress};
use crate::train::checkpoint::{RunFolder, write_whole};
use clap::Args;
use std::path::PathBuf;

/// Training pictures that fix the scales.
const CALIBRATION: usize = 512;
/// The surest mistakes that the page shows.
const MISTAKES: usize = 24;
/// The recipe for faces drawn by rule, where none is named: they need few epochs.
const SYNTHETIC: &str = "synthetic";

/// `trainer all`.
#[derive(Debug, Args)]
pub struct All {
    /// What `trainer train --data` takes.
    #[arg(long)]
    pub data: PathBuf,
    /// FER+'s fer2013new.csv, a line for each row of `--data`; the head `ferplus` learns from it.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// Folder of the run; the int8 files are written there as `mood-HEAD.onnx`, with a page each [default: runs/NAME-OF-THE-RECIPE].
    #[arg(long)]
    pub run: Option<PathBuf>,
    /// Goes on with a run that was stopped, with the recipe it was begun with; its folder is named with `--run`.
    #[arg(long, conflicts_with_all = CHOICES)]
    pub resume: bool,
    /// Passes over the training pictures in all.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// What else decides what is learnt.
    #[command(flatten)]
    pub choices: Choices,
    /// What trains the network; `trainer devices` lists what works here.
    #[arg(long, default_value_t)]
    pub device: Choice,
    /// Which part of the data the files are verified on.
    #[arg(long, value_enum, default_value_t = Split::PublicTest)]
    pub split: Split,
    /// The most percentage points int8 may lose against float; more ends in exit code 7.
    #[arg(long, default_value_t = 0.5)]
    pub gate: f64,
}

/// Runs the stages, each with what the one before it wrote.
pub(super) fn run(args: &All) -> Result<(), Error> {
    let drawn = args.data.to_str().is_some_and(|data| data.starts_with("synthetic"));
    let fallback = if drawn { SYNTHETIC } else { crate::recipe::DEFAULT };
    let name = args.choices.name(fallback);
    let root = args.run.clone().unwrap_or_else(|| PathBuf::from("runs").join(name));
    let folder = RunFolder::new(&root);
    let recipe = training::resolve(&folder, &args.choices, fallback, (args.resume, args.epochs))?;

    let device = args.device.open()?;
    let (dataset, votes) = load(&args.data, args.votes.as_deref())?;
    folder.keep_data(&args.data, args.votes.as_deref(), &dataset, args.resume)?;
    let votes = votes.as_deref();
    report::stage("training");
    let mut progress = TrainingProgress::new(false);
    let job = training::Job {
        source: &args.data,
        dataset: &dataset,
        votes,
        recipe: &recipe,
        folder: &folder,
        device: &device,
        resume: args.resume,
    };
    let outcome = train(&job, &mut progress)?;
    let stopped = outcome.stopped;
    progress.end(&outcome, &root, (&args.data, args.votes.as_deref()));
    if stopped {
        return Ok(());
    }
    for &head in &recipe.data.heads {
        let output = root.join(format!("mood-{}.onnx", head.name()));
        report::stage(&format!("int8 for {}", head.name()));
        let job =
            quantise::Job { folder: &folder, recipe: &recipe, dataset: &dataset, votes, head, pictures: CALIBRATION };
        quantise::quantise(&job, &output)?;
        report::stage("proof, in the box's own runtime");
        let classifier = crate::verify::load(&output)?;
        verify::verify(&verify::Job {
            model: &output,
            classifier: &classifier,
            source: &args.data,
            dataset: &dataset,
            votes,
            run: Some(&root),
            split: args.split,
            gate: Some(args.gate),
            json: false,
        })?;
        report::stage("report");
        let asked = Asked {
            run: root.clone(),
            data: Some(args.data.clone()),
            votes: args.votes.clone(),
            model: Some(output),
            split: args.split,
            mistakes: MISTAKES,
        };
        let page = root.join(format!("report-{}.html", head.name()));
        write_whole(&page, page::page(&page::gather(&asked)?).as_bytes())?;
        report::sheet_written(&page);
    }
    Ok(())
}
