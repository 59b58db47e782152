//! The camera of a real box: finds one, switches its sensor on for a look, lets the exposure settle, and survives that it
//! stalls, is unplugged or comes back.
//!
//! [`Found`] cameras are chosen among in [`choose`], pure; [`video`] drives one that the kernel offers (V4L2), [`rpicam`]
//! one at a Raspberry Pi's ribbon cable, through the program that comes with its system. Both are a [`Sensor`], and
//! [`BoxCamera`] is the rest.

pub mod brighter;
pub mod choose;
pub mod decode;
pub mod device;
pub mod rpicam;
pub mod settings;
pub mod video;
pub mod warm_up;

pub use choose::{Choice, Found};
pub use settings::CameraSettings;

use crate::ports::{Camera, CameraError};
use mood::Frame;
use std::time::{Duration, Instant};
use warm_up::WarmUp;

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

    /// Frames that may have been waiting since before now, when nobody took any.
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
    #[must_use]
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

#[cfg(test)]
mod tests;
