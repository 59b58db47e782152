//! The index of the owner's music: what was found, what it says of itself, and what it sounds like.
//!
//! One file of JSON lines: a head that names the version and the features, then a line a track. While a scan runs,
//! lines are appended, and the last line about a path holds; so a scan that was stopped goes on where it was, and a
//! line that was cut off by a loss of power costs one track. At its end the file is written anew and put in place by
//! one rename. Paths below the index's own folder are kept relative, so that a disk with its index can travel.

mod file;
mod listen;
mod scan;

pub use crate::listen::Tags;
pub use file::IndexError;
pub use listen::{NOTHING_TO_JUDGE, serve};
pub use scan::{Progress, ScanError, Scanned, scan};

use crate::listen::features::Features;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// How a file was when it was looked at; equal stamps mean that nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Milliseconds since 1970 of its last change; 0 where the file system doesn't say.
    pub modified_ms: u64,
}

impl Stamp {
    /// The stamp of a file as it is now; the default one when there is none.
    pub(crate) fn of(path: &Path) -> Self {
        let Ok(about) = path.metadata() else { return Stamp::default() };
        let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Stamp {
            size: about.len(),
            modified_ms: modified.and_then(|since| u64::try_from(since.as_millis()).ok()).unwrap_or(0),
        }
    }
}

/// One file of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// How it was.
    pub stamp: Stamp,
    /// What it says of itself.
    pub tags: Tags,
    /// How long it plays.
    pub duration: Option<Duration>,
    /// What it sounds like, or why that isn't known.
    pub sound: Result<Features, String>,
}

/// The index in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    file: PathBuf,
    entries: BTreeMap<PathBuf, Entry>,
}

impl Index {
    /// An empty index that belongs into `file`.
    pub const fn new(file: PathBuf) -> Self {
        Self { file, entries: BTreeMap::new() }
    }

    /// The file it belongs into.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// All entries in order of path.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// How many entries there are, damaged files included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a path.
    pub fn get(&self, path: &Path) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Puts an entry in, or in the place of the one with its path.
    pub fn put(&mut self, entry: Entry) {
        self.entries.insert(entry.path.clone(), entry);
    }

    /// The only entry whose path, file name or title is, or else contains, `text` in any case.
    ///
    /// # Errors
    /// The paths that fit, when there is none or more than one.
    pub fn find(&self, text: &str) -> Result<&Entry, Vec<&Path>> {
        if let Some(entry) = self.entries.get(Path::new(text)) {
            return Ok(entry);
        }
        let absolute = std::path::absolute(text).ok();
        if let Some(entry) = absolute.and_then(|path| self.entries.get(&path)) {
            return Ok(entry);
        }
        let wanted = text.to_lowercase();
        let names = |entry: &Entry| {
            let name = entry.path.file_name().map(|name| name.to_string_lossy().to_lowercase());
            [name, entry.tags.title.as_ref().map(|title| title.to_lowercase())]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        };
        let whole: Vec<&Entry> = self.entries().filter(|entry| names(entry).contains(&wanted)).collect();
        let part = || {
            let fits = |entry: &&Entry| {
                entry.path.to_string_lossy().to_lowercase().contains(&wanted)
                    || names(entry).iter().any(|name| name.contains(&wanted))
            };
            self.entries().filter(fits).collect::<Vec<&Entry>>()
        };
        let found = if whole.is_empty() { part() } else { whole };
        match found[..] {
            [entry] => Ok(entry),
            _ => Err(found.into_iter().map(|entry| entry.path.as_path()).collect()),
        }
    }
}

#[cfg(test)]
mod tests;
