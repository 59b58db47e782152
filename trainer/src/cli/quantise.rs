//! `trainer quantise`: the best epoch of a run in, an int8 ONNX file out.

use super::run_args::Loaded;
use crate::dataset::Labelled;
use crate::error::Error;
use crate::file::write_whole;
use crate::recipe::{Head, Recipe};
use crate::train::{self, checkpoint::RunFolder};
use crate::{export, report};
use clap::Args;
use mood::Contract;
use std::path::PathBuf;

/// `trainer quantise`.
#[derive(Debug, Args)]
pub struct Quantise {
    /// Folder of the run.
    #[arg(long)]
    pub run: PathBuf,
    /// The data the run was trained on; calibration pictures come from its training part.
    #[arg(long)]
    pub data: PathBuf,
    /// The votes the run was trained on; the temperature of the head `ferplus` is fitted by them.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// Which head to export [default: the run's first].
    #[arg(long, value_enum)]
    pub head: Option<Head>,
    /// The file to write.
    #[arg(long)]
    pub output: PathBuf,
    /// How many training pictures fix the scales.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    pub calibration: u32,
}

pub(super) fn run(args: &Quantise) -> Result<(), Error> {
    let folder = RunFolder::new(&args.run);
    let recipe = folder.recipe()?;
    let head = head(&folder, &recipe, args.head)?;
    let data = Loaded::read(&args.data, args.votes.as_deref())?;
    quantise(args, (&folder, &recipe), &data, head)
}

pub(super) fn quantise(
    args: &Quantise,
    (folder, recipe): (&RunFolder, &Recipe),
    Loaded { dataset, votes }: &Loaded,
    head: Head,
) -> Result<(), Error> {
    let parts = recipe.parts(dataset);
    let columns = recipe.columns(head).unwrap_or_default();
    let raw = train::best_net(folder, recipe)?.layers().with_head(columns);
    let validation = Labelled::of(dataset, votes.as_deref(), head.set(), &parts.validation)?;
    let calibration = (usize::try_from(args.calibration).unwrap_or(usize::MAX), recipe.seed);
    let (contract, output) = (Contract::new(head.set()), &args.output);
    let export = export::run(&raw, dataset, (&parts.training, &validation), contract, calibration, output)?;
    write_whole(output, &export.bytes)?;
    report::quantised(&raw, &export, output);
    Ok(())
}

/// The head that is asked for, else the run's first.
pub(super) fn head(folder: &RunFolder, recipe: &Recipe, asked: Option<Head>) -> Result<Head, Error> {
    let heads = &recipe.data.heads;
    match asked.or_else(|| heads.first().copied()) {
        Some(head) if heads.contains(&head) => Ok(head),
        asked => {
            let names: Vec<&str> = heads.iter().map(|head| head.name()).collect();
            let asked = asked.map_or("", Head::name);
            let what = format!("the run in `{}` has no head `{asked}`", folder.path().display());
            Err(Error::usage(what, format!("choose `--head` from {}", names.join(", "))))
        }
    }
}
