//! The folder the answer is written to: for its owner only, as there is a password in it.

use super::Answer;
use std::fs::{DirBuilder, Permissions, read_dir, remove_file, set_permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

const FILES: &str = "problems.txt moodbox.toml hostname timezone authorized_keys country dac spi meta-data user-data \
    network-config cmdline config";

const IWD: &str = "iwd";

/// Writes an answer into a folder that only its owner may read, and takes away what an earlier one left there.
///
/// # Errors
/// When something can't be written or taken away.
pub fn write(folder: &Path, answer: &Answer) -> Result<()> {
    make(folder)?;
    for name in FILES.split(' ').filter(|name| !answer.files.contains_key(*name)) {
        remove(&folder.join(name))?;
    }
    let iwd = folder.join(IWD);
    match read_dir(&iwd) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                let stale = !path
                    .file_name()
                    .is_some_and(|name| answer.files.keys().any(|file| Path::new(file) == Path::new(IWD).join(name)));
                let ours =
                    path.extension().is_some_and(|kind| ["psk", "open", "conf"].iter().any(|ours| kind == *ours));
                if stale && ours {
                    remove(&path)?;
                }
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    for (name, text) in &answer.files {
        let path = folder.join(name);
        if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
            make(parent)?;
        }
        files::replace(&path, text.as_bytes())?;
        set_permissions(&path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    set_permissions(folder, Permissions::from_mode(0o700))
}

fn remove(path: &Path) -> Result<()> {
    match remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
