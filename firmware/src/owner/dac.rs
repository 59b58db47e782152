//! I2S sound cards: the overlay that each needs in `config.txt`.

use super::problems::Wrong;

/// An overlay of Raspberry Pi OS, and the cards it is for.
struct Dac {
    overlay: &'static str,
    cards: &'static str,
}

/// Those that are sold most, then all others of Raspberry Pi OS that are sound cards.
#[rustfmt::skip]
const DACS: &[Dac] = &[
    Dac { overlay: "hifiberry-dac", cards: "HiFiBerry DAC, DAC+ Light and Zero; Pimoroni pHAT DAC; boards with a PCM5102A" },
    Dac { overlay: "max98357a", cards: "boards with a MAX98357A, such as Adafruit's I2S amplifier and Speaker Bonnet" },
    Dac { overlay: "hifiberry-dacplus-std", cards: "HiFiBerry DAC+ and DAC2 Standard and Pro, without their own clock" },
    Dac { overlay: "hifiberry-dacplus-pro", cards: "HiFiBerry DAC+ Pro and DAC2 Pro" },
    Dac { overlay: "hifiberry-dacplus", cards: "HiFiBerry DAC+, on older systems" },
    Dac { overlay: "hifiberry-amp", cards: "HiFiBerry Amp and Amp+" },
    Dac { overlay: "hifiberry-amp3", cards: "HiFiBerry Amp3" },
    Dac { overlay: "hifiberry-amp4pro", cards: "HiFiBerry Amp4 Pro" },
    Dac { overlay: "hifiberry-amp100", cards: "HiFiBerry Amp100" },
    Dac { overlay: "iqaudio-dac", cards: "Raspberry Pi (IQaudio) DAC" },
    Dac { overlay: "iqaudio-dacplus", cards: "Raspberry Pi DAC+, DAC Pro and DigiAMP+ (IQaudio)" },
    Dac { overlay: "iqaudio-codec", cards: "Raspberry Pi (IQaudio) Codec Zero" },
    Dac { overlay: "rpi-dacplus", cards: "Raspberry Pi DAC+" },
    Dac { overlay: "rpi-dacpro", cards: "Raspberry Pi DAC Pro" },
    Dac { overlay: "rpi-digiampplus", cards: "Raspberry Pi DigiAMP+" },
    Dac { overlay: "rpi-codeczero", cards: "Raspberry Pi Codec Zero" },
    Dac { overlay: "justboom-dac", cards: "JustBoom DAC and Amp" },
    Dac { overlay: "allo-boss-dac-pcm512x-audio", cards: "Allo Boss; InnoMaker HiFi DAC" },
    Dac { overlay: "googlevoicehat-soundcard", cards: "Google AIY Voice HAT" },
    Dac { overlay: "wm8960-soundcard", cards: "Waveshare WM8960; Seeed ReSpeaker 2-Mics" },
    Dac { overlay: "merus-amp", cards: "Infineon Merus Amp" },
    Dac { overlay: "pisound", cards: "Blokas Pisound" },
    Dac { overlay: "akkordion-iqdacplus", cards: "" },
    Dac { overlay: "allo-boss2-dac-audio", cards: "" },
    Dac { overlay: "allo-digione", cards: "" },
    Dac { overlay: "allo-katana-dac-audio", cards: "" },
    Dac { overlay: "allo-piano-dac-pcm512x-audio", cards: "" },
    Dac { overlay: "allo-piano-dac-plus-pcm512x-audio", cards: "" },
    Dac { overlay: "applepi-dac", cards: "" },
    Dac { overlay: "audioinjector-wm8731-audio", cards: "" },
    Dac { overlay: "audiosense-pi", cards: "" },
    Dac { overlay: "chipdip-dac", cards: "" },
    Dac { overlay: "cirrus-wm5102", cards: "" },
    Dac { overlay: "dacberry400", cards: "" },
    Dac { overlay: "dionaudio-kiwi", cards: "" },
    Dac { overlay: "dionaudio-loco", cards: "" },
    Dac { overlay: "dionaudio-loco-v2", cards: "" },
    Dac { overlay: "fe-pi-audio", cards: "" },
    Dac { overlay: "hifiberry-dac8x", cards: "" },
    Dac { overlay: "hifiberry-dacplusadc", cards: "" },
    Dac { overlay: "hifiberry-dacplusadcpro", cards: "" },
    Dac { overlay: "hifiberry-dacplusdsp", cards: "" },
    Dac { overlay: "hifiberry-dacplushd", cards: "" },
    Dac { overlay: "hifiberry-digi", cards: "" },
    Dac { overlay: "hifiberry-digi-pro", cards: "" },
    Dac { overlay: "i-sabre-q2m", cards: "" },
    Dac { overlay: "interludeaudio-analog", cards: "" },
    Dac { overlay: "interludeaudio-digital", cards: "" },
    Dac { overlay: "iqaudio-digi-wm8804-audio", cards: "" },
    Dac { overlay: "justboom-both", cards: "" },
    Dac { overlay: "justboom-digi", cards: "" },
    Dac { overlay: "mbed-dac", cards: "" },
    Dac { overlay: "pibell", cards: "" },
    Dac { overlay: "pifi-40", cards: "" },
    Dac { overlay: "pifi-dac-hd", cards: "" },
    Dac { overlay: "pifi-dac-zero", cards: "" },
    Dac { overlay: "pifi-mini-210", cards: "" },
    Dac { overlay: "proto-codec", cards: "" },
    Dac { overlay: "rpi-dac", cards: "" },
    Dac { overlay: "rpi-proto", cards: "" },
    Dac { overlay: "rra-digidac1-wm8741-audio", cards: "" },
    Dac { overlay: "superaudioboard", cards: "" },
];

