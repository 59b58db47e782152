//! The seal of a checkpoint: the sha256 of each of its files, in the form that `sha256sum --check` reads. A file that a
//! power loss left short or empty is found by it, where the file's own format might not notice.

use crate::error::Error;
use crate::file::{self, write_whole};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::Path;

const NAME: &str = "SHA256SUMS";

/// Flushes every file of `folder` to the disk and writes their sums beside them.
pub(super) fn write(folder: &Path) -> Result<(), Error> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(|error| Error::write(folder, error))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        let path = folder.join(&name);
        File::open(&path).and_then(|file| file.sync_all()).map_err(|error| Error::write(&path, error))?;
        text.push_str(&format!("{}  {name}\n", sum(&path)?));
    }
    write_whole(&folder.join(NAME), text.as_bytes())
}

/// Refuses a folder whose files are not those that were sealed.
pub(super) fn check(folder: &Path) -> Result<(), Error> {
    let path = folder.join(NAME);
    let text = file::read(&path, 1).map_err(|error| super::unreadable(&path, &error))?;
    let text = String::from_utf8_lossy(&text);
    for (expected, name) in text.lines().filter_map(|line| line.split_once("  ")) {
        let path = folder.join(name);
        if sum(&path)? != expected {
            return Err(Error::data(&path, "is damaged: its sha256 is not the one it was written with", "train again"));
        }
    }
    Ok(())
}

fn sum(path: &Path) -> Result<String, Error> {
    let bytes = file::read(path, super::WEIGHTS_MIB).map_err(|error| super::unreadable(path, &error))?;
    Ok(HEXLOWER.encode(&Sha256::digest(bytes)))
}
