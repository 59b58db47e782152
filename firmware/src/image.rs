//! The box's own image. Its root can't be written and has no package manager, and Debian's kernel lacks some drivers, so
//! remedies of Raspberry Pi OS are of no use there: others stand in their place.

use std::path::Path;

/// The file by which a running system says that it is the image.
const MARK: &str = "usr/lib/moodbox/image";

/// Part of a remedy that does not work on the image, what to do instead, and what on a Raspberry Pi 5 where that differs.
const INSTEAD: [(&str, &str, Option<&str>); 7] = [
    (
        "CSI camera",
        "plug in a USB camera; a ribbon camera does not work with this image (`scripts/card` makes a card with which it does)",
        None,
    ),
    (
        "dtparam=spi",
        "write the light's `kind` into moodbox.toml on the card and start the board again: that switches SPI on",
        Some("this image has no SPI on a Raspberry Pi 5: use an RGB light, or make the card with `scripts/card`"),
    ),
    ("apt clean", "make room: `moodbox forget`, old music and recordings below /state, or a larger card", None),
    ("usermod", "log in as root: on this image the devices are for root and for the box's own service", None),
    ("fuser", "end the program that has it: `systemctl stop moodbox`, if it is the box itself", None),
    (
        "gpiodetect",
        "name the header's chip as `gpio.chip`: one of /dev/gpiochip*, as `moodbox devices` lists them",
        None,
    ),
    ("config.txt and start", "choose a free pin; firmware/README.md has the table", None),
];

/// The image that the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    is_pi_5: bool,
}

impl Image {
    /// Whether the system below `root` (`/` on a board) is the image, and which.
    pub fn here(root: &Path) -> Option<Self> {
        let board = std::fs::read(root.join("proc/device-tree/compatible")).unwrap_or_default();
        let is_pi_5 = String::from_utf8_lossy(&board).contains("bcm2712");
        root.join(MARK).exists().then_some(Self { is_pi_5 })
    }

    /// What it can't do on this board.
    pub const fn limits(self) -> &'static str {
        if self.is_pi_5 {
            "the box's own image: no ribbon camera, no SPI (WS2812 lights) and no I2S sound; a card of `scripts/card` has them"
        } else {
            "the box's own image: no ribbon camera; a card of `scripts/card` has it"
        }
    }

    /// The remedy that works here.
    pub fn remedy(self, remedy: &str) -> String {
        let found = INSTEAD.iter().find(|(part, ..)| remedy.contains(part));
        let instead = found.map(|(_, all, pi_5)| pi_5.filter(|_| self.is_pi_5).unwrap_or(all));
        instead.unwrap_or(remedy).to_owned()
    }
}

/// `remedy` as it is on Raspberry Pi OS, or what stands in its place on the image.
pub fn remedy(image: Option<Image>, remedy: &str) -> String {
    image.map_or_else(|| remedy.to_owned(), |image| image.remedy(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::tree;

    const OTHER: Image = Image { is_pi_5: false };
    const PI_5: Image = Image { is_pi_5: true };
    /// What the image does not have.
    const NOT_THERE: [&str; 8] =
        ["sudo ", "raspi-config", "apt ", "dtparam", "aplay", "fuser", "gpiodetect", "rpicam-hello"];

    #[test]
    fn the_image_and_its_board_are_known_by_their_files() {
        let here = |files: &[(&str, &str)]| Image::here(tree(files).path());
        let board = "proc/device-tree/compatible";
        assert_eq!(here(&[]), None, "Raspberry Pi OS");
        assert_eq!(here(&[(MARK, "the image"), (board, "raspberrypi,3-model-b\0brcm,bcm2837\0")]), Some(OTHER));
        assert_eq!(here(&[(MARK, "the image"), (board, "raspberrypi,5-model-b\0brcm,bcm2712\0")]), Some(PI_5));
        assert!(PI_5.limits().contains("no I2S") && !OTHER.limits().contains("I2S"));
    }

    #[test]
    fn remedies_name_only_what_is_there() {
        for image in [OTHER, PI_5] {
            for (part, ..) in INSTEAD {
                let instead = image.remedy(part);
                assert!(!NOT_THERE.iter().any(|not_there| instead.contains(not_there)), "{instead}");
            }
        }
        assert_ne!(OTHER.remedy("`dtparam=spi=on`"), PI_5.remedy("`dtparam=spi=on`"));
        assert_eq!(OTHER.remedy("wipe the lens"), "wipe the lens");
        assert_eq!(remedy(None, "`sudo apt clean`"), "`sudo apt clean`", "Raspberry Pi OS has it");
    }

    /// A new remedy with a program that the image lacks needs another for it.
    #[test]
    fn no_remedy_of_raspberry_pi_os_is_forgotten() {
        const ELSEWHERE: [&str; 6] = ["`sudo ", "raspi-config", "`dtparam", "`aplay", "`fuser", "`gpiodetect"];
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() && name != "tests" && name != "owner" {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs")
                    && name != "image.rs"
                    && name != "tests.rs"
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let program = text.split("#[cfg(test)]").next().unwrap();
                    for line in program.lines().filter(|line| ELSEWHERE.iter().any(|word| line.contains(word))) {
                        seen += 1;
                        let known = INSTEAD.iter().any(|(part, ..)| line.contains(part));
                        assert!(known, "{}: image.rs has no remedy instead of {line}", path.display());
                    }
                }
            }
        }
        assert!(seen >= 5, "the sources were read");
    }
}
