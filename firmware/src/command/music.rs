//! `moodbox music`: the owner's library, from files to choices.

mod list;
mod pick;
mod plot;

use crate::error::{ExitCode, Failure};
use crate::home;
use files::Shown;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mood::Affect;
use music::library::catalogue::Catalogue;
use music::library::index::{Index, IndexError, NOTHING_TO_JUDGE, Progress, ScanError, Scanned, scan as scan_folders};
use music::library::taste::{Taste, TasteError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;

/// The owner's music: finds it, listens to it, chooses from it.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct MusicArgs {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What to do with the music.
#[derive(Debug, Clone, PartialEq, clap::Subcommand)]
pub enum What {
    /// Listens to the music in folders; only to what is new or changed, and goes on where it was stopped
    #[command(after_help = "Example:\n  moodbox music scan ~/Music")]
    Scan(ScanArgs),
    /// Lists the tracks and where they lie between unpleasant and pleasant, calm and excited
    #[command(after_help = "Example:\n  moodbox music list --json | jq -r 'select(.valence > 0.5) | .path'")]
    List(list::ListArgs),
    /// Shows all about one track
    #[command(after_help = "Example:\n  moodbox music show \"so what\"")]
    Show(list::ShowArgs),
    /// Draws all tracks in the valence-arousal plane
    #[command(after_help = "Example:\n  moodbox music plot plane.svg")]
    Plot(plot::PlotArgs),
    /// Chooses tracks as the box would, and says why
    #[command(after_help = "Example:\n  moodbox music pick --mood sad --policy lift -n 4 --json")]
    Pick(pick::PickArgs),
    /// Tells the box where a track lies, or that you like it; that overrides what it sounds like
    #[command(after_help = "Examples:\n  moodbox music rate \"blue in green\" --mood sad\n  \
                      moodbox music rate \"blue in green\" --at -0.4,-0.6\n  moodbox music rate \"my way\" --dislike\n  moodbox music rate --like")]
    Rate(pick::RateArgs),
    /// Writes out what was learnt; `moodbox forget` erases it
    #[command(after_help = "Example:\n  moodbox music taste --json > taste.jsonl")]
    Taste(pick::TasteArgs),
}

/// Which library.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct IndexFile {
    /// The index [default: music.jsonl in ~/.local/share/moodbox]
    #[arg(long, value_name = "FILE")]
    pub index: Option<PathBuf>,
    /// What was learnt [default: taste.jsonl in the same folder]
    #[arg(long, value_name = "FILE")]
    pub taste: Option<PathBuf>,
}

impl IndexFile {
    fn path(&self) -> PathBuf {
        self.index.clone().unwrap_or_else(home::index)
    }

    /// What was learnt lies beside the index, wherever that is.
    fn taste_file(&self) -> PathBuf {
        let beside = || self.index.as_ref().map(|index| home::beside(index));
        self.taste.clone().or_else(beside).unwrap_or_else(home::taste)
    }

    fn taste(&self) -> Result<Taste, Failure> {
        Taste::load(&self.taste_file()).map_err(of_taste)
    }

    fn catalogue(&self) -> Result<Catalogue, Failure> {
        Ok(Catalogue::new(Index::load(&self.path()).map_err(of_index)?, &self.taste()?))
    }

    /// Nothing can be chosen or shown of it.
    fn empty(&self) -> Failure {
        let what = format!("no track of index {} can be played", Shown(&self.path()));
        Failure::new(ExitCode::Data, what, "scan a folder with music: `moodbox music scan FOLDER`")
    }
}

fn of_index(error: IndexError) -> Failure {
    let (code, hint) = match error {
        IndexError::Missing(_) => {
            (ExitCode::Data, "make one with `moodbox music scan FOLDER`, or name it with `--index`")
        }
        IndexError::Newer { .. } => (ExitCode::Data, "update this program, or scan into another file with `--index`"),
        IndexError::Busy(_) => (ExitCode::Write, "wait for it, or scan into another file with `--index`"),
        IndexError::Write { .. } => (
            ExitCode::Write,
            "name a file in a folder you may write to, on a disk with room; what was found so far is kept",
        ),
        _ => (ExitCode::Data, "scan again, which sets it aside and makes a new one, or name another with `--index`"),
    };
    Failure::new(code, error, hint)
}

