//! The adapters for a real box: the only files that name v4l, rppal, gpiocdev and sd-notify (rodio and cpal: `sound/card`). Thin; what can be
//! decided without a device is decided in [`crate::gpio`] and [`crate::camera`]. A build without the feature `hardware` has
//! `hw/absent.rs` in the place of this module, with the same functions.

mod chip;
mod registers;
mod spi;
mod systemd;
mod v4l2;

pub use systemd::{manager, watchdog};

use crate::camera::device::VideoSystem;
use crate::camera::video::CameraFinder;
use crate::camera::{CameraSettings, Finder, Found, rpicam};
use crate::error::Failure;
use crate::gpio::pins::{ChipInfo, buses_in_use};
use crate::gpio::wiring::{Backend, Wiring};
use crate::gpio::{Gpio, GpioError};
use std::path::{Path, PathBuf};

/// Why there are no devices; `None` in this build.
pub const ABSENT: Option<&str> = None;

/// Opens the pins the owner's way, after seeing that no bus that is switched on has one of them.
///
/// # Errors
/// When there are none, they may not be used, or a bus has one.
pub fn open_gpio(wiring: &Wiring) -> Result<Box<dyn Gpio>, Failure> {
    wiring.check_buses(&buses_in_use(Path::new("/")))?;
    let chip = || -> Result<Box<dyn Gpio>, GpioError> { Ok(Box::new(chip::Chip::open(wiring.chip.as_deref())?)) };
    let registers = || -> Result<Box<dyn Gpio>, GpioError> { Ok(Box::new(registers::Registers::open()?)) };
    let gpio = match wiring.backend {
        Backend::Chip => chip(),
        Backend::Registers => registers(),
        // Mainline kernels lock the registers; the character device is always there.
        Backend::Auto => registers().or_else(|why| {
            tracing::info!(%why, "Not by registers: using the character device");
            chip()
        }),
    };
    Ok(gpio?)
}

/// Where the camera is found.
///
/// # Errors
/// Never in this build.
pub fn find_camera(settings: &CameraSettings) -> Result<Box<dyn Finder>, Failure> {
    let (system, rpicam) = (Box::new(v4l2::Kernel), rpicam_program());
    Ok(Box::new(CameraFinder::new(system, rpicam, settings.clone())))
}

fn rpicam_program() -> Option<PathBuf> {
    rpicam::find(&std::env::var_os("PATH").unwrap_or_default())
}

/// The kernel's cameras, and the program for a Raspberry Pi's ribbon cable.
pub fn list_cameras() -> (Vec<Found>, Option<PathBuf>) {
    (v4l2::Kernel.list(), rpicam_program())
}

/// The GPIO chips.
pub fn list_chips() -> Vec<ChipInfo> {
    chip::list()
}

/// The model, on a Raspberry Pi.
pub fn raspberry_pi() -> Option<String> {
    rppal::system::DeviceInfo::new().ok().map(|info| info.model().to_string())
}