/// An overlay with its parameters, such as `hifiberry-dacplus,24db_digital_gain`. One that isn't in the table is taken:
/// there are more cards than any table has.
///
/// # Errors
/// When it can't be an overlay's name, or is nearly one of the table.
pub(super) fn checked(wish: &str) -> Result<String, Wrong> {
    let wish = wish.trim();
    let plain = |letters: &str, more: &str| {
        !letters.is_empty() && letters.chars().all(|l| l.is_ascii_lowercase() || l.is_ascii_digit() || more.contains(l))
    };
    let (overlay, parameters) = wish.split_once(',').map_or((wish, None), |(overlay, rest)| (overlay, Some(rest)));
    let fits = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, "1"));
        plain(name, "_-") && !value.is_empty() && value.chars().all(|l| l.is_ascii_alphanumeric() || "_-.".contains(l))
    };
    let sound = overlay.len() <= 64 && plain(overlay, "-_") && parameters.is_none_or(|all| all.split(',').all(fits));
    let known = || DACS.iter().map(|dac| dac.overlay);
    if sound && known().any(|known| known == overlay) {
        return Ok(wish.to_owned());
    }
    let small = overlay.to_lowercase().replace(['+', '_', ' '], "-");
    let small = small.strip_prefix("dtoverlay=").unwrap_or(&small);
    match known().find(|known| strsim::levenshtein(small, known) <= 1) {
        Some(near) => {
            Err((format!("`{wish}` is no sound card that is known"), format!("did you mean dac = \"{near}\"?")))
        }
        None if sound => Ok(wish.to_owned()),
        None => Err((
            format!("`{wish}` is no overlay's name"),
            format!("write the one your card's maker names; {}", common()),
        )),
    }
}

/// The ones that are sold most, as a hint.
fn common() -> String {
    let lines: Vec<String> = DACS.iter().take(2).map(|dac| format!("\"{}\" for {}", dac.overlay, dac.cards)).collect();
    lines.join(", ")
}

/// The line of `config.txt`.
pub(super) fn line(dac: &str) -> String {
    format!("dtoverlay={dac}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_cards_are_taken_and_typing_mistakes_told() {
        for wish in [
            "hifiberry-dac",
            "hifiberry-dacplus,24db_digital_gain",
            "some-new-card",
            "max98357a,no-sdmode",
            "x,a=1,b=0x4d",
        ] {
            assert_eq!(checked(wish), Ok(wish.to_owned()));
        }
        for (wish, near) in [
            ("hifibery-dac", "hifiberry-dac"),
            ("HiFiBerry DAC", "hifiberry-dac"),
            ("hifiberry-dac+", "hifiberry-dac"),
            ("dtoverlay=hifiberry-dac", "hifiberry-dac"),
            ("max98357", "max98357a"),
            ("justboom_dac", "justboom-dac"),
        ] {
            assert_eq!(checked(wish).unwrap_err().1, format!("did you mean dac = \"{near}\"?"));
        }
        for wish in ["a b", "x\ninclude evil.txt", "[all]", "x,", "x,=1", "café", "x=y"] {
            assert!(checked(wish).is_err(), "{wish:?}");
        }
        for (at, dac) in DACS.iter().enumerate() {
            assert!(DACS[at + 1..].iter().all(|other| other.overlay != dac.overlay), "{} is there twice", dac.overlay);
            assert_eq!(checked(dac.overlay), Ok(dac.overlay.to_owned()));
        }
    }
}
