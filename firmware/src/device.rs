//! The state machine: `(Event, now)` in, `Command`s out. No I/O, no clock, no thread.
//!
//! ```text
//!            touch                  answer: mood, unsure
//!   Idle ------------> Looking ---------------------------> Playing
//!    ^  ^----------------'  |  ^----------- touch ------------'
//!    |    nobody there,     |
//!    |    no single press   | camera lost, no frame in time, network fails
//!    '---- (music ends)     '---------------> Trouble ---- touch ----> Looking
//!
//!   any --- held 1 s ---> Choosing --- let go ---> Playing
//!                            '------- held 5 s ---> Held --- let go ---> Idle
//! ```
//!
//! Music and state are apart: while the box looks again, or can't, what plays goes on.
//!
//! A look begins with the touch of the button, before it is known to be a single press (see [`crate::gesture`]). The answer
//! waits for that, or is dropped for another gesture. Where neither music nor an answer could be meant, it comes at once.

mod events;
mod lights;
mod owner;
#[cfg(test)]
mod tests;

/// How many moods go round while the owner chooses.
pub const CHOICES: u32 = 7;

pub use events::{Command, Ending, Event, Fades, Fault, Lesson, Part, Settings, State, Volume};

use crate::gesture::Gesture;
use crate::ports::{Chime, Programme, Sound};
use events::{Camera, Music};
use mood::{Affect, Answer, Cue, Expression, LightPattern, MusicCue, Verdict};
use owner::{Last, Touch};
use std::time::Duration;

/// The box.
///
/// INVARIANT: one press, one look. Presses while Looking, or while the camera is still late, are dropped.
#[derive(Debug, Clone)]
pub struct Device {
    settings: Settings,
    state: State,
    /// What to return to when a look ends without music of its own.
    music: Option<Music>,
    /// Until when a notice covers the state's own light.
    notice: Option<Duration>,
    camera: Camera,
    touch: Touch,
    /// The answer that can still be corrected.
    last: Option<Last>,
    volume_db: f32,
    pieces: u64,
    /// Looks begun.
    looks: u64,
}

impl Device {
    /// A box that has just been switched on.
    pub const fn new(settings: Settings) -> Self {
        let volume_db = settings.volume.start_db;
        Self {
            settings,
            state: State::Idle,
            music: None,
            notice: None,
            camera: Camera::Off,
            touch: Touch::IDLE,
            last: None,
            volume_db,
            pieces: 0,
            looks: 0,
        }
    }

    /// Where the box is.
    pub const fn state(&self) -> State {
        self.state
    }

    /// When [`Event::Tick`] is wanted, if nothing happens before.
    pub fn wake(&self) -> Option<Duration> {
        let state = match self.state {
            // An answer that waits for the gesture is no camera that stalls.
            State::Looking { .. } if self.touch.result.is_some() => None,
            State::Looking { since } => Some(since.saturating_add(self.settings.time_limit)),
            State::Stopping { until, .. } => Some(until),
            State::Choosing { since, place } => self.next_choice(since, place),
            State::Idle | State::Playing { .. } | State::Trouble(_) | State::Held => {
                self.music.and_then(|music| if music.falls_asleep { music.until } else { self.bedtime(music) })
            }
        };
        [state, self.notice].into_iter().flatten().min()
    }

    /// Takes what happened at `now` and says what to do.
    pub fn handle(&mut self, event: &Event, now: Duration) -> Vec<Command> {
        match (event, self.state) {
            (Event::Stop, State::Stopping { ending, .. }) => vec![Command::Quit(ending)],
            (Event::Stop, _) => self.stop(lights::dark(), Ending::Stopped, now),
            (Event::Looked(_), State::Stopping { .. }) => self.camera_is_off(),
            (Event::Tick, State::Stopping { until, ending }) if now >= until => vec![Command::Quit(ending)],
            (_, State::Stopping { .. }) => Vec::new(),
            (Event::Started, _) => vec![self.show(lights::boot(), now), Command::Sound(Sound::Chime(Chime::Ready))],
            (Event::Gesture(gesture), _) => self.gesture(*gesture, now),
            (Event::Skip, _) => self.skip(now),
            (Event::Volume, _) => self.turn_volume(),
            (Event::Looked(result), _) => self.looked(result, now),
            (Event::Lost(part), _) => self.lost(*part, now),
            // An answer that is being looked for is more urgent.
            (Event::Forgot, State::Looking { .. } | State::Choosing { .. }) => Vec::new(),
            (Event::Forgot, _) => vec![self.show(lights::begins_anew(), now)],
            (Event::Tick, _) => self.tick(now),
        }
    }

    fn gesture(&mut self, gesture: Gesture, now: Duration) -> Vec<Command> {
        match gesture {
            Gesture::Touched => self.touched(now),
            Gesture::LetGo => self.let_go(now),
            Gesture::Press => self.pressed(now),
            Gesture::Double => self.twice(now),
            Gesture::Like => self.liked(now),
            Gesture::Triple => self.thrice(now),
            Gesture::Held(hold) => self.held(hold, now),
            Gesture::Released(hold) => self.released(hold, now),
        }
    }

    fn looked(&mut self, result: &Result<Verdict, Fault>, now: Duration) -> Vec<Command> {
        match (self.camera, self.state) {
            (Camera::Abandoned { again: true }, State::Looking { .. }) => vec![self.begin_look()],
            (Camera::Busy, State::Looking { .. }) if self.touch.is_open() => {
                self.touch.result = Some(result.clone());
                self.camera_is_off()
            }
            (Camera::Busy, State::Looking { .. }) => {
                let mut commands = self.camera_is_off();
                commands.extend(self.conclude(result, now));
                commands
            }
            _ => self.camera_is_off(),
        }
    }

