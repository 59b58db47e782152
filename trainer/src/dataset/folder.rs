//! A folder tree on disk: `<class>/*`, or `train/<class>/*` and perhaps `validation/<class>/*` and `test/<class>/*`.
//!
//! Classes are told by their names (of FER-2013, FER+ or the folders people make of them); pictures of any size and
//! colour become 48x48 grey.

use super::Split;
use super::tree::{self, HINT, Harvest, Waiting, name};
use crate::error::Error;
use mood::Expression;
use std::path::{Path, PathBuf};

pub(super) fn read(root: &Path, harvest: &mut Harvest) -> Result<(), Error> {
    let folders = folders(root)?;
    let splits: Vec<(Split, &PathBuf)> =
        folders.iter().filter_map(|folder| Some((tree::split_named(&name(folder))?, folder))).collect();
    let mut waiting = Vec::new();
    if splits.iter().any(|(split, _)| *split == Split::Training) {
        for (split, folder) in splits {
            classes(&self::folders(folder)?, Some(split), harvest, &mut waiting)?;
        }
    } else if !splits.is_empty() {
        return Err(Error::data(root, "has no folder `train` with pictures in it", HINT));
    } else if folders.iter().any(|folder| Expression::from_label(&name(folder)).is_some()) {
        classes(&folders, None, harvest, &mut waiting)?;
    } else {
        return Err(Error::data(root, "has neither a folder `train` nor folders named after expressions", HINT));
    }
    harvest.decode(waiting)
}

fn classes(
    folders: &[PathBuf],
    split: Option<Split>,
    harvest: &mut Harvest,
    waiting: &mut Vec<Waiting>,
) -> Result<(), Error> {
    for class in folders {
        let Some(expression) = Expression::from_label(&name(class)) else {
            harvest.refuse(Error::data(class, "is not named after an expression", HINT))?;
            continue;
        };
        let before = waiting.len();
        let pictures = entries(class)?.into_iter().filter(|file| tree::is_picture(file) && !file.is_dir());
        waiting.extend(pictures.map(|path| Waiting { path, bytes: None, expression, split }));
        if waiting.len() == before {
            harvest.refuse(Error::data(class, tree::EMPTY, tree::EMPTY_HINT))?;
        }
    }
    Ok(())
}

fn folders(of: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_folder = |entry: &PathBuf| entry.is_dir() && !tree::is_hidden(&name(entry));
    Ok(entries(of)?.into_iter().filter(is_folder).collect())
}

/// Sorted, so that the order of pictures doesn't depend on the file system.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error: std::io::Error| Error::data(folder, format_args!("can't be read: {error}"), HINT);
    let mut paths = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}
