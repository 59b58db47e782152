//! `trainer evaluate`: a deployed file, a data set, figures.

use super::run_args::Loaded;
use super::within;
use crate::dataset::augment::Condition;
use crate::dataset::votes::Votes;
use crate::dataset::{Dataset, Split, Splits};
use crate::error::Error;
use crate::measure::{self, AbstentionThresholds, Figures, Relation, Robustness, Targets, View};
use crate::recipe::Head;
use crate::train::checkpoint::RunFolder;
use crate::{file, report, verify};
use clap::Args;
use std::path::{Path, PathBuf};

/// `trainer evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// The ONNX file.
    #[arg(long)]
    pub model: PathBuf,
    /// The data to measure on.
    #[arg(long)]
    pub data: PathBuf,
    /// Which part of it, as its maker cut it; FER-2013's own names (`PublicTest`) are understood too.
    #[arg(long, value_enum)]
    pub split: Split,
    /// A run: its own training and validation parts are meant, which it cut from this data [default: the data's own].
    #[arg(long)]
    pub run: Option<PathBuf>,
    /// What the pictures are said to show: FER-2013's labels, or the majority of the people of FER+. A network of other
    /// labels is compared by expression.
    #[arg(long, value_enum)]
    pub labels: Head,
    /// FER+'s fer2013new.csv, a line for each row of `--data`; needed for `--labels ferplus`, else checked and not used.
    #[arg(long, value_name = "FILE.csv", required_if_eq("labels", "ferplus"))]
    pub votes: Option<PathBuf>,
    /// Gives the accuracy without copies of the training pictures of this data, too, byte for byte and in other crops
    /// [default: those of `--data`].
    #[arg(long, value_name = "TRAINING-DATA")]
    pub without_copies_of: Option<PathBuf>,
    /// Measures on so many pictures only, picked by chance, the same ones each time.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Measures on pictures that are not as they are in the data, but clean, dark, blurred, shifted-6 (percent), rotated-10
    /// (degrees), jpeg-30 (quality) or box (what training's preset `box` does to them); numbers may be others.
    #[arg(long, default_value_t)]
    pub condition: Condition,
    /// Looks at each picture once. The box averages the logits of a face and of its mirror image, and so do all figures
    /// without this flag.
    #[arg(long)]
    pub single_view: bool,
    /// Prints a table of the accuracy under each condition and what it loses against clean pictures.
    #[arg(long, conflicts_with_all = ["condition", "predictions"])]
    pub conditions: bool,
    /// Chooses the thresholds below which the box says that it is not sure, so that its answers are right so often (0.5 to
    /// 0.999); unpleasant expressions more often, as they cost more when they are wrong.
    #[arg(long, value_name = "ACCURACY", num_args = 0..=1, default_missing_value = "0.8",
          value_parser = |text: &str| within(text, 0.5..=0.999, "a share from 0.5 to 0.999"), conflicts_with_all = ["conditions", "predictions"])]
    pub coverage: Option<f64>,
    /// Writes these thresholds into the contract of the ONNX file.
    #[arg(long, requires = "coverage")]
    pub write: bool,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Writes a row a picture: what it shows, the answer, its confidence, logits.
    #[arg(long, value_name = "FILE.csv")]
    pub predictions: Option<PathBuf>,
}

pub(super) fn run(args: &Evaluate) -> Result<(), Error> {
    let classifier = verify::load(&args.model)?;
    let Loaded { dataset, votes } = Loaded::read(&args.data, args.votes.as_deref())?;
    let parts = args.run.as_deref().map(|run| parts(run, &args.data, &dataset)).transpose()?;
    let targets = targets(args, &dataset, parts.as_ref(), votes.as_deref())?;
    let other = args.without_copies_of.as_ref().filter(|&path| *path != args.data).map(|path| Dataset::load(path));
    let other = other.transpose()?;
    let training = training(args, other.as_ref().unwrap_or(&dataset), parts.as_ref())?;
    let plain = args.conditions || args.coverage.is_some();
    let indices: Vec<usize> = targets.chosen.iter().map(|target| target.index).collect();
    let relations = training.filter(|_| !plain).map(|training| Relation::of(&dataset.pixels(&indices), &training));
    let view = |condition: Condition| View { condition, flip: !args.single_view };
    let rows = |condition: Condition| {
        measure::rows(&classifier, &dataset, &targets.chosen, relations.as_deref(), view(condition), &args.model)
    };
    let (labels, answers) = (args.labels.set(), classifier.contract().label_set);
    if args.conditions {
        let mut table = Robustness::default();
        for condition in Condition::ALL {
            table.add(condition, &Figures::of(&rows(condition)?, labels, answers));
        }
        report::measured(&if args.json { table.json() } else { table.text(args.split, labels) });
        return Ok(());
    }
    let rows = rows(args.condition)?;
    if let Some(stated) = args.coverage {
        let thresholds = AbstentionThresholds::choose(&rows, stated);
        report::measured(&if args.json { thresholds.json() } else { thresholds.text() });
        return if args.write { thresholds.write(&args.model) } else { Ok(()) };
    }
    if let Some(path) = &args.predictions {
        file::write_whole(path, measure::predictions(&rows, classifier.contract()).as_bytes())?;
    }
    let figures = Figures::of(&rows, labels, answers);
    report::measured(&if args.json {
        measure::json(&figures, view(args.condition))
    } else {
        measure::text(&figures, &targets, (args.split, view(args.condition)), labels, answers)
    });
    Ok(())
}

fn targets(
    args: &Evaluate,
    dataset: &Dataset,
    parts: Option<&Splits>,
    votes: Option<&[Votes]>,
) -> Result<Targets, Error> {
    let votes = votes.filter(|_| args.labels == Head::Ferplus);
    let indices = parts.map_or_else(|| dataset.indices(args.split), |parts| parts.of(args.split, dataset));
    let targets = Targets::of(dataset, &indices, votes);
    if targets.chosen.is_empty() {
        let by_vote = if votes.is_some() { " that most people saw an expression in" } else { "" };
        let what = format_args!("has no pictures in {}{by_vote}", args.split.name());
        let hint = "choose another `--split`, or name with `--run` the run that cut it from the data";
        return Err(Error::data(&args.data, what, hint));
    }
    let limit = args.limit.and_then(|limit| usize::try_from(limit).ok());
    Ok(if let Some(limit) = limit { targets.limited(limit) } else { targets })
}

/// The parts `run` cut from `dataset`, which is at `data`.
fn parts(run: &Path, data: &Path, dataset: &Dataset) -> Result<Splits, Error> {
    let folder = RunFolder::new(run);
    if folder.data()?.sha256 != dataset.sha256() {
        return Err(Error::other_pictures(data));
    }
    Ok(folder.recipe()?.parts(dataset))
}

/// The pixels of the training pictures; none when nobody named them and the data measured on has no others.
fn training<'a>(args: &Evaluate, dataset: &'a Dataset, parts: Option<&Splits>) -> Result<Option<Vec<&'a [u8]>>, Error> {
    if args.without_copies_of.is_none() && args.split == Split::Training {
        return Ok(None);
    }
    let training = match parts {
        Some(parts) if args.without_copies_of.is_none() => parts.training.clone(),
        _ => dataset.indices(Split::Training),
    };
    let pixels = dataset.pixels(&training);
    match &args.without_copies_of {
        Some(path) if pixels.is_empty() => {
            Err(Error::data(path, "has no training pictures", "give `--without-copies-of` the data it was trained on"))
        }
        _ => Ok((!pixels.is_empty()).then_some(pixels)),
    }
}
