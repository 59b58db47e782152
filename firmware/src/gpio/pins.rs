//! The pins of a board: the GPIO chip that has them, and the buses that may have taken some.

use super::GpioError;
use std::fmt;
use std::path::{Path, PathBuf};

/// A pin by its BCM number, 0..=27 on the header of a Raspberry Pi.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pin(pub u8);

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GPIO {}", self.0)
    }
}

/// A bus of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bus {
    /// As people call it.
    pub(super) name: &'static str,
    /// Its pins with what each is to the bus; the same on every Raspberry Pi with 40 pins.
    pins: &'static [(Pin, &'static str)],
    aliases: &'static [&'static str],
    file: Option<&'static str>,
}

impl Bus {
    pub(super) const SPI: Self = Self {
        name: "SPI",
        pins: &[(Pin(7), "CE1"), (Pin(8), "CE0"), (Pin(9), "MISO"), (Pin(10), "MOSI"), (Pin(11), "SCLK")],
        aliases: &["spi0"],
        file: Some("dev/spidev0.0"),
    };

    pub(super) const I2C: Self =
        Self { name: "I2C", pins: &[(Pin(2), "SDA"), (Pin(3), "SCL")], aliases: &["i2c1"], file: Some("dev/i2c-1") };

    /// Digital sound, for DAC boards.
    pub(super) const I2S: Self = Self {
        name: "I2S",
        pins: &[(Pin(18), "PCM_CLK"), (Pin(19), "PCM_FS"), (Pin(20), "PCM_DIN"), (Pin(21), "PCM_DOUT")],
        aliases: &["i2s", "i2s0"],
        file: None,
    };

    pub(super) const ALL: [Self; 3] = [Self::SPI, Self::I2C, Self::I2S];

    /// What `pin` is to the bus; none where the bus leaves it alone.
    pub(super) fn signal(self, pin: Pin) -> Option<&'static str> {
        self.pins.iter().find(|(taken, _)| *taken == pin).map(|(_, signal)| *signal)
    }
}

/// The buses that are switched on, read from the device tree and the device files below `root` (`/` on a board).
pub fn buses_in_use(root: &Path) -> Vec<Bus> {
    let tree = root.join("proc/device-tree");
    let text = |path: &Path| {
        std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
    };
    let switched_on = |alias: &&str| {
        let node = text(&tree.join("aliases").join(alias))?;
        let node = tree.join(node.trim_start_matches('/'));
        // A node without a status is switched on (Devicetree Specification, 2.3.4).
        node.is_dir().then(|| text(&node.join("status")).is_none_or(|status| status == "okay" || status == "ok"))
    };
    let in_use = |bus: &Bus| {
        bus.aliases.iter().filter_map(switched_on).any(|on| on) || bus.file.is_some_and(|file| root.join(file).exists())
    };
    Bus::ALL.into_iter().filter(in_use).collect()
}

/// The labels that the chip at the header of a Raspberry Pi has.
const HEADERS: [&str; 3] = ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"];

/// A GPIO chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipInfo {
    /// Its device file.
    pub path: PathBuf,
    /// What its driver calls it.
    pub label: String,
    /// How many lines it has.
    pub lines: u32,
    /// Why it can't be asked, if it can't.
    pub trouble: Option<String>,
}

impl ChipInfo {
    fn is_called(&self, name: &str) -> bool {
        self.label == name || self.path.as_os_str() == name || self.path.file_name().is_some_and(|file| file == name)
    }
}

impl fmt::Display for ChipInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trouble {
            Some(trouble) => write!(f, "{}: {trouble}", self.path.display()),
            None => write!(f, "{}, `{}`, {} lines", self.path.display(), self.label, self.lines),
        }
    }
}

