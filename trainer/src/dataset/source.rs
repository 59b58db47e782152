//! What `--data` names: tells files by their first bytes, never by their names, and hands each to its reader.

use super::limits::{self, Bounded};
use super::tree::Harvest;
use super::{archive, csv, drawn, folder};
use crate::error::Error;
use crate::file;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{Cursor, ErrorKind, Read};
use std::path::Path;

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Of the first member, or of an archive without any.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// Enough to tell what a file is: a tar archive names itself in its first block of 512 bytes.
const HEAD: u64 = 512;

/// What can be given, for hints.
pub(super) const HINT: &str = "give `--data` fer2013.csv, fer2013.csv.gz, fer2013.tar.gz, a zip or a folder of classes, or \
                               `synthetic`";

pub(super) fn read(path: &Path, harvest: &mut Harvest) -> Result<(), Error> {
    if let Some(count) = drawn::count(path)? {
        drawn::read(count, harvest);
        return Ok(());
    }
    let cant = |error: std::io::Error| Error::data(path, format_args!("can't be opened: {error}"), HINT);
    // Before it is opened, as opening a pipe waits for a writer.
    let about = std::fs::metadata(path).map_err(cant)?;
    if about.is_dir() {
        return folder::read(path, harvest);
    }
    if !about.is_file() && !file::is_handed_over(path) {
        return Err(Error::data(path, "can't be read: it is no ordinary file", HINT));
    }
    let (head, file) = peek(File::open(path).map_err(cant)?).map_err(|error| unreadable(path, &error))?;
    if ZIP.iter().any(|magic| head.starts_with(magic)) {
        return archive::zip(path, File::open(path).map_err(cant)?, harvest);
    }
    if !head.starts_with(&GZIP) {
        return table_or_tar(path, &head, file, harvest);
    }
    let unpacked = Bounded::new(MultiGzDecoder::new(file), limits::budget(about.len()));
    let (head, unpacked) = peek(unpacked).map_err(|error| unreadable(path, &error))?;
    table_or_tar(path, &head, unpacked, harvest)
}

fn table_or_tar(path: &Path, head: &[u8], source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let is_tar = head.get(257..262) == Some(b"ustar");
    if is_tar { archive::tar(path, source, harvest) } else { csv::read(path, source, harvest) }
}

/// The first bytes of `source`, and all of it.
fn peek(mut source: impl Read) -> std::io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(source)))
}

/// A file that fails while it is read, in words.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => {
            Error::data(path, "ends in the middle of its compressed data", "download it again, the file is cut short")
        }
        ErrorKind::FileTooLarge => Error::data(
            path,
            format_args!("unpacks to more than {} times its size", limits::RATIO),
            "this is no data set of pictures; get it again from where it is published",
        ),
        _ => Error::data(path, format_args!("can't be read: {error}"), "download it again, or check the disk"),
    }
}
