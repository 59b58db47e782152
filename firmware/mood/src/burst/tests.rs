//! Stories of a burst, told in glimpses.

use super::*;
use crate::{Contract, Expression, LabelSet, Landmarks, Logits};

const GOOD: Quality = Quality { side: 120.0, contrast: 160.0, sharpness: 0.2, turn: 0.1, score: 0.95 };

fn rule() -> DecisionRule {
    DecisionRule::new(Contract::new(LabelSet::Fer2013))
}

fn face(x: f32, side: f32) -> FaceBox {
    FaceBox { x, y: 100.0, width: side, height: side, score: 0.9, landmarks: Landmarks::default() }
}

/// A reading that is sure to this degree.
fn reading(expression: Expression, logit: f32) -> Reading {
    let labels = &Contract::new(LabelSet::Fer2013).labels;
    let logits = labels.iter().map(|label| if *label == expression { logit } else { 0.0 }).collect();
    Reading { logits: Logits(logits), features: Vec::new() }
}

fn sees(faces: &[FaceBox], read: Reading, quality: Quality) -> Glimpse {
    let faces = Faces { faces: faces.to_vec(), reason: NoFaceReason::NothingFound };
    Glimpse { luminance: 120, faces, reading: Some((read, quality)) }
}

fn happy(x: f32) -> Glimpse {
    sees(&[face(x, 120.0)], reading(Expression::Happy, 6.0), GOOD)
}

fn nobody() -> Glimpse {
    let faces = Faces { faces: Vec::new(), reason: NoFaceReason::NothingFound };
    Glimpse { luminance: 120, faces, reading: None }
}

/// Plays frames until the burst is done; gives it and the steps it took.
fn play(most_frames: u32, frames: impl Fn(u32) -> Glimpse) -> (Burst, Vec<Step>) {
    let mut burst = Burst::new(most_frames);
    let mut steps = Vec::new();
    loop {
        let step = burst.next(&rule());
        steps.push(step);
        match step {
            Step::Done => return (burst, steps),
            Step::LetPass => burst.let_pass(),
            Step::Look(search) => burst.add(search, frames(burst.frames())),
        }
        assert!(steps.len() < 99, "it never ends: {steps:?}");
    }
}

fn answer_of(burst: &Burst) -> Answer {
    burst.verdict(&rule()).answer
}

#[test]
fn three_clear_frames_are_enough_and_only_the_first_is_searched_whole() {
    let (burst, steps) = play(12, |_| happy(200.0));
    assert!(matches!(answer_of(&burst), Answer::Mood(mood) if mood.expression == Expression::Happy));
    assert_eq!((burst.frames(), burst.searches()), (3, 1));
    assert!(matches!(steps[..], [Step::Look(Search::Whole), Step::Look(Search::Near(_)), _, Step::Done]), "{steps:?}");
}

#[test]
fn nobody_there_takes_four_searches_that_are_spread_over_the_burst() {
    let (burst, steps) = play(12, |_| nobody());
    assert_eq!(answer_of(&burst), Answer::NoFace { reason: NoFaceReason::NothingFound });
    assert_eq!(burst.searches(), MOST_SEARCHES);
    let searches: Vec<_> = steps.iter().enumerate().filter(|(_, s)| matches!(s, Step::Look(_))).collect();
    assert_eq!(searches.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 3, 6, 9]);
    let wanted = [Search::Whole, Search::Closer, Search::Shrunk, Search::Closer].map(Step::Look);
    assert!(searches.iter().map(|(_, step)| **step).eq(wanted), "{searches:?}");
}

#[test]
fn a_false_alarm_in_a_single_frame_is_nobody() {
    for alarm in [0, 3, 6, 9] {
        let (burst, _) = play(12, |frame| if frame == alarm { happy(200.0) } else { nobody() });
        assert!(matches!(answer_of(&burst), Answer::NoFace { .. }), "alarm in frame {alarm}");
    }
}

#[test]
fn who_looks_up_late_is_still_seen() {
    let (burst, _) = play(12, |frame| if frame < 6 { nobody() } else { happy(200.0) });
    assert!(matches!(answer_of(&burst), Answer::Mood(_)));
}

#[test]
fn a_face_that_leaves_is_answered_when_two_frames_have_shown_it() {
    let (burst, _) = play(12, |frame| if frame < 2 { happy(200.0) } else { nobody() });
    assert!(matches!(answer_of(&burst), Answer::Mood(_)));
    assert!(burst.frames() <= 4, "{} frames", burst.frames());
    let (burst, _) = play(12, |frame| if frame < 1 { happy(200.0) } else { nobody() });
    assert!(matches!(answer_of(&burst), Answer::NoFace { .. }));
}

#[test]
fn no_burst_searches_more_than_four_whole_frames_whatever_happens() {
    use proptest::prelude::*;
    proptest!(|(shown in prop::collection::vec((any::<bool>(), 0.0..600.0_f32, any::<bool>()), 13), most in 1..=12_u32)| {
        let (burst, steps) = play(most, |frame| {
            let (there, x, sure) = shown[usize::try_from(frame).unwrap()];
            let logit = if sure { 6.0 } else { 0.4 };
            if there { sees(&[face(x, 120.0)], reading(Expression::Sad, logit), GOOD) } else { nobody() }
        });
        let is_search = |step: &&Step| matches!(step, Step::Look(search) if !matches!(search, Search::Near(_)));
        let searched = steps.iter().filter(is_search).count();
        prop_assert_eq!(u32::try_from(searched).unwrap(), burst.searches());
        prop_assert!(burst.searches() <= MOST_SEARCHES && burst.frames() <= most);
        prop_assert!(burst.verdict(&rule()).answer.name().len() > 3);
    });
}

