//! The WAV file must be valid at any moment, and a full disk must be told once.

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
