//! The speaker without a speaker: writes what would play to a WAV file, at the pace it would sound.

use super::engine::{AudioEngine, Remote};
use super::{MusicSettings, SpeakerError};
use crate::ports::Sound;
use hound::{SampleFormat, WavSpec, WavWriter};
use music::Stereo;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// Frames a second.
pub(crate) const RATE_HZ: u32 = 48_000;

/// Frames written at once: 10 ms.
const BLOCK: usize = 480;
const BLOCK_TIME: Duration = Duration::from_millis(10);

/// How far the file may fall behind the clock before it stops catching up.
const MOST_LATE: Duration = Duration::from_secs(1);

/// Blocks after which the header is brought up to date, so that the file is valid even when the box is killed: 1 s.
const FLUSH_BLOCKS: u32 = 100;

/// The longest recording, in seconds: half an hour is 345 MB, and the box may be left alone for weeks.
const MOST_SECONDS: u32 = 1_800;

pub(crate) struct WavFile<W: Write + Seek> {
    writer: WavWriter<W>,
    path: String,
}

impl WavFile<BufWriter<File>> {
    pub(crate) fn create(path: &Path) -> Result<Self, SpeakerError> {
        let name = path.display().to_string();
        // Opening a pipe waits for a reader, and the header could not be brought up to date in one.
        if is_pipe(path) {
            return Err(failed(&name, &"it is no ordinary file"));
        }
        let file = File::create(path).map_err(|error| failed(&name, &error))?;
        Self::new(BufWriter::new(file), name)
    }
}

impl<W: Write + Seek> WavFile<W> {
    fn new(writer: W, path: String) -> Result<Self, SpeakerError> {
        let spec = WavSpec { channels: 2, sample_rate: RATE_HZ, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let writer = WavWriter::new(writer, spec).map_err(|error| failed(&path, &error))?;
        let mut new = Self { writer, path };
        // A full disk should be known at once.
        new.flush()?;
        Ok(new)
    }

    pub(crate) fn write(&mut self, frames: &[Stereo]) -> Result<(), SpeakerError> {
        for sample in frames.iter().flatten() {
            self.writer.write_sample(sixteen_bit(*sample)).map_err(|error| failed(&self.path, &error))?;
        }
        Ok(())
    }

    /// Writes everything out and makes the header say how much there is.
    pub(crate) fn flush(&mut self) -> Result<(), SpeakerError> {
        self.writer.flush().map_err(|error| failed(&self.path, &error))
    }

    fn seconds(&self) -> u32 {
        self.writer.duration() / RATE_HZ
    }
}

fn is_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.file_type().is_fifo())
}

fn failed(path: &str, error: &dyn ToString) -> SpeakerError {
    SpeakerError::Write { path: path.to_owned(), detail: error.to_string() }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "clamped to 16 bits first")]
fn sixteen_bit(sample: f32) -> i16 {
    (sample * 32_767.0).round_ties_even().clamp(-32_767.0, 32_767.0) as i16
}

/// Starts writing to `path` on a thread of its own.
pub(super) fn open(path: &Path, music: &MusicSettings) -> Result<Remote, SpeakerError> {
    let file = WavFile::create(path)?;
    let engine = AudioEngine::new(music, RATE_HZ);
    let name = format!("WAV file {}", path.display());
    Remote::start(name, move |inbox, outbox| run(engine, file, inbox, outbox))
}

