//! What the owner has taught about faces, on disk: numbers and labels, never pixels.
//!
//! One file a network, as features of one say nothing to another; it is always replaced as a whole. One that can't be read
//! is set aside: the box starts, and learns anew.

use crate::error::{ExitCode, Failure};
use files::Fault;
use mood::{Example, Owner};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

const VERSION: u32 = 1;
/// The largest file that is read, in MiB; two hundred examples of a few hundred numbers have half of one.
const MOST_MIB: u64 = 16;
/// How the names of the files end; those of files that were set aside go on after it.
const ENDING: &str = ".faces.json";

/// What is remembered about the faces one network has read.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    owner: Owner,
    /// What lies there can't be read and could not be set aside: nothing may be written over it.
    sealed: bool,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    examples: Vec<Example>,
}

/// What a file of any version has.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Memory {
    /// Reads what is remembered in `folder` about the network with this fingerprint; nothing when there is no such file. One
    /// that can't be read is set aside, and that is told.
    pub fn open(folder: &Path, fingerprint: u64) -> (Self, Option<String>) {
        let path = folder.join(format!("{fingerprint:016x}{ENDING}"));
        match read(&path) {
            Ok(owner) => (Self { path, owner, sealed: false }, None),
            Err(fault) => {
                let (told, free) = files::begin_anew("what was learnt about faces", &path, &fault);
                (Self { path, owner: Owner::new(), sealed: !free }, Some(told))
            }
        }
    }

    /// What is remembered.
    pub const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Remembers an example, and writes everything down.
    ///
    /// # Errors
    /// When it can't be written; what was there before is left as it was.
    pub fn remember(&mut self, example: Example) -> std::io::Result<()> {
        self.owner.remember(example);
        if self.sealed {
            return Err(Error::other(format!("what is in {} can't be read", self.path.display())));
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let kept = Kept { version: VERSION, examples: self.owner.examples().to_vec() };
        files::replace(&self.path, &serde_json::to_vec(&kept)?)
    }
}

fn read(path: &Path) -> Result<Owner, Fault> {
    let text = match files::read_text(path, MOST_MIB) {
        Ok(text) => text,
        Err(error) => return Fault::of(&error).map_or_else(|| Ok(Owner::new()), Err),
    };
    let damaged = |error: serde_json::Error| Fault::Damaged(error.to_string());
    let Head { version } = serde_json::from_str(&text).map_err(damaged)?;
    if version > VERSION {
        return Err(Fault::Newer(format!("it has version {version}, this build reads {VERSION}")));
    }
    let kept: Kept = serde_json::from_str(&text).map_err(damaged)?;
    let mut owner = Owner::new();
    kept.examples.into_iter().for_each(|example| owner.remember(example));
    Ok(owner)
}

