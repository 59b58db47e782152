//! `trainer verify`: an exported file next to the float network it came from.

use super::quantise::head;
use super::run_args::Loaded;
use crate::dataset::{Labelled, Split};
use crate::error::Error;
use crate::file::write_whole;
use crate::measure::{self, Figures, Row};
use crate::recipe::{Head, Recipe};
use crate::train::{self, checkpoint::RunFolder};
use crate::verify;
use crate::{evaluate, report};
use clap::Args;
use mood::Classifier;
use std::path::PathBuf;

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
    let data = Loaded::read(&args.data, args.votes.as_deref())?;
    let rows = verify(args, &classifier, &data)?;
    if let Some(path) = &args.predictions {
        write_whole(path, measure::predictions(&rows, classifier.contract()).as_bytes())?;
    }
    Ok(())
}

/// Measures, tells, and holds the drop against the gate. Gives the exported file's answers.
pub(super) fn verify(
    args: &Verify,
    classifier: &Classifier,
    Loaded { dataset, votes }: &Loaded,
) -> Result<Vec<Row>, Error> {
    let split = args.split;
    let contract = classifier.contract();
    let set = contract.label_set;
    let folder = args.run.as_deref().map(RunFolder::new);
    let recipe = folder.as_ref().map_or_else(|| Ok(Recipe::default()), RunFolder::recipe)?;
    let indices = recipe.parts(dataset).of(split, dataset);
    if indices.is_empty() {
        let what = format_args!("has no pictures in {}", split.name());
        return Err(Error::data(&args.data, what, "choose another `--split`"));
    }
    let pictures = Labelled::of(dataset, votes.as_deref(), set, &indices)?;
    let logits = verify::logits(classifier, &dataset.pixels(&pictures.indices), &args.model)?;
    let rows = measure::decide_all(&pictures, logits, contract);
    let float = match &folder {
        Some(folder) => {
            let columns = recipe.columns(head(folder, &recipe, Some(Head::of(set)))?).unwrap_or_default();
            let net = train::best_net(folder, &recipe)?;
            let logits = evaluate::head_logits(&net, &dataset.pixels(&pictures.indices), columns, contract);
            Some(Figures::of(&measure::decide_all(&pictures, logits, contract), set, set))
        }
        None => None,
    };
    let integer = Figures::of(&rows, set, set);
    report::verified(split, classifier, &integer, float.as_ref(), args.json);
    match (args.gate, float.and_then(|float| measure::drop_points(&float, &integer))) {
        (Some(gate), Some(drop)) if drop > gate => Err(Error::below_gate(drop, gate)),
        _ => Ok(rows),
    }
}
