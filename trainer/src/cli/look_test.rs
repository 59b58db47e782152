//! `trainer look-test`: photographs of people through the whole path of the box.

use crate::error::Error;
use crate::file::write_whole;
use crate::look_test::{self, Columns, Figures, GroupColumn, Labels, Networks};
use crate::report;
use clap::Args;
use mood::Expression;
use std::path::PathBuf;

/// `trainer look-test`.
#[derive(Debug, Args)]
pub struct LookTest {
    /// The folder of the photographs.
    pub folder: PathBuf,
    /// A table with a line for each: its file, what it shows, and any other columns.
    #[arg(value_name = "LABELS.csv")]
    pub labels: PathBuf,
    /// The ONNX file.
    #[arg(long)]
    pub model: PathBuf,
    /// The column that names the file.
    #[arg(long, value_name = "COLUMN", default_value = "file")]
    pub file: String,
    /// The column that says what it shows.
    #[arg(long, value_name = "COLUMN", default_value = "label")]
    pub label: String,
    /// What a label means that is no name of an expression; may be given more than once.
    #[arg(long, value_name = "LABEL=EXPRESSION", value_parser = meaning)]
    pub means: Vec<(String, Expression)>,
    /// Columns to group by, each group against all others of its column; numbers into bands at the cuts named.
    #[arg(long, value_name = "COLUMN[:CUT...]", value_delimiter = ',')]
    pub by: Vec<GroupColumn>,
    /// Writes a page with the figures and the most confident errors, their photographs small inside.
    #[arg(long, value_name = "FILE.html")]
    pub page: Option<PathBuf>,
    /// How many errors the page shows.
    #[arg(long, default_value_t = 48)]
    pub mistakes: u16,
    /// Prints one JSON object.
    #[arg(long)]
    pub json: bool,
}

fn meaning(text: &str) -> Result<(String, Expression), String> {
    let (label, name) = text.split_once('=').ok_or("give LABEL=EXPRESSION: smiling=happy")?;
    let expression = Expression::from_label(name).ok_or_else(|| format!("`{name}` is no expression"))?;
    Ok((label.trim().to_owned(), expression))
}

pub(super) fn run(args: &LookTest) -> Result<(), Error> {
    let meanings = args.means.iter().cloned().collect();
    let columns = Columns { file: args.file.clone(), label: args.label.clone(), meanings, groups: args.by.clone() };
    let labels = Labels::read(&args.labels, &columns)?;
    let answers = Networks::load(&args.model)?.look_at(&args.folder, &labels)?;
    let figures = Figures::of(&labels, &answers);
    if let Some(path) = &args.page {
        let page = look_test::page(&figures, &labels, &answers, &args.folder, args.mistakes.into())?;
        write_whole(path, page.as_bytes())?;
        report::sheet_written(path);
    }
    report::measured(&if args.json { look_test::json(&figures) } else { look_test::text(&figures) });
    Ok(())
}
