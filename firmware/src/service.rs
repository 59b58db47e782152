//! The box as a service: its manager is told when it is ready, what troubles it, and, for the watchdog, that it is alive.
//!
//! INVARIANT: a sign of life is only given from a turn of the loop. One that hangs gives none, and is started again.

use crate::report;
use crate::runner::{BoxEvent, Inbox, Message, Observer};
use std::time::Duration;

/// What a service manager is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// All parts are there.
    Ready,
    /// The loop turns.
    Alive,
    /// The box is ending.
    Stopping,
    /// A line for the owner.
    Status(String),
}

/// A service manager.
pub trait Manager {
    /// Tells it.
    fn tell(&mut self, news: &News);
}

/// An inbox that gives a sign of life each time the loop comes for its next message.
pub struct WatchedInbox {
    inbox: Box<dyn Inbox>,
    manager: Box<dyn Manager>,
    every: Duration,
    due: Duration,
}

impl WatchedInbox {
    /// Tells `manager` at most once in half of `limit`, after which it takes the box for dead.
    pub fn new(inbox: Box<dyn Inbox>, manager: Box<dyn Manager>, limit: Duration) -> Self {
        Self { inbox, manager, every: limit / 2, due: Duration::ZERO }
    }
}

impl Inbox for WatchedInbox {
    fn now(&self) -> Duration {
        self.inbox.now()
    }

    fn next(&mut self, until: Duration) -> Option<Message> {
        let now = self.inbox.now();
        if now >= self.due {
            self.due = now.saturating_add(self.every);
            self.manager.tell(&News::Alive);
        }
        self.inbox.next(until)
    }
}

/// Tells the manager what it should know of what happens.
pub struct ServiceObserver(pub Box<dyn Manager>);

impl Observer for ServiceObserver {
    fn observe(&mut self, _now: Duration, event: &BoxEvent<'_>) {
        // What it saw and did is in the transcript; this line says how the box is.
        let status = match event {
            BoxEvent::Ready => {
                self.0.tell(&News::Ready);
                "ready".into()
            }
            BoxEvent::Stopping => return self.0.tell(&News::Stopping),
            BoxEvent::Trouble(fault) => report::trouble(*fault).into(),
            BoxEvent::Lost(part, error) => format!("{part:?}: {error}"),
            BoxEvent::Back(part) => format!("{part:?}: it works again"),
            BoxEvent::Looked(look) if look.result.is_ok() => "ready".into(),
            _ => return,
        };
        self.0.tell(&News::Status(status));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Fault;
    use crate::sim::Clock;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<Vec<News>>>);

    impl Manager for Told {
        fn tell(&mut self, news: &News) {
            self.0.lock().unwrap().push(news.clone());
        }
    }

    struct Silence(Clock);

    impl Inbox for Silence {
        fn now(&self) -> Duration {
            self.0.now()
        }

        fn next(&mut self, until: Duration) -> Option<Message> {
            self.0.advance(until);
            None
        }
    }

    #[test]
    fn only_a_turn_of_the_loop_is_a_sign_of_life_and_not_every_one() {
        let (clock, told) = (Clock::default(), Told::default());
        let limit = Duration::from_secs(10);
        let mut inbox = WatchedInbox::new(Box::new(Silence(clock.clone())), Box::new(told.clone()), limit);
        let alive = || told.0.lock().unwrap().len();
        clock.advance(Duration::from_secs(1_000));
        assert_eq!(alive(), 0, "time alone is none");
        for _ in 0..40 {
            inbox.next(clock.now() + Duration::from_millis(250));
        }
        assert_eq!(alive(), 2, "in ten seconds of quarter-second turns");
    }

    #[test]
    fn the_manager_hears_of_life_events_and_troubles_and_never_of_a_mood() {
        let told = Told::default();
        let mut observer = ServiceObserver(Box::new(told.clone()));
        for event in [BoxEvent::Ready, BoxEvent::Pressed, BoxEvent::Trouble(Fault::CameraLost), BoxEvent::Stopping] {
            observer.observe(Duration::ZERO, &event);
        }
        let status = |text: &str| News::Status(text.into());
        assert_eq!(
            *told.0.lock().unwrap(),
            [News::Ready, status("ready"), status(report::trouble(Fault::CameraLost)), News::Stopping]
        );
    }
}
