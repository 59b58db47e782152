//! Files read and written whole: the one place that does. Refuses what would never end, a pipe or a device, and what is
//! larger than it can sensibly be.

use std::fs::{File, metadata, rename};
use std::io::{Error, ErrorKind, Read, Result, Write};
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

/// As [`read`], for a text.
///
/// # Errors
/// Also when it is not UTF-8.
pub(crate) fn read_text(path: &Path, most_mib: u64) -> Result<String> {
    String::from_utf8(read(path, most_mib)?).map_err(|_| Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// Puts `bytes` in the place of a file, all at once: after a loss of power there is the old content or the new one.
///
/// # Errors
/// When it can't be written; then the old content is still there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    // The rename itself has to reach the disk too; an empty parent is the folder we are in.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let placed = written.and_then(|()| rename(&new, path)).and_then(|()| File::open(folder)?.sync_all());
    if placed.is_err() {
        // Half a file helps nobody, and the disk may be full.
        drop(std::fs::remove_file(&new));
    }
    placed
}

/// What the shell has opened for us, as in `... | moodbox look /dev/stdin` or `<(...)`: somebody writes there, or nobody
/// will, and then it ends.
fn is_handed_over(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd")
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
        std::fs::write(&path, b"\xFF\xFE").unwrap();
        assert_eq!(read_text(&path, 1).unwrap_err().to_string(), "it is no text in UTF-8");
    }
}
