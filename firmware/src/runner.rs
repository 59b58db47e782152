//! The loop: messages in, port calls out. Holds the [`Device`] and turns its commands into light, sound and looks.
//!
//! Nothing here waits for a device. Camera and button live on threads of their own ([`threads`]) and report through one
//! bounded channel; time comes from the [`Inbox`], so that tests tell whole stories in virtual time.

mod dark;
mod look;
pub mod moment;
pub mod threads;

pub use look::{Look, LookError, take_look};
pub use moment::{Moment, Witness};

use crate::debounce::Debouncer;
use crate::device::{self, Command, Device, Event, Part, State};
use crate::error::Failure;
use crate::ports::{ButtonError, Level, Lights, LightsError, Speaker, SpeakerError};
use dark::DarkOnDrop;
use mood::{Brightness, LightPattern, Motion, Rgb};
use std::collections::VecDeque;
use std::time::Duration;

/// Between two steps of a moving light: 25 a second look smooth.
const FRAME: Duration = Duration::from_millis(40);
/// Between two questions to the speaker, and two tries of a lost light.
const CHECK: Duration = Duration::from_millis(250);

/// What the threads around the loop report.
#[derive(Debug)]
pub enum Message {
    /// The button's level changed.
    Button(Level),
    /// The button can't be read any more.
    ButtonLost(ButtonError),
    /// The look that was begun has ended, and the sensor is off.
    Looked(Look),
    /// Ctrl-C, SIGTERM, or the owner's key.
    Stop,
    /// A thread ended that should not have.
    Ended(&'static str),
}

/// Where messages and the time come from.
pub trait Inbox {
    /// Time since the program began.
    fn now(&self) -> Duration;

    /// The next message; `None` when none came until `until`.
    fn next(&mut self, until: Duration) -> Option<Message>;
}

/// Begins looks; each ends in one [`Message::Looked`].
pub trait Looker {
    /// Begins one.
    ///
    /// # Errors
    /// When the camera's thread is gone.
    fn begin(&mut self) -> Result<(), Failure>;
}

/// Everything the loop works with.
pub struct Parts {
    /// The light and the privacy lamp.
    pub lights: Box<dyn Lights>,
    /// The speaker.
    pub speaker: Box<dyn Speaker>,
    /// The camera and the eyes behind it.
    pub looker: Box<dyn Looker>,
    /// Messages and time.
    pub inbox: Box<dyn Inbox>,
    /// Who is told what happens.
    pub witness: Box<dyn Witness>,
}

/// What the owner chose about the loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The state machine's part.
    pub device: device::Settings,
    /// Edges ignored after the first.
    pub debounce: Duration,
    /// Share of full that every colour is dimmed to.
    pub brightness: Brightness,
    /// Ends the program by itself at this time.
    pub stop_at: Option<Duration>,
}

/// The light that should show, and the one that does.
struct Glow {
    pattern: LightPattern,
    since: Duration,
    shown: Option<Rgb>,
    due: Duration,
}

/// The loop.
pub struct Runner {
    device: Device,
    lights: DarkOnDrop,
    speaker: Box<dyn Speaker>,
    looker: Box<dyn Looker>,
    inbox: Box<dyn Inbox>,
    witness: Box<dyn Witness>,
    debouncer: Debouncer,
    brightness: Brightness,
    stop_at: Option<Duration>,
    glow: Glow,
    check_due: Duration,
    lights_lost: bool,
    speaker_lost: bool,
    events: VecDeque<Event>,
}

