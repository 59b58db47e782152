//! The camera of a real box: finds one, switches its sensor on for a look, lets the exposure settle, and survives that it
//! stalls, is unplugged or comes back.
//!
//! [`choose`] picks among [`Found`] cameras, pure; [`video`] drives one of the kernel's (V4L2), [`rpicam`] one at a
//! Raspberry Pi's ribbon cable by its system's program. Both are a [`Sensor`], and [`BoxCamera`] is the rest.

pub mod choose;
pub mod decode;
pub mod device;
pub mod rpicam;
pub mod video;

pub use choose::{Choice, Found};

use crate::ports::{Camera, CameraError};
use mood::{Flip, Frame};
use std::time::{Duration, Instant};

/// The longest wait for one frame; the slowest exposure in a dark room is a quarter of it.
const FRAME_LIMIT: Duration = Duration::from_millis(1_500);
/// Frames in a row that may be bad; a webcam's first ones often are.
const BAD_FRAMES: u32 = 3;

/// A sensor that is on. It is off when this is dropped.
pub trait Sensor: Send {
    /// Waits at most `limit` for the next frame.
    ///
    /// # Errors
    /// [`CameraError::BadFrame`] when another may follow; after any other error the sensor is of no use.
    fn frame(&mut self, limit: Duration) -> Result<Frame, CameraError>;

    /// Stale frames possibly queued in the driver after a pause.
    fn stale(&self) -> u32;

    /// Asks for `times` as much light; whether frames will be brighter. Lasts until [`Sensor::relax`], or the end.
    fn brighten(&mut self, times: f32) -> bool {
        let _ = times;
        false
    }

    /// Back to the exposure the owner chose.
    fn relax(&mut self) {}

    /// Takes back a frame of its own whose pixels nobody needs any more.
    fn reuse(&mut self, frame: Frame) {
        drop(frame);
    }

    /// What it is and what it really gives: `/dev/video0, HD Webcam: MJPG 640x480`.
    fn describe(&self) -> String;
}

/// Finds a camera and switches it on.
pub trait Finder: Send {
    /// Looks for the camera anew, as it may have been unplugged, and switches it on.
    ///
    /// # Errors
    /// When there is none, or it can't be switched on.
    fn switch_on(&mut self) -> Result<Box<dyn Sensor>, CameraError>;

    /// What would be switched on, and why it.
    fn describe(&mut self) -> String;
}

/// Tells a lamp that the sensor is about to be switched on, or is off.
pub type SensorLamp = Box<dyn FnMut(bool) + Send>;

/// The camera of the box.
///
/// INVARIANT: the lamp is told before the sensor goes on, and after it is off.
pub struct BoxCamera {
    finder: Box<dyn Finder>,
    sensor: Option<Box<dyn Sensor>>,
    lamp: SensorLamp,
    warm_up: Duration,
    keep_warm: Duration,
    rest_at: Option<Instant>,
    name: String,
}

impl BoxCamera {
    /// A camera that is switched off.
    pub fn new(mut finder: Box<dyn Finder>, settings: &CameraSettings, lamp: SensorLamp) -> Self {
        let name = finder.describe();
        let (warm_up, keep_warm) = (settings.warm_up, settings.keep_warm);
        Self { finder, sensor: None, lamp, warm_up, keep_warm, rest_at: None, name }
    }

    fn switch_off(&mut self) {
        self.rest_at = None;
        if self.sensor.take().is_some() {
            (self.lamp)(false);
        }
    }

    /// One frame; a sensor that is of no use any more is switched off.
    fn take(&mut self) -> Result<Frame, CameraError> {
        let Some(sensor) = &mut self.sensor else {
            return Err(CameraError::Lost { camera: self.name.clone(), detail: "the sensor is off".into() });
        };
        let taken = sensor.frame(FRAME_LIMIT);
        if matches!(taken, Err(CameraError::Lost { .. } | CameraError::Stalled { .. })) {
            self.switch_off();
        }
        taken
    }

