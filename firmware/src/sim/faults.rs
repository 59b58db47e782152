//! Failure on demand.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

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
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// Whether calls stall now.
    #[must_use]
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
