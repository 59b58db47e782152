//! The state machine: `(Event, now)` in, `Command`s out. No I/O, no clock, no thread.
//!
//! ```text
//!            press                  answer: mood, unsure
//!   Idle ------------> Looking ---------------------------> Playing
//!    ^  ^----------------'  |  ^----------- press ------------'
//!    |    nobody there      |
//!    |                      | camera lost, no frame in time, network fails
//!    '---- (music ends)     '---------------> Trouble ---- press ----> Looking
//! ```
//!
//! Music and state are apart: while the box looks again, or can't, what plays goes on.

mod lights;
#[cfg(test)]
mod tests;

use crate::ports::{Chime, Programme};
use mood::{Answer, Cue, LightPattern, MusicCue};
use std::time::Duration;

/// What the owner chose about the box's behaviour.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Longest time from press to answer; then the camera counts as stalled.
    pub time_limit: Duration,
    /// Fade when music begins in silence.
    pub fade_in: Duration,
    /// Fade from one mood's music to the next.
    pub crossfade: Duration,
    /// Fade to silence.
    pub fade_out: Duration,
    /// Silence after this long without a press; `None` plays on.
    pub play_for: Option<Duration>,
    /// The first piece's seed; the next piece has the next seed.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// All parts are there.
    Started,
    /// The button went down.
    Pressed,
    /// The look that was asked for has ended, and the sensor is off again.
    Looked(Result<Answer, Fault>),
    /// A part failed that the box can do without.
    Lost(Part),
    /// Nothing; time passed.
    Tick,
    /// The owner or the system wants the box to end.
    Stop,
}

/// Why a look gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No usable frame came.
    CameraLost,
    /// The camera did not answer in time.
    CameraStalled,
    /// A network could not be run.
    ModelRejected,
}

/// A part the box can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The light: the music goes on.
    Lights,
    /// The speaker: the light goes on.
    Speaker,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Sensor on, up to a few frames, read them, sensor off; then report [`Event::Looked`].
    Look,
    /// The privacy lamp. On before the sensor is, off after it.
    Privacy(bool),
    /// Show this pattern from now on.
    Light(LightPattern),
    /// Fade to this programme over the time given.
    Play(Programme, Duration),
    /// Give a signal.
    Chime(Chime),
    /// Fade to silence over the time given.
    Silence(Duration),
    /// End the program.
    Quit,
}

/// Where the box is in its story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// Ready, silent.
    Idle,
    /// Waiting for the answer to a press.
    Looking {
        /// When the press came.
        since: Duration,
    },
    /// Music plays.
    Playing {
        /// The light that goes with it.
        light: LightPattern,
    },
    /// The last look failed; the next press tries again.
    Trouble(Fault),
    /// Fading out before the end.
    Stopping {
        /// When the fade has ended.
        until: Duration,
    },
}

/// What plays, whatever the box does meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Music {
    light: LightPattern,
    until: Option<Duration>,
}

/// The box.
///
/// INVARIANT: one press, one look. Presses while Looking are dropped, never queued, and while the camera still works on
/// a look that came too late no second one is begun.
#[derive(Debug, Clone)]
pub struct Device {
    settings: Settings,
    state: State,
    /// What to return to when a look ends without music of its own.
    music: Option<Music>,
    /// Until when a notice covers the state's own light.
    notice: Option<Duration>,
    /// The sensor may be on: from [`Command::Look`] to [`Event::Looked`].
    camera_busy: bool,
    pieces: u64,
}

