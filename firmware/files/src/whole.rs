//! Files read and written whole.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, canonicalize, metadata, remove_file, rename};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

/// The bytes of a file of at most `most_mib` MiB.
///
/// # Errors
/// When it can't be read, is no ordinary file, or is larger. What the system said has a `raw_os_error`.
pub fn read(path: &Path, most_mib: u64) -> Result<Vec<u8>> {
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
pub fn read_text(path: &Path, most_mib: u64) -> Result<String> {
    String::from_utf8(read(path, most_mib)?).map_err(|_| Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// What the shell has opened for us (`... | moodbox look /dev/stdin`, `--data <(...)`): it ends by itself.
pub fn is_handed_over(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd")
}

/// What a file is called while it is written, after the name it will have; and the program's number, as two may write.
const UNFINISHED: &str = ".new";

/// Puts `bytes` in the place of a file, all at once: after a loss of power or on a full disk there is the old content or
/// the new one. A link stays a link, a file keeps its permissions, and a device or a pipe is written to.
///
/// # Errors
/// When it can't be written; then the old content is still there, and nothing beside it.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let path = canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if metadata(&path).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let new = appended(&path, &format!(".{}{UNFINISHED}", std::process::id()))?;
    let write = || {
        let mut file = File::create(&new)?;
        if let Ok(old) = metadata(&path) {
            // Not every file system has them.
            drop(file.set_permissions(old.permissions()));
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        rename(&new, &path)
    };
    write().inspect_err(|_| {
        // Half a file helps nobody, and the disk may be full.
        drop(remove_file(&new));
    })?;
    sync_folder_of(&path)
}

/// Brings the names in a file's folder to the disk: without this a rename may be lost although both files are whole.
fn sync_folder_of(path: &Path) -> Result<()> {
    match File::open(folder_of(path))?.sync_all() {
        // Some network file systems can't do it for a folder; the file itself is in place.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// An empty parent is the folder we are in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Why a file is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aside {
    /// It can't be understood.
    Damaged,
    /// A newer program wrote it.
    Newer,
}

impl Aside {
    /// How the name of a file that is set aside ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Damaged => ".damaged",
            Self::Newer => ".newer",
        }
    }
}

/// Files of one name that are kept aside; the last place is used again.
const KEPT_ASIDE: u32 = 9;

/// Renames a file, so that the program can begin anew without losing what is in it. Says what it is called now:
/// `taste.jsonl.damaged`, or `taste.jsonl.damaged2` where that is taken.
///
/// # Errors
/// When it can't be renamed.
pub fn set_aside(path: &Path, why: Aside) -> Result<PathBuf> {
    let numbered = |number: u32| match number {
        1 => appended(path, why.ending()),
        number => appended(path, &format!("{}{number}", why.ending())),
    };
    let mut aside = numbered(1)?;
    for number in 2..=KEPT_ASIDE {
        if !aside.exists() {
            break;
        }
        aside = numbered(number)?;
    }
    rename(path, &aside)?;
    sync_folder_of(path)?;
    Ok(aside)
}

/// Appends a line to a file whose lines are independent; a new file begins with `head`. When the disk has no room the
/// file stays as it was, and one that wasn't there is not made.
///
/// # Errors
/// When it can't be written.
pub fn append_line(path: &Path, head: &str, line: &str) -> Result<()> {
    let length = match metadata(path) {
        Ok(about) => about.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    if length == 0 {
        return replace(path, format!("{head}{line}").as_bytes());
    }
    let mut file = OpenOptions::new().append(true).open(path)?;
    // A line that was cut off by a loss of power must not swallow this one: blank lines are no harm.
    let written = file.write_all(format!("\n{line}").as_bytes()).and_then(|()| file.sync_data());
    written.inspect_err(|_| {
        // A part of a line is none; if even that fails, the next line begins anew all the same.
        drop(file.set_len(length));
    })
}

fn appended(path: &Path, ending: &str) -> Result<PathBuf> {
    let mut name: OsString = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(ending);
    Ok(path.with_file_name(name))
}

/// Removes a file, and what [`set_aside`] put aside of it or a loss of power left half written; says how many these were.
///
/// # Errors
/// When one can't be removed.
pub fn erase(path: &Path) -> Result<usize> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    let entries = match folder_of(path).read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut erased = 0;
    for entry in entries {
        let entry = entry?;
        if is_of(&entry.file_name().to_string_lossy(), &name) {
            remove_file(entry.path())?;
            erased += 1;
        }
    }
    Ok(erased)
}

/// Whether `name` is that of the file `of`, of one that was set aside, or of one that was not finished.
fn is_of(name: &str, of: &str) -> bool {
    let Some(rest) = name.strip_prefix(of) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unfinished = rest.strip_suffix(UNFINISHED).and_then(|number| number.strip_prefix('.'));
    let aside = [Aside::Damaged, Aside::Newer].into_iter().find_map(|why| rest.strip_prefix(why.ending()));
    rest.is_empty() || unfinished.is_some_and(digits) || aside.is_some_and(digits)
}

/// The entries of a folder whose names begin so, in order; none where it can't be read.
pub fn below(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
    let mut found: Vec<PathBuf> = named.map(|entry| entry.path()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[test]
    fn what_would_never_end_or_is_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mib = 1 << 20;
        let cases = [(0, Ok(0)), (mib, Ok(mib)), (mib + 1, Err("it is larger than 1 MiB"))];
        for (length, expected) in cases {
            fs::write(&path, vec![b'x'; length]).unwrap();
            let found = read(&path, 1).map(|bytes| bytes.len()).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{length} bytes");
        }
        assert_eq!(read(folder.path(), 1).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(read(Path::new("/dev/zero"), 1).unwrap_err().to_string(), "it is no ordinary file");
        fs::write(&path, b"\xFF\xFE").unwrap();
        assert_eq!(read_text(&path, 1).unwrap_err().to_string(), "it is no text in UTF-8");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        replace(&file, b"old").unwrap();
        fs::set_permissions(&file, PermissionsExt::from_mode(0o604)).unwrap();
        symlink("file", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o604);
        assert!(link.is_symlink());
        assert_eq!(names(folder.path()), ["file", "link"]);
    }

    #[test]
    fn a_device_is_written_to_and_a_folder_is_not_replaced() {
        replace(Path::new("/dev/null"), b"gone").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let full = folder.path().join("full");
        symlink("/dev/full", &full).unwrap();
        assert_eq!(replace(&full, b"x").unwrap_err().kind(), ErrorKind::StorageFull);
        replace(folder.path(), b"x").unwrap_err();
        replace(&folder.path().join("no/such"), b"x").unwrap_err();
        assert_eq!(names(folder.path()), ["full"]);
    }

    /// What a full disk is like: the system takes no byte more. In a program of its own, as it holds for a whole one.
    #[test]
    fn a_full_disk_leaves_everything_as_it_was() {
        const FOLDER: &str = "FILES_TEST_ON_A_FULL_DISK";
        if let Some(folder) = std::env::var_os(FOLDER) {
            let path = |name: &str| Path::new(&folder).join(name);
            replace(&path("old"), b"newer").unwrap_err();
            replace(&path("none"), b"newer").unwrap_err();
            append_line(&path("lines"), "head\n", "line\n").unwrap_err();
            append_line(&path("no lines"), "head\n", "line\n").unwrap_err();
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old"), "old").unwrap();
        fs::write(folder.path().join("lines"), "head\none\n").unwrap();
        let limited = "trap '' XFSZ; ulimit -f 0; exec \"$0\" a_full_disk_leaves_everything_as_it_was";
        let mut shell = Command::new("sh");
        shell.args(["-c", limited]).arg(std::env::current_exe().unwrap()).env(FOLDER, folder.path());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "it was run");
        assert_eq!(names(folder.path()), ["lines", "old"]);
        assert_eq!(fs::read(folder.path().join("old")).unwrap(), b"old");
        assert_eq!(fs::read(folder.path().join("lines")).unwrap(), b"head\none\n");
    }

    #[test]
    fn a_line_is_appended_whatever_the_file_ends_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        append_line(&path, "head\n", "one\n").unwrap();
        append_line(&path, "head\n", "two\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"head\none\n\ntwo\n");
        fs::write(&path, b"head\ncut o").unwrap();
        append_line(&path, "head\n", "three\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"head\ncut o\nthree\n");
        fs::write(&path, b"").unwrap();
        append_line(&path, "head\n", "one\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"head\none\n");
    }

    #[test]
    fn what_is_set_aside_stays_and_is_known_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taste.jsonl");
        for (number, expected) in (1..=10).zip([""; 1].into_iter().chain(["2", "3", "4", "5", "6", "7", "8", "9", "9"]))
        {
            fs::write(&path, number.to_string()).unwrap();
            let aside = set_aside(&path, Aside::Damaged).unwrap();
            assert_eq!(aside, folder.path().join(format!("taste.jsonl.damaged{expected}")));
            assert_eq!(fs::read_to_string(&aside).unwrap(), number.to_string());
        }
        fs::write(&path, "{}").unwrap();
        assert!(set_aside(&path, Aside::Newer).unwrap().ends_with("taste.jsonl.newer"));
        assert_eq!(set_aside(&path, Aside::Newer).unwrap_err().kind(), ErrorKind::NotFound);
        let others =
            ["my taste.jsonl", "taste.json", "taste.jsonl.bak", "taste.jsonl.damaged.txt", "taste.jsonl.x.new"];
        for name in others.iter().chain(&["taste.jsonl", "taste.jsonl.17.new"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(erase(&path).unwrap(), 9 + 1 + 2);
        assert_eq!(names(folder.path()), others);
        assert_eq!((erase(&path).unwrap(), erase(Path::new("no/such/file")).unwrap()), (0, 0));
    }
}
