//! Which pin does what, and who else wants it. Pins have BCM numbers, always: those of the processor, not of the header.

use super::colour::{ColourOrder, Common};
use super::pins::{Bus, Pin};
use super::{GpioError, ws2812};

/// How the pins are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Backend {
    /// The registers on a Raspberry Pi, the character device elsewhere, or where the registers are locked.
    #[default]
    Auto,
    /// The registers of a Raspberry Pi.
    Registers,
    /// The character device, `/dev/gpiochipN`, of any board.
    Chip,
}

/// The level at which something is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Active {
    /// At 3.3 V.
    #[default]
    High,
    /// At ground.
    Low,
}

impl Active {
    /// The level of the line when the thing is `on`; true is 3.3 V.
    pub const fn level(self, on: bool) -> bool {
        match self {
            Self::High => on,
            Self::Low => !on,
        }
    }
}

/// How the box hears of the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Hearing {
    /// By interrupt, and by polling once it shows that none come.
    #[default]
    Auto,
    /// By interrupt.
    Interrupt,
    /// By asking the level again and again.
    Poll,
}

/// What the light is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LightKind {
    /// One RGB light at three pins.
    #[default]
    Rgb,
    /// A strip or ring of WS2812 or SK6812 at the SPI bus.
    Ws2812,
    /// A strip or ring of APA102 or SK9822 at the SPI bus.
    Apa102,
}

impl LightKind {
    /// What it is called, where it takes the SPI bus.
    pub const fn at_spi(self) -> Option<&'static str> {
        match self {
            Self::Rgb => None,
            Self::Ws2812 => Some("WS2812"),
            Self::Apa102 => Some("APA102"),
        }
    }
}

/// Who makes the pulses that dim an RGB light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PwmKind {
    /// The hardware for the pins that have it switched on, else a thread.
    #[default]
    Auto,
    /// The hardware, or an error.
    Hardware,
    /// A thread.
    Software,
}

/// What is connected where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wiring {
    /// How the pins are reached.
    pub backend: Backend,
    /// The GPIO chip by label, name or path; `None` takes the one of the header.
    pub chip: Option<String>,
    /// The button's pin.
    pub button: Pin,
    /// The button's level when it is pressed.
    pub button_active: Active,
    /// How the box hears of it, and of the two others.
    pub hearing: Hearing,
    /// The pin of a button that skips; wired as the first one.
    pub skip: Option<Pin>,
    /// The pin of a button that turns the volume; wired as the first one.
    pub volume: Option<Pin>,
    /// What the light is.
    pub light: LightKind,
    /// The RGB light's pins: red, green, blue.
    pub colours: [Pin; 3],
    /// The leg its colours share.
    pub common: Common,
    /// Exponent from linear light to duty cycle; 1 is right for LEDs, more darkens dim colours.
    pub gamma: f32,
    /// Who makes the pulses.
    pub pwm: PwmKind,
    /// Pulses a second.
    pub pwm_hz: u32,
    /// How many LEDs the strip or ring has.
    pub leds: usize,
    /// The order of their colours; `None` is the usual one of their kind.
    pub order: Option<ColourOrder>,
    /// Colour temperature of their white, in kelvin.
    pub white_k: f32,
    /// The privacy lamp's pin.
    pub lamp: Pin,
    /// The lamp's level when it is on.
    pub lamp_active: Active,
}

/// Two settings that can't both hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The table and the key of the later of both.
    pub key: (&'static str, &'static str),
    /// What is wrong, as a lower-case fragment.
    pub what: String,
    /// The next thing to do.
    pub hint: String,
}

/// The channel of the hardware PWM that a pin of a Raspberry Pi can have; 12 and 18 share one, and so do 13 and 19.
pub const fn pwm_channel(pin: Pin) -> Option<u8> {
    match pin.0 {
        12 | 18 => Some(0),
        13 | 19 => Some(1),
        _ => None,
    }
}

