//! A folder tree on disk: `<class>/*`, or `train/<class>/*` and perhaps `validation/<class>/*` and `test/<class>/*`, with
//! whatever folders in between and below.
//!
//! Classes are told by their names (of FER-2013, FER+ or the folders people make of them); pictures of any size and
//! colour become 48x48 grey.

use super::gather::Gathering;
use super::tree::{self, HINT, Harvest};
use crate::error::Error;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

pub(super) fn read(root: &Path, harvest: &mut Harvest) -> Result<(), Error> {
    let nothing = || Error::data(root, "has neither a folder `train` nor folders named after expressions", HINT);
    let (mut folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    let is_hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && tree::is_hidden(&entry.file_name().to_string_lossy());
    for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(|entry| !is_hidden(entry)) {
        match entry {
            Ok(entry) => {
                let name = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_path_buf();
                if entry.file_type().is_dir() { folders.push(name) } else { files.push(name) }
            }
            Err(error) => {
                let (depth, path) = (error.depth(), error.path().unwrap_or(root).to_path_buf());
                let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                let error = Error::data(&path, format_args!("can't be read: {detail}"), HINT);
                if depth == 0 {
                    return Err(error);
                }
                harvest.refuse(error)?;
            }
        }
    }
    // So that the order of pictures doesn't depend on the file system.
    files.sort();
    let is_ours = |folder: &PathBuf| {
        let parts = tree::parts(folder);
        tree::part_of(&parts).is_some() || tree::place(&folder.join("picture")).is_some()
    };
    if harvest.strict && !folders.iter().any(is_ours) {
        return Err(nothing());
    }
    let mut gathering = Gathering::new(root, harvest);
    folders.iter().for_each(|folder| gathering.note_folder(folder));
    for file in &files {
        gathering.take(file, None)?;
    }
    gathering.finish(nothing())
}
