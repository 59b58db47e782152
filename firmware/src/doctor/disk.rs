//! Whether the box can write where it has to, and whether there is room.

use super::Finding;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The least room, in MiB.
const LEAST_MIB: u64 = 50;

/// Writes a file into `folder`, removes it, and asks for the room that is left.
#[must_use]
pub fn disk(folder: &Path) -> Finding {
    const REMEDY: &str = "let the box run in a folder that its user may write to, on a disk with room";
    let name = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let probe = name.join(format!(".moodbox-check-{}", std::process::id()));
    let written = File::create(&probe).and_then(|mut file| file.write_all(&[0; 4096]).and_then(|()| file.sync_all()));
    // It may not be there, when it could not be made.
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = written {
        return Finding::broken(format!("{}: {error}", name.display()), REMEDY);
    }
    match rustix::fs::statvfs(name) {
        Ok(about) => judge(name, about.f_bavail.saturating_mul(about.f_frsize) >> 20),
        Err(error) => Finding::broken(format!("{}: {error}", name.display()), REMEDY),
    }
}

fn judge(folder: &Path, free_mib: u64) -> Finding {
    let what = format!("{}: it can be written to, {free_mib} MiB are free", folder.display());
    let finding = if free_mib < LEAST_MIB {
        Finding::doubtful(what, "make room: `sudo apt clean`, `journalctl --vacuum-size=50M`, old recordings")
    } else {
        Finding::fine(what)
    };
    finding.with("free_mib", free_mib)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_folder_is_tried_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert_ne!(disk(folder.path()).verdict, Verdict::Broken);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(disk(&folder.path().join("gone")).verdict, Verdict::Broken);
        assert_eq!(
            (judge(folder.path(), 49).verdict, judge(folder.path(), 50).verdict),
            (Verdict::Doubtful, Verdict::Fine)
        );
    }
}
