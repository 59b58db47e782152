//! `trainer report`: a run as one page, as figures for a machine, and as the model card's section.

use crate::dataset::Split;
use crate::error::Error;
use crate::file::write_whole;
use crate::page::{self, Asked};
use crate::report;
use clap::Args;
use std::path::{Path, PathBuf};

/// `trainer report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Folder of the run.
    #[arg(value_name = "RUN", required_unless_present = "run")]
    pub folder: Option<PathBuf>,
    /// The same, as the other commands name it.
    #[arg(long, value_name = "RUN", conflicts_with = "folder")]
    pub run: Option<PathBuf>,
    /// The data the run was trained on [default: where it was then].
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// FER+'s fer2013new.csv, a line for each row of the data: measures by its majority, too.
    #[arg(long, value_name = "FILE.csv")]
    pub votes: Option<PathBuf>,
    /// The file exported from the run; without it only the float network is measured.
    #[arg(long, value_name = "FILE.onnx")]
    pub model: Option<PathBuf>,
    /// The part of the data to measure on. Validation chose the epoch and the temperature; `PublicTest` chose nothing,
    /// and is for the last figure only.
    #[arg(long, value_enum, default_value_t = Split::Validation)]
    pub split: Split,
    /// The page to write; without any of `--output`, `--card` and `--json`, `report.html` in the run's folder.
    #[arg(long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,
    /// Writes the expression network's section into this model card, between its two marks; a new file gets them.
    #[arg(long, value_name = "FILE.md")]
    pub card: Option<PathBuf>,
    /// How many of the most confident errors the page shows, as pictures of the data set; 0 for none.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    pub mistakes: u16,
    /// Prints all figures as one JSON object.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &Report) -> Result<(), Error> {
    let run = args.folder.clone().or_else(|| args.run.clone()).unwrap_or_default();
    if args.split == Split::Training {
        let what = "figures of the pictures it was trained on say nothing";
        return Err(Error::usage(what, "leave `--split` out for validation"));
    }
    let asked = Asked {
        run: run.clone(),
        data: args.data.clone(),
        votes: args.votes.clone(),
        model: args.model.clone(),
        split: args.split,
        mistakes: args.mistakes.into(),
    };
    // Read before the long work, so that a card without marks is refused at once.
    let card = args.card.as_deref().map(|path| Ok::<_, Error>((path, card_text(path, page::labels(&asked)?)?)));
    let card = card.transpose()?;
    let figures = page::gather(&asked)?;
    let silent = args.json || card.is_some();
    let output = args.output.clone().or_else(|| (!silent).then(|| run.join("report.html")));
    if let Some(path) = &output {
        write_whole(path, page::page(&figures).as_bytes())?;
        report::sheet_written(path);
    }
    if let Some((path, text)) = card {
        write_whole(path, with_section(path, (&text, figures.float.labels), &page::card(&figures))?.as_bytes())?;
        report::sheet_written(path);
    }
    if args.json {
        // Numbers that are none, which no figure should be, become `null`.
        report::measured(&serde_json::to_string(&figures).unwrap_or_default());
    }
    Ok(())
}

fn card_text(path: &Path, labels: &str) -> Result<String, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Error::data(path, format_args!("can't be read: {error}"), "name a Markdown file")),
    };
    with_section(path, (&text, labels), "")?;
    Ok(text)
}

fn with_section(path: &Path, (text, labels): (&str, &str), section: &str) -> Result<String, Error> {
    let (begin, end) = page::marks(labels);
    let hint = format!("put these two lines where the section shall stand:\n    {begin}\n    {end}");
    page::put(text, labels, section).map_err(|what| Error::data(path, what, hint))
}
