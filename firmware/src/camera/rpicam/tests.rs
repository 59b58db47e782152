//! The adapter against a program that behaves as `rpicam-vid` does.

use super::stand_in::{StandIn, frame};
use super::*;

const SECOND: Duration = Duration::from_secs(20);
const GREY: [u8; 2] = [128, 128];

/// 60x4 pixels are asked for, which becomes 128x8.
fn start(stand_in: &StandIn) -> Result<Rpicam, CameraError> {
    start_with(stand_in, &CameraSettings { size: (60, 4), ..CameraSettings::default() })
}

fn start_with(stand_in: &StandIn, camera: &CameraSettings) -> Result<Rpicam, CameraError> {
    loop {
        // Another thread that forks just now may hold the script open for writing a moment longer.
        match Rpicam::switch_on(&stand_in.program, camera) {
            Err(CameraError::Lost { detail, .. }) if detail.contains("Text file busy") => {}
            started => return started,
        }
    }
}

#[test]
fn frames_are_cut_from_the_stream_and_only_the_newest_is_given() {
    let script = format!("{}; {}; {}; exec sleep 60", frame(16, GREY), frame(126, GREY), frame(235, GREY));
    let stand_in = StandIn::new(&script);
    let mut camera = start(&stand_in).unwrap();
    assert!(camera.describe().ends_with("rpicam-vid: YU12 128x8"), "{}", camera.describe());
    let mut seen = Vec::new();
    while seen.last() != Some(&235) {
        let frame = camera.frame(SECOND).unwrap();
        assert_eq!((frame.width(), frame.height()), (128, 8));
        seen.push(frame.luminance(127, 7));
    }
    assert!(seen.is_sorted(), "{seen:?}");
    let stalled = camera.frame(Duration::from_millis(1)).unwrap_err();
    assert!(matches!(stalled, CameraError::Stalled { waited_ms: 1, .. }), "{stalled}");
}

#[test]
fn a_frame_has_the_full_range_from_black_to_white() {
    // Luminance, blue and red difference, and the colour a JPEG of these has.
    let cases = [
        (0, GREY, [0, 0, 0]),
        (255, GREY, [255, 255, 255]),
        (16, GREY, [16, 16, 16]),
        (235, GREY, [235, 235, 235]),
        (76, [85, 255], [254, 0, 0]),
        (29, [255, 107], [0, 0, 254]),
    ];
    for (luminance, colours, wanted) in cases {
        let stand_in =
            StandIn::new(&format!("until_asked eval '{}; sleep 0.01'", frame(luminance, colours).replace('\'', "\"")));
        let mut camera = start(&stand_in).unwrap();
        let frame = camera.frame(SECOND).unwrap();
        assert_eq!(frame.line(5)[..3], wanted, "{luminance} {colours:?}");
    }
}

#[test]
fn frames_are_made_in_the_room_of_those_that_were_given_back() {
    let stand_in = StandIn::new(&format!("while :; do {}; sleep 0.01; done", frame(126, GREY)));
    let mut camera = start(&stand_in).unwrap();
    let first = camera.frame(SECOND).unwrap();
    let address = first.line(0).as_ptr();
    camera.reuse(first);
    assert_eq!(camera.frame(SECOND).unwrap().line(0).as_ptr(), address);
    assert!(!camera.brighten(2.0), "it takes no orders while it runs");
}

#[test]
fn its_death_is_told_with_its_last_words_also_in_the_middle_of_a_frame() {
    let script = format!("{}; printf half; echo 'ERROR: camera timed out' >&2; exit 1", frame(100, GREY));
    let stand_in = StandIn::new(&script);
    let mut camera = match start(&stand_in) {
        Ok(camera) => camera,
        Err(error) => panic!("{error}"),
    };
    let error = camera.frame(SECOND).unwrap_err().to_string();
    assert!(error.ends_with("is lost: the program ended: ERROR: camera timed out"), "{error}");
    assert!(matches!(camera.frame(SECOND), Err(CameraError::Lost { .. })), "and again");

    let none = StandIn::new("echo 'ERROR: *** no cameras available ***' >&2; exit 255");
    let error = start(&none).err().unwrap().to_string();
    assert!(error.ends_with("the program ended: ERROR: *** no cameras available ***"), "{error}");
}

