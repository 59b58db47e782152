//! Which sound card, and why it; pure. A card keeps its name when another one is plugged in, and loses its number; so cards
//! go by name, and through `plughw`, which converts whatever the card can't play.

/// How a card is connected, the best first: a card plugged in is wanted, a screen may have no speakers or be off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Usb,
    /// At the pins of the header, or whatever else has a driver of its own.
    I2s,
    /// The 3.5 mm jack of the board.
    Jack,
    Hdmi,
    /// Nobody hears it.
    Virtual,
}

impl Kind {
    const fn why(self) -> &'static str {
        match self {
            Self::Usb => "it is at USB, which comes first",
            Self::I2s => "it is a card at the header (I2S), and there is none at USB",
            Self::Jack => "it is the 3.5 mm jack, and there is no card at USB or at the header",
            Self::Hdmi => "it is HDMI, and there is no other",
            Self::Virtual => "there is no real one",
        }
    }
}

/// A way to play on a card, as ALSA lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// ALSA's name for it: `plughw:CARD=Headphones,DEV=0`.
    pub id: String,
    /// What the card calls itself.
    pub name: String,
    /// Its driver as /proc/asound/cards has it, if it is a card.
    pub driver: Option<String>,
}

impl Card {
    /// The name after `CARD=`, if there is one that is no number.
    pub(super) fn card(&self) -> Option<&str> {
        let (_, rest) = self.id.split_once("CARD=")?;
        let card = rest.split(',').next().unwrap_or(rest);
        (!card.is_empty() && !card.bytes().all(|byte| byte.is_ascii_digit())).then_some(card)
    }

    /// Whether it is a card by its name, with everything converted that the card can't play.
    pub fn is_plug(&self) -> bool {
        self.id.starts_with("plughw:") && self.card().is_some()
    }

    pub(super) fn kind(&self) -> Kind {
        let driver = self.driver.as_deref().unwrap_or_default().to_lowercase();
        let called = |word: &str| driver.contains(word) || self.name.to_lowercase().contains(word);
        if called("hdmi") || called("displayport") {
            Kind::Hdmi
        } else if driver.starts_with("usb") || (driver.is_empty() && called("usb")) {
            Kind::Usb
        } else if driver.starts_with("loopback") || driver.starts_with("dummy") {
            Kind::Virtual
        } else if ["bcm2835", "hda-", "ac97", "ich"].iter().any(|start| driver.starts_with(start)) {
            Kind::Jack
        } else {
            Kind::I2s
        }
    }

    /// Which of the ways to one card comes first. The driver of a Raspberry Pi's HDMI takes samples in a frame of its own
    /// only, which `plughw` can't make; the card's own `hdmi` and `sysdefault` do.
    fn way(&self) -> Option<usize> {
        self.card()?;
        let ways: &[&str] = if self.kind() == Kind::Hdmi { &["sysdefault:", "hdmi:", "plughw:"] } else { &["plughw:"] };
        ways.iter().position(|way| self.id.starts_with(way))
    }
}

