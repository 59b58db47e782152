//! The taste as a file of lines.

use super::{Event, QUADRANTS, Record, Taste};
use crate::library::paths;
use files::{Fault, Shown};
use mood::Affect;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

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
struct Line {
    #[serde(with = "paths")]
    path: PathBuf,
    at_s: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum What {
    Skipped { share: f32, target: Option<[f32; 2]> },
    Completed { target: Option<[f32; 2]> },
    Liked,
    Disliked,
    Rated(Affect),
    Unrated,
    Sum { good: f32, bad: f32, fit: [f32; QUADRANTS], last_play: u64, rating: Option<[f32; 2]> },
}

impl What {
    /// Whether its numbers are: a larger one than there is becomes infinite when it is read.
    fn is_finite(self) -> bool {
        let (numbers, pair) = match self {
            Self::Skipped { share, target } => (vec![share], target),
            Self::Completed { target } => (Vec::new(), target),
            Self::Rated(affect) => (Vec::new(), Some(pair(affect))),
            Self::Sum { good, bad, fit, rating, .. } => ([&[good, bad][..], &fit].concat(), rating),
            Self::Liked | Self::Disliked | Self::Unrated => return true,
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
        for line in lines.filter(|line| line.what.is_finite()) {
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

    fn take(&mut self, Line { path, at_s, what }: Line) {
        let (event, target) = match what {
            What::Skipped { share, target } => (Event::Skipped(share), target),
            What::Completed { target } => (Event::Completed, target),
            What::Liked => (Event::Liked, None),
            What::Disliked => (Event::Disliked, None),
            What::Rated(affect) => (Event::Rated(affect), None),
            What::Unrated => (Event::Unrated, None),
            What::Sum { good, bad, fit, last_play, rating } => {
                self.plays = self.plays.max(last_play);
                let rating = rating.map(point);
                self.records.insert(path, Record { good, bad, fit, at_s, last_play, rating });
                return;
            }
        };
        self.note(&path, event, target.map(point), at_s);
    }

    /// Writes everything anew, a line a track.
    ///
    /// # Errors
    /// When it can't be written; then the old file is still there.
    pub fn store(&self, path: &Path) -> Result<(), TasteError> {
        let mut text = head();
        for (track, record) in self.records() {
            let Record { good, bad, fit, at_s, last_play, rating } = record;
            let what = What::Sum { good, bad, fit, last_play, rating: rating.map(pair) };
            text.push_str(&as_text(&Line { path: track.to_owned(), at_s, what }));
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
        let target = target.map(pair);
        let what = match event {
            Event::Skipped(share) => What::Skipped { share, target },
            Event::Completed => What::Completed { target },
            Event::Liked => What::Liked,
            Event::Disliked => What::Disliked,
            Event::Rated(affect) => What::Rated(affect),
            Event::Unrated => What::Unrated,
        };
        append(file, &as_text(&Line { path: path.to_owned(), at_s: now_s, what })).map_err(|error| failed(file, &error))
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
