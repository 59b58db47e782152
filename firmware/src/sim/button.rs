//! A button that presses itself at set times.

use crate::ports::{Button, ButtonError, Level};
use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

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
