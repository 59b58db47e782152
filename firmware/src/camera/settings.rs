//! What the owner chose about the camera.

use mood::Flip;
use std::time::Duration;

/// The frequency of the mains, at which lamps flicker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Flicker {
    /// As the camera thinks right.
    #[default]
    Auto,
    /// 50 Hz: Europe, most of Asia, Africa.
    Hz50,
    /// 60 Hz: North America, parts of Asia and South America.
    Hz60,
    /// No correction.
    Off,
}

/// The camera's part of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CameraSettings {
    /// A device file, part of a camera's name, or `rpicam`; `None` takes the first that can.
    pub device: Option<String>,
    /// Pixels per line and lines that are asked for.
    pub size: (u32, u32),
    /// The only pixel format that is asked for (V4L2 fourcc); `None` goes by preference.
    pub format: Option<&'static str>,
    /// The longest wait for the exposure to settle.
    pub warm_up: Duration,
    /// How long the sensor stays on after a look; zero switches it off at once.
    pub keep_warm: Duration,
    /// Exposure time; `None` is the camera's business.
    pub exposure: Option<Duration>,
    /// Gain in the camera's own units; `None` is the camera's business.
    pub gain: Option<u32>,
    /// Correction of lamps that flicker.
    pub flicker: Flicker,
    /// How frames are turned round.
    pub flip: Flip,
}
