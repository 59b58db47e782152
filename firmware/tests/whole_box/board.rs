//! The box on simulated pins and a simulated webcam, put together as on a real board, with its real threads and networks.
//! It is driven and watched from outside, at its lines; nothing here measures time.

use moodbox::camera::CameraSettings;
use moodbox::camera::Found;
use moodbox::camera::video::CameraFinder;
use moodbox::config::Config;
use moodbox::device::Ending;
use moodbox::error::{ExitCode, Failure};
use moodbox::eyes::Eyes;
use moodbox::gpio::Pin;
use moodbox::rig::{Opened, Rig};
use moodbox::runner::{BoxEvent, Message, Observer, threads};
use moodbox::sim::gpio::SimGpio;
use moodbox::sim::parts::Recorder;
use moodbox::sim::video::{Buffers, SimVideo, SimWebcam};
use moodbox::sim::{Clock, Journal};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const PHOTOGRAPH: &[u8] = include_bytes!("../../assets/frames/1-astronaut.jpg");
const BUTTON: Pin = Pin(17);
const LAMP: Pin = Pin(24);
const LIGHT: [Pin; 3] = [Pin(12), Pin(13), Pin(16)];
const SOON: Duration = Duration::from_secs(60);

/// Tells what the box says, as the owner reads it.
struct Teller(SyncSender<String>);

impl Observer for Teller {
    fn observe(&mut self, _now: Duration, event: &BoxEvent<'_>) {
        let text = match event {
            BoxEvent::Looked(look) => match &look.result {
                Ok(seen) => format!("looked: {}", seen.answer.name()),
                Err(error) => format!("looked: {error}"),
            },
            other => format!("{other:?}"),
        };
        // The test may have heard enough.
        let _ = self.0.send(text);
    }
}

/// A box that runs on a thread of its own.
struct Running {
    gpio: SimGpio,
    video: SimVideo,
    outbox: threads::Outbox,
    told: Receiver<String>,
    thread: JoinHandle<Result<Ending, Failure>>,
}

fn webcam() -> SimWebcam {
    let found = Found {
        path: "/dev/video0".into(),
        name: "Sim Cam".into(),
        driver: "uvcvideo".into(),
        formats: vec!["MJPG".into()],
        trouble: None,
    };
    SimWebcam {
        found,
        size: (640, 480),
        gives_instead: None,
        frames: vec![PHOTOGRAPH.to_vec()],
        controls: SimWebcam::usual_controls(),
    }
}

fn start_with(gpio: &SimGpio, video: &SimVideo) -> Running {
    let (gpio, video) = (gpio.clone(), video.clone());
    let (tell, told) = sync_channel(10_000);
    let began = Instant::now();
    let (outbox, inbox) = threads::inbox(began);
    let (theirs, cameras, out) = (gpio.clone(), video.clone(), outbox.clone());
    let thread = thread::spawn(move || {
        // These lines don't bounce, and the test presses faster than any finger.
        let mut config = Config { debounce: Duration::ZERO, ..Config::embedded().unwrap() };
        config.gestures.again = Duration::ZERO;
        let speaker = Box::new(Recorder::new(Journal::new(Clock::default())));
        let settings = CameraSettings { warm_up: SOON, ..config.camera.clone() };
        let finder = CameraFinder::new(Box::new(cameras), None, settings);
        let mut rig = Rig::simulated(&config, Box::new(theirs), Box::new(finder));
        let opened = Opened {
            lights: rig.lights()?,
            button: rig.button()?,
            extras: rig.extras()?,
            camera: rig.camera()?.0,
            speaker,
            sight: Box::new(Eyes::open(None, config.look.unsure_below).unwrap()),
            observer: Box::new(Teller(tell)),
            channel: (out, Box::new(inbox)),
        };
        opened.run(&config, 1, began, None)
    });
    Running { gpio, video, outbox, told, thread }
}

fn start() -> Running {
    let video = SimVideo::default();
    video.plug(webcam());
    start_with(&SimGpio::default(), &video)
}

