//! APA102 (and SK9822) LEDs at data and clock of an SPI bus: a pure encoder.
//!
//! 32 zero bits start a message; each LED takes a byte of brightness (111 and five bits) and one of blue, green and red each; at the end the
//! clock must go on for half a period an LED, as each hands on what is not its own half a period late. An SK9822 shows what it got
//! with 32 further zero bits, which an APA102 ignores.

use super::colour::{ColourOrder, byte};

/// The clock of the SPI bus: slow enough for a metre of wire.
pub const SPI_HZ: u32 = 1_000_000;

/// The most that the byte of brightness says.
const FULL: f32 = 31.0;

/// The bytes that give `leds` LEDs one colour; `duties` are red, green and blue, 0..=1. A dim colour is made by the brightness that
/// all three share as far as it goes, so that each keeps its fine steps.
pub fn encode(duties: [f32; 3], leds: usize, order: ColourOrder) -> Vec<u8> {
    let duties = duties.map(|duty| duty.clamp(0.0, 1.0));
    let strongest = duties.into_iter().fold(0.0, f32::max);
    let brightness = (strongest * FULL).ceil().clamp(1.0, FULL);
    let colours = duties.map(|duty| byte(duty * FULL / brightness));
    let mut led = vec![0b1110_0000 | byte(brightness / 255.0)];
    led.extend(order.arrange(colours, 0));
    let mut bytes = vec![0; 4];
    bytes.extend(led.iter().copied().cycle().take(leds * led.len()));
    bytes.extend(vec![0; 4 + leds.div_ceil(16)]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_start_a_frame_for_each_led_and_clock_enough_at_its_end() {
        let bytes = encode([1.0, 0.5, 0.0], 2, ColourOrder::Bgr);
        assert_eq!(bytes, [0, 0, 0, 0, 0xFF, 0, 128, 255, 0xFF, 0, 128, 255, 0, 0, 0, 0, 0]);
        assert_eq!(encode([1.0, 0.5, 0.0], 1, ColourOrder::Rgb)[4..8], [0xFF, 255, 128, 0]);
        for leds in [1, 16, 17, 144, 400] {
            let bytes = encode([1.0; 3], leds, ColourOrder::Bgr);
            let end = bytes.len() - 4 - 4 * leds;
            // Half a bit an LED, after the 32 bits of an SK9822.
            assert!(8 * (end - 4) >= leds.div_ceil(2) && bytes.len() <= 4_096, "{leds}");
            assert!(bytes[bytes.len() - end..].iter().all(|byte| *byte == 0), "no LED behind the last is lit");
        }
    }

    #[test]
    fn dim_colours_are_dimmed_by_the_brightness_they_share() {
        // (duties, brightness, blue, green, red)
        let cases = [
            ([0.0, 0.0, 0.0], [0xE1, 0, 0, 0]),
            ([1.0, 1.0, 1.0], [0xFF, 255, 255, 255]),
            ([1.0 / 31.0, 0.0, 0.0], [0xE1, 0, 0, 255]),
            ([0.5 / 31.0, 0.0, 0.25 / 31.0], [0xE1, 64, 0, 128]),
            ([0.5, 0.25, 0.0], [0xE0 | 16, 0, 124, 247]),
            ([f32::NAN, 2.0, -1.0], [0xFF, 0, 255, 0]),
        ];
        for (duties, led) in cases {
            assert_eq!(encode(duties, 1, ColourOrder::Bgr)[4..8], led, "{duties:?}");
        }
        // What comes out is what was asked for, within a step of 8 bits at its brightness.
        for step in 0..=1_000_u16 {
            let duty = f32::from(step) / 1_000.0;
            let bytes = encode([duty, 0.0, 0.0], 1, ColourOrder::Bgr);
            let (brightness, red) = (f32::from(bytes[4] & 31), f32::from(bytes[7]));
            let shown = brightness / 31.0 * red / 255.0;
            assert!((shown - duty).abs() <= 0.51 * brightness / 31.0 / 255.0, "{duty}: {shown}");
        }
    }
}
