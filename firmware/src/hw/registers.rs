//! The pins of a Raspberry Pi through its registers, with rppal: hardware PWM and SPI too.

use super::chip::Chip;
use super::spi::open_spi;
use crate::gpio::{Claim, Edges, Gpio, GpioError, InputLine, LineError, OutputLine, Pull, PwmLine, SpiBus, pwm};
use rppal::gpio::{InputPin, Level, OutputPin, Trigger};
use rppal::pwm::{Polarity, Pwm};
use rppal::system::DeviceInfo;
use std::path::Path;
use std::time::Duration;

pub(super) struct Registers {
    gpio: rppal::gpio::Gpio,
    /// The kernel's view of the same pins, as registers can be written whoever has them.
    kernel: Option<Chip>,
    model: String,
}

impl Registers {
    pub(super) fn open() -> Result<Self, GpioError> {
        let model =
            DeviceInfo::new().map_err(|_| GpioError::NoGpio("this is no Raspberry Pi".into()))?.model().to_string();
        let gpio = rppal::gpio::Gpio::new().map_err(|error| match error {
            rppal::gpio::Error::PermissionDenied(_) => GpioError::Forbidden(error.to_string()),
            other => GpioError::NoGpio(other.to_string()),
        })?;
        Ok(Self { gpio, kernel: Chip::open(None).ok(), model })
    }

    fn take(&self, claim: Claim) -> Result<rppal::gpio::Pin, GpioError> {
        self.kernel.as_ref().map_or(Ok(()), |kernel| kernel.see_if_free(claim))?;
        self.reserve(claim)
    }

    /// A pin that nothing else in this program has.
    fn reserve(&self, Claim { pin, role }: Claim) -> Result<rppal::gpio::Pin, GpioError> {
        self.gpio.get(pin.0).map_err(|error| match error {
            rppal::gpio::Error::PinUsed(_) => GpioError::Taken { pin, role, by: "this program has it already".into() },
            other => GpioError::pin(pin, other),
        })
    }
}

impl Gpio for Registers {
    fn describe(&self) -> String {
        format!("{} (registers)", self.model)
    }

    fn input(&mut self, claim: Claim, pull: Pull, edges: Edges) -> Result<Box<dyn InputLine>, GpioError> {
        let pin = self.take(claim)?;
        let mut pin = match pull {
            Pull::Up => pin.into_input_pullup(),
            Pull::Down => pin.into_input_pulldown(),
        };
        if let Edges::LongerThan(debounce) = edges {
            let debounce = (!debounce.is_zero()).then_some(debounce);
            pin.set_interrupt(Trigger::Both, debounce).map_err(|error| GpioError::pin(claim.pin, error))?;
        }
        Ok(Box::new(Input(pin)))
    }

    fn output(&mut self, claim: Claim, high: bool) -> Result<Box<dyn OutputLine>, GpioError> {
        let pin = self.take(claim)?;
        Ok(Box::new(Output(if high { pin.into_output_high() } else { pin.into_output_low() })))
    }

    fn pwm(&mut self, claim: Claim, hz: u32, off_high: bool) -> Result<Box<dyn PwmLine>, GpioError> {
        let fail = |detail: String| GpioError::Pin { pin: claim.pin, detail };
        let place = pwm::find(Path::new("/"), claim.pin).map_err(fail)?;
        // The kernel must have given the pin to the PWM (by an overlay); a plain input or output would stay dark.
        let taken = self.reserve(claim)?;
        if matches!(taken.mode(), rppal::gpio::Mode::Input | rppal::gpio::Mode::Output | rppal::gpio::Mode::Null) {
            return Err(fail("the hardware PWM is not switched on for it (dtoverlay=pwm-2chan)".into()));
        }
        let switched_on = || -> rppal::pwm::Result<Pwm> {
            let pwm = Pwm::with_pwmchip(place.chip, place.channel)?;
            pwm.set_frequency(f64::from(hz), if off_high { 1.0 } else { 0.0 })?;
            pwm.set_polarity(Polarity::Normal)?;
            pwm.enable()?;
            Ok(pwm)
        };
        let mut pwm = switched_on().map_err(|error| fail(error.to_string()))?;
        // Switched off it would be at ground, which lights what is dark at 3.3 V.
        pwm.set_reset_on_drop(!off_high);
        Ok(Box::new(Pulse { pwm, _pin: taken }))
    }

    fn spi(&mut self, hz: u32) -> Result<Box<dyn SpiBus>, GpioError> {
        open_spi(hz)
    }
}

struct Input(InputPin);

impl InputLine for Input {
    fn is_high(&mut self) -> Result<bool, LineError> {
        Ok(self.0.is_high())
    }

    fn edge(&mut self, limit: Duration) -> Result<Option<bool>, LineError> {
        let event = self.0.poll_interrupt(false, Some(limit)).map_err(LineError::of)?;
        Ok(event.map(|event| event.trigger == Trigger::RisingEdge))
    }
}

struct Output(OutputPin);

impl OutputLine for Output {
    fn set(&mut self, high: bool) -> Result<(), LineError> {
        self.0.write(if high { Level::High } else { Level::Low });
        Ok(())
    }
}

struct Pulse {
    pwm: Pwm,
    /// Kept so that nothing else in this program takes it.
    _pin: rppal::gpio::Pin,
}

impl PwmLine for Pulse {
    fn set_duty(&mut self, duty: f32) -> Result<(), LineError> {
        self.pwm.set_duty_cycle(f64::from(duty)).map_err(LineError::of)
    }
}
