//! The real eyes on bursts of real frames: sizes that change, light that goes and comes back, a face that leaves.

use mood::{Answer, Expression, Frame, NoFaceReason, PixelFormat};
use moodbox::eyes::Eyes;
use moodbox::picture;
use moodbox::ports::{Camera, CameraError};
use moodbox::runner::{Limits, Look, take_look};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

const LIMITS: Limits = Limits { frames: 12, time: Duration::from_secs(600) };

/// A camera that shows what it is given, the last frame again and again.
struct Film {
    frames: Vec<image::RgbImage>,
    shown: usize,
    gain: f32,
    helps: bool,
}

impl Camera for Film {
    fn capture(&mut self) -> Result<Frame, CameraError> {
        let frame = &self.frames[self.shown.min(self.frames.len() - 1)];
        self.shown += 1;
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        let bytes = frame.as_raw().iter().map(|&value| (f32::from(value) * self.gain) as u8).collect();
        Ok(Frame::packed(frame.width(), frame.height(), PixelFormat::Rgb, Duration::ZERO, bytes).unwrap())
    }

    fn describe(&self) -> String {
        "film".into()
    }

    fn brighten(&mut self, times: f32) -> bool {
        let could = self.helps && self.gain < 4.0;
        if could {
            self.gain = (self.gain * times).min(4.0);
        }
        could
    }
}

fn bundled(name: &str) -> image::RgbImage {
    picture::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/frames").join(name)).unwrap().to_rgb8()
}

fn watch(frames: Vec<image::RgbImage>, helps: bool) -> Look {
    // One for all tests: loading takes longer than looking.
    static EYES: Mutex<Option<Eyes>> = Mutex::new(None);
    let mut eyes = EYES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let eyes = eyes.get_or_insert_with(|| Eyes::open(None, 0.0).unwrap());
    let mut film = Film { frames, shown: 0, gain: 1.0, helps };
    take_look(&mut film, eyes, LIMITS, &|| Duration::ZERO, &|| false)
}

fn answer(look: &Look) -> Answer {
    look.result.as_ref().unwrap().answer
}

#[test]
fn a_smile_is_seen_in_a_few_frames_of_which_one_is_searched_whole() {
    let look = watch(vec![bundled("1-astronaut.jpg")], false);
    assert!(matches!(answer(&look), Answer::Mood(mood) if mood.expression == Expression::Happy), "{look:?}");
    assert_eq!((look.searches, look.frames <= 4), (1, true));
    let reading = look.result.unwrap().reading;
    assert!(reading.is_some_and(|reading| !reading.features.is_empty()), "there is something to learn from");
}

#[test]
fn frames_of_changing_size_are_no_trouble() {
    let frame = bundled("1-astronaut.jpg");
    let sized = |width, height| image::imageops::thumbnail(&frame, width, height);
    let sizes = [(640, 480), (320, 240), (1_280, 960), (64, 48), (1, 1), (640, 480), (480, 480), (640, 480)];
    let look = watch(sizes.map(|(width, height)| sized(width, height)).into(), false);
    // What a changing size means nobody knows; it must end in an answer, and in no more work than any other look.
    assert!(look.result.is_ok() && look.searches <= mood::burst::MOST_SEARCHES, "{look:?}");
}

#[test]
fn nobody_is_nobody_and_a_cat_is_nobody() {
    for name in ["2-desk.jpg", "4-cat.jpg"] {
        let look = watch(vec![bundled(name)], true);
        assert!(matches!(answer(&look), Answer::NoFace { .. }), "{name}: {look:?}");
        assert!(look.searches <= mood::burst::MOST_SEARCHES && look.result.unwrap().reading.is_none());
    }
}

#[test]
fn a_face_that_leaves_in_mid_burst_is_answered_and_one_that_only_flits_by_is_not() {
    let (face, desk) = (bundled("1-astronaut.jpg"), bundled("2-desk.jpg"));
    let leaves = [vec![face.clone(); 2], vec![desk.clone(); 10]].concat();
    assert!(matches!(answer(&watch(leaves, false)), Answer::Mood(_)));
    let flits = [vec![face; 1], vec![desk; 11]].concat();
    assert!(matches!(answer(&watch(flits, false)), Answer::NoFace { .. }));
}

#[test]
fn when_the_lights_go_out_the_camera_is_asked_and_else_it_is_too_dark() {
    let mut dim = bundled("1-astronaut.jpg");
    dim.iter_mut().for_each(|value| *value /= 6);
    let helped = watch(vec![dim], true);
    assert!(matches!(answer(&helped), Answer::Mood(mood) if mood.expression == Expression::Happy), "{helped:?}");
    let black = image::RgbImage::from_pixel(640, 480, image::Rgb([3, 3, 3]));
    for helps in [true, false] {
        let dark = watch(vec![black.clone()], helps);
        assert_eq!(answer(&dark), Answer::NoFace { reason: NoFaceReason::TooDark });
    }
}

#[test]
fn an_abandoned_look_ends_at_the_next_frame() {
    let mut eyes = Eyes::open(None, 0.0).unwrap();
    let mut film = Film { frames: vec![bundled("2-desk.jpg")], shown: 0, gain: 1.0, helps: false };
    let asked = std::cell::Cell::new(0);
    let gone = || asked.replace(asked.get() + 1) >= 2;
    let look = take_look(&mut film, &mut eyes, LIMITS, &|| Duration::ZERO, &gone);
    assert_eq!((look.result.unwrap_err().to_string(), film.shown), ("it was not a press to look".to_owned(), 2));
}
