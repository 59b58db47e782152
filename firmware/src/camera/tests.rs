//! The box's camera on simulated devices: formats, faults, warm-up, the lamp.

use super::device::{Knob, control};
use super::*;
use crate::picture;
use crate::sim::video::{Buffers, SimVideo, SimWebcam};
use mood::PixelFormat;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use video::CameraFinder;

const JPEG: &[u8] = include_bytes!("../../assets/frames/1-astronaut.jpg");

fn webcam(formats: &[&str]) -> SimWebcam {
    let picture = picture::decode(JPEG, "frame").unwrap();
    SimWebcam {
        found: Found {
            path: "/dev/video0".into(),
            name: "Sim Cam".into(),
            driver: "uvcvideo".into(),
            formats: formats.iter().map(|format| (*format).to_owned()).collect(),
            trouble: None,
        },
        size: (picture.width(), picture.height()),
        gives_instead: None,
        frames: vec![JPEG.to_vec()],
        controls: SimWebcam::usual_controls(),
    }
}

fn settings() -> CameraSettings {
    CameraSettings { size: (640, 480), warm_up: Duration::from_secs(20), ..CameraSettings::default() }
}

/// What the lamp was told, and how many sensors were on then.
type LampLog = Arc<Mutex<Vec<(bool, u32)>>>;

/// A camera on `machine`, and what its lamp was told.
fn camera(machine: &SimVideo, settings: &CameraSettings) -> (BoxCamera, LampLog) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (lamp, sensors) = (Arc::clone(&told), machine.clone());
    let finder = CameraFinder::new(Box::new(machine.clone()), None, settings.clone());
    let lamp = Box::new(move |on| lamp.lock().unwrap().push((on, sensors.sensors_on())));
    (BoxCamera::new(Box::new(finder), settings, lamp), told)
}

fn machine(webcam: SimWebcam) -> SimVideo {
    let machine = SimVideo::default();
    machine.plug(webcam);
    machine
}

/// A camera that is open on a machine with one webcam.
fn opened(webcam: SimWebcam) -> (SimVideo, BoxCamera, LampLog) {
    let machine = machine(webcam);
    let (mut camera, lamp) = camera(&machine, &settings());
    camera.open().unwrap();
    (machine, camera, lamp)
}

#[test]
fn a_look_is_lamp_sensor_settled_frames_and_all_off_again() {
    let machine = machine(webcam(&["YUYV", "MJPG"]));
    let (mut camera, lamp) = camera(&machine, &settings());
    assert_eq!(camera.describe(), "/dev/video0, Sim Cam (it is the first that can)");
    camera.open().unwrap();
    let (width, height) = webcam(&[]).size;
    assert_eq!(camera.describe(), format!("/dev/video0, Sim Cam: MJPG {width}x{height}"));
    assert_eq!(machine.given(), 3, "dropped while the exposure settled");
    assert_eq!(camera.capture().unwrap().width(), width);
    camera.close();
    assert_eq!(machine.sensors_on(), 0);
    assert_eq!(*lamp.lock().unwrap(), [(true, 0), (false, 0)], "on before the sensor, off after it");
    assert!(matches!(camera.capture(), Err(CameraError::Lost { .. })), "the sensor is off");
    assert_eq!(machine.controls(), [(0x009a_0901, 3), (0x0098_0912, 1), (0x0098_0918, 3)]);
}

#[test]
fn the_driver_has_the_last_word_about_the_format() {
    let frames = vec![vec![100; 128 * 96]];
    let grey = SimWebcam { size: (128, 96), gives_instead: Some("GREY"), frames, ..webcam(&["MJPG"]) };
    let (_, mut camera, _) = opened(grey);
    assert_eq!(camera.describe(), "/dev/video0, Sim Cam: GREY 128x96");
    assert_eq!(camera.capture().unwrap().luminance(5, 5), 100);

    let odd = machine(SimWebcam { gives_instead: Some("H264"), ..webcam(&["MJPG", "YUYV"]) });
    let (mut camera, lamp) = self::camera(&odd, &settings());
    let error = camera.open().unwrap_err().to_string();
    assert!(error.ends_with("MJPG was asked for, H264 is what it gives; YUYV was asked for, H264 is what it gives"));
    assert_eq!(*lamp.lock().unwrap(), [(true, 0), (false, 0)]);
}

#[test]
fn unplugged_while_streaming_it_is_lost_and_found_again_when_it_is_back() {
    let (machine, mut camera, lamp) = opened(webcam(&["MJPG"]));
    machine.unplug();
    assert!(matches!(camera.capture(), Err(CameraError::Lost { .. })));
    assert_eq!(lamp.lock().unwrap().last(), Some(&(false, 0)), "no sensor, no lamp");
    camera.close();
    assert!(camera.open().unwrap_err().to_string().ends_with("is lost: there is none"));
    camera.close();
    // Another socket: another number.
    machine.plug(SimWebcam {
        found: Found { path: "/dev/video4".into(), ..webcam(&["MJPG"]).found },
        ..webcam(&["MJPG"])
    });
    camera.open().unwrap();
    camera.capture().unwrap();
    assert!(camera.describe().starts_with("/dev/video4, Sim Cam"));
}

