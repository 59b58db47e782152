//! The adapters for a real box: the only files that name the crates of devices. Thin; what can be decided without a
//! device is decided in [`crate::gpio`] and [`crate::camera`].

mod chip;
mod registers;
pub mod systemd;
mod v4l2;

use crate::camera::video::{CameraFinder, VideoSystem};
use crate::camera::{BoxCamera, CameraSettings, Found, SensorLamp, rpicam};
use crate::gpio::chips::ChipInfo;
use crate::gpio::wiring::{Backend, Wiring, buses_in_use};
use crate::gpio::{Gpio, GpioError};
use std::path::{Path, PathBuf};

/// Opens the pins the owner's way, after seeing that no bus that is switched on has one of them.
///
/// # Errors
/// When there are none, they may not be used, or a bus has one.
pub fn open_gpio(wiring: &Wiring) -> Result<Box<dyn Gpio>, GpioError> {
    wiring.check_buses(&buses_in_use(Path::new("/")))?;
    let chip = || -> Result<Box<dyn Gpio>, GpioError> { Ok(Box::new(chip::Chip::open(wiring.chip.as_deref())?)) };
    let registers = || -> Result<Box<dyn Gpio>, GpioError> { Ok(Box::new(registers::Registers::open()?)) };
    match wiring.backend {
        Backend::Chip => chip(),
        Backend::Registers => registers(),
        // Mainline kernels lock the registers; the character device is always there.
        Backend::Auto => registers().or_else(|why| {
            tracing::info!(%why, "Not by registers: using the character device");
            chip()
        }),
    }
}

/// The camera: found anew at each look. `lamp` is told when its sensor is on.
#[must_use]
pub fn open_camera(settings: &CameraSettings, lamp: SensorLamp) -> BoxCamera {
    let rpicam = rpicam::find(&std::env::var_os("PATH").unwrap_or_default());
    let finder = CameraFinder::new(Box::new(v4l2::Kernel), rpicam, settings.clone());
    BoxCamera::new(Box::new(finder), settings, lamp)
}

/// The kernel's cameras, and the program for a Raspberry Pi's ribbon cable.
#[must_use]
pub fn list_cameras() -> (Vec<Found>, Option<PathBuf>) {
    (v4l2::Kernel.list(), rpicam::find(&std::env::var_os("PATH").unwrap_or_default()))
}

/// The GPIO chips.
#[must_use]
pub fn list_chips() -> Vec<ChipInfo> {
    chip::list()
}

/// The model, on a Raspberry Pi.
#[must_use]
pub fn raspberry_pi() -> Option<String> {
    rppal::system::DeviceInfo::new().ok().map(|info| info.model().to_string())
}
