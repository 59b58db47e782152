//! The small values: frames, lights, expressions and the answers made of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use mood::{Affect, Answer, Brightness, Contract, Cue, Expression, Frame, LabelSet, LightPattern, Logits, Motion};
use mood::{MusicCue, NoFaceReason, PixelFormat, Probabilities, Rgb, UnsureReason, cue::mood_light};
use proptest::prelude::*;
use std::time::Duration;
use support::photos::{files, workspace};

const ZERO: Duration = Duration::ZERO;

/// Sums of a few f32.
const CLOSE: f32 = 1e-5;

/// INVARIANT 1 of the house, as far as the source can show it.
#[test]
fn mood_does_no_io_reads_no_clock_and_starts_no_thread() {
    let forbidden =
        ["std::fs", "std::net", "std::process", "std::env", "std::io", "std::thread", "Instant", "SystemTime"];
    for path in files(&workspace("firmware/mood/src"), "rs") {
        let source = std::fs::read_to_string(&path).unwrap();
        let found: Vec<_> = forbidden.iter().filter(|word| source.contains(*word)).collect();
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}

#[test]
fn a_frame_whose_bytes_do_not_fit_is_refused() {
    let frame = |width, height, stride, length| {
        Frame::new(width, height, stride, PixelFormat::Rgb, ZERO, vec![0; length])
            .map(|_| ())
            .map_err(|e| e.to_string().replace(&usize::MAX.to_string(), "MAX"))
    };
    let cases: [(_, Result<(), &str>); 6] = [
        (frame(4, 2, 12, 24), Ok(())),
        (frame(4, 2, 16, 28), Ok(())),
        (frame(0, 2, 12, 24), Err("frame is 0x2 pixels, both sides must be at least 1")),
        (frame(4, 2, 11, 24), Err("stride is 11 bytes, 4 pixels of RGB3 need 12")),
        (frame(4, 2, 16, 27), Err("frame holds 27 bytes, 4x2 RGB3 needs 28")),
        (frame(u32::MAX, u32::MAX, usize::MAX, 24), Err("frame holds 24 bytes, 4294967295x4294967295 RGB3 needs MAX")),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected.map_err(str::to_owned));
    }
}

#[test]
fn luminance_is_rec_601_and_clamps_to_the_frame() {
    let bytes = vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    let frame = Frame::packed(2, 2, PixelFormat::Rgb, ZERO, bytes).unwrap();
    let seen = [(0, 0), (1, 0), (0, 1), (1, 1), (9, 0), (u32::MAX, u32::MAX)].map(|(x, y)| frame.luminance(x, y));
    assert_eq!(seen, [77, 149, 29, 255, 149, 255]);
}

#[test]
fn a_frame_never_prints_its_pixels() {
    let frame = Frame::packed(2, 1, PixelFormat::Grey, Duration::from_millis(5), vec![201, 202]).unwrap();
    assert_eq!(format!("{frame:?}"), "Frame(2x1 GREY at 5ms)");
}

#[test]
fn every_label_of_every_set_is_understood() {
    for set in LabelSet::ALL {
        for (class, label) in set.label_names().iter().enumerate() {
            let expression = Expression::from_label(label).unwrap();
            assert_eq!((set.class_of(expression), set.labels()[class]), (Some(class), expression));
            assert_eq!(set.label_of(expression), Some(*label));
            assert_eq!(Expression::from_label(&expression.name().to_uppercase()), Some(expression));
        }
        assert_eq!(Contract::new(set).labels.len(), set.label_names().len());
    }
    assert_eq!(LabelSet::Fer2013.label_of(Expression::Contempt), None);
    assert_eq!(LabelSet::Fer2013.class_of(Expression::Contempt), None);
    assert_eq!(Expression::from_label("bored"), None);
}

#[test]
fn a_certain_answer_is_a_mood_and_a_doubtful_one_is_unsure() {
    let contract = Contract { temperature: 2.0, ..Contract::new(LabelSet::Fer2013) };
    let decide = |happy: f32| {
        let logits = Logits(vec![0.0, 0.0, 0.0, happy, 0.0, 0.0, 0.0]);
        Answer::decide(&Probabilities::from_logits(&logits, &contract), &mood::Thresholds::DEFAULT, None).unwrap()
    };
    let Answer::Mood(mood) = decide(8.0) else { panic!("{:?}", decide(8.0)) };
    // exp(8 / 2) against six times exp(0).
    let confidence = 4.0_f32.exp() / (4.0_f32.exp() + 6.0);
    assert_eq!(mood.expression, Expression::Happy);
    assert!((mood.confidence - confidence).abs() < CLOSE);
    let Answer::Unsure { best, reason: UnsureReason::LowConfidence } = decide(2.0) else { panic!("{:?}", decide(2.0)) };
    assert!(best.confidence < 0.4 && best.expression == Expression::Happy);
}

