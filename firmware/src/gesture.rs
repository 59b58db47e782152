//! Makes gestures of one button's presses: `(level, now)` in, gestures out. Pure; [`crate::runner::button`] comes before it.
//!
//! ```text
//! down ---up---------------- quiet --> Press
//!   |       '--down---up---- quiet --> Double
//!   |       |          '----down ----> Triple
//!   |       '-- held 1 s ------------> Like
//!   '-- held 1 s --> Choose -- 5 s --> Stop -- 10 s --> ShutDown        up at any time: Released
//! ```
//!
//! What a press means is known only when no other follows it, but it must be answered at once. So a first press also gives
//! [`Gesture::Touched`]: the box lights up and begins to look, and takes that back when it turns out to be another gesture.

use crate::ports::Level;
use std::time::Duration;

/// How long things take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// A press that follows a release within this belongs to the same gesture; zero knows single presses only.
    pub again: Duration,
    /// Held so long, the owner chooses.
    pub choose: Duration,
    /// Held so long, the music stops.
    pub stop: Duration,
    /// Held so long, the box shuts down.
    pub shut_down: Duration,
}

/// What a hold has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hold {
    /// The owner chooses a mood by hand.
    Choose,
    /// The music stops.
    Stop,
    /// The box shuts down.
    ShutDown,
}

/// What the owner does with the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gesture {
    /// The button went down, and what that will become is open.
    Touched,
    /// It came up again for the first time, soon enough to be no hold.
    LetGo,
    /// One press, and nothing followed.
    Press,
    /// Two presses.
    Double,
    /// A press, and a second one held as long as for choosing; comes while the button is still down.
    Like,
    /// Three presses; more are a new gesture.
    Triple,
    /// Held down so long; comes while the button is still down.
    Held(Hold),
    /// A hold ended.
    Released(Hold),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing going on.
    Rest,
    /// Down for the first time since, held to this so far.
    First { since: Duration, hold: Option<Hold> },
    /// Up after so many presses; another one may follow until then.
    Between { presses: u8, until: Duration },
    /// Down for the second time, since then.
    Second { since: Duration },
    /// Down, and what that means has been told.
    Told,
}

/// The grammar of one button.
#[derive(Debug, Clone)]
pub struct Gestures {
    timing: Timing,
    phase: Phase,
}

impl Gestures {
    /// A button that rests.
    pub const fn new(timing: Timing) -> Self {
        Self { timing, phase: Phase::Rest }
    }

    /// Takes a debounced change of level.
    pub fn update(&mut self, level: Level, now: Duration) -> Vec<Gesture> {
        // What was due before this edge comes first.
        let mut gestures = self.settle(now);
        match (self.phase, level) {
            (Phase::Rest, Level::Down) => {
                self.phase = Phase::First { since: now, hold: None };
                gestures.push(Gesture::Touched);
            }
            (Phase::First { hold: Some(hold), .. }, Level::Up) => {
                self.phase = Phase::Rest;
                gestures.push(Gesture::Released(hold));
            }
            (Phase::First { hold: None, .. }, Level::Up) => {
                gestures.push(Gesture::LetGo);
                self.wait(1, now);
                gestures.extend(self.settle(now));
            }
            (Phase::Between { presses: 1, .. }, Level::Down) => self.phase = Phase::Second { since: now },
            (Phase::Between { .. }, Level::Down) => {
                self.phase = Phase::Told;
                gestures.push(Gesture::Triple);
            }
            (Phase::Second { .. }, Level::Up) => self.wait(2, now),
            (Phase::Told, Level::Up) => self.phase = Phase::Rest,
            // A level that repeats says nothing new.
            (Phase::Rest | Phase::Between { .. }, Level::Up)
            | (Phase::First { .. } | Phase::Second { .. } | Phase::Told, Level::Down) => {}
        }
        gestures
    }

    /// What time alone makes of the gesture; call it at [`Gestures::wake`].
    pub fn settle(&mut self, now: Duration) -> Vec<Gesture> {
        let mut gestures = Vec::new();
        match &mut self.phase {
            Phase::First { since, hold } => {
                let held = now.saturating_sub(*since);
                while let Some((next, _)) = next_hold(&self.timing, *hold).filter(|(_, after)| held >= *after) {
                    *hold = Some(next);
                    gestures.push(Gesture::Held(next));
                }
            }
            Phase::Between { presses, until } if now >= *until => {
                gestures.push(if *presses == 1 { Gesture::Press } else { Gesture::Double });
                self.phase = Phase::Rest;
            }
            Phase::Second { since } if now.saturating_sub(*since) >= self.timing.choose => {
                gestures.push(Gesture::Like);
                self.phase = Phase::Told;
            }
            Phase::Rest | Phase::Between { .. } | Phase::Second { .. } | Phase::Told => {}
        }
        gestures
    }

    /// When to call [`Gestures::settle`]; `None` when there is nothing to wait for.
    pub fn wake(&self) -> Option<Duration> {
        match self.phase {
            Phase::First { since, hold } => next_hold(&self.timing, hold).map(|(_, after)| since.saturating_add(after)),
            Phase::Between { until, .. } => Some(until),
            Phase::Second { since } => Some(since.saturating_add(self.timing.choose)),
            Phase::Rest | Phase::Told => None,
        }
    }

    const fn wait(&mut self, presses: u8, now: Duration) {
        self.phase = Phase::Between { presses, until: now.saturating_add(self.timing.again) };
    }
}