impl Wiring {
    /// Each pin that is used: its key in the configuration, what it is for, the pin.
    pub fn roles(&self) -> Vec<((&'static str, &'static str), &'static str, Pin)> {
        let mut roles = vec![(("button", "pin"), "button", self.button)];
        roles.extend(self.skip.map(|pin| (("button", "skip_pin"), "skip button", pin)));
        roles.extend(self.volume.map(|pin| (("button", "volume_pin"), "volume button", pin)));
        if self.light == LightKind::Rgb {
            let [red, green, blue] = self.colours;
            roles.extend([
                (("light", "red_pin"), "red light", red),
                (("light", "green_pin"), "green light", green),
                (("light", "blue_pin"), "blue light", blue),
            ]);
        }
        roles.push((("light", "privacy_pin"), "privacy lamp", self.lamp));
        roles
    }

    /// The order in which the LEDs of the strip take their colours.
    pub fn colour_order(&self) -> ColourOrder {
        self.order.unwrap_or(if self.light == LightKind::Apa102 { ColourOrder::Bgr } else { ColourOrder::Grb })
    }

    /// What can't hold on any board: pins used twice, reserved, or on the bus of the strip; a strip that can't be.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let roles = self.roles();
        let mut found = Vec::new();
        for (at, &(key, role, pin)) in roles.iter().enumerate() {
            let mut refuse = |what: String, hint: &str| found.push(Conflict { key, what, hint: hint.to_owned() });
            if pin.0 < 2 {
                refuse(
                    format!("{pin}, for the {role}, belongs to the memory chip of plugged-on boards (ID_SD, ID_SC)"),
                    "choose a pin from 2 to 27",
                );
            }
            if let Some((_, other, _)) = roles[..at].iter().find(|(_, _, taken)| *taken == pin) {
                refuse(format!("{pin} is for the {other} and for the {role}"), "give each its own pin (BCM number)");
            }
            if let (Some(signal), Some(light)) = (Bus::SPI.signal(pin), self.light.at_spi()) {
                refuse(
                    format!(
                        "{pin}, for the {role}, is {signal} of the SPI bus, which the {light} light takes (7 to 11)"
                    ),
                    "choose another pin (BCM number)",
                );
            }
            let channel = pwm_channel(pin).filter(|_| self.pwm == PwmKind::Hardware && key.0 == "light");
            let sharing = |(_, _, other): &&(_, _, Pin)| *other != pin && pwm_channel(*other) == channel;
            if let (Some(channel), Some((_, other, _))) = (channel, roles[..at].iter().find(sharing)) {
                refuse(
                    format!("{pin}, for the {role}, shares channel {channel} of the hardware PWM with the {other}"),
                    "use one of 12 and 18 and one of 13 and 19, or `pwm = \"auto\"`",
                );
            }
        }
        found.extend(self.odd_strip());
        found
    }

    /// Why there is no such strip.
    fn odd_strip(&self) -> Option<Conflict> {
        let order = self.colour_order();
        let most = ws2812::most_leds(order);
        let (key, what, hint) = match self.light {
            LightKind::Apa102 if order.has_white() => (
                "order",
                "an APA102 light has no white, `light.order` names one".to_owned(),
                "`order = \"bgr\"`, or `kind = \"ws2812\"` for SK6812 LEDs, which have data but no clock".to_owned(),
            ),
            LightKind::Ws2812 if self.leds > most => (
                "leds",
                format!("{} LEDs with white are more than one message holds, which are {most}", self.leds),
                format!("`leds = {most}`: those behind stay dark"),
            ),
            _ => return None,
        };
        Some(Conflict { key: ("light", key), what, hint })
    }

    /// What can't hold on this board: pins that a bus has which is switched on.
    ///
    /// # Errors
    /// The first such pin, with the bus.
    pub fn check_buses(&self, buses: &[Bus]) -> Result<(), GpioError> {
        for (_, role, pin) in self.roles() {
            let taken = buses.iter().find_map(|bus| Some((bus, bus.signal(pin)?)));
            if let Some((bus, signal)) = taken {
                let by = format!("it is {signal} of {}, which is switched on", bus.name);
                return Err(GpioError::Taken { pin, role, by });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Wiring {
        Wiring { button: Pin(17), colours: [Pin(12), Pin(13), Pin(16)], lamp: Pin(24), ..Wiring::default() }
    }

    #[test]
    fn pins_that_are_used_twice_or_reserved_or_on_the_lights_bus_are_told_with_both_sides() {
        let told = |wiring: Wiring| {
            wiring.conflicts().into_iter().map(|c| format!("{}.{}: {}", c.key.0, c.key.1, c.what)).collect::<Vec<_>>()
        };
        assert!(told(usual()).is_empty());
        assert_eq!(
            told(Wiring { lamp: Pin(17), ..usual() }),
            ["light.privacy_pin: GPIO 17 is for the button and for the privacy lamp"]
        );
        assert_eq!(
            told(Wiring { button: Pin(1), ..usual() }),
            ["button.pin: GPIO 1, for the button, belongs to the memory chip of plugged-on boards (ID_SD, ID_SC)"]
        );
        let ring = Wiring { light: LightKind::Ws2812, button: Pin(9), ..usual() };
        assert_eq!(
            told(ring.clone()),
            ["button.pin: GPIO 9, for the button, is MISO of the SPI bus, which the WS2812 light takes (7 to 11)"]
        );
        assert!(
            told(Wiring { button: Pin(12), ..ring.clone() }).is_empty(),
            "the RGB light's pins are free with a ring"
        );
        assert_eq!(
            told(Wiring { light: LightKind::Apa102, button: Pin(11), ..usual() }),
            ["button.pin: GPIO 11, for the button, is SCLK of the SPI bus, which the APA102 light takes (7 to 11)"]
        );
        let shared = Wiring { colours: [Pin(12), Pin(18), Pin(16)], ..usual() };
        assert!(told(shared.clone()).is_empty(), "software pulses share nothing");
        assert_eq!(
            told(Wiring { pwm: PwmKind::Hardware, ..shared }),
            ["light.green_pin: GPIO 18, for the green light, shares channel 0 of the hardware PWM with the red light"]
        );
        assert_eq!(told(Wiring { colours: [Pin(5), Pin(5), Pin(5)], ..usual() }).len(), 2);
    }

    #[test]
    fn a_strip_that_can_not_be_is_told() {
        let told = |light, order, leds| {
            let wiring = Wiring { light, order, leds, ..usual() };
            wiring.conflicts().into_iter().map(|c| format!("{}: {}", c.key.1, c.what)).collect::<Vec<_>>()
        };
        use ColourOrder::{Bgr, Grbw, Rgbw};
        assert_eq!(
            told(LightKind::Apa102, Some(Rgbw), 16),
            ["order: an APA102 light has no white, `light.order` names one"]
        );
        assert_eq!(
            told(LightKind::Ws2812, Some(Grbw), 300),
            ["leds: 300 LEDs with white are more than one message holds, which are 248"]
        );
        for (light, order, leds) in [
            (LightKind::Ws2812, None, 400),
            (LightKind::Ws2812, Some(Grbw), 248),
            (LightKind::Apa102, None, 400),
            (LightKind::Apa102, Some(Bgr), 400),
            (LightKind::Rgb, Some(Grbw), 400),
        ] {
            assert!(told(light, order, leds).is_empty(), "{light:?} {order:?} {leds}");
        }
        let usual_order = |light| Wiring { light, ..usual() }.colour_order();
        assert_eq!([usual_order(LightKind::Ws2812), usual_order(LightKind::Apa102)], [ColourOrder::Grb, Bgr]);
    }

    #[test]
    fn pins_of_a_bus_that_is_switched_on_are_refused_with_its_name() {
        let wiring = Wiring { lamp: Pin(18), button: Pin(3), ..usual() };
        assert_eq!(wiring.check_buses(&[]), Ok(()));
        assert_eq!(usual().check_buses(&Bus::ALL), Ok(()), "the usual pins leave every bus free");
        let told = |buses: &[Bus]| wiring.check_buses(buses).unwrap_err().to_string();
        assert_eq!(
            told(&[Bus::I2S]),
            "GPIO 18, for the privacy lamp, is taken: it is PCM_CLK of I2S, which is switched on"
        );
        assert_eq!(
            told(&[Bus::SPI, Bus::I2C]),
            "GPIO 3, for the button, is taken: it is SCL of I2C, which is switched on"
        );
    }
}
