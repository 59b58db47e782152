//! What plays: the owner's folders named after moods, what is chosen of the whole music library, or the composer.
//!
//! `folder/<mood name>/**`; mood names are understood as in the data sets, in any case, and tracks are found at any depth. A
//! mood without a folder, or without a track in it that can be played, gets what is chosen of the music library, and
//! without that the composer (`Source::programme`). The folder is read anew for every
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
pub mod taste;

pub use file_track::{Broken, BrokenTrack, FileTrack};
pub use music_library::{LibrarySettings, MusicLibrary};
pub use playlist::Playlist;
pub use prefetch::{Control, Prefetch};

use crate::compose::Composer;
use crate::compose::soundfont::SoundFont;
use crate::library::choose::Chooser;
use crate::library::policy::Policy;
use crate::library::taste::Event;
use crate::track::Programme;
use files::Shown;
use mood::{Affect, Expression};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg32;
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
    /// The mood folders in `folder`, which may not exist: then no mood has one. `broken` is what could not be played so far.
    pub fn new(folder: PathBuf, broken: Broken) -> Self {
        Self { folder, broken }
    }

    /// What keeps the folder, or a mood's folder in it, from being played, in words for its owner.
    pub fn troubles(&self) -> Vec<String> {
        let folder = Shown(&self.folder);
        if let Err(error) = std::fs::read_dir(&self.folder) {
            return vec![format!(
                "music folder {folder} can't be read ({error}): the scanned music plays instead, or the composer"
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
    pub const fn is_empty(&self) -> bool {
        self.folders.is_none() && self.library.is_none()
    }

    /// Endless music for a mood: from the owner's folder for it, else chosen from all tracks, else composed.
    pub fn programme(&self, expression: Expression, affect: Affect, seed: u64, rate_hz: u32) -> Playlist {
        self.broken.forget_returned();
        let folder =
            self.folders.as_ref().map(|folders| Shuffled::new(folders, expression, affect, seed, self.library.clone()));
        let queue: Box<dyn Queue> = match folder {
            Some(folder) if !folder.tracks.is_empty() => Box::new(folder),
            folder => match self.library.clone().and_then(|library| Chosen::new(library, &self.broken, affect, seed)) {
                Some(chosen) => Box::new(chosen),
                None => Box::new(folder.unwrap_or_default()),
            },
        };
        let composers = ComposerSettings { expression, affect, seed, soundfont: self.soundfont.clone() };
        Playlist::over(queue, composers, self.broken.clone(), self.fade, rate_hz)
    }
}

/// Between the seeds of a composed piece and the one it is skipped for: far from the box's own seeds, which grow by one.
const SKIPPED: u64 = 1 << 32;

/// What is composed where there is no track.
#[derive(Debug, Clone)]
pub struct ComposerSettings {
    /// The mood.
    pub expression: Expression,
    /// Where it lies.
    pub affect: Affect,
    /// The next piece's seed.
    pub seed: u64,
    /// The composer's instruments, where the owner has some.
    pub soundfont: Option<SoundFont>,
}

impl ComposerSettings {
    /// Goes over to another programme, whose own piece is being played.
    pub fn turn(&mut self, programme: Programme) {
        (self.expression, self.affect) = (programme.expression, programme.affect);
        self.seed = programme.seed.wrapping_add(SKIPPED);
    }

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

fn mood_of(folder: &Path) -> Option<Expression> {
    folder.file_name().and_then(|name| name.to_str()).and_then(Expression::from_label)
}

#[derive(Debug, Clone, PartialEq)]
struct Next {
    path: PathBuf,
    from: Duration,
    /// How loud it is, in LUFS, where that is known.
    loudness_lufs: Option<f32>,
    /// What was wanted when it was chosen.
    target: Option<Affect>,
}

/// An order of tracks that never ends while one is left.
trait Queue: Send {
    fn next(&mut self) -> Option<Next>;

    /// A track can't be played.
    fn broken(&mut self, path: &Path);

    /// A track is no longer there: its disk may have been pulled out, and the other tracks with it.
    fn gone(&mut self, path: &Path) {
        self.broken(path);
    }

    /// What became of a track.
    fn heard(&mut self, track: &Next, event: Event) {
        let _ = (track, event);
    }

    /// How far a track is, now and then, so that it can go on after a restart.
    fn at(&mut self, track: &Next, position: Duration) {
        let _ = (track, position);
    }
}

/// A folder's tracks shuffled, round and round. What is learnt about them counts where the box chooses.
#[derive(Default)]
struct Shuffled {
    tracks: Vec<PathBuf>,
    next: usize,
    target: Option<Affect>,
    library: Option<Arc<MusicLibrary>>,
}

impl Shuffled {
    fn new(
        folders: &MoodFolders,
        expression: Expression,
        target: Affect,
        seed: u64,
        library: Option<Arc<MusicLibrary>>,
    ) -> Self {
        let mut tracks = folders.tracks(expression);
        tracks.shuffle(&mut Pcg32::seed_from_u64(seed));
        Self { tracks, next: 0, target: Some(target), library }
    }
}

impl Queue for Shuffled {
    fn next(&mut self) -> Option<Next> {
        let path = self.tracks.get(self.next % self.tracks.len().max(1))?.clone();
        self.next = self.next % self.tracks.len() + 1;
        let loudness_lufs = self.library.as_ref().and_then(|library| library.loudness_lufs(&path));
        Some(Next { path, from: Duration::ZERO, loudness_lufs, target: self.target })
    }

    fn heard(&mut self, track: &Next, event: Event) {
        if let Some(library) = &self.library {
            library.learn(&track.path, event, track.target);
        }
    }

    fn at(&mut self, track: &Next, position: Duration) {
        if let Some(library) = &self.library {
            library.remember(&track.path, position);
        }
    }

    fn broken(&mut self, path: &Path) {
        let before = self.tracks.iter().take(self.next).filter(|track| *track == path).count();
        self.tracks.retain(|track| track != path);
        self.next = self.next.saturating_sub(before);
    }
}

/// Tracks chosen for a listener, one after the other.
struct Chosen {
    library: Arc<MusicLibrary>,
    chooser: Chooser,
    policy: Policy,
    from: Affect,
    step: usize,
    rng: Pcg32,
    /// What was interrupted by the last end of the program, to begin with.
    resume: Option<Next>,
}

impl Chosen {
    /// For a listener at a point of the plane; `None` when there is nothing to choose from.
    fn new(library: Arc<MusicLibrary>, broken: &Broken, from: Affect, seed: u64) -> Option<Self> {
        let mut chooser = library.chooser()?;
        broken.all().iter().for_each(|path| chooser.drop_broken(path));
        if chooser.is_empty() {
            return None;
        }
        let policy = library.policy();
        let resume = library.interrupted(policy.target(from, 0)).map(|(path, from)| Next {
            loudness_lufs: library.loudness_lufs(&path),
            path,
            from,
            target: None,
        });
        Some(Self { policy, library, chooser, from, step: 0, rng: Pcg32::seed_from_u64(seed), resume })
    }
}

impl Queue for Chosen {
    fn next(&mut self) -> Option<Next> {
        if let Some(next) = self.resume.take() {
            self.chooser.start(&next.path);
            self.step += 1;
            return Some(next);
        }
        let target = self.policy.target(self.from, self.step);
        self.step += 1;
        let choice = self.chooser.pick(target, &mut self.rng)?;
        tracing::info!(
            track = %Shown(&choice.path),
            distance = choice.distance,
            fit = choice.fit,
            draw = choice.draw,
            freshness = choice.freshness,
            "chosen"
        );
        self.chooser.start(&choice.path);
        let loudness_lufs = self.library.loudness_lufs(&choice.path);
        Some(Next { path: choice.path, from: Duration::ZERO, loudness_lufs, target: Some(target) })
    }

    fn broken(&mut self, path: &Path) {
        self.chooser.drop_broken(path);
    }

    fn gone(&mut self, path: &Path) {
        self.chooser.drop_broken(path);
        self.chooser.drop_absent();
    }

    fn heard(&mut self, track: &Next, event: Event) {
        self.chooser.note(&track.path, event, track.target, music_library::now_s());
        self.library.learn(&track.path, event, track.target);
    }

    fn at(&mut self, track: &Next, position: Duration) {
        self.library.remember(&track.path, position);
    }
}

#[cfg(test)]
mod tests;
