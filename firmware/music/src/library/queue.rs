//! What plays next: the order of tracks, and who is told what became of them.

use super::{Broken, MoodFolders};
use crate::library::choose::Chooser;
use crate::library::music_library::MusicLibrary;
use crate::library::policy::Policy;
use crate::library::taste::Event;
use files::Shown;
use mood::{Affect, Expression};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A track to be played.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Next {
    pub(super) path: PathBuf,
    /// Where to begin.
    pub(super) from: Duration,
    /// How loud it is, in LUFS, where that is known.
    pub(super) loudness_lufs: Option<f32>,
    /// What was wanted when it was chosen.
    pub(super) target: Option<Affect>,
}

/// An order of tracks that never ends while one is left.
pub(super) trait Queue: Send {
    /// The next track.
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

/// A folder's tracks in a drawn order, round and round. What becomes of them is learnt all the same: it counts where the box
/// chooses.
#[derive(Default)]
pub(super) struct Shuffled {
    tracks: Vec<PathBuf>,
    next: usize,
    target: Option<Affect>,
    library: Option<Arc<MusicLibrary>>,
}

impl Shuffled {
    pub(super) fn new(
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

    pub(super) fn is_empty(&self) -> bool {
        self.tracks.is_empty()
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
pub(super) struct Chosen {
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
    pub(super) fn new(library: Arc<MusicLibrary>, broken: &Broken, from: Affect, seed: u64) -> Option<Self> {
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
        self.chooser.note(&track.path, event, track.target, self.library.now_s());
        self.library.learn(&track.path, event, track.target);
    }

    fn at(&mut self, track: &Next, position: Duration) {
        self.library.remember(&track.path, position);
    }
}
