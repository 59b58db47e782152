//! Files as a whole. Reading refuses what would never end, a pipe or a device, and what is larger than it can sensibly be;
//! writing leaves the old file or the new one, never a part.

use crate::error::Error as Failure;
use std::fs::{File, metadata};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The bytes of a file of at most `most_mib` MiB.
///
/// # Errors
/// When it can't be read, is no ordinary file, or is larger.
pub(crate) fn read(path: &Path, most_mib: u64) -> Result<Vec<u8>> {
    // Before it is opened, as opening a pipe waits for a writer.
    let about = metadata(path)?;
    if about.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !about.is_file() && !is_handed_over(path) {
        return Err(Error::other("it is no ordinary file"));
    }
    let most = most_mib << 20;
    let mut bytes = Vec::new();
    // What it says of its size is not relied on: it may grow, and those of /proc say nothing.
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        Ok(bytes)
    } else {
        Err(Error::other(format!("it is larger than {most_mib} MiB")))
    }
}

/// What the shell has opened for us, as in `--data <(...)`: somebody writes there, or it ends.
pub(crate) fn is_handed_over(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd")
}

/// Writes beside the target, flushes to the disk, then renames: a reader sees the old file or the new one.
///
/// # Errors
/// When the file can't be written.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::result::Result<(), Failure> {
    use std::io::Write;
    let mut name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| Failure::write(path, error))?;
    rename(&temporary, path)
}

/// Puts a finished file or folder in its place.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn rename(from: &Path, to: &Path) -> std::result::Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::write(to, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_never_end_or_is_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mib = 1 << 20;
        let cases = [(0, Ok(0)), (mib, Ok(mib)), (mib + 1, Err("it is larger than 1 MiB"))];
        for (length, expected) in cases {
            std::fs::write(&path, vec![b'x'; length]).unwrap();
            let found = read(&path, 1).map(|bytes| bytes.len()).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{length} bytes");
        }
        assert_eq!(read(folder.path(), 1).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(read(Path::new("/dev/zero"), 1).unwrap_err().to_string(), "it is no ordinary file");
    }
}
