//! Which program runs on which board and system: what a report to the project needs to say, and nothing personal.

use serde::Serialize;
use serde_json::Value;
use std::path::Path;

/// Program, board and system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// The version of Moodbox.
    pub moodbox: &'static str,
    /// The board's name as its device tree has it; `None` on a machine without one.
    pub board: Option<String>,
    /// The system's name (`PRETTY_NAME` of os-release(5)).
    pub system: Option<String>,
    /// The kernel's release, as `uname -r` prints it.
    pub kernel: Option<String>,
}

impl About {
    /// Reads what the kernel and the system say of themselves below `root` (`/` on a board).
    #[must_use]
    pub fn read(root: &Path) -> Self {
        let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
        let name = |text: String| {
            text.lines()
                .find_map(|line| line.strip_prefix("PRETTY_NAME="))
                .map(|name| name.trim_matches(['"', '\'']).to_owned())
        };
        Self {
            moodbox: env!("CARGO_PKG_VERSION"),
            board: read("proc/device-tree/model").map(|text| text.trim_end_matches(['\0', '\n']).to_owned()),
            system: read("etc/os-release").and_then(name),
            kernel: read("proc/sys/kernel/osrelease").map(|text| text.trim().to_owned()),
        }
    }
}

/// Replaces `home` by `~` in every text of `value`: the name of a home folder is often that of its owner.
pub fn hide_home(value: &mut Value, home: &str) {
    match value {
        Value::String(text) if text.contains(home) => *text = text.replace(home, "~"),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_home(item, home)),
        Value::Object(members) => members.values_mut().for_each(|member| hide_home(member, home)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn board_and_system_are_read_where_they_are_told() {
        let root = tempfile::tempdir().unwrap();
        let nothing = About::read(root.path());
        assert_eq!((nothing.board, nothing.system, nothing.kernel), (None, None, None));
        let files = [
            ("proc/device-tree/model", "Raspberry Pi 3 Model B Rev 1.2\0"),
            ("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=13\n"),
            ("proc/sys/kernel/osrelease", "6.12.47+rpt-rpi-v8\n"),
        ];
        for (path, text) in files {
            std::fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(path), text).unwrap();
        }
        let about = About::read(root.path());
        assert_eq!(about.board.as_deref(), Some("Raspberry Pi 3 Model B Rev 1.2"));
        assert_eq!(about.system.as_deref(), Some("Debian GNU/Linux 13 (trixie)"));
        assert_eq!(about.kernel.as_deref(), Some("6.12.47+rpt-rpi-v8"));
    }

    #[test]
    fn the_home_folder_is_hidden_wherever_it_stands() {
        let mut value = serde_json::json!({
            "what": "/home/ada/box: no room", "figures": {"paths": ["/home/ada", "/srv/music"], "free_mib": 3}
        });
        hide_home(&mut value, "/home/ada");
        assert_eq!(
            value,
            serde_json::json!({"what": "~/box: no room", "figures": {"paths": ["~", "/srv/music"], "free_mib": 3}})
        );
    }
}