#[test]
fn one_truncated_jpeg_is_passed_over_and_many_are_told() {
    let cut = JPEG[..JPEG.len() / 2].to_vec();
    let (machine, mut camera, _) = opened(SimWebcam { frames: vec![JPEG.to_vec(), cut], ..webcam(&["MJPG"]) });
    for _ in 0..4 {
        camera.capture().unwrap();
    }
    machine.buffers(Buffers::Cut);
    let error = camera.capture().unwrap_err();
    assert!(matches!(error, CameraError::BadFrame { .. }), "{error}");
    machine.buffers(Buffers::Whole);
    camera.capture().unwrap();
}

#[test]
fn a_jpeg_of_another_size_is_an_answer_and_a_raw_frame_that_is_too_short_is_a_bad_one() {
    let machine = machine(SimWebcam { size: (320, 240), ..webcam(&["MJPG"]) });
    let (mut camera, _) = camera(&machine, &CameraSettings { warm_up: Duration::ZERO, ..settings() });
    camera.open().unwrap();
    let frame = camera.capture().unwrap();
    assert_eq!((frame.width(), frame.height()), webcam(&[]).size);
    let raw = SimVideo::default();
    raw.plug(SimWebcam { size: (128, 96), frames: vec![vec![0; 99]], ..webcam(&["YUYV"]) });
    let (mut camera, _) = self::camera(&raw, &CameraSettings { warm_up: Duration::ZERO, ..settings() });
    camera.open().unwrap();
    let error = camera.capture().unwrap_err().to_string();
    assert!(error.ends_with("frame holds 99 bytes, 128x96 YUYV needs 24576"), "{error}");
}

#[test]
fn a_camera_whose_buffers_are_half_empty_or_all_marked_as_damaged_still_gives_frames() {
    for buffers in [Buffers::Empty, Buffers::Marked] {
        let (machine, mut camera, _) = opened(webcam(&["MJPG"]));
        machine.buffers(buffers);
        for _ in 0..3 {
            assert_eq!(camera.capture().unwrap().width(), webcam(&[]).size.0, "{buffers:?}");
        }
    }
}

#[test]
fn every_format_that_can_be_chosen_gives_a_frame() {
    for format in choose::FORMATS {
        let frame = match mood::RawFormat::from_fourcc(format) {
            Some(raw) => vec![128; raw.size(128, 96, raw.least_stride(128))],
            None => JPEG.to_vec(),
        };
        let size = if frame == JPEG { webcam(&[]).size } else { (128, 96) };
        let (_, mut camera, _) = opened(SimWebcam { size, frames: vec![frame], ..webcam(&[format]) });
        assert_eq!(camera.capture().unwrap().width(), size.0, "{format}");
        assert!(camera.describe().contains(format));
    }
}

#[test]
fn a_camera_that_stalls_or_is_taken_is_told_and_tried_anew_at_the_next_press() {
    let machine = machine(webcam(&["MJPG"]));
    let (mut camera, lamp) = camera(&machine, &settings());
    machine.take(true);
    assert!(camera.open().unwrap_err().to_string().ends_with("another program uses it"));
    machine.take(false);
    machine.buffers(Buffers::None);
    assert!(matches!(camera.open(), Err(CameraError::Stalled { .. })));
    assert_eq!((machine.sensors_on(), lamp.lock().unwrap().last().copied()), (0, Some((false, 0))));
    machine.buffers(Buffers::Whole);
    camera.open().unwrap();
    camera.capture().unwrap();
}

#[test]
fn a_sensor_that_is_kept_warm_keeps_its_lamp_gives_no_old_frame_and_rests_at_last() {
    let machine = machine(webcam(&["MJPG"]));
    let warm = CameraSettings { keep_warm: Duration::from_secs(3_600), ..settings() };
    let (mut camera, lamp) = camera(&machine, &warm);
    camera.open().unwrap();
    assert_eq!(camera.rest(), None, "a look is on");
    camera.close();
    assert!(camera.rest().is_some_and(|left| left > Duration::from_secs(3_000)));
    assert_eq!((machine.sensors_on(), lamp.lock().unwrap().len()), (1, 1), "sensor and lamp stay on");
    let before = machine.given();
    camera.open().unwrap();
    assert_eq!(machine.given() - before, 4, "what the driver had waiting is dropped, and nothing else");
    machine.unplug();
    camera.close();
    assert!(camera.open().is_err());
    assert_eq!(lamp.lock().unwrap().last(), Some(&(false, 0)));

    machine.plug(webcam(&["MJPG"]));
    let short = CameraSettings { keep_warm: Duration::from_nanos(1), ..settings() };
    let (mut camera, _) = self::camera(&machine, &short);
    camera.open().unwrap();
    camera.close();
    while camera.rest().is_some() {}
    assert_eq!(machine.sensors_on(), 0);
}

