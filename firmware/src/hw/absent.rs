//! What stands for [`crate::hw`] in a build without the feature `hardware`: the same functions, and no device.

use crate::camera::{CameraSettings, Finder, Found};
use crate::error::{ExitCode, Failure};
use crate::gpio::pins::ChipInfo;
use crate::gpio::{Gpio, Wiring};
use crate::service::{Manager, News};
use std::path::PathBuf;
use std::time::Duration;

/// Why there are no devices.
pub const ABSENT: Option<&str> = Some("not in this build (`--features hardware`)");

fn absent<T>() -> Result<T, Failure> {
    let what = "the box's own camera, light and button are not in this build";
    Err(Failure::new(ExitCode::Device, what, "try the whole box on this desk: `moodbox run --simulate`"))
}

/// No pins.
///
/// # Errors
/// Always.
pub fn open_gpio(_wiring: &Wiring) -> Result<Box<dyn Gpio>, Failure> {
    absent()
}

/// No camera.
///
/// # Errors
/// Always.
pub fn find_camera(_settings: &CameraSettings) -> Result<Box<dyn Finder>, Failure> {
    absent()
}

/// No cameras.
pub const fn list_cameras() -> (Vec<Found>, Option<PathBuf>) {
    (Vec::new(), None)
}

/// No GPIO chips.
pub const fn list_chips() -> Vec<ChipInfo> {
    Vec::new()
}

/// Nobody asks.
pub const fn raspberry_pi() -> Option<String> {
    None
}

/// Nobody watches.
pub const fn watchdog() -> Option<Duration> {
    None
}

/// A service manager that hears nothing.
pub fn manager() -> Box<dyn Manager> {
    struct Nobody;
    impl Manager for Nobody {
        fn tell(&mut self, _news: &News) {}
    }
    Box::new(Nobody)
}
