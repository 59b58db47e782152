//! What the owner likes, learnt from what happens: skipped, heard to its end, liked; and where the owner says a track
//! lies.
//!
//! Counts fade by half a percent a day, so that tastes may change. They are kept in one file of JSON lines, to which
//! each event is appended; when it has grown long it is written anew, a line a track, and put in place by one rename.

mod file;

pub use file::TasteError;

use mood::Affect;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is left of a count after a day.
const KEPT_A_DAY: f32 = 0.995;

/// What happened to a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// The owner went on to the next one after this share of it, 0..=1.
    Skipped(f32),
    /// It played to its end.
    Completed,
    /// The owner likes it.
    Liked,
    /// The owner never wants to hear it.
    Disliked,
    /// The owner says where it lies.
    Rated(Affect),
    /// The owner takes that back.
    Unrated,
}

impl Event {
    /// How much it speaks for and against a track: `(good, bad)`.
    fn weight(self) -> (f32, f32) {
        match self {
            Self::Skipped(share) => (0.0, 1.0 - share.clamp(0.0, 1.0)),
            Self::Completed => (1.0, 0.0),
            Self::Liked => (2.0, 0.0),
            Self::Disliked => (0.0, 3.0),
            Self::Rated(_) | Self::Unrated => (0.0, 0.0),
        }
    }

    /// Whether the track was played.
    const fn is_play(self) -> bool {
        matches!(self, Self::Skipped(_) | Self::Completed)
    }
}

/// The four quadrants of the plane, for what is known of a track's fit.
pub const QUADRANTS: usize = 4;

/// The quadrant of a point, 0..4.
#[must_use]
pub fn quadrant(affect: Affect) -> usize {
    match (affect.valence >= 0.0, affect.arousal >= 0.0) {
        (true, true) => 0,
        (false, true) => 1,
        (false, false) => 2,
        (true, false) => 3,
    }
}

/// What is known about one track.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Record {
    /// What speaks for it, at the time `at_s`.
    pub good: f32,
    /// What speaks against it.
    pub bad: f32,
    /// How often it was heard to its end, less how often it was skipped, when music for each quadrant was wanted.
    pub fit: [f32; QUADRANTS],
    /// Seconds since 1970 of the last event.
    pub at_s: u64,
    /// The number of its last play, from 1; 0 when it was never played.
    pub last_play: u64,
    /// Where the owner says it lies.
    pub rating: Option<Affect>,
}

impl Record {
    /// As it counts at `now_s`.
    #[must_use]
    pub fn faded(mut self, now_s: u64) -> Self {
        let kept = kept(now_s.saturating_sub(self.at_s));
        self.good *= kept;
        self.bad *= kept;
        self.fit = self.fit.map(|fit| fit * kept);
        self.at_s = self.at_s.max(now_s);
        self
    }

    /// With an event at `now_s`; `target` is what was wanted, `play` the number of the play.
    pub(super) fn with(self, event: Event, target: Option<Affect>, now_s: u64, play: u64) -> Self {
        let mut new = self.faded(now_s);
        let (good, bad) = event.weight();
        new.good += good;
        new.bad += bad;
        if let (Some(target), true) = (target, event.is_play()) {
            new.fit[quadrant(target)] += good - bad;
        }
        if event.is_play() {
            new.last_play = play;
        }
        match event {
            Event::Rated(affect) => new.rating = Some(affect),
            Event::Unrated => new.rating = None,
            _ => {}
        }
        new
    }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "days are few")]
fn kept(seconds: u64) -> f32 {
    KEPT_A_DAY.powf(seconds as f32 / 86_400.0)
}

/// What is known about all tracks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taste {
    records: HashMap<PathBuf, Record>,
    plays: u64,
}

impl Taste {
    /// Takes note of an event at `now_s` seconds since 1970, when `target` was wanted.
    pub fn note(&mut self, path: &Path, event: Event, target: Option<Affect>, now_s: u64) {
        self.plays += u64::from(event.is_play());
        let record = self.record(path).with(event, target, now_s, self.plays);
        self.records.insert(path.to_owned(), record);
    }

    /// What is known about a track.
    #[must_use]
    pub fn record(&self, path: &Path) -> Record {
        self.records.get(path).copied().unwrap_or_default()
    }

    /// Where the owner says a track lies.
    #[must_use]
    pub fn rating(&self, path: &Path) -> Option<Affect> {
        self.record(path).rating
    }

    /// How many tracks have been played.
    #[must_use]
    pub const fn plays(&self) -> u64 {
        self.plays
    }

    /// All that is known, in order of path.
    #[must_use]
    pub fn records(&self) -> Vec<(&Path, Record)> {
        let mut records: Vec<_> = self.records.iter().map(|(path, record)| (path.as_path(), *record)).collect();
        records.sort_by_key(|(path, _)| *path);
        records
    }
}

#[cfg(test)]
mod tests;
