//! Buttons: a thread for each that tells its edges; gestures and presses out of them. Bounces are dropped.

use super::Message;
use super::threads::{Outbox, spawn, start};
use crate::error::Failure;
use crate::gesture::{Gesture, Gestures, Timing};
use crate::ports::{Button, ButtonError, Extra, Level};
use std::time::Duration;

/// How long a button is asked at a time.
const WAIT: Duration = Duration::from_millis(200);

/// Starts the button's thread.
///
/// # Errors
/// When the system gives no thread.
pub fn start_button(button: Box<dyn Button>, outbox: Outbox) -> Result<(), Failure> {
    start("button", outbox, |outbox| {
        tell(button, outbox, |heard| heard.map_or_else(Message::ButtonLost, Message::Button));
    })
}

/// Starts the thread of a button that only does one thing. The box goes on when it can't be read any more.
///
/// # Errors
/// When the system gives no thread.
pub fn start_extra(extra: Extra, button: Box<dyn Button>, outbox: Outbox) -> Result<(), Failure> {
    let name = match extra {
        Extra::Skip => "skip button",
        Extra::Volume => "volume button",
    };
    let lost = move |error| Message::ExtraLost(extra, error);
    spawn(name, move || {
        tell(button, &outbox, |heard| heard.map_or_else(lost, |level| Message::Extra(extra, level)));
    })
}

/// Tells what a button does until it can't be read or nobody listens any more.
fn tell(mut button: Box<dyn Button>, outbox: &Outbox, message: impl Fn(Result<Level, ButtonError>) -> Message) {
    loop {
        let Some(heard) = button.wait(WAIT).transpose() else { continue };
        let lost = heard.is_err();
        if outbox.send(message(heard)).is_err() || lost {
            return;
        }
    }
}

/// Ignores edges for a window after each one it believes.
///
/// The first edge counts at once, so that the box answers without delay; what follows inside the window is a bounce.
/// A level that still differs when the window ends is believed then: ask again at [`Debouncer::wake`].
///
/// INVARIANT: two changes it gives are at least a window apart, so there is at most one press a window.
#[derive(Debug, Clone)]
struct Debouncer {
    window: Duration,
    believed: Level,
    latest: Level,
    quiet_until: Duration,
}

impl Debouncer {
    const fn new(window: Duration) -> Self {
        Self { window, believed: Level::Up, latest: Level::Up, quiet_until: Duration::ZERO }
    }

    /// Takes the level seen at `now` (any number of times) and gives the level that is newly believed.
    fn update(&mut self, level: Level, now: Duration) -> Option<Level> {
        self.latest = level;
        if now < self.quiet_until || level == self.believed {
            return None;
        }
        self.believed = level;
        self.quiet_until = now.saturating_add(self.window);
        Some(level)
    }

    /// As [`Debouncer::update`], when nothing was seen: believes a level that outlasted the window.
    fn settle(&mut self, now: Duration) -> Option<Level> {
        self.update(self.latest, now)
    }

    /// When to call [`Debouncer::settle`]; `None` when there is nothing to wait for.
    fn wake(&self) -> Option<Duration> {
        (self.latest != self.believed).then_some(self.quiet_until)
    }
}

/// The buttons: the one that says everything, and those beside it for one thing each.
pub(super) struct ButtonInput {
    button: Debouncer,
    gestures: Gestures,
    extras: [(Extra, Debouncer); 2],
}

impl ButtonInput {
    /// `window` is how long edges are ignored after the first.
    pub(super) fn new(window: Duration, timing: Timing) -> Self {
        Self {
            button: Debouncer::new(window),
            gestures: Gestures::new(timing),
            extras: [Extra::Skip, Extra::Volume].map(|extra| (extra, Debouncer::new(window))),
        }
    }

    /// When [`ButtonInput::settle`] is to be called; `None` when there is nothing to wait for.
    pub(super) fn wake(&self) -> Option<Duration> {
        let extras = self.extras.iter().filter_map(|(_, debouncer)| debouncer.wake());
        extras.chain(self.button.wake()).chain(self.gestures.wake()).min()
    }