fn of_scan(error: ScanError) -> Failure {
    let hint = match error {
        ScanError::Index(error) => return of_index(error),
        ScanError::Folder { .. } => "name a folder that is there; a disk may have to be plugged in first",
        _ => "start it again with `--threads 1`",
    };
    Failure::new(ExitCode::Data, error, hint)
}

fn of_taste(error: TasteError) -> Failure {
    let (code, hint) = match error {
        TasteError::Write { .. } => (ExitCode::Write, "see that the disk has room and the folder may be written to"),
        _ => (
            ExitCode::Data,
            "name another file with `--taste`, or move it away; if a newer program wrote it, update this one",
        ),
    };
    Failure::new(code, error, hint)
}

/// Runs the command.
///
/// # Errors
/// When something it needs can't be read or written.
pub fn music(args: &MusicArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    match &args.what {
        What::Scan(args) => scan(args, out, err),
        What::List(args) => list::list(args, out),
        What::Show(args) => list::show(args, out),
        What::Plot(args) => plot::plot(args, out),
        What::Pick(args) => pick::pick(args, out),
        What::Rate(args) => pick::rate(args, out),
        What::Taste(args) => pick::taste(args, out),
    }
}

/// `valence,arousal`.
fn place(text: &str) -> Result<Affect, String> {
    let parts: Option<Vec<f32>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some(&[valence, arousal]) if valence.abs() <= 1.0 && arousal.abs() <= 1.0 => Ok(Affect { valence, arousal }),
        _ => Err("give two numbers from -1 to 1, as in -0.4,0.6".to_owned()),
    }
}

/// Wraps what the output says.
fn written(source: std::io::Error) -> Failure {
    Failure::write("the answer")(source)
}

/// Listens to the music in folders.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct ScanArgs {
    /// Folders with music, or single files
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Where what is found is kept
    #[command(flatten)]
    pub index: IndexFile,
    /// Files listened to at once [default: one a core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// One JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

fn scan(args: &ScanArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let start = Instant::now();
    let path = args.index.path();
    let threads = args.threads.map_or_else(|| available_parallelism().map_or(1, Into::into), usize::from);
    // Draws on a terminal only.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {eta} left  {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let told = |progress: Progress<'_>| {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        bar.set_length(number(progress.all));
        bar.set_position(number(progress.done));
        bar.set_message(Shown(Path::new(progress.path.file_name().unwrap_or_default())).to_string());
    };
    let result = scan_folders(&args.folders, &path, threads, told);
    bar.finish_and_clear();
    let (_, scanned) = result.map_err(of_scan)?;
    if args.json {
        return json(&scanned, &path, start, out).map_err(written);
    }
    if let Some(told) = &scanned.begun_anew {
        // Without stderr there is nobody to tell.
        let _ = writeln!(err, "{told}");
    }
    for (path, detail) in &scanned.skipped {
        let _ = writeln!(err, "can't be entered: {}: {detail}", Shown(path));
    }
    for (path, detail) in &scanned.damaged {
        let what = if detail == NOTHING_TO_JUDGE { "left out" } else { "can't be played" };
        let _ = writeln!(err, "{what}: {}: {detail}", Shown(path));
    }
    let Scanned { tracks, analysed, unchanged, gone, damaged, .. } = &scanned;
    let seconds = start.elapsed().as_secs_f64();
    writeln!(
        out,
        "{}: {tracks} tracks; {analysed} listened to, {unchanged} as they were, {gone} gone, {} damaged, silent or not playable; {seconds:.1} s",
        Shown(&path),
        damaged.len()
    )
    .map_err(written)
}

fn json(scanned: &Scanned, index: &Path, start: Instant, out: &mut dyn Write) -> std::io::Result<()> {
    let list = |files: &[(PathBuf, String)]| -> Vec<serde_json::Value> {
        files.iter().map(|(path, error)| serde_json::json!({"path": path.to_string_lossy(), "error": error})).collect()
    };
    let answer = serde_json::json!({
        "index": index.to_string_lossy(),
        "tracks": scanned.tracks,
        "analysed": scanned.analysed,
        "unchanged": scanned.unchanged,
        "gone": scanned.gone,
        "damaged": list(&scanned.damaged),
        "skipped": list(&scanned.skipped),
        "begun_anew": scanned.begun_anew,
        "seconds": start.elapsed().as_secs_f64(),
    });
    writeln!(out, "{answer}")
}
