//! The owner's own music: a folder with one folder of tracks a mood.
//!
//! `folder/<mood name>/**`; mood names are understood as in the data sets, in any case, and tracks are found at any depth. A
//! mood without a folder, or without a track that can be played, gets the composer. The folder is read anew for every
//! programme, so tracks can be added while the box runs.

pub mod catalogue;
pub mod choose;
mod file_track;
pub mod index;
pub mod music_library;
mod paths;
mod playlist;
pub mod policy;
mod prefetch;
mod queue;
pub mod taste;

pub use file_track::FileTrack;
pub use file_track::{Broken, BrokenTrack};
pub use playlist::Playlist;
pub use prefetch::{Control, Prefetch};

use crate::compose::Composer;
use crate::compose::soundfont::SoundFont;
use files::Shown;
use mood::{Affect, Expression};
use music_library::MusicLibrary;
use queue::{Chosen, Queue, Shuffled};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The owner's folder.
#[derive(Debug, Clone)]
pub struct MoodFolders {
    folder: PathBuf,
    /// What could not be played so far.
    pub broken: Broken,
}

impl MoodFolders {
    /// The library in `folder`, which may not exist: then every mood is composed. `broken` is what could not be played so far.
    #[must_use]
    pub fn new(folder: PathBuf, broken: Broken) -> Self {
        Self { folder, broken }
    }

    /// What keeps the folder, or a mood's folder in it, from being played, in words for its owner.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        let folder = Shown(&self.folder);
        if let Err(error) = std::fs::read_dir(&self.folder) {
            return vec![format!(
                "music folder {folder} can't be read ({error}): every mood is played by the composer"
            )];
        }
        let moods: BTreeSet<Expression> = entries(&self.folder).filter_map(|path| mood_of(&path)).collect();
        if moods.is_empty() {
            return vec![format!("music folder {folder} has no folder that is named after a mood (happy, sad, ...)")];
        }
        let empty = moods.into_iter().filter(|mood| self.tracks(*mood).is_empty());
        empty.map(|mood| format!("music folder {folder} has no track in its folder for {}", mood.name())).collect()
    }

    /// The tracks for an expression in order of name, without those known to be broken.
    #[must_use]
    pub fn tracks(&self, expression: Expression) -> Vec<PathBuf> {
        let moods: Vec<PathBuf> = entries(&self.folder).filter(|path| mood_of(path) == Some(expression)).collect();
        let files = paths::walk(moods.iter().map(PathBuf::as_path)).files;
        files.into_iter().filter(|path| !self.broken.knows(path)).collect()
    }
}

/// Who plays: the owner's folders and index, and what to do when they have nothing.
#[derive(Debug, Clone)]
pub struct Source {
    /// Folders a mood.
    pub folders: Option<MoodFolders>,
    /// Everything else the owner has.
    pub library: Option<Arc<MusicLibrary>>,
    /// The composer's instruments, where the owner has some.
    pub soundfont: Option<SoundFont>,
    /// What could not be played so far.
    pub broken: Broken,
    /// From one track to the next; zero joins them without a gap.
    pub fade: Duration,
}

impl Source {
    /// Whether there is anything but the composer.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.folders.is_none() && self.library.is_none()
    }

    /// Music for a mood without an end: from the owner's folder of that mood, else chosen from all the owner has, else
    /// composed.
    #[must_use]
    pub fn programme(&self, expression: Expression, affect: Affect, seed: u64, rate_hz: u32) -> Playlist {
        self.broken.forget_returned();
        let folder =
            self.folders.as_ref().map(|folders| Shuffled::new(folders, expression, affect, seed, self.library.clone()));
        let queue: Box<dyn Queue> = match folder {
            Some(folder) if !folder.is_empty() => Box::new(folder),
            folder => match self.library.clone().and_then(|library| Chosen::new(library, &self.broken, affect, seed)) {
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

/// The mood that a folder's name stands for.
fn mood_of(folder: &Path) -> Option<Expression> {
    folder.file_name().and_then(|name| name.to_str()).and_then(Expression::from_label)
}

#[cfg(test)]
mod tests;
