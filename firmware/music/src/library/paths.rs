//! Paths of music: as text of JSON, and found below a folder at any depth, each file once, without what computers leave there for themselves.

use crate::listen::decode::is_music;
use data_encoding::HEXLOWER;
use files::Shown;
use serde::{Deserialize, Deserializer, Serializer};
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Folders of an operating system or a file server in the middle of the owner's; those that begin with a dot are hidden anyway.
const SYSTEM: [&str; 6] =
    ["$RECYCLE.BIN", "@eaDir", "System Volume Information", "__MACOSX", "lost+found", "Network Trash Folder"];

/// The deepest folder that is entered.
const DEEPEST: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) files: BTreeSet<PathBuf>,
    /// What can't be entered, and why.
    pub(crate) closed: Vec<(PathBuf, String)>,
}

/// Whether it is nothing of the owner's: hidden (`._song.mp3`, `.Trashes`), or a folder that a system made.
fn is_passed_over(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".") || SYSTEM.iter().any(|system| name.eq_ignore_ascii_case(system))
}

/// The entries of a folder that are the owner's. The folder itself may be hidden: it was named.
fn is_entered(entry: &DirEntry) -> bool {
    entry.depth() == 0 || !is_passed_over(entry.file_name())
}

/// All music below folders, or among files that were named; each file once, whatever links lead to it.
pub(crate) fn walk<'a>(roots: impl IntoIterator<Item = &'a Path>) -> Found {
    let mut found = Found::default();
    let mut known = BTreeSet::new();
    for root in roots {
        let entries = WalkDir::new(root).follow_links(true).max_depth(DEEPEST).sort_by_file_name();
        for entry in entries.into_iter().filter_entry(is_entered) {
            match entry {
                Ok(entry) if entry.file_type().is_file() && is_music(entry.path()) => {
                    let real = entry.path().canonicalize().unwrap_or_else(|_| entry.path().to_owned());
                    if known.insert(real) {
                        found.files.insert(entry.into_path());
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    // A link back to a folder above is no mistake of the owner's: everything there is found anyway.
                    if error.loop_ancestor().is_some() {
                        tracing::debug!(path = %Shown(&path), "a link leads round in a circle");
                    } else {
                        let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                        found.closed.push((path, detail));
                    }
                }
            }
        }
    }
    found
}

/// The text of a path; of one that is no text its bytes in hexadecimal.
pub(crate) fn text(path: &Path) -> String {
    let hex = || format!("\0{}", HEXLOWER.encode(path.as_os_str().as_bytes()));
    path.to_str().map_or_else(hex, str::to_owned)
}

pub(crate) fn path(text: &str) -> PathBuf {
    let Some(digits) = text.strip_prefix('\0') else { return PathBuf::from(text) };
    OsString::from_vec(HEXLOWER.decode(digits.as_bytes()).unwrap_or_default()).into()
}

/// For `#[serde(with = "paths")]`.
pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(path))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    String::deserialize(deserializer).map(|text| path(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_comes_back() {
        for bytes in [&b"a b/\xc3\xb6.mp3"[..], b"caf\xe9.mp3", b"\xff", b""] {
            let original = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(path(&text(original)), original);
        }
        assert_eq!(text(Path::new("plain.mp3")), "plain.mp3");
    }
}
