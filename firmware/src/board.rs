//! The box on a board: pins, camera and speaker put together and run. What they are behind their seams (a Raspberry Pi's,
//! or simulated ones) is the caller's choice.

use crate::camera::{BoxCamera, Finder, SensorLamp};
use crate::config::Config;
use crate::device::Ending;
use crate::error::Failure;
use crate::eyes::Sight;
use crate::gpio::button::LineButton;
use crate::gpio::lamp::Lamp;
use crate::gpio::lights::BoardLights;
use crate::gpio::{Claim, Gpio};
use crate::ports::{Button, Camera};
use crate::runner::{Extra, Inbox, Moment, Parts, Runner, Settings, Witness, threads};
use crate::sound::OpenedSpeaker;
use std::time::{Duration, Instant};

/// What the box is made of.
pub struct Board {
    /// Its pins.
    pub gpio: Box<dyn Gpio>,
    /// Where it finds its camera.
    pub cameras: Box<dyn Finder>,
    /// Its speaker.
    pub speaker: OpenedSpeaker,
    /// What reads its frames.
    pub eyes: Box<dyn Sight>,
    /// Who is told what happens.
    pub witness: Box<dyn Witness>,
    /// Where its threads report to.
    pub outbox: threads::Outbox,
    /// The other end of it.
    pub inbox: Box<dyn Inbox>,
}

/// Runs the box until it is stopped, by its button, a message, or by itself at `stop_at`, and says what shall follow. `seed` is the first piece's, `began` when the
/// program started. Light, lamp and sensor are off afterwards, however it ends.
///
/// # Errors
/// When a pin can't be had, or a thread ends that the box can't do without.
pub fn run(
    board: Board,
    config: &Config,
    seed: u64,
    began: Instant,
    stop_at: Option<Duration>,
) -> Result<Ending, Failure> {
    let Board { mut gpio, cameras, speaker, eyes, mut witness, outbox, inbox } = board;
    // Whatever holds a pin darkens it when it goes, so the order of these does not matter.
    let lamp = Lamp::open(gpio.as_mut(), &config.wiring)?;
    let _dark_at_last = DarkAtLast(lamp.clone());
    let lights = BoardLights::open(gpio.as_mut(), &config.wiring, lamp.clone())?;
    let button = LineButton::open(gpio.as_mut(), &config.wiring, config.debounce)?;
    let others =
        [(Extra::Skip, config.wiring.skip, "skip button"), (Extra::Volume, config.wiring.volume, "volume button")];
    let mut extras = Vec::new();
    for (extra, pin, role) in others {
        let Some(pin) = pin else { continue };
        let claim = Claim { pin, role };
        extras.push((extra, LineButton::open_at(gpio.as_mut(), &config.wiring, claim, config.debounce)?));
    }
    let camera = BoxCamera::new(cameras, &config.camera, sensor_lamp(lamp));
    let mut note = |what: &str, text: &str| witness.saw(began.elapsed(), &Moment::Note(&format!("{what}: {text}")));
    note("board", &gpio.describe());
    note("light", lights.describe());
    note("button", &button.describe());
    for (_, button) in &extras {
        note("button", &button.describe());
    }
    note("camera", &camera.describe());
    note("speaker", &speaker.note.unwrap_or_else(|| speaker.speaker.describe()));
    let looker = threads::start_looker(Box::new(camera), eyes, config.look.limits, began, outbox.clone())?;
    threads::start_button(Box::new(button), outbox.clone())?;
    for (extra, button) in extras {
        threads::start_extra(extra, Box::new(button), outbox.clone())?;
    }
    let settings = Settings {
        device: config.device(seed),
        debounce: config.debounce,
        gestures: config.gestures,
        brightness: config.brightness,
        stop_at,
    };
    let parts = Parts { lights: Box::new(lights), speaker: speaker.speaker, looker: Box::new(looker), inbox, witness };
    Runner::new(settings, parts).run()
}

/// Lights the privacy lamp while the sensor is on, whatever the box thinks.
#[must_use]
pub fn sensor_lamp(lamp: Lamp) -> SensorLamp {
    Box::new(move |on| {
        if let Err(error) = lamp.sensor(on) {
            tracing::warn!(%error, on, "The privacy lamp does not obey");
        }
    })
}

/// Darkens the lamp when all else has let go of the board, or hangs: a sensor ends with the program at the latest, but a line
/// keeps its level.
struct DarkAtLast(Lamp);

impl Drop for DarkAtLast {
    fn drop(&mut self) {
        // There is nobody left to tell about a failure.
        let _ = self.0.end();
    }
}