/// A room so dark that the sensor gives 20 of 255.
fn dark_room(controls: Vec<(u32, Knob)>) -> SimVideo {
    machine(SimWebcam { size: (128, 96), frames: vec![vec![20; 128 * 96]], controls, ..webcam(&["GREY"]) })
}

#[test]
fn asked_for_light_it_exposes_longer_then_amplifies_and_is_as_it_was_when_the_sensor_is_off() {
    let machine = dark_room(SimWebcam::usual_controls());
    let (mut camera, _) = camera(&machine, &settings());
    assert!(!camera.brighten(2.0), "the sensor is off");
    camera.open().unwrap();
    let shown = |camera: &mut BoxCamera| camera.capture().unwrap().luminance(5, 5);
    assert_eq!(shown(&mut camera), 20);
    // The register says 15.6 ms, which is not what it does by itself in the dark.
    assert!(camera.brighten(2.0));
    let stands = |id| machine.stands_at(id).unwrap();
    assert_eq!((stands(control::EXPOSURE_ABSOLUTE), stands(control::GAIN), shown(&mut camera)), (666, 64, 40));
    // Exposure ends at a tenth of a second; gain does the rest.
    assert!(camera.brighten(3.0));
    assert_eq!((stands(control::EXPOSURE_ABSOLUTE), stands(control::GAIN), shown(&mut camera)), (1_000, 128, 120));
    assert!(camera.brighten(4.0), "as far as it goes");
    assert_eq!(stands(control::GAIN), 255);
    assert!(!camera.brighten(2.0), "both are at their end");
    camera.close();
    let before: Vec<(u32, i64)> = SimWebcam::usual_controls().iter().map(|(id, knob)| (*id, knob.value)).collect();
    for (id, value) in before {
        let wanted = if id == control::POWER_LINE_FREQUENCY { 3 } else { value };
        assert_eq!(stands(id), wanted, "{id:#x}");
    }
}

#[test]
fn a_sensor_that_is_kept_warm_goes_back_to_its_exposure_between_looks() {
    let machine = dark_room(SimWebcam::usual_controls());
    let warm = CameraSettings { keep_warm: Duration::from_secs(3_600), ..settings() };
    let (mut camera, _) = camera(&machine, &warm);
    camera.open().unwrap();
    assert!(camera.brighten(2.0));
    camera.close();
    assert_eq!((machine.sensors_on(), machine.stands_at(control::EXPOSURE_AUTO)), (1, Some(3)));
}

#[test]
fn what_the_owner_set_by_hand_stays_and_a_camera_without_such_controls_says_no() {
    let machine = dark_room(SimWebcam::usual_controls());
    let by_hand = CameraSettings { exposure: Some(Duration::from_millis(10)), gain: Some(32), ..settings() };
    let (mut fixed, _) = camera(&machine, &by_hand);
    fixed.open().unwrap();
    assert!(!fixed.brighten(2.0));
    assert_eq!(machine.stands_at(control::EXPOSURE_ABSOLUTE), Some(100));
    assert_eq!(machine.stands_at(control::GAIN), Some(32));
    let plain = dark_room(Vec::new());
    let (mut plain, _) = camera(&plain, &settings());
    plain.open().unwrap();
    assert!(!plain.brighten(2.0));
}

#[test]
fn a_frame_that_is_given_back_carries_a_later_one() {
    let machine = dark_room(Vec::new());
    let (mut camera, _) = camera(&machine, &settings());
    camera.open().unwrap();
    let address = |frame: &Frame| frame.line(0).as_ptr();
    let frame = camera.capture().unwrap();
    let first = address(&frame);
    camera.reuse(frame);
    assert_eq!(address(&camera.capture().unwrap()), first);
}

#[test]
fn it_has_settled_when_the_brightness_stands_still() {
    let cases: [(&str, &[u32], Option<usize>); 5] = [
        ("still from the start", &[100, 100, 100, 100], Some(3)),
        ("rising, then still", &[5, 30, 70, 110, 120, 122, 123], Some(7)),
        ("swinging", &[50, 90, 50, 90, 50, 90], None),
        ("one step of calm is not enough", &[50, 51, 90, 91, 140], None),
        ("in the dark", &[0, 0, 0], Some(3)),
    ];
    for (name, means, wanted) in cases {
        let mut warm_up = WarmUp::default();
        let settled = means.iter().position(|mean| warm_up.step(*mean)).map(|at| at + 1);
        assert_eq!(settled, wanted, "{name}");
    }
}

#[test]
fn the_mean_is_that_of_the_whole_frame() {
    let half = |y: u32| if y < 32 { 0 } else { 200 };
    let bytes = (0..64).flat_map(|y| vec![half(y); 64]).collect();
    let frame = Frame::packed(64, 64, PixelFormat::Grey, Duration::ZERO, bytes).unwrap();
    assert_eq!(mean_luminance(&frame), 100);
}
