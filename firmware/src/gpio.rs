//! Light, lamp and button at the pins of a board.
//!
//! What can be decided without a board is decided here, in pure code: which pin does what and who else wants it
//! ([`wiring`], [`pins`]), how a colour becomes duty cycles ([`colour`]) and these become pulses ([`pwm`]) or the bytes of a
//! strip ([`ws2812`], [`apa102`]), and when a line's level is an edge ([`button`]). What touches the board is behind [`Gpio`]
//! and the lines it gives: thin, and stood in for by [`crate::sim::gpio`].

pub mod apa102;
pub mod button;
pub mod colour;
pub mod lamp;
pub mod lights;
pub mod pins;
pub mod pwm;
pub mod wiring;
pub mod ws2812;

use crate::error::{ExitCode, Failure};
pub use pins::Pin;
use std::time::Duration;
use thiserror::Error;
pub use wiring::Wiring;

/// The resistor inside a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pull {
    /// To 3.3 V: a button to ground.
    Up,
    /// To ground: a button to 3.3 V.
    Down,
}

/// Whether a board is asked to report edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edges {
    /// It is not: the level is polled.
    Unwanted,
    /// Ask the kernel to report edges, debounced by this duration where supported.
    LongerThan(Duration),
}

/// A pin, and what it is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The pin.
    pub pin: Pin,
    /// What for: `button`.
    pub role: &'static str,
}

/// A line that is read.
pub trait InputLine: Send {
    /// The level now; true is 3.3 V.
    ///
    /// # Errors
    /// When the line can't be read.
    fn is_high(&mut self) -> Result<bool, LineError>;

    /// Waits at most `limit` for an edge and gives the level after it; `None` when none was reported.
    ///
    /// # Errors
    /// When the line can't be waited for.
    fn edge(&mut self, limit: Duration) -> Result<Option<bool>, LineError>;
}

/// A line that is switched.
pub trait OutputLine: Send {
    /// Drives the line; true is 3.3 V.
    ///
    /// # Errors
    /// When the line can't be driven.
    fn set(&mut self, high: bool) -> Result<(), LineError>;
}

/// A line whose pulses the board makes by itself.
pub trait PwmLine: Send {
    /// Sets the share of each period that is at 3.3 V, 0..=1.
    ///
    /// # Errors
    /// When the hardware refuses.
    fn set_duty(&mut self, duty: f32) -> Result<(), LineError>;
}

/// The data line of an SPI bus.
pub trait SpiBus: Send {
    /// Clocks these bytes out, without a gap.
    ///
    /// # Errors
    /// When the bus refuses.
    fn write(&mut self, bytes: &[u8]) -> Result<(), LineError>;
}

/// The pins of a board, by their BCM numbers.
pub trait Gpio {
    /// What it is: `Raspberry Pi 3 B (rppal)`.
    fn describe(&self) -> String;

    /// Takes a pin for reading.
    ///
    /// # Errors
    /// When the pin can't be had.
    fn input(&mut self, claim: Claim, pull: Pull, edges: Edges) -> Result<Box<dyn InputLine>, GpioError>;

    /// Takes a pin for switching; it is at `high` from the start.
    ///
    /// # Errors
    /// When the pin can't be had.
    fn output(&mut self, claim: Claim, high: bool) -> Result<Box<dyn OutputLine>, GpioError>;

    /// Takes a pin whose pulses the hardware makes, `hz` times a second; `off_high` tells that the light is dark at 3.3 V.
    ///
    /// # Errors
    /// When this board, or this pin, has no such hardware, or it is not switched on.
    fn pwm(&mut self, claim: Claim, hz: u32, off_high: bool) -> Result<Box<dyn PwmLine>, GpioError>;

    /// Opens SPI bus 0, first chip select.
    ///
    /// # Errors
    /// When there is none or it may not be used.
    fn spi(&mut self, hz: u32) -> Result<Box<dyn SpiBus>, GpioError>;
}

/// Why a line that was there does not obey any more: what the system says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct LineError(pub String);

impl LineError {
    /// What the system says.
    pub(crate) fn of(error: impl ToString) -> Self {
        Self(error.to_string())
    }
}

/// Why a pin can't be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GpioError {
    /// There are no pins here.
    #[error("this machine's GPIO can't be used: {0}")]
    NoGpio(String),
    /// The files of the pins may not be opened.
    #[error("the GPIO may not be used: {0}")]
    Forbidden(String),
    /// Something else has the pin.
    #[error("{pin}, for the {role}, is taken: {by}")]
    Taken {
        /// The pin.
        pin: Pin,
        /// What it is for.
        role: &'static str,
        /// Who has it.
        by: String,
    },
    /// The pin can't do what is wanted of it.
    #[error("{pin} can't be used: {detail}")]
    Pin {
        /// The pin.
        pin: Pin,
        /// What the system says.
        detail: String,
    },
    /// The SPI bus of a strip of LEDs can't be used.
    #[error("the SPI bus, for the light, can't be used: {0}")]
    Spi(String),
}

impl GpioError {
    /// The system refuses a pin.
    pub(crate) fn pin(pin: Pin, error: impl ToString) -> Self {
        Self::Pin { pin, detail: error.to_string() }
    }

    /// The next thing to do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoGpio(_) => {
                "run the box on a board with GPIO, name its chip as `gpio.chip` (`gpiodetect` lists them), or try it on \
                 this desk: `moodbox run --simulate`"
            }
            Self::Forbidden(_) => "add the user to the group: `sudo usermod -aG gpio,spi $USER`, then log in again",
            Self::Taken { .. } => {
                "choose a free pin (firmware/README.md has the table), or switch off what has it in \
                 /boot/firmware/config.txt and start the board again"
            }
            Self::Pin { .. } => "choose another pin (firmware/README.md has the table), or `light.pwm = \"software\"`",
            Self::Spi(_) => {
                "switch SPI on: `dtparam=spi=on` in /boot/firmware/config.txt, then start the board again; the user must \
                 be in group spi"
            }
        }
    }
}

impl From<GpioError> for Failure {
    fn from(error: GpioError) -> Self {
        Self::new(ExitCode::Device, &error, error.hint())
    }
}
