//! The speaker as the loop sees it: it is told what to play, asked now and then how it is, and may fail.

use super::Health;
use crate::ports::{Sound, Speaker, SpeakerError};
use std::time::Duration;

/// Between two questions.
const CHECK: Duration = Duration::from_millis(250);

/// The speaker.
pub(super) struct Voice {
    speaker: Box<dyn Speaker>,
    check_due: Duration,
    lost: bool,
}

impl Voice {
    pub(super) const fn new(speaker: Box<dyn Speaker>) -> Self {
        Self { speaker, check_due: Duration::ZERO, lost: false }
    }

    /// When [`Voice::check`] is to be called.
    pub(super) const fn due(&self) -> Duration {
        self.check_due
    }

    /// Tells it. That music fails is told at every piece that stays silent, not only at the first.
    pub(super) fn send(&mut self, sound: Sound) -> Option<Health> {
        if let Sound::Play(..) = sound {
            self.lost = false;
        }
        let result = self.speaker.send(sound);
        self.health(result)
    }

    /// Asks for what went wrong meanwhile, a few times a second.
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
