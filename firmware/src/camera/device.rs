//! The seam to the kernel's video devices (V4L2): what is asked of them, stood in for by [`crate::sim::video`].

use super::choose::Found;
use super::decode::Granted;
use std::io;
use std::path::Path;
use std::time::Duration;

/// The video devices of a machine.
pub trait VideoSystem: Send {
    /// All of them, in the order of their numbers.
    fn list(&self) -> Vec<Found>;

    /// Opens one.
    ///
    /// # Errors
    /// When it is gone, taken or may not be opened.
    fn open(&self, path: &Path) -> io::Result<Box<dyn VideoDevice>>;
}

/// An open video device. Its sensor is off when it is dropped.
pub trait VideoDevice: Send {
    /// Asks for a format (V4L2 fourcc) and a size, and gives what the driver makes of it.
    ///
    /// # Errors
    /// When the driver refuses to talk about it.
    fn set_format(&mut self, fourcc: &str, size: (u32, u32)) -> io::Result<Granted>;

    /// Sets a control by its V4L2 number.
    ///
    /// # Errors
    /// When the camera has no such control, or does not take the value.
    fn set_control(&mut self, id: u32, value: i64) -> io::Result<()>;

    /// Where a control stands, and how far it goes.
    ///
    /// # Errors
    /// When the camera has no such control.
    fn control(&mut self, id: u32) -> io::Result<Knob>;

    /// Switches the sensor on.
    ///
    /// # Errors
    /// When the device is gone or taken.
    fn start(&mut self) -> io::Result<()>;

    /// Waits at most `limit` for the next buffer; puts its bytes in the place of what `bytes` held.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when none came; after any error the device is of no use.
    fn next(&mut self, limit: Duration, bytes: &mut Vec<u8>) -> io::Result<Filled>;
}

/// What the driver says of a buffer that it filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filled {
    /// When it was filled, from any fixed moment.
    pub timestamp: Duration,
    /// Whether it is marked as damaged (`V4L2_BUF_FLAG_ERROR`).
    pub damaged: bool,
}

/// A control as the camera has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Knob {
    /// Where it stands.
    pub value: i64,
    /// Its least value.
    pub least: i64,
    /// Its largest value.
    pub most: i64,
}

/// Numbers from `linux/v4l2-controls.h`.
pub mod control {
    /// 1 when the camera chooses its gain.
    pub const AUTOGAIN: u32 = 0x0098_0912;
    /// Gain in the camera's own unit.
    pub const GAIN: u32 = 0x0098_0913;
    /// Against lamps that flicker: off, 50 Hz, 60 Hz, automatic.
    pub const POWER_LINE_FREQUENCY: u32 = 0x0098_0918;
    /// Who chooses the exposure time.
    pub const EXPOSURE_AUTO: u32 = 0x009a_0901;
    /// The value of [`EXPOSURE_AUTO`] at which the camera takes [`EXPOSURE_ABSOLUTE`].
    pub const EXPOSURE_BY_HAND: i64 = 1;
    /// Exposure time in 100 us.
    pub const EXPOSURE_ABSOLUTE: u32 = 0x009a_0902;
}
