//! A light and a speaker that record what they are asked to do, and a button that a script presses.

use super::{Entry, Faults, Journal};
use crate::ports::{Button, ButtonError, Level, Lights, LightsError, Sound, Speaker, SpeakerError};
use mood::Rgb;
use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

/// Records colours and lamp. Refuses a colour outside 0..=1, which no real light would notice.
#[derive(Debug)]
pub struct RecorderLights {
    journal: Journal,
    faults: Faults,
}

impl RecorderLights {
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

    fn fault(&self, detail: &str) -> LightsError {
        LightsError { light: "recorder".into(), detail: detail.into() }
    }
}

impl Lights for RecorderLights {
    fn show(&mut self, colour: Rgb) -> Result<(), LightsError> {
        if self.faults.call() {
            return Err(self.fault("failed on demand"));
        }
        if ![colour.red, colour.green, colour.blue].iter().all(|part| (0.0..=1.0).contains(&part.get())) {
            return Err(self.fault("a colour outside 0..=1"));
        }
        self.journal.add(Entry::Light(colour));
        Ok(())
    }

    fn privacy(&mut self, on: bool) -> Result<(), LightsError> {
        if self.faults.call() {
            return Err(self.fault("failed on demand"));
        }
        self.journal.add(Entry::Privacy(on));
        Ok(())
    }
}

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
            return Err(SpeakerError::NoDevice("failed on demand".into()));
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
            return Err(SpeakerError::NoDevice(format!("a volume of {gain_db} dB")));
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

/// How long it stays down.
const HELD: Duration = Duration::from_millis(120);

/// The edges of presses at the times given.
#[must_use]
pub fn edges(presses: &[Duration]) -> Vec<(Duration, Level)> {
    presses.iter().flat_map(|&at| [(at, Level::Down), (at.saturating_add(HELD), Level::Up)]).collect()
}

/// Presses itself at the times given, counted from its making.
#[derive(Debug)]
pub struct ScriptedButton {
    edges: VecDeque<(Duration, Level)>,
    began: Instant,
}

impl ScriptedButton {
    /// A button that will be pressed at `presses`.
    #[must_use]
    pub fn new(presses: &[Duration]) -> Self {
        Self { edges: edges(presses).into(), began: Instant::now() }
    }
}

impl Button for ScriptedButton {
    fn wait(&mut self, limit: Duration) -> Result<Option<Level>, ButtonError> {
        let due = self.edges.front().map(|(at, _)| at.saturating_sub(self.began.elapsed()));
        if let Some(due) = due.filter(|&due| due <= limit) {
            thread::sleep(due);
            return Ok(self.edges.pop_front().map(|(_, level)| level));
        }
        thread::sleep(limit);
        Ok(None)
    }

    fn describe(&self) -> String {
        "script".into()
    }
}
