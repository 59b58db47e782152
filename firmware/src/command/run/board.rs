//! The box itself: camera, pins and speaker of a board.

use super::{RunArgs, seed_of_the_day, speaker_choice, stop_on_signals};
use crate::camera::SensorLamp;
use crate::config::Config;
use crate::error::Failure;
use crate::eyes::Eyes;
use crate::gpio::button::LineButton;
use crate::gpio::lamp::Lamp;
use crate::gpio::lights::BoardLights;
use crate::hw::{self, systemd, systemd::Systemd};
use crate::ports::{Button, Camera};
use crate::report::Transcript;
use crate::runner::{Inbox, Moment, Parts, Runner, Settings, Witness, threads};
use crate::service::{ServiceWitness, WatchedInbox};
use crate::sound;
use std::io::stdout;
use std::time::Instant;

/// Runs the box on this board. Each event is a line on stdout, which a service manager keeps as its journal.
pub(super) fn run(args: &RunArgs, config: &Config, began: Instant) -> Result<(), Failure> {
    let eyes = Eyes::open(args.model.as_deref().or(config.model.as_deref()), config.look.unsure_below)?;
    // From here on the pins are ours; whatever holds one darkens it when it goes, however this ends.
    let mut gpio = hw::open_gpio(&config.wiring)?;
    let lamp = Lamp::open(gpio.as_mut(), &config.wiring)?;
    let lights = BoardLights::open(gpio.as_mut(), &config.wiring, lamp.clone())?;
    let button = LineButton::open(gpio.as_mut(), &config.wiring, config.debounce)?;
    let camera = hw::open_camera(&config.camera, sensor_lamp(lamp));
    let opened = sound::open(speaker_choice(args, config), &config.music)?;

    let mut witness = Transcript::new(Box::new(stdout()));
    let mut note = |text: String| witness.saw(began.elapsed(), &Moment::Note(&text));
    note(format!("board: {}", gpio.describe()));
    note(format!("light: {}", lights.describe()));
    note(format!("button: {}", button.describe()));
    note(format!("camera: {}", camera.describe()));
    note(format!("speaker: {}", opened.note.unwrap_or_else(|| opened.speaker.describe())));

    let (outbox, inbox) = threads::inbox(began);
    stop_on_signals(&outbox)?;
    let looker = threads::start_looker(Box::new(camera), Box::new(eyes), config.look.frames, began, outbox.clone())?;
    threads::start_button(Box::new(button), outbox)?;
    let settings = Settings {
        device: config.device(args.seed.unwrap_or_else(seed_of_the_day)),
        debounce: config.debounce,
        brightness: config.brightness,
        stop_at: args.seconds.map(|seconds| began.elapsed().saturating_add(seconds)),
    };
    let inbox: Box<dyn Inbox> = match systemd::watchdog() {
        Some(limit) => Box::new(WatchedInbox::new(Box::new(inbox), Box::new(Systemd), limit)),
        None => Box::new(inbox),
    };
    let witness = Box::new(ServiceWitness::new(Box::new(witness), Box::new(Systemd)));
    let parts = Parts { lights: Box::new(lights), speaker: opened.speaker, looker: Box::new(looker), inbox, witness };
    Runner::new(settings, parts).run()
}

/// Lights the privacy lamp while the sensor is on, whatever the box thinks.
fn sensor_lamp(lamp: Lamp) -> SensorLamp {
    Box::new(move |on| {
        if let Err(error) = lamp.sensor(on) {
            tracing::warn!(%error, on, "The privacy lamp does not obey");
        }
    })
}
