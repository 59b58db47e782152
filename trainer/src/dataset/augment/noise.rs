//! Noise of the sensor, and of light itself where there is little of it.

use super::{Augment, Plane};
use super::{between, happens, octave};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Noise of reading a pixel of the crop, photons: of four pixels of the camera with 2 each.
const READ: f32 = 4.0;
/// Photons in the lightest of dim rooms, for each one in the darkest.
const LIGHTEST: f32 = 16.0;
/// How much of the lost light the camera's gain brings back at least; more is as likely, up to all of it.
const LEAST_GAIN: f32 = 0.35;

pub(super) fn vary(plane: &mut Plane, augment: &Augment, random: &mut impl RngExt) {
    if happens(augment.dark, random) {
        let fewest = augment.dark_photons.max(4.0);
        let photons = octave(fewest, LIGHTEST * fewest, random);
        dark(plane, photons, between(LEAST_GAIN, 1.0, random), random);
    }
    if happens(augment.noise, random) {
        add(plane, between(0.0, augment.noise_levels, random), random);
    }
}

/// A dim room: a white pixel gets `photons`, their number scatters by its square root (Poisson, here by its normal
/// approximation), the sensor adds its own noise, and the camera's gain brings back the share `gain` of the luminance.
pub(super) fn dark(plane: &mut Plane, photons: f32, gain: f32, random: &mut impl RngExt) {
    for value in plane {
        // Luminances are coded with a gamma near 2, photons are not.
        let coded = *value / 255.0;
        let light = coded * coded * photons;
        let noise: f32 = StandardNormal.sample(random);
        let counted = light + noise * (light + READ * READ).sqrt();
        *value = 255.0 * gain * (counted.max(0.0) / photons).sqrt();
    }
}

/// Normal noise of this standard deviation, in levels.
pub(super) fn add(plane: &mut Plane, deviation: f32, random: &mut impl RngExt) {
    for value in plane {
        let noise: f32 = StandardNormal.sample(random);
        *value += deviation * noise;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::mean;
    use super::*;
    use crate::dataset::PIXELS;
    use crate::random::generator;

    fn deviation(plane: &Plane) -> f32 {
        let middle = mean(plane);
        (plane.iter().map(|value| (value - middle).powi(2)).sum::<f32>() / 2304.0).sqrt()
    }

    #[test]
    fn noise_has_the_deviation_said() {
        let mut noisy = [128.0; PIXELS];
        add(&mut noisy, 10.0, &mut generator(1, 0));
        assert!((mean(&noisy) - 128.0).abs() < 1.0 && (deviation(&noisy) - 10.0).abs() < 0.6);
    }

    #[test]
    fn the_fewer_photons_the_noisier_and_the_gain_sets_the_brightness() {
        let dim = |photons: f32, gain: f32| {
            let mut plane = [180.0; PIXELS];
            dark(&mut plane, photons, gain, &mut generator(1, 0));
            (mean(&plane), deviation(&plane))
        };
        let ((many, fine), (few, coarse)) = (dim(900.0, 1.0), dim(60.0, 1.0));
        assert!((many - 180.0).abs() < 1.0 && (few - 180.0).abs() < 3.0);
        // The square root makes the scatter of photons the same at every luminance: 255 / (2 sqrt(photons)).
        assert!((fine - 4.25).abs() < 0.4 && coarse > 15.0, "{fine} {coarse}");
        assert!((dim(900.0, 0.5).0 - 90.0).abs() < 1.0);
    }
}