    pub(super) fn button(&mut self, level: Level, now: Duration) -> Vec<Gesture> {
        // A level that outlasted its window before this edge came is believed first.
        let levels = [self.button.settle(now), self.button.update(level, now)];
        levels.into_iter().flatten().flat_map(|level| self.gestures.update(level, now)).collect()
    }

    /// The level of a button beside it changed; an entry for each press.
    pub(super) fn extra(&mut self, which: Extra, level: Level, now: Duration) -> Vec<Extra> {
        let mut pressed = Vec::new();
        for (extra, debouncer) in self.extras.iter_mut().filter(|(extra, _)| *extra == which) {
            let levels = [debouncer.settle(now), debouncer.update(level, now)];
            pressed.extend(levels.into_iter().flatten().filter(|level| *level == Level::Down).map(|_| *extra));
        }
        pressed
    }

    /// What time alone has made of the edges so far.
    pub(super) fn settle(&mut self, now: Duration) -> (Vec<Gesture>, Vec<Extra>) {
        let settled = self.button.settle(now);
        let mut gestures: Vec<Gesture> =
            settled.into_iter().flat_map(|level| self.gestures.update(level, now)).collect();
        gestures.extend(self.gestures.settle(now));
        let extras = self.extras.iter_mut().filter_map(|(extra, debouncer)| {
            debouncer.settle(now).filter(|level| *level == Level::Down).map(|_| *extra)
        });
        (gestures, extras.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(30);

    /// Feeds edges and settles in between as the runner does; gives the moments of the presses in ms.
    fn presses(edges: &[(u64, Level)]) -> Vec<u64> {
        let mut button = Debouncer::new(WINDOW);
        let mut found = Vec::new();
        let mut edges = edges.to_vec();
        edges.push((10_000, Level::Up));
        for (at, level) in edges {
            let at = Duration::from_millis(at);
            if let Some(wake) = button.wake().filter(|&wake| wake <= at)
                && button.settle(wake) == Some(Level::Down)
            {
                found.push(wake);
            }
            if button.update(level, at) == Some(Level::Down) {
                found.push(at);
            }
        }
        found.iter().map(|at| u64::try_from(at.as_millis()).unwrap()).collect()
    }

    #[test]
    fn a_bouncing_press_and_release_is_one_press() {
        use Level::{Down, Up};
        type Case = (&'static str, &'static [(u64, Level)], &'static [u64]);
        let cases: [Case; 7] = [
            ("clean", &[(100, Down), (300, Up)], &[100]),
            (
                "bounce on the way down",
                &[(100, Down), (102, Up), (104, Down), (110, Up), (112, Down), (300, Up)],
                &[100],
            ),
            ("bounce on the way up", &[(100, Down), (300, Up), (303, Down), (305, Up)], &[100]),
            ("a tap shorter than the window", &[(100, Down), (110, Up), (400, Down), (500, Up)], &[100, 400]),
            ("down again inside the window and held", &[(100, Down), (200, Up), (210, Down), (500, Up)], &[100, 230]),
            ("two presses", &[(100, Down), (200, Up), (300, Down), (400, Up)], &[100, 300]),
            ("up only", &[(100, Up), (200, Up)], &[]),
        ];
        for (name, edges, expected) in cases {
            assert_eq!(presses(edges), expected, "{name}");
        }
    }

    #[test]
    fn at_most_one_press_per_window() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_pcg::Pcg32::seed_from_u64(7);
        for _ in 0..200 {
            let mut at = 0;
            let edges: Vec<(u64, Level)> = (0..300)
                .map(|_| {
                    at += random.random_range(0..25);
                    (at, if random.random_bool(0.5) { Level::Down } else { Level::Up })
                })
                .collect();
            let found = presses(&edges);
            assert!(found.windows(2).all(|pair| pair[1] - pair[0] >= 30), "{edges:?} gave {found:?}");
        }
    }
}
