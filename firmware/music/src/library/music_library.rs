//! What the box needs to choose the owner's music while it plays: the catalogue, the taste, and where to keep them.
//!
//! Opened cheaply; the index is read at the first choice, on the thread that plays, and again when it has changed.

use crate::library::catalogue::Catalogue;
use crate::library::choose::Chooser;
use crate::library::index::{Index, Stamp};
use crate::library::paths;
use crate::library::policy::Policy;
use crate::library::taste::{Event, Taste};
use files::{self, Fault};
use mood::Affect;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// For how long an interrupted track is worth going on with.
const WORTH_RESUMING: Duration = Duration::from_secs(12 * 3_600);

/// How far an interrupted track may lie from what is wanted now.
const STILL_FITS: f32 = 0.8;

/// The largest note about an interrupted track, in MiB.
const MOST_MIB: u64 = 1;

/// What the owner chose about choosing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LibrarySettings {
    /// The index of the owner's music.
    pub index: PathBuf,
    /// Where what is learnt is kept.
    pub taste: PathBuf,
    /// How the music answers.
    pub policy: Policy,
    /// How wide the box looks and how long a track rests, 0..=1.
    pub variety: f32,
}

/// The library.
#[derive(Debug)]
pub struct MusicLibrary {
    settings: LibrarySettings,
    loaded: Mutex<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    /// When the index was changed that was read.
    stamp: Option<SystemTime>,
    catalogue: Option<Catalogue>,
    taste: Taste,
    /// How the taste's file was when it was read or written last; `None` before.
    taste_stamp: Option<Stamp>,
    /// The taste's file can't be read, so nothing is appended to it.
    sealed: bool,
    resumed: bool,
}

/// What was playing when the program ended.
#[derive(Serialize, Deserialize)]
struct Interrupted {
    #[serde(with = "paths")]
    path: PathBuf,
    position_s: f64,
    at_s: u64,
}

impl MusicLibrary {
    /// A library; nothing is read yet.
    pub fn new(settings: LibrarySettings) -> Self {
        Self { settings, loaded: Mutex::new(Loaded::default()) }
    }

    /// How the music answers.
    pub const fn policy(&self) -> Policy {
        self.settings.policy
    }

    fn lock(&self) -> MutexGuard<'_, Loaded> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let taste = &self.settings.taste;
        let taste_stamp = Some(Stamp::of(taste));
        // Somebody rated, liked or forgot on the command line; a rating also moves a track.
        if taste_stamp != loaded.taste_stamp {
            let read = Taste::load(taste);
            loaded.sealed = read.is_err();
            loaded.taste = read.unwrap_or_else(|error| {
                tracing::warn!(%error, "taste starts anew in memory");
                Taste::default()
            });
            // Reading may have summed the file up.
            loaded.taste_stamp = Some(Stamp::of(taste));
            loaded.stamp = None;
        }
        let index = &self.settings.index;
        let stamp = index.metadata().and_then(|about| about.modified()).ok();
        if stamp != loaded.stamp {
            loaded.stamp = stamp;
            loaded.catalogue = match Index::load(index) {
                Ok(index) => Some(Catalogue::new(index, &loaded.taste)),
                Err(error) => {
                    tracing::warn!(%error, "the owner's music is not chosen from");
                    None
                }
            };
        }
        loaded
    }

    /// A chooser that knows the taste up to now, among the tracks that are there now; `None` without an index.
    pub fn chooser(&self) -> Option<Chooser> {
        let loaded = self.lock();
        let catalogue = loaded.catalogue.as_ref().filter(|catalogue| !catalogue.pieces().is_empty())?;
        let mut chooser = Chooser::new(catalogue.pieces().to_vec(), &loaded.taste, self.settings.variety, now_s());
        chooser.drop_absent();
        Some(chooser)
    }

    /// How loud a track is: what a ReplayGain tag says (against -18 LUFS), else what was measured.
    pub fn loudness_lufs(&self, path: &Path) -> Option<f32> {
        let loaded = self.lock();
        let entry = loaded.catalogue.as_ref()?.index().get(path)?;
        let tagged = entry.tags.replay_gain_db.map(|gain_db| -18.0 - gain_db);
        tagged.or_else(|| entry.sound.as_ref().ok()?.get("loudness"))
    }

    /// Learns from what happened. A disk that can't be written costs the lesson only after the next restart.
    pub fn learn(&self, path: &Path, event: Event, target: Option<Affect>) {
        let now_s = now_s();
        let mut loaded = self.lock();
        if loaded.sealed {
            return loaded.taste.note(path, event, target, now_s);
        }
        if let Err(error) = loaded.taste.learn(&self.settings.taste, path, event, target, now_s) {
            tracing::warn!(%error, "learnt for now only");
        }
        loaded.taste_stamp = Some(Stamp::of(&self.settings.taste));
    }

    /// Notes how far a track is.
    pub fn remember(&self, path: &Path, position: Duration) {
        let note = Interrupted { path: path.to_owned(), position_s: position.as_secs_f64(), at_s: now_s() };
        let text = serde_json::to_string(&note).unwrap_or_default();
        if let Err(error) = files::replace(&interrupted_file(&self.settings.taste), text.as_bytes()) {
            tracing::debug!(%error, "where the track is can't be noted");
        }
    }

    /// The track that was interrupted by the last end of the program, and where, if it still fits; once.
    pub fn interrupted(&self, target: Affect) -> Option<(PathBuf, Duration)> {
        let mut loaded = self.lock();
        if std::mem::replace(&mut loaded.resumed, true) {
            return None;
        }
        let note = noted(&self.settings.taste)?;
        let age = now_s().saturating_sub(note.at_s);
        let piece = loaded.catalogue.as_ref()?.piece(&note.path)?;
        let (v, a) = (piece.affect.valence - target.valence, piece.affect.arousal - target.arousal);
        let fits = age <= WORTH_RESUMING.as_secs() && v.hypot(a) <= STILL_FITS && note.path.is_file();
        let position = Duration::try_from_secs_f64(note.position_s).unwrap_or_default();
        fits.then_some((note.path, position))
    }
}

/// Seconds since 1970.
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Sets aside what can't be read of the index and the taste, so that the box begins anew; says what, in a sentence each. A
/// file that isn't named as ours are is somebody else's, and stays where it is.
pub fn begin_anew(settings: &LibrarySettings) -> Vec<String> {
    let faults = [
        ("the index of the music", &settings.index, Index::fault(&settings.index)),
        ("what was learnt about music", &settings.taste, Taste::fault(&settings.taste)),
    ];
    let told = faults.into_iter().filter_map(|(what, path, fault)| {
        let ours = path.extension().is_some_and(|ending| ending == "jsonl");
        let fault = fault.map(|fault| if ours { fault } else { Fault::Unreadable(fault.words().to_owned()) })?;
        Some(files::begin_anew(what, path, &fault).0)
    });
    told.collect()
}

fn interrupted_file(taste: &Path) -> PathBuf {
    taste.with_file_name("interrupted.json")
}

fn noted(taste: &Path) -> Option<Interrupted> {
    serde_json::from_slice(&files::read(&interrupted_file(taste), MOST_MIB).ok()?).ok()
}

/// The track that plays on the box whose taste is kept in `taste`, or played last.
pub fn last_played(taste: &Path) -> Option<PathBuf> {
    noted(taste).map(|note| note.path)
}

#[cfg(test)]
mod tests;
