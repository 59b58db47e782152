//! The composer by measurement: each mood must differ from the others in the direction that listeners expect.

mod measure;

use super::Composer;
use super::plan::Plan;
use super::score::{Note, Part, Piece};
use crate::Mixer;
use crate::loudness::loudness_lufs;
use crate::track::{Programme, Stereo, Track};
use measure::Spectrum;
use mood::{Affect, Expression};
use rand::SeedableRng;
use rand_pcg::Pcg32;
use std::time::Duration;

const RATE: u32 = 48_000;
const SEEDS: [u64; 3] = [1, 2, 3];

/// What the box would play: through the mixer, from its start.
fn played(expression: Expression, seed: u64, seconds: usize) -> Vec<Stereo> {
    let mut mixer = Mixer::new(RATE, 0.0);
    mixer.play(Box::new(Composer::new(expression, Affect::of(expression), seed, RATE)), Duration::from_millis(50));
    let mut out = vec![[0.0; 2]; seconds * 48_000];
    mixer.render(&mut out);
    out
}

fn raw(seed: u64, frames: usize) -> Vec<Stereo> {
    let mut out = vec![[0.0; 2]; frames];
    Composer::new(Expression::Happy, Affect::of(Expression::Happy), seed, RATE).render(&mut out);
    out
}

/// The mean over the seeds.
fn mean(of: impl Fn(u64) -> f32) -> f32 {
    SEEDS.map(of).iter().sum::<f32>() / 3.0
}

/// The first section's notes and how long they take in seconds.
fn score(expression: Expression, seed: u64) -> (Vec<Note>, f32) {
    let plan = Plan::of(expression, Affect::of(expression));
    let mut rng = Pcg32::seed_from_u64(seed);
    let mut piece = Piece::new(&plan, None, &mut rng);
    let notes = (0..4).flat_map(|_| piece.phrase(&[plan; 4], &mut rng)).collect();
    (notes, 16.0 * f32::from(plan.character.beats) * 60.0 / plan.tempo_bpm)
}

fn melody_notes_per_second(expression: Expression) -> f32 {
    mean(|seed| {
        let (notes, seconds) = score(expression, seed);
        let count = notes.iter().filter(|note| matches!(note.part, Part::Melody(_))).map(|_| 1.0).sum::<f32>();
        count / seconds
    })
}

