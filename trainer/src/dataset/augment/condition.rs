//! Single faults of known size, for measuring what each costs a network: the same for every network and every run.

use super::geometry::{Move, View};
use super::{Augment, Preset, between, camera, developed, happens, jpeg, vary};
use crate::dataset::{PIXELS, SIDE};
use crate::random::{generator, mix};
use std::f32::consts::TAU;
use std::fmt;
use std::str::FromStr;

/// Fixes every direction, sign and grain of noise.
const SEED: u64 = 48;
/// Photons of a white pixel in a dim room: 50 a pixel of the camera, and four of these to a pixel of the crop of a face
/// at arm's length. Taken for plausible, not measured.
const DIM: f32 = 200.0;
/// The share of the luminance that the camera's gain brings back there.
const GAIN: f32 = 0.45;
/// Standard deviation of [`Condition::Blurred`], pixels of 48.
const BLUR: f32 = 1.0;

/// What is wrong with the pictures a network is measured on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Condition {
    /// Nothing.
    #[default]
    Clean,
    /// A dim room: 200 photons for a white pixel, 45 % of the luminance.
    Dark,
    /// Out of focus: a standard deviation of 1 pixel of 48.
    Blurred,
    /// By so many percent of the side, in any direction: above 0, at most 50.
    Shifted(f32),
    /// By so many degrees, to either side: above 0, at most 180.
    Rotated(f32),
    /// A JPEG file of this quality: 1..=100.
    Jpeg(u8),
    /// The preset `box`, without its hidden patches and mirroring: these are for training.
    Box,
}

impl Condition {
    /// Those of a robustness table.
    pub const ALL: [Self; 8] = [
        Self::Clean,
        Self::Dark,
        Self::Blurred,
        Self::Shifted(6.0),
        Self::Rotated(10.0),
        Self::Rotated(15.0),
        Self::Jpeg(30),
        Self::Box,
    ];

    /// `pixels`, 48 x 48 luminances, under this condition. `index` tells pictures apart: an equal one meets the same.
    /// Anything but 48 x 48 is handed back as it is.
    #[must_use]
    pub fn apply(self, pixels: &[u8], index: usize) -> Vec<u8> {
        let Ok(picture) = <&[u8; PIXELS]>::try_from(pixels) else {
            return pixels.to_vec();
        };
        let random = &mut generator(mix(SEED, self.stream()), u64::try_from(index).unwrap_or(u64::MAX));
        let moved = match self {
            Self::Shifted(percent) => {
                let pixels = percent / 100.0 * SIDE as f32;
                let (sin, cos) = between(0.0, TAU, random).sin_cos();
                Move { shift: [pixels * cos, pixels * sin], ..Move::STILL }
            }
            Self::Rotated(degrees) => {
                Move { turn: if happens(0.5, random) { degrees } else { -degrees }, ..Move::STILL }
            }
            Self::Box => {
                let augment = Augment { flip: 0.0, erase: 0.0, ..Augment::preset(Preset::Box) };
                return vary(pixels, &augment, random);
            }
            Self::Clean | Self::Dark | Self::Blurred | Self::Jpeg(_) => Move::STILL,
        };
        let mut plane = [0.0; PIXELS];
        View { moved, lens: None }.project(picture, &mut plane);
        match self {
            Self::Dark => camera::dark(&mut plane, DIM, GAIN, random),
            Self::Blurred => camera::defocus(&mut plane, BLUR),
            _ => {}
        }
        let mut bytes = developed(&plane);
        if let Self::Jpeg(quality) = self {
            jpeg::store(&mut bytes, quality);
        }
        bytes
    }

