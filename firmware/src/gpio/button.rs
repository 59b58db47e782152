//! The button at a pin: edges where the board reports them, the level asked again and again where it doesn't.
//!
//! Some boards take an order for edges and never report one (the emulated Raspberry Pi 3 does). So a level that changed
//! without an edge is the proof that edges don't work here, and from then on the box polls.

use super::wiring::{Active, Hearing};
use super::{Claim, Edges, Gpio, GpioError, InputLine, LineError, Pull, Wiring};
use crate::ports::{Button, ButtonError, Level};
use std::thread;
use std::time::{Duration, Instant};

/// Between two questions when polling: shorter than any press, and a hundredth of a processor at most.
const POLL: Duration = Duration::from_millis(5);
/// Between two looks at the level while no edge has come yet; a first press shorter than this may go unheard.
const UNPROVEN: Duration = Duration::from_millis(50);
/// How long an edge may come after its level.
const GRACE: Duration = Duration::from_millis(20);
/// The longest debounce of the kernel, which adds delay; the rest is [`crate::runner::button`]'s, which adds none.
const MOST_KERNEL_DEBOUNCE: Duration = Duration::from_millis(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Edges; `proven` when one has come, or when they are trusted by order.
    Edges {
        proven: bool,
        by_order: bool,
    },
    Poll,
}

/// A button at a line.
pub struct LineButton {
    line: Box<dyn InputLine>,
    active: Active,
    way: Way,
    last: Level,
    name: String,
}

impl LineButton {
    /// Takes the button's pin. A button that is held down meanwhile is not pressed by that.
    ///
    /// # Errors
    /// When the pin can't be had.
    pub fn open(gpio: &mut dyn Gpio, wiring: &Wiring, debounce: Duration) -> Result<Self, GpioError> {
        Self::open_at(gpio, wiring, Claim { pin: wiring.button, role: "button" }, debounce)
    }

    /// As [`LineButton::open`], for another button that is wired in the same way.
    ///
    /// # Errors
    /// When the pin can't be had.
    pub fn open_at(gpio: &mut dyn Gpio, wiring: &Wiring, claim: Claim, debounce: Duration) -> Result<Self, GpioError> {
        let Claim { pin, role } = claim;
        let pull = match wiring.button_active {
            Active::Low => Pull::Up,
            Active::High => Pull::Down,
        };
        let way = match wiring.hearing {
            Hearing::Auto => Way::Edges { proven: false, by_order: false },
            Hearing::Interrupt => Way::Edges { proven: true, by_order: true },
            Hearing::Poll => Way::Poll,
        };
        let edges =
            if way == Way::Poll { Edges::Unwanted } else { Edges::LongerThan(debounce.min(MOST_KERNEL_DEBOUNCE)) };
        let line = gpio.input(claim, pull, edges)?;
        let mut button =
            Self { line, active: wiring.button_active, way, last: Level::Up, name: format!("{role} at {pin}") };
        let level = button.line.is_high().map_err(|error| GpioError::pin(pin, error))?;
        button.last = button.level_of(level);
        Ok(button)
    }

    /// Whether it is held down now.
    ///
    /// # Errors
    /// When the line can't be read.
    pub fn is_down(&mut self) -> Result<bool, ButtonError> {
        let high = self.line.is_high().map_err(|error| self.lost(&error))?;
        Ok(self.level_of(high) == Level::Down)
    }

    fn level_of(&self, high: bool) -> Level {
        if self.active.level(true) == high { Level::Down } else { Level::Up }
    }

    fn lost(&self, error: &LineError) -> ButtonError {
        ButtonError { button: self.name.clone(), detail: error.to_string() }
    }

    /// The level if it is another than the last one told.
    fn news(&mut self, high: bool) -> Option<Level> {
        let level = self.level_of(high);
        (level != self.last).then(|| {
            self.last = level;
            level
        })
    }

    fn hear(&mut self, limit: Duration) -> Result<Option<Level>, LineError> {
        let Way::Edges { proven, by_order } = self.way else {
            thread::sleep(limit.min(POLL));
            let high = self.line.is_high()?;
            return Ok(self.news(high));
        };
        if let Some(high) = self.line.edge(if proven { limit } else { limit.min(UNPROVEN) })? {
            self.way = Way::Edges { proven: true, by_order };
            return Ok(self.news(high));
        }
        let high = self.line.is_high()?;
        if self.level_of(high) == self.last {
            return Ok(None);
        }
        // The level may be a moment ahead of its edge.
        if let Some(high) = self.line.edge(GRACE)? {
            self.way = Way::Edges { proven: true, by_order };
            return Ok(self.news(high));
        }
        let high = self.line.is_high()?;
        let news = self.news(high);
        if news.is_some() && !by_order {
            tracing::info!(button = self.name, "No edge came for a level that changed: polling from now on");
            self.way = Way::Poll;
        }
        Ok(news)
    }
}

