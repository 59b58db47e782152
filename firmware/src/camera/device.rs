//! The seam to the kernel's video devices (V4L2): what is asked of them, stood in for by [`crate::sim::video`]; and how more
//! light is asked for, by exposure time first and gain then.

use super::CameraSettings;
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

/// Exposure time a camera has taken by itself in the dark, in 100 us: a frame at 30 a second. Its register may be old.
const BY_ITSELF: i64 = 333;
/// The longest exposure, a tenth of a second: enough frames for a burst, and not too much motion blur.
const LONGEST: i64 = 1_000;
/// Where the gain is at its least, it counts as this part of its range.
const GAIN_STEPS: i64 = 16;
/// Less is no help.
const WORTH_IT: f32 = 1.05;

/// What was turned, to be turned back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brighter {
    /// Controls and what they stood at before, in the order they were first turned.
    before: Vec<(u32, i64)>,
}

impl Brighter {
    /// Asks for `times` as much light, by what the owner has not set by hand. True when frames will be brighter.
    pub fn ask(&mut self, device: &mut dyn VideoDevice, owner: &CameraSettings, times: f32) -> bool {
        let mut got = 1.0;
        if owner.exposure.is_none() {
            got *= self.expose(device, times).unwrap_or(1.0);
        }
        if owner.gain.is_none() && times > got * WORTH_IT {
            got *= self.amplify(device, times / got).unwrap_or(1.0);
        }
        got > WORTH_IT
    }

    /// Turns everything back, the last first, as a camera that is automatic takes no values by hand.
    pub fn undo(&mut self, device: &mut dyn VideoDevice) {
        for (id, value) in self.before.drain(..).rev() {
            if let Err(error) = device.set_control(id, value) {
                tracing::debug!(id, value, %error, "The camera does not take back what it had");
            }
        }
    }

    /// A longer exposure; how many times as long. `None` when the camera has no such control, or is at its end.
    fn expose(&mut self, device: &mut dyn VideoDevice, times: f32) -> Option<f32> {
        let knob = device.control(control::EXPOSURE_ABSOLUTE).ok()?;
        let automatic = device.control(control::EXPOSURE_AUTO).is_ok_and(|it| it.value != control::EXPOSURE_BY_HAND);
        let from = if automatic { knob.value.max(BY_ITSELF) } else { knob.value }.max(1);
        let to = scaled(from, times).min(knob.most).min(LONGEST);
        if to <= from {
            return None;
        }
        self.turn(device, control::EXPOSURE_AUTO, control::EXPOSURE_BY_HAND);
        self.turn(device, control::EXPOSURE_ABSOLUTE, to).then(|| ratio(to, from))
    }

    /// A larger gain. Its unit is the camera's own; most count in proportion to it.
    fn amplify(&mut self, device: &mut dyn VideoDevice, times: f32) -> Option<f32> {
        let knob = device.control(control::GAIN).ok()?;
        let from = knob.value.max((knob.most - knob.least) / GAIN_STEPS).max(1);
        let to = scaled(from, times).min(knob.most);
        if to <= knob.value {
            return None;
        }
        self.turn(device, control::AUTOGAIN, 0);
        self.turn(device, control::GAIN, to).then(|| ratio(to, from))
    }

    fn turn(&mut self, device: &mut dyn VideoDevice, id: u32, value: i64) -> bool {
        let Ok(knob) = device.control(id) else { return false };
        if knob.value == value {
            return true;
        }
        let turned = device.set_control(id, value).is_ok();
        if turned && !self.before.iter().any(|(before, _)| *before == id) {
            self.before.push((id, knob.value));
        }
        turned
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a control's value, some thousand at most; `as` saturates"
)]
fn scaled(value: i64, times: f32) -> i64 {
    (value as f32 * times).round() as i64
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "as above")]
fn ratio(to: i64, from: i64) -> f32 {
    to as f32 / from as f32
}
