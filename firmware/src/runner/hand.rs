//! The buttons as the loop sees them: edges in, gestures and presses out.

use super::Extra;
use crate::debounce::Debouncer;
use crate::gesture::{Gesture, Gestures, Timing};
use crate::ports::Level;
use std::time::Duration;

/// The owner's hand: the button that says everything, and those beside it for one thing each.
pub(super) struct Hand {
    button: Debouncer,
    gestures: Gestures,
    /// One for each of [`Extra`].
    extras: [(Extra, Debouncer); 2],
}

impl Hand {
    /// `window` is how long edges are ignored after the first.
    pub(super) fn new(window: Duration, timing: Timing) -> Self {
        Self {
            button: Debouncer::new(window),
            gestures: Gestures::new(timing),
            extras: [Extra::Skip, Extra::Volume].map(|extra| (extra, Debouncer::new(window))),
        }
    }

    /// When [`Hand::settle`] is to be called; `None` when there is nothing to wait for.
    pub(super) fn wake(&self) -> Option<Duration> {
        let extras = self.extras.iter().filter_map(|(_, debouncer)| debouncer.wake());
        extras.chain(self.button.wake()).chain(self.gestures.wake()).min()
    }

    /// The button's level changed.
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
