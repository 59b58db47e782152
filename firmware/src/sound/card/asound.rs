//! What the kernel says of its sound cards, below /proc/asound: their drivers, and who holds one.

use std::fmt;
use std::path::Path;

/// A line of /proc/asound/cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number, which changes with what is plugged in.
    pub(super) number: u32,
    /// Its name after `CARD=`.
    pub(super) id: String,
    pub(super) driver: String,
}

/// The cards below `root` (`/` on a board).
pub(super) fn cards(root: &Path) -> Vec<Known> {
    let text = std::fs::read_to_string(root.join("proc/asound/cards")).unwrap_or_default();
    text.lines().filter_map(known).collect()
}

/// ` 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones`; the line below it is the long name.
fn known(line: &str) -> Option<Known> {
    let (number, rest) = line.split_once('[')?;
    let (id, rest) = rest.split_once("]:")?;
    let (driver, _) = rest.split_once(" - ")?;
    Some(Known { number: number.trim().parse().ok()?, id: id.trim().to_owned(), driver: driver.trim().to_owned() })
}

/// A program that plays on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The card's name after `CARD=`.
    pub card: String,
    /// The program's number.
    pub process: u32,
    /// Its name; empty where this user may not know it.
    pub program: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.program.as_str() {
            "" => write!(f, "{} is held by process {}", self.card, self.process),
            program => write!(f, "{} is held by `{program}` (process {})", self.card, self.process),
        }
    }
}

/// Who plays on the cards below `root`, but for this process.
pub(super) fn holders(root: &Path) -> Vec<Holder> {
    let mut found = Vec::new();
    for card in cards(root) {
        for pcm in below(&root.join(format!("proc/asound/card{}", card.number)), "pcm") {
            // `pcm0p` plays, `pcm0c` records.
            if !pcm.to_string_lossy().ends_with('p') {
                continue;
            }
            for sub in below(&pcm, "sub") {
                let status = std::fs::read_to_string(sub.join("status")).unwrap_or_default();
                let owner = status.lines().find_map(|line| line.strip_prefix("owner_pid")?.split(':').next_back());
                let Some(thread) = owner.and_then(|owner| owner.trim().parse().ok()) else { continue };
                let process = process_of(root, thread);
                let program = std::fs::read_to_string(root.join(format!("proc/{process}/comm"))).unwrap_or_default();
                let holder = Holder { card: card.id.clone(), process, program: program.trim().to_owned() };
                if process != std::process::id() && !found.contains(&holder) {
                    found.push(holder);
                }
            }
        }
    }
    found
}

/// The process that a thread belongs to; the kernel names the thread that opened the card.
fn process_of(root: &Path, thread: u32) -> u32 {
    let status = std::fs::read_to_string(root.join(format!("proc/{thread}/status"))).unwrap_or_default();
    let group = status.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok());
    group.unwrap_or(thread)
}

/// The folders in one whose names begin so, in order.
fn below(folder: &Path, start: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
    let mut found: Vec<_> = named.map(|entry| entry.path()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARDS: &str = " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 1 [vc4hdmi        ]: vc4-hdmi - vc4-hdmi
                      vc4-hdmi
 2 [Device         ]: USB-Audio - USB Audio Device
                      C-Media Electronics Inc. USB Audio Device at usb-0000:01:00.0-1.3, full speed
";

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn cards_have_their_drivers() {
        let root = machine(&[("proc/asound/cards", CARDS)]);
        let told: Vec<_> = cards(root.path()).into_iter().map(|it| (it.number, it.id, it.driver)).collect();
        let wanted = [(0, "Headphones", "bcm2835_headpho"), (1, "vc4hdmi", "vc4-hdmi"), (2, "Device", "USB-Audio")];
        assert_eq!(told, wanted.map(|(number, id, driver)| (number, id.to_owned(), driver.to_owned())));
        let none = machine(&[("proc/asound/cards", "--- no soundcards ---\n")]);
        assert_eq!(cards(none.path()), []);
        assert_eq!(cards(Path::new("/nowhere")), []);
    }

    #[test]
    fn who_plays_is_named_and_who_records_is_not() {
        const RUNNING: &str = "state: RUNNING\nowner_pid   : 812\ntrigger_time: 1.0\n";
        let root = machine(&[
            ("proc/asound/cards", CARDS),
            ("proc/asound/card0/pcm0p/sub0/status", "closed\n"),
            ("proc/asound/card1/pcm0p/sub0/status", "state: OPEN\nowner_pid   : 99\n"),
            ("proc/asound/card2/pcm0p/sub0/status", RUNNING),
            ("proc/asound/card2/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 7\n"),
            ("proc/812/status", "Name:\tdata-loop.0\nTgid:\t810\n"),
            ("proc/810/comm", "mpd\n"),
        ]);
        let told: Vec<String> = holders(root.path()).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["vc4hdmi is held by process 99", "Device is held by `mpd` (process 810)"]);
        let ours = format!("owner_pid   : {}\n", std::process::id());
        let ours = machine(&[("proc/asound/cards", CARDS), ("proc/asound/card2/pcm0p/sub0/status", &ours)]);
        assert_eq!(holders(ours.path()), []);
    }
}
