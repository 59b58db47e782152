//! What a run was trained on, so that it goes on with nothing else.

use crate::error::Error;
use crate::file::{self, write_whole};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::Path;

/// What a run was trained on, and by which program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRecord {
    /// As the command line named it.
    pub data: String,
    /// How many pictures, in all parts.
    pub pictures: usize,
    /// See [`crate::dataset::Dataset::sha256`].
    pub sha256: String,
    /// The file of votes, as the command line named it.
    #[serde(default)]
    pub votes: Option<String>,
    /// See [`crate::dataset::votes::sha256`].
    #[serde(default)]
    pub votes_sha256: Option<String>,
    /// The version of this program that began the run.
    #[serde(default)]
    pub trainer: String,
}

impl DataRecord {
    /// Refuses to go on with what is `here` when the run was begun with something else.
    pub(super) fn refuse_other(&self, here: &Self, source: &Path) -> Result<(), Error> {
        let hint = "resume with the same data, or begin a new run in another folder";
        if self.sha256 != here.sha256 {
            let what = format_args!(
                "holds other pictures ({}) than this run was begun with ({} of `{}`)",
                here.pictures, self.pictures, self.data
            );
            return Err(Error::data(source, what, hint));
        }
        let named = |record: &Self| record.votes.clone().unwrap_or_else(|| "none".into());
        // Runs of older versions don't know the sum, but whether there were votes.
        let other = match (&self.votes_sha256, &here.votes_sha256) {
            (Some(begun), Some(here)) => begun != here,
            _ => self.votes.is_some() != here.votes.is_some(),
        };
        if other {
            let what =
                format_args!("comes with other votes ({}) than this run was begun with ({})", named(here), named(self));
            return Err(Error::data(
                source,
                what,
                "resume with the same `--votes`, or begin a new run in another folder",
            ));
        }
        Ok(())
    }
}

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
