//! A camera the kernel offers (V4L2): asks it for the best pixel format, sets its controls, reads its buffers. The calls
//! to the kernel are behind [`VideoSystem`] and [`VideoDevice`], and stood in for by [`crate::sim::video`].

use super::choose::{self, Choice, Found};
use super::decode::{Granted, LEAST_SIDE};
use super::device::{Brighter, Filled, VideoDevice, VideoSystem, control};
use super::{CameraSettings, Finder, Flicker, Sensor, rpicam};
use crate::ports::CameraError;
use mood::Frame;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

/// Buffers the kernel fills in turn.
pub const BUFFERS: u32 = 4;

/// Frames in a row that the driver marks as damaged before one that is whole is taken all the same: some drivers mark all.
const MARKED_IN_VAIN: u32 = 3;

/// A control that is set before the sensor goes on, with the values that mean the same to different cameras.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What the owner knows it as.
    pub name: &'static str,
    /// The control's V4L2 number.
    pub id: u32,
    /// The values to try, in order.
    pub values: Vec<i64>,
    /// Whether the owner asked for it, so that it matters if it can't be had.
    pub asked: bool,
}

/// The controls for these settings, in order; automatic ones too, as a camera keeps what it was told before.
pub fn settings(camera: &CameraSettings) -> Vec<Setting> {
    let mut list = Vec::new();
    let mut set = |name, id, values: &[i64], asked| list.push(Setting { name, id, values: values.to_vec(), asked });
    match camera.exposure {
        // Aperture priority is what webcams call automatic; others have 0.
        None => set("exposure", control::EXPOSURE_AUTO, &[3, 0], false),
        Some(time) => {
            set("exposure", control::EXPOSURE_AUTO, &[control::EXPOSURE_BY_HAND], true);
            let hundred_us = i64::try_from(time.as_micros() / 100).unwrap_or(i64::MAX).max(1);
            set("exposure", control::EXPOSURE_ABSOLUTE, &[hundred_us], true);
        }
    }
    match camera.gain {
        None => set("gain", control::AUTOGAIN, &[1], false),
        Some(gain) => {
            set("gain", control::AUTOGAIN, &[0], false);
            set("gain", control::GAIN, &[gain.into()], true);
        }
    }
    match camera.flicker {
        Flicker::Auto => set("flicker", control::POWER_LINE_FREQUENCY, &[3], false),
        Flicker::Hz50 => set("flicker", control::POWER_LINE_FREQUENCY, &[1], true),
        Flicker::Hz60 => set("flicker", control::POWER_LINE_FREQUENCY, &[2], true),
        Flicker::Off => set("flicker", control::POWER_LINE_FREQUENCY, &[0], true),
    }
    list
}

/// Finds the box's camera: the kernel's, or the ribbon cable's.
pub struct CameraFinder {
    system: Box<dyn VideoSystem>,
    rpicam: Option<PathBuf>,
    settings: CameraSettings,
}

impl CameraFinder {
    /// Looks among the devices of `system`, and `rpicam`, the program for the ribbon cable.
    pub fn new(system: Box<dyn VideoSystem>, rpicam: Option<PathBuf>, settings: CameraSettings) -> Self {
        Self { system, rpicam, settings }
    }

    fn choose(&self) -> Result<(Choice, &'static str), CameraError> {
        let wanted = self.settings.device.as_deref();
        choose::choose(&self.system.list(), self.rpicam.clone(), wanted)
            .map_err(|detail| CameraError::Lost { camera: wanted.unwrap_or("of this box").into(), detail })
    }
}

impl Finder for CameraFinder {
    fn switch_on(&mut self) -> Result<Box<dyn Sensor>, CameraError> {
        let (choice, why) = self.choose()?;
        tracing::debug!(?choice, why, "Chose the camera");
        match choice {
            Choice::Video(found) => Ok(Box::new(Video::switch_on(self.system.as_ref(), &found, &self.settings)?)),
            Choice::Rpicam(program) => Ok(Box::new(rpicam::Rpicam::switch_on(&program, &self.settings)?)),
        }
    }

    fn describe(&mut self) -> String {
        match self.choose() {
            Ok((Choice::Video(found), why)) => format!("{}, {} ({why})", found.path.display(), found.name),
            Ok((Choice::Rpicam(program), why)) => format!("{} ({why})", program.display()),
            Err(error) => error.to_string(),
        }
    }
}

/// A sensor of the kernel's that is on.
pub struct Video {
    device: Box<dyn VideoDevice>,
    granted: Granted,
    settings: CameraSettings,
    brighter: Brighter,
    /// What the driver gave last; kept for its room.
    buffer: Vec<u8>,
    /// A frame that was given back, for its room too.
    spare: Vec<u8>,
    /// Frames in a row that were marked as damaged.
    marked: u32,
    /// What was told about this driver's buffers; each is told once while the sensor is on.
    told: Vec<String>,
    name: String,
}

