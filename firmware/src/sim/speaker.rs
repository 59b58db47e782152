//! A speaker that records what it is asked to play.

use super::{Entry, Faults, Journal};
use crate::ports::{Sound, Speaker, SpeakerError};

/// Records music, signals and silence.
#[derive(Debug)]
pub struct RecorderSpeaker {
    journal: Journal,
    faults: Faults,
}

impl RecorderSpeaker {
    /// Writes to `journal`.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self { journal, faults: Faults::default() }
    }

    /// What makes it fail.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    fn call(&self) -> Result<(), SpeakerError> {
        if self.faults.call() {
            return Err(SpeakerError::NoDevice { detail: "failed on demand".into() });
        }
        Ok(())
    }
}

impl Speaker for RecorderSpeaker {
    fn send(&mut self, sound: Sound) -> Result<(), SpeakerError> {
        // Stricter than a real one, which would just clip it.
        if let Sound::Volume(gain_db) = sound
            && (gain_db.is_nan() || gain_db > 0.0)
        {
            return Err(SpeakerError::NoDevice { detail: format!("a volume of {gain_db} dB") });
        }
        self.call()?;
        self.journal.add(Entry::Sound(sound));
        Ok(())
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        self.call()
    }

    fn describe(&self) -> String {
        "recorder".into()
    }
}
