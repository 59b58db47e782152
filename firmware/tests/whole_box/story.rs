//! Stories, each with one named ending, asserting light and sound and state.

use crate::bench::{Bench, LOOK, Story, ms};
use crate::sight::Sees;
use mood::{Expression, Rgb, cue::mood_light};
use moodbox::ports::{Extra, Level};
use moodbox::runner::Message;

pub(crate) fn words(story: &Story) -> Vec<(u64, &'static str)> {
    // Leaked for easy comparing; a test's life is short.
    story.sound().into_iter().map(|(at, word)| (at, &*word.leak())).collect()
}

/// Whether a colour is some brightness of another's hue.
pub(crate) fn is_hue_of(colour: Rgb, full: Rgb) -> bool {
    let parts = |c: Rgb| [c.red.get(), c.green.get(), c.blue.get()];
    let (seen, wanted) = (parts(colour), parts(full));
    let scale = seen.iter().sum::<f32>() / wanted.iter().sum::<f32>();
    scale > 0.05 && seen.iter().zip(wanted).all(|(a, b)| (a - b * scale).abs() < 0.01)
}

#[test]
fn a_press_becomes_light_and_music() {
    let story = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 5_000).run();
    story.result.as_ref().unwrap();
    assert_eq!(words(&story), [(0, "chime Ready"), (1_120, "play happy over 800ms"), (5_000, "silence over 600ms")]);
    assert!(story.seen_at(900).0 != Rgb::OFF && !story.seen_at(900).1, "ready: a dim light, lamp off");
    assert!(story.seen_at(1_040).1, "lamp on while looking");
    assert!(is_hue_of(story.seen_at(2_000).0, mood_light(Expression::Happy).colour) && !story.seen_at(2_000).1);
    assert_eq!(story.ended, ms(5_600), "ended with the fade");
    story.assert_sound_ending(true);
}

#[test]
fn the_next_mood_cross_fades() {
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Face(Expression::Sad, 0.8)];
    let story = Bench::new(&sees, &[1_000, 4_000], 8_000).run();
    assert_eq!(words(&story)[1..3], [(1_120, "play happy over 800ms"), (4_420, "play sad over 1.5s")]);
    assert!(is_hue_of(story.seen_at(7_000).0, mood_light(Expression::Sad).colour));
    story.assert_sound_ending(true);
}

#[test]
fn nobody_there_is_a_whole_burst_a_tone_and_amber_and_then_ready_again() {
    let story = Bench::new(&[Sees::Nobody], &[1_000], 9_000).run();
    let frames = story.entries.iter().filter(|(_, e)| *e == moodbox::sim::Entry::Frame).count();
    assert_eq!(frames, 10, "four searches, spread over the burst");
    assert_eq!(words(&story)[1..], [(1_120, "chime NoFace"), (9_000, "silence over 0ns")]);
    assert!(is_hue_of(story.seen_at(1_300).0, Rgb::new(1.0, 0.45, 0.0)));
    assert!(is_hue_of(story.seen_at(8_900).0, Rgb::new(0.06, 0.05, 0.035)), "ready again");
    story.assert_sound_ending(true);
}

#[test]
fn a_certain_answer_ends_the_burst_after_three_frames() {
    let story = Bench::new(&[Sees::Face(Expression::Surprise, 0.9)], &[1_000], 3_000).run();
    let frames = story.entries.iter().filter(|(_, e)| *e == moodbox::sim::Entry::Frame).count();
    assert_eq!((frames, words(&story)[1]), (3, (1_120, "play surprise over 800ms")));
    assert_eq!(story.times_told("Looked(mood)"), 1);
}

#[test]
fn in_the_dark_the_light_says_make_light() {
    let story = Bench::new(&[Sees::Dark], &[1_000], 9_000).run();
    assert_eq!(words(&story)[1], (1_120, "chime NoFace"));
    assert!(is_hue_of(story.seen_at(1_400).0, Rgb::new(0.3, 0.28, 0.22)));
    story.assert_sound_ending(true);
}

#[test]
fn a_camera_that_fails_in_mid_burst_has_shown_enough_or_is_trouble() {
    for (calls, expected) in [(2, "chime Trouble"), (3, "play happy over 800ms")] {
        let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 3_000);
        bench.camera.fail_after(calls);
        let story = bench.run();
        assert_eq!(words(&story)[1], (1_120, expected), "after {calls} calls");
        story.assert_sound_ending(true);
    }
}

#[test]
fn an_answer_that_is_let_stand_and_one_that_is_corrected_are_both_learnt() {
    let (happy, angry) = (Sees::Face(Expression::Happy, 0.9), Sees::Face(Expression::Angry, 0.8));
    let thrice = edges_of(7_000, &[100, 100, 100, 100, 100]);
    let edges = [edges_of(1_000, &[120]), edges_of(4_000, &[120]), thrice].concat();
    let story = Bench::with_edges(&[happy, angry, Sees::Nobody], &edges, 12_000).run();
    // The first stood until the second look; the second was corrected, and only that counts of it.
    assert_eq!(story.learnt, [(Expression::Happy, false), (Expression::Neutral, true)]);
    assert_eq!(story.times_told("Learn(Neutral)"), 1);
    story.assert_sound_ending(true);
}

