//! The adapter against a program that behaves as `rpicam-vid` does: a shell script that writes frames to stdout.

use super::*;
use std::os::unix::fs::PermissionsExt;

const SECOND: Duration = Duration::from_secs(20);

/// A program in a folder of its own; 64x4 pixels make a frame of 384 bytes.
struct Fake {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Fake {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("rpicam-vid");
        std::fs::write(&program, format!("#!/bin/sh\necho \"$@\" > {}/arguments\n{script}\n", folder.path().display()))
            .unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, program }
    }

    fn start(&self) -> Result<Rpicam, CameraError> {
        let camera = CameraSettings { size: (60, 4), ..CameraSettings::default() };
        loop {
            // Another thread that forks just now may hold the script open for writing a moment longer.
            match Rpicam::switch_on(&self.program, &camera) {
                Err(CameraError::Lost { detail, .. }) if detail.contains("Text file busy") => {}
                started => return started,
            }
        }
    }
}

/// Shell that writes one frame of this luminance without colour.
fn frame(luminance: u8) -> String {
    let plane = |value: u8, bytes: u32| format!("head -c {bytes} /dev/zero | tr '\\0' '\\{value:03o}'");
    format!("{{ {}; {}; }}", plane(luminance, 256), plane(128, 128))
}

#[test]
fn frames_are_cut_from_the_stream_and_only_the_newest_is_given() {
    let fake = Fake::new(&format!("{}; {}; {}; exec sleep 60", frame(16), frame(126), frame(235)));
    let mut camera = fake.start().unwrap();
    assert!(camera.describe().ends_with("rpicam-vid: YU12 64x4"), "{}", camera.describe());
    let mut seen = Vec::new();
    while seen.last() != Some(&255) {
        let frame = camera.frame(SECOND).unwrap();
        assert_eq!((frame.width(), frame.height()), (64, 4));
        seen.push(frame.luminance(63, 3));
    }
    assert!(seen.is_sorted(), "{seen:?}");
    let stalled = camera.frame(Duration::from_millis(1)).unwrap_err();
    assert!(matches!(stalled, CameraError::Stalled { waited_ms: 1, .. }), "{stalled}");
    let told = std::fs::read_to_string(fake.folder.path().join("arguments")).unwrap();
    assert!(told.contains("--codec yuv420") && told.contains("--width 64 --height 4"), "{told}");
}

#[test]
fn frames_are_made_in_the_room_of_those_that_were_given_back() {
    let fake = Fake::new(&format!("while :; do {}; sleep 0.01; done", frame(126)));
    let mut camera = fake.start().unwrap();
    let first = camera.frame(SECOND).unwrap();
    let address = first.line(0).as_ptr();
    camera.reuse(first);
    assert_eq!(camera.frame(SECOND).unwrap().line(0).as_ptr(), address);
    assert!(!camera.brighten(2.0), "it takes no orders while it runs");
}

#[test]
fn its_death_is_told_with_its_last_words_also_in_the_middle_of_a_frame() {
    let fake = Fake::new(&format!("{}; printf half; echo 'ERROR: camera timed out' >&2; exit 1", frame(100)));
    let mut camera = match fake.start() {
        Ok(camera) => camera,
        Err(error) => panic!("{error}"),
    };
    let error = camera.frame(SECOND).unwrap_err().to_string();
    assert!(error.ends_with("is lost: the program ended: ERROR: camera timed out"), "{error}");
    assert!(matches!(camera.frame(SECOND), Err(CameraError::Lost { .. })), "and again");

    let none = Fake::new("echo 'ERROR: *** no cameras available ***' >&2; exit 255");
    let error = none.start().err().unwrap().to_string();
    assert!(error.ends_with("the program ended: ERROR: *** no cameras available ***"), "{error}");
}

#[test]
fn the_program_runs_exactly_as_long_as_the_sensor_is_wanted() {
    // One that goes on writing ends by itself; one that hangs is killed.
    for script in [format!("while :; do {}; done", frame(50)), format!("{}; exec sleep 1000", frame(50))] {
        let fake = Fake::new(&script);
        let camera = fake.start().unwrap();
        let process = PathBuf::from(format!("/proc/{}", camera.child.id()));
        assert!(process.exists());
        drop(camera);
        assert!(!process.exists(), "{script}");
    }
}

#[test]
fn the_program_is_found_by_its_new_name_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::join_paths([Path::new("/nowhere"), folder.path()]).unwrap();
    assert_eq!(find(&path), None);
    for name in ["libcamera-vid", "rpicam-vid"] {
        std::fs::write(folder.path().join(name), "").unwrap();
        assert_eq!(find(&path), Some(folder.path().join(name)));
    }
}

#[test]
fn settings_become_arguments() {
    let camera = CameraSettings {
        size: (640, 480),
        exposure: Some(Duration::from_millis(8)),
        gain: Some(4),
        flicker: Flicker::Hz50,
        ..CameraSettings::default()
    };
    let told = arguments(&camera).join(" ");
    assert!(told.contains("--output - --framerate 15 --width 640 --height 480"), "{told}");
    assert!(told.ends_with("--shutter 8000us --gain 4 --flicker-period 10000us"), "{told}");
    assert!(!arguments(&CameraSettings::default()).iter().any(|it| it.starts_with("--shutter")));
}
