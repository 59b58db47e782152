//! What the owner has taught about faces, on disk: numbers and labels, never pixels.
//!
//! One file a network, as features of one say nothing to another. A file is written beside its place, brought to the disk
//! and put in place by one rename: whatever the moment the power goes, it is the old one or the new one.

use crate::error::Failure;
use crate::file;
use mood::{Example, Expression, Logits, Owner, Reading};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The form of the file.
const VERSION: u32 = 1;
/// The largest file that is read, in MiB; two hundred examples of a few hundred numbers have half of one.
const MOST_MIB: u64 = 16;
/// How the names of the files end.
const ENDING: &str = ".faces.json";
/// What is added to the name while a file is written.
const UNFINISHED: &str = ".unfinished";

/// What is remembered about the faces one network has read.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    owner: Owner,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    examples: Vec<KeptExample>,
}

/// One example of it.
#[derive(Serialize, Deserialize)]
struct KeptExample {
    label: Expression,
    corrected: bool,
    logits: Vec<f32>,
    features: Vec<f32>,
}

impl Memory {
    /// Reads what is remembered in `folder` about the network with this fingerprint; nothing when there is no such file.
    ///
    /// # Errors
    /// When there is one that can't be read.
    pub fn open(folder: &Path, fingerprint: u64) -> Result<Self, Failure> {
        let path = folder.join(format!("{fingerprint:016x}{ENDING}"));
        let broken = |detail: String| Failure::Memory { path: path.clone(), detail };
        let text = match file::read_text(&path, MOST_MIB) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { path, owner: Owner::new() }),
            Err(error) => return Err(broken(error.to_string())),
        };
        let kept: Kept = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
        if kept.version != VERSION {
            return Err(broken(format!("it has version {}, this build reads {VERSION}", kept.version)));
        }
        let mut owner = Owner::new();
        for KeptExample { label, corrected, logits, features } in kept.examples {
            owner.remember(Example { reading: Reading { logits: Logits(logits), features }, label, corrected });
        }
        Ok(Self { path, owner })
    }

    /// What is remembered.
    #[must_use]
    pub const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Remembers an example, and writes everything down.
    ///
    /// # Errors
    /// When it can't be written; what was there before is left as it was.
    pub fn remember(&mut self, example: Example) -> std::io::Result<()> {
        self.owner.remember(example);
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        self.write()
    }

    fn write(&self) -> std::io::Result<()> {
        let keep = |example: &Example| KeptExample {
            label: example.label,
            corrected: example.corrected,
            logits: example.reading.logits.0.clone(),
            features: example.reading.features.clone(),
        };
        let kept = Kept { version: VERSION, examples: self.owner.examples().iter().map(keep).collect() };
        let text = serde_json::to_vec(&kept)?;
        let unfinished = unfinished(&self.path);
        let mut file = File::create(&unfinished)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.path)?;
        // The rename itself has to reach the disk too.
        self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

/// Erases everything that is remembered in `folder`, about whatever network; says how many files that were.
///
/// # Errors
/// When a file can't be erased.
pub fn forget(folder: &Path) -> Result<usize, Failure> {
    let failed = |path: &Path, error: &std::io::Error| Failure::Memory { path: path.into(), detail: error.to_string() };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed(folder, &error)),
    };
    let mut erased = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(ENDING) || name.ends_with(&format!("{ENDING}{UNFINISHED}")) {
            fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
            erased += 1;
        }
    }
    Ok(erased)
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(number: u8) -> Example {
        let value = f32::from(number) / 7.0;
        let reading = Reading { logits: Logits(vec![value, 1.0 - value]), features: vec![value, 0.1, -1e-20] };
        Example { reading, label: Expression::Sad, corrected: true }
    }

    fn remembered(folder: &Path) -> Owner {
        Memory::open(folder, 7).unwrap().owner
    }

    #[test]
    fn what_is_learnt_comes_back_and_another_network_knows_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = &folder.path().join("a/b");
        let mut memory = Memory::open(folder, 7).unwrap();
        for number in 0..5 {
            memory.remember(example(number)).unwrap();
        }
        assert_eq!(remembered(folder), memory.owner);
        assert_eq!(remembered(folder).corrections(), 5);
        assert_eq!(Memory::open(folder, 8).unwrap().owner, Owner::new());
        assert_eq!(forget(folder).unwrap(), 1);
        assert_eq!((remembered(folder), forget(folder).unwrap()), (Owner::new(), 0));
        assert_eq!(forget(Path::new("no/such/folder")).unwrap(), 0);
    }

    #[test]
    fn power_lost_while_saving_leaves_the_old_file_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut memory = Memory::open(folder, 7).unwrap();
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
        fs::write(unfinished(&memory.path), b"{").unwrap();
        assert_eq!(forget(folder).unwrap(), 2);
    }

    #[test]
    fn a_full_disk_is_told_and_neither_the_old_file_nor_the_lesson_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let mut memory = Memory::open(folder, 7).unwrap();
        memory.remember(example(1)).unwrap();
        let before = remembered(folder);
        std::os::unix::fs::symlink("/dev/full", unfinished(&memory.path)).unwrap();
        memory.remember(example(2)).unwrap_err();
        assert_eq!((memory.owner.corrections(), remembered(folder)), (2, before));
        // With room again the next lesson takes the one before with it.
        drop(fs::remove_file(unfinished(&memory.path)));
        memory.remember(example(3)).unwrap();
        assert_eq!(remembered(folder).corrections(), 3);
    }

    #[test]
    fn a_damaged_file_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{:016x}{ENDING}", 7));
        for text in ["", "{", "[]", r#"{"version":2,"examples":[]}"#, r#"{"version":1,"examples":[{"label":"bored"}]}"#]
        {
            fs::write(&path, text).unwrap();
            let error = Memory::open(folder.path(), 7).unwrap_err().to_string();
            assert!(error.contains("faces.json") && error.starts_with("what was learnt can't be read"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let full = Memory { path: PathBuf::from("/proc/no/such.faces.json"), owner: Owner::new() };
        assert!({ full }.remember(example(1)).is_err());
    }
}