    fn conclude(&mut self, result: &Result<Verdict, Fault>, now: Duration) -> Vec<Command> {
        match result {
            Ok(seen) => self.answer(seen, now),
            Err(fault) => self.trouble(*fault),
        }
    }

    fn answer(&mut self, seen: &Verdict, now: Duration) -> Vec<Command> {
        let cue = Cue::of(&seen.answer);
        let stood = self.last.take().and_then(|last| last.stood());
        self.last = Last::of(seen, self.looks, now);
        let mut commands = self.show_answer(seen, &cue, now);
        commands.extend(stood.map(Command::Learn));
        commands
    }

    fn show_answer(&mut self, seen: &Verdict, cue: &Cue, now: Duration) -> Vec<Command> {
        match cue.music {
            MusicCue::Play { expression, affect } => {
                let mut commands = self.play(expression, affect, cue.light, now);
                if let Answer::Unsure { .. } = seen.answer {
                    commands.push(Command::Sound(Sound::Chime(Chime::Unsure)));
                }
                if seen.several {
                    commands.push(self.show(lights::several(), now));
                }
                commands
            }
            MusicCue::Tone => {
                self.rest();
                vec![self.show(cue.light, now), Command::Sound(Sound::Chime(Chime::NoFace))]
            }
        }
    }

    fn play(&mut self, expression: Expression, affect: Affect, light: LightPattern, now: Duration) -> Vec<Command> {
        let fade = if self.music.is_some() { self.settings.fades.crossfade } else { self.settings.fades.fade_in };
        let play = self.begin_music(expression, affect, light, fade, now);
        self.state = State::Playing { light };
        vec![self.show(light, now), play]
    }

    fn begin_music(
        &mut self,
        expression: Expression,
        affect: Affect,
        light: LightPattern,
        fade: Duration,
        now: Duration,
    ) -> Command {
        let seed = self.settings.seed.wrapping_add(self.pieces);
        self.pieces += 1;
        let until = self.settings.fades.play_for.map(|length| now.saturating_add(length));
        self.music = Some(Music { expression, affect, light, until, falls_asleep: false });
        Command::Sound(Sound::Play(Programme { expression, affect, seed }, fade))
    }

    /// When music begins to fade, so that its time ends in silence.
    fn bedtime(&self, music: Music) -> Option<Duration> {
        music.until.map(|until| until.saturating_sub(self.settings.fades.sleep_fade))
    }

    fn trouble(&mut self, fault: Fault) -> Vec<Command> {
        self.state = State::Trouble(fault);
        self.notice = None;
        self.touch = Touch::IDLE;
        if self.camera != Camera::Off {
            self.camera = Camera::Busy;
        }
        vec![Command::Light(lights::trouble()), Command::Sound(Sound::Chime(Chime::Trouble))]
    }

    fn lost(&mut self, part: Part, now: Duration) -> Vec<Command> {
        match part {
            Part::Lights => vec![Command::Sound(Sound::Chime(Chime::Trouble))],
            // The answer that is being looked for is more urgent than the news that it will be silent.
            Part::Speaker if matches!(self.state, State::Looking { .. } | State::Choosing { .. }) => Vec::new(),
            Part::Speaker => vec![self.show(lights::silent(), now)],
        }
    }

    fn tick(&mut self, now: Duration) -> Vec<Command> {
        match self.state {
            State::Looking { since } => {
                let overdue = now >= since.saturating_add(self.settings.time_limit) && self.touch.result.is_none();
                return if overdue { self.trouble(Fault::CameraStalled) } else { Vec::new() };
            }
            State::Choosing { since, place } => return self.choose_on(since, place, now),
            _ => {}
        }
        let mut commands = Vec::new();
        let bedtime = self.music.and_then(|music| self.bedtime(music));
        if let Some(Music { until: Some(until), falls_asleep, .. }) = &mut self.music
            && !*falls_asleep
            && bedtime.is_some_and(|at| now >= at)
        {
            *falls_asleep = true;
            commands.push(Command::Sound(Sound::Stop(until.saturating_sub(now).max(self.settings.fades.fade_out))));
        }
        if self.music.and_then(|music| music.until).is_some_and(|until| now >= until) {
            self.music = None;
            if matches!(self.state, State::Playing { .. }) {
                self.state = State::Idle;
                self.last = None;
                commands.push(Command::Light(self.own_light()));
            }
        }
        if self.notice.is_some_and(|until| now >= until) {
            self.notice = None;
            commands.push(Command::Light(self.own_light()));
        }
        commands
    }

    fn stop(&mut self, light: LightPattern, ending: Ending, now: Duration) -> Vec<Command> {
        let fade = if self.music.is_some() {
            self.settings.fades.fade_out.min(lights::LONGEST_FAREWELL)
        } else {
            Duration::ZERO
        };
        let until = now.saturating_add(fade.max(light.lasts.unwrap_or_default()));
        self.state = State::Stopping { until, ending };
        self.notice = None;
        vec![Command::Light(light), Command::Sound(Sound::Stop(fade))]
    }

    const fn begin_look(&mut self) -> Command {
        self.camera = Camera::Busy;
        self.looks += 1;
        Command::Look
    }

    fn camera_is_off(&mut self) -> Vec<Command> {
        self.camera = Camera::Off;
        vec![Command::Privacy(false)]
    }

    /// Shows a light; one that lasts a while only covers the state's own, which returns after it.
    fn show(&mut self, light: LightPattern, now: Duration) -> Command {
        self.notice = light.lasts.map(|time| now.saturating_add(time));
        Command::Light(light)
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
            State::Choosing { place, .. } => owner::choice(place).1,
            State::Held => lights::stopped(),
            State::Trouble(_) => lights::trouble(),
            State::Stopping { .. } => lights::dark(),
        }
    }
}
