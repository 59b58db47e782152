//! The pins of a board that is not there: levels and duty cycles to look at, pins to drive and to occupy, and failure on
//! demand. Stricter than a board: a pin is given once, and a duty cycle outside 0..=1 is refused.

use super::Faults;
use crate::gpio::{Claim, Edges, Gpio, GpioError, InputLine, LineError, OutputLine, Pin, Pull, PwmLine, SpiBus};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest a test waits for something to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The board; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct SimGpio {
    shared: Arc<Shared>,
    faults: Faults,
}

#[derive(Debug, Default)]
struct Shared {
    board: Mutex<Board>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Board {
    pins: BTreeMap<Pin, PinState>,
    with_pwm: Vec<Pin>,
    no_edges: bool,
    spi: Vec<u8>,
}

#[derive(Debug, Default)]
struct PinState {
    high: Option<bool>,
    duty: Option<f32>,
    owner: Option<String>,
    writes: Vec<bool>,
    edges: Vec<bool>,
}

impl SimGpio {
    /// What makes its lines fail.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Orders for edges are taken, but none is ever reported.
    pub fn without_edges(&self) {
        self.board().no_edges = true;
    }

    /// These pins have pulses of their own.
    pub fn has_pwm(&self, pins: &[Pin]) {
        self.board().with_pwm = pins.to_vec();
    }

    /// Another program has the pin.
    pub fn occupy(&self, pin: Pin, by: &str) {
        self.board().pins.entry(pin).or_default().owner = Some(by.to_owned());
    }

    /// Pulls the line from outside, as a button does.
    pub fn drive(&self, pin: Pin, high: bool) {
        let mut board = self.board();
        let no_edges = board.no_edges;
        let state = board.pins.entry(pin).or_default();
        if state.high != Some(high) && !no_edges {
            state.edges.push(high);
        }
        state.high = Some(high);
        self.shared.changed.notify_all();
    }

    /// The level of a line; ground if nobody drives it.
    pub fn level(&self, pin: Pin) -> bool {
        self.board().pins.get(&pin).and_then(|state| state.high).unwrap_or(false)
    }

    /// The duty cycle of a line that makes its pulses by itself.
    pub fn duty(&self, pin: Pin) -> Option<f32> {
        self.board().pins.get(&pin).and_then(|state| state.duty)
    }

    /// Every level the line was switched to.
    pub fn writes(&self, pin: Pin) -> Vec<bool> {
        self.board().pins.get(&pin).map(|state| state.writes.clone()).unwrap_or_default()
    }

    /// What the SPI bus carried last.
    pub fn last_spi(&self) -> Vec<u8> {
        self.board().spi.clone()
    }

    /// Returns when the line is at this level, or after a long time.
    pub fn wait_for_level(&self, pin: Pin, high: bool) {
        self.wait(|board| board.pins.get(&pin).is_some_and(|state| state.high == Some(high)));
    }

    /// Returns when the line was switched this often, or after a long time.
    pub fn wait_for_writes(&self, pin: Pin, count: usize) {
        self.wait(|board| board.pins.get(&pin).is_some_and(|state| state.writes.len() >= count));
    }

    fn wait(&self, done: impl Fn(&Board) -> bool) {
        let board = self.board();
        drop(self.shared.changed.wait_timeout_while(board, PATIENCE, |board| !done(board)));
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.shared.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, Claim { pin, role }: Claim) -> Result<Line, GpioError> {
        self.check().map_err(|error| GpioError::NoGpio(error.to_string()))?;
        let mut board = self.board();
        let state = board.pins.entry(pin).or_default();
        if let Some(owner) = &state.owner {
            return Err(GpioError::Taken { pin, role, by: format!("{owner} has it") });
        }
        state.owner = Some(format!("moodbox {role}"));
        Ok(Line { gpio: self.clone(), pin })
    }

    fn check(&self) -> Result<(), LineError> {
        if self.faults.call() { Err(LineError("failed on demand".into())) } else { Ok(()) }
    }
}

impl Gpio for SimGpio {
    fn describe(&self) -> String {
        "simulated board".into()
    }

    fn input(&mut self, claim: Claim, pull: Pull, _edges: Edges) -> Result<Box<dyn InputLine>, GpioError> {
        let line = self.claim(claim)?;
        let mut board = self.board();
        board.pins.entry(claim.pin).or_default().high.get_or_insert(pull == Pull::Up);
        Ok(Box::new(line))
    }

    fn output(&mut self, claim: Claim, high: bool) -> Result<Box<dyn OutputLine>, GpioError> {
        let line = self.claim(claim)?;
        self.board().pins.entry(claim.pin).or_default().high = Some(high);
        Ok(Box::new(line))
    }

    fn pwm(&mut self, claim: Claim, _hz: u32, off_high: bool) -> Result<Box<dyn PwmLine>, GpioError> {
        if !self.board().with_pwm.contains(&claim.pin) {
            return Err(GpioError::Pin { pin: claim.pin, detail: "it has no hardware PWM".into() });
        }
        let line = self.claim(claim)?;
        self.board().pins.entry(claim.pin).or_default().duty = Some(if off_high { 1.0 } else { 0.0 });
        Ok(Box::new(line))
    }

    fn spi(&mut self, _hz: u32) -> Result<Box<dyn SpiBus>, GpioError> {
        self.check().map_err(|error| GpioError::Spi(error.to_string()))?;
        Ok(Box::new(Bus(self.clone())))
    }
}

struct Line {
    gpio: SimGpio,
    pin: Pin,
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(state) = self.gpio.board().pins.get_mut(&self.pin) {
            state.owner = None;
        }
    }
}

impl InputLine for Line {
    fn is_high(&mut self) -> Result<bool, LineError> {
        self.gpio.check()?;
        Ok(self.gpio.level(self.pin))
    }

    fn edge(&mut self, limit: Duration) -> Result<Option<bool>, LineError> {
        self.gpio.check()?;
        let none_yet = |board: &mut Board| board.pins.get(&self.pin).is_none_or(|state| state.edges.is_empty());
        let board = self.gpio.board();
        let waited = self.gpio.shared.changed.wait_timeout_while(board, limit, none_yet);
        let (mut board, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let edges = board.pins.get_mut(&self.pin).map(|state| &mut state.edges);
        Ok(edges.filter(|edges| !edges.is_empty()).map(|edges| edges.remove(0)))
    }
}

impl OutputLine for Line {
    fn set(&mut self, high: bool) -> Result<(), LineError> {
        self.gpio.check()?;
        let mut board = self.gpio.board();
        let state = board.pins.entry(self.pin).or_default();
        state.high = Some(high);
        state.writes.push(high);
        self.gpio.shared.changed.notify_all();
        Ok(())
    }
}

impl PwmLine for Line {
    fn set_duty(&mut self, duty: f32) -> Result<(), LineError> {
        self.gpio.check()?;
        if !(0.0..=1.0).contains(&duty) {
            return Err(LineError(format!("duty cycle {duty}")));
        }
        self.gpio.board().pins.entry(self.pin).or_default().duty = Some(duty);
        Ok(())
    }
}

struct Bus(SimGpio);

impl SpiBus for Bus {
    fn write(&mut self, bytes: &[u8]) -> Result<(), LineError> {
        self.0.check()?;
        self.0.board().spi = bytes.to_vec();
        Ok(())
    }
}
