//! What could not be played.

use files::Shown;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
pub struct Broken(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    /// Each file, and whether it was there at all.
    tried: BTreeMap<PathBuf, bool>,
    /// Those that nobody has been told of.
    news: Vec<BrokenTrack>,
}

impl Broken {
    /// Remembers a file.
    pub fn remember(&self, path: &Path, detail: String) {
        let mut memory = self.lock();
        if memory.tried.insert(path.to_owned(), path.exists()).is_none() {
            tracing::warn!(track = %Shown(path), detail, "track skipped");
            memory.news.push(BrokenTrack { path: path.to_owned(), detail });
        }
    }

    /// Whether a file is known to be broken.
    #[must_use]
    pub fn knows(&self, path: &Path) -> bool {
        self.lock().tried.contains_key(path)
    }

    /// All files known to be broken.
    #[must_use]
    pub fn all(&self) -> BTreeSet<PathBuf> {
        self.lock().tried.keys().cloned().collect()
    }

    /// Forgets the files that were gone and are back: their stick was pulled out, and is plugged in again.
    pub fn forget_returned(&self) {
        self.lock().tried.retain(|path, there| *there || !path.exists());
    }

    /// The files found broken since the last call.
    pub fn news(&self) -> Vec<BrokenTrack> {
        std::mem::take(&mut self.lock().news)
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_gone_is_tried_again_when_it_is_back_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let [damaged, gone] = ["damaged.mp3", "gone.mp3"].map(|name| folder.path().join(name));
        std::fs::write(&damaged, "x").unwrap();
        let broken = Broken::default();
        broken.remember(&damaged, "no music".to_owned());
        broken.remember(&gone, "no such file".to_owned());
        broken.forget_returned();
        assert_eq!(broken.all().len(), 2, "nothing has changed");
        std::fs::write(&gone, "x").unwrap();
        broken.forget_returned();
        assert_eq!(broken.all().into_iter().collect::<Vec<_>>(), [damaged]);
        assert_eq!(broken.news().len(), 2, "both are told all the same");
    }
}
