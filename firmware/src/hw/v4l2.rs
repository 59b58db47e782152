//! The kernel's cameras, with the crate v4l.

use crate::camera::Found;
use crate::camera::decode::Granted;
use crate::camera::device::{Filled, Knob, VideoDevice, VideoSystem};
use crate::camera::video::BUFFERS;
use mood::Range;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use v4l::buffer::{Flags, Type};
use v4l::capability;
use v4l::control::{Control, Value};
use v4l::format::{Colorspace, FourCC, Quantization};
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture;

/// `/dev/video*`.
pub(super) struct Kernel;

impl VideoSystem for Kernel {
    fn list(&self) -> Vec<Found> {
        let entries = std::fs::read_dir("/dev").into_iter().flatten().flatten();
        let mut numbers: Vec<u32> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_prefix("video")?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| ask(PathBuf::from(format!("/dev/video{number}")))).collect()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn VideoDevice>> {
        Ok(Box::new(Open { device: v4l::Device::with_path(path)?, stream: None }))
    }
}

fn ask(path: PathBuf) -> Found {
    let answer = v4l::Device::with_path(&path).and_then(|device| {
        let caps = device.query_caps()?;
        let takes_frames = caps.capabilities.contains(capability::Flags::VIDEO_CAPTURE)
            && caps.capabilities.contains(capability::Flags::STREAMING)
            && !caps.capabilities.intersects(capability::Flags::VIDEO_M2M);
        let formats = if takes_frames { Capture::enum_formats(&device)? } else { Vec::new() };
        let formats = formats.iter().map(|format| format.fourcc.to_string()).collect();
        Ok((caps.card, caps.driver, formats))
    });
    match answer {
        Ok((name, driver, formats)) => Found { path, name, driver, formats, trouble: None },
        Err(error) => Found { path, trouble: Some(error.to_string()), ..Found::default() },
    }
}

struct Open {
    device: v4l::Device,
    stream: Option<Stream<'static>>,
}

impl VideoDevice for Open {
    fn set_format(&mut self, fourcc: &str, (width, height): (u32, u32)) -> io::Result<Granted> {
        let code: &[u8; 4] = fourcc.as_bytes().try_into().map_err(io::Error::other)?;
        let wanted = v4l::Format::new(width, height, FourCC::new(code));
        let given = Capture::set_format(&self.device, &wanted)?;
        Ok(Granted {
            fourcc: given.fourcc.to_string(),
            width: given.width,
            height: given.height,
            stride: usize::try_from(given.stride).map_err(io::Error::other)?,
            range: match (given.quantization, given.colorspace) {
                (Quantization::FullRange, _) | (Quantization::Default, Colorspace::JPEG) => Range::Full,
                _ => Range::Limited,
            },
        })
    }

    fn set_control(&mut self, id: u32, value: i64) -> io::Result<()> {
        self.device.set_control(Control { id, value: Value::Integer(value) })
    }

    fn control(&mut self, id: u32) -> io::Result<Knob> {
        let known = self.device.query_controls()?.into_iter().find(|it| it.id == id).ok_or(ErrorKind::NotFound)?;
        let value = match self.device.control(id)?.value {
            Value::Integer(value) => value,
            Value::Boolean(on) => i64::from(on),
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        Ok(Knob { value, least: known.minimum, most: known.maximum })
    }

    fn start(&mut self) -> io::Result<()> {
        // The crate starts the stream with its first frame, when all buffers wait in the queue.
        self.stream = Some(Stream::with_buffers(&self.device, Type::VideoCapture, BUFFERS)?);
        Ok(())
    }

    fn next(&mut self, limit: Duration, bytes: &mut Vec<u8>) -> io::Result<Filled> {
        let stream = self.stream.as_mut().ok_or_else(|| io::Error::other("the sensor is off"))?;
        stream.set_timeout(limit);
        let (buffer, about) = stream.next()?;
        let used = usize::try_from(about.bytesused).map_err(io::Error::other)?.min(buffer.len());
        bytes.clear();
        bytes.extend_from_slice(&buffer[..used]);
        Ok(Filled { timestamp: about.timestamp.into(), damaged: about.flags.contains(Flags::ERROR) })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(mut stream) = self.stream.take() else { return };
        // The crate panics when a stream can't be stopped; the kernel frees the stream when the program ends.
        if let Err(error) = stream.stop()
            && error.raw_os_error() != Some(NO_SUCH_DEVICE)
        {
            tracing::warn!(%error, "The camera's stream can't be stopped");
            std::mem::forget(stream);
        }
    }
}

/// `ENODEV`.
const NO_SUCH_DEVICE: i32 = 19;
