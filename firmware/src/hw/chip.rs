//! The pins of any Linux board through the character device, with gpiocdev. The kernel debounces and reports edges.

use super::spi::open_spi;
use crate::gpio::pins::{self, ChipInfo};
use crate::gpio::{Claim, Edges, Gpio, GpioError, InputLine, LineError, OutputLine, Pull, PwmLine, SpiBus};
use gpiocdev::Request;
use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, Value};
use gpiocdev::request::Builder;
use std::time::Duration;

pub(super) struct Chip {
    chip: gpiocdev::Chip,
    name: String,
}

/// The chips of this machine, with why one can't be asked.
pub(super) fn list() -> Vec<ChipInfo> {
    let paths = gpiocdev::chip::chips().unwrap_or_default();
    let ask = |path| match gpiocdev::Chip::from_path(&path).and_then(|chip| chip.info()) {
        Ok(info) => ChipInfo { path, label: info.label, lines: info.num_lines, trouble: None },
        Err(error) => ChipInfo { path, label: String::new(), lines: 0, trouble: Some(error.to_string()) },
    };
    paths.into_iter().map(ask).collect()
}

impl Chip {
    pub(super) fn open(wanted: Option<&str>) -> Result<Self, GpioError> {
        let chips = list();
        let (chosen, why) = pins::choose(&chips, wanted)?;
        tracing::info!(chip = %chosen, why, "Chose the GPIO chip");
        let chip = gpiocdev::Chip::from_path(&chosen.path).map_err(|error| GpioError::NoGpio(error.to_string()))?;
        Ok(Self { chip, name: chosen.to_string() })
    }

    /// Whether nobody has a pin: another program, or a driver of the kernel.
    pub(super) fn see_if_free(&self, Claim { pin, role }: Claim) -> Result<(), GpioError> {
        let fail = |detail: String| GpioError::Pin { pin, detail };
        let line = self.chip.line_info(pin.0.into()).map_err(|error| fail(error.to_string()))?;
        if line.used {
            let by = match line.consumer.as_str() {
                "" => "the kernel has it".into(),
                consumer => format!("`{consumer}` has it"),
            };
            return Err(GpioError::Taken { pin, role, by });
        }
        Ok(())
    }

    fn builder(&self, claim: Claim) -> Result<Builder, GpioError> {
        self.see_if_free(claim)?;
        let Claim { pin, role } = claim;
        let mut builder = Request::builder();
        builder.on_chip(self.chip.path()).with_consumer(format!("moodbox {role}")).with_line(pin.0.into());
        Ok(builder)
    }
}

fn level(high: bool) -> Value {
    if high { Value::Active } else { Value::Inactive }
}

impl Gpio for Chip {
    fn describe(&self) -> String {
        self.name.clone()
    }

    fn input(&mut self, claim: Claim, pull: Pull, edges: Edges) -> Result<Box<dyn InputLine>, GpioError> {
        let mut builder = self.builder(claim)?;
        builder.as_input().with_bias(match pull {
            Pull::Up => Bias::PullUp,
            Pull::Down => Bias::PullDown,
        });
        if let Edges::LongerThan(debounce) = edges {
            builder.with_edge_detection(EdgeDetection::BothEdges).with_debounce_period(debounce);
        }
        let request = builder.request().map_err(|error| {
            let detail = format!("{error}; a board that reports no edges wants `button.hearing = \"poll\"`");
            GpioError::Pin { pin: claim.pin, detail }
        })?;
        Ok(Box::new(Line(request)))
    }

    fn output(&mut self, claim: Claim, high: bool) -> Result<Box<dyn OutputLine>, GpioError> {
        let mut builder = self.builder(claim)?;
        builder.as_output(level(high));
        let request = builder.request().map_err(|error| GpioError::pin(claim.pin, error))?;
        Ok(Box::new(Line(request)))
    }

    fn pwm(&mut self, claim: Claim, _hz: u32, _off_high: bool) -> Result<Box<dyn PwmLine>, GpioError> {
        let detail = "hardware PWM needs `gpio.backend = \"registers\"`".into();
        Err(GpioError::Pin { pin: claim.pin, detail })
    }

    fn spi(&mut self, hz: u32) -> Result<Box<dyn SpiBus>, GpioError> {
        open_spi(hz)
    }
}

/// A line; the kernel frees it when it is dropped, at the level it was left at.
struct Line(Request);

impl InputLine for Line {
    fn is_high(&mut self) -> Result<bool, LineError> {
        Ok(self.0.lone_value().map_err(LineError::of)? == Value::Active)
    }

    fn edge(&mut self, limit: Duration) -> Result<Option<bool>, LineError> {
        if !self.0.wait_edge_event(limit).map_err(LineError::of)? {
            return Ok(None);
        }
        let event = self.0.read_edge_event().map_err(LineError::of)?;
        Ok(Some(event.kind == EdgeKind::Rising))
    }
}

impl OutputLine for Line {
    fn set(&mut self, high: bool) -> Result<(), LineError> {
        self.0.set_lone_value(level(high)).map_err(LineError::of)
    }
}
