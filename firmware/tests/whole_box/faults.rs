//! Every port call fails once in every story: a loop over n. The box must end in order each time, and answer a press
//! that comes later as if nothing had been.

use crate::bench::Bench;
use crate::sight::Sees;
use mood::Expression;
use moodbox::sim::Faults;

const FACE: Sees = Sees::Face(Expression::Happy, 0.9);

/// A story: what is seen, and when the button is pressed.
struct Plot {
    name: &'static str,
    sees: &'static [Sees],
    presses: &'static [u64],
}

const PLOTS: [Plot; 4] = [
    Plot { name: "a mood", sees: &[FACE], presses: &[1_000] },
    Plot { name: "two moods", sees: &[FACE, FACE], presses: &[1_000, 2_000] },
    Plot { name: "nobody", sees: &[], presses: &[1_000] },
    Plot { name: "broken network", sees: &[Sees::BrokenNetwork], presses: &[1_000] },
];
/// The press that must be answered whatever went before, and the end.
const LAST_PRESS: u64 = 12_000;
const END: u64 = 14_000;

fn bench(plot: &Plot) -> Bench {
    Bench::with_happy_end(plot.sees, plot.presses, LAST_PRESS, END)
}

/// Runs each plot with the nth call of a part failing, for every n that a run without faults makes.
fn each_call_fails_once(part: fn(&Bench) -> &Faults, lights_worked: bool) {
    for plot in &PLOTS {
        let healthy = bench(plot);
        let faults = part(&healthy).clone();
        healthy.run().result.unwrap();
        let calls = faults.calls();
        assert!(calls > 1, "{}: {calls} calls", plot.name);
        for n in 0..calls {
            let bench = bench(plot);
            part(&bench).fail_after(n);
            let story = bench.run();
            let case = format!("{}, call {n} of {calls}", plot.name);
            assert!(story.result.is_ok(), "{case}");
            // The lights' very last calls are the darkness itself; when one of these fails nothing can be asserted.
            story.assert_sound_ending(lights_worked);
            let last = story.told.iter().rfind(|told| told.starts_with("Looked(")).map(String::as_str);
            // The last four calls of the camera belong to the last press itself; a fault there may be its answer.
            let failed_itself = last == Some("Looked(failed)") && n + 4 >= calls;
            assert!(failed_itself || last == Some("Looked(mood)"), "{case}: {last:?}");
        }
    }
}

#[test]
fn each_camera_call_fails_once() {
    each_call_fails_once(|bench| &bench.camera, true);
}

#[test]
fn each_lights_call_fails_once() {
    each_call_fails_once(|bench| &bench.lights, false);
}

#[test]
fn each_speaker_call_fails_once() {
    each_call_fails_once(|bench| &bench.speaker, true);
}

#[test]
fn every_part_unplugged_at_once_still_ends_in_order() {
    let bench = bench(&PLOTS[1]);
    for part in [&bench.camera, &bench.lights, &bench.speaker] {
        part.unplug();
    }
    let story = bench.run();
    story.result.as_ref().unwrap();
    assert_eq!(story.entries, []);
    assert_eq!(story.times_told("Trouble(CameraLost)"), 3);
}
