//! Camera, face, network, light, lamp, button and speaker.

use super::Finding;
use crate::camera::mean_luminance;
use crate::eyes::{Sight, Stages};
use crate::ports::{Button, Camera, CameraError, Level, Lights, LightsError, SpeakerError};
use crate::sound::card::{Holder, Tone};
use crate::{picture, report};
use mood::{Answer, Expression, Frame, ModelError, NoFaceReason, Rgb};
use std::thread;
use std::time::{Duration, Instant};

/// Below this mean luminance a frame is too dark, above the other one too bright, 0..=255.
const DARK: u32 = 30;
const BRIGHT: u32 = 225;
/// Below this [`sharpness`] a frame is a blur: the bundled photographs have 100 and more.
const BLURRED: u32 = 20;
/// Frames that are looked at for a face.
const LOOKS: u32 = 10;
const RUNS: usize = 5;

/// Takes one frame.
pub fn camera(camera: &mut dyn Camera) -> Finding {
    let began = Instant::now();
    let taken = camera.open().and_then(|()| camera.capture());
    let took = began.elapsed();
    camera.close();
    let frame = match taken {
        Ok(frame) => frame,
        Err(error) => return no_camera(error),
    };
    let (brightness, sharpness) = (mean_luminance(&frame), sharpness(&frame));
    let what = format!(
        "{}; first frame after {:.1} s, brightness {brightness} of 255, sharpness {sharpness}",
        camera.describe(),
        took.as_secs_f64()
    );
    let finding = if brightness < DARK {
        Finding::doubtful(what, "take off the lens cap, or give the face more light: a lamp behind the box")
    } else if brightness > BRIGHT {
        Finding::doubtful(what, "turn the box away from the window, or set a shorter `camera.exposure_us`")
    } else if sharpness < BLURRED {
        Finding::doubtful(what, "wipe the lens, take off its film, and turn its ring until print at 60 cm is sharp")
    } else {
        Finding::fine(what)
    };
    finding
        .with("camera", camera.describe())
        .with("width", frame.width())
        .with("height", frame.height())
        .with("first_frame_ms", millis(took))
        .with("brightness", brightness)
        .with("sharpness", sharpness)
}

fn remedy(error: &CameraError) -> &'static str {
    match error {
        CameraError::Lost { detail, .. } if detail.contains("group video") => {
            "add the user to the group: `sudo usermod -aG video $USER`, then log in again"
        }
        CameraError::Lost { detail, .. } if detail.contains("another program") => {
            "end the program that has it (`fuser -v /dev/video*` names it); the box itself may be running"
        }
        CameraError::Lost { detail, .. } if detail.contains("rpicam") || detail.contains("the program ended") => {
            "this is a CSI camera: install its program with `sudo apt install rpicam-apps-lite`, and see that \
             `rpicam-hello --list-cameras` finds it; if not, push the ribbon cable in anew with the power off"
        }
        CameraError::Lost { .. } => {
            "plug in a USB camera, or a CSI camera with the power off; `moodbox devices` shows what is found"
        }
        CameraError::Stalled { .. } => {
            "unplug and replug the camera, at another socket or a hub with its own power, or ask for less: \
             `camera.format = \"mjpg\"`"
        }
        CameraError::BadFrame { .. } => "ask for another format: `camera.format = \"yuyv\"`, or use a shorter cable",
    }
}

/// The variance of the Laplacian of a frame's luminance: high where edges are crisp (Pech-Pacheco et al. 2000).
pub fn sharpness(frame: &Frame) -> u32 {
    let (mut sum, mut squares, mut count) = (0_i64, 0_i64, 0_i64);
    for y in (1..frame.height().saturating_sub(1)).step_by(2) {
        for x in (1..frame.width().saturating_sub(1)).step_by(2) {
            let at = |x, y| i64::from(frame.luminance(x, y));
            let edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y);
            sum += edge;
            squares += edge * edge;
            count += 1;
        }
    }
    let count = count.max(1);
    u32::try_from((squares - sum * sum / count) / count).unwrap_or(u32::MAX)
}

