//! The light at the pins: three colours by pulses, or a strip of LEDs at the SPI bus.

use super::colour::{self, ColourOrder, Common};
use super::lamp::Lamp;
use super::pwm::Pulses;
use super::wiring::{LightKind, PwmKind, Wiring};
use super::{Claim, Gpio, GpioError, LineError, PwmLine, SpiBus, apa102, ws2812};
use crate::ports::{Lights, LightsError};
use mood::Rgb;

/// Light and privacy lamp of a board.
pub struct BoardLights {
    light: Light,
    gamma: f32,
    lamp: Lamp,
    name: String,
}

enum Light {
    Rgb(RgbLight),
    Strip(Strip),
}

impl BoardLights {
    /// Takes the pins of light and lamp; dark.
    ///
    /// # Errors
    /// When a pin can't be had.
    pub fn open(gpio: &mut dyn Gpio, wiring: &Wiring, lamp: Lamp) -> Result<Self, GpioError> {
        let (light, name) = match wiring.light {
            LightKind::Rgb => {
                let (light, name) = RgbLight::open(gpio, wiring)?;
                (Light::Rgb(light), name)
            }
            LightKind::Ws2812 | LightKind::Apa102 => {
                let (strip, name) = Strip::open(gpio, wiring)?;
                (Light::Strip(strip), name)
            }
        };
        Ok(Self { light, gamma: wiring.gamma, lamp, name })
    }

    /// What it is: pins, and who makes their pulses.
    pub fn describe(&self) -> &str {
        &self.name
    }
}

impl Lights for BoardLights {
    fn show(&mut self, colour: Rgb) -> Result<(), LightsError> {
        let duty = |part| colour::duty(part, self.gamma);
        let shown = match &mut self.light {
            Light::Rgb(light) => light.set([colour.red, colour.green, colour.blue].map(|part| duty(part.get()))),
            Light::Strip(strip) => strip.set(strip.parts(colour).map(duty)),
        };
        shown.map_err(|error| LightsError { light: self.name.clone(), detail: error.to_string() })
    }

    fn privacy(&mut self, on: bool) -> Result<(), LightsError> {
        self.lamp.looking(on).map_err(|error| LightsError { light: "privacy lamp".into(), detail: error.to_string() })
    }
}

/// What the pins of an RGB light are for.
const ROLES: [&str; 3] = ["red light", "green light", "blue light"];

/// Three colours in pulses: those of the hardware where a pin has them, else by software. Dark when dropped.
struct RgbLight {
    hard: Vec<(usize, Box<dyn PwmLine>)>,
    soft: Vec<usize>,
    pulses: Pulses,
    common: Common,
}

impl RgbLight {
    fn open(gpio: &mut dyn Gpio, wiring: &Wiring) -> Result<(Self, String), GpioError> {
        let off_high = wiring.common.off_high();
        let (mut hard, mut soft, mut lines, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (part, (pin, role)) in wiring.colours.into_iter().zip(ROLES).enumerate() {
            let claim = Claim { pin, role };
            let by_hardware = match wiring.pwm {
                PwmKind::Software => None,
                PwmKind::Hardware => Some(gpio.pwm(claim, wiring.pwm_hz, off_high)?),
                PwmKind::Auto => gpio.pwm(claim, wiring.pwm_hz, off_high).ok(),
            };
            if let Some(line) = by_hardware {
                hard.push((part, line));
                names.push(format!("{} (hardware PWM)", pin.0));
            } else {
                lines.push(gpio.output(claim, off_high)?);
                soft.push(part);
                names.push(format!("{} (software PWM)", pin.0));
            }
        }
        let pulses =
            Pulses::start(lines, off_high, wiring.pwm_hz).map_err(|error| GpioError::NoGpio(error.to_string()))?;
        Ok((Self { hard, soft, pulses, common: wiring.common }, format!("RGB light at GPIO {}", names.join(", "))))
    }

    fn set(&mut self, duties: [f32; 3]) -> Result<(), LineError> {
        // All are tried: one colour that fails does not leave another one lit.
        let mut result = Ok(());
        for (part, line) in &mut self.hard {
            result = result.and(line.set_duty(self.common.high_share(duties[*part])));
        }
        let soft: Vec<f32> = self.soft.iter().map(|part| duties[*part]).collect();
        if soft.is_empty() { result } else { result.and(self.pulses.set(&soft)) }
    }
}

impl Drop for RgbLight {
    fn drop(&mut self) {
        // There is nobody left to tell about a failure; the pulses darken their own lines.
        let _ = self.set([0.0; 3]);
    }
}

/// LEDs in a row that all show one colour. Dark when dropped.
struct Strip {
    bus: Box<dyn SpiBus>,
    has_clock: bool,
    leds: usize,
    order: ColourOrder,
    white_k: f32,
}

impl Strip {
    fn open(gpio: &mut dyn Gpio, wiring: &Wiring) -> Result<(Self, String), GpioError> {
        let (order, has_clock) = (wiring.colour_order(), wiring.light == LightKind::Apa102);
        let bus = gpio.spi(if has_clock { apa102::SPI_HZ } else { ws2812::spi_hz(order) })?;
        let mut strip = Self { bus, has_clock, leds: wiring.leds, order, white_k: wiring.white_k };
        strip.set([0.0; 4]).map_err(|error| GpioError::Spi(error.to_string()))?;
        let kind = if order.has_white() { "SK6812" } else { wiring.light.at_spi().unwrap_or_default() };
        Ok((strip, format!("{} {kind} at SPI bus 0", wiring.leds)))
    }

    /// Red, green, blue and white that make a colour, in linear light.
    fn parts(&self, colour: Rgb) -> [f32; 4] {
        if self.order.has_white() {
            return colour::split(colour, self.white_k);
        }
        [colour.red.get(), colour.green.get(), colour.blue.get(), 0.0]
    }