    /// The amount is no part of it: rotated by 10 and by 15 degrees, a face is turned to the same side.
    const fn stream(self) -> u64 {
        match self {
            Self::Clean => 0,
            Self::Dark => 1,
            Self::Blurred => 2,
            Self::Shifted(_) => 3,
            Self::Rotated(_) => 4,
            Self::Jpeg(_) => 5,
            Self::Box => 6,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => to.write_str("clean"),
            Self::Dark => to.write_str("dark"),
            Self::Blurred => to.write_str("blurred"),
            Self::Shifted(percent) => write!(to, "shifted-{percent}"),
            Self::Rotated(degrees) => write!(to, "rotated-{degrees}"),
            Self::Jpeg(quality) => write!(to, "jpeg-{quality}"),
            Self::Box => to.write_str("box"),
        }
    }
}

impl FromStr for Condition {
    type Err = String;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected clean, dark, blurred, shifted-6 (percent), rotated-10 (degrees), jpeg-30 \
             (quality) or box";
        let within = |number: &str, most: f32| {
            number.parse::<f32>().ok().filter(|number| (f32::MIN_POSITIVE..=most).contains(number))
        };
        let found = match (text, text.split_once('-')) {
            ("clean", _) => Some(Self::Clean),
            ("dark", _) => Some(Self::Dark),
            ("blurred", _) => Some(Self::Blurred),
            ("box", _) => Some(Self::Box),
            (_, Some(("shifted", percent))) => within(percent, 50.0).map(Self::Shifted),
            (_, Some(("rotated", degrees))) => within(degrees, 180.0).map(Self::Rotated),
            (_, Some(("jpeg", quality))) => {
                quality.parse().ok().filter(|quality| (1..=100).contains(quality)).map(Self::Jpeg)
            }
            _ => None,
        };
        found.ok_or_else(|| EXPECTED.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{face, mean, plane, roughness};
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_refused() {
        for condition in Condition::ALL.into_iter().chain([Condition::Rotated(7.5), Condition::Jpeg(100)]) {
            assert_eq!(condition.to_string().parse(), Ok(condition));
        }
        for wrong in
            ["", "rotated", "rotated-", "rotated-nan", "rotated-0", "shifted--3", "jpeg-0", "jpeg-101", "fog-3"]
        {
            assert!(wrong.parse::<Condition>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_picture_meets_the_same_each_time_and_another_something_else() {
        for condition in Condition::ALL {
            assert_eq!(condition.apply(&face(), 7), condition.apply(&face(), 7), "{condition}");
        }
        assert_eq!(Condition::Clean.apply(&face(), 7), face());
        for condition in [Condition::Dark, Condition::Shifted(6.0), Condition::Box] {
            assert_ne!(condition.apply(&face(), 7), condition.apply(&face(), 8), "{condition}");
        }
    }

    #[test]
    fn a_turn_of_another_size_goes_to_the_same_side() {
        let mut to_the_right = 0;
        for index in 0..40 {
            // A bright bar from the middle to the right: turned clockwise its end sinks.
            let bar: Vec<u8> = (0..PIXELS).map(|at| if at / SIDE == 24 && at % SIDE > 24 { 255 } else { 0 }).collect();
            let below = |degrees: f32| {
                let turned = Condition::Rotated(degrees).apply(&bar, index);
                turned[30 * SIDE..].iter().any(|&pixel| pixel > 60)
            };
            assert_eq!(below(20.0), below(30.0));
            to_the_right += usize::from(below(20.0));
        }
        assert!((8..=32).contains(&to_the_right), "{to_the_right} of 40");
    }

    #[test]
    fn each_does_what_its_name_says() {
        let original = plane(&face());
        let under = |condition: Condition| plane(&condition.apply(&face(), 1));
        let dark = mean(&under(Condition::Dark)) / mean(&original);
        assert!((0.4..0.5).contains(&dark), "{dark}");
        assert!(roughness(&under(Condition::Blurred)) < 0.5 * roughness(&original));
        assert_ne!(Condition::Jpeg(30).apply(&face(), 1), face());
        assert!((mean(&under(Condition::Jpeg(30))) - mean(&original)).abs() < 2.0);
    }
}
