//! Stories with a part that fails: what the light and the sound say of it, and that the box goes on.

use crate::bench::Bench;
use crate::sight::Sees;
use crate::story::{is_hue_of, words};
use mood::{Expression, Rgb, cue::mood_light};

#[test]
fn an_unplugged_camera_is_trouble_and_the_next_press_recovers() {
    let bench = Bench::new(&[Sees::Nobody, Sees::Face(Expression::Happy, 0.9)], &[1_000, 4_000], 6_000);
    bench.camera.fail_after(0);
    let story = bench.run();
    assert_eq!(words(&story)[1..3], [(1_120, "chime Trouble"), (4_120, "play happy over 800ms")]);
    assert!(is_hue_of(story.seen_at(1_000 + 120 + 360).0, Rgb::new(1.0, 0.0, 0.0)), "red");
    story.assert_sound_ending(true);
}

#[test]
fn a_short_frame_is_trouble_too() {
    let bench = Bench::new(&[], &[1_000], 3_000);
    bench.camera.short_buffer();
    let story = bench.run();
    assert_eq!(words(&story)[1], (1_120, "chime Trouble"));
    assert_eq!(story.times_told("Trouble(CameraLost)"), 1);
    story.assert_sound_ending(true);
}

#[test]
fn a_stalled_camera_does_not_hold_the_box_up() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000, 8_000], 9_000);
    bench.camera.stall();
    let story = bench.run();
    assert_eq!(
        words(&story)[1..3],
        [(6_000, "chime Trouble"), (8_000, "chime Trouble")],
        "after the time limit of 5 s"
    );
    assert!(story.seen_at(8_500).1, "the sensor may be on, so the lamp stays");
    assert_eq!(story.times_told("Looking"), 1, "no second look meanwhile");
    story.assert_sound_ending(true);
}

#[test]
fn a_network_that_fails_is_trouble() {
    let story = Bench::new(&[Sees::BrokenNetwork], &[1_000], 3_000).run();
    assert_eq!(story.times_told("Trouble(ModelRejected)"), 1);
    story.assert_sound_ending(true);
}

#[test]
fn a_lost_speaker_leaves_the_lights_working() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 9_000);
    bench.speaker.unplug();
    let story = bench.run();
    assert_eq!(words(&story), []);
    assert!(story.told.iter().any(|told| told.starts_with("Lost(Speaker")));
    assert!(is_hue_of(story.seen_at(1_440).0, Rgb::new(0.6, 0.0, 0.8)), "the light says that there is no sound");
    assert!(is_hue_of(story.seen_at(8_900).0, mood_light(Expression::Happy).colour), "then shows the mood");
    story.assert_sound_ending(true);
}

#[test]
fn a_lost_light_leaves_the_music_playing_and_is_tried_again() {
    let bench = Bench::new(&[Sees::Face(Expression::Happy, 0.9)], &[1_000], 9_000);
    bench.lights.unplug();
    let story = bench.run();
    let sound: Vec<_> = words(&story).iter().map(|(_, word)| *word).collect();
    assert_eq!(sound, ["chime Ready", "chime Trouble", "play happy over 800ms", "silence over 600ms"]);
    story.assert_sound_ending(false);

    let bench = Bench::new(&[], &[], 2_000);
    bench.lights.fail_after(5);
    let story = bench.run();
    assert_eq!(story.times_told("Back(Lights)"), 1);
    story.assert_sound_ending(true);
}