#[test]
fn an_unsure_face_is_played_neutral_and_glows_in_a_light_of_its_own() {
    let story = Bench::new(&[Sees::Face(Expression::Angry, 0.3)], &[1_000], 3_000).run();
    assert_eq!(words(&story)[1..3], [(1_120, "play neutral over 800ms"), (1_120, "chime Unsure")]);
    assert!(is_hue_of(story.seen_at(2_000).0, Rgb::new(0.35, 0.42, 0.55)));
}

#[test]
fn music_goes_on_while_nobody_is_there_and_its_light_returns() {
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Nobody];
    let story = Bench::new(&sees, &[1_000, 3_000], 9_000).run();
    assert_eq!(words(&story)[1..3], [(1_120, "play happy over 800ms"), (3_420, "chime NoFace")]);
    assert!(is_hue_of(story.seen_at(8_900).0, mood_light(Expression::Happy).colour));
}

#[test]
fn a_bouncing_button_and_presses_while_looking_are_one_look() {
    let edges: Vec<_> = [1_000, 1_003, 1_005, 1_009, 1_012, 1_040, 1_045, 1_071]
        .into_iter()
        .zip([Level::Down, Level::Up].into_iter().cycle())
        .map(|(at, level)| (ms(at), level))
        .collect();
    let story = Bench::with_edges(&[Sees::Face(Expression::Happy, 0.9)], &edges, 3_000).run();
    assert_eq!(story.times_told("Looking"), 1);
    assert_eq!(story.times_told("Looked(mood)"), 1);
    let held = LOOK.as_millis();
    assert!(held > 71, "the last edges fell into the look");
}

#[test]
fn a_press_while_looking_is_dropped_and_told() {
    let presses = [1_000, 1_500].map(ms);
    let edges: Vec<_> = presses.iter().flat_map(|&at| [(at, Level::Down), (at + ms(31), Level::Up)]).collect();
    let story = Bench::with_slow_looks(&[Sees::Face(Expression::Happy, 0.9)], &edges, ms(900), 3_000).run();
    assert_eq!((story.times_told("Pressed"), story.times_told("Dropped"), story.times_told("Looking")), (1, 1, 1));
    assert_eq!(words(&story)[1], (1_900, "play happy over 800ms"));
}

#[test]
fn light_answers_a_press_at_once_and_music_when_it_is_known_to_be_one() {
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Face(Expression::Sad, 0.9)];
    let story = Bench::new(&sees, &[1_000, 3_000], 6_000).run();
    for press in [1_000, 3_000] {
        let lit = story.seen_at(press);
        assert!(is_hue_of(lit.0, Rgb::new(0.9, 0.9, 1.0)) && lit.1, "white and the lamp in the very moment: {lit:?}");
    }
    // 120 ms down, then 300 ms in which no second press comes.
    assert_eq!(words(&story)[2], (3_420, "play sad over 1.5s"));
}

/// Edges of a gesture: how long the button is down and up in turn.
fn edges_of(begin: u64, lengths: &[u64]) -> Vec<(std::time::Duration, Level)> {
    let mut at = begin;
    let levels = [Level::Down, Level::Up].into_iter().cycle();
    let times = std::iter::once(begin).chain(lengths.iter().map(|length| {
        at += length;
        at
    }));
    times.map(ms).zip(levels).collect()
}

#[test]
fn twice_skips_and_what_the_camera_saw_meanwhile_is_forgotten() {
    let press = edges_of(1_000, &[120]);
    let edges = [press, edges_of(4_000, &[100, 120, 100])].concat();
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Face(Expression::Angry, 0.9)];
    let story = Bench::with_edges(&sees, &edges, 8_000).run();
    let sound = words(&story);
    assert_eq!(sound[1..3], [(1_120, "play happy over 800ms"), (4_620, "skip over 1.5s")]);
    assert!(is_hue_of(story.seen_at(7_000).0, mood_light(Expression::Happy).colour) && !story.seen_at(7_000).1);
    story.assert_sound_ending(true);
}

#[test]
fn a_second_press_that_is_held_is_a_like_and_the_music_goes_on() {
    let press = edges_of(1_000, &[120]);
    let edges = [press, edges_of(4_000, &[100, 120, 1_400])].concat();
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Face(Expression::Angry, 0.9)];
    let story = Bench::with_edges(&sees, &edges, 8_000).run();
    assert_eq!(words(&story)[1..3], [(1_120, "play happy over 800ms"), (5_220, "like")]);
    assert!(is_hue_of(story.seen_at(7_000).0, mood_light(Expression::Happy).colour) && !story.seen_at(7_000).1);
    story.assert_sound_ending(true);
}