/// What a hold becomes next, and after how long.
const fn next_hold(timing: &Timing, now: Option<Hold>) -> Option<(Hold, Duration)> {
    match now {
        None => Some((Hold::Choose, timing.choose)),
        Some(Hold::Choose) => Some((Hold::Stop, timing.stop)),
        Some(Hold::Stop) => Some((Hold::ShutDown, timing.shut_down)),
        Some(Hold::ShutDown) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Gesture::{Double, Held, LetGo, Like, Press, Released, Touched, Triple};

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    const TIMING: Timing = Timing { again: ms(300), choose: ms(1_000), stop: ms(5_000), shut_down: ms(10_000) };

    /// Plays edges (down first, then up, ...) as the runner does; gives each gesture with its time in ms.
    fn played(timing: Timing, edges: &[u64]) -> Vec<(u64, Gesture)> {
        let mut gestures = Gestures::new(timing);
        let mut found = Vec::new();
        let mut level = Level::Up;
        for &at in edges.iter().chain([&60_000]) {
            while let Some(wake) = gestures.wake().filter(|&wake| wake <= ms(at)) {
                let told = gestures.settle(wake);
                assert!(!told.is_empty(), "it woke for nothing at {wake:?}");
                found.extend(told.into_iter().map(|gesture| (wake, gesture)));
            }
            if at < 60_000 {
                level = if level == Level::Up { Level::Down } else { Level::Up };
                found.extend(gestures.update(level, ms(at)).into_iter().map(|gesture| (ms(at), gesture)));
            }
        }
        found.into_iter().map(|(at, gesture)| (u64::try_from(at.as_millis()).unwrap(), gesture)).collect()
    }

    #[test]
    fn the_grammar_of_one_button() {
        type Case = (&'static str, &'static [u64], &'static [(u64, Gesture)]);
        let cases: [Case; 12] = [
            ("a press", &[0, 120], &[(0, Touched), (120, LetGo), (420, Press)]),
            ("two presses", &[0, 120, 250, 350], &[(0, Touched), (120, LetGo), (650, Double)]),
            ("three", &[0, 100, 200, 300, 400, 500], &[(0, Touched), (100, LetGo), (400, Triple)]),
            (
                "a fourth begins anew",
                &[0, 100, 200, 300, 400, 500, 600, 700],
                &[(0, Touched), (100, LetGo), (400, Triple), (600, Touched), (700, LetGo), (1_000, Press)],
            ),
            (
                "too slow for a double",
                &[0, 100, 401, 500],
                &[(0, Touched), (100, LetGo), (400, Press), (401, Touched), (500, LetGo), (800, Press)],
            ),
            ("just short of a hold", &[0, 999], &[(0, Touched), (999, LetGo), (1_299, Press)]),
            (
                "a hold of a second",
                &[0, 1_000],
                &[(0, Touched), (1_000, Held(Hold::Choose)), (1_000, Released(Hold::Choose))],
            ),
            (
                "held for three",
                &[0, 3_000],
                &[(0, Touched), (1_000, Held(Hold::Choose)), (3_000, Released(Hold::Choose))],
            ),
            (
                "held for five",
                &[0, 6_000],
                &[(0, Touched), (1_000, Held(Hold::Choose)), (5_000, Held(Hold::Stop)), (6_000, Released(Hold::Stop))],
            ),
            (
                "held for ten",
                &[0, 12_000],
                &[
                    (0, Touched),
                    (1_000, Held(Hold::Choose)),
                    (5_000, Held(Hold::Stop)),
                    (10_000, Held(Hold::ShutDown)),
                    (12_000, Released(Hold::ShutDown)),
                ],
            ),
            ("the second one held", &[0, 100, 200, 4_000], &[(0, Touched), (100, LetGo), (1_200, Like)]),
            ("not quite held", &[0, 100, 200, 1_199], &[(0, Touched), (100, LetGo), (1_499, Double)]),
        ];
        for (name, edges, expected) in cases {
            assert_eq!(played(TIMING, edges), expected, "{name}");
        }
    }

    #[test]
    fn without_a_window_every_press_is_one() {
        let edges = [0, 100, 150, 250];
        let expected = [(0, Touched), (100, LetGo), (100, Press), (150, Touched), (250, LetGo), (250, Press)];
        assert_eq!(played(Timing { again: ms(0), ..TIMING }, &edges), expected);
    }

    #[test]
    fn a_loop_that_was_held_up_still_tells_everything_in_order() {
        let mut gestures = Gestures::new(TIMING);
        gestures.update(Level::Down, ms(0));
        assert_eq!(gestures.update(Level::Up, ms(5_500)), [Held(Hold::Choose), Held(Hold::Stop), Released(Hold::Stop)]);
    }

    #[test]
    fn every_touch_ends_in_one_meaning_whatever_the_edges() {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_pcg::Pcg32::seed_from_u64(11);
        for _ in 0..500 {
            let mut at = 0;
            let edges: Vec<u64> = (0..40)
                .map(|_| {
                    at += random.random_range(1..1_400);
                    at
                })
                .collect();
            let found = played(TIMING, &edges);
            let (mut touched, mut held) = (false, None);
            for (when, gesture) in &found {
                match gesture {
                    Touched => assert!(!std::mem::replace(&mut touched, true), "{when}: {found:?}"),
                    LetGo => assert!(touched && held.is_none()),
                    Held(hold) => {
                        assert!(touched && held < Some(*hold));
                        held = Some(*hold);
                    }
                    Released(hold) => {
                        assert_eq!(held.take(), Some(*hold));
                        touched = false;
                    }
                    Press | Double | Triple | Like => assert!(std::mem::take(&mut touched), "{when}: {found:?}"),
                }
            }
            assert!(!touched, "every gesture was told to its end: {found:?}");
        }
    }
}