impl Device {
    /// A box that has just been switched on.
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self { settings, state: State::Idle, music: None, notice: None, camera_busy: false, pieces: 0 }
    }

    /// Where the box is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// When [`Event::Tick`] is wanted, if nothing happens before.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        let state = match self.state {
            State::Looking { since } => Some(since.saturating_add(self.settings.time_limit)),
            State::Stopping { until } => Some(until),
            State::Idle | State::Playing { .. } | State::Trouble(_) => self.music.and_then(|music| music.until),
        };
        [state, self.notice].into_iter().flatten().min()
    }

    /// Takes what happened at `now` and says what to do.
    pub fn handle(&mut self, event: &Event, now: Duration) -> Vec<Command> {
        match (event, self.state) {
            (Event::Stop, State::Stopping { .. }) => vec![Command::Quit],
            (Event::Stop, _) => self.stop(now),
            (Event::Looked(_), State::Stopping { .. }) => self.camera_is_off(),
            (Event::Tick, State::Stopping { until }) if now >= until => vec![Command::Quit],
            (_, State::Stopping { .. }) => Vec::new(),
            (Event::Started, _) => vec![Command::Light(lights::ready()), Command::Chime(Chime::Ready)],
            (Event::Pressed, State::Looking { .. }) => Vec::new(),
            (Event::Pressed, _) if self.camera_busy => self.trouble(Fault::CameraStalled),
            (Event::Pressed, _) => self.look(now),
            (Event::Looked(result), State::Looking { .. }) => self.looked(result, now),
            (Event::Looked(_), _) => self.camera_is_off(),
            (Event::Lost(part), _) => self.lost(*part, now),
            (Event::Tick, _) => self.tick(now),
        }
    }

    fn look(&mut self, now: Duration) -> Vec<Command> {
        self.state = State::Looking { since: now };
        self.notice = None;
        self.camera_busy = true;
        vec![Command::Privacy(true), Command::Light(lights::looking()), Command::Look]
    }

    fn looked(&mut self, result: &Result<Answer, Fault>, now: Duration) -> Vec<Command> {
        let mut commands = self.camera_is_off();
        commands.extend(match result {
            Ok(answer) => self.answer(answer, now),
            Err(fault) => self.trouble(*fault),
        });
        commands
    }

    fn answer(&mut self, answer: &Answer, now: Duration) -> Vec<Command> {
        let cue = Cue::of(answer);
        match cue.music {
            MusicCue::Play { expression, affect } => {
                let seed = self.settings.seed.wrapping_add(self.pieces);
                self.pieces += 1;
                let fade = if self.music.is_some() { self.settings.crossfade } else { self.settings.fade_in };
                let until = self.settings.play_for.map(|length| now.saturating_add(length));
                self.music = Some(Music { light: cue.light, until });
                self.state = State::Playing { light: cue.light };
                vec![Command::Light(cue.light), Command::Play(Programme { expression, affect, seed }, fade)]
            }
            MusicCue::Tone => {
                self.rest();
                self.notice = Some(now.saturating_add(lights::NOTICE));
                vec![Command::Light(cue.light), Command::Chime(Chime::NoFace)]
            }
        }
    }

    fn trouble(&mut self, fault: Fault) -> Vec<Command> {
        self.state = State::Trouble(fault);
        self.notice = None;
        vec![Command::Light(lights::trouble()), Command::Chime(Chime::Trouble)]
    }

    fn lost(&mut self, part: Part, now: Duration) -> Vec<Command> {
        match part {
            Part::Lights => vec![Command::Chime(Chime::Trouble)],
            // The answer that is being looked for is more urgent than the news that it will be silent.
            Part::Speaker if matches!(self.state, State::Looking { .. }) => Vec::new(),
            Part::Speaker => {
                self.notice = Some(now.saturating_add(lights::NOTICE));
                vec![Command::Light(lights::silent())]
            }
        }
    }

    fn tick(&mut self, now: Duration) -> Vec<Command> {
        if let State::Looking { since } = self.state {
            let overdue = now >= since.saturating_add(self.settings.time_limit);
            return if overdue { self.trouble(Fault::CameraStalled) } else { Vec::new() };
        }
        let mut commands = Vec::new();
        if self.music.and_then(|music| music.until).is_some_and(|until| now >= until) {
            self.music = None;
            commands.push(Command::Silence(self.settings.fade_out));
            if matches!(self.state, State::Playing { .. }) {
                self.state = State::Idle;
                commands.push(Command::Light(self.own_light()));
            }
        }
        if self.notice.is_some_and(|until| now >= until) {
            self.notice = None;
            commands.push(Command::Light(self.own_light()));
        }
        commands
    }

    fn stop(&mut self, now: Duration) -> Vec<Command> {
        let fade =
            if self.music.is_some() { self.settings.fade_out.min(lights::LONGEST_FAREWELL) } else { Duration::ZERO };
        self.state = State::Stopping { until: now.saturating_add(fade) };
        self.notice = None;
        vec![Command::Light(lights::dark()), Command::Silence(fade)]
    }

    fn camera_is_off(&mut self) -> Vec<Command> {
        self.camera_busy = false;
        vec![Command::Privacy(false)]
    }

    /// Back to the music that plays, or to silence.
    fn rest(&mut self) {
        self.state = match self.music {
            Some(music) => State::Playing { light: music.light },
            None => State::Idle,
        };
    }

    fn own_light(&self) -> LightPattern {
        match self.state {
            State::Idle => lights::ready(),
            State::Looking { .. } => lights::looking(),
            State::Playing { light } => light,
            State::Trouble(_) => lights::trouble(),
            State::Stopping { .. } => lights::dark(),
        }
    }
}
