//! Cameras of a machine that is not there: devices that come and go, in any format, and fail as real ones do. Stricter
//! than a real one: nothing is given before a format was agreed on and the sensor is on.

use crate::camera::Found;
use crate::camera::decode::Granted;
use crate::camera::video::{VideoDevice, VideoSystem};
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
}

/// What the next buffers are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Buffers {
    /// As they should be.
    #[default]
    Whole,
    /// Half of each is missing.
    Cut,
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
    #[must_use]
    pub fn sensors_on(&self) -> u32 {
        self.machine().sensors_on
    }

    /// Buffers given so far.
    #[must_use]
    pub fn given(&self) -> usize {
        self.machine().given
    }

    /// Every control that was set, in order.
    #[must_use]
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
        self.system.machine().controls.push((id, value));
        Ok(())
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

    fn next(&mut self, _limit: Duration) -> io::Result<(Vec<u8>, Duration)> {
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
        let mut bytes = frames.get(machine.given % frames.len().max(1)).cloned().unwrap_or_default();
        machine.given += 1;
        if machine.buffers == Buffers::Cut {
            bytes.truncate(bytes.len() / 2);
        }
        Ok((bytes, Duration::from_millis(u64::try_from(machine.given).unwrap_or(0))))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if self.on {
            self.system.machine().sensors_on -= 1;
        }
    }
}
