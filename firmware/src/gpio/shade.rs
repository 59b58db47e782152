//! From a colour to what a light is driven with: gamma and polarity, on our side of the seam.

use super::wiring::Common;
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
