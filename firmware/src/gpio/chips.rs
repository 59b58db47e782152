//! Which GPIO chip of a machine: the owner's by label, name or path; else the one at a Raspberry Pi's header; else the
//! first. A number alone tells little, as it changes with the kernel.

use super::GpioError;
use std::fmt;
use std::path::PathBuf;

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
    let none = |detail: String| GpioError::NoGpio { detail };
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
        Some(trouble) => Err(GpioError::Forbidden { detail: format!("{}: {trouble}", chip.path.display()) }),
        None => Ok((chip, why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