#[test]
fn what_never_shows_clearly_is_nobody_however_often_it_shows() {
    let vague = Quality { score: 0.8, ..GOOD };
    let dog = |_| sees(&[face(200.0, 120.0)], reading(Expression::Sad, 6.0), vague);
    let (burst, _) = play(12, dog);
    assert_eq!(answer_of(&burst), Answer::NoFace { reason: NoFaceReason::NotPlausible });
    let (burst, _) = play(12, |frame| if frame == 5 { happy(200.0) } else { dog(frame) });
    assert!(!matches!(answer_of(&burst), Answer::NoFace { .. }), "one clear frame is enough");
    let (burst, _) = play(1, dog);
    assert!(matches!(answer_of(&burst), Answer::Mood(_)), "a photograph has no second frame");
}

#[test]
fn somebody_else_who_comes_into_the_frame_is_not_mixed_with_the_first() {
    let sad = || sees(&[face(500.0, 110.0)], reading(Expression::Sad, 3.0), GOOD);
    // Not sure enough to stop, then gone; another one is there.
    let unclear = || sees(&[face(100.0, 120.0)], reading(Expression::Happy, 2.6), GOOD);
    let (burst, _) = play(12, |frame| {
        if frame < 3 {
            unclear()
        } else if frame == 3 {
            nobody()
        } else {
            sad()
        }
    });
    let Answer::Mood(mood) = answer_of(&burst) else { panic!("{:?}", answer_of(&burst)) };
    assert_eq!(mood.expression, Expression::Happy);
}

#[test]
fn two_people_are_told_and_the_primary_one_is_answered() {
    let two = || sees(&[face(100.0, 120.0), face(400.0, 110.0)], reading(Expression::Happy, 6.0), GOOD);
    let (burst, _) = play(12, |_| two());
    let verdict = burst.verdict(&rule());
    assert!(verdict.several && verdict.faces.len() == 2);
    let behind = || sees(&[face(100.0, 120.0), face(400.0, 60.0)], reading(Expression::Happy, 6.0), GOOD);
    let (burst, _) = play(12, |_| behind());
    assert!(!burst.verdict(&rule()).several);
}

#[test]
fn a_blurred_frame_counts_less_than_a_sharp_one() {
    let blurred = Quality { sharpness: 0.015, ..GOOD };
    let glimpse = |frame: u32| match frame % 3 {
        0 => sees(&[face(200.0, 120.0)], reading(Expression::Sad, 3.0), GOOD),
        _ => sees(&[face(200.0, 120.0)], reading(Expression::Angry, 3.5), blurred),
    };
    let (burst, _) = play(12, glimpse);
    let (Answer::Mood(mood) | Answer::Unsure { best: mood, .. }) = answer_of(&burst) else {
        panic!("somebody is there")
    };
    assert_eq!(mood.expression, Expression::Sad);
}

#[test]
fn what_is_wrong_with_every_frame_is_the_reason_for_the_doubt() {
    let cases = [
        (Quality { contrast: 12.0, ..GOOD }, UnsureReason::TooDark),
        (Quality { side: 18.0, ..GOOD }, UnsureReason::TooSmall),
        (Quality { turn: 0.94, ..GOOD }, UnsureReason::TurnedAway),
        (Quality { sharpness: 0.011, ..GOOD }, UnsureReason::Blurred),
    ];
    for (quality, reason) in cases {
        let (burst, _) = play(12, |_| sees(&[face(200.0, 120.0)], reading(Expression::Sad, 6.0), quality));
        assert!(matches!(answer_of(&burst), Answer::Unsure { reason: found, .. } if found == reason), "{reason:?}");
    }
    let (burst, _) = play(12, |_| sees(&[face(200.0, 120.0)], reading(Expression::Sad, 0.5), GOOD));
    assert!(matches!(answer_of(&burst), Answer::Unsure { reason: UnsureReason::LowConfidence, .. }));
}

#[test]
fn an_unpleasant_mood_has_to_be_more_certain() {
    // exp(1.6) against six times exp(0): 45 %.
    let of = |expression| answer_of(&play(12, |_| sees(&[face(9.0, 120.0)], reading(expression, 1.6), GOOD)).0);
    assert!(matches!(of(Expression::Neutral), Answer::Mood(_)));
    assert!(matches!(of(Expression::Angry), Answer::Unsure { .. }));
}

#[test]
fn in_the_dark_the_camera_is_asked_twice_at_most_and_then_it_is_too_dark() {
    let dark = || Glimpse { luminance: 10, ..nobody() };
    let mut burst = Burst::new(12);
    let mut asked = Vec::new();
    while let step @ (Step::Look(_) | Step::LetPass) = burst.next(&rule()) {
        match step {
            Step::Look(search) => burst.add(search, dark()),
            _ => burst.let_pass(),
        }
        if let Some(times) = burst.wants_light() {
            asked.push(times);
            burst.asked_for_light(true);
        }
    }
    assert_eq!(asked, [8.0, 8.0]);
    assert_eq!(answer_of(&burst), Answer::NoFace { reason: NoFaceReason::TooDark });
    let mut cannot = Burst::new(12);
    cannot.add(Search::Whole, dark());
    assert!(cannot.wants_light().is_some());
    cannot.asked_for_light(false);
    assert_eq!(cannot.wants_light(), None);
    assert_eq!(Burst::new(3).wants_light(), None, "before the first frame nothing is known");
}

#[test]
fn a_burst_of_one_frame_believes_it() {
    let (burst, steps) = play(1, |_| happy(10.0));
    assert!(matches!(answer_of(&burst), Answer::Mood(_)) && steps.len() == 2);
}
