//! One record of everything the simulated ports were asked to do, in order and with the time; and failure on demand.

use crate::ports::Sound;
use mood::Rgb;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A clock that stands still until it is moved.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Mutex<Duration>>);

impl Clock {
    /// The time.
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
    pub fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::default() }
    }

    /// Writes an entry.
    pub fn add(&self, entry: Entry) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push((self.clock.now(), entry));
    }

    /// Everything so far.
    pub fn entries(&self) -> Vec<(Duration, Entry)> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Makes the simulated part it was taken from fail; clones steer the same part, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    calls: AtomicU64,
    /// Number of the call that fails, plus one; zero for none.
    fails_at: AtomicU64,
    lost: AtomicBool,
    short: AtomicBool,
    stalled: Mutex<bool>,
    released: Condvar,
}

impl Faults {
    /// The call after `calls` more ones fails, once.
    pub fn fail_after(&self, calls: u64) {
        self.0.fails_at.store(self.calls() + calls + 1, Ordering::SeqCst);
    }

    /// Every call fails until [`Faults::heal`]: the device is unplugged.
    pub fn unplug(&self) {
        self.0.lost.store(true, Ordering::SeqCst);
    }

    /// The next frame is shorter than its format says.
    pub fn short_buffer(&self) {
        self.0.short.store(true, Ordering::SeqCst);
    }

    /// Calls do not return until [`Faults::heal`].
    pub fn stall(&self) {
        *self.0.stalled.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Works again; calls that stall return.
    pub fn heal(&self) {
        self.0.lost.store(false, Ordering::SeqCst);
        self.0.short.store(false, Ordering::SeqCst);
        self.0.fails_at.store(0, Ordering::SeqCst);
        *self.0.stalled.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.released.notify_all();
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// Whether calls stall now.
    pub fn is_stalled(&self) -> bool {
        *self.0.stalled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call, waits while stalled, and says whether it is to fail.
    pub(super) fn call(&self) -> bool {
        let number = self.0.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let guard = self.0.stalled.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.released.wait_while(guard, |stalled| *stalled));
        self.0.lost.load(Ordering::SeqCst) || self.0.fails_at.load(Ordering::SeqCst) == number
    }

    /// Whether this frame is to be short; asked once a frame.
    pub(super) fn takes_short(&self) -> bool {
        self.0.short.swap(false, Ordering::SeqCst)
    }
}
