//! Light and speaker as the loop drives them: a pattern in motion, sounds to send, and devices that may fail.

use super::Health;
use crate::ports::{Lights, LightsError, Sound, Speaker, SpeakerError};
use mood::{Brightness, LightPattern, Motion, Rgb};
use std::time::Duration;

/// Interval between two steps of a moving light: 25 Hz looks smooth.
const FRAME: Duration = Duration::from_millis(40);
/// Interval between two attempts at a lost light.
const RETRY: Duration = Duration::from_millis(250);

/// Drives the light: samples the pattern, dims it, and tracks whether the device works.
///
/// INVARIANT: however the loop ends (asked to, by an error, by a panic), light and privacy lamp are off afterwards.
pub(super) struct LightDriver {
    lights: Box<dyn Lights>,
    brightness: Brightness,
    pattern: LightPattern,
    since: Duration,
    /// What showed when the pattern began.
    before: Rgb,
    shown: Option<Rgb>,
    due: Duration,
    lost: bool,
}

impl LightDriver {
    pub(super) fn new(lights: Box<dyn Lights>, brightness: Brightness) -> Self {
        let pattern = LightPattern::new(Rgb::OFF, Motion::Steady, Duration::from_secs(1));
        let (since, due) = (Duration::ZERO, Duration::ZERO);
        Self { lights, brightness, pattern, since, before: Rgb::OFF, shown: None, due, lost: false }
    }

    pub(super) fn set(&mut self, pattern: LightPattern, now: Duration) {
        self.before = self.pattern.over(self.before, now.saturating_sub(self.since));
        (self.pattern, self.since, self.shown, self.due) = (pattern, now, None, now);
    }

    /// When [`LightDriver::step`] is to be called; `None` for a light that no longer moves and shows already.
    pub(super) fn due(&self) -> Option<Duration> {
        // The step that was due when the motion ended still has to be shown.
        let moves = self.pattern.moves(self.due.saturating_sub(self.since).saturating_sub(FRAME));
        (self.shown.is_none() || moves).then_some(self.due)
    }

    /// Shows the next step, if it is due and differs from what shows.
    pub(super) fn step(&mut self, now: Duration) -> Option<Health> {
        self.due().filter(|&due| now >= due)?;
        self.due = now.saturating_add(if self.lost { RETRY } else { FRAME });
        let colour = self.pattern.over(self.before, now.saturating_sub(self.since)).dimmed(self.brightness);
        if self.shown == Some(colour) {
            return None;
        }
        let result = self.lights.show(colour);
        self.shown = result.is_ok().then_some(colour);
        self.health(result)
    }

    pub(super) fn privacy(&mut self, on: bool) -> Option<Health> {
        let result = self.lights.privacy(on);
        self.health(result)
    }

    fn health(&mut self, result: Result<(), LightsError>) -> Option<Health> {
        let was_lost = std::mem::replace(&mut self.lost, result.is_err());
        match result {
            Err(error) if !was_lost => Some(Health::Lost(error.to_string())),
            Ok(()) if was_lost => Some(Health::Back),
            _ => None,
        }
    }
}

impl Drop for LightDriver {
    fn drop(&mut self) {
        // Both are tried; there is nobody left to tell about a failure.
        let _ = self.lights.show(Rgb::OFF);
        let _ = self.lights.privacy(false);
    }
}

const CHECK: Duration = Duration::from_millis(250);

/// Sends sounds to the speaker, polls it for faults, and reports a loss once.
pub(super) struct SpeakerClient {
    speaker: Box<dyn Speaker>,
    check_due: Duration,
    lost: bool,
}

impl SpeakerClient {
    pub(super) const fn new(speaker: Box<dyn Speaker>) -> Self {
        Self { speaker, check_due: Duration::ZERO, lost: false }
    }

    /// When [`SpeakerClient::check`] is to be called.
    pub(super) const fn due(&self) -> Duration {
        self.check_due
    }

    /// Sends a sound. A failure to play is reported for every piece, not only for the first.
    pub(super) fn send(&mut self, sound: Sound) -> Option<Health> {
        if let Sound::Play(..) = sound {
            self.lost = false;
        }
        let result = self.speaker.send(sound);
        self.health(result)
    }

    pub(super) fn check(&mut self, now: Duration) -> Option<Health> {
        if now < self.check_due {
            return None;
        }
        self.check_due = now.saturating_add(CHECK);
        match self.speaker.check() {
            Ok(()) => None,
            error => self.health(error),
        }
    }

    fn health(&mut self, result: Result<(), SpeakerError>) -> Option<Health> {
        match result {
            Ok(()) => {
                self.lost = false;
                None
            }
            // A track that can't be played is not a lost speaker: the box plays something else.
            Err(error @ SpeakerError::Track { .. }) => Some(Health::Note(error.to_string())),
            Err(error) => (!std::mem::replace(&mut self.lost, true)).then(|| Health::Lost(error.to_string())),
        }
    }
}
