//! What the box is made of, on a board and on a desk. The only place that opens pins, camera and speaker.

use crate::camera::{BoxCamera, CameraSettings, Finder};
use crate::config::Config;
use crate::device::Ending;
use crate::error::Failure;
use crate::eyes::Sight;
use crate::gpio::button::LineButton;
use crate::gpio::lamp::Lamp;
use crate::gpio::lights::BoardLights;
use crate::gpio::{Claim, Gpio};
use crate::hw;
use crate::ports::{Button, Camera, Extra, Lights, Speaker};
use crate::runner::{BoxEvent, Inbox, Observer, Parts, Runner, Settings, button, threads};
use crate::sim::camera::FolderCamera;
use crate::sim::parts::ScriptedButton;
use crate::sim::terminal::NoLights;
use crate::sound::{self, OpenedSpeaker, SpeakerChoice};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// When a simulated button is pressed, for who tries it.
const SIMULATED_PRESS: Duration = Duration::from_millis(50);

/// Buttons for one thing only.
pub type Extras = Vec<(Extra, Box<dyn Button>)>;

/// Where the parts come from. Each is opened when it is asked for.
pub struct Rig<'c> {
    config: &'c Config,
    place: Place,
    camera: CameraSettings,
    /// What was opened, for the owner: `light: RGB light at GPIO 12, 13, 16`.
    notes: Vec<String>,
}

enum Place {
    Board {
        gpio: Option<Box<dyn Gpio>>,
        lamp: Option<Lamp>,
        /// A simulated camera in the place of the board's.
        finder: Option<Box<dyn Finder>>,
    },
    /// No pins; pictures as the camera, the bundled ones without a folder.
    Desk(Option<PathBuf>),
}

impl<'c> Rig<'c> {
    fn new(config: &'c Config, place: Place) -> Self {
        Self { config, place, camera: config.camera.clone(), notes: Vec::new() }
    }

    /// The board that this program runs on.
    pub fn real(config: &'c Config) -> Self {
        Self::new(config, Place::Board { gpio: None, lamp: None, finder: None })
    }

    /// A simulated board.
    pub fn simulated(config: &'c Config, gpio: Box<dyn Gpio>, finder: Box<dyn Finder>) -> Self {
        Self::new(config, Place::Board { gpio: Some(gpio), lamp: None, finder: Some(finder) })
    }

    /// A desk: the camera shows the pictures of `folder`, or the bundled ones, or is the webcam that is named.
    pub fn desk(config: &'c Config, folder: Option<&Path>) -> Self {
        match folder {
            Some(device) if device.to_string_lossy().starts_with("/dev/video") => {
                let mut rig = Self::real(config);
                rig.camera.device = Some(device.display().to_string());
                rig
            }
            folder => Self::new(config, Place::Desk(folder.map(Path::to_path_buf))),
        }
    }

    /// Opens the pins. On a desk there are none.
    ///
    /// # Errors
    /// When there are none here, or they may not be used.
    pub fn pins(&mut self) -> Result<(), Failure> {
        if let Place::Board { gpio: gpio @ None, .. } = &mut self.place {
            *gpio = Some(hw::open_gpio(&self.config.wiring)?);
        }
        Ok(())
    }

    /// The pins, and the privacy lamp at one of them.
    fn board(&mut self) -> Result<Option<(&mut dyn Gpio, Lamp)>, Failure> {
        self.pins()?;
        let Place::Board { gpio: Some(gpio), lamp, .. } = &mut self.place else { return Ok(None) };
        let lamp = match lamp {
            Some(lamp) => lamp.clone(),
            None => {
                self.notes.push(format!("board: {}", gpio.describe()));
                lamp.insert(Lamp::open(gpio.as_mut(), &self.config.wiring)?).clone()
            }
        };
        Ok(Some((gpio.as_mut(), lamp)))
    }

    /// The light, with the privacy lamp.
    ///
    /// # Errors
    /// When a pin can't be had.
    pub fn lights(&mut self) -> Result<Box<dyn Lights>, Failure> {
        let wiring = &self.config.wiring;
        let Some((gpio, lamp)) = self.board()? else { return Ok(Box::new(NoLights)) };
        let lights = BoardLights::open(gpio, wiring, lamp)?;
        self.notes.push(format!("light: {}", lights.describe()));
        Ok(Box::new(lights))
    }

    /// The button.
    ///
    /// # Errors
    /// When its pin can't be had.
    pub fn button(&mut self) -> Result<Box<dyn Button>, Failure> {
        let Config { wiring, debounce, .. } = self.config;
        let Some((gpio, _)) = self.board()? else { return Ok(Box::new(ScriptedButton::new(&[SIMULATED_PRESS]))) };
        let button = LineButton::open(gpio, wiring, *debounce)?;
        self.notes.push(format!("button: {}", button.describe()));
        Ok(Box::new(button))
    }

