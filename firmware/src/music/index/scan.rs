//! Walks folders, analyses what is new or changed on all cores, and tells how far it is.

use super::file::Appender;
use super::{Entry, Index, IndexError, Stamp, Tags, excerpt};
use crate::music::analysis;
use crate::music::library::is_track;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use thiserror::Error;
use walkdir::WalkDir;

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Files analysed so far.
    pub done: usize,
    /// Files to analyse in all.
    pub all: usize,
    /// The file just done.
    pub path: &'a Path,
}

/// Why a scan ended early. What it had found is in the index.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScanError {
    /// A folder that was named can't be read.
    #[error("music folder {} can't be read: {detail}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The index can't be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The system gave no thread.
    #[error("no thread for the scan: {detail}")]
    Thread {
        /// What the system says.
        detail: String,
    },
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scanned {
    /// Tracks in the index that can be played.
    pub tracks: usize,
    /// Files analysed now: new or changed ones.
    pub analysed: usize,
    /// Files as they were.
    pub unchanged: usize,
    /// Entries whose file is no longer there.
    pub gone: usize,
    /// Files that can't be played, and why: of this scan and of earlier ones.
    pub damaged: Vec<(PathBuf, String)>,
    /// Folders that can't be entered, and why.
    pub skipped: Vec<(PathBuf, String)>,
}

/// Brings the index at `file` up to date with what lies below `folders`.
///
/// # Errors
/// When a folder can't be read, or the index can't be read or written.
pub fn scan(
    folders: &[PathBuf],
    file: &Path,
    threads: usize,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<(Index, Scanned), ScanError> {
    let mut index = match Index::load(file) {
        Err(IndexError::Missing { .. }) => Index::new(file.to_owned()),
        // Made by a scan that was stopped before its first line.
        Err(IndexError::Foreign { .. }) if file.metadata().is_ok_and(|about| about.len() == 0) => {
            Index::new(file.to_owned())
        }
        index => index?,
    };
    let mut scanned = Scanned::default();
    let roots = folders.iter().map(|folder| root(folder)).collect::<Result<Vec<_>, _>>()?;
    let found = walk(&roots, &mut scanned);
    scanned.gone = drop_gone(&mut index, &roots, &found, &scanned.skipped);
    let mut work: Vec<(PathBuf, Stamp)> = Vec::new();
    for path in found {
        let stamp = Stamp::of(&path);
        match index.get(&path) {
            Some(entry) if entry.stamp == stamp && stamp != Stamp::default() => scanned.unchanged += 1,
            _ => work.push((path, stamp)),
        }
    }
    scanned.analysed = work.len();
    if scanned.analysed > 0 || scanned.gone > 0 || !file.exists() {
        let appender = Appender::open(file)?;
        analyse_all(work, threads, appender, &mut index, &mut progress)?;
        index.store()?;
    }
    for entry in index.entries() {
        match &entry.sound {
            Ok(_) => scanned.tracks += 1,
            Err(detail) => scanned.damaged.push((entry.path.clone(), detail.clone())),
        }
    }
    Ok((index, scanned))
}

/// The folder as an absolute path; it must be there and readable, or else its tracks would be taken for gone.
fn root(folder: &Path) -> Result<PathBuf, ScanError> {
    let readable = std::fs::read_dir(folder).map(drop).or_else(|error| {
        // A single file may be named too.
        if folder.is_file() { Ok(()) } else { Err(error) }
    });
    readable
        .and_then(|()| std::path::absolute(folder))
        .map_err(|error| ScanError::Folder { path: folder.to_owned(), detail: error.to_string() })
}

/// All files that look like music, each once, whatever links lead to it.
fn walk(roots: &[PathBuf], scanned: &mut Scanned) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut known = BTreeSet::new();
    for root in roots {
        for entry in WalkDir::new(root).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if is_track(entry.path()) => {
                    let real = entry.path().canonicalize().unwrap_or_else(|_| entry.path().to_owned());
                    if entry.path().to_str().is_none() {
                        scanned.skipped.push((entry.into_path(), "its name is no text in UTF-8; rename it".into()));
                    } else if known.insert(real) {
                        found.insert(entry.into_path());
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    // A link back to a folder above is no mistake of the owner's: everything there is found anyway.
                    if error.loop_ancestor().is_some() {
                        tracing::debug!(path = %path.display(), "a link leads round in a circle");
                    } else {
                        let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                        scanned.skipped.push((path, detail));
                    }
                }
            }
        }
    }
    found
}

/// Takes out what is no longer below the roots, but nothing below a folder that could not be entered.
fn drop_gone(index: &mut Index, roots: &[PathBuf], found: &BTreeSet<PathBuf>, skipped: &[(PathBuf, String)]) -> usize {
    let before = index.entries.len();
    index.entries.retain(|path, _| {
        let looked_at = roots.iter().any(|root| path.starts_with(root));
        let hidden = skipped.iter().any(|(folder, _)| path.starts_with(folder));
        !looked_at || hidden || found.contains(path)
    });
    before - index.entries.len()
}

/// Analyses on `threads` threads; this one writes.
fn analyse_all(
    work: Vec<(PathBuf, Stamp)>,
    threads: usize,
    mut appender: Appender,
    index: &mut Index,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<(), ScanError> {
    let all = work.len();
    let queue = Mutex::new(work.into_iter());
    let (send, results) = channel();
    thread::scope(|scope| {
        for number in 0..threads.clamp(1, all.max(1)) {
            let (queue, send) = (&queue, send.clone());
            thread::Builder::new()
                .name(format!("scan {number}"))
                .spawn_scoped(scope, move || {
                    loop {
                        let next = queue.lock().ok().and_then(|mut queue| queue.next());
                        let Some((path, stamp)) = next else { return };
                        if send.send(look(path, stamp)).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|error| ScanError::Thread { detail: error.to_string() })?;
        }
        drop(send);
        for (done, entry) in (1..).zip(results) {
            // Returning drops the receiver, which ends the threads after their present file.
            appender.add(&entry)?;
            progress(Progress { done, all, path: &entry.path });
            index.put(entry);
        }
        Ok(())
    })
}

/// Everything about one file. Decoders have been seen to panic on damaged ones.
fn look(path: PathBuf, stamp: Stamp) -> Entry {
    let heard = catch_unwind(AssertUnwindSafe(|| {
        let heard = excerpt::read(&path)?;
        let features = analysis::analyse(&heard.excerpt).ok_or("it is silent, or shorter than a second")?;
        Ok((features, heard.duration))
    }));
    let heard = heard.unwrap_or_else(|_| Err("the decoder gave up".to_owned()));
    let tags = match &heard {
        Ok(_) => catch_unwind(AssertUnwindSafe(|| Tags::read(&path))).unwrap_or_default(),
        Err(_) => Tags::default(),
    };
    let duration = heard.as_ref().ok().and_then(|(_, duration)| *duration);
    Entry { path, stamp, tags, duration, sound: heard.map(|(features, _)| features) }
}
