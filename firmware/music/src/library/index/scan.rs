//! Walks folders, analyses what is new or changed on all cores, and tells how far it is.

use super::file::Appender;
use super::listen::Listener;
use super::{Index, IndexError, Stamp};
use crate::library::paths::{self, Found};
use files::{self, Fault, Shown};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use thiserror::Error;

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
    #[error("music folder {} can't be read: {detail}", Shown(.path))]
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
    #[error("no thread for the scan: {0}")]
    Thread(String),
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
    /// Folders that can't be entered and files that their disk doesn't give, and why; nothing is kept of these files.
    pub skipped: Vec<(PathBuf, String)>,
    /// The index could not be read and was set aside; in a sentence.
    pub begun_anew: Option<String>,
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
    let mut scanned = Scanned::default();
    let mut index = match Index::load(file) {
        Err(IndexError::Missing(_)) => Index::new(file.to_owned()),
        // Made by a scan that was stopped before its first line.
        Err(IndexError::Foreign { .. }) if file.metadata().is_ok_and(|about| about.len() == 0) => {
            Index::new(file.to_owned())
        }
        // What is named otherwise may be anything, and is left alone.
        Err(IndexError::Foreign { detail, .. }) if file.extension().is_some_and(|ending| ending == "jsonl") => {
            let (told, free) = files::begin_anew("the index", file, &Fault::Damaged(detail.clone()));
            if !free {
                return Err(IndexError::Foreign { path: file.to_owned(), detail }.into());
            }
            scanned.begun_anew = Some(told);
            Index::new(file.to_owned())
        }
        index => index?,
    };
    let roots = folders.iter().map(|folder| root(folder)).collect::<Result<Vec<_>, _>>()?;
    let Found { files, closed } = paths::walk(roots.iter().map(PathBuf::as_path));
    scanned.skipped = closed;
    scanned.gone = drop_gone(&mut index, &roots, &files, &scanned.skipped);
    let mut work: Vec<(PathBuf, Stamp)> = Vec::new();
    for path in files {
        let stamp = Stamp::of(&path);
        match index.get(&path) {
            Some(entry) if entry.stamp == stamp && stamp != Stamp::default() => scanned.unchanged += 1,
            _ => work.push((path, stamp)),
        }
    }
    scanned.analysed = work.len();
    if scanned.analysed > 0 || scanned.gone > 0 || !file.exists() {
        let appender = Appender::open(file)?;
        let unread = analyse_all(work, threads, appender, &mut index, &mut progress)?;
        scanned.analysed -= unread.len();
        scanned.skipped.extend(unread);
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

/// Analyses on `threads` threads; this one writes. Returns the files that the disk doesn't give, and why.
fn analyse_all(
    work: Vec<(PathBuf, Stamp)>,
    threads: usize,
    mut appender: Appender,
    index: &mut Index,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<Vec<(PathBuf, String)>, ScanError> {
    let all = work.len();
    let queue = Mutex::new(work.into_iter());
    let (send, results) = channel();
    thread::scope(|scope| {
        for number in 0..threads.clamp(1, all.max(1)) {
            let (queue, send) = (&queue, send.clone());
            thread::Builder::new()
                .name(format!("scan {number}"))
                .spawn_scoped(scope, move || {
                    let mut listener = Listener::default();
                    loop {
                        let next = queue.lock().ok().and_then(|mut queue| queue.next());
                        let Some((path, stamp)) = next else { return };
                        if send.send(listener.look(path, stamp)).is_err() {
                            return;
                        }
                    }
                })
                .map_err(|error| ScanError::Thread(error.to_string()))?;
        }
        drop(send);
        let mut unread = Vec::new();
        for (done, mut entry) in (1..).zip(results) {
            progress(Progress { done, all, path: &entry.path });
            match entry.sound.is_err().then(|| fault(&entry.path)).flatten() {
                // The owner may open it any time, which changes no stamp.
                Some(error) if error.kind() == ErrorKind::PermissionDenied => entry.stamp = Stamp::default(),
                Some(error) => {
                    unread.push((entry.path, error.to_string()));
                    continue;
                }
                None => {}
            }
            // Returning drops the receiver, which ends the threads after their present file.
            appender.add(&entry)?;
            index.put(entry);
        }
        Ok(unread)
    })
}

/// Why a file can't be read to its end, if it can't. A disk that was pulled out says nothing about the music on it.
fn fault(path: &Path) -> Option<io::Error> {
    File::open(path).and_then(|mut file| io::copy(&mut file, &mut io::sink())).err()
}
