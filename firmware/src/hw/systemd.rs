//! systemd as the service manager; without one, nobody is told.

use crate::service::{Manager, News};
use sd_notify::NotifyState;
use std::time::Duration;

/// The manager at `NOTIFY_SOCKET`.
pub fn manager() -> Box<dyn Manager> {
    Box::new(Systemd)
}

struct Systemd;

/// How long the watchdog waits for a sign of life, if it watches this process.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

impl Manager for Systemd {
    fn tell(&mut self, news: &News) {
        let state = match news {
            News::Ready => NotifyState::Ready,
            News::Alive => NotifyState::Watchdog,
            News::Stopping => NotifyState::Stopping,
            News::Status(text) => NotifyState::Status(text),
        };
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::debug!(%error, "The service manager can't be told");
        }
    }
}
