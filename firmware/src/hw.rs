//! The adapters for a real box: the only files that name the crates of devices. Thin; what can be decided without a
//! device is decided in [`crate::gpio`] and [`crate::camera`].

mod chip;
mod registers;
mod spi;
pub mod systemd;
mod v4l2;

use crate::board;
use crate::camera::device::VideoSystem;
use crate::camera::video::CameraFinder;
use crate::camera::{BoxCamera, CameraSettings, Finder, Found, SensorLamp, rpicam};
use crate::config::Config;
use crate::gpio::buses::buses_in_use;
use crate::gpio::chips::ChipInfo;
use crate::gpio::lamp::Lamp;
use crate::gpio::wiring::{Backend, Wiring};
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

/// Where the camera is found.
#[must_use]
pub fn find_camera(settings: &CameraSettings) -> Box<dyn Finder> {
    let (system, rpicam) = (Box::new(v4l2::Kernel), rpicam_program());
    Box::new(CameraFinder::new(system, rpicam, settings.clone()))
}

/// The camera for a try of its own. Its privacy lamp is lit where there is one; on a desk there is none.
#[must_use]
pub fn open_camera(config: &Config) -> BoxCamera {
    let lamp = open_gpio(&config.wiring).and_then(|mut gpio| Lamp::open(gpio.as_mut(), &config.wiring));
    let told: SensorLamp = match lamp {
        Ok(lamp) => board::sensor_lamp(lamp),
        Err(_) => Box::new(|_| {}),
    };
    BoxCamera::new(find_camera(&config.camera), &config.camera, told)
}

fn rpicam_program() -> Option<PathBuf> {
    rpicam::find(&std::env::var_os("PATH").unwrap_or_default())
}

/// The kernel's cameras, and the program for a Raspberry Pi's ribbon cable.
#[must_use]
pub fn list_cameras() -> (Vec<Found>, Option<PathBuf>) {
    (v4l2::Kernel.list(), rpicam_program())
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
