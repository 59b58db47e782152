//! Files as a whole, as [`files`] reads and writes them, with the trainer's words for what fails.

use crate::error::Error as Failure;
pub(crate) use files::{is_handed_over, read};
use std::path::Path;

/// Puts `bytes` in the place of a file: a reader sees the old file or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::replace(path, bytes).map_err(|error| Failure::write(path, error))
}

/// Puts a finished file or folder in its place.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::write(to, error))
}