#[test]
fn the_program_is_asked_to_end_and_killed_only_when_it_does_not() {
    let quoted = frame(50, GREY).replace('\'', "\"");
    let cases = [
        ("it writes on until it is asked", format!("until_asked eval '{quoted}'"), true),
        ("it waits for its camera", format!("listen; {}; until_asked sleep 0.01", frame(50, GREY)), true),
        ("it does not listen", format!("trap '' INT; {}; exec sleep 1000", frame(50, GREY)), false),
        ("it neither listens nor stops writing", format!("trap '' INT; while :; do {}; done", frame(50, GREY)), false),
    ];
    for (name, script, listens) in cases {
        let stand_in = StandIn::new(&script);
        let mut camera = start(&stand_in).unwrap();
        // One that listens has all the time that a busy machine takes.
        camera.end_limit = if listens { SECOND * 10 } else { Duration::from_millis(50) };
        let process = PathBuf::from(format!("/proc/{}", camera.child.id()));
        assert!(process.exists());
        drop(camera);
        assert!(!process.exists(), "{name}");
        assert_eq!(stand_in.was_asked(), listens, "{name}");
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
fn whatever_the_owner_chose_the_program_knows_every_argument() {
    let usual = CameraSettings { size: (640, 480), ..CameraSettings::default() };
    let all = CameraSettings {
        exposure: Some(Duration::from_millis(8)),
        gain: Some(4),
        flicker: Flicker::Hz60,
        ..usual.clone()
    };
    for camera in [usual, all] {
        // Its words, as no frame of this size comes.
        let stand_in = StandIn::new("echo 'understood' >&2; exit 1");
        let error = start_with(&stand_in, &camera).err().unwrap().to_string();
        assert!(error.ends_with("the program ended: understood"), "{error}");
        assert_eq!(stand_in.arguments().trim_end(), arguments(&camera).join(" "));
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
    assert!(told.contains("--output - --framerate 15 --mode 1640:1232 --width 640 --height 480"), "{told}");
    assert!(told.ends_with("--shutter 8000us --gain 4 --flicker-period 10000us"), "{told}");
    assert!(!arguments(&CameraSettings::default()).iter().any(|it| it.starts_with("--shutter")));
}

#[test]
fn no_size_that_can_be_configured_needs_padding_or_changes_its_shape() {
    for width in 160..=1_920 {
        for height in [120, 121, 480, 719, 1_080] {
            let (wide, high) = size(&CameraSettings { size: (width, height), ..CameraSettings::default() });
            assert!(wide % 128 == 0 && high % 2 == 0 && wide >= width, "{width}x{height}: {wide}x{high}");
            // Half a pair of lines more or less.
            let off = (u64::from(wide) * u64::from(height)).abs_diff(u64::from(high) * u64::from(width));
            assert!(off <= u64::from(width), "{width}x{height}: {wide}x{high}");
        }
    }
    let size = |of| size(&CameraSettings { size: of, ..CameraSettings::default() });
    assert_eq!([size((640, 480)), size((320, 240)), size((1_280, 720))], [(640, 480), (384, 288), (1_280, 720)]);
}

/// A sensor's modes: width, height, frames a second, the share of the sensor's width that it shows; the widest show all.
type Modes = &'static [(f64, f64, f64, u32)];

/// As `rpicam-vid --list-cameras` prints them, 10 bits (12 of the HQ camera).
const SENSORS: [(&str, Modes); 4] = [
    (
        "v1, ov5647",
        &[
            (640.0, 480.0, 58.9, 99),
            (1_296.0, 972.0, 46.3, 100),
            (1_920.0, 1_080.0, 32.8, 74),
            (2_592.0, 1_944.0, 15.6, 100),
        ],
    ),
    (
        "v2, imx219",
        &[
            (640.0, 480.0, 103.3, 39),
            (1_640.0, 1_232.0, 41.9, 100),
            (1_920.0, 1_080.0, 47.6, 59),
            (3_280.0, 2_464.0, 21.2, 100),
        ],
    ),
    (
        "HQ, imx477",
        &[
            (1_332.0, 990.0, 120.1, 66),
            (2_028.0, 1_080.0, 50.0, 100),
            (2_028.0, 1_520.0, 40.0, 100),
            (4_056.0, 3_040.0, 10.0, 100),
        ],
    ),
    ("v3, imx708", &[(1_536.0, 864.0, 120.1, 67), (2_304.0, 1_296.0, 56.0, 100), (4_608.0, 2_592.0, 14.4, 100)]),
];

/// The mode that rpicam-apps takes (`RPiCamApp::selectMode` of core/rpicam_app.cpp; all modes here have one depth).
fn selected(modes: Modes, (width, height): (f64, f64), framerate: f64) -> (f64, f64, f64, u32) {
    let part = |desired: f64, actual: f64| {
        let off = if desired < actual { (actual - desired) / 8.0 } else { desired - actual };
        if (actual - desired).abs() > f64::EPSILON { 2.0 * off } else { off }
    };
    let score = |(wide, high, fps, _): &(f64, f64, f64, u32)| {
        part(width, *wide)
            + part(height, *high)
            + 1_500.0 * part(width / height, wide / high)
            + 2_000.0 * (framerate - fps.min(framerate)).abs()
    };
    *modes.iter().min_by(|a, b| score(a).total_cmp(&score(b))).unwrap()
}

#[test]
fn every_sensor_shows_its_whole_width_at_any_size() {
    for camera_size in [(160, 120), (640, 480), (1_280, 720), (1_640, 1_232), (1_920, 1_080)] {
        let camera = CameraSettings { size: camera_size, ..CameraSettings::default() };
        let told = arguments(&camera);
        let mode = &told[told.iter().position(|it| it == "--mode").unwrap() + 1];
        let (width, height) = mode.split_once(':').unwrap();
        let asked = (width.parse().unwrap(), height.parse().unwrap());
        for (name, modes) in SENSORS {
            let (wide, high, _, share) = selected(modes, asked, 15.0);
            assert_eq!(share, 100, "{name} {wide}x{high} at {camera_size:?}");
            assert!(
                wide >= f64::from(camera_size.0) && high >= f64::from(camera_size.1),
                "{name} {wide}x{high}: {camera_size:?}"
            );
        }
    }
    // Without the wish, the sensor most people have shows the middle.
    assert_eq!(selected(SENSORS[1].1, (640.0, 480.0), 15.0).3, 39);
}