#[test]
fn nobody_gets_a_tone_and_a_doubt_gets_neutral_music() {
    let nobody = Cue::of(&Answer::NoFace { reason: NoFaceReason::NothingFound });
    assert_eq!(nobody.music, MusicCue::Tone);
    let mood = mood::Mood { expression: Expression::Angry, confidence: 0.3, affect: Affect::of(Expression::Angry) };
    let doubt = Cue::of(&Answer::Unsure { best: mood, reason: UnsureReason::LowConfidence });
    assert!(matches!(doubt.music, MusicCue::Play { expression: Expression::Neutral, .. }));
}

#[test]
fn every_mood_has_a_light_of_its_own() {
    for (at, expression) in Expression::ALL.iter().enumerate() {
        for other in &Expression::ALL[..at] {
            assert_ne!(mood_light(*expression), mood_light(*other), "{expression} {other}");
        }
        let Affect { valence, arousal } = Affect::of(*expression);
        assert!((-1.0..=1.0).contains(&valence) && (-1.0..=1.0).contains(&arousal), "{expression}");
    }
}

#[test]
fn a_light_comes_up_from_what_showed_before_and_single_motions_end() {
    let (red, blue) = (Rgb::new(1.0, 0.0, 0.0), Rgb::new(0.0, 0.0, 1.0));
    let second = Duration::from_secs(1);
    let light = LightPattern::new(blue, Motion::Steady, second).eased(second);
    assert_eq!([light.over(red, ZERO), light.over(red, second)], [red, blue]);
    let half = light.over(red, second / 2);
    assert!((half.red.get() - 0.5).abs() < CLOSE && (half.blue.get() - 0.5).abs() < CLOSE);
    let rise = LightPattern::new(blue, Motion::Rise, second);
    let fall = LightPattern::new(blue, Motion::Fall, second);
    assert_eq!([rise.at(ZERO), rise.at(second), rise.at(9 * second)], [Rgb::OFF, blue, blue]);
    assert_eq!([fall.at(ZERO), fall.at(second), fall.at(9 * second)], [blue, Rgb::OFF, Rgb::OFF]);
    assert!(rise.moves(second / 2) && !rise.moves(second) && !fall.moves(second) && !light.moves(second));
}

/// WCAG 2.2, 2.3.1: pairs of opposing changes of a tenth of the full light or more.
fn flashes(light: &LightPattern, from_ms: u32) -> usize {
    let level = |ms: u32| light.at(Duration::from_millis((from_ms + ms).into())).red.get();
    let (mut low, mut high, mut rising, mut changes) = (level(0), level(0), None, 0);
    for now in (0..1_000).step_by(4).map(level) {
        (low, high) = (low.min(now), high.max(now));
        if rising != Some(true) && now > low + 0.1 {
            (rising, high, changes) = (Some(true), now, changes + 1);
        } else if rising != Some(false) && now < high - 0.1 {
            (rising, low, changes) = (Some(false), now, changes + 1);
        }
    }
    changes / 2
}

fn any_motion() -> impl Strategy<Value = Motion> {
    use Motion::{Blink, Breathe, Double, Drift, Fall, Pulse, Rise, Steady};
    prop::sample::select(vec![Steady, Breathe, Pulse, Double, Blink, Drift, Rise, Fall])
}

proptest! {
    #[test]
    fn probabilities_sum_to_one(logits in prop::collection::vec(-80.0..80.0_f32, 7), temperature in 0.05..20.0_f32) {
        let contract = Contract { temperature, ..Contract::new(LabelSet::Fer2013) };
        let probabilities = Probabilities::from_logits(&Logits(logits), &contract);
        let sum: f32 = probabilities.iter().map(|(_, p)| p).sum();
        prop_assert!((sum - 1.0).abs() < CLOSE, "{sum}");
        let Affect { valence, arousal } = Affect::expected(&probabilities);
        prop_assert!(valence.abs() <= 1.0 && arousal.abs() <= 1.0);
    }

    #[test]
    fn no_light_flashes_faster_than_three_times_a_second(motion in any_motion(), ms in 0..8_000_u64, from in 0..9_000_u32) {
        let light = LightPattern::new(Rgb::new(1.0, 1.0, 1.0), motion, Duration::from_millis(ms));
        prop_assert!(flashes(&light, from) <= 3, "{} flashes", flashes(&light, from));
    }

    /// INVARIANT 5 of the house.
    #[test]
    fn every_brightness_lies_between_off_and_full(
        red in any::<f32>(), green in any::<f32>(), blue in any::<f32>(), motion in any_motion(),
        period_ms in 0..10_000_u64, elapsed_ms in any::<u32>(),
    ) {
        let pattern = LightPattern::new(Rgb::new(red, green, blue), motion, Duration::from_millis(period_ms));
        prop_assert!(pattern.period >= mood::light::SHORTEST_PERIOD);
        let Rgb { red, green, blue } = pattern.at(Duration::from_millis(elapsed_ms.into()));
        for brightness in [red, green, blue] {
            prop_assert!(brightness >= Brightness::OFF && brightness <= Brightness::FULL);
        }
    }
}
