//! The loop: messages in, port calls out. Holds the [`Device`] and turns its commands into light, sound and looks.
//!
//! Nothing here waits for a device. Camera ([`threads`]) and buttons ([`button`]) live on threads of their own and report through one
//! bounded channel; time comes from the [`Inbox`], so that tests tell whole stories in virtual time.

pub mod button;
mod look;
mod message;
mod outputs;
pub mod threads;

pub use look::{Limits, Look, LookError, take_look};
pub use message::{BoxEvent, Inbox, Looker, Message, Observer};

use crate::device::{self, Command, Device, Ending, Event, Part, State};
use crate::error::Failure;
use crate::gesture::{Gesture, Timing};
use crate::ports::{Extra, Lights, Sound, Speaker};
use button::ButtonInput;
use mood::Brightness;
use outputs::{LightDriver, SpeakerClient};
use std::collections::VecDeque;
use std::time::Duration;

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
    pub observer: Box<dyn Observer>,
}

/// What the owner chose about the loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The state machine's part.
    pub device: device::Settings,
    /// Edges ignored after the first.
    pub debounce: Duration,
    /// How long the button's gestures take.
    pub gestures: Timing,
    /// Share of full that every colour is dimmed to.
    pub brightness: Brightness,
    /// Ends the program by itself at this time.
    pub stop_at: Option<Duration>,
}

/// What changed about a part the box can do without.
enum Health {
    Lost(String),
    Back,
    /// It goes on, but the owner may want to know.
    Note(String),
}

/// The loop.
pub struct Runner {
    device: Device,
    light: LightDriver,
    speaker: SpeakerClient,
    looker: Box<dyn Looker>,
    inbox: Box<dyn Inbox>,
    observer: Box<dyn Observer>,
    buttons: ButtonInput,
    stop_at: Option<Duration>,
    events: VecDeque<Event>,
}

impl Runner {
    /// Puts the parts together.
    pub fn new(settings: Settings, parts: Parts) -> Self {
        Self {
            device: Device::new(settings.device),
            light: LightDriver::new(parts.lights, settings.brightness),
            speaker: SpeakerClient::new(parts.speaker),
            looker: parts.looker,
            inbox: parts.inbox,
            observer: parts.observer,
            buttons: ButtonInput::new(settings.debounce, settings.gestures),
            stop_at: settings.stop_at,
            events: VecDeque::new(),
        }
    }

