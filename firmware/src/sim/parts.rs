//! A light and a speaker that record what they are asked to do, and a button that a script presses.

use super::{Entry, Faults, Journal};
use crate::ports::{Button, ButtonError, Level, Lights, LightsError, Sound, Speaker, SpeakerError};
use mood::Rgb;
use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

/// A light and a speaker that record what they are told, and refuse colours outside 0..=1 and volumes above full.
#[derive(Debug)]
pub struct Recorder {
    journal: Journal,
    faults: Faults,
}

impl Recorder {
    /// Writes to `journal`.
    pub fn new(journal: Journal) -> Self {
        Self { journal, faults: Faults::default() }
    }

    /// What makes it fail.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Writes an entry, unless something is wrong with it.
    fn record(&self, entry: Entry, wrong: Option<String>) -> Result<(), String> {
        if self.faults.call() {
            return Err("failed on demand".to_owned());
        }
        wrong.map_or(Ok(()), Err)?;
        self.journal.add(entry);
        Ok(())
    }
}

fn not_lit(detail: String) -> LightsError {
    LightsError { light: "recorder".into(), detail }
}

impl Lights for Recorder {
    fn show(&mut self, colour: Rgb) -> Result<(), LightsError> {
        let sound = [colour.red, colour.green, colour.blue].iter().all(|part| (0.0..=1.0).contains(&part.get()));
        let wrong = (!sound).then(|| "a colour outside 0..=1".to_owned());
        self.record(Entry::Light(colour), wrong).map_err(not_lit)
    }

    fn privacy(&mut self, on: bool) -> Result<(), LightsError> {
        self.record(Entry::Privacy(on), None).map_err(not_lit)
    }
}

impl Speaker for Recorder {
    fn send(&mut self, sound: Sound) -> Result<(), SpeakerError> {
        let wrong = match sound {
            Sound::Volume(gain_db) if gain_db.is_nan() || gain_db > 0.0 => Some(format!("a volume of {gain_db} dB")),
            _ => None,
        };
        self.record(Entry::Sound(sound), wrong).map_err(SpeakerError::NoDevice)
    }

    fn check(&mut self) -> Result<(), SpeakerError> {
        if self.faults.call() { Err(SpeakerError::NoDevice("failed on demand".to_owned())) } else { Ok(()) }
    }

    fn describe(&self) -> String {
        "recorder".into()
    }
}

const HELD: Duration = Duration::from_millis(120);

/// The edges of presses at the times given.
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
