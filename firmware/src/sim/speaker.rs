//! A speaker that records what it is asked to play.

use super::{Entry, Faults, Journal};
use crate::ports::{Chime, Programme, Speaker, SpeakerError};
use std::time::Duration;

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

    fn record(&self, entry: Option<Entry>) -> Result<(), SpeakerError> {
        if self.faults.call() {
            return Err(SpeakerError::NoDevice { detail: "failed on demand".into() });
        }
        if let Some(entry) = entry {
            self.journal.add(entry);
        }
        Ok(())
    }
}

impl Speaker for RecorderSpeaker {
    fn play(&mut self, programme: Programme, fade: Duration) -> Result<(), SpeakerError> {
        self.record(Some(Entry::Play(programme, fade)))
    }

    fn skip(&mut self, fade: Duration) -> Result<(), SpeakerError> {
        self.record(Some(Entry::Skip(fade)))
    }

    fn volume(&mut self, gain_db: f32) -> Result<(), SpeakerError> {
        // Stricter than a real one, which would just clip it.
        if gain_db.is_nan() || gain_db > 0.0 {
            return Err(SpeakerError::NoDevice { detail: format!("a volume of {gain_db} dB") });
        }
        self.record(Some(Entry::Volume(gain_db)))
    }

    fn like(&mut self) -> Result<(), SpeakerError> {
        self.record(Some(Entry::Like))
    }

    fn chime(&mut self, chime: Chime) -> Result<(), SpeakerError> {
        self.record(Some(Entry::Chime(chime)))
    }

    fn stop(&mut self, fade: Duration) -> Result<(), SpeakerError> {
        self.record(Some(Entry::Silence(fade)))
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        self.record(None)
    }

    fn describe(&self) -> String {
        "recorder".into()
    }
}