#[test]
fn equal_seeds_give_equal_samples_whatever_the_block_size() {
    let whole = raw(7, 96_000);
    let mut composer = Composer::new(Expression::Happy, Affect::of(Expression::Happy), 7, RATE);
    let mut pieces = vec![[0.0; 2]; 96_000];
    let mut rest = pieces.as_mut_slice();
    for size in [1, 63, 64, 65, 480, 1_000, 7].into_iter().cycle() {
        let (block, later) = rest.split_at_mut(size.min(rest.len()));
        composer.render(block);
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    assert!(whole == pieces, "the samples differ");
}

/// From sad to happy in the fifth second, and the frame at which the first bar of the new piece begins.
fn turned(seconds: usize) -> (Composer, Vec<Stereo>) {
    let mut composer = Composer::new(Expression::Sad, Affect::of(Expression::Sad), 3, RATE);
    let mut out = vec![[0.0; 2]; seconds * 48_000];
    composer.render(&mut out[..5 * 48_000]);
    let (expression, seed) = (Expression::Happy, 9);
    assert!(composer.turn(&Programme { expression, affect: Affect::of(expression), seed }));
    composer.render(&mut out[5 * 48_000..]);
    (composer, out)
}

#[test]
fn a_turn_leads_over_within_four_bars_in_the_same_key_and_without_a_gap() {
    let before = Composer::new(Expression::Sad, Affect::of(Expression::Sad), 3, RATE);
    let (composer, out) = turned(25);
    assert_eq!(composer.plan(), &Plan::of(Expression::Happy, Affect::of(Expression::Happy)));
    assert_eq!((composer.piece.tonic - before.piece.tonic).rem_euclid(12), 0);
    // The bar is over within 4.2 s, and four bars that grow faster take less than twelve.
    assert!((composer.here.tempo_bpm - composer.plan.tempo_bpm).abs() < 1e-3, "{}", composer.here.tempo_bpm);
    let quietest = out[24_000..].chunks(24_000).map(|half| half.iter().map(|frame| frame[0].powi(2)).sum::<f32>());
    assert!(quietest.fold(f32::MAX, f32::min) > 1.0, "a gap");
}

#[test]
fn equal_turns_give_equal_samples_and_other_seeds_others() {
    assert!(turned(8).1 == turned(8).1);
    let mut other = Composer::new(Expression::Sad, Affect::of(Expression::Sad), 3, RATE);
    let mut out = vec![[0.0; 2]; 12 * 48_000];
    other.render(&mut out[..5 * 48_000]);
    other.turn(&Programme { expression: Expression::Happy, affect: Affect::of(Expression::Happy), seed: 10 });
    other.render(&mut out[5 * 48_000..]);
    assert!(out != turned(12).1);
}

#[test]
fn two_seeds_are_not_the_same_piece() {
    let notes =
        |seed| -> Vec<_> { score(Expression::Happy, seed).0.iter().map(|note| (note.pitch, note.part)).collect() };
    assert_ne!(notes(1), notes(2));
    assert!(raw(1, 48_000) != raw(2, 48_000));
}

#[test]
fn music_begins_within_a_quarter_of_a_second_and_goes_on_for_many_sections() {
    for expression in Expression::ALL {
        let start = played(expression, 1, 1);
        let power: f32 = start[..12_000].iter().map(|frame| frame[0].powi(2)).sum();
        assert!(power > 1e-3, "{expression} begins with silence");
    }
    let mut composer = Composer::new(Expression::Surprise, Affect::of(Expression::Surprise), 5, RATE);
    let mut minute = vec![[0.0; 2]; 60 * 48_000];
    for _ in 0..2 {
        composer.render(&mut minute);
        let power: f32 = minute[55 * 48_000..].iter().map(|frame| frame[0].powi(2)).sum();
        assert!(power > 1.0, "the music dries up");
    }
}

#[test]
fn no_mood_clips_or_carries_an_offset_and_all_are_about_as_loud() {
    for expression in Expression::ALL {
        for seed in SEEDS {
            let out = played(expression, seed, 16);
            let peak = out.iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!(peak <= 0.891, "{expression} {seed} peaks at {peak}, above -1 dBFS");
            let offset = out.iter().map(|frame| f64::from(frame[0])).sum::<f64>() / 768_000.0;
            assert!(offset.abs() < 1e-4, "{expression} {seed} has an offset of {offset}");
            let lufs = loudness_lufs(&out, 48_000.0);
            assert!((-21.0..=-16.0).contains(&lufs), "{expression} {seed} is at {lufs} LUFS");
        }
    }
}

/// One test for all spectra, as rendering and measuring them takes the time.
#[test]
fn mode_and_brightness_lie_where_listeners_expect_them() {
    let measured = |expression| SEEDS.map(|seed| Spectrum::of(&played(expression, seed, 16)));
    let centre = |spectra: &[Spectrum; 3]| spectra.iter().map(Spectrum::centre).sum::<f32>() / 3.0;
    let [happy, neutral, surprise, sad, angry, fear] = [
        Expression::Happy,
        Expression::Neutral,
        Expression::Surprise,
        Expression::Sad,
        Expression::Angry,
        Expression::Fear,
    ]
    .map(measured);
    for (name, spectra) in [("happy", &happy), ("neutral", &neutral), ("surprise", &surprise)] {
        let leans = spectra.each_ref().map(Spectrum::major_minus_minor);
        assert!(leans.iter().all(|lean| *lean > 0.05), "{name} leans to minor: {leans:?}");
    }
    for (name, spectra) in [("sad", &sad), ("angry", &angry), ("fear", &fear)] {
        let leans = spectra.each_ref().map(Spectrum::major_minus_minor);
        assert!(leans.iter().all(|lean| *lean < -0.02), "{name} leans to major: {leans:?}");
    }
    let [happy, neutral, sad, angry] = [&happy, &neutral, &sad, &angry].map(centre);
    assert!(happy > angry + 3.0 && angry > neutral && neutral > sad + 1.0, "{happy} {angry} {neutral} {sad}");
}

#[test]
fn mixes_come_out_as_loud_as_their_characters_say() {
    let mut wrong = Vec::new();
    for expression in Expression::ALL {
        let affect = Affect::of(expression);
        let wanted = Plan::of(expression, affect).character.mix_lufs;
        let measured = mean(|seed| {
            let mut composer = Composer::new(expression, affect, seed, RATE);
            composer.render(&mut vec![[0.0; 2]; 48_000 * 60]);
            composer.loudness.measured_lufs()
        });
        if (measured - wanted).abs() > 1.0 {
            wrong.push(format!("{expression} comes out at {measured:.1} LUFS, not at {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn sad_is_sparse_neutral_moves_and_happy_and_angry_are_busy() {
    let rate = melody_notes_per_second;
    let (sad, neutral) = (rate(Expression::Sad), rate(Expression::Neutral));
    let (happy, angry) = (rate(Expression::Happy), rate(Expression::Angry));
    assert!(sad < 0.7 * neutral && neutral < 0.7 * happy && neutral < 0.7 * angry, "{sad} {neutral} {happy} {angry}");
}

#[test]
fn every_score_stays_in_the_range_of_its_instruments() {
    for expression in Expression::ALL {
        for seed in 0..20 {
            let (notes, seconds) = score(expression, seed);
            assert!(notes.len() > 60, "{expression} {seed} has {} notes in {seconds} s", notes.len());
            for note in notes {
                let range = match note.part {
                    Part::Bass(_) => 33..=52,
                    Part::Chords(_) | Part::Pad(_) => 45..=74,
                    Part::Melody(_) => 44..=94,
                    Part::Drums(_) => 0..=127,
                };
                assert!(range.contains(&note.pitch), "{expression} {seed}: {note:?}");
                assert!((0.0..=1.0).contains(&note.velocity) && note.length > 0.0, "{expression} {seed}: {note:?}");
            }
        }
    }
}
