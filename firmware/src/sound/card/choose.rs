//! Which sound card, and why it; pure. A card keeps its name when another one is plugged in, and loses its number; so cards
//! go by name, and through `plughw`, which converts whatever the card can't play.

/// A way to play on a card, as ALSA lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// ALSA's name for it: `plughw:CARD=Headphones,DEV=0`.
    pub id: String,
    /// What the card calls itself.
    pub name: String,
}

impl Card {
    /// The name after `CARD=`, if there is one that is no number.
    fn card(&self) -> Option<&str> {
        let (_, rest) = self.id.split_once("CARD=")?;
        let card = rest.split(',').next().unwrap_or(rest);
        (!card.is_empty() && !card.bytes().all(|byte| byte.is_ascii_digit())).then_some(card)
    }

    /// Whether it is a card by its name, with everything converted that the card can't play.
    #[must_use]
    pub fn is_plug(&self) -> bool {
        self.id.starts_with("plughw:") && self.card().is_some()
    }
}

/// The cards to try, the best first, and why.
///
/// # Errors
/// When there is none, or not the one that was asked for.
pub(super) fn candidates(cards: &[Card], wanted: Option<&str>) -> Result<(Vec<usize>, &'static str), String> {
    let places = |test: &dyn Fn(&Card) -> bool| -> Vec<usize> {
        cards.iter().enumerate().filter(|(_, card)| test(card)).map(|(at, _)| at).collect()
    };
    let Some(wanted) = wanted else {
        let mut found = places(&|card| card.id == "default");
        found.extend(places(&Card::is_plug));
        let why = "the system's default, else the first that opens";
        return if found.is_empty() { Err("there is no sound card".into()) } else { Ok((found, why)) };
    };
    let exact = places(&|card| card.id == wanted);
    let lower = wanted.to_lowercase();
    let called =
        |card: &Card| card.card().is_some_and(|card| card.to_lowercase() == lower) || card.name.to_lowercase() == lower;
    let part = |card: &Card| card.id.to_lowercase().contains(&lower) || card.name.to_lowercase().contains(&lower);
    let found = [
        exact,
        places(&|card| called(card) && card.is_plug()),
        places(&|card| part(card) && card.is_plug()),
        places(&part),
    ]
    .into_iter()
    .find(|found| !found.is_empty());
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

    fn cards() -> Vec<Card> {
        [
            ("null", "Discard all samples"),
            ("default", "Default Audio Device"),
            ("hw:CARD=vc4hdmi,DEV=0", "vc4-hdmi, MAI PCM i2s-hifi-0"),
            ("plughw:CARD=vc4hdmi,DEV=0", "vc4-hdmi, MAI PCM i2s-hifi-0"),
            ("sysdefault:CARD=Headphones", "bcm2835 Headphones, bcm2835 Headphones"),
            ("plughw:CARD=Headphones,DEV=0", "bcm2835 Headphones, bcm2835 Headphones"),
            ("plughw:CARD=1,DEV=0", "bcm2835 Headphones, bcm2835 Headphones"),
            ("plughw:CARD=Device,DEV=0", "USB Audio Device, USB Audio"),
        ]
        .map(|(id, name)| Card { id: id.into(), name: name.into() })
        .into()
    }

    #[test]
    fn a_card_goes_by_its_name_through_plughw() {
        let cards = cards();
        let first = |wanted| candidates(&cards, wanted).map(|(found, _)| cards[found[0]].id.clone());
        let cases = [
            ("Headphones", "plughw:CARD=Headphones,DEV=0"),
            ("headphones", "plughw:CARD=Headphones,DEV=0"),
            ("USB", "plughw:CARD=Device,DEV=0"),
            ("hdmi", "plughw:CARD=vc4hdmi,DEV=0"),
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
    fn without_a_wish_it_is_the_default_and_then_every_card_in_turn() {
        let cards = cards();
        let (found, _) = candidates(&cards, None).unwrap();
        let ids: Vec<&str> = found.iter().map(|at| cards[*at].id.as_str()).collect();
        assert_eq!(
            ids,
            ["default", "plughw:CARD=vc4hdmi,DEV=0", "plughw:CARD=Headphones,DEV=0", "plughw:CARD=Device,DEV=0"]
        );
        assert_eq!(candidates(&cards[..1], None).unwrap_err(), "there is no sound card");
        assert_eq!(candidates(&[], Some("x")).unwrap_err(), "no card is called `x`; there is none");
    }
}
