//! `trainer verify`: an exported file next to the float network it came from.

use super::quantise::head;
use super::run_args::load;
use crate::dataset::votes::Votes;
use crate::dataset::{Dataset, Labelled, Split};
use crate::error::Error;
use crate::file::write_whole;
use crate::measure::{self, Comparison, Figures, Row};
use crate::recipe::{Head, Recipe};
use crate::train::{self, checkpoint::RunFolder};
use crate::verify;
use crate::{evaluate, report};
use clap::Args;
use mood::Classifier;
use std::path::{Path, PathBuf};

/// `trainer verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The ONNX file.
    #[arg(long)]
    pub model: PathBuf,
    /// The data to measure on.
    #[arg(long)]
    pub data: PathBuf,
    /// FER+'s fer2013new.csv, a line for each row of `--data`: what a network with its labels is measured by.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
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
    /// Writes a row a picture: what it shows, the answer, its confidence, logits.
    #[arg(long, value_name = "FILE.csv")]
    pub predictions: Option<PathBuf>,
}

pub(super) fn run(args: &Verify) -> Result<(), Error> {
    let classifier = verify::load(&args.model)?;
    let (dataset, votes) = load(&args.data, args.votes.as_deref())?;
    let job = Job {
        model: &args.model,
        classifier: &classifier,
        source: &args.data,
        dataset: &dataset,
        votes: votes.as_deref(),
        run: args.run.as_deref(),
        split: args.split,
        gate: args.gate,
        json: args.json,
    };
    let rows = verify(&job)?;
    if let Some(path) = &args.predictions {
        write_whole(path, measure::predictions(&rows, classifier.contract()).as_bytes())?;
    }
    Ok(())
}

/// What is to be verified.
pub(super) struct Job<'a> {
    pub(super) model: &'a Path,
    pub(super) classifier: &'a Classifier,
    /// Where the data came from, for errors.
    pub(super) source: &'a Path,
    pub(super) dataset: &'a Dataset,
    pub(super) votes: Option<&'a [Votes]>,
    pub(super) run: Option<&'a Path>,
    pub(super) split: Split,
    pub(super) gate: Option<f64>,
    pub(super) json: bool,
}

/// Measures, tells, and holds the drop against the gate. Gives the exported file's answers.
pub(super) fn verify(job: &Job<'_>) -> Result<Vec<Row>, Error> {
    let Job { classifier, dataset, votes, split, .. } = *job;
    let contract = classifier.contract();
    let set = contract.label_set;
    let folder = job.run.map(RunFolder::new);
    let recipe = folder.as_ref().map_or_else(|| Ok(Recipe::default()), RunFolder::recipe)?;
    let indices = recipe.parts(dataset).of(split, dataset);
    if indices.is_empty() {
        let what = format_args!("has no pictures in {}", split.name());
        return Err(Error::data(job.source, what, "choose another `--split`"));
    }
    let pictures = Labelled::of(dataset, votes, set, &indices)?;
    let rows =
        measure::decide_all(&pictures, verify::logits(classifier, dataset, &pictures.indices, job.model)?, contract);
    let float = match &folder {
        Some(folder) => {
            let columns = recipe.columns(head(folder, &recipe, Some(Head::of(set)))?).unwrap_or_default();
            let net = train::best_net(folder, &recipe)?;
            let logits = evaluate::head_logits(&net, dataset, &pictures.indices, columns, contract);
            Some(Figures::of(&measure::decide_all(&pictures, logits, contract), set, set))
        }
        None => None,
    };
    let comparison = Comparison { split, classifier, integer: Figures::of(&rows, set, set), float };
    report::verified(&comparison, job.json);
    match (job.gate, comparison.drop()) {
        (Some(gate), Some(drop)) if drop > gate => Err(Error::below_gate(drop, gate)),
        _ => Ok(rows),
    }
}
