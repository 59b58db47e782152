//! The owner's own music: a folder with one folder of tracks a mood.
//!
//! `folder/<mood name>/*.{mp3,flac,ogg,wav}`; mood names are understood as in the data sets, in any case. A mood
//! without a folder, or without a track that can be played, gets the composer. The folder is read anew for every
//! programme, so tracks can be added while the box runs.

mod decode;
mod playlist;
mod prefetch;
mod resample;

pub use decode::FileTrack;
pub use playlist::Playlist;
pub use prefetch::Prefetch;

use mood::Expression;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Extensions of files that are tried.
const EXTENSIONS: [&str; 4] = ["mp3", "flac", "ogg", "wav"];

/// A track that could not be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenTrack {
    /// The file.
    pub path: PathBuf,
    /// What the decoder says.
    pub detail: String,
}

/// Files that could not be played, so that they are tried and reported once. Clones share the memory.
#[derive(Debug, Clone, Default)]
pub struct Broken(Arc<Mutex<(BTreeSet<PathBuf>, Vec<BrokenTrack>)>>);

impl Broken {
    /// Remembers a file.
    pub fn remember(&self, path: &Path, detail: String) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.0.insert(path.to_owned()) {
            tracing::warn!(track = %path.display(), detail, "track skipped");
            memory.1.push(BrokenTrack { path: path.to_owned(), detail });
        }
    }

    /// Whether a file is known to be broken.
    #[must_use]
    pub fn knows(&self, path: &Path) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.contains(path)
    }

    /// The files found broken since the last call.
    pub fn news(&self) -> Vec<BrokenTrack> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).1)
    }
}

/// The owner's folder.
#[derive(Debug, Clone)]
pub struct Library {
    folder: PathBuf,
    /// What could not be played so far.
    pub broken: Broken,
}

impl Library {
    /// The library in `folder`, which may not exist: then every mood is composed.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, broken: Broken::default() }
    }

    /// The tracks for an expression in order of name, without those known to be broken.
    #[must_use]
    pub fn tracks(&self, expression: Expression) -> Vec<PathBuf> {
        let is_for = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).and_then(Expression::from_label) == Some(expression)
        };
        let mut tracks: Vec<PathBuf> = entries(&self.folder)
            .filter(is_for)
            .flat_map(|mood| entries(&mood).filter(|path| is_track(path)).collect::<Vec<_>>())
            .filter(|path| !self.broken.knows(path))
            .collect();
        tracks.sort();
        tracks
    }
}

/// What a folder holds; nothing when it can't be read.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn is_track(path: &Path) -> bool {
    let known = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)));
    known && path.is_file()
}

#[cfg(test)]
mod tests;
