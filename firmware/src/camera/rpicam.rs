//! The camera at a Raspberry Pi's ribbon cable. Only the system's camera stack makes pictures of its raw data, so frames are
//! read from `rpicam-vid`: YUV 4:2:0, one after the other. The sensor is on exactly while that program runs.

use super::{CameraSettings, Flicker, Sensor};
use crate::ports::CameraError;
use mood::{Flip, Frame, Range, Raw, RawFormat};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The program's name now, and before 2024.
const PROGRAMS: [&str; 2] = ["rpicam-vid", "libcamera-vid"];

/// Frames a second that are asked for: enough for a burst, and a dark room may still be exposed for long.
const FRAMES_PER_SECOND: u32 = 15;

/// How long the program may take to give its first frame.
const START_LIMIT: Duration = Duration::from_secs(5);

/// How long it may take to stop the camera and end when it is asked to.
const END_LIMIT: Duration = Duration::from_secs(1);

/// Line lengths are a multiple of this: then the image processors of no Pi pad lines, which the stream would hide.
const ALIGNMENT: u32 = 128;

/// Sensor modes to ask for, by the largest size each is enough for. The program takes the sensor's nearest; without a wish
/// it takes the one nearest to the frames' size, which on many sensors shows only the middle of the picture.
const MODES: [((u32, u32), &str); 2] = [((1640, 1232), "1640:1232"), ((u32::MAX, u32::MAX), "3280:2464")];

/// The program, if one of `folders` (the value of PATH) has it.
pub fn find(folders: &OsStr) -> Option<PathBuf> {
    let named = |name: &str| std::env::split_paths(folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    PROGRAMS.iter().find_map(|name| named(name))
}

/// The size that is asked for: the owner's, in its shape, to the next width that needs no padding.
fn size(camera: &CameraSettings) -> (u32, u32) {
    let (width, height) = (camera.size.0.max(1), camera.size.1);
    let wide = width.next_multiple_of(ALIGNMENT);
    // The nearest even number of lines, as two of them share their colours.
    let pairs = (u64::from(height) * u64::from(wide) + u64::from(width)) / (2 * u64::from(width));
    (wide, u32::try_from(2 * pairs.max(1)).unwrap_or(u32::MAX))
}

/// What the program is told. The focus is the camera's business where it has one; without, the program leaves that out.
pub fn arguments(camera: &CameraSettings) -> Vec<String> {
    let (width, height) = size(camera);
    let fits = |most: &(u32, u32)| width <= most.0 && height <= most.1;
    let mode = MODES.iter().find(|(most, _)| fits(most)).map_or("", |(_, mode)| mode);
    let always = format!(
        "--timeout 0 --nopreview --verbose 0 --codec yuv420 --flush --output - --framerate {FRAMES_PER_SECOND} \
         --mode {mode} --width {width} --height {height} --autofocus-mode continuous"
    );
    let mut list: Vec<String> = always.split(' ').map(str::to_owned).collect();
    let mut add = |name: &str, value: String| list.extend([name.to_owned(), value]);
    if let Some(time) = camera.exposure {
        add("--shutter", format!("{}us", time.as_micros()));
    }
    if let Some(gain) = camera.gain {
        add("--gain", gain.to_string());
    }
    match camera.flicker {
        Flicker::Hz50 => add("--flicker-period", "10000us".into()),
        Flicker::Hz60 => add("--flicker-period", "8333us".into()),
        Flicker::Auto | Flicker::Off => {}
    }
    list
}

/// The camera, running.
pub struct Rpicam {
    child: Child,
    shared: Arc<Shared>,
    /// Number of the last frame that was given.
    given: u64,
    began: Instant,
    size: (u32, u32),
    flip: Flip,
    /// A frame that was given back, for its room.
    spare: Vec<u8>,
    name: String,
    /// How long it may take to end.
    end_limit: Duration,
}

#[derive(Default)]
struct Shared {
    stream: Mutex<Stream>,
    news: Condvar,
}

/// What the program has said so far.
#[derive(Default)]
struct Stream {
    latest: Option<(Vec<u8>, Instant)>,
    frames: u64,
    /// Bytes of an earlier frame, for their room.
    spare: Vec<u8>,
    ended: bool,
    /// Nobody wants frames any more.
    unwanted: bool,
    /// The last line it complained in.
    complaint: String,
}

impl Shared {
    fn stream(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rpicam {
    /// Starts the program, and waits for its first frame.
    ///
    /// # Errors
    /// When it can't be started, ends at once, or gives no frame.
    pub fn switch_on(program: &Path, camera: &CameraSettings) -> Result<Self, CameraError> {
        let size = size(camera);
        let name = format!("{}: {} {}x{}", program.display(), RawFormat::I420, size.0, size.1);
        let lost = |detail: String| CameraError::Lost { camera: name.clone(), detail };
        let mut child = Command::new(program)
            .args(arguments(camera))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| lost(error.to_string()))?;
        let shared = Arc::new(Shared::default());
        if let Some(output) = child.stdout.take() {
            let (shared, length) = (Arc::clone(&shared), frame_length(size));
            read_apart("rpicam", move || read_frames(output, length, &shared)).map_err(&lost)?;
        }
        if let Some(complaints) = child.stderr.take() {
            let shared = Arc::clone(&shared);
            read_apart("rpicam-log", move || read_complaints(BufReader::new(complaints), &shared)).map_err(&lost)?;
        }
        let mut camera = Self {
            child,
            shared,
            given: 0,
            began: Instant::now(),
            size,
            flip: camera.flip,
            spare: Vec::new(),
            name,
            end_limit: END_LIMIT,
        };
        camera.frame(START_LIMIT)?;
        Ok(camera)
    }

    fn interrupt(&self) -> Result<(), nix::Error> {
        let process = i32::try_from(self.child.id()).map_err(|_| nix::Error::ESRCH)?;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), nix::sys::signal::Signal::SIGINT)
    }

    fn lost(&self, complaint: &str) -> CameraError {
        let detail = match complaint {
            "" => "the program ended".into(),
            complaint => format!("the program ended: {complaint}"),
        };
        CameraError::Lost { camera: self.name.clone(), detail }
    }
}