impl Button for LineButton {
    fn wait(&mut self, limit: Duration) -> Result<Option<Level>, ButtonError> {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if let Some(level) = self.hear(left).map_err(|error| self.lost(&error))? {
                return Ok(Some(level));
            }
            if left.is_zero() {
                return Ok(None);
            }
        }
    }

    fn describe(&self) -> String {
        let way = match self.way {
            Way::Edges { .. } => "by interrupt",
            Way::Poll => "polled",
        };
        format!("{}, {way}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpio::Pin;
    use crate::sim::gpio::SimGpio;

    const SOON: Duration = Duration::from_secs(20);

    fn wiring(hearing: Hearing) -> Wiring {
        Wiring { button: Pin(17), button_active: Active::Low, hearing, ..Wiring::default() }
    }

    fn button(gpio: &SimGpio, hearing: Hearing) -> LineButton {
        LineButton::open(&mut gpio.clone(), &wiring(hearing), Duration::from_millis(30)).unwrap()
    }

    #[test]
    fn a_press_is_heard_by_edge_and_by_polling_with_either_polarity() {
        for hearing in [Hearing::Auto, Hearing::Interrupt, Hearing::Poll] {
            for active in [Active::Low, Active::High] {
                let gpio = SimGpio::default();
                let wiring = Wiring { button_active: active, ..wiring(hearing) };
                let mut button = LineButton::open(&mut gpio.clone(), &wiring, Duration::ZERO).unwrap();
                assert_eq!(button.wait(Duration::ZERO).unwrap(), None, "the pull resistor holds it up");
                for (on, level) in [(true, Level::Down), (false, Level::Up)] {
                    gpio.drive(Pin(17), active.level(on));
                    assert_eq!(button.wait(SOON).unwrap(), Some(level), "{hearing:?} {active:?}");
                }
                assert_eq!(button.wait(Duration::ZERO).unwrap(), None);
            }
        }
    }

    #[test]
    fn a_board_that_reports_no_edges_is_polled_once_that_shows() {
        let gpio = SimGpio::default();
        gpio.without_edges();
        let mut button = button(&gpio, Hearing::Auto);
        assert_eq!(button.describe(), "button at GPIO 17, by interrupt");
        gpio.drive(Pin(17), false);
        assert_eq!(button.wait(SOON).unwrap(), Some(Level::Down));
        assert_eq!(button.describe(), "button at GPIO 17, polled");
        gpio.drive(Pin(17), true);
        assert_eq!(button.wait(SOON).unwrap(), Some(Level::Up));
    }

    #[test]
    fn a_board_whose_edges_work_is_not_polled() {
        let gpio = SimGpio::default();
        let mut button = button(&gpio, Hearing::Auto);
        gpio.drive(Pin(17), false);
        assert_eq!(button.wait(SOON).unwrap(), Some(Level::Down));
        assert_eq!(button.wait(Duration::from_millis(1)).unwrap(), None);
        assert_eq!(button.describe(), "button at GPIO 17, by interrupt");
    }

    #[test]
    fn a_button_that_is_held_at_the_start_is_no_press_but_its_release_is_an_edge() {
        let gpio = SimGpio::default();
        gpio.drive(Pin(17), false);
        let mut button = button(&gpio, Hearing::Poll);
        assert!(button.is_down().unwrap());
        assert_eq!(button.wait(Duration::ZERO).unwrap(), None);
        gpio.drive(Pin(17), true);
        assert_eq!(button.wait(SOON).unwrap(), Some(Level::Up));
    }

    #[test]
    fn a_lost_line_is_told_by_name() {
        let gpio = SimGpio::default();
        for hearing in [Hearing::Auto, Hearing::Poll] {
            let gpio = SimGpio::default();
            let mut button = button(&gpio, hearing);
            gpio.faults().unplug();
            let error = button.wait(SOON).unwrap_err().to_string();
            assert_eq!(error, "button button at GPIO 17 can't be read: failed on demand");
        }
        gpio.occupy(Pin(17), "w1-gpio");
        let refused = LineButton::open(&mut gpio.clone(), &wiring(Hearing::Auto), Duration::ZERO).err();
        assert_eq!(
            refused.map(|error| error.to_string()).as_deref(),
            Some("GPIO 17, for the button, is taken: w1-gpio has it")
        );
    }
}
