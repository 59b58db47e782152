//! The privacy lamp. It is on while the box says it looks, and while the sensor is on: whichever lasts longer.

use super::wiring::Active;
use super::{Claim, Gpio, GpioError, LineError, OutputLine, Wiring};
use std::sync::{Arc, Mutex, PoisonError};

/// The lamp; clones switch the same one.
///
/// INVARIANT: while the box runs, the lamp is on when box or camera need it; it is dark after the last clone.
#[derive(Clone)]
pub struct Lamp(Arc<Mutex<State>>);

struct State {
    line: Box<dyn OutputLine>,
    active: Active,
    looking: bool,
    sensor: bool,
}

impl Lamp {
    /// Takes the lamp's pin; dark.
    ///
    /// # Errors
    /// When the pin can't be had.
    pub fn open(gpio: &mut dyn Gpio, wiring: &Wiring) -> Result<Self, GpioError> {
        let active = wiring.lamp_active;
        let line = gpio.output(Claim { pin: wiring.lamp, role: "privacy lamp" }, active.level(false))?;
        Ok(Self(Arc::new(Mutex::new(State { line, active, looking: false, sensor: false }))))
    }

    /// The box looks, or no longer does.
    ///
    /// # Errors
    /// When the line can't be driven.
    pub fn looking(&self, on: bool) -> Result<(), LineError> {
        self.update(|state| state.looking = on)
    }

    /// The camera's sensor is about to be switched on, or is off.
    ///
    /// # Errors
    /// When the line can't be driven.
    pub fn sensor(&self, on: bool) -> Result<(), LineError> {
        self.update(|state| state.sensor = on)
    }

    /// The program ends now, and every sensor with it: dark, whoever has not let go.
    ///
    /// # Errors
    /// When the line can't be driven.
    pub fn end(&self) -> Result<(), LineError> {
        self.update(|state| (state.looking, state.sensor) = (false, false))
    }

    fn update(&self, change: impl FnOnce(&mut State)) -> Result<(), LineError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let level = state.active.level(state.looking || state.sensor);
        state.line.set(level)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // There is nobody left to tell about a failure.
        let _ = self.line.set(self.active.level(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpio::Pin;
    use crate::sim::gpio::SimGpio;

    #[test]
    fn the_lamp_is_on_while_either_needs_it_and_dark_at_the_end() {
        for active in [Active::High, Active::Low] {
            let gpio = SimGpio::default();
            let wiring = Wiring { lamp: Pin(24), lamp_active: active, ..Wiring::default() };
            let lamp = Lamp::open(&mut gpio.clone(), &wiring).unwrap();
            let camera = lamp.clone();
            let is_on = || gpio.level(Pin(24)) == active.level(true);
            assert!(!is_on());
            lamp.looking(true).unwrap();
            camera.sensor(true).unwrap();
            assert!(is_on());
            lamp.looking(false).unwrap();
            assert!(is_on(), "the sensor is kept warm");
            camera.sensor(false).unwrap();
            assert!(!is_on());
            camera.sensor(true).unwrap();
            lamp.end().unwrap();
            assert!(!is_on(), "a camera that hangs at the end of the program does not keep it on");
            camera.sensor(true).unwrap();
            drop(lamp);
            assert!(is_on(), "the camera still has it");
            drop(camera);
            assert!(!is_on());
        }
    }
}
