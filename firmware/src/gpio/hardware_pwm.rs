//! Where a pin's hardware PWM is: chip and channel, found by the chip's device. Its number depends on the kernel and on what
//! else has a PWM (on a Raspberry Pi 5 it was 2 and became 0).

use super::Pin;
use super::wiring::pwm_channel;
use std::path::Path;

/// A channel of a PWM chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PwmPlace {
    /// N of `/sys/class/pwm/pwmchipN`.
    pub chip: u8,
    /// The channel.
    pub channel: u8,
}

/// How the name of the chip's device ends whose channels reach the header: of a Raspberry Pi up to 4 (`fe20c000.pwm`; the
/// one at `20c800` makes the sound of the jack), and of a 5 (the one at `9c000` drives its fan).
const OLD: &str = "20c000.pwm";
const FIVE: &str = "1f00098000.pwm";

/// The channel of a pin, looked for below `root` (`/` on a board).
///
/// # Errors
/// When the pin has none, or no such chip is switched on; in words.
pub fn find(root: &Path, pin: Pin) -> Result<PwmPlace, String> {
    let channel = pwm_channel(pin).ok_or("it has no hardware PWM")?;
    let chips = chips(root);
    let of = |end: &str| chips.iter().find(|(_, device)| device.ends_with(end)).map(|(chip, _)| *chip);
    if let Some(chip) = of(FIVE) {
        // Its four channels are 12, 13, and 18, 19.
        let channel = if pin.0 >= 18 { channel + 2 } else { channel };
        return Ok(PwmPlace { chip, channel });
    }
    if let Some(chip) = of(OLD) {
        return Ok(PwmPlace { chip, channel });
    }
    let others: Vec<&str> = chips.iter().map(|(_, device)| device.as_str()).collect();
    let there = if others.is_empty() { String::new() } else { format!(", only {}", others.join(", ")) };
    Err(format!("the hardware PWM of the header is not switched on (dtoverlay=pwm-2chan){there}"))
}

/// The PWM chips with the names of their devices.
fn chips(root: &Path) -> Vec<(u8, String)> {
    let entries = std::fs::read_dir(root.join("sys/class/pwm")).into_iter().flatten().flatten();
    let mut found: Vec<(u8, String)> = entries
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix("pwmchip")?.parse().ok()?;
            let device = std::fs::read_link(entry.path().join("device")).ok()?;
            Some((number, device.file_name()?.to_str()?.to_owned()))
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with these chips, linked to their devices as in /sys.
    fn tree(chips: &[(u8, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, device) in chips {
            let chip = root.path().join(format!("sys/devices/platform/{device}/pwm/pwmchip{number}"));
            std::fs::create_dir_all(&chip).unwrap();
            std::os::unix::fs::symlink(format!("../../../{device}"), chip.join("device")).unwrap();
            let class = root.path().join("sys/class/pwm");
            std::fs::create_dir_all(&class).unwrap();
            std::os::unix::fs::symlink(&chip, class.join(format!("pwmchip{number}"))).unwrap();
        }
        root
    }

    #[test]
    fn a_chip_goes_by_its_device_whatever_its_number() {
        // (board and kernel, chips, pin, chip and channel)
        type Case = (&'static str, &'static [(u8, &'static str)], u8, Option<(u8, u8)>);
        let cases: [Case; 9] = [
            ("Pi 3", &[(0, "3f20c000.pwm")], 12, Some((0, 0))),
            ("Pi 3", &[(0, "3f20c000.pwm")], 19, Some((0, 1))),
            ("Pi 4, with its jack's", &[(0, "fe20c800.pwm"), (1, "fe20c000.pwm")], 13, Some((1, 1))),
            ("Pi 5, 6.6", &[(0, "107d517a80.pwm"), (2, "1f00098000.pwm"), (6, "1f0009c000.pwm")], 12, Some((2, 0))),
            ("Pi 5, 6.12", &[(0, "1f00098000.pwm"), (1, "1f0009c000.pwm")], 13, Some((0, 1))),
            ("Pi 5, other pins", &[(0, "1f00098000.pwm")], 18, Some((0, 2))),
            ("Pi 5, other pins", &[(0, "1f00098000.pwm")], 19, Some((0, 3))),
            ("Pi 5, only its fan's", &[(0, "1f0009c000.pwm")], 12, None),
            ("nothing", &[], 12, None),
        ];
        for (board, chips, pin, wanted) in cases {
            let root = tree(chips);
            let found = find(root.path(), Pin(pin)).ok().map(|it| (it.chip, it.channel));
            assert_eq!(found, wanted, "{board}, GPIO {pin}");
        }
        assert_eq!(find(Path::new("/nowhere"), Pin(16)).unwrap_err(), "it has no hardware PWM");
        let error = find(tree(&[(0, "1f0009c000.pwm")]).path(), Pin(12)).unwrap_err();
        assert!(error.ends_with("(dtoverlay=pwm-2chan), only 1f0009c000.pwm"), "{error}");
    }
}
