//! The index as a file: lines in, lines out, whole or one by one.

use super::{Entry, Index, Stamp, Tags};
use crate::library::paths;
use crate::listen::features::{self, Features, NAMES};
use files::{Fault, Shown};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// The version of the form. A newer program reads older ones; an older one refuses newer ones.
const VERSION: u32 = 1;

/// The version of the decoder. What an older one could not play is tried again at the next scan.
const DECODER: u32 = 3;

/// The longest line that is believed.
const MOST_BYTES: u64 = 1 << 20;

/// Why an index can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// It is not there.
    #[error("there is no index {}", Shown(.0))]
    Missing(PathBuf),
    /// It can't be read.
    #[error("index {} can't be read: {detail}", Shown(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// It is something else.
    #[error("{} is no index of music: {detail}", Shown(.path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A newer program wrote it.
    #[error("index {} has version {found}, this program reads up to {VERSION}", Shown(.path))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It can't be written.
    #[error("index {} can't be written: {detail}", Shown(.path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// Another scan writes to it.
    #[error("index {} is being written by another scan", Shown(.0))]
    Busy(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Head {
    moodbox_music: u32,
    /// The order of the lines' values.
    features: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    size: u64,
    modified_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    analysis: u32,
    #[serde(default)]
    decoder: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<f32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Index {
    /// Reads an index.
    ///
    /// # Errors
    /// When it is missing, unreadable, foreign or too new. Lines that can't be understood cost their track only.
    pub fn load(path: &Path) -> Result<Self, IndexError> {
        let (head, mut lines) = opened(path)?;
        let same = head.features == *NAMES;
        let folder = folder_of(path);
        // Collected first, as a map is built faster of what is in order already; of equal paths the last holds.
        let mut entries: Vec<(PathBuf, Entry)> = Vec::new();
        let mut damaged = 0_u32;
        let mut line = Vec::new();
        while next(&mut lines, &mut line).map_err(|error| unreadable(path, &error))? > 0 {
            match serde_json::from_slice::<Line>(&line) {
                Ok(line) => {
                    let entry = line.entry(&folder, same);
                    entries.push((entry.path.clone(), entry));
                }
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(_) => damaged += 1,
            }
        }
        if damaged > 0 {
            tracing::warn!(index = %Shown(path), damaged, "lines of the index can't be read; scan again");
        }
        Ok(Self { file: path.to_owned(), entries: entries.into_iter().collect() })
    }

    /// Why the index can't be read, if so; an empty one is merely not written yet.
    pub(crate) fn fault(path: &Path) -> Option<Fault> {
        match opened(path).err()? {
            IndexError::Missing(_) => None,
            IndexError::Foreign { .. } if path.metadata().is_ok_and(|about| about.len() == 0) => None,
            IndexError::Newer { found, .. } => {
                Some(Fault::Newer(format!("it has version {found}, this program reads up to {VERSION}")))
            }
            IndexError::Foreign { detail, .. } => Some(Fault::Damaged(detail)),
            other => Some(Fault::Unreadable(other.to_string())),
        }
    }

    /// Writes the whole index and puts it in place at once: after a loss of power there is the old one or the new one.
    ///
    /// # Errors
    /// When it can't be written; then the old one is still there.
    pub fn store(&self) -> Result<(), IndexError> {
        let mut text = head().into_bytes();
        let folder = folder_of(self.file());
        for entry in self.entries() {
            text.extend(line(entry, &folder));
        }
        files::replace(self.file(), &text).map_err(|error| failed(self.file(), &error))
    }
}

/// An index whose head is understood, and its other lines.
fn opened(path: &Path) -> Result<(Head, BufReader<File>), IndexError> {
    let fail = |error: std::io::Error| unreadable(path, &error);
    if !path.metadata().map_err(fail)?.is_file() {
        return Err(fail(std::io::Error::other("it is no ordinary file")));
    }
    let mut lines = BufReader::with_capacity(1 << 18, File::open(path).map_err(fail)?);
    let foreign = |detail: &str| IndexError::Foreign { path: path.to_owned(), detail: detail.to_owned() };
    let mut line = Vec::new();
    if next(&mut lines, &mut line).map_err(fail)? == 0 {
        return Err(foreign("it is empty"));
    }
    let version: serde_json::Value =
        serde_json::from_slice(&line).map_err(|_| foreign("its first line is no head of an index"))?;
    let version = version.get("moodbox_music").and_then(serde_json::Value::as_u64);
    let version = version.and_then(|version| u32::try_from(version).ok());
    let version = version.ok_or_else(|| foreign("its first line is no head of an index"))?;
    if version > VERSION {
        return Err(IndexError::Newer { path: path.to_owned(), found: version });
    }
    Ok((serde_json::from_slice(&line).map_err(|_| foreign("its head is damaged"))?, lines))
}

/// Reads a line into `line`; says how many bytes that were, 0 at the end.
fn next(lines: &mut BufReader<File>, line: &mut Vec<u8>) -> std::io::Result<usize> {
    line.clear();
    lines.by_ref().take(MOST_BYTES).read_until(b'\n', line)
}

fn unreadable(path: &Path, error: &std::io::Error) -> IndexError {
    match error.kind() {
        ErrorKind::NotFound => IndexError::Missing(path.to_owned()),
        _ => IndexError::Unreadable { path: path.to_owned(), detail: error.to_string() },
    }
}

fn failed(path: &Path, error: &std::io::Error) -> IndexError {
    IndexError::Write { path: path.to_owned(), detail: error.to_string() }
}

/// The index's own folder, which relative paths start from.
fn folder_of(index: &Path) -> PathBuf {
    std::path::absolute(index).ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default()
}

fn head() -> String {
    let features = NAMES.iter().map(ToString::to_string).collect();
    let head = serde_json::to_string(&Head { moodbox_music: VERSION, features }).unwrap_or_default();
    format!("{head}\n")
}

fn line(entry: &Entry, folder: &Path) -> Vec<u8> {
    let path = entry.path.strip_prefix(folder).unwrap_or(&entry.path);
    let line = Line {
        path: paths::text(path),
        size: entry.stamp.size,
        modified_ms: entry.stamp.modified_ms,
        seconds: entry.duration.map(|duration| duration.as_secs_f64()),
        tags: entry.tags.clone(),
        analysis: features::VERSION,
        decoder: DECODER,
        values: entry.sound.as_ref().ok().map(|features| features.values().to_vec()),
        error: entry.sound.as_ref().err().cloned(),
    };
    let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

impl Line {
    fn entry(self, folder: &Path, same_features: bool) -> Entry {
        let features = self.values.and_then(Features::from_values);
        let current = same_features && self.analysis == features::VERSION;
        let fresh = current && (self.error.is_none() || self.decoder >= DECODER);
        // What an older analysis found is measured again at the next scan: its stamp fits no file.
        let stamp = Stamp { size: self.size, modified_ms: self.modified_ms };
        let sound = match (features, self.error) {
            (_, Some(error)) => Err(error),
            (Some(features), None) if current => Ok(features),
            _ => Err("it was analysed by another version; scan again".to_owned()),
        };
        Entry {
            path: folder.join(paths::path(&self.path)),
            stamp: if fresh { stamp } else { Stamp::default() },
            tags: self.tags,
            duration: self.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            sound,
        }
    }
}

/// An index that grows line by line while a scan runs. Only one can be open.
pub(super) struct Appender {
    writer: BufWriter<File>,
    path: PathBuf,
}

impl Appender {
    /// Opens an index for appending; makes one, and its folder, when there is none.
    pub(super) fn open(path: &Path) -> Result<Self, IndexError> {
        let fail = |error: std::io::Error| failed(path, &error);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        if !path.metadata().is_ok_and(|about| about.len() > 0) {
            // As a whole: on a full disk no empty file is left behind.
            files::replace(path, head().as_bytes()).map_err(fail)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).open(path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(IndexError::Busy(path.to_owned())),
            // Some network file systems can't lock; that is no reason not to write.
            Err(TryLockError::Error(error)) => tracing::debug!(%error, "the index can't be locked"),
        }
        let length = file.metadata().map_err(fail)?.len();
        let mut last = *b"\n";
        if length > 0 {
            file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).map_err(fail)?;
        }
        let mut writer = BufWriter::new(file);
        if last != *b"\n" {
            // The last line was cut off: its rest must not swallow the next one.
            writer.write_all(b"\n").and_then(|()| writer.flush()).map_err(fail)?;
        }
        Ok(Self { writer, path: path.to_owned() })
    }

    /// Adds an entry. It is in the system's hands when this returns.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), IndexError> {
        let bytes = line(entry, &folder_of(&self.path));
        self.writer.write_all(&bytes).and_then(|()| self.writer.flush()).map_err(|error| failed(&self.path, &error))
    }
}