    /// Red, green, blue and white, 0..=1.
    fn set(&mut self, duties: [f32; 4]) -> Result<(), LineError> {
        let [red, green, blue, _] = duties;
        let bytes = if self.has_clock {
            apa102::encode([red, green, blue], self.leds, self.order)
        } else {
            ws2812::encode(duties, self.leds, self.order)
        };
        self.bus.write(&bytes)
    }
}

impl Drop for Strip {
    fn drop(&mut self) {
        // There is nobody left to tell about a failure.
        let _ = self.set([0.0; 4]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpio::Pin;
    use crate::gpio::wiring::Active;
    use crate::sim::gpio::SimGpio;

    fn wiring() -> Wiring {
        Wiring {
            colours: [Pin(12), Pin(13), Pin(16)],
            lamp: Pin(24),
            gamma: 1.0,
            pwm_hz: 240,
            leds: 3,
            ..Wiring::default()
        }
    }

    fn open(gpio: &SimGpio, wiring: &Wiring) -> Result<BoardLights, GpioError> {
        let mut gpio = gpio.clone();
        let lamp = Lamp::open(&mut gpio, wiring)?;
        BoardLights::open(&mut gpio, wiring, lamp)
    }

    #[test]
    fn a_colour_reaches_hardware_and_software_lines_and_is_dark_afterwards() {
        for common in [Common::Cathode, Common::Anode] {
            let gpio = SimGpio::default();
            gpio.has_pwm(&[Pin(12), Pin(13)]);
            let wiring = Wiring { common, ..wiring() };
            let mut lights = open(&gpio, &wiring).unwrap();
            assert_eq!(lights.describe(), "RGB light at GPIO 12 (hardware PWM), 13 (hardware PWM), 16 (software PWM)");
            lights.show(Rgb::new(0.25, 0.0, 1.0)).unwrap();
            assert_eq!(gpio.duty(Pin(12)), Some(common.high_share(0.25)));
            assert_eq!(gpio.duty(Pin(13)), Some(common.high_share(0.0)));
            gpio.wait_for_level(Pin(16), !common.off_high());
            drop(lights);
            assert_eq!(gpio.duty(Pin(12)), Some(common.high_share(0.0)), "{common:?}");
            assert_eq!(gpio.level(Pin(16)), common.off_high(), "{common:?}");
        }
    }

    #[test]
    fn a_panic_leaves_light_and_lamp_dark() {
        let gpio = SimGpio::default();
        let theirs = gpio.clone();
        let panicked = std::thread::spawn(move || {
            let mut lights = open(&theirs, &wiring()).unwrap();
            lights.show(Rgb::new(1.0, 1.0, 1.0)).unwrap();
            lights.privacy(true).unwrap();
            theirs.wait_for_level(Pin(16), true);
            panic!("this panic is part of the test");
        });
        assert!(panicked.join().is_err());
        assert_eq!([12, 13, 16, 24].map(|pin| gpio.level(Pin(pin))), [false; 4]);
    }

    #[test]
    fn a_strip_of_any_kind_gets_its_bytes_and_is_dark_afterwards() {
        let strip = |light, order| Wiring { light, order, lamp_active: Active::Low, white_k: 6_500.0, ..wiring() };
        let colour = Rgb::new(1.0, 0.5, 0.25);
        let cases = [
            (
                strip(LightKind::Ws2812, None),
                "3 WS2812 at SPI bus 0",
                ws2812::encode([1.0, 0.5, 0.25, 0.0], 3, ColourOrder::Grb),
                ws2812::encode([0.0; 4], 3, ColourOrder::Grb),
            ),
            (
                strip(LightKind::Ws2812, Some(ColourOrder::Grbw)),
                "3 SK6812 at SPI bus 0",
                ws2812::encode([0.75, 0.25, 0.0, 0.25], 3, ColourOrder::Grbw),
                ws2812::encode([0.0; 4], 3, ColourOrder::Grbw),
            ),
            (
                strip(LightKind::Apa102, None),
                "3 APA102 at SPI bus 0",
                apa102::encode([1.0, 0.5, 0.25], 3, ColourOrder::Bgr),
                apa102::encode([0.0; 3], 3, ColourOrder::Bgr),
            ),
        ];
        for (wiring, name, shown, dark) in cases {
            let gpio = SimGpio::default();
            let mut lights = open(&gpio, &wiring).unwrap();
            assert_eq!((lights.describe(), gpio.last_spi()), (name, dark.clone()), "dark from the start");
            lights.show(colour).unwrap();
            assert_eq!(gpio.last_spi(), shown, "{name}");
            drop(lights);
            assert_eq!(gpio.last_spi(), dark, "{name}");
            gpio.faults().unplug();
            let refused = open(&gpio, &wiring).err().map(|error| error.to_string());
            assert!(refused.is_some_and(|error| error.contains("failed on demand")));
        }
    }

    #[test]
    fn hardware_pulses_are_an_error_where_there_are_none_unless_they_are_a_choice() {
        let gpio = SimGpio::default();
        let hardware = Wiring { pwm: PwmKind::Hardware, ..wiring() };
        assert!(matches!(open(&gpio, &hardware), Err(GpioError::Pin { pin: Pin(12), .. })));
        assert!(open(&gpio, &wiring()).unwrap().describe().ends_with("16 (software PWM)"));
        gpio.occupy(Pin(13), "i2s");
        let busy = open(&gpio, &wiring()).err().map(|error| error.to_string());
        assert_eq!(busy.as_deref(), Some("GPIO 13, for the green light, is taken: i2s has it"));
    }
}
