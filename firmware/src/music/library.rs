//! The owner's own music: a folder with one folder of tracks a mood.
//!
//! `folder/<mood name>/*.{mp3,flac,ogg,wav,m4a,aac}`; mood names are understood as in the data sets, in any case. A mood
//! without a folder, or without a track that can be played, gets the composer. The folder is read anew for every
//! programme, so tracks can be added while the box runs.

mod decode;
mod playlist;
mod prefetch;
mod queue;
mod resample;

pub use decode::FileTrack;
pub use playlist::Playlist;
pub use prefetch::{Control, Prefetch};
pub(super) use resample::Resampler;

use super::composer::Composer;
use super::shelf::Shelf;
use super::soundfont::SoundFont;
use mood::{Affect, Expression};
use queue::{Chosen, Queue, Shuffled};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Extensions of files that are tried.
const EXTENSIONS: [&str; 7] = ["mp3", "flac", "ogg", "oga", "wav", "m4a", "aac"];

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

    /// All files known to be broken.
    #[must_use]
    pub fn all(&self) -> BTreeSet<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
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
    /// The library in `folder`, which may not exist: then every mood is composed. `broken` is what could not be played so far.
    #[must_use]
    pub fn new(folder: PathBuf, broken: Broken) -> Self {
        Self { folder, broken }
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

/// Who plays: the owner's folders and index, and what to do when they have nothing.
#[derive(Debug, Clone)]
pub struct Jukebox {
    /// Folders a mood.
    pub library: Option<Library>,
    /// Everything else the owner has.
    pub shelf: Option<Arc<Shelf>>,
    /// The composer's instruments, where the owner has some.
    pub soundfont: Option<SoundFont>,
    /// What could not be played so far.
    pub broken: Broken,
    /// From one track to the next; zero joins them without a gap.
    pub fade: Duration,
}

impl Jukebox {
    /// Whether there is anything but the composer.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.library.is_none() && self.shelf.is_none()
    }

    /// Music for a mood without an end: from the owner's folder of that mood, else chosen from all the owner has, else
    /// composed.
    #[must_use]
    pub fn programme(&self, expression: Expression, affect: Affect, seed: u64, rate_hz: u32) -> Playlist {
        let folder =
            self.library.as_ref().map(|library| Shuffled::new(library, expression, affect, seed, self.shelf.clone()));
        let queue: Box<dyn Queue> = match folder {
            Some(folder) if !folder.is_empty() => Box::new(folder),
            folder => match self.shelf.clone().and_then(|shelf| Chosen::new(shelf, &self.broken, affect, seed)) {
                Some(chosen) => Box::new(chosen),
                None => Box::new(folder.unwrap_or_default()),
            },
        };
        let recipe = Recipe { expression, affect, seed, soundfont: self.soundfont.clone() };
        Playlist::over(queue, recipe, self.broken.clone(), self.fade, rate_hz)
    }
}

/// Between the seeds of a composed piece and the one it is skipped for: far from the box's own seeds, which grow by one.
const SKIPPED: u64 = 1 << 32;

/// What is composed where there is no track.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The mood.
    pub expression: Expression,
    /// Where it lies.
    pub affect: Affect,
    /// The next piece's seed.
    pub seed: u64,
    /// The composer's instruments, where the owner has some.
    pub soundfont: Option<SoundFont>,
}

impl Recipe {
    /// The next piece, another one each time.
    pub fn next(&mut self, rate_hz: u32) -> Composer {
        let composer = Composer::new(self.expression, self.affect, self.seed, rate_hz);
        self.seed = self.seed.wrapping_add(SKIPPED);
        composer.with_instruments(self.soundfont.as_ref())
    }
}

/// What a folder holds; nothing when it can't be read.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

pub(super) fn is_track(path: &Path) -> bool {
    let known = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)));
    known && path.is_file()
}

#[cfg(test)]
mod tests;
