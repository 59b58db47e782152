//! Data sets as they are downloaded: a tar or zip with `fer2013.csv` in it, or with a folder of pictures for each class.
//!
//! Nothing is written to the disk, so no name in an archive can lead anywhere.

use super::limits::{self, Bounded};
use super::picture::MOST_BYTES;
use super::source::{HINT, unreadable};
use super::tree::{self, Harvest, Waiting};
use super::{Split, csv, zip as members_of_zip};
use crate::error::Error;
use mood::Expression;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Tables that Kaggle packs; the second has its columns in another order.
const TABLES: [&str; 2] = ["fer2013.csv", "icml_face_data.csv"];
/// Pictures are decoded on all cores as soon as so many bytes of them have been unpacked.
const PORTION: usize = 16 << 20;

/// Reads a tar archive, already unzipped and bounded.
pub(super) fn tar(path: &Path, source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let fail = |error: &std::io::Error| unreadable(path, &inner(error));
    let mut archive = tar::Archive::new(source);
    let mut members = Members::new(path, harvest);
    for entry in archive.entries().map_err(|error| fail(&error))? {
        let entry = entry.map_err(|error| fail(&error))?;
        let name = entry.path().map_err(|error| fail(&error))?.into_owned();
        let (size, is_file) = (entry.size(), entry.header().entry_type().is_file());
        if is_file && is_table(&name) {
            return csv::read(&path.join(name), Whole { source: entry, left: size }, members.harvest);
        }
        if is_file {
            members.take(&name, Whole { source: entry, left: size })?;
        } else if entry.header().entry_type().is_dir() {
            members.note_folder(&name);
        }
    }
    members.finish()?;
    // What follows the last member carries the checksum.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map(drop).map_err(|error| fail(&error))
}

/// Reads a zip archive.
pub(super) fn zip(path: &Path, mut file: File, harvest: &mut Harvest) -> Result<(), Error> {
    let length = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    let mut left = limits::budget(length);
    let mut list = members_of_zip::members(&mut file).map_err(|error| broken(path, &error))?;
    // In the order of the unpacked folder, so that both are the same data set.
    list.sort_by(|a, b| Path::new(&a.name).cmp(Path::new(&b.name)));
    if let Some(table) = list.iter().find(|member| is_table(Path::new(&member.name))) {
        let path = path.join(&table.name);
        let source = members_of_zip::open(&mut file, table).map_err(|error| broken(&path, &error))?;
        return csv::read(&path, Bounded::new(source, left), harvest);
    }
    let mut members = Members::new(path, harvest);
    for member in &list {
        if member.name.ends_with('/') {
            members.note_folder(Path::new(&member.name));
            continue;
        }
        let source =
            members_of_zip::open(&mut file, member).map_err(|error| broken(&path.join(&member.name), &error))?;
        // One budget for all: members may share their packed bytes, and then each alone looks honest.
        left -= members.take(Path::new(&member.name), Bounded::new(source, left))?;
    }
    members.finish()
}

/// The pictures of an archive, by the names of their folders.
struct Members<'a> {
    path: &'a Path,
    harvest: &'a mut Harvest,
    waiting: Vec<Waiting>,
    bytes: usize,
    /// The folders named after expressions, and whether there is a picture in them.
    classes: BTreeMap<PathBuf, bool>,
}

impl<'a> Members<'a> {
    const fn new(path: &'a Path, harvest: &'a mut Harvest) -> Self {
        Self { path, harvest, waiting: Vec::new(), bytes: 0, classes: BTreeMap::new() }
    }

    /// Takes a member if it is a picture; says how many bytes it unpacked to.
    fn take(&mut self, name: &Path, source: impl Read) -> Result<u64, Error> {
        let parts = parts(name);
        if let Some(folder) = name.parent().filter(|_| !tree::is_picture(name)) {
            self.note_folder(folder);
        }
        if !tree::is_picture(name) || parts.iter().any(|part| tree::is_hidden(part)) {
            return Ok(0);
        }
        let path = self.path.join(name);
        let (class, above) = match &*parts {
            [.., above, class, _] => (class.as_str(), above.as_str()),
            [class, _] => (class.as_str(), ""),
            _ => ("", ""),
        };
        let Some(expression) = Expression::from_label(class) else {
            let what = "is in no folder named after an expression";
            return self.harvest.refuse(Error::data(&path, what, tree::HINT)).map(|()| 0);
        };
        let split: Option<Split> = tree::split_named(above);
        let mut bytes = Vec::new();
        // One byte more than a picture may have: the decoder refuses it by its length.
        source.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&path, &inner(&error)))?;
        let size = bytes.len();
        self.classes.insert(name.parent().map(Path::to_path_buf).unwrap_or_default(), true);
        self.bytes += size;
        self.waiting.push(Waiting { path, bytes: Some(bytes), expression, split });
        if self.bytes >= PORTION {
            self.bytes = 0;
            self.harvest.decode(std::mem::take(&mut self.waiting))?;
        }
        Ok(u64::try_from(size).unwrap_or(u64::MAX))
    }

    /// Keeps in mind that there is a class, though perhaps without pictures.
    fn note_folder(&mut self, name: &Path) {
        let parts = parts(name);
        let is_class = parts.last().is_some_and(|folder| Expression::from_label(folder).is_some());
        if is_class && !parts.iter().any(|part| tree::is_hidden(part)) {
            self.classes.entry(name.components().collect()).or_default();
        }
    }

    fn finish(self) -> Result<(), Error> {
        self.harvest.decode(self.waiting)?;
        for (class, _) in self.classes.iter().filter(|(_, filled)| !**filled) {
            self.harvest.refuse(Error::data(&self.path.join(class), tree::EMPTY, tree::EMPTY_HINT))?;
        }
        if self.classes.values().any(|filled| *filled) {
            return Ok(());
        }
        Err(Error::data(self.path, "holds neither fer2013.csv nor folders of pictures named after expressions", HINT))
    }
}

/// The names a member's path is made of.
fn parts(name: &Path) -> Vec<String> {
    let named = name.components().filter(|part| matches!(part, Component::Normal(_)));
    named.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

fn is_table(name: &Path) -> bool {
    TABLES.contains(&tree::name(name).as_str())
}

/// A member that must not end before its length is reached.
struct Whole<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}

/// The tar reader says what it was doing; what went wrong lies below.
fn inner(error: &std::io::Error) -> std::io::Error {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::Other if text.contains("EOF") || text.contains("entire block") => ErrorKind::UnexpectedEof.into(),
        kind => std::io::Error::new(kind, text),
    }
}

fn broken(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::InvalidData => Error::data(
            path,
            format_args!("is no whole zip archive: {error}"),
            "download it again, the file is cut short or damaged",
        ),
        ErrorKind::Other => {
            Error::data(path, format_args!("can't be unpacked: {error}"), "unpack it, and name its folder")
        }
        _ => unreadable(path, error),
    }
}
