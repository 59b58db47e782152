//! WS2812 LEDs on the data line of an SPI bus: a pure encoder, and the light on top of it.
//!
//! A WS2812 takes each bit as a pulse, short for 0 and long for 1, in 1.25 us. Three SPI bits at 2.4 MHz make one:
//! `100` is 0.42 us high, `110` is 0.83 us. SPI keeps time by itself, leaves the sound hardware alone, and works on every
//! Raspberry Pi.

use super::wiring::ColourOrder;

/// The clock of the SPI bus.
pub const SPI_HZ: u32 = 2_400_000;

/// Silence that makes the LEDs show what they got: 300 us, as newer ones want 280.
const LATCH_BYTES: usize = 90;

/// SPI bytes an LED takes: 24 bits, three SPI bits each.
const LED_BYTES: usize = 9;

/// The most LEDs whose bytes fit the 4096 that Linux takes in one go.
pub const MOST_LEDS: usize = (4096 - LATCH_BYTES - 1) / LED_BYTES;

/// The bytes that give `leds` LEDs one colour; `duties` are red, green and blue, 0..=1.
#[must_use]
pub fn encode(duties: [f32; 3], leds: usize, order: ColourOrder) -> Vec<u8> {
    let [red, green, blue] = duties.map(byte);
    let led: Vec<u8> = match order {
        ColourOrder::Grb => [green, red, blue],
        ColourOrder::Rgb => [red, green, blue],
    }
    .into_iter()
    .flat_map(stretch)
    .collect();
    // The line may rest at 3.3 V: a byte of ground first, so that the first pulse has a beginning.
    let mut bytes = vec![0];
    bytes.extend(led.iter().copied().cycle().take(leds.min(MOST_LEDS) * LED_BYTES));
    bytes.extend([0; LATCH_BYTES]);
    bytes
}

/// A byte as the 24 SPI bits that carry it, most significant first.
fn stretch(byte: u8) -> [u8; 3] {
    let bits = (0..8).rev().fold(0_u32, |bits, at| (bits << 3) | if (byte >> at) & 1 == 1 { 0b110 } else { 0b100 });
    let [_, first, second, third] = bits.to_be_bytes();
    [first, second, third]
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0..=255 after clamping; NaN becomes 0"
)]
fn byte(duty: f32) -> u8 {
    (duty.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an LED reads from the line: a bit for each pulse, by how long it is high.
    fn read(bytes: &[u8]) -> Vec<u8> {
        let line: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| (byte >> at) & 1 == 1)).collect();
        let mut bits = Vec::new();
        let mut at = 0;
        while let Some(start) = line[at..].iter().position(|high| *high).map(|offset| at + offset) {
            let high = line[start..].iter().take_while(|high| **high).count();
            assert!(high == 1 || high == 2, "a pulse of {high} SPI bits");
            bits.push(high == 2);
            at = start + high;
        }
        bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| (byte << 1) | u8::from(*bit))).collect()
    }

    #[test]
    fn an_led_reads_back_the_colour_in_its_order() {
        let duties = [1.0, 0.5, 0.0];
        assert_eq!(read(&encode(duties, 2, ColourOrder::Grb)), [128, 255, 0, 128, 255, 0]);
        assert_eq!(read(&encode(duties, 1, ColourOrder::Rgb)), [255, 128, 0]);
        assert_eq!(read(&encode([0.0, 0.002, f32::NAN], 1, ColourOrder::Rgb)), [0, 1, 0]);
        for value in 0..=u8::MAX {
            assert_eq!(read(&stretch(value)), [value]);
        }
    }

    #[test]
    fn the_message_begins_at_ground_ends_in_a_latch_and_fits_the_kernels_buffer() {
        let bytes = encode([1.0; 3], 16, ColourOrder::Grb);
        assert_eq!(bytes.len(), 1 + 16 * LED_BYTES + LATCH_BYTES);
        assert_eq!((bytes[0], bytes[bytes.len() - LATCH_BYTES..].iter().all(|byte| *byte == 0)), (0, true));
        assert!(f64::from(SPI_HZ) * 280e-6 / 8.0 < 90.0, "the latch is long enough");
        assert!(encode([1.0; 3], usize::MAX, ColourOrder::Grb).len() <= 4096);
    }
}
