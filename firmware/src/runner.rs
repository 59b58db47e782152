//! The loop: messages in, port calls out. Holds the [`Device`] and turns its commands into light, sound and looks.
//!
//! Nothing here waits for a device. Camera and button live on threads of their own ([`threads`]) and report through one
//! bounded channel; time comes from the [`Inbox`], so that tests tell whole stories in virtual time.

mod glow;
mod look;
pub mod moment;
pub mod threads;
mod voice;

pub use look::{Look, LookError, take_look};
pub use moment::{Moment, Witness};

use crate::debounce::Debouncer;
use crate::device::{self, Command, Device, Event, Part, State};
use crate::error::Failure;
use crate::ports::{ButtonError, Level, Lights, Speaker};
use glow::Glow;
use mood::Brightness;
use std::collections::VecDeque;
use std::time::Duration;
use voice::Voice;

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

/// What changed about a part the box can do without.
enum Health {
    /// It failed.
    Lost(String),
    /// It works again.
    Back,
    /// It goes on, but the owner may want to know.
    Note(String),
}

/// The loop.
pub struct Runner {
    device: Device,
    glow: Glow,
    voice: Voice,
    looker: Box<dyn Looker>,
    inbox: Box<dyn Inbox>,
    witness: Box<dyn Witness>,
    debouncer: Debouncer,
    stop_at: Option<Duration>,
    events: VecDeque<Event>,
}

impl Runner {
    /// Puts the parts together.
    #[must_use]
    pub fn new(settings: Settings, parts: Parts) -> Self {
        Self {
            device: Device::new(settings.device),
            glow: Glow::new(parts.lights, settings.brightness),
            voice: Voice::new(parts.speaker),
            looker: parts.looker,
            inbox: parts.inbox,
            witness: parts.witness,
            debouncer: Debouncer::new(settings.debounce),
            stop_at: settings.stop_at,
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
        let others = [self.glow.due(), self.device.wake(), self.debouncer.wake(), self.stop_at];
        others.into_iter().flatten().fold(self.voice.due(), Duration::min)
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
                look.log();
                let in_time = matches!(self.device.state(), State::Looking { .. });
                self.witness.saw(now, &if in_time { Moment::Looked(&look) } else { Moment::TooLate });
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
        let health = self.voice.check(now);
        self.note(Part::Speaker, health, now);
        let health = self.glow.step(now);
        self.note(Part::Lights, health, now);
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
        // At once, as a press is answered by light first.
        let health = self.glow.step(now);
        self.note(Part::Lights, health, now);
        Ok(false)
    }

    fn obey(&mut self, command: Command, now: Duration) -> Result<(), Failure> {
        let (part, health) = match command {
            Command::Look => {
                self.witness.saw(now, &Moment::Looking);
                return self.looker.begin();
            }
            Command::Quit => return Ok(()),
            Command::Privacy(on) => {
                self.witness.saw(now, &Moment::Privacy(on));
                (Part::Lights, self.glow.privacy(on))
            }
            Command::Light(pattern) => {
                self.witness.saw(now, &Moment::Light(pattern));
                self.glow.set(pattern, now);
                return Ok(());
            }
            Command::Play(programme, fade) => {
                tracing::info!(music = programme.expression.name(), seed = programme.seed, "Playing");
                self.witness.saw(now, &Moment::Play(programme, fade));
                (Part::Speaker, self.voice.play(programme, fade))
            }
            Command::Chime(chime) => {
                self.witness.saw(now, &Moment::Chime(chime));
                (Part::Speaker, self.voice.chime(chime))
            }
            Command::Silence(fade) => {
                self.witness.saw(now, &Moment::Silence(fade));
                (Part::Speaker, self.voice.silence(fade))
            }
        };
        self.note(part, health, now);
        Ok(())
    }

    /// Takes note of what changed about a part; the device hears of a loss with the next events.
    fn note(&mut self, part: Part, health: Option<Health>, now: Duration) {
        match health {
            None => {}
            Some(Health::Lost(error)) => {
                tracing::warn!(?part, error, "Part is lost");
                self.witness.saw(now, &Moment::Lost(part, &error));
                self.events.push_back(Event::Lost(part));
            }
            Some(Health::Back) => {
                tracing::info!(?part, "Part is back");
                self.witness.saw(now, &Moment::Back(part));
            }
            Some(Health::Note(text)) => {
                tracing::warn!(?part, text, "Part goes on");
                self.witness.saw(now, &Moment::Note(&text));
            }
        }
    }
}
