//! Made-up sounds with known properties must measure so.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sample numbers of some seconds"
)]

use super::*;
use std::f32::consts::TAU;

const SECONDS: usize = 16;

fn excerpt(sample: impl Fn(f32) -> f32) -> Excerpt {
    let rate = RATE_HZ as f32;
    let window = (0..SECONDS * RATE_HZ as usize).map(|n| sample(n as f32 / rate)).collect();
    Excerpt { windows: vec![window], width: 0.0, loudness_lufs: -20.0, range_lu: 3.0 }
}

fn measured(sample: impl Fn(f32) -> f32) -> Features {
    analyse(&excerpt(sample)).unwrap()
}

/// A tone with five overtones, in semitones above A3.
fn tone(t: f32, semitones: f32) -> f32 {
    let hz = 220.0 * (semitones / 12.0).exp2();
    (1..=5_u8).map(|k| (TAU * hz * f32::from(k) * t).sin() / f32::from(k).powi(2)).sum::<f32>()
}

/// Four chords of a second each, over and over, struck twice a second.
fn chords(t: f32, chords: [[f32; 3]; 4]) -> f32 {
    let [a, b, c] = chords[t as usize % 4];
    let since = (2.0 * t).fract() / 2.0;
    0.1 * (-4.0 * since).exp() * (tone(t, a) + tone(t, b) + tone(t, c))
}

fn get(features: &Features, name: &str) -> f32 {
    features.get(name).unwrap_or_else(|| panic!("there is no feature {name}"))
}

#[test]
fn the_names_are_sorted_unique_and_all_measured() {
    assert!(NAMES.windows(2).all(|pair| pair[0] < pair[1]));
    let features = measured(|t| chords(t, [[0.0, 4.0, 7.0], [5.0, 9.0, 12.0], [7.0, 11.0, 14.0], [0.0, 4.0, 7.0]]));
    assert!(features.values().iter().all(|value| value.is_finite()));
    // The excerpt is mono, so its width is truly nought.
    let zero: Vec<&&str> = NAMES.iter().filter(|name| features.get(name).unwrap().abs() < 1e-9).collect();
    assert!(zero.len() < 6, "not measured: {zero:?}");
}

#[test]
fn major_and_minor_are_told_apart() {
    let major = measured(|t| chords(t, [[0.0, 4.0, 7.0], [5.0, 9.0, 12.0], [7.0, 11.0, 14.0], [0.0, 4.0, 7.0]]));
    let minor = measured(|t| chords(t, [[0.0, 3.0, 7.0], [5.0, 8.0, 12.0], [7.0, 10.0, 14.0], [0.0, 3.0, 7.0]]));
    for name in ["mode_krumhansl", "mode_temperley", "triad_mode"] {
        assert!(
            get(&major, name) > 0.0 && get(&minor, name) < 0.0,
            "{name}: {} {}",
            get(&major, name),
            get(&minor, name)
        );
    }
    assert!(get(&major, "key_clarity") > 0.7);
}

#[test]
fn tempo_and_onsets_are_found() {
    for (bpm, low, high) in [(60.0, 58.0, 62.0), (100.0, 97.0, 103.0), (140.0, 136.0, 144.0)] {
        let clicks = measured(|t| {
            let since = (t * bpm / 60.0).fract() * 60.0 / bpm;
            0.5 * (-60.0 * since).exp() * (TAU * 1_000.0 * since).sin() + 0.001 * tone(t, 0.0)
        });
        let tempo = get(&clicks, "tempo");
        // An octave off is a tempo too.
        let folded = [0.5, 1.0, 2.0].map(|factor| factor * tempo);
        assert!(folded.iter().any(|tempo| (low..=high).contains(tempo)), "{bpm} measured as {tempo}");
        let onsets = get(&clicks, "onset_rate") * 60.0;
        assert!((0.85 * bpm..1.15 * bpm).contains(&onsets), "{bpm} clicks, {onsets} onsets a minute");
    }
    assert!(get(&measured(|t| tone(t, 0.0)), "onset_rate") < 0.3);
}

#[test]
fn noise_is_bright_flat_and_rough_and_a_tone_is_none_of_it() {
    let noise = measured(|t| {
        // A hash of the sample's number.
        let n = ((t * RATE_HZ as f32) as u32).wrapping_mul(2_654_435_761);
        (n ^ n >> 15).wrapping_mul(2_246_822_519) as f32 / u32::MAX as f32 - 0.5
    });
    let pure = measured(|t| 0.3 * tone(t, 0.0));
    for name in ["centroid_mean", "flatness_mean", "entropy_mean", "crossings_mean", "peak_count", "roughness"] {
        assert!(get(&noise, name) > get(&pure, name), "{name}");
    }
    for name in ["tonal_share", "key_clarity", "contrast"] {
        assert!(get(&noise, name) < get(&pure, name), "{name}");
    }
}

#[test]
fn how_loud_it_is_changes_nothing_but_the_loudness() {
    let of = |gain: f32| {
        measured(|t| gain * chords(t, [[0.0, 4.0, 7.0], [5.0, 9.0, 12.0], [7.0, 11.0, 14.0], [0.0, 4.0, 7.0]]))
    };
    let (loud, soft) = (of(1.0), of(0.05));
    for (name, (a, b)) in NAMES.iter().zip(loud.values().iter().zip(soft.values())) {
        assert!((a - b).abs() <= 0.02 * a.abs().max(1.0), "{name}: {a} loud, {b} soft");
    }
}

#[test]
fn silence_and_scraps_are_nothing() {
    assert_eq!(analyse(&excerpt(|_| 0.0)), None);
    assert_eq!(analyse(&excerpt(|_| f32::NAN)), None);
    assert_eq!(analyse(&Excerpt::default()), None);
    assert_eq!(analyse(&Excerpt { windows: vec![vec![0.5; 20_000]], ..Excerpt::default() }), None);
}
