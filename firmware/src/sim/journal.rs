//! One record of everything the simulated ports were asked to do, in order and with the time.

use crate::ports::Sound;
use mood::Rgb;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A clock that stands still until it is moved.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Mutex<Duration>>);

impl Clock {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it forward to `to`; never back.
    pub fn advance(&self, to: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = to.max(*now);
    }
}

/// What a port was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Camera: sensor on.
    SensorOn,
    /// Camera: one frame taken.
    Frame,
    /// Camera: sensor off.
    SensorOff,
    /// Lights: a colour shown.
    Light(Rgb),
    /// Lights: the privacy lamp.
    Privacy(bool),
    /// Speaker: told to do this.
    Sound(Sound),
}

/// The record. Clones write to the same one.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    clock: Clock,
    entries: Arc<Mutex<Vec<(Duration, Entry)>>>,
}

impl Journal {
    /// An empty record that takes its times from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::default() }
    }

    /// Writes an entry.
    pub fn add(&self, entry: Entry) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push((self.clock.now(), entry));
    }

    /// Everything so far.
    #[must_use]
    pub fn entries(&self) -> Vec<(Duration, Entry)> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