    /// Drops frames until the exposure has settled, or the time is up.
    fn settle(&mut self) -> Result<(), CameraError> {
        let end = Instant::now() + self.warm_up;
        let mut warm_up = WarmUp::default();
        while Instant::now() < end {
            match self.take() {
                Ok(frame) if warm_up.is_settled(&frame) => break,
                Ok(_) | Err(CameraError::BadFrame { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        tracing::debug!(frames = warm_up.frames(), "Dropped while the exposure settled");
        Ok(())
    }
}

impl Camera for BoxCamera {
    fn open(&mut self) -> Result<(), CameraError> {
        self.rest_at = None;
        if let Some(sensor) = &self.sensor {
            // Kept warm: its exposure has settled, but what waits is old.
            for _ in 0..sensor.stale() {
                match self.take() {
                    Ok(_) | Err(CameraError::BadFrame { .. }) => {}
                    // Unplugged meanwhile: it may be back, or there is another.
                    Err(_) => break,
                }
            }
        }
        if self.sensor.is_some() {
            return Ok(());
        }
        (self.lamp)(true);
        match self.finder.switch_on() {
            Ok(sensor) => {
                self.name = sensor.describe();
                tracing::info!(camera = self.name, "Sensor on");
                self.sensor = Some(sensor);
                self.settle()
            }
            Err(error) => {
                (self.lamp)(false);
                Err(error)
            }
        }
    }

    fn capture(&mut self) -> Result<Frame, CameraError> {
        let mut bad = 0;
        loop {
            match self.take() {
                Err(CameraError::BadFrame { detail, .. }) if bad < BAD_FRAMES => {
                    bad += 1;
                    tracing::debug!(detail, "Bad frame");
                }
                taken => return taken,
            }
        }
    }

    fn close(&mut self) {
        if self.keep_warm.is_zero() {
            self.switch_off();
        } else if let Some(sensor) = &mut self.sensor {
            sensor.relax();
            self.rest_at = Some(Instant::now() + self.keep_warm);
        }
    }

    fn rest(&mut self) -> Option<Duration> {
        let left = self.rest_at?.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.switch_off();
            return None;
        }
        Some(left)
    }

    fn brighten(&mut self, times: f32) -> bool {
        self.sensor.as_mut().is_some_and(|sensor| sensor.brighten(times))
    }

    fn reuse(&mut self, frame: Frame) {
        if let Some(sensor) = &mut self.sensor {
            sensor.reuse(frame);
        }
    }

    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Drop for BoxCamera {
    fn drop(&mut self) {
        self.switch_off();
    }
}

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

/// Frames that are dropped at least.
const LEAST_FRAMES: u32 = 3;
/// Steps in a row that must be small.
const CALM_STEPS: u32 = 2;
/// The largest small step of the mean luminance, 0..=255.
const SMALL_STEP: u32 = 3;

/// Watches the brightness of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WarmUp {
    frames: u32,
    last: Option<u32>,
    calm: u32,
}

impl WarmUp {
    /// Takes the next frame and says whether the exposure has settled.
    pub fn is_settled(&mut self, frame: &Frame) -> bool {
        self.step(mean_luminance(frame))
    }

    /// Frames so far.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    fn step(&mut self, mean: u32) -> bool {
        self.frames += 1;
        let is_small = self.last.replace(mean).is_some_and(|last| last.abs_diff(mean) <= SMALL_STEP);
        self.calm = if is_small { self.calm + 1 } else { 0 };
        self.frames >= LEAST_FRAMES && self.calm >= CALM_STEPS
    }
}

/// The mean luminance of a frame, 0..=255, from every 16th pixel of every 16th line.
pub fn mean_luminance(frame: &Frame) -> u32 {
    let (mut sum, mut count) = (0, 0);
    for y in (0..frame.height()).step_by(16) {
        for x in (0..frame.width()).step_by(16) {
            sum += u64::from(frame.luminance(x, y));
            count += 1;
        }
    }
    u32::try_from(sum / count.max(1)).unwrap_or(255)
}

#[cfg(test)]
mod tests;