    /// Runs until the box is stopped, and says what its owner wants then. The lights are dark afterwards, however it ends.
    ///
    /// # Errors
    /// When a thread the box can't do without has ended.
    pub fn run(mut self) -> Result<Ending, Failure> {
        let now = self.inbox.now();
        tracing::info!(ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX), "Ready");
        self.observer.observe(now, &BoxEvent::Ready);
        self.events.push_back(Event::Started);
        loop {
            if let Some(ending) = self.work_off(self.inbox.now())? {
                self.observer.observe(self.inbox.now(), &BoxEvent::Ended);
                return Ok(ending);
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
        let moments = [self.buttons.wake(), self.light.due(), self.device.wake(), self.stop_at];
        moments.into_iter().flatten().fold(self.speaker.due(), Duration::min)
    }

    fn take(&mut self, message: Message) -> Result<(), Failure> {
        let now = self.inbox.now();
        match message {
            Message::Button(level) => {
                let gestures = self.buttons.button(level, now);
                self.gestured(&gestures, now);
            }
            Message::ButtonLost(error) => return Err(error.into()),
            Message::Extra(extra, level) => {
                let pressed = self.buttons.extra(extra, level, now);
                self.pressed(&pressed, now);
            }
            Message::ExtraLost(extra, error) => {
                tracing::warn!(?extra, %error, "Button is lost");
                self.observer.observe(now, &BoxEvent::Note(&error.to_string()));
            }
            Message::Looked(look) => {
                look.log();
                let in_time = matches!(self.device.state(), State::Looking { .. });
                self.observer.observe(now, &if in_time { BoxEvent::Looked(&look) } else { BoxEvent::TooLate });
                self.events.push_back(Event::Looked(look.outcome()));
            }
            Message::Learnt(Ok(corrections)) => {
                tracing::info!(corrections, "Learnt");
            }
            Message::Learnt(Err(error)) => {
                tracing::warn!(error, "What was learnt can't be kept");
                self.observer.observe(now, &BoxEvent::Note(&format!("what was learnt can't be kept: {error}")));
            }
            Message::Forgot(what) => {
                tracing::warn!(what, "Begins anew");
                self.observer.observe(now, &BoxEvent::Note(&what));
                self.events.push_back(Event::Forgot);
            }
            Message::Stop => {
                tracing::info!("Stopping");
                self.observer.observe(now, &BoxEvent::Stopping);
                self.events.push_back(Event::Stop);
            }
            Message::Ended(name) => return Err(Failure::thread_ended(name)),
        }
        Ok(())
    }

    fn gestured(&mut self, gestures: &[Gesture], now: Duration) {
        for &gesture in gestures {
            match gesture {
                Gesture::Touched => {
                    let busy = matches!(self.device.state(), State::Looking { .. } | State::Stopping { .. });
                    tracing::info!(busy, "Pressed");
                    self.observer.observe(now, if busy { &BoxEvent::Dropped } else { &BoxEvent::Pressed });
                }
                Gesture::LetGo => {}
                other => {
                    tracing::info!(gesture = ?other, "Button");
                    self.observer.observe(now, &BoxEvent::Gesture(other));
                }
            }
            self.events.push_back(Event::Gesture(gesture));
        }
    }

    fn pressed(&mut self, extras: &[Extra], now: Duration) {
        for &extra in extras {
            tracing::info!(?extra, "Pressed");
            self.observer.observe(now, &BoxEvent::Extra(extra));
            self.events.push_back(match extra {
                Extra::Skip => Event::Skip,
                Extra::Volume => Event::Volume,
            });
        }
    }

    fn housekeeping(&mut self, now: Duration) {
        let (gestures, extras) = self.buttons.settle(now);
        self.gestured(&gestures, now);
        self.pressed(&extras, now);
        if self.stop_at.is_some_and(|at| now >= at) {
            self.stop_at = None;
            self.observer.observe(now, &BoxEvent::Stopping);
            self.events.push_back(Event::Stop);
        }
        if self.device.wake().is_some_and(|at| now >= at) {
            self.events.push_back(Event::Tick);
        }
        let health = self.speaker.check(now);
        self.note(Part::Speaker, health, now);
        let health = self.light.step(now);
        self.note(Part::Lights, health, now);
    }

    /// Hands the waiting events to the device and does what it says, until the box shall end.
    fn work_off(&mut self, now: Duration) -> Result<Option<Ending>, Failure> {
        while let Some(event) = self.events.pop_front() {
            let before = self.device.state();
            let commands = self.device.handle(&event, now);
            let after = self.device.state();
            if let State::Trouble(fault) = after
                && before != after
            {
                tracing::warn!(?fault, "Trouble");
                self.observer.observe(now, &BoxEvent::Trouble(fault));
            }
            for command in commands {
                if let Command::Quit(ending) = command {
                    return Ok(Some(ending));
                }
                self.obey(command, now)?;
            }
        }
        // At once, as a press is answered by light first.
        let health = self.light.step(now);
        self.note(Part::Lights, health, now);
        Ok(None)
    }

    fn obey(&mut self, command: Command, now: Duration) -> Result<(), Failure> {
        let (part, health) = match command {
            Command::Look => {
                self.observer.observe(now, &BoxEvent::Looking);
                return self.looker.begin();
            }
            Command::Abandon => {
                self.looker.abandon();
                return Ok(());
            }
            Command::Learn(lesson) => {
                tracing::info!(?lesson, "Learning");
                if lesson.corrected {
                    self.observer.observe(now, &BoxEvent::Learn(lesson.label));
                }
                return self.looker.learn(lesson);
            }
            Command::Quit(_) => return Ok(()),
            Command::Privacy(on) => {
                self.observer.observe(now, &BoxEvent::Privacy(on));
                (Part::Lights, self.light.privacy(on))
            }
            Command::Light(pattern) => {
                self.observer.observe(now, &BoxEvent::Light(pattern));
                self.light.set(pattern, now);
                return Ok(());
            }
            Command::Sound(sound) => {
                match sound {
                    Sound::Play(programme, _) => {
                        tracing::info!(music = programme.expression.name(), seed = programme.seed, "Playing");
                    }
                    Sound::Like => tracing::info!("Liked"),
                    _ => {}
                }
                self.observer.observe(now, &BoxEvent::Sound(sound));
                (Part::Speaker, self.speaker.send(sound))
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
                self.observer.observe(now, &BoxEvent::Lost(part, &error));
                self.events.push_back(Event::Lost(part));
            }
            Some(Health::Back) => {
                tracing::info!(?part, "Part is back");
                self.observer.observe(now, &BoxEvent::Back(part));
            }
            Some(Health::Note(text)) => {
                tracing::warn!(?part, text, "Part goes on");
                self.observer.observe(now, &BoxEvent::Note(&text));
            }
        }
    }
}
