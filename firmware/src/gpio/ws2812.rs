//! WS2812 and SK6812 LEDs on the data line of an SPI bus: a pure encoder.
//!
//! They take each bit as a pulse, short for 0 and long for 1, in 1.25 us. Three SPI bits at 2.4 MHz make one for a WS2812:
//! `100` is 0.42 us high, `110` is 0.83 us. An SK6812, which has white beside the three colours, wants the long one shorter:
//! four bits at 3.2 MHz, `1000` is 0.31 us and `1100` is 0.63 us. SPI keeps time by itself, leaves the sound hardware alone,
//! and works on every Raspberry Pi.

use super::colour::{ColourOrder, byte};

/// Silence that makes the LEDs show what they got: 300 us, as newer ones want 280.
const LATCH_US: u32 = 300;

/// Bytes that Linux takes in one go.
const MOST_BYTES: usize = 4_096;

/// How many SPI bits make a pulse, by the LEDs' kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pulse {
    /// SPI bits of a pulse, and their clock.
    bits: u8,
    hz: u32,
    /// The pulses of 0 and 1.
    short: u32,
    long: u32,
}

const fn pulse(order: ColourOrder) -> Pulse {
    if order.has_white() {
        Pulse { bits: 4, hz: 3_200_000, short: 0b1000, long: 0b1100 }
    } else {
        Pulse { bits: 3, hz: 2_400_000, short: 0b100, long: 0b110 }
    }
}

/// The clock of the SPI bus.
pub const fn spi_hz(order: ColourOrder) -> u32 {
    pulse(order).hz
}

fn latch_bytes(order: ColourOrder) -> usize {
    usize::try_from((pulse(order).hz / 8 * LATCH_US).div_ceil(1_000_000)).unwrap_or(MOST_BYTES)
}

/// SPI bytes an LED takes: 8 pulses a colour.
fn led_bytes(order: ColourOrder) -> usize {
    usize::from(pulse(order).bits) * if order.has_white() { 4 } else { 3 }
}

/// The most LEDs whose bytes fit in one go; what is behind a gap would be another message.
pub fn most_leds(order: ColourOrder) -> usize {
    (MOST_BYTES - latch_bytes(order) - 1) / led_bytes(order)
}

/// The bytes that give `leds` LEDs one colour; `duties` are red, green, blue and white, 0..=1.
pub fn encode(duties: [f32; 4], leds: usize, order: ColourOrder) -> Vec<u8> {
    let [red, green, blue, white] = duties.map(byte);
    let led: Vec<u8> =
        order.arrange([red, green, blue], white).into_iter().flat_map(|byte| stretch(byte, pulse(order))).collect();
    // The line may rest at 3.3 V: a byte of ground first, so that the first pulse has a beginning.
    let mut bytes = vec![0];
    bytes.extend(led.iter().copied().cycle().take(leds.min(most_leds(order)) * led.len()));
    bytes.extend(vec![0; latch_bytes(order)]);
    bytes
}

/// A byte as the SPI bytes that carry it, most significant bit first.
fn stretch(byte: u8, pulse: Pulse) -> Vec<u8> {
    let one = |bits: u32, at: u8| (bits << pulse.bits) | if (byte >> at) & 1 == 1 { pulse.long } else { pulse.short };
    let bits = (0..8).rev().fold(0_u32, one);
    bits.to_be_bytes()[4 - usize::from(pulse.bits)..].to_vec()
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

    const ORDERS: [ColourOrder; 5] =
        [ColourOrder::Grb, ColourOrder::Rgb, ColourOrder::Bgr, ColourOrder::Grbw, ColourOrder::Rgbw];

    #[test]
    fn an_led_reads_back_the_colour_in_its_order() {
        let duties = [1.0, 0.5, 0.0, 0.25];
        let cases: [(ColourOrder, &[u8]); 5] = [
            (ColourOrder::Grb, &[128, 255, 0]),
            (ColourOrder::Rgb, &[255, 128, 0]),
            (ColourOrder::Bgr, &[0, 128, 255]),
            (ColourOrder::Grbw, &[128, 255, 0, 64]),
            (ColourOrder::Rgbw, &[255, 128, 0, 64]),
        ];
        for (order, led) in cases {
            assert_eq!(read(&encode(duties, 2, order)), [led, led].concat(), "{order:?}");
            for value in 0..=u8::MAX {
                assert_eq!(read(&stretch(value, pulse(order))), [value]);
            }
        }
        assert_eq!(read(&encode([0.0, 0.002, f32::NAN, 9.0], 1, ColourOrder::Rgbw)), [0, 1, 0, 255]);
    }

    #[test]
    fn pulses_are_as_long_as_their_leds_want_them() {
        // Data sheets, in nanoseconds: a short and a long pulse, at least and at most.
        let cases =
            [(ColourOrder::Grb, [250.0, 550.0], [650.0, 950.0]), (ColourOrder::Grbw, [150.0, 450.0], [450.0, 750.0])];
        for (order, short, long) in cases {
            let bit = 1e9 / f64::from(spi_hz(order));
            let high = |pulse: u32| bit * f64::from(pulse.count_ones());
            assert!((short[0]..=short[1]).contains(&high(pulse(order).short)), "{order:?}");
            assert!((long[0]..=long[1]).contains(&high(pulse(order).long)), "{order:?}");
            let whole = bit * f64::from(pulse(order).bits);
            assert!((whole - 1_250.0).abs() < 1.0, "{order:?}: {whole}");
        }
    }

    #[test]
    fn the_message_begins_at_ground_ends_in_a_latch_and_fits_the_kernels_buffer() {
        for order in ORDERS {
            let bytes = encode([1.0; 4], 16, order);
            let latch = bytes.len() - 1 - 16 * led_bytes(order);
            assert_eq!((bytes[0], bytes[bytes.len() - latch..].iter().all(|byte| *byte == 0)), (0, true));
            let silence = f64::from(u32::try_from(8 * latch).unwrap()) / f64::from(spi_hz(order));
            assert!(silence >= 280e-6, "the latch is long enough: {silence}");
            assert!(encode([1.0; 4], usize::MAX, order).len() <= MOST_BYTES);
        }
        assert_eq!((most_leds(ColourOrder::Grb), most_leds(ColourOrder::Grbw)), (445, 248));
    }
}
