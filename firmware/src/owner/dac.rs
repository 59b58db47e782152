//! I2S sound cards: the overlay that each needs in `config.txt`.

use super::problems::Wrong;

/// Overlays of Raspberry Pi OS and the cards they are for: those that are sold most, then all others that are sound cards.
const DACS: &str = include_str!("dacs.txt");

fn overlays() -> impl Iterator<Item = &'static str> {
    DACS.lines().map(|line| line.split_once(": ").map_or(line, |(overlay, _)| overlay))
}

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
    if sound && overlays().any(|known| known == overlay) {
        return Ok(wish.to_owned());
    }
    let small = overlay.to_lowercase().replace(['+', '_', ' '], "-");
    let small = small.strip_prefix("dtoverlay=").unwrap_or(&small);
    match overlays().find(|known| strsim::levenshtein(small, known) <= 1) {
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
    let named = DACS.lines().filter_map(|line| line.split_once(": ")).take(2);
    named.map(|(overlay, cards)| format!("\"{overlay}\" for {cards}")).collect::<Vec<_>>().join(", ")
}

pub(super) fn line(dac: &str) -> String {
    format!("dtoverlay={dac}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_cards_are_taken_and_typing_mistakes_told() {
        for wish in "hifiberry-dac hifiberry-dacplus,24db_digital_gain some-new-card max98357a,no-sdmode x,a=1,b=0x4d"
            .split(' ')
        {
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
        for (at, overlay) in overlays().enumerate() {
            assert!(overlays().skip(at + 1).all(|other| other != overlay), "{overlay} is there twice");
            assert_eq!(checked(overlay), Ok(overlay.to_owned()));
        }
    }
}
