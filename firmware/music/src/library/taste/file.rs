//! The taste as a file of lines.

use super::{Event, QUADRANTS, Record, Taste};
use crate::library::paths;
use files::Fault;
use files::Shown;
use mood::Affect;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The version of the form.
const VERSION: u32 = 1;

/// Lines after which the file is written anew when it is read, a line a track.
const MOST_LINES: usize = 4_096;

/// The largest file that is read, in MiB: some hundred thousand tracks.
const MOST_MIB: u64 = 64;

/// Why what was learnt can't be read or kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TasteError {
    /// It can't be read.
    #[error("what was learnt in {} can't be read: {detail}", Shown(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// It can't be written.
    #[error("what was learnt can't be kept in {}: {detail}", Shown(.path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Head {
    moodbox_taste: u32,
}

/// A line: an event, or the sum of what was before.
#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Line {
    Skipped {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
        share: f32,
        target: Option<[f32; 2]>,
    },
    Completed {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
        target: Option<[f32; 2]>,
    },
    Liked {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
    },
    Disliked {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
    },
    Rated {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
        valence: f32,
        arousal: f32,
    },
    Unrated {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
    },
    Sum {
        #[serde(with = "paths")]
        path: PathBuf,
        at_s: u64,
        good: f32,
        bad: f32,
        fit: [f32; QUADRANTS],
        last_play: u64,
        rating: Option<[f32; 2]>,
    },
}

impl Line {
    /// Whether its numbers are: a larger one than there is becomes infinite when it is read.
    fn is_finite(&self) -> bool {
        let (numbers, pair) = match self {
            Self::Skipped { share, target, .. } => ([*share, 0.0], *target),
            Self::Completed { target, .. } => ([0.0; 2], *target),
            Self::Rated { valence, arousal, .. } => ([*valence, *arousal], None),
            Self::Sum { good, bad, fit, rating, .. } if fit.iter().all(|fit| fit.is_finite()) => {
                ([*good, *bad], *rating)
            }
            Self::Sum { .. } => return false,
            Self::Liked { .. } | Self::Disliked { .. } | Self::Unrated { .. } => return true,
        };
        numbers.iter().chain(&pair.unwrap_or_default()).all(|number| number.is_finite())
    }
}

const fn pair(affect: Affect) -> [f32; 2] {
    [affect.valence, affect.arousal]
}

const fn point([valence, arousal]: [f32; 2]) -> Affect {
    Affect { valence, arousal }
}

impl Taste {
    /// Reads what was learnt; nothing when there is no file. A line that was cut off costs its event.
    ///
    /// # Errors
    /// When the file can't be read, is something else, or a newer program wrote it.
    pub fn load(path: &Path) -> Result<Self, TasteError> {
        let unreadable =
            |fault: Fault| TasteError::Unreadable { path: path.to_owned(), detail: fault.words().to_owned() };
        let text = read(path).map_err(unreadable)?;
        let mut taste = Self::default();
        let mut read = 0;
        let lines = text.lines().skip(1).filter_map(|line| serde_json::from_str::<Line>(line).ok());
        for line in lines.filter(Line::is_finite) {
            taste.take(line);
            read += 1;
        }
        if read > MOST_LINES.max(2 * taste.records.len()) {
            taste.store(path)?;
        }
        Ok(taste)
    }

    /// Why the file can't be read, if so.
    pub(crate) fn fault(path: &Path) -> Option<Fault> {
        read(path).err()
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Skipped { path, at_s, share, target } => {
                self.note(&path, Event::Skipped(share), target.map(point), at_s);
            }
            Line::Completed { path, at_s, target } => self.note(&path, Event::Completed, target.map(point), at_s),
            Line::Liked { path, at_s } => self.note(&path, Event::Liked, None, at_s),
            Line::Disliked { path, at_s } => self.note(&path, Event::Disliked, None, at_s),
            Line::Rated { path, at_s, valence, arousal } => {
                self.note(&path, Event::Rated(Affect { valence, arousal }), None, at_s);
            }
            Line::Unrated { path, at_s } => self.note(&path, Event::Unrated, None, at_s),
            Line::Sum { path, at_s, good, bad, fit, last_play, rating } => {
                self.plays = self.plays.max(last_play);
                let rating = rating.map(point);
                self.records.insert(path, Record { good, bad, fit, at_s, last_play, rating });
            }
        }
    }

    /// Writes everything anew, a line a track.
    ///
    /// # Errors
    /// When it can't be written; then the old file is still there.
    pub fn store(&self, path: &Path) -> Result<(), TasteError> {
        let mut text = head();
        for (track, record) in self.records() {
            let Record { good, bad, fit, at_s, last_play, rating } = record;
            let rating = rating.map(pair);
            let line = Line::Sum { path: track.to_owned(), at_s, good, bad, fit, last_play, rating };
            text.push_str(&as_text(&line));
        }
        files::replace(path, text.as_bytes()).map_err(|error| failed(path, &error))
    }

    /// Appends an event to the file, and takes note of it.
    ///
    /// # Errors
    /// When it can't be written; it has been noted all the same.
    pub fn learn(
        &mut self,
        file: &Path,
        path: &Path,
        event: Event,
        target: Option<Affect>,
        now_s: u64,
    ) -> Result<(), TasteError> {
        self.note(path, event, target, now_s);
        let (path, at_s, target) = (path.to_owned(), now_s, target.map(pair));
        let line = match event {
            Event::Skipped(share) => Line::Skipped { path, at_s, share, target },
            Event::Completed => Line::Completed { path, at_s, target },
            Event::Liked => Line::Liked { path, at_s },
            Event::Disliked => Line::Disliked { path, at_s },
            Event::Rated(Affect { valence, arousal }) => Line::Rated { path, at_s, valence, arousal },
            Event::Unrated => Line::Unrated { path, at_s },
        };
        append(file, &as_text(&line)).map_err(|error| failed(file, &error))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> TasteError {
    TasteError::Write { path: path.to_owned(), detail: error.to_string() }
}

/// The file's text, whose first line is a head that is understood; empty without a file.
fn read(path: &Path) -> Result<String, Fault> {
    let text = match files::read(path, MOST_MIB) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return Fault::of(&error).map_or_else(|| Ok(String::new()), Err),
    };
    let Some(head) = text.lines().next() else { return Ok(text) };
    let head: Head = serde_json::from_str(head).map_err(|_| Fault::Damaged("it is something else".into()))?;
    if head.moodbox_taste > VERSION {
        return Err(Fault::Newer(format!("it has version {}, this program reads {VERSION}", head.moodbox_taste)));
    }
    Ok(text)
}

fn head() -> String {
    format!("{{\"moodbox_taste\":{VERSION}}}\n")
}

/// The line's text; empty for a path that is no text, which no index holds.
fn as_text(line: &Line) -> String {
    serde_json::to_string(line).map(|text| text + "\n").unwrap_or_default()
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    files::append_line(path, &head(), line)
}