/// The chip to use, and why it.
///
/// # Errors
/// When there is none, none of that name, or it can't be asked.
pub fn choose<'a>(chips: &'a [ChipInfo], wanted: Option<&str>) -> Result<(&'a ChipInfo, &'static str), GpioError> {
    let none = |detail: String| GpioError::NoGpio(detail);
    let (chip, why) = if let Some(wanted) = wanted {
        let called = chips.iter().find(|chip| chip.is_called(wanted)).ok_or_else(|| {
            let names: Vec<String> = chips.iter().map(ChipInfo::to_string).collect();
            let there =
                if names.is_empty() { "there is none".into() } else { format!("there are {}", names.join("; ")) };
            none(format!("no chip is called `{wanted}`; {there}"))
        })?;
        (called, "it was asked for")
    } else if let Some(header) = chips.iter().find(|chip| HEADERS.contains(&chip.label.as_str())) {
        (header, "it is the header of a Raspberry Pi")
    } else {
        let first = chips.iter().find(|chip| chip.trouble.is_none()).or_else(|| chips.first());
        (first.ok_or_else(|| none("there is no /dev/gpiochip*".into()))?, "it is the first")
    };
    match &chip.trouble {
        Some(trouble) => Err(GpioError::Forbidden(format!("{}: {trouble}", chip.path.display()))),
        None => Ok((chip, why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::tree;

    #[test]
    fn the_device_tree_and_the_device_files_tell_which_buses_are_on() {
        assert_eq!(buses_in_use(tree(&[]).path()), [], "no device tree, as on a desk");
        let half = [
            ("proc/device-tree/aliases/i2s", "/soc/i2s@7e203000\0"),
            ("proc/device-tree/aliases/spi0", "/soc/spi@7e204000\0"),
            ("proc/device-tree/aliases/i2c1", "/soc/i2c@7e804000\0"),
            ("proc/device-tree/soc/i2s@7e203000/status", "okay\0"),
            ("proc/device-tree/soc/spi@7e204000/status", "disabled\0"),
        ];
        assert_eq!(buses_in_use(tree(&half).path()), [Bus::I2S], "an alias may lead nowhere");
        let rest = [("proc/device-tree/soc/i2c@7e804000/reg", ""), ("dev/spidev0.0", "")];
        assert_eq!(buses_in_use(tree(&[&half[..], &rest].concat()).path()), Bus::ALL);
    }

    fn chip(number: u32, label: &str) -> ChipInfo {
        ChipInfo { path: format!("/dev/gpiochip{number}").into(), label: label.into(), lines: 54, trouble: None }
    }

    #[test]
    fn the_owners_word_comes_first_then_the_header_then_the_first() {
        let chips = [chip(0, "raspberrypi-exp-gpio"), chip(4, "pinctrl-rp1"), chip(5, "gpio-sim")];
        let chosen = |chips: &[ChipInfo], wanted| {
            choose(chips, wanted).map(|(chip, why)| (chip.path.display().to_string(), why)).map_err(|e| e.to_string())
        };
        for wanted in ["gpio-sim", "gpiochip5", "/dev/gpiochip5"] {
            assert_eq!(chosen(&chips, Some(wanted)), Ok(("/dev/gpiochip5".into(), "it was asked for")));
        }
        assert_eq!(chosen(&chips, None), Ok(("/dev/gpiochip4".into(), "it is the header of a Raspberry Pi")));
        assert_eq!(chosen(&chips[2..], None), Ok(("/dev/gpiochip5".into(), "it is the first")));
        assert_eq!(
            chosen(&chips[..1], Some("gpio")).unwrap_err(),
            "this machine's GPIO can't be used: no chip is called `gpio`; there are /dev/gpiochip0, \
             `raspberrypi-exp-gpio`, 54 lines"
        );
        assert_eq!(chosen(&[], None).unwrap_err(), "this machine's GPIO can't be used: there is no /dev/gpiochip*");
    }

    #[test]
    fn a_chip_that_may_not_be_opened_is_passed_over_unless_it_is_the_one() {
        let locked = ChipInfo { trouble: Some("Permission denied".into()), label: String::new(), ..chip(0, "") };
        let chips = [locked.clone(), chip(1, "gpio-sim")];
        assert_eq!(choose(&chips, None).unwrap().0, &chips[1]);
        let error = choose(&[locked], None).unwrap_err();
        assert_eq!(error.to_string(), "the GPIO may not be used: /dev/gpiochip0: Permission denied");
        assert!(error.hint().contains("usermod -aG gpio"));
    }
}
