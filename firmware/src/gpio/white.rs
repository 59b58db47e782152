//! The white of a light with four colours: how much of a colour its white LED makes, and what is left for the other three.
//!
//! All in linear light. The white LED has a colour of its own, from warm to cold; the most of it that the wanted colour
//! holds is taken out of red, green and blue, so that the sum is the same colour as before.

use mood::Rgb;

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
#[must_use]
pub fn split(colour: Rgb, kelvin: f32) -> [f32; 4] {
    let parts = [colour.red, colour.green, colour.blue].map(mood::Brightness::get);
    let white = white(kelvin);
    let most = parts.iter().zip(white).map(|(part, white)| part / white).fold(1.0, f32::min);
    let [red, green, blue] = [0, 1, 2].map(|at: usize| (parts[at] - most * white[at]).clamp(0.0, 1.0));
    [red, green, blue, most]
}

#[cfg(test)]
mod tests {
    use super::*;

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
