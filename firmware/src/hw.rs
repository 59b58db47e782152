//! The adapters for a real box: the only files that name the crates of devices. Thin; what can be decided without a
//! device is decided in [`crate::gpio`] and [`crate::camera`].

mod chip;
mod registers;
mod v4l2;

use crate::camera::video::CameraFinder;
use crate::camera::{BoxCamera, CameraSettings, SensorLamp, rpicam};
use crate::gpio::wiring::{Backend, Wiring, buses_in_use};
use crate::gpio::{Gpio, GpioError};
use std::path::Path;

/// Opens the pins the owner's way, after seeing that no bus that is switched on has one of them.
///
/// # Errors
/// When there are none, they may not be used, or a bus has one.
pub fn open_gpio(wiring: &Wiring) -> Result<Box<dyn Gpio>, GpioError> {
    wiring.check_buses(&buses_in_use(Path::new("/")))?;
    let chip = || chip::Chip::open(wiring.chip.as_deref()).map(|chip| Box::new(chip) as Box<dyn Gpio>);
    let registers = || registers::Registers::open().map(|board| Box::new(board) as Box<dyn Gpio>);
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
