//! What the owner asks for with the button: look, skip, next guess, choose a mood, stop, shut down.

use super::{Camera, Command, Device, Ending, Fault, Lesson, Music, State, Volume, lights};
use crate::gesture::Hold;
use crate::ports::{Chime, Sound};
use mood::{Affect, Answer, Expression, LightPattern, Probabilities, Verdict, cue};
use std::time::Duration;

/// The moods in the order in which the owner chooses. Contempt is left out: one of seven is found sooner.
const ROUND: [Expression; 7] = {
    use Expression::{Angry, Disgust, Fear, Happy, Neutral, Sad, Surprise};
    [Happy, Surprise, Neutral, Sad, Fear, Disgust, Angry]
};

/// A mood chosen by hand this long after an answer corrects it; later it is a wish, and says nothing about the face.
const CORRECTABLE: Duration = Duration::from_secs(60);

/// A step of the volume, in dB: half the pressure.
const STEP_DB: f32 = 6.0;

/// What the present touch of the button has to do with the look that goes on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touch {
    /// This touch began the look.
    began_look: bool,
    /// It is known to be a press, so that the answer may show.
    decided: bool,
    /// An answer that is there before that is known.
    pub(super) result: Option<Result<Verdict, Fault>>,
}

impl Touch {
    pub(super) const IDLE: Self = Self { began_look: false, decided: false, result: None };

    /// Whether the answer has to wait.
    pub(super) const fn is_open(&self) -> bool {
        self.began_look && !self.decided
    }

