//! Data sets as they are downloaded: a tar or zip with `fer2013.csv` in it, or with a folder of pictures for each class.
//!
//! Nothing is written to the disk, so no name in an archive can lead anywhere.

use super::csv;
use super::gather::Gathering;
use super::input::{self, Bounded, HINT, unreadable};
use super::tree::{self, Harvest};
use crate::error::Error;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use zip::{ZipArchive, result::ZipError};

/// Tables that Kaggle packs, the best first: the second has its columns in another order, the third has only the pictures
/// for training.
const TABLES: [&str; 3] = ["fer2013.csv", "icml_face_data.csv", "train.csv"];

/// Reads a tar archive, already unzipped and bounded.
pub(super) fn tar(path: &Path, source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let fail = |error: &std::io::Error| unreadable(path, &inner(error));
    let mut archive = tar::Archive::new(source);
    let mut members = Gathering::new(path, harvest);
    for entry in archive.entries().map_err(|error| fail(&error))? {
        let entry = entry.map_err(|error| fail(&error))?;
        let name = entry.path().map_err(|error| fail(&error))?.into_owned();
        let (size, is_file) = (entry.size(), entry.header().entry_type().is_file());
        if is_file && TABLES.contains(&tree::name(&name).as_str()) {
            return csv::read(&path.join(name), Member { source: entry, left: size }, members.harvest);
        }
        if is_file {
            members.take(&name, Some(&mut Member { source: entry, left: size }))?;
        } else if entry.header().entry_type().is_dir() {
            members.note_folder(&name);
        }
    }
    members.finish(nothing(path))?;
    // What follows the last member carries the checksum.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map(drop).map_err(|error| fail(&error))
}

/// Reads a zip archive.
pub(super) fn zip(path: &Path, file: File, harvest: &mut Harvest) -> Result<(), Error> {
    let length = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    let mut left = input::budget(length);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(path, error))?;
    // Windows may have written backslashes. In the order of the unpacked folder, so that both are the same data set.
    let mut list: Vec<(PathBuf, String)> =
        archive.file_names().map(|name| (PathBuf::from(name.replace('\\', "/")), name.to_owned())).collect();
    list.sort();
    let named = |table: &str| list.iter().find(|(path, _)| tree::name(path) == table);
    if let Some((table, name)) = TABLES.into_iter().find_map(named) {
        let path = path.join(table);
        let source = archive.by_name(name).map_err(|error| broken(&path, error))?;
        return csv::read(&path, Bounded::new(source, left), harvest);
    }
    let mut members = Gathering::new(path, harvest);
    for (member, name) in &list {
        let source = archive.by_name(name).map_err(|error| broken(&path.join(member), error))?;
        if name.ends_with(['/', '\\']) {
            members.note_folder(member);
            continue;
        }
        // One budget for all: members may share their packed bytes, and then each alone looks honest.
        left -= members.take(member, Some(&mut Bounded::new(source, left)))?;
    }
    members.finish(nothing(path))
}

/// What there is to read when an archive holds no table and no class.
fn nothing(path: &Path) -> Error {
    Error::data(path, "holds neither fer2013.csv nor folders of pictures named after expressions", HINT)
}

/// A member of a tar archive, which must not end before its length is reached; its reader's errors in other words.
struct Member<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Member<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer).map_err(|error| inner(&error))?;
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

fn broken(path: &Path, error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => unreadable(path, &error),
        ZipError::UnsupportedArchive(what) => {
            Error::data(path, format_args!("can't be unpacked: {what}"), "unpack it, and name its folder")
        }
        damage => {
            let hint = "download it again, the file is cut short or damaged";
            Error::data(path, format_args!("is no whole zip archive: {damage}"), hint)
        }
    }
}