/// Erases everything that is remembered in `folder`, about whatever network, also what was set aside or left half written;
/// says how many files that were.
///
/// # Errors
/// When a file can't be erased.
pub fn forget(folder: &Path) -> Result<usize, Failure> {
    let failed = |path: &Path, error: &Error| {
        let what = format!("what was learnt can't be read from {}: {error}", path.display());
        let hint = "take the file away, or erase it with `moodbox forget`; the box then learns anew";
        Failure::new(ExitCode::Data, what, hint)
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed(folder, &error)),
    };
    let mut erased = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.file_name().unwrap_or_default().to_string_lossy().contains(ENDING) {
            fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
            erased += 1;
        }
    }
    Ok(erased)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mood::{Expression, Logits, Reading};

    fn example(number: u8) -> Example {
        let value = f32::from(number) / 7.0;
        let reading = Reading { logits: Logits(vec![value, 1.0 - value]), features: vec![value, 0.1, -1e-20] };
        Example { reading, label: Expression::Sad, corrected: true }
    }

    fn open(folder: &Path) -> Memory {
        let (memory, told) = Memory::open(folder, 7);
        assert_eq!(told, None);
        memory
    }

    fn remembered(folder: &Path) -> Owner {
        open(folder).owner
    }

    /// What a loss of power while writing leaves beside the file.
    fn unfinished(path: &Path) -> PathBuf {
        PathBuf::from(format!("{}.17.new", path.display()))
    }

    #[test]
    fn what_is_learnt_comes_back_and_another_network_knows_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = &folder.path().join("a/b");
        let mut memory = open(folder);
        for number in 0..5 {
            memory.remember(example(number)).unwrap();
        }
        assert_eq!(remembered(folder), memory.owner);
        assert_eq!(remembered(folder).corrections(), 5);
        assert_eq!(Memory::open(folder, 8).0.owner, Owner::new());
        assert_eq!(forget(folder).unwrap(), 1);
        assert_eq!((remembered(folder), forget(folder).unwrap()), (Owner::new(), 0));
        assert_eq!(forget(Path::new("no/such/folder")).unwrap(), 0);
    }

    #[test]
    fn power_lost_while_saving_leaves_the_old_file_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut memory = open(folder);
        memory.remember(example(1)).unwrap();
        let old = fs::read(&memory.path).unwrap();
        let before = remembered(folder);
        memory.remember(example(2)).unwrap();
        let (new, after) = (fs::read(&memory.path).unwrap(), remembered(folder));
        // Everything that can lie on the disk: no more than a part of the new file beside the old one, ...
        fs::write(&memory.path, &old).unwrap();
        for written in 0..=new.len() {
            fs::write(unfinished(&memory.path), &new[..written]).unwrap();
            assert_eq!(remembered(folder), before, "{written} bytes");
        }
        // ... or, once renamed, the new one.
        fs::rename(unfinished(&memory.path), &memory.path).unwrap();
        assert_eq!(remembered(folder), after);
        // What was left behind is no obstacle, and is erased with the rest.
        fs::write(unfinished(&memory.path), b"{").unwrap();
        memory.remember(example(3)).unwrap();
        assert_eq!(remembered(folder).corrections(), 3);
        assert_eq!(forget(folder).unwrap(), 2);
    }

    #[test]
    fn a_file_that_can_not_be_written_is_told_and_the_lesson_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut memory = open(folder);
        memory.remember(example(1)).unwrap();
        let kept = fs::read(&memory.path).unwrap();
        fs::remove_file(&memory.path).unwrap();
        std::os::unix::fs::symlink("/dev/full", &memory.path).unwrap();
        memory.remember(example(2)).unwrap_err();
        assert_eq!(memory.owner.corrections(), 2);
        // With room again the next lesson takes the one before with it.
        fs::remove_file(&memory.path).unwrap();
        fs::write(&memory.path, kept).unwrap();
        memory.remember(example(3)).unwrap();
        assert_eq!(remembered(folder).corrections(), 3);
    }

    #[test]
    fn a_damaged_or_newer_file_is_set_aside_told_and_kept() {
        let cases = [
            ("", "damaged"),
            ("{", "damaged"),
            ("[]", "damaged"),
            (r#"{"version":1,"examples":[{"label":"bored"}]}"#, "damaged"),
            (r#"{"version":2,"examples":[]}"#, "newer"),
            (r#"{"version":2,"samples":{}}"#, "newer"),
        ];
        for (text, ending) in cases {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(format!("{:016x}{ENDING}", 7));
            fs::write(&path, text).unwrap();
            let (mut memory, told) = Memory::open(folder.path(), 7);
            assert!(told.unwrap().starts_with("what was learnt about faces in "), "{text}");
            assert_eq!(memory.owner, Owner::new());
            memory.remember(example(1)).unwrap();
            assert_eq!(remembered(folder.path()).corrections(), 1);
            assert_eq!(fs::read_to_string(format!("{}.{ending}", path.display())).unwrap(), text);
            assert_eq!(forget(folder.path()).unwrap(), 2, "what was set aside is about faces too");
        }
    }

    #[test]
    fn nothing_is_written_over_what_can_not_be_read_or_set_aside() {
        // The system refuses to read it, and to rename it.
        let (mut memory, told) = Memory::open(Path::new("/proc/self/mem"), 7);
        assert!(told.unwrap().contains("is left as it is"));
        let error = memory.remember(example(1)).unwrap_err().to_string();
        assert!(error.contains("can't be read"), "{error}");
        assert_eq!(memory.owner.corrections(), 1, "it is known until the box ends");
    }
}