impl Running {
    /// Waits until the box says this, or something that begins so.
    fn hear(&self, start: &str) -> String {
        loop {
            let text = self.told.recv_timeout(SOON).unwrap_or_else(|_| panic!("the box never said `{start}`"));
            if text.starts_with(start) {
                return text;
            }
        }
    }

    fn press(&self) {
        self.gpio.drive(BUTTON, false);
        self.hear("Pressed");
        self.gpio.drive(BUTTON, true);
    }

    fn stop(self) -> SimGpio {
        self.outbox.send(Message::Stop).unwrap();
        self.thread.join().unwrap().unwrap();
        assert_eq!(self.video.sensors_on(), 0, "the sensor is off");
        self.gpio
    }
}

fn assert_dark(gpio: &SimGpio, case: &str) {
    for pin in LIGHT.into_iter().chain([LAMP]) {
        assert!(!gpio.level(pin), "{case}: {pin} is dark");
    }
}

#[test]
fn a_press_at_the_pin_becomes_a_look_with_the_lamp_lit_and_a_light() {
    let running = start();
    running.hear("Ready");
    running.press();
    assert_eq!(running.hear("looked"), "looked: mood");
    running.hear("Privacy(false)");
    // The lamp was on before the sensor, and is off after it.
    assert_eq!(running.gpio.writes(LAMP).first(), Some(&true));
    running.gpio.wait_for_level(LAMP, false);
    running.gpio.wait_for_writes(LIGHT[0], 100);
    assert_dark(&running.stop(), "stopped");
}

#[test]
fn a_camera_that_is_pulled_out_is_trouble_and_found_again_when_it_is_back() {
    let running = start();
    running.hear("Ready");
    running.video.unplug();
    running.press();
    assert!(running.hear("looked").ends_with("is lost: there is none"));
    running.hear("Trouble(CameraLost)");
    running.gpio.wait_for_level(LAMP, false);
    running.video.plug(webcam());
    running.press();
    assert_eq!(running.hear("looked"), "looked: mood");
    for buffers in [Buffers::Cut, Buffers::None] {
        running.video.buffers(buffers);
        running.press();
        running.hear("Trouble");
        running.video.buffers(Buffers::Whole);
        running.press();
        assert_eq!(running.hear("looked"), "looked: mood", "after {buffers:?}");
    }
    assert_dark(&running.stop(), "stopped");
}

#[test]
fn stopped_in_any_state_everything_is_dark_and_the_sensor_off() {
    for state in ["Ready", "Looking", "looked", "Sound(Play", "Trouble"] {
        let running = start();
        running.hear("Ready");
        if state == "Trouble" {
            running.video.unplug();
        }
        if state != "Ready" {
            running.press();
            running.hear(state);
        }
        assert_dark(&running.stop(), state);
    }
}

#[test]
fn a_camera_that_hangs_for_ever_does_not_keep_the_lamp_lit_when_the_box_ends() {
    let running = start();
    running.hear("Ready");
    running.video.buffers(Buffers::Hang);
    running.press();
    running.hear("Looking");
    running.gpio.wait_for_level(LAMP, true);
    running.outbox.send(Message::Stop).unwrap();
    running.thread.join().unwrap().unwrap();
    assert_dark(&running.gpio, "ended");
    running.video.buffers(Buffers::None);
}

#[test]
fn a_pin_that_is_taken_is_told_and_the_others_stay_dark() {
    let gpio = SimGpio::default();
    gpio.occupy(BUTTON, "gpio-keys");
    let running = start_with(&gpio, &SimVideo::default());
    let error = running.thread.join().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "GPIO 17, for the button, is taken: gpio-keys has it");
    assert_eq!(error.code.number(), 4);
    assert_dark(&gpio, "refused");
}

#[test]
fn a_button_that_is_lost_ends_the_box_in_order() {
    let running = start();
    running.hear("Ready");
    running.gpio.faults().unplug();
    let error = running.thread.join().unwrap().unwrap_err();
    assert!(error.to_string().starts_with("button "), "{error}");
    assert_eq!(error.code, ExitCode::Device);
}
