//! `trainer all`: the whole line in one command. Data in; run, int8 files, proof and a page about them out.

use super::run_args::{Opened, RunArgs};
use super::train::train;
use super::{Quantise, Verify, quantise, verify};
use crate::dataset::Split;
use crate::error::Error;
use crate::file::write_whole;
use crate::page::{self, Asked};
use crate::report::{self, TrainingProgress};
use crate::train::checkpoint::RunFolder;
use clap::Args;
use std::path::PathBuf;

/// Training pictures that fix the scales.
const CALIBRATION: u32 = 512;
/// The most confident errors that the page shows.
const MISTAKES: usize = 24;
/// The recipe for faces drawn by rule, where none is named: they need few epochs.
const SYNTHETIC: &str = "synthetic";

/// `trainer all`.
#[derive(Debug, Args)]
pub struct All {
    /// What is learnt, from what.
    #[command(flatten)]
    pub run_args: RunArgs,
    /// Folder of the run; the int8 files are written there as `mood-HEAD.onnx`, with a page each [default: runs/NAME-OF-THE-RECIPE].
    #[arg(long)]
    pub run: Option<PathBuf>,
    /// Which part of the data the files are verified on.
    #[arg(long, value_enum, default_value_t = Split::PublicTest)]
    pub split: Split,
    /// The most percentage points int8 may lose against float; more ends in exit code 7.
    #[arg(long, default_value_t = 0.5)]
    pub gate: f64,
}

/// Runs the stages, each with what the one before it wrote.
pub(super) fn run(args: &All) -> Result<(), Error> {
    let run_args = &args.run_args;
    let drawn = run_args.data.to_str().is_some_and(|data| data.starts_with("synthetic"));
    let fallback = if drawn { SYNTHETIC } else { crate::recipe::DEFAULT };
    let root = args.run.clone().unwrap_or_else(|| PathBuf::from("runs").join(run_args.overrides.name(fallback)));
    let folder = RunFolder::new(&root);
    let opened = run_args.open(&folder, fallback)?;
    let Opened { recipe, data, .. } = &opened;
    report::stage("training");
    let mut progress = TrainingProgress::new(false);
    let outcome = train(run_args, &opened, &folder, &mut progress)?;
    let stopped = outcome.stopped;
    progress.end(&outcome, &root, run_args.source());
    if stopped {
        return Ok(());
    }
    for &head in &recipe.data.heads {
        let output = root.join(format!("mood-{}.onnx", head.name()));
        let quantise = Quantise {
            run: root.clone(),
            data: run_args.data.clone(),
            votes: run_args.votes.clone(),
            head: Some(head),
            output: output.clone(),
            calibration: CALIBRATION,
        };
        report::stage(&format!("int8 for {}", head.name()));
        quantise::quantise(&quantise, (&folder, recipe), data, head)?;
        report::stage("proof, in the box's own runtime");
        let verify = Verify {
            model: output.clone(),
            data: run_args.data.clone(),
            votes: run_args.votes.clone(),
            run: Some(root.clone()),
            split: args.split,
            gate: Some(args.gate),
            json: false,
            predictions: None,
        };
        verify::verify(&verify, &crate::verify::load(&output)?, data)?;
        report::stage("report");
        let asked = Asked {
            run: root.clone(),
            data: Some(run_args.data.clone()),
            votes: run_args.votes.clone(),
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
