//! Where the box keeps what it remembers, when it isn't told otherwise.

use std::env::var_os;
use std::path::{Path, PathBuf};

/// The index of the owner's music.
pub fn index() -> PathBuf {
    folder().join("music.jsonl")
}

/// The service's folder of music that was copied to the box; `None` outside of the service.
pub fn music() -> Option<PathBuf> {
    var_os("STATE_DIRECTORY").filter(|folder| !folder.is_empty()).map(|folder| PathBuf::from(folder).join("music"))
}

/// What the box learnt about the owner's taste.
pub fn taste() -> PathBuf {
    folder().join("taste.jsonl")
}

/// Where what was learnt lies for an index that is somewhere else: beside it.
pub fn beside(index: &Path) -> PathBuf {
    index.with_file_name("taste.jsonl")
}

/// What the owner has taught about faces.
pub fn faces() -> PathBuf {
    folder().join("faces")
}

/// A path with `~` at its beginning as the user's own folder, where that is known.
pub fn expanded(path: &str) -> PathBuf {
    let rest = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, var_os("HOME").filter(|home| !home.is_empty())) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest.trim_start_matches('/')),
        _ => PathBuf::from(path),
    }
}

/// The state folder of the service that the Debian package brings.
pub const SERVICE: &str = "/var/lib/moodbox";

/// The service's state folder under systemd, else the user's (XDG Base Directory Specification), else here.
fn folder() -> PathBuf {
    let given = |name: &str| var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    given("STATE_DIRECTORY")
        .or_else(|| given("XDG_DATA_HOME").map(|folder| folder.join("moodbox")))
        .or_else(|| given("HOME").map(|folder| folder.join(".local/share/moodbox")))
        .unwrap_or_default()
}
