//! From a colour to what a light is driven with: gamma, polarity, the order of an LED's colours, and the share of a white LED.
//!
//! All in linear light. A white LED has a colour of its own, from warm to cold; the most of it that the wanted colour holds
//! is taken out of red, green and blue, so that the sum stays the same colour.

use mood::{Brightness, Rgb};

/// The duty cycle for a share of light, 0..=1, by an exponent; 0 is dark and 1 is full whatever that is.
pub fn duty(light: f32, gamma: f32) -> f32 {
    Brightness::new(light.powf(gamma)).get()
}

/// A duty cycle, 0..=1, as the byte that an LED takes.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0..=255 after clamping; NaN becomes 0"
)]
pub(super) fn byte(duty: f32) -> u8 {
    (duty.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Which leg the colours of an RGB light share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Common {
    /// Ground: a colour is on at 3.3 V.
    #[default]
    Cathode,
    /// 3.3 V: a colour is on at ground.
    Anode,
}

impl Common {
    /// The share of a period a line is at 3.3 V for a light that is on for the share `duty`.
    pub fn high_share(self, duty: f32) -> f32 {
        match self {
            Self::Cathode => duty,
            Self::Anode => 1.0 - duty,
        }
    }

    /// Whether the line is at 3.3 V when the light is dark.
    pub const fn off_high(self) -> bool {
        matches!(self, Self::Anode)
    }
}

/// The order in which an LED takes its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourOrder {
    /// Green, red, blue: nearly all WS2812.
    #[default]
    Grb,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red: nearly all APA102.
    Bgr,
    /// Green, red, blue, white: nearly all SK6812.
    Grbw,
    /// Red, green, blue, white.
    Rgbw,
}

impl ColourOrder {
    /// Whether there is white beside the three colours.
    pub const fn has_white(self) -> bool {
        matches!(self, Self::Grbw | Self::Rgbw)
    }

    /// Red, green, blue, and white where there is one, in this order.
    pub fn arrange(self, [red, green, blue]: [u8; 3], white: u8) -> Vec<u8> {
        match self {
            Self::Grb => vec![green, red, blue],
            Self::Rgb => vec![red, green, blue],
            Self::Bgr => vec![blue, green, red],
            Self::Grbw => vec![green, red, blue, white],
            Self::Rgbw => vec![red, green, blue, white],
        }
    }
}

/// Red, green and blue of white light at its colour temperature, the strongest 1 (Planck's radiator in linear sRGB). The last is
/// what red, green and blue make together, which is a little bluer than the radiator.
const WHITES: [(f32, [f32; 3]); 7] = [
    (2_700.0, [1.0, 0.423, 0.100]),
    (3_000.0, [1.0, 0.484, 0.154]),
    (3_500.0, [1.0, 0.577, 0.260]),
    (4_000.0, [1.0, 0.659, 0.379]),
    (5_000.0, [1.0, 0.795, 0.630]),
    (6_000.0, [1.0, 0.901, 0.876]),
    (6_500.0, [1.0, 1.0, 1.0]),
];

/// The colour of a white LED of this colour temperature in kelvin; from 6500 on it is what red, green and blue make together.
fn white(kelvin: f32) -> [f32; 3] {
    let next = WHITES.iter().position(|(at, _)| *at >= kelvin).unwrap_or(WHITES.len() - 1);
    let ((high, above), (low, below)) = (WHITES[next], WHITES[next.saturating_sub(1)]);
    let share = if high > low { ((kelvin - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
    [0, 1, 2].map(|part: usize| below[part] + (above[part] - below[part]) * share)
}

/// Red, green, blue and white that together are `colour`, each 0..=1, for a white LED of this colour temperature.
pub fn split(colour: Rgb, kelvin: f32) -> [f32; 4] {
    let parts = [colour.red, colour.green, colour.blue].map(Brightness::get);
    let white = white(kelvin);
    let most = parts.iter().zip(white).map(|(part, white)| part / white).fold(1.0, f32::min);
    let [red, green, blue] = [0, 1, 2].map(|at: usize| (parts[at] - most * white[at]).clamp(0.0, 1.0));
    [red, green, blue, most]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_keeps_both_ends_and_polarity_turns_them_round() {
        let is = |found: f32, wanted: f32| (found - wanted).abs() < 1e-6;
        for gamma in [0.5, 1.0, 2.2] {
            let [dark, half, full] = [0.0, 0.5, 1.0].map(|light| duty(light, gamma));
            assert!(is(dark, 0.0) && is(half, 0.5_f32.powf(gamma)) && is(full, 1.0), "gamma {gamma}");
        }
        for duty in [0.0, 0.25, 1.0] {
            assert!(is(Common::Cathode.high_share(duty), duty) && is(Common::Anode.high_share(duty), 1.0 - duty));
        }
        assert!(Common::Anode.off_high() && !Common::Cathode.off_high());
    }

    const CLOSE: f32 = 1e-5;

    #[test]
    fn the_four_together_are_the_colour_that_was_wanted() {
        for kelvin in [2_700.0, 3_000.0, 4_500.0, 6_500.0, 9_000.0] {
            for colour in [
                (1.0, 1.0, 1.0),
                (1.0, 0.5, 0.2),
                (0.2, 0.4, 1.0),
                (1.0, 0.0, 0.0),
                (0.0, 0.0, 0.0),
                (0.01, 0.02, 0.005),
            ] {
                let wanted = [colour.0, colour.1, colour.2];
                let [red, green, blue, white_share] = split(Rgb::new(colour.0, colour.1, colour.2), kelvin);
                let white = white(kelvin).map(|part| white_share * part);
                for ((found, white), wanted) in [red, green, blue].into_iter().zip(white).zip(wanted) {
                    assert!((found + white - wanted).abs() < CLOSE, "{kelvin} K, {colour:?}");
                }
                assert!([red, green, blue, white_share].iter().all(|part| (0.0..=1.0).contains(part)));
                // As much white as there can be: one of the three is all taken out.
                assert!([red, green, blue].iter().any(|part| part.abs() < CLOSE), "{kelvin} K, {colour:?}");
            }
        }
    }

    #[test]
    fn white_is_the_white_led_and_a_pure_colour_is_none_of_it() {
        let near = |found: [f32; 4], wanted: [f32; 4]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < CLOSE);
        let neutral = split(Rgb::new(0.5, 0.5, 0.5), 6_500.0);
        assert!(near(neutral, [0.0, 0.0, 0.0, 0.5]), "{neutral:?}");
        assert!(near(split(Rgb::new(0.0, 1.0, 0.0), 3_000.0), [0.0, 1.0, 0.0, 0.0]));
        // Daylight from a warm LED wants green and blue beside it.
        let [red, green, blue, white] = split(Rgb::new(1.0, 1.0, 1.0), 3_000.0);
        assert!(near([red, green, blue, white], [0.0, 0.516, 0.846, 1.0]), "{:?}", [red, green, blue, white]);
        let warm = split(Rgb::new(1.0, 0.484, 0.154), 3_000.0);
        assert!(near(warm, [0.0, 0.0, 0.0, 1.0]), "{warm:?}");
    }
}
