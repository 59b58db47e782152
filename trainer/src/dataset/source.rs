//! What `--data` names: tells files by their first bytes, never by their names, and hands each to its reader.

use super::input::{self, Bounded, HINT, peek, unreadable};
use super::tree::Harvest;
use super::{archive, csv, drawn, gather};
use crate::error::Error;
use crate::file;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Of the first member, or of an archive without any.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

pub(super) fn read(path: &Path, harvest: &mut Harvest) -> Result<(), Error> {
    if let Some(count) = drawn::count(path)? {
        drawn::read(count, harvest);
        return Ok(());
    }
    let cant = |error: std::io::Error| Error::data(path, format_args!("can't be opened: {error}"), HINT);
    // Before it is opened, as opening a pipe waits for a writer.
    let about = std::fs::metadata(path).map_err(cant)?;
    if about.is_dir() {
        return gather::read(path, harvest);
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
    let unpacked = Bounded::new(MultiGzDecoder::new(file), input::budget(about.len()));
    let (head, unpacked) = peek(unpacked).map_err(|error| unreadable(path, &error))?;
    table_or_tar(path, &head, unpacked, harvest)
}

fn table_or_tar(path: &Path, head: &[u8], source: impl Read, harvest: &mut Harvest) -> Result<(), Error> {
    let is_tar = head.get(257..262) == Some(b"ustar");
    if is_tar { archive::tar(path, source, harvest) } else { csv::read(path, source, harvest) }
}