/// Writes until the box lets go. Nothing is written while nothing plays.
fn run<W: Write + Seek>(
    mut engine: AudioEngine,
    file: WavFile<W>,
    inbox: &Receiver<Sound>,
    outbox: &SyncSender<SpeakerError>,
) {
    let mut recorder = Recorder { file: Some(file), unflushed: 0 };
    let mut due = Instant::now();
    let mut block = [[0.0; 2]; BLOCK];
    loop {
        let wait =
            if engine.is_idle() { Duration::from_secs(1) } else { due.saturating_duration_since(Instant::now()) };
        match inbox.recv_timeout(wait) {
            Ok(sound) => {
                if engine.is_idle() {
                    due = Instant::now();
                }
                engine.handle(sound);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let fault = if engine.is_idle() {
            recorder.flush()
        } else {
            engine.render(&mut block);
            // After a sleep of the machine the lost time is not made up for.
            let now = Instant::now();
            due = if now > due + MOST_LATE { now } else { due + BLOCK_TIME };
            recorder.write(&block)
        };
        for fault in fault.into_iter().chain(engine.faults()) {
            // A box that doesn't ask has enough to do; the fault is in the log.
            tracing::warn!(%fault, "sound");
            drop(outbox.try_send(fault));
        }
    }
    if let Some(fault) = recorder.flush() {
        tracing::warn!(%fault, "sound");
    }
}

/// A file until it fails: the first fault is reported and ends the recording.
struct Recorder<W: Write + Seek> {
    file: Option<WavFile<W>>,
    unflushed: u32,
}

impl<W: Write + Seek> Recorder<W> {
    fn write(&mut self, block: &[Stereo]) -> Option<SpeakerError> {
        let file = self.file.as_mut()?;
        let mut result = file.write(block);
        self.unflushed += 1;
        if result.is_ok() && self.unflushed >= FLUSH_BLOCKS {
            self.unflushed = 0;
            result = file.flush();
        }
        if result.is_ok() && file.seconds() >= MOST_SECONDS {
            let detail = format!("{} minutes are in it; nothing more is written", MOST_SECONDS / 60);
            result = file.flush().and(Err(SpeakerError::Write { path: file.path.clone(), detail }));
        }
        self.ended_by(result)
    }

    fn flush(&mut self) -> Option<SpeakerError> {
        if std::mem::take(&mut self.unflushed) == 0 {
            return None;
        }
        let result = self.file.as_mut()?.flush();
        self.ended_by(result)
    }

    fn ended_by(&mut self, result: Result<(), SpeakerError>) -> Option<SpeakerError> {
        let fault = result.err()?;
        self.file = None;
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, FLUSH_BLOCKS, RATE_HZ, Recorder, WavFile};
    use crate::ports::SpeakerError;
    use std::io::{Cursor, Error, ErrorKind, Result, Seek, SeekFrom, Write};

    /// A disk with room for some bytes.
    struct Disk {
        file: Cursor<Vec<u8>>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            if self.file.position() + u64::try_from(bytes.len()).unwrap() > u64::try_from(self.room).unwrap() {
                return Err(Error::from(ErrorKind::StorageFull));
            }
            self.file.write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    impl Seek for Disk {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            self.file.seek(to)
        }
    }

    fn recorder(room: usize) -> Recorder<Disk> {
        let disk = Disk { file: Cursor::default(), room };
        Recorder { file: Some(WavFile::new(disk, "moodbox.wav".to_owned()).unwrap()), unflushed: 0 }
    }

    #[test]
    fn a_full_disk_is_told_once_and_nothing_more_is_written() {
        let mut recorder = recorder(50_000);
        let faults: Vec<SpeakerError> = (0..1_000).filter_map(|_| recorder.write(&[[0.1; 2]; BLOCK])).collect();
        assert!(matches!(faults.as_slice(), [SpeakerError::Write { path, .. }] if path == "moodbox.wav"), "{faults:?}");
        assert_eq!(recorder.flush(), None);
    }

    #[test]
    fn a_file_that_is_never_closed_can_be_read_up_to_the_last_second() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("killed.wav");
        let mut recorder = Recorder { file: Some(WavFile::create(&path).unwrap()), unflushed: 0 };
        for _ in 0..FLUSH_BLOCKS * 3 + 50 {
            assert_eq!(recorder.write(&[[0.5, -0.5]; BLOCK]), None);
        }
        // The recorder is still open: what a kill would leave is on the disk now.
        let reader = hound::WavReader::open(&path).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.duration()), (RATE_HZ, 3 * RATE_HZ));
        let samples: Vec<i16> = reader.into_samples().take(2).map(|sample| sample.unwrap()).collect();
        assert_eq!(samples, [16_384, -16_384]);
        drop(recorder);
    }

    #[test]
    fn the_recording_ends_after_half_an_hour_and_says_so() {
        let mut recorder = recorder(usize::MAX >> 1);
        let second = vec![[0.0; 2]; 48_000];
        let faults: Vec<SpeakerError> = (0..1_900).filter_map(|_| recorder.write(&second)).collect();
        assert!(faults.len() == 1 && faults[0].to_string().contains("30 minutes"), "{faults:?}");
    }
}
