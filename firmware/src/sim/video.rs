//! Cameras of a machine that is not there: devices that come and go, in any format, and fail as real ones do. Stricter
//! than a real one: nothing is given before a format was agreed on and the sensor is on.

use crate::camera::Found;
use crate::camera::decode::Granted;
use crate::camera::device::{Filled, Knob, VideoDevice, VideoSystem, control};
use mood::Range;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A webcam to plug in.
#[derive(Debug, Clone)]
pub struct SimWebcam {
    /// As it is listed.
    pub found: Found,
    /// The size it gives, whatever is asked for.
    pub size: (u32, u32),
    /// A format it gives although it says it gives another.
    pub gives_instead: Option<&'static str>,
    /// The frames, in turn: a buffer each.
    pub frames: Vec<Vec<u8>>,
    /// Its controls. They outlast a program that sets them, as a real camera's do.
    pub controls: Vec<(u32, Knob)>,
}

impl SimWebcam {
    /// The controls of a usual webcam, as it comes: automatic, with an exposure register that says nothing meanwhile.
    pub fn usual_controls() -> Vec<(u32, Knob)> {
        let knob = |value, least, most| Knob { value, least, most };
        vec![
            (control::AUTOGAIN, knob(1, 0, 1)),
            (control::GAIN, knob(64, 0, 255)),
            (control::POWER_LINE_FREQUENCY, knob(0, 0, 3)),
            (control::EXPOSURE_AUTO, knob(3, 0, 3)),
            (control::EXPOSURE_ABSOLUTE, knob(156, 3, 2_047)),
        ]
    }

    fn stands_at(&self, id: u32) -> Option<i64> {
        self.controls.iter().find(|(known, _)| *known == id).map(|(_, knob)| knob.value)
    }

    /// In hundredths: how bright a GREY frame gets by exposure and gain, where 33.3 ms and 64 leave it as it is.
    fn light(&self) -> i64 {
        let by_hand = self.stands_at(control::EXPOSURE_AUTO) == Some(control::EXPOSURE_BY_HAND);
        let exposure = self.stands_at(control::EXPOSURE_ABSOLUTE).filter(|_| by_hand).unwrap_or(333);
        100 * exposure * self.stands_at(control::GAIN).unwrap_or(64) / (333 * 64)
    }
}

/// What the next buffers are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Buffers {
    /// As they should be.
    #[default]
    Whole,
    /// Half of each is missing.
    Cut,
    /// Each is marked as damaged.
    Marked,
    /// Every second one is empty.
    Empty,
    /// None comes.
    None,
    /// None comes, and the call does not return until that changes.
    Hang,
}

/// The machine; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct SimVideo(Arc<Mutex<Machine>>);

#[derive(Debug, Default)]
struct Machine {
    cameras: Vec<SimWebcam>,
    buffers: Buffers,
    taken: bool,
    sensors_on: u32,
    controls: Vec<(u32, i64)>,
    given: usize,
}

impl SimVideo {
    /// Plugs a camera in.
    pub fn plug(&self, camera: SimWebcam) {
        self.machine().cameras.push(camera);
    }

    /// Pulls every camera out.
    pub fn unplug(&self) {
        self.machine().cameras.clear();
    }

    /// What buffers are like from now on.
    pub fn buffers(&self, buffers: Buffers) {
        self.machine().buffers = buffers;
    }

    /// Another program uses the cameras, or no longer does.
    pub fn take(&self, taken: bool) {
        self.machine().taken = taken;
    }

    /// Sensors that are on.
    pub fn sensors_on(&self) -> u32 {
        self.machine().sensors_on
    }

    /// Buffers given so far.
    pub fn given(&self) -> usize {
        self.machine().given
    }

    /// Where a control of the first camera stands.
    pub fn stands_at(&self, id: u32) -> Option<i64> {
        self.machine().cameras.first()?.stands_at(id)
    }

