//! Wirings that hold, and those that can't.

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
    assert!(told(Wiring { button: Pin(12), ..ring.clone() }).is_empty(), "the RGB light's pins are free with a ring");
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
        told(&[Bus::I2s]),
        "GPIO 18, for the privacy lamp, is taken: it is PCM_CLK of I2S, which is switched on"
    );
    assert_eq!(told(&[Bus::Spi, Bus::I2c]), "GPIO 3, for the button, is taken: it is SCL of I2C, which is switched on");
}
