//! Which tracks can be reached now: a stick may be pulled out, a disk may not be there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The folders that were asked for, each once: a library has fewer folders than tracks.
#[derive(Debug, Default)]
pub struct Present(HashMap<PathBuf, bool>);

impl Present {
    /// Whether the folder of a track is there.
    pub fn has(&mut self, track: &Path) -> bool {
        let folder = track.parent().unwrap_or(track);
        match self.0.get(folder) {
            Some(&there) => there,
            None => *self.0.entry(folder.to_owned()).or_insert(folder.is_dir()),
        }
    }
}
