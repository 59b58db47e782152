//! The doctor on simulated parts: what works, what fails, and that each trouble has one remedy.

use super::*;
use crate::camera;
use crate::eyes::{Sight, Stages};
use crate::ports::{CameraError, SpeakerError};
use crate::sim::camera::FolderCamera;
use crate::sim::parts::{Recorder, ScriptedButton};
use crate::sim::{Clock, Entry, Journal, tree};
use crate::sound::card::{Holder, Tone};
use mood::{
    Contract, DecisionRule, Faces, Frame, Glimpse, LabelSet, ModelError, NoFaceReason, PixelFormat, Rgb, Search,
};
use std::time::Duration;

struct StillCamera(Result<Frame, CameraError>);

impl crate::ports::Camera for StillCamera {
    fn capture(&mut self) -> Result<Frame, CameraError> {
        self.0.clone()
    }

    fn describe(&self) -> String {
        "still".into()
    }
}

struct Blind(NoFaceReason, DecisionRule);

impl Sight for Blind {
    fn rule(&self) -> &DecisionRule {
        &self.1
    }

    fn glance(
        &mut self,
        _frame: &Frame,
        _search: Search,
        _stages: &mut Stages,
        _clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        let faces = Faces { faces: Vec::new(), reason: self.0 };
        Ok(Glimpse { luminance: 100, faces, reading: None })
    }
}

