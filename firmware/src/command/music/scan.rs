//! `moodbox music scan`: brings the index up to date.

use super::{IndexFile, MusicError, written};
use crate::error::Failure;
use crate::music::index::{NOTHING_TO_JUDGE, Progress, Scanned, scan as scan_folders};
use crate::shown::Shown;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;

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

pub(super) fn scan(args: &ScanArgs, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
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
    let (_, scanned) = result.map_err(MusicError::from)?;
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
        "{}: {tracks} tracks; {analysed} listened to, {unchanged} as they were, {gone} gone, {} damaged or not playable; {seconds:.1} s",
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
