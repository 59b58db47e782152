//! From a colour to what a light is driven with: gamma and polarity, on our side of the seam.

use mood::{Brightness, Rgb};

/// How a light turns duty cycles into light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shade {
    /// Exponent from linear light to duty cycle.
    pub gamma: f32,
}

impl Shade {
    /// The duty cycles of red, green and blue, 0..=1; 0 is dark and 1 is full whatever gamma is.
    #[must_use]
    pub fn duties(self, colour: Rgb) -> [f32; 3] {
        [colour.red, colour.green, colour.blue].map(|part| self.duty(part.get()))
    }

    /// The duty cycle of one of them.
    #[must_use]
    pub fn duty(self, light: f32) -> f32 {
        Brightness::new(light.powf(self.gamma)).get()
    }
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
    #[must_use]
    pub fn high_share(self, duty: f32) -> f32 {
        match self {
            Self::Cathode => duty,
            Self::Anode => 1.0 - duty,
        }
    }

    /// Whether the line is at 3.3 V when the light is dark.
    #[must_use]
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
    #[must_use]
    pub const fn has_white(self) -> bool {
        matches!(self, Self::Grbw | Self::Rgbw)
    }

    /// Red, green, blue, and white where there is one, in this order.
    #[must_use]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_keeps_both_ends_and_polarity_turns_them_round() {
        let is = |found: f32, wanted: f32| (found - wanted).abs() < 1e-6;
        for gamma in [0.5, 1.0, 2.2] {
            let [dark, half, full] = Shade { gamma }.duties(Rgb::new(0.0, 0.5, 1.0));
            assert!(is(dark, 0.0) && is(half, 0.5_f32.powf(gamma)) && is(full, 1.0), "gamma {gamma}");
        }
        for duty in [0.0, 0.25, 1.0] {
            assert!(is(Common::Cathode.high_share(duty), duty) && is(Common::Anode.high_share(duty), 1.0 - duty));
        }
        assert!(Common::Anode.off_high() && !Common::Cathode.off_high());
    }
}
