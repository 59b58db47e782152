//! Whether this user may open the devices, and which group it lacks.

use super::Finding;
use rustix::fs::{Access, access};
use std::path::Path;

/// A kind of device: its group, the folder of its files, and how their names begin.
const KINDS: [(&str, &str, &[&str]); 4] = [
    ("gpio", "dev", &["gpiochip", "gpiomem"]),
    ("video", "dev", &["video", "media"]),
    ("audio", "dev/snd", &["pcm", "control"]),
    ("spi", "dev", &["spidev"]),
];

/// Asks for each device file below `root` (`/` on a board).
#[must_use]
pub fn permissions(root: &Path) -> Finding {
    let mut may = Vec::new();
    let mut may_not = Vec::new();
    for (group, folder, starts) in KINDS {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        let files: Vec<_> = entries
            .filter(|entry| {
                entry.file_name().to_str().is_some_and(|name| starts.iter().any(|start| name.starts_with(start)))
            })
            .collect();
        if files.is_empty() {
            continue;
        }
        let open = files.iter().all(|file| access(file.path(), Access::READ_OK | Access::WRITE_OK).is_ok());
        if open { may.push(group) } else { may_not.push(group) }
    }
    judge(&may, &may_not)
}

fn judge(may: &[&str], may_not: &[&str]) -> Finding {
    if !may_not.is_empty() {
        let remedy = format!("`sudo usermod -aG {} $USER`, then log in again", may_not.join(","));
        return Finding::broken(format!("not for this user: the devices of {}", may_not.join(", ")), &remedy);
    }
    if may.is_empty() {
        return Finding::skipped("there are no devices here");
    }
    Finding::fine(format!("this user may use the devices of {}", may.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn the_group_that_is_lacking_is_named() {
        assert_eq!(judge(&[], &[]).verdict, Verdict::Skipped);
        assert_eq!(judge(&["gpio"], &[]).what, "this user may use the devices of gpio");
        let lacking = judge(&["audio"], &["gpio", "video"]);
        assert_eq!(lacking.verdict, Verdict::Broken);
        assert_eq!(lacking.remedy.as_deref(), Some("`sudo usermod -aG gpio,video $USER`, then log in again"));
    }

    #[test]
    fn device_files_are_found_by_kind() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(permissions(root.path()).verdict, Verdict::Skipped);
        std::fs::create_dir_all(root.path().join("dev/snd")).unwrap();
        for file in ["dev/gpiochip0", "dev/snd/pcmC0D0p", "dev/tty0"] {
            std::fs::write(root.path().join(file), "").unwrap();
        }
        assert_eq!(permissions(root.path()).what, "this user may use the devices of gpio, audio");
    }
}