    /// Whether it is the second of hasty presses in silence, the first of which has been answered.
    const fn is_answered(&self) -> bool {
        self.began_look && self.decided
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Last {
    guesses: Vec<Expression>,
    /// Which expression shows now; none when the box was not sure.
    shown: Option<Expression>,
    corrected: bool,
    look: u64,
    at: Duration,
}

impl Last {
    /// `None` when nobody was seen.
    pub(super) fn of(seen: &Verdict, look: u64, at: Duration) -> Option<Self> {
        let shown = match seen.answer {
            Answer::Mood(mood) => Some(mood.expression),
            Answer::Unsure { .. } => None,
            Answer::NoFace { .. } => return None,
        };
        Some(Self {
            guesses: seen.probabilities.as_ref().map_or_else(Vec::new, Probabilities::guesses),
            shown,
            corrected: false,
            look,
            at,
        })
    }

    /// What is learnt of an answer that was let stand; of one that was corrected that is known already.
    pub(super) fn stood(&self) -> Option<Lesson> {
        let label = self.shown.filter(|_| !self.corrected)?;
        Some(Lesson { look: self.look, label, corrected: false })
    }

    /// Its owner says what it is.
    const fn correct(&mut self, label: Expression) -> Lesson {
        self.shown = Some(label);
        self.corrected = true;
        Lesson { look: self.look, label, corrected: true }
    }

    /// The guess after the one that shows, the best one after a doubt; the first again after the last.
    fn next(&self) -> Option<Expression> {
        let place = self.shown.and_then(|shown| self.guesses.iter().position(|guess| *guess == shown));
        self.guesses.get(place.map_or(0, |place| place + 1)).or(self.guesses.first()).copied()
    }
}

/// A mood of the round, and its light.
pub(super) fn choice(place: usize) -> (Expression, LightPattern) {
    let expression = ROUND[place.min(ROUND.len() - 1)];
    (expression, cue::mood_light(expression))
}

impl Device {
    /// The answer to a touch is light, whatever it becomes.
    pub(super) fn touched(&mut self, now: Duration) -> Vec<Command> {
        if let State::Looking { .. } = self.state {
            self.touch.began_look = false;
            return Vec::new();
        }
        if self.camera == Camera::Busy {
            return self.trouble(Fault::CameraStalled);
        }
        self.state = State::Looking { since: now };
        self.notice = None;
        self.touch = Touch { began_look: true, decided: false, result: None };
        if let Camera::Abandoned { again } = &mut self.camera {
            // The lamp still shines for the look before; the new one follows when that has ended.
            *again = true;
            return vec![Command::Light(lights::looking())];
        }
        let look = self.begin_look();
        vec![Command::Privacy(true), Command::Light(lights::looking()), look]
    }

    /// Nothing to skip and nothing to correct: it can only have been a press.
    pub(super) fn let_go(&mut self, now: Duration) -> Vec<Command> {
        if self.music.is_none() && self.last.is_none() { self.pressed(now) } else { Vec::new() }
    }

    pub(super) fn pressed(&mut self, now: Duration) -> Vec<Command> {
        if !self.touch.is_open() || !matches!(self.state, State::Looking { .. }) {
            return Vec::new();
        }
        self.touch.decided = true;
        match self.touch.result.take() {
            Some(result) => self.conclude(&result, now),
            None => Vec::new(),
        }
    }

    pub(super) fn twice(&mut self, now: Duration) -> Vec<Command> {
        if self.touch.is_answered() {
            return Vec::new();
        }
        let mut commands = self.abandon_own_look(now);
        commands.extend(self.skip(now));
        commands
    }

    pub(super) fn liked(&mut self, now: Duration) -> Vec<Command> {
        if self.touch.is_answered() {
            return Vec::new();
        }
        let mut commands = self.abandon_own_look(now);
        let sound = if self.music.is_some() { Sound::Like } else { Sound::Chime(Chime::Nothing) };
        commands.push(Command::Sound(sound));
        commands
    }

    pub(super) fn thrice(&mut self, now: Duration) -> Vec<Command> {
        let mut commands = self.abandon_own_look(now);
        let next = self.last.as_mut().and_then(|last| Some(last.correct(last.next()?)));
        match next {
            Some(lesson) => {
                commands.extend(self.play_by_hand(lesson.label, now));
                commands.push(Command::Learn(lesson));
            }
            None => commands.push(Command::Sound(Sound::Chime(Chime::Nothing))),
        }
        commands
    }

    /// Plays what the owner has named.
    fn play_by_hand(&mut self, expression: Expression, now: Duration) -> Vec<Command> {
        self.play(expression, Affect::of(expression), cue::mood_light(expression), now)
    }

    pub(super) fn skip(&mut self, now: Duration) -> Vec<Command> {
        match self.music {
            // Who skips is awake.
            Some(Music { expression, affect, light, falls_asleep: true, .. }) => {
                vec![self.begin_music(expression, affect, light, self.settings.fades.crossfade, now)]
            }
            Some(_) => vec![Command::Sound(Sound::Skip(self.settings.fades.crossfade))],
            None => vec![Command::Sound(Sound::Chime(Chime::Nothing))],
        }
    }

    /// A step down; from the quietest to the loudest.
    pub(super) fn turn_volume(&mut self) -> Vec<Command> {
        let Volume { min_db, max_db, .. } = self.settings.volume;
        self.volume_db = if self.volume_db <= min_db { max_db } else { (self.volume_db - STEP_DB).max(min_db) };
        vec![Command::Sound(Sound::Volume(self.volume_db))]
    }

    pub(super) fn held(&mut self, hold: Hold, now: Duration) -> Vec<Command> {
        match hold {
            Hold::Choose => {
                let mut commands = self.abandon_look();
                self.state = State::Choosing { since: now, place: 0 };
                self.notice = None;
                commands.push(Command::Light(choice(0).1));
                commands
            }
            Hold::Stop => {
                let silence = Command::Sound(Sound::Stop(self.settings.fades.fade_out));
                let music = self.music.take();
                self.last = None;
                self.state = State::Held;
                let light = self.show(lights::stopped(), now);
                [Some(light), music.map(|_| silence)].into_iter().flatten().collect()
            }
            Hold::ShutDown => {
                let mut commands = vec![Command::Sound(Sound::Chime(Chime::Farewell))];
                commands.extend(self.stop(lights::shutting_down(), Ending::ShutDown, now));
                commands
            }
        }
    }

    pub(super) fn released(&mut self, hold: Hold, now: Duration) -> Vec<Command> {
        match (hold, self.state) {
            (Hold::Choose, State::Choosing { since, .. }) => {
                let expression = choice(self.place(since, now)).0;
                let corrects = self.last.as_mut().filter(|last| now.saturating_sub(last.at) <= CORRECTABLE);
                let lesson = corrects.map(|last| last.correct(expression));
                let mut commands = self.play_by_hand(expression, now);
                commands.push(Command::Sound(Sound::Chime(Chime::Taken)));
                commands.extend(lesson.map(Command::Learn));
                commands
            }
            (Hold::Stop, State::Held) => {
                self.state = State::Idle;
                vec![self.show(lights::ready(), now)]
            }
            _ => Vec::new(),
        }
    }

    /// Which mood of the round shows at `now`; the last one stays.
    fn place(&self, since: Duration, now: Duration) -> usize {
        let steps = now.saturating_sub(since).as_nanos() / self.settings.choice.as_nanos().max(1);
        usize::try_from(steps).unwrap_or(usize::MAX).min(ROUND.len() - 1)
    }

    /// When the next mood of the round shows.
    pub(super) fn next_choice(&self, since: Duration, place: usize) -> Option<Duration> {
        let steps = u32::try_from(place).ok()?.saturating_add(1);
        (place + 1 < ROUND.len()).then(|| since.saturating_add(self.settings.choice.saturating_mul(steps)))
    }

    pub(super) fn choose_on(&mut self, since: Duration, shown: usize, now: Duration) -> Vec<Command> {
        let place = self.place(since, now);
        self.state = State::Choosing { since, place };
        if place == shown { Vec::new() } else { vec![Command::Light(choice(place).1)] }
    }

    /// Takes back the look this touch began, if it did; the box is then as before the touch.
    fn abandon_own_look(&mut self, now: Duration) -> Vec<Command> {
        if !self.touch.is_open() {
            return Vec::new();
        }
        let mut commands = self.abandon_look();
        self.rest();
        let light = self.own_light();
        commands.push(self.show(light, now));
        commands
    }

    fn abandon_look(&mut self) -> Vec<Command> {
        self.touch = Touch::IDLE;
        match self.camera {
            Camera::Busy if matches!(self.state, State::Looking { .. }) => {
                self.camera = Camera::Abandoned { again: false };
                vec![Command::Abandon]
            }
            Camera::Abandoned { .. } => {
                self.camera = Camera::Abandoned { again: false };
                Vec::new()
            }
            Camera::Busy | Camera::Off => Vec::new(),
        }
    }
}