fn frame(pixel: impl Fn(u32, u32) -> u8) -> Frame {
    let bytes = (0..120).flat_map(|y| (0..160).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
    Frame::packed(160, 120, PixelFormat::Grey, Duration::ZERO, bytes).unwrap()
}

#[test]
fn a_frames_light_and_focus_are_judged() {
    let judged = |pixel: &dyn Fn(u32, u32) -> u8| devices::camera(&mut StillCamera(Ok(frame(pixel))));
    let stripes = |x: u32, _| if x % 8 < 4 { 80 } else { 160 };
    assert_eq!(judged(&stripes).verdict, Verdict::Fine);
    let dark = judged(&|_, _| 3);
    let bright = judged(&|_, _| 250);
    let soft = judged(&|x, _| u8::try_from(60 + x / 4).unwrap());
    for (word, found) in [("lens cap", dark), ("window", bright), ("wipe the lens", soft)] {
        assert_eq!(found.verdict, Verdict::Doubtful, "{word}: {}", found.what);
        assert!(found.remedy.unwrap().contains(word), "{word}");
    }
    let bundled = devices::camera(&mut FolderCamera::bundled());
    assert_eq!(bundled.verdict, Verdict::Fine, "{}", bundled.what);
    assert!(bundled.figures["sharpness"].as_u64().unwrap() >= 100, "{}", bundled.what);
    assert_eq!(camera::mean_luminance(&frame(|_, _| 77)), 77);
}

#[test]
fn each_trouble_of_a_camera_has_a_remedy_of_its_own() {
    let lost = |detail: &str| CameraError::Lost { camera: "x".into(), detail: detail.into() };
    let cases = [
        (lost("there is none"), "plug in a USB camera"),
        (lost("it may not be opened; the user must be in group video"), "usermod -aG video"),
        (lost("another program uses it"), "fuser"),
        (lost("the program ended: no cameras available"), "this is a CSI camera"),
        (CameraError::Stalled { camera: "x".into(), waited_ms: 9 }, "unplug and replug"),
        (CameraError::BadFrame { camera: "x".into(), detail: "cut".into() }, "yuyv"),
    ];
    for (error, remedy) in cases {
        let found = devices::camera(&mut StillCamera(Err(error.clone())));
        assert_eq!((found.verdict, found.what), (Verdict::Broken, error.to_string()));
        assert!(found.remedy.unwrap().contains(remedy), "{error}");
    }
}

#[test]
fn why_there_is_no_face_is_told() {
    let cases = [
        (NoFaceReason::NothingFound, "arm's length"),
        (NoFaceReason::TooSmall, "come closer"),
        (NoFaceReason::TooClose, "move back"),
        (NoFaceReason::NotPlausible, "look straight"),
    ];
    for (reason, remedy) in cases {
        let found = devices::face(
            &mut FolderCamera::bundled(),
            &mut Blind(reason, DecisionRule::new(Contract::new(LabelSet::FerPlus))),
        );
        assert_eq!(found.verdict, Verdict::Doubtful);
        assert!(found.remedy.unwrap().contains(remedy), "{reason:?}");
    }
}

#[test]
fn every_colour_and_the_lamp_are_shown_and_dark_afterwards_also_after_a_failure() {
    let clock = Clock::default();
    for fails_after in [None, Some(1), Some(5)] {
        let journal = Journal::new(clock.clone());
        let mut lights = Recorder::new(journal.clone());
        if let Some(calls) = fails_after {
            lights.faults().fail_after(calls);
        }
        let found = devices::light(&mut lights, Duration::ZERO);
        assert_eq!(found.verdict == Verdict::Fine, fails_after.is_none());
        let entries: Vec<Entry> = journal.entries().into_iter().map(|(_, entry)| entry).collect();
        assert_eq!(entries[entries.len() - 2..], [Entry::Light(Rgb::OFF), Entry::Privacy(false)]);
        assert!(fails_after.is_some() || entries.contains(&Entry::Privacy(true)));
    }
}

#[test]
fn a_press_is_felt_or_its_absence_told() {
    let pressed = devices::button(&mut ScriptedButton::new(&[Duration::from_millis(1)]), Duration::from_secs(20));
    assert_eq!(pressed.verdict, Verdict::Fine, "{}", pressed.what);
    let silent = devices::button(&mut ScriptedButton::new(&[]), Duration::from_millis(1));
    assert_eq!(silent.what, "script: no press within 0 s");
    assert!(silent.remedy.unwrap().contains("ground"));
}

#[test]
fn a_tone_is_judged_by_what_was_late() {
    let tone = |missed| Ok(Tone { card: "x".into(), rate_hz: 48_000, missed });
    assert_eq!(devices::speaker(tone(0), &[]).verdict, Verdict::Fine);
    let late = devices::speaker(tone(4_800), &[]);
    assert_eq!(
        (late.verdict, late.what.as_str()),
        (Verdict::Doubtful, "x, 48000 Hz: a tone of one second, 100 ms of it were late")
    );
    let none = devices::speaker(Err(SpeakerError::NoDevice("no card".into())), &[]);
    assert_eq!((none.verdict, none.what.as_str()), (Verdict::Broken, "no speaker: no card"));
    let held = [Holder { card: "Device".into(), process: 810, program: "mpd".into() }];
    let busy = devices::speaker(Err(SpeakerError::NoDevice("it is busy".into())), &held);
    assert_eq!(busy.what, "no speaker: it is busy; Device is held by `mpd` (process 810)");
    assert!(busy.remedy.unwrap().starts_with("end that program"));
    let second = devices::speaker(tone(0), &held);
    assert_eq!(second.verdict, Verdict::Doubtful, "another card plays than the owner expects");
    assert!(second.what.ends_with("Device is held by `mpd` (process 810)"), "{}", second.what);
}

#[test]
fn board_and_system_are_read_where_they_are_told() {
    let nothing = About::read(tree(&[]).path());
    assert_eq!((nothing.board, nothing.system, nothing.kernel), (None, None, None));
    let root = tree(&[
        ("proc/device-tree/model", "Raspberry Pi 3 Model B Rev 1.2\0"),
        ("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=13\n"),
        ("proc/sys/kernel/osrelease", "6.12.47+rpt-rpi-v8\n"),
    ]);
    let about = About::read(root.path());
    assert_eq!(about.board.as_deref(), Some("Raspberry Pi 3 Model B Rev 1.2"));
    assert_eq!(about.system.as_deref(), Some("Debian GNU/Linux 13 (trixie)"));
    assert_eq!(about.kernel.as_deref(), Some("6.12.47+rpt-rpi-v8"));
}

#[test]
fn the_home_folder_is_hidden_wherever_it_stands() {
    let mut value = serde_json::json!({
        "what": "/home/ada/box: no room", "figures": {"paths": ["/home/ada", "/srv/music"], "free_mib": 3}
    });
    hide_home(&mut value, "/home/ada");
    assert_eq!(
        value,
        serde_json::json!({"what": "~/box: no room", "figures": {"paths": ["~", "/srv/music"], "free_mib": 3}})
    );
}