/// Looks for a face in some frames.
pub fn face(camera: &mut dyn Camera, sight: &mut dyn Sight) -> Finding {
    let seen = look_for_a_face(camera, sight);
    camera.close();
    seen.unwrap_or_else(|finding| finding)
}

fn no_camera(error: CameraError) -> Finding {
    Finding::broken(error.to_string(), remedy(&error))
}

fn no_model(error: ModelError) -> Finding {
    Finding::broken(error.to_string(), MODEL_REMEDY)
}

fn look_for_a_face(camera: &mut dyn Camera, sight: &mut dyn Sight) -> Result<Finding, Finding> {
    let began = Instant::now();
    let clock = || began.elapsed();
    camera.open().map_err(no_camera)?;
    let mut last = None;
    for frames in 1..=LOOKS {
        let frame = camera.capture().map_err(no_camera)?;
        let seen = sight.look(&frame, &mut Stages::default(), &clock).map_err(no_model)?;
        if let Some(face) = seen.faces.first() {
            let what = format!("found in frame {frames}, {:.0} pixels wide; {}", face.width, report::sentence(&seen));
            return Ok(Finding::fine(what).with("frames", frames).with("score", face.score));
        }
        last = Some(seen);
    }
    let reason = match last.as_ref().map(|seen| seen.answer) {
        Some(Answer::NoFace { reason }) => reason,
        _ => NoFaceReason::NothingFound,
    };
    let said = last.map(|seen| report::sentence(&seen)).unwrap_or_default();
    let remedy = match reason {
        NoFaceReason::NothingFound => "sit in front of the camera, an arm's length away, with light on the face",
        NoFaceReason::TooSmall => "come closer, or ask for larger frames: `camera.width = 1280`, `camera.height = 720`",
        NoFaceReason::TooClose => "move back until the whole head is in the frame, an arm's length away",
        NoFaceReason::TooDark => "make light, on the face rather than behind it",
        NoFaceReason::NotPlausible => "look straight at the camera, with nothing before the face",
    };
    Ok(Finding::doubtful(format!("no face in {LOOKS} frames: {said}"), remedy).with("frames", LOOKS))
}

const MODEL_REMEDY: &str =
    "leave out `model.path`: a network is built in; or export yours again with `trainer quantise`";

/// Two bundled frames, and what the box must say about them, whichever network it has.
const STORED: [(&[u8], &str, Option<Expression>); 2] = [
    (include_bytes!("../../assets/frames/1-astronaut.jpg"), "astronaut", Some(Expression::Happy)),
    (include_bytes!("../../assets/frames/2-desk.jpg"), "desk", None),
];

/// Lets the networks read the bundled frames and compares with the answers known.
pub fn model(sight: &mut dyn Sight) -> Finding {
    match time_known(sight) {
        Ok(median) => {
            let ms = median.as_secs_f64() * 1e3;
            Finding::fine(format!("the stored answers are given; {ms:.1} ms for a frame with a face"))
                .with("ms", millis(median))
        }
        Err(finding) => finding,
    }
}