impl Video {
    /// Switches a camera on: the first format of ours that the driver really gives.
    ///
    /// # Errors
    /// When it is gone or taken, or gives nothing the box can read.
    pub fn switch_on(system: &dyn VideoSystem, found: &Found, camera: &CameraSettings) -> Result<Self, CameraError> {
        let name = format!("{}, {}", found.path.display(), found.name);
        let lost = |error: &io::Error| CameraError::Lost { camera: name.clone(), detail: in_words(error) };
        let mut device = system.open(&found.path).map_err(|error| lost(&error))?;
        let granted = negotiate(device.as_mut(), &choose::formats(&found.formats, camera.format), camera.size)
            .map_err(|detail| CameraError::Lost { camera: name.clone(), detail })?;
        for Setting { name: setting, id, values, asked } in settings(camera) {
            let mut set = Ok(());
            for value in values {
                set = device.set_control(id, value);
                if set.is_ok() {
                    break;
                }
            }
            if asked && let Err(error) = set {
                tracing::warn!(camera = name, setting, %error, "The camera does not take this setting");
            }
        }
        device.start().map_err(|error| lost(&error))?;
        let name = format!("{name}: {} {}x{}", granted.fourcc, granted.width, granted.height);
        Ok(Self {
            device,
            granted,
            settings: camera.clone(),
            brighter: Brighter::default(),
            buffer: Vec::new(),
            spare: Vec::new(),
            marked: 0,
            told: Vec::new(),
            name,
        })
    }

    /// Says once what a driver does that it should not.
    fn tell(&mut self, odd: String) {
        if !self.told.contains(&odd) {
            tracing::info!(camera = self.name, odd, "Odd frames");
            self.told.push(odd);
        }
    }

    /// The frame in the buffer that was filled last, or what is wrong with it.
    fn in_buffer(&mut self, filled: Filled) -> Result<Frame, String> {
        self.marked = if filled.damaged { self.marked + 1 } else { 0 };
        if filled.damaged && self.marked <= MARKED_IN_VAIN {
            return Err("the driver marked it as damaged".into());
        }
        let spare = std::mem::take(&mut self.spare);
        let (frame, odd) = self.granted.frame(&self.buffer, self.settings.flip, filled.timestamp, spare)?;
        if filled.damaged {
            self.tell("the driver marks all frames as damaged; whole ones are taken".into());
        }
        odd.into_iter().for_each(|odd| self.tell(odd));
        Ok(frame)
    }
}

/// Asks for one format after the other, and takes the first that the driver gives as one the box can read.
fn negotiate(device: &mut dyn VideoDevice, formats: &[&str], size: (u32, u32)) -> Result<Granted, String> {
    let mut refused = Vec::new();
    for format in formats {
        match device.set_format(format, size) {
            Ok(granted) if !granted.is_readable() => {
                refused.push(format!("{format} was asked for, {} is what it gives", granted.fourcc));
            }
            Ok(granted) if granted.width.min(granted.height) < LEAST_SIDE => {
                refused.push(format!("{format}: {}x{} pixels are too few", granted.width, granted.height));
            }
            Ok(granted) => {
                if granted.fourcc != *format || (granted.width, granted.height) != size {
                    tracing::info!(asked = format, asked_size = ?size, gave = ?granted, "The driver gives another format");
                }
                return Ok(granted);
            }
            Err(error) => refused.push(format!("{format}: {}", in_words(&error))),
        }
    }
    let list = if refused.is_empty() { "it offers none that was asked for".into() } else { refused.join("; ") };
    Err(format!("it gives no pixel format that can be read: {list}"))
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ResourceBusy => "another program uses it".into(),
        ErrorKind::PermissionDenied => "it may not be opened; the user must be in group video".into(),
        ErrorKind::NotFound => "it is not there any more".into(),
        _ => error.to_string(),
    }
}

impl Sensor for Video {
    fn frame(&mut self, limit: Duration) -> Result<Frame, CameraError> {
        let filled = self.device.next(limit, &mut self.buffer).map_err(|error| match error.kind() {
            ErrorKind::TimedOut => CameraError::stalled(&self.name, limit),
            _ => CameraError::Lost { camera: self.name.clone(), detail: in_words(&error) },
        })?;
        self.in_buffer(filled).map_err(|detail| {
            self.tell(detail.clone());
            CameraError::BadFrame { camera: self.name.clone(), detail }
        })
    }

    fn stale(&self) -> u32 {
        BUFFERS
    }

    fn brighten(&mut self, times: f32) -> bool {
        self.brighter.ask(self.device.as_mut(), &self.settings, times)
    }

    fn relax(&mut self) {
        self.brighter.undo(self.device.as_mut());
    }

    fn reuse(&mut self, frame: Frame) {
        self.spare = frame.into_bytes();
    }

    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        // A camera keeps its controls when it is closed.
        self.relax();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_what_is_automatic_and_what_is_not() {
        let told = |camera: &CameraSettings| {
            settings(camera).into_iter().map(|it| (it.name, it.id & 0xffff, it.values, it.asked)).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&CameraSettings::default()),
            [
                ("exposure", 0x0901, vec![3, 0], false),
                ("gain", 0x0912, vec![1], false),
                ("flicker", 0x0918, vec![3], false)
            ]
        );
        let by_hand = CameraSettings {
            exposure: Some(Duration::from_millis(10)),
            gain: Some(64),
            flicker: Flicker::Hz50,
            ..CameraSettings::default()
        };
        assert_eq!(
            told(&by_hand),
            [
                ("exposure", 0x0901, vec![1], true),
                ("exposure", 0x0902, vec![100], true),
                ("gain", 0x0912, vec![0], false),
                ("gain", 0x0913, vec![64], true),
                ("flicker", 0x0918, vec![1], true)
            ]
        );
    }
}
