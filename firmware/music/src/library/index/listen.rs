//! Listening to one file: in a process of its own, where there are such, so that a damaged file ends that and not the scan.

use super::{Entry, Stamp, Tags};
use crate::listen::decode::GAVE_UP;
use crate::listen::excerpt;
use crate::listen::features::{self, Features};
use crate::worker::{self, Running, Watch};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout};
use std::time::Duration;

/// Why a file is left out that can be played.
pub const NOTHING_TO_JUDGE: &str =
    "it plays, but it is silent or shorter than a second: there is nothing to choose it by";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Answer {
    tags: Tags,
    seconds: Option<f64>,
    values: Option<Vec<f32>>,
    error: Option<String>,
}

impl Answer {
    fn failed(error: String) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// Listens here.
    fn of(path: &Path, alive: &dyn Fn()) -> Self {
        // Decoders have been seen to panic on damaged files.
        let heard = files::caught(|| {
            let heard = excerpt::read(path, alive)?;
            let features = features::analyse(&heard.excerpt).ok_or(NOTHING_TO_JUDGE)?;
            Ok((features, heard.duration))
        });
        alive();
        match heard.unwrap_or_else(|_| Err(GAVE_UP.to_owned())) {
            Err(error) => Self::failed(error),
            Ok((features, duration)) => Self {
                tags: files::caught(|| Tags::read(path)).unwrap_or_default(),
                seconds: duration.map(|duration| duration.as_secs_f64()),
                values: Some(features.values().to_vec()),
                error: None,
            },
        }
    }

    fn entry(self, path: PathBuf, stamp: Stamp) -> Entry {
        let sound = match (self.error, self.values.and_then(Features::from_values)) {
            (None, Some(features)) => Ok(features),
            (error, _) => Err(error.unwrap_or_else(|| "what was found can't be read".to_owned())),
        };
        let duration = self.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Entry { path, stamp, tags: self.tags, duration, sound }
    }
}

/// Whoever listens for a thread of the scan.
#[derive(Default)]
pub(super) struct Listener {
    worker: Option<Worker>,
}

impl Listener {
    pub(super) fn look(&mut self, path: PathBuf, stamp: Stamp) -> Entry {
        let answer = self.ask(&path).unwrap_or_else(|| Answer::of(&path, &|| {}));
        answer.entry(path, stamp)
    }

    /// `None` where there are no workers.
    fn ask(&mut self, path: &Path) -> Option<Answer> {
        if self.worker.is_none() {
            self.worker = Some(Worker::start()?);
        }
        let answer = self.worker.as_mut()?.ask(path);
        Some(answer.unwrap_or_else(|error| {
            // The next file gets a new one.
            self.worker = None;
            Answer::failed(error)
        }))
    }
}

/// A process that listens to one file after the other.
struct Worker {
    running: Running,
    paths: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    fn start() -> Option<Self> {
        let (running, paths, answers) = Running::start(&mut worker::command("listen")?)?;
        Some(Self { running, paths: paths?, answers: BufReader::new(answers) })
    }

    fn ask(&mut self, path: &Path) -> Result<Answer, String> {
        let mut line = String::new();
        let asked = self.paths.write_all(path.as_os_str().as_bytes()).and_then(|()| self.paths.write_all(b"\0"));
        let answered = asked.and_then(|()| self.paths.flush()).and_then(|()| self.answers.read_line(&mut line));
        match answered.ok().and_then(|_| serde_json::from_str(&line).ok()) {
            Some(answer) => Ok(answer),
            None => Err(self.running.fault().unwrap_or_else(|| "the decoder said nothing".to_owned())),
        }
    }
}

/// The far end: answers each path on `paths` with a line on `out`.
///
/// # Errors
/// When nobody asks or reads any more.
pub fn serve(paths: &mut dyn BufRead, out: &mut dyn Write, watch: &Watch) -> std::io::Result<()> {
    let mut path = Vec::new();
    while paths.read_until(0, &mut path)? > 0 {
        if path.pop() != Some(0) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        watch.busy();
        let answer = Answer::of(Path::new(OsStr::from_bytes(&path)), &|| watch.busy());
        watch.idle();
        path.clear();
        writeln!(out, "{}", serde_json::to_string(&answer).unwrap_or_default())?;
        out.flush()?;
    }
    Ok(())
}