fn read_apart(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(|error| error.to_string())
}

/// Bytes of a frame: a plane of luminance and two of a quarter.
fn frame_length((width, height): (u32, u32)) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(usize::try_from(height).unwrap_or(usize::MAX)) / 2 * 3
}

/// Cuts the stream into frames, of which only the newest is kept; half a frame at its end is none. Goes on to the end of the
/// stream also when nobody wants frames any more, as a program that can't write doesn't hear that it shall end.
fn read_frames(mut stream: impl Read, length: usize, shared: &Shared) {
    loop {
        let mut frame = std::mem::take(&mut shared.stream().spare);
        frame.resize(length, 0);
        let whole = stream.read_exact(&mut frame).is_ok();
        let mut state = shared.stream();
        if whole && !state.unwanted {
            state.frames += 1;
            if let Some((missed, _)) = state.latest.replace((frame, Instant::now())) {
                state.spare = missed;
            }
        }
        state.ended = !whole;
        shared.news.notify_all();
        if !whole {
            return;
        }
    }
}

/// Keeps the last line that says something.
fn read_complaints(complaints: impl BufRead, shared: &Shared) {
    for line in complaints.lines().map_while(Result::ok) {
        tracing::debug!(line, "rpicam-vid");
        if !line.trim().is_empty() {
            line.trim().clone_into(&mut shared.stream().complaint);
        }
    }
}

impl Sensor for Rpicam {
    fn frame(&mut self, limit: Duration) -> Result<Frame, CameraError> {
        let nothing_new = |stream: &mut Stream| stream.frames == self.given && !stream.ended;
        let waited = self.shared.news.wait_timeout_while(self.shared.stream(), limit, nothing_new);
        let (mut stream, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if stream.frames == self.given {
            if !stream.ended {
                return Err(CameraError::stalled(&self.name, limit));
            }
            drop(stream);
            // Its last words may be on their way still.
            let _ = self.child.wait();
            thread::sleep(Duration::from_millis(20));
            let complaint = self.shared.stream().complaint.clone();
            return Err(self.lost(&complaint));
        }
        self.given = stream.frames;
        let Some((bytes, taken)) = stream.latest.take() else { return Err(self.lost("it gave no frame")) };
        drop(stream);
        let (width, height) = self.size;
        let raw = Raw {
            width,
            height,
            stride: usize::try_from(width).unwrap_or(usize::MAX),
            format: RawFormat::I420,
            // `--codec yuv420` gives what a JPEG holds (sYCC).
            range: Range::Full,
            bytes: &bytes,
        };
        let timestamp = taken.saturating_duration_since(self.began);
        let frame = raw.to_frame_in(self.flip, timestamp, std::mem::take(&mut self.spare));
        self.shared.stream().spare = bytes;
        frame.map_err(|error| CameraError::BadFrame { camera: self.name.clone(), detail: error.to_string() })
    }

    fn stale(&self) -> u32 {
        1
    }

    // `brighten` stays "no": the program exposes automatically and takes no orders while it runs.

    fn reuse(&mut self, frame: Frame) {
        self.spare = frame.into_bytes();
    }

    fn describe(&self) -> String {
        self.name.clone()
    }
}

impl Drop for Rpicam {
    fn drop(&mut self) {
        // At SIGINT the program ends; its output is read until then, as it aborts without a reader.
        self.shared.stream().unwanted = true;
        let end = Instant::now() + self.end_limit;
        if let Err(error) = self.interrupt() {
            tracing::debug!(%error, "rpicam-vid can't be asked to end");
        }
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        tracing::info!("rpicam-vid did not end when it was asked to: killed");
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            tracing::warn!(%error, "rpicam-vid can't be ended");
        }
    }
}

#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod tests;