/// How long a frame with a face usually takes, where the answers are those known.
fn time_known(sight: &mut dyn Sight) -> Result<Duration, Finding> {
    let began = Instant::now();
    let clock = || began.elapsed();
    let mut times: Vec<Duration> = Vec::new();
    for (jpeg, name, wanted) in STORED {
        let frame = picture::decode(jpeg, name).and_then(|picture| picture::frame(picture, name, Duration::ZERO));
        let damaged = |_| Finding::broken(format!("the frame {name} is damaged"), "install the box again");
        let frame = frame.map_err(damaged)?;
        for _ in 0..RUNS {
            let start = Instant::now();
            let said = match sight.look(&frame, &mut Stages::default(), &clock).map_err(no_model)?.answer {
                Answer::Mood(mood) | Answer::Unsure { best: mood, .. } => Some(mood.expression),
                Answer::NoFace { .. } => None,
            };
            if wanted.is_some() {
                times.push(start.elapsed());
            }
            if said != wanted {
                let word = |it: Option<Expression>| it.map_or("nobody", Expression::name);
                let what = format!("{name}: it says {}, {} is known to be right", word(said), word(wanted));
                return Err(Finding::broken(what, MODEL_REMEDY));
            }
        }
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

const COLOURS: [(&str, Rgb); 4] = [
    ("red", Rgb::new(1.0, 0.0, 0.0)),
    ("green", Rgb::new(0.0, 1.0, 0.0)),
    ("blue", Rgb::new(0.0, 0.0, 1.0)),
    ("white", Rgb::new(1.0, 1.0, 1.0)),
];

/// Shows each colour and the privacy lamp, `each` long.
pub fn light(lights: &mut dyn Lights, each: Duration) -> Finding {
    let shown = show_all(lights, each);
    // Dark afterwards, whatever failed.
    let dark = lights.show(Rgb::OFF).and(lights.privacy(false));
    match shown.and(dark) {
        Ok(()) => Finding::fine(
            "shown in turn: red, green, blue, white, privacy lamp. Another order: swap `light.red_pin`, `green_pin`, \
             `blue_pin`. All reversed: `light.common`",
        ),
        Err(error) => Finding::broken(
            error.to_string(),
            "check the light's wires (firmware/README.md has the table), or see what \
             else uses the pins: `gpioinfo`",
        ),
    }
}

fn show_all(lights: &mut dyn Lights, each: Duration) -> Result<(), LightsError> {
    for (_, colour) in COLOURS {
        lights.show(colour)?;
        thread::sleep(each);
    }
    lights.show(Rgb::OFF)?;
    lights.privacy(true)?;
    thread::sleep(each);
    Ok(())
}

/// Waits for a press.
pub fn button(button: &mut dyn Button, limit: Duration) -> Finding {
    const REMEDY: &str = "check the wire from the button's pin to ground (firmware/README.md has the table); for a button \
                          to 3.3 V set `button.active = \"high\"`; if it is a board without edges, `button.hearing = \"poll\"`";
    let began = Instant::now();
    while began.elapsed() < limit {
        match button.wait(limit.saturating_sub(began.elapsed())) {
            Ok(Some(Level::Down)) => {
                let after = began.elapsed().as_secs_f64();
                return Finding::fine(format!("{}: pressed after {after:.1} s", button.describe()));
            }
            Ok(_) => {}
            Err(error) => return Finding::broken(error.to_string(), REMEDY),
        }
    }
    Finding::broken(format!("{}: no press within {} s", button.describe(), limit.as_secs()), REMEDY)
}

/// Judges a tone that was played; `held` are the better cards that others play on.
pub fn speaker(played: Result<Tone, SpeakerError>, held: &[Holder]) -> Finding {
    let others = held.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let end = "end that program, or name another card as `speaker.card` (`moodbox devices` lists them)";
    match played {
        Ok(Tone { card, rate_hz, missed }) => {
            let lost = f64::from(u32::try_from(missed).unwrap_or(u32::MAX)) * 1e3 / f64::from(rate_hz.max(1));
            let what = format!("{card}, {rate_hz} Hz: a tone of one second, {lost:.0} ms of it were late");
            let finding = if !held.is_empty() {
                Finding::doubtful(format!("{what}; {others}"), end)
            } else if missed == 0 {
                Finding::fine(what)
            } else {
                Finding::doubtful(what, "end what else keeps this board busy; `moodbox bench` shows how busy it is")
            };
            finding.with("card", card).with("rate_hz", rate_hz).with("missed_frames", missed)
        }
        Err(error) if !held.is_empty() => Finding::broken(format!("{error}; {others}"), end),
        Err(error) => Finding::broken(
            error.to_string(),
            "see `moodbox devices` for the cards, name one as `speaker.card`, and add the user to the group: \
             `sudo usermod -aG audio $USER`",
        ),
    }
}