/// The cards to try, the best first, and why. Without a wish a sound server's user hears what the server plays on
/// (`server`), everybody else the best card.
///
/// # Errors
/// When there is none, or not the one that was asked for.
pub(super) fn candidates(
    cards: &[Card],
    wanted: Option<&str>,
    server: bool,
) -> Result<(Vec<usize>, &'static str), String> {
    let places = |test: &dyn Fn(&Card) -> bool| -> Vec<usize> {
        cards.iter().enumerate().filter(|(_, card)| test(card)).map(|(at, _)| at).collect()
    };
    let Some(wanted) = wanted else {
        let default = places(&|card| card.id == "default");
        let mut found = places(&|card| card.way().is_some());
        found.sort_by_key(|at| (cards[*at].kind(), cards[*at].way()));
        let why = match found.first() {
            Some(best) if !server || default.is_empty() => cards[*best].kind().why(),
            _ => "the system's default",
        };
        let at = if server { 0 } else { found.len() };
        found.splice(at..at, default);
        return if found.is_empty() { Err("there is no sound card".into()) } else { Ok((found, why)) };
    };
    let exact = places(&|card| card.id == wanted);
    let lower = wanted.to_lowercase();
    let called =
        |card: &Card| card.card().is_some_and(|card| card.to_lowercase() == lower) || card.name.to_lowercase() == lower;
    let part = |card: &Card| card.id.to_lowercase().contains(&lower) || card.name.to_lowercase().contains(&lower);
    let by_way = |test: &dyn Fn(&Card) -> bool| {
        let mut found = places(&|card| test(card) && card.way().is_some());
        found.sort_by_key(|at| cards[*at].way());
        found
    };
    let found = [exact, by_way(&called), by_way(&part), places(&part)].into_iter().find(|found| !found.is_empty());
    match found {
        Some(found) => Ok((found, "it was asked for")),
        None => {
            let mut names: Vec<&str> = cards.iter().filter(|card| card.is_plug()).filter_map(Card::card).collect();
            names.dedup();
            let there =
                if names.is_empty() { "there is none".into() } else { format!("there are {}", names.join(", ")) };
            Err(format!("no card is called `{wanted}`; {there}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ALSA lists for cards: the ways of each, and before them those that belong to none.
    fn listed(cards: &[(&str, &str, &str)]) -> Vec<Card> {
        let mut list = vec![("null".to_owned(), "Discard all samples", None), ("default".into(), "Default", None)];
        for (number, (card, driver, name)) in cards.iter().enumerate() {
            for way in ["hw", "plughw", "sysdefault", "hdmi"] {
                if way != "hdmi" || name.contains("HDMI") || name.contains("hdmi") {
                    let device = if way == "sysdefault" { "" } else { ",DEV=0" };
                    list.push((format!("{way}:CARD={card}{device}"), name, Some(*driver)));
                }
            }
            list.push((format!("plughw:CARD={number},DEV=0"), name, Some(driver)));
        }
        let card = |(id, name, driver): (String, &str, Option<&str>)| Card {
            id,
            name: name.to_owned(),
            driver: driver.map(str::to_owned),
        };
        list.into_iter().map(card).collect()
    }

    const JACK: (&str, &str, &str) = ("Headphones", "bcm2835_headpho", "bcm2835 Headphones, bcm2835 Headphones");
    const HDMI: (&str, &str, &str) = ("vc4hdmi", "vc4-hdmi", "vc4-hdmi, MAI PCM i2s-hifi-0");
    const HDMI_0: (&str, &str, &str) = ("vc4hdmi0", "vc4-hdmi", "vc4-hdmi-0, MAI PCM i2s-hifi-0");
    const HDMI_1: (&str, &str, &str) = ("vc4hdmi1", "vc4-hdmi", "vc4-hdmi-1, MAI PCM i2s-hifi-0");
    const USB: (&str, &str, &str) = ("Device", "USB-Audio", "USB Audio Device, USB Audio");
    const WEBCAM: (&str, &str, &str) = ("C920", "USB-Audio", "HD Pro Webcam C920, USB Audio");
    const DAC: (&str, &str, &str) = ("sndrpihifiberry", "RPi-simple", "snd_rpi_hifiberry_dac, HifiBerry DAC HiFi");
    const AMP: (&str, &str, &str) = ("MAX98357A", "simple-card", "MAX98357A, bcm2835-i2s-HiFi HiFi-0");
    const ANALOG: (&str, &str, &str) = ("PCH", "HDA-Intel", "HDA Intel PCH, ALC257 Analog");
    const SCREEN: (&str, &str, &str) = ("NVidia", "HDA-Intel", "HDA NVidia, HDMI 0");
    const LOOP: (&str, &str, &str) = ("Loopback", "Loopback", "Loopback, Loopback PCM");

    #[test]
    fn a_card_goes_by_its_name_through_what_converts() {
        let cards = listed(&[HDMI, JACK, USB]);
        let first = |wanted| candidates(&cards, wanted, false).map(|(found, _)| cards[found[0]].id.clone());
        let cases = [
            ("Headphones", "plughw:CARD=Headphones,DEV=0"),
            ("headphones", "plughw:CARD=Headphones,DEV=0"),
            ("USB", "plughw:CARD=Device,DEV=0"),
            ("hdmi", "sysdefault:CARD=vc4hdmi"),
            ("hw:CARD=vc4hdmi,DEV=0", "hw:CARD=vc4hdmi,DEV=0"),
            ("null", "null"),
        ];
        for (wanted, id) in cases {
            assert_eq!(first(Some(wanted)).as_deref(), Ok(id), "{wanted}");
        }
        assert_eq!(
            first(Some("Sonos")).unwrap_err(),
            "no card is called `Sonos`; there are vc4hdmi, Headphones, Device"
        );
    }

    #[test]
    fn without_a_wish_it_is_usb_then_i2s_then_the_jack_then_hdmi_on_every_board() {
        // (board, cards in the order of their numbers, names of cards as they are tried)
        type Case = (&'static str, Vec<(&'static str, &'static str, &'static str)>, &'static [&'static str]);
        let cases: [Case; 10] = [
            ("Pi 3 with a USB card", vec![JACK, HDMI, USB], &["Device", "Headphones", "vc4hdmi"]),
            ("Pi 3 alone", vec![HDMI, JACK], &["Headphones", "vc4hdmi"]),
            (
                "Pi 4 with two screens",
                vec![HDMI_0, HDMI_1, JACK, USB],
                &["Device", "Headphones", "vc4hdmi0", "vc4hdmi1"],
            ),
            (
                "Pi 4 with a DAC",
                vec![HDMI_0, HDMI_1, JACK, DAC],
                &["sndrpihifiberry", "Headphones", "vc4hdmi0", "vc4hdmi1"],
            ),
            (
                "Pi 5 with a DAC and a USB card",
                vec![HDMI_0, HDMI_1, AMP, USB],
                &["Device", "MAX98357A", "vc4hdmi0", "vc4hdmi1"],
            ),
            ("Pi 5 alone", vec![HDMI_0, HDMI_1], &["vc4hdmi0", "vc4hdmi1"]),
            ("Zero 2 W with an amplifier", vec![HDMI, AMP], &["MAX98357A", "vc4hdmi"]),
            ("a laptop", vec![SCREEN, ANALOG], &["PCH", "NVidia"]),
            ("only a loop", vec![LOOP], &["Loopback"]),
            ("a USB card after a webcam", vec![WEBCAM, USB], &["C920", "Device"]),
        ];
        for (board, cards, order) in cases {
            let cards = listed(&cards);
            let (found, why) = candidates(&cards, None, false).unwrap();
            let mut names: Vec<&str> = Vec::new();
            for name in found.iter().filter_map(|at| cards[*at].card()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            assert_eq!(names, order, "{board}");
            assert_eq!(why, cards[found[0]].kind().why(), "{board}");
            assert_eq!(cards[*found.last().unwrap()].id, "default", "{board}: the default at last");
            assert!(found.iter().all(|at| !cards[*at].id.starts_with("hw:")), "{board}");
        }
        let hdmi = listed(&[HDMI]);
        let (found, _) = candidates(&hdmi, None, false).unwrap();
        let ids: Vec<&str> = found.iter().map(|at| hdmi[*at].id.as_str()).collect();
        assert_eq!(ids, ["sysdefault:CARD=vc4hdmi", "hdmi:CARD=vc4hdmi,DEV=0", "plughw:CARD=vc4hdmi,DEV=0", "default"]);
    }

    #[test]
    fn beside_a_sound_server_its_default_comes_first_and_no_card_is_told() {
        let cards = listed(&[SCREEN, ANALOG, USB]);
        let (found, why) = candidates(&cards, None, true).unwrap();
        assert_eq!((cards[found[0]].id.as_str(), why), ("default", "the system's default"));
        assert_eq!(cards[found[1]].card(), Some("Device"), "and after it as without");
        let none = listed(&[]);
        assert_eq!(candidates(&none, None, true), Ok((vec![1], "the system's default")));
        assert_eq!(candidates(&none[..1], None, false).unwrap_err(), "there is no sound card");
        assert_eq!(candidates(&[], Some("x"), false).unwrap_err(), "no card is called `x`; there is none");
    }
}
