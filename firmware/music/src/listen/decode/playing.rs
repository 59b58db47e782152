//! A file's frames at the rate they are played at: decoded in a process of their own, where there is one, or else here.

use super::{AudioFile, GAVE_UP};
use crate::listen::resample::Resampler;
use crate::track::Stereo;
use crate::worker::{self, Running, Watch};
use files::Shown;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::time::Duration;

const BLOCK: usize = 1_024;

/// Bytes of a frame: two floats.
const FRAME: usize = 8;

/// The longest first line of a worker.
const MOST_BYTES: u64 = 1 << 16;

pub(crate) enum Playing {
    /// In this process.
    Here(Box<Converted>),
    /// In another.
    Elsewhere(Pipe),
}

impl Playing {
    /// Opens a file and decodes its beginning, or from `from` on where it can be wound there.
    ///
    /// # Errors
    /// Why it can't be played.
    pub(crate) fn open(path: &Path, rate_hz: u32, from: Duration) -> Result<Self, String> {
        match Pipe::open(path, rate_hz, from) {
            Some(pipe) => pipe.map(Self::Elsewhere),
            None => Converted::open(path, rate_hz, from).map(|converted| Self::Here(Box::new(converted))),
        }
    }

    pub(crate) fn length(&self) -> Option<Duration> {
        match self {
            Self::Here(converted) => converted.file.length(),
            Self::Elsewhere(pipe) => pipe.length,
        }
    }

    /// Overwrites the beginning of `out` with the next frames and says how many there were; fewer only at the end.
    ///
    /// # Errors
    /// When the decoder gave up; what came before is good.
    pub(crate) fn fill(&mut self, out: &mut [Stereo]) -> Result<usize, String> {
        match self {
            Self::Here(converted) => files::caught(|| converted.fill(out)).map_err(|_| GAVE_UP.to_owned()),
            Self::Elsewhere(pipe) => pipe.fill(out),
        }
    }
}

/// A file at another rate than its own.
pub(crate) struct Converted {
    file: AudioFile,
    resampler: Resampler,
}

impl Converted {
    fn open(path: &Path, rate_hz: u32, from: Duration) -> Result<Self, String> {
        let open = || {
            let mut file = AudioFile::open(path)?;
            if !from.is_zero() && !file.seek(from) {
                tracing::debug!(track = %Shown(path), "begins at its beginning");
            }
            Ok(file)
        };
        let file = files::caught(open).unwrap_or_else(|_| Err(GAVE_UP.to_owned()))?;
        Ok(Self { resampler: Resampler::new(file.rate_hz(), rate_hz), file })
    }

    fn fill(&mut self, out: &mut [Stereo]) -> usize {
        let mut filled = 0;
        for frame in out {
            let Some(next) = self.resampler.next(|| self.file.next()) else { break };
            *frame = next;
            filled += 1;
        }
        filled
    }
}

/// What a worker says before the first frame.
#[derive(Serialize, Deserialize)]
struct Opening {
    seconds: Option<f64>,
    error: Option<String>,
}

pub(crate) struct Pipe {
    running: Running,
    frames: BufReader<ChildStdout>,
    length: Option<Duration>,
    bytes: Vec<u8>,
}

impl Pipe {
    /// `None` where there are no workers.
    fn open(path: &Path, rate_hz: u32, from: Duration) -> Option<Result<Self, String>> {
        let mut command = worker::command("decode")?;
        command.arg("--rate").arg(rate_hz.to_string()).arg("--from-ms").arg(from.as_millis().to_string());
        let (running, _, frames) = Running::start(command.stdin(Stdio::null()).arg("--").arg(path))?;
        let mut frames = BufReader::new(frames);
        let mut line = String::new();
        let read = frames.by_ref().take(MOST_BYTES).read_line(&mut line);
        let opening = read.ok().and_then(|_| serde_json::from_str::<Opening>(&line).ok());
        let mut new = Self { running, frames, length: None, bytes: Vec::new() };
        Some(match opening {
            Some(Opening { error: Some(error), .. }) => Err(error),
            Some(Opening { seconds, error: None }) => {
                new.length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                Ok(new)
            }
            None => Err(new.running.fault().unwrap_or_else(|| "the decoder said nothing".to_owned())),
        })
    }

    fn fill(&mut self, out: &mut [Stereo]) -> Result<usize, String> {
        self.bytes.resize(out.len() * FRAME, 0);
        let mut filled = 0;
        while filled < self.bytes.len() {
            match self.frames.read(&mut self.bytes[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        let sample = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let count = filled / FRAME;
        for (frame, bytes) in out.iter_mut().zip(self.bytes.chunks_exact(FRAME)).take(count) {
            *frame = [sample(&bytes[..4]), sample(&bytes[4..])];
        }
        match count < out.len() {
            true => self.running.fault().map_or(Ok(count), Err),
            false => Ok(count),
        }
    }
}

/// The far end: decodes a file into `out` until it ends or nobody reads any more.
///
/// # Errors
/// When nobody reads any more.
pub fn serve(path: &Path, rate_hz: u32, from: Duration, out: &mut dyn Write, watch: &Watch) -> std::io::Result<()> {
    watch.busy();
    let opened = Converted::open(path, rate_hz, from);
    let opening = match &opened {
        Ok(converted) => Opening { seconds: converted.file.length().map(|length| length.as_secs_f64()), error: None },
        Err(error) => Opening { seconds: None, error: Some(error.clone()) },
    };
    watch.idle();
    writeln!(out, "{}", serde_json::to_string(&opening).unwrap_or_default())?;
    let Ok(mut converted) = opened else { return Ok(()) };
    let mut block = [[0.0; 2]; BLOCK];
    loop {
        watch.busy();
        let filled = files::caught(|| converted.fill(&mut block));
        watch.idle();
        let Ok(filled) = filled else { return Err(std::io::ErrorKind::InvalidData.into()) };
        let bytes: Vec<u8> = block[..filled].as_flattened().iter().flat_map(|sample| sample.to_le_bytes()).collect();
        out.write_all(&bytes)?;
        if filled < BLOCK {
            return out.flush();
        }
    }
}