    /// The buttons for one thing only, where there are any.
    ///
    /// # Errors
    /// When a pin can't be had.
    pub fn extras(&mut self) -> Result<Extras, Failure> {
        let Config { wiring, debounce, .. } = self.config;
        let wanted = [(Extra::Skip, wiring.skip, "skip button"), (Extra::Volume, wiring.volume, "volume button")];
        let mut extras = Extras::new();
        for (extra, pin, role) in wanted {
            let (Some(pin), Some((gpio, _))) = (pin, self.board()?) else { continue };
            let button = LineButton::open_at(gpio, wiring, Claim { pin, role }, *debounce)?;
            self.notes.push(format!("button: {}", button.describe()));
            extras.push((extra, Box::new(button)));
        }
        Ok(extras)
    }

    /// The camera, and how many pictures it shows; one where it is a real one. Where there is a privacy lamp it is on while
    /// the sensor is.
    ///
    /// # Errors
    /// When this build has none, or the pictures can't be read.
    pub fn camera(&mut self) -> Result<(Box<dyn Camera>, usize), Failure> {
        if let Place::Desk(folder) = &self.place {
            let camera = folder.as_ref().map_or_else(|| Ok(FolderCamera::bundled()), |it| FolderCamera::folder(it))?;
            self.notes.push(format!("camera: {}", camera.describe()));
            let pictures = camera.pictures();
            return Ok((Box::new(camera), pictures));
        }
        let lamp = self.board().ok().flatten().map(|(_, lamp)| lamp);
        let simulated = if let Place::Board { finder, .. } = &mut self.place { finder.take() } else { None };
        let finder = simulated.map_or_else(|| hw::find_camera(&self.camera), Ok)?;
        let told = move |on| {
            if let Some(Err(error)) = lamp.as_ref().map(|lamp| lamp.sensor(on)) {
                tracing::warn!(%error, on, "The privacy lamp does not obey");
            }
        };
        let camera = BoxCamera::new(finder, &self.camera, Box::new(told));
        self.notes.push(format!("camera: {}", camera.describe()));
        Ok((Box::new(camera), 1))
    }

    /// The speaker.
    ///
    /// # Errors
    /// When a file for the sound was asked for and can't be made.
    pub fn speaker(&mut self, choice: SpeakerChoice) -> Result<Box<dyn Speaker>, Failure> {
        let OpenedSpeaker { speaker, note } = sound::open(choice, &self.config.sound())?;
        self.notes.push(format!("speaker: {}", note.unwrap_or_else(|| speaker.describe())));
        Ok(speaker)
    }

    /// Tells what was opened.
    pub fn tell(&mut self, observer: &mut dyn Observer, now: Duration) {
        self.notes.drain(..).for_each(|note| observer.observe(now, &BoxEvent::Note(&note)));
    }
}

impl Drop for Rig<'_> {
    /// Darkens the lamp at the end, whatever hangs: the sensor ends with the program, but a line keeps its level.
    fn drop(&mut self) {
        if let Place::Board { lamp: Some(lamp), .. } = &self.place {
            // There is nobody left to tell about a failure.
            let _ = lamp.end();
        }
    }
}

/// All that a box is made of, open.
pub struct Opened {
    /// Takes the frames.
    pub camera: Box<dyn Camera>,
    /// Reads them.
    pub sight: Box<dyn Sight>,
    /// The light and the privacy lamp.
    pub lights: Box<dyn Lights>,
    /// The button.
    pub button: Box<dyn Button>,
    /// Those beside it for one thing only.
    pub extras: Extras,
    /// The speaker.
    pub speaker: Box<dyn Speaker>,
    /// Who is told what happens.
    pub observer: Box<dyn Observer>,
    /// Where the threads report to, and the other end of it.
    pub channel: (threads::Outbox, Box<dyn Inbox>),
}

impl Opened {
    /// Runs the box until it is stopped, or until `stop_at`, and says what shall follow. `seed` is the first piece's, `began`
    /// when the program started. Light, lamp and sensor are off afterwards, however it ends.
    ///
    /// # Errors
    /// When a thread can't be started, or one ends that the box can't do without.
    pub fn run(self, config: &Config, seed: u64, began: Instant, stop_at: Option<Duration>) -> Result<Ending, Failure> {
        let (outbox, inbox) = self.channel;
        let looker = threads::start_looker(self.camera, self.sight, config.look.limits, began, outbox.clone())?;
        button::start_button(self.button, outbox.clone())?;
        for (extra, it) in self.extras {
            button::start_extra(extra, it, outbox.clone())?;
        }
        let settings = Settings {
            device: config.device(seed),
            debounce: config.debounce,
            gestures: config.gestures,
            brightness: config.brightness,
            stop_at,
        };
        let (lights, speaker, observer) = (self.lights, self.speaker, self.observer);
        Runner::new(settings, Parts { lights, speaker, looker: Box::new(looker), inbox, observer }).run()
    }
}