#[test]
fn a_correction_with_no_previous_answer_is_a_dull_note() {
    let edges = edges_of(1_000, &[100, 100, 100, 100, 100]);
    let story = Bench::with_edges(&[Sees::Nobody], &edges, 4_000).run();
    assert!(story.learnt.is_empty() && !story.told.iter().any(|told| told.starts_with("Learn")), "{:?}", story.told);
    assert_eq!(words(&story)[1..3], [(1_100, "chime NoFace"), (1_400, "chime Nothing")]);
    story.assert_sound_ending(true);
}

#[test]
fn a_mood_is_chosen_by_hand_without_the_camera() {
    let edges = edges_of(1_000, &[2_700]);
    let story = Bench::with_edges(&[Sees::Face(Expression::Angry, 0.9)], &edges, 6_000).run();
    // A second of holding, then each of seven moods for four sevenths of a second: neutral is the third.
    assert_eq!(words(&story)[1..3], [(3_700, "play neutral over 800ms"), (3_700, "chime Taken")]);
    assert!(is_hue_of(story.seen_at(2_300).0, mood_light(Expression::Happy).colour));
    story.assert_sound_ending(true);
}

#[test]
fn held_for_five_seconds_it_stops_and_for_ten_it_shuts_down() {
    let edges = [edges_of(1_000, &[120]), edges_of(3_000, &[6_000])].concat();
    let story = Bench::with_edges(&[Sees::Face(Expression::Happy, 0.9)], &edges, 12_000).run();
    assert_eq!(words(&story)[2], (8_000, "silence over 1.5s"));
    assert!(is_hue_of(story.seen_at(11_900).0, Rgb::new(0.06, 0.05, 0.035)), "ready again");
    story.assert_sound_ending(true);

    let story = Bench::with_edges(&[], &edges_of(3_000, &[20_000]), 60_000).run();
    assert_eq!(*story.result.as_ref().unwrap(), moodbox::device::Ending::ShutDown);
    assert_eq!(story.ended, ms(13_000 + 1_500), "after the light has fallen");
    story.assert_sound_ending(true);
}

#[test]
fn a_second_and_a_third_button_skip_and_turn_the_volume() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 6_000);
    for (at, extra) in [(2_000, Extra::Skip), (3_000, Extra::Volume)] {
        for (after, level) in [(0, Level::Down), (4, Level::Up), (8, Level::Down), (90, Level::Up)] {
            bench.post(at + after, Message::Extra(extra, level));
        }
    }
    bench.post(4_000, Message::ExtraLost(Extra::Skip, button_error()));
    let story = bench.run();
    assert_eq!(words(&story)[2..4], [(2_000, "skip over 1.5s"), (3_000, "volume -6")]);
    assert!(story.result.is_ok() && story.told.iter().any(|told| told.contains("wire is off")));
    story.assert_sound_ending(true);
}

fn button_error() -> moodbox::ports::ButtonError {
    moodbox::ports::ButtonError { button: "skip".into(), detail: "wire is off".into() }
}

#[test]
fn stop_in_every_state_ends_dark_and_soon() {
    let cases = [("idle", 500), ("looking", 1_040), ("playing", 2_000), ("trouble", 4_500)];
    for (state, at) in cases {
        let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000, 4_000], 60_000);
        bench.camera.fail_after(4);
        bench.post(at, Message::Stop);
        let story = bench.run();
        story.result.as_ref().unwrap();
        assert!(story.ended <= ms(at + 600), "{state}: ended at {:?}", story.ended);
        story.assert_sound_ending(true);
    }
}

#[test]
fn a_second_stop_does_not_wait_for_the_fade() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 60_000);
    bench.post(2_000, Message::Stop);
    bench.post(2_100, Message::Stop);
    let story = bench.run();
    assert_eq!(story.ended, ms(2_100));
    story.assert_sound_ending(true);
}

#[test]
fn a_thread_that_ends_ends_the_program_with_the_lights_dark() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 60_000);
    bench.post(2_000, Message::Ended("camera"));
    let story = bench.run();
    let error = story.result.as_ref().unwrap_err();
    assert_eq!(error.to_string(), "thread `camera` ended; the box can't go on without it");
    assert_eq!(story.ended, ms(2_000));
    story.assert_sound_ending(true);
}

#[test]
fn equal_stories_are_equal() {
    let sees = [Sees::Face(Expression::Happy, 0.9), Sees::Nobody];
    let run = || Bench::new(&sees, &[1_000, 3_000], 9_000).run().entries;
    assert_eq!(run(), run());
}

#[test]
fn every_brightness_handed_to_the_light_lies_in_0_to_1() {
    let sees = [Sees::Face(Expression::Surprise, 0.9), Sees::Nobody, Sees::BrokenNetwork];
    let story = Bench::new(&sees, &[1_000, 6_000, 12_000], 15_000).run();
    let mut colours = 0;
    for (at, entry) in &story.entries {
        if let moodbox::sim::Entry::Light(colour) = entry {
            colours += 1;
            assert!(
                [colour.red, colour.green, colour.blue].iter().all(|part| (0.0..=1.0).contains(&part.get())),
                "{at:?}"
            );
        }
    }
    assert!(colours > 50, "{colours} colours in 15 s");
}
