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

    const fn is_play(self) -> bool {
        matches!(self, Self::Skipped(_) | Self::Completed)
    }
}

/// The four quadrants of the plane, for what is known of a track's fit.
pub const QUADRANTS: usize = 4;

/// The quadrant of a point, 0..4.
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
    pub fn record(&self, path: &Path) -> Record {
        self.records.get(path).copied().unwrap_or_default()
    }

    /// Where the owner says a track lies.
    pub fn rating(&self, path: &Path) -> Option<Affect> {
        self.record(path).rating
    }

    /// How many tracks have been played.
    pub const fn plays(&self) -> u64 {
        self.plays
    }

    /// All that is known, in order of path.
    pub fn records(&self) -> Vec<(&Path, Record)> {
        let mut records: Vec<_> = self.records.iter().map(|(path, record)| (path.as_path(), *record)).collect();
        records.sort_by_key(|(path, _)| *path);
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const DAY: u64 = 86_400;
    const SAD: Affect = Affect { valence: -0.6, arousal: -0.3 };

    #[test]
    fn events_count_as_they_should_and_fade() {
        let mut taste = Taste::default();
        let path = Path::new("/music/a.mp3");
        taste.note(path, Event::Completed, Some(SAD), 0);
        taste.note(path, Event::Skipped(0.25), Some(SAD), 0);
        taste.note(path, Event::Liked, None, 0);
        let record = taste.record(path);
        assert!((record.good - 3.0).abs() < 1e-6 && (record.bad - 0.75).abs() < 1e-6, "{record:?}");
        assert!((record.fit[quadrant(SAD)] - 0.25).abs() < 1e-6);
        assert_eq!((record.last_play, taste.plays()), (2, 2), "a like is no play");
        let later = record.faded(138 * DAY);
        assert!((later.good - 1.5).abs() < 0.02, "half is left after 138 days: {later:?}");
        assert_eq!(record.faded(0), record, "time that runs backwards changes nothing");
    }

    #[test]
    fn what_was_learnt_is_read_back_and_a_torn_line_costs_one_event() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("new/folder/taste.jsonl");
        let (a, b) = (PathBuf::from("/music/a.mp3"), PathBuf::from("/music/b \"quoted\"\n.mp3"));
        let mut taste = Taste::default();
        taste.learn(&file, &a, Event::Completed, Some(SAD), 10).unwrap();
        taste.learn(&file, &b, Event::Skipped(0.1), None, 20).unwrap();
        taste.learn(&file, &b, Event::Rated(SAD), None, 30).unwrap();
        assert_eq!(Taste::load(&file).unwrap(), taste);
        assert_eq!(taste.rating(&b), Some(SAD));
        let mut text = fs::read_to_string(&file).unwrap();
        text.truncate(text.len() - 20);
        fs::write(&file, &text).unwrap();
        let mut torn = Taste::load(&file).unwrap();
        assert_eq!((torn.rating(&b), torn.plays()), (None, 2));
        // The next event is not swallowed by the torn line.
        torn.learn(&file, &a, Event::Liked, None, 40).unwrap();
        assert!((Taste::load(&file).unwrap().record(&a).good - torn.record(&a).good).abs() < 1e-6);
    }

    #[test]
    fn a_long_history_is_summed_up_without_changing_what_is_known() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("taste.jsonl");
        let mut text = "{\"moodbox_taste\":1}\n".to_owned();
        for n in 0..6_000_u32 {
            let line = serde_json::json!({
                "what": "completed", "path": format!("/music/{}.mp3", n % 50), "at_s": n, "target": [0.5, 0.5],
            });
            text.push_str(&format!("{line}\n"));
        }
        fs::write(&file, &text).unwrap();
        let taste = Taste::load(&file).unwrap();
        assert!(fs::metadata(&file).unwrap().len() < u64::try_from(text.len()).unwrap() / 10);
        let again = Taste::load(&file).unwrap();
        assert_eq!(again.plays(), 6_000);
        for (path, record) in taste.records() {
            assert!((again.record(path).good - record.good).abs() < 1e-3);
        }
    }

    #[test]
    fn a_missing_file_is_no_taste_and_a_foreign_or_newer_one_is_an_error() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("taste.jsonl");
        assert_eq!(Taste::load(&file).unwrap(), Taste::default());
        assert_eq!(Taste::fault(&file), None);
        for (text, newer) in
            [("milk, eggs\n", false), ("\n{\"moodbox_taste\":1}", false), ("{\"moodbox_taste\":9}\n", true)]
        {
            fs::write(&file, text).unwrap();
            assert!(matches!(Taste::load(&file), Err(TasteError::Unreadable { .. })), "{text}");
            assert_eq!(matches!(Taste::fault(&file), Some(files::Fault::Newer(_))), newer, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_none_cost_their_line() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("taste.jsonl");
        let lines = [
            r#"{"moodbox_taste":1}"#,
            r#"{"what":"skipped","path":"a","at_s":1,"share":1e39,"target":null}"#,
            r#"{"what":"completed","path":"a","at_s":1,"target":[0,-1e39]}"#,
            r#"{"what":"rated","path":"a","at_s":1,"valence":1e39,"arousal":0}"#,
            r#"{"what":"sum","path":"a","at_s":1,"good":1,"bad":0,"fit":[0,0,1e39,0],"last_play":1,"rating":null}"#,
            r#"{"what":"sum","path":"a","at_s":1,"good":1e39,"bad":0,"fit":[0,0,0,0],"last_play":1,"rating":null}"#,
            r#"{"what":"liked","path":"b","at_s":1}"#,
        ];
        fs::write(&file, lines.join("\n")).unwrap();
        let taste = Taste::load(&file).unwrap();
        assert_eq!(taste.records().len(), 1);
        assert!(taste.record(Path::new("b")).good > 0.0);
    }

    #[test]
    fn a_full_disk_is_told_and_the_lesson_is_kept_in_memory() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            eprintln!("skipped: /dev/full is not here");
            return;
        }
        let mut taste = Taste::default();
        let path = Path::new("/music/a.mp3");
        assert!(matches!(taste.learn(full, path, Event::Liked, None, 0), Err(TasteError::Write { .. })));
        assert!(taste.record(path).good > 0.0);
    }
}