impl Runner {
    /// Puts the parts together.
    #[must_use]
    pub fn new(settings: Settings, parts: Parts) -> Self {
        let dark = LightPattern::new(Rgb::OFF, Motion::Steady, Duration::from_secs(1));
        Self {
            device: Device::new(settings.device),
            lights: DarkOnDrop(parts.lights),
            speaker: parts.speaker,
            looker: parts.looker,
            inbox: parts.inbox,
            witness: parts.witness,
            debouncer: Debouncer::new(settings.debounce),
            brightness: settings.brightness,
            stop_at: settings.stop_at,
            glow: Glow { pattern: dark, since: Duration::ZERO, shown: None, due: Duration::ZERO },
            check_due: Duration::ZERO,
            lights_lost: false,
            speaker_lost: false,
            events: VecDeque::new(),
        }
    }

    /// Runs until the box is stopped. The lights are dark afterwards, however it ends.
    ///
    /// # Errors
    /// When a thread the box can't do without has ended.
    pub fn run(mut self) -> Result<(), Failure> {
        let now = self.inbox.now();
        tracing::info!(ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX), "Ready");
        self.witness.saw(now, &Moment::Ready);
        self.events.push_back(Event::Started);
        loop {
            if self.work_off(self.inbox.now())? {
                self.witness.saw(self.inbox.now(), &Moment::Ended);
                return Ok(());
            }
            let until = self.wake();
            if let Some(message) = self.inbox.next(until) {
                self.take(message)?;
            }
            self.housekeeping(self.inbox.now());
        }
    }

    /// The earliest moment at which something is to be done without a message.
    fn wake(&self) -> Duration {
        let check = self.check_due;
        let light = self.light_moves().then_some(self.glow.due);
        [light, self.device.wake(), self.debouncer.wake(), self.stop_at].into_iter().flatten().fold(check, Duration::min)
    }

    fn light_moves(&self) -> bool {
        self.glow.shown.is_none() || self.glow.pattern.motion != Motion::Steady
    }

    fn take(&mut self, message: Message) -> Result<(), Failure> {
        let now = self.inbox.now();
        match message {
            Message::Button(level) => {
                // A level that outlasted its window before this edge came is believed first.
                let settled = self.debouncer.settle(now);
                let changed = self.debouncer.update(level, now);
                self.pressed_if(settled, now);
                self.pressed_if(changed, now);
            }
            Message::ButtonLost(error) => return Err(error.into()),
            Message::Looked(look) => {
                self.witness.saw(now, &Moment::Looked(&look));
                look.log();
                self.events.push_back(Event::Looked(look.outcome()));
            }
            Message::Stop => {
                tracing::info!("Stopping");
                self.witness.saw(now, &Moment::Stopping);
                self.events.push_back(Event::Stop);
            }
            Message::Ended(name) => return Err(Failure::ThreadEnded { name }),
        }
        Ok(())
    }

    fn pressed_if(&mut self, change: Option<Level>, now: Duration) {
        if change != Some(Level::Down) {
            return;
        }
        let dropped = matches!(self.device.state(), State::Looking { .. } | State::Stopping { .. });
        tracing::info!(dropped, "Pressed");
        self.witness.saw(now, if dropped { &Moment::Dropped } else { &Moment::Pressed });
        self.events.push_back(Event::Pressed);
    }

    fn housekeeping(&mut self, now: Duration) {
        let settled = self.debouncer.settle(now);
        self.pressed_if(settled, now);
        if self.stop_at.is_some_and(|at| now >= at) {
            self.stop_at = None;
            self.witness.saw(now, &Moment::Stopping);
            self.events.push_back(Event::Stop);
        }
        if self.device.wake().is_some_and(|at| now >= at) {
            self.events.push_back(Event::Tick);
        }
        if now >= self.check_due {
            self.check_due = now.saturating_add(CHECK);
            if let Err(error) = self.speaker.check() {
                self.speaker_failed(&error, now);
            }
        }
        self.glow(now);
    }

    /// Hands the waiting events to the device and does what it says; true when the box shall end.
    fn work_off(&mut self, now: Duration) -> Result<bool, Failure> {
        while let Some(event) = self.events.pop_front() {
            let before = self.device.state();
            let commands = self.device.handle(&event, now);
            let after = self.device.state();
            if let State::Trouble(fault) = after
                && before != after
            {
                tracing::warn!(?fault, "Trouble");
                self.witness.saw(now, &Moment::Trouble(fault));
            }
            for command in commands {
                if command == Command::Quit {
                    return Ok(true);
                }
                self.obey(command, now)?;
            }
        }
        self.glow(now);
        Ok(false)
    }

    fn obey(&mut self, command: Command, now: Duration) -> Result<(), Failure> {
        match command {
            Command::Look => {
                self.witness.saw(now, &Moment::Looking);
                self.looker.begin()?;
            }
            Command::Privacy(on) => {
                self.witness.saw(now, &Moment::Privacy(on));
                let result = self.lights.0.privacy(on);
                self.light_result(result, now);
            }
            Command::Light(pattern) => {
                self.witness.saw(now, &Moment::Light(pattern));
                self.glow = Glow { pattern, since: now, shown: None, due: now };
            }
            Command::Play(programme, fade) => {
                tracing::info!(music = programme.expression.name(), seed = programme.seed, "Playing");
                self.witness.saw(now, &Moment::Play(programme, fade));
                // Told at every piece that stays silent, not only at the first.
                self.speaker_lost = false;
                let result = self.speaker.play(programme, fade);
                self.speaker_result(result, now);
            }
            Command::Chime(chime) => {
                self.witness.saw(now, &Moment::Chime(chime));
                let result = self.speaker.chime(chime);
                self.speaker_result(result, now);
            }
            Command::Silence(fade) => {
                self.witness.saw(now, &Moment::Silence(fade));
                let result = self.speaker.stop(fade);
                self.speaker_result(result, now);
            }
            Command::Quit => {}
        }
        Ok(())
    }

    /// Shows the next step of the light, if it is due and differs from what shows.
    fn glow(&mut self, now: Duration) {
        if now < self.glow.due || !self.light_moves() {
            return;
        }
        let retry = if self.lights_lost { CHECK } else { FRAME };
        self.glow.due = now.saturating_add(retry);
        let colour = self.glow.pattern.at(now.saturating_sub(self.glow.since)).dimmed(self.brightness);
        if self.glow.shown == Some(colour) {
            return;
        }
        let result = self.lights.0.show(colour);
        self.glow.shown = result.is_ok().then_some(colour);
        self.light_result(result, now);
    }

    fn light_result(&mut self, result: Result<(), LightsError>, now: Duration) {
        match result {
            Ok(()) if self.lights_lost => {
                self.lights_lost = false;
                tracing::info!("Light is back");
                self.witness.saw(now, &Moment::Back(Part::Lights));
            }
            Ok(()) => {}
            Err(error) if !self.lights_lost => {
                self.lights_lost = true;
                tracing::warn!(%error, "Light is lost");
                self.witness.saw(now, &Moment::Lost(Part::Lights, &error.to_string()));
                self.events.push_back(Event::Lost(Part::Lights));
            }
            Err(_) => {}
        }
    }

    fn speaker_result(&mut self, result: Result<(), SpeakerError>, now: Duration) {
        match result {
            Ok(()) => self.speaker_lost = false,
            Err(error) => self.speaker_failed(&error, now),
        }
    }

    fn speaker_failed(&mut self, error: &SpeakerError, now: Duration) {
        // A track that can't be played is not a lost speaker: the box plays something else.
        if matches!(error, SpeakerError::Track { .. }) {
            tracing::warn!(%error, "Track is left out");
            self.witness.saw(now, &Moment::Note(&error.to_string()));
            return;
        }
        if !std::mem::replace(&mut self.speaker_lost, true) {
            tracing::warn!(%error, "Speaker is lost");
            self.witness.saw(now, &Moment::Lost(Part::Speaker, &error.to_string()));
            self.events.push_back(Event::Lost(Part::Speaker));
        }
    }
}