    /// Every control that was set, in order.
    pub fn controls(&self) -> Vec<(u32, i64)> {
        self.machine().controls.clone()
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VideoSystem for SimVideo {
    fn list(&self) -> Vec<Found> {
        self.machine().cameras.iter().map(|camera| camera.found.clone()).collect()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn VideoDevice>> {
        let machine = self.machine();
        if machine.taken {
            return Err(ErrorKind::ResourceBusy.into());
        }
        let camera = machine.cameras.iter().find(|camera| camera.found.path == path).ok_or(ErrorKind::NotFound)?;
        Ok(Box::new(Device { system: self.clone(), camera: camera.clone(), granted: None, on: false }))
    }
}

struct Device {
    system: SimVideo,
    camera: SimWebcam,
    granted: Option<Granted>,
    on: bool,
}

impl Device {
    /// `ENODEV`, as Linux gives for what was pulled out.
    fn check(&self) -> io::Result<()> {
        let there = self.system.machine().cameras.iter().any(|camera| camera.found.path == self.camera.found.path);
        if there { Ok(()) } else { Err(io::Error::from_raw_os_error(19)) }
    }
}

impl VideoDevice for Device {
    fn set_format(&mut self, fourcc: &str, _size: (u32, u32)) -> io::Result<Granted> {
        self.check()?;
        let (width, height) = self.camera.size;
        let fourcc = self.camera.gives_instead.unwrap_or(fourcc).to_owned();
        let granted = Granted { fourcc, width, height, stride: 0, range: Range::Limited };
        self.granted = Some(granted.clone());
        Ok(granted)
    }

    fn set_control(&mut self, id: u32, value: i64) -> io::Result<()> {
        self.check()?;
        let mut machine = self.system.machine();
        let path = &self.camera.found.path;
        let camera = machine.cameras.iter_mut().find(|camera| camera.found.path == *path).ok_or(ErrorKind::NotFound)?;
        // What is automatic takes no value by hand.
        let by_itself = match id {
            control::EXPOSURE_ABSOLUTE => {
                camera.stands_at(control::EXPOSURE_AUTO).is_some_and(|it| it != control::EXPOSURE_BY_HAND)
            }
            control::GAIN => camera.stands_at(control::AUTOGAIN) == Some(1),
            _ => false,
        };
        if by_itself {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let (_, knob) = camera.controls.iter_mut().find(|(known, _)| *known == id).ok_or(ErrorKind::InvalidInput)?;
        knob.value = value.clamp(knob.least, knob.most);
        machine.controls.push((id, value));
        Ok(())
    }

    fn control(&mut self, id: u32) -> io::Result<Knob> {
        self.check()?;
        let machine = self.system.machine();
        let camera = machine.cameras.iter().find(|camera| camera.found.path == self.camera.found.path);
        let knob = camera.and_then(|camera| camera.controls.iter().find(|(known, _)| *known == id));
        Ok(knob.ok_or(ErrorKind::InvalidInput)?.1)
    }

    fn start(&mut self) -> io::Result<()> {
        self.check()?;
        if self.granted.is_none() || self.on {
            return Err(io::Error::other("started without a format, or twice"));
        }
        self.on = true;
        self.system.machine().sensors_on += 1;
        Ok(())
    }

    fn next(&mut self, _limit: Duration, bytes: &mut Vec<u8>) -> io::Result<Filled> {
        self.check()?;
        if !self.on {
            return Err(io::Error::other("a frame was asked for while the sensor was off"));
        }
        while self.system.machine().buffers == Buffers::Hang {
            thread::sleep(Duration::from_millis(1));
        }
        let mut machine = self.system.machine();
        if machine.buffers == Buffers::None {
            return Err(ErrorKind::TimedOut.into());
        }
        let frames = &self.camera.frames;
        bytes.clear();
        bytes.extend_from_slice(frames.get(machine.given % frames.len().max(1)).map_or(&[], Vec::as_slice));
        machine.given += 1;
        if self.granted.as_ref().is_some_and(|granted| granted.fourcc == "GREY") {
            let camera = machine.cameras.iter().find(|camera| camera.found.path == self.camera.found.path);
            let light = camera.map_or(100, SimWebcam::light);
            for pixel in bytes.iter_mut() {
                *pixel = u8::try_from(i64::from(*pixel) * light / 100).unwrap_or(u8::MAX);
            }
        }
        match machine.buffers {
            Buffers::Cut => bytes.truncate(bytes.len() / 2),
            Buffers::Empty if machine.given.is_multiple_of(2) => bytes.clear(),
            _ => {}
        }
        let timestamp = Duration::from_millis(u64::try_from(machine.given).unwrap_or(0));
        Ok(Filled { timestamp, damaged: machine.buffers == Buffers::Marked })
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if self.on {
            self.system.machine().sensors_on -= 1;
        }
    }
}
