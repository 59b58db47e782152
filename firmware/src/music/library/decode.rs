//! One file as a track: decoded, folded to stereo, brought to the box's rate and loudness.

use super::resample::Resampler;
use crate::music::leveller::{Leveller, USUAL_LUFS};
use crate::music::track::{Status, Stereo, Track};
use rodio::{Decoder, Source};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

/// What music on sale is usually mastered to, in LUFS: where the gain starts.
const MASTERED_LUFS: f32 = -12.0;

/// A file that plays.
pub struct FileTrack {
    decoder: Decoder<BufReader<File>>,
    resampler: Resampler,
    leveller: Leveller,
    duration: Option<Duration>,
    frames: u64,
}

impl FileTrack {
    /// Opens a file and decodes its beginning. The content decides about the format, not the name.
    ///
    /// # Errors
    /// What the system or the decoder says.
    pub fn open(path: &Path, rate_hz: u32) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        if length == 0 {
            return Err("the file is empty".to_owned());
        }
        let decoder = Decoder::builder()
            .with_data(BufReader::new(file))
            .with_byte_len(length)
            .with_seekable(true)
            .with_gapless(true)
            .build()
            .map_err(|error| error.to_string())?;
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a rate in Hz fits f32")]
        let rate = rate_hz as f32;
        Ok(Self {
            resampler: Resampler::new(decoder.sample_rate().get(), rate_hz),
            leveller: Leveller::new(MASTERED_LUFS, 3.0, USUAL_LUFS, 12.0, rate),
            duration: decoder.total_duration(),
            decoder,
            frames: 0,
        })
    }

    /// How long the file says it plays, where it says so.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// Frames rendered so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }
}

impl Track for FileTrack {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        let mut filled = 0;
        for frame in out.iter_mut() {
            let Some(next) = self.resampler.next(|| read(&mut self.decoder)) else { break };
            *frame = next;
            filled += 1;
            self.frames += 1;
        }
        self.leveller.process(&mut out[..filled]);
        out[filled..].fill([0.0; 2]);
        if filled == out.len() { Status::Playing } else { Status::Ended }
    }
}

/// The next frame of a file, folded to stereo.
fn read(decoder: &mut Decoder<BufReader<File>>) -> Option<Stereo> {
    let channels = decoder.channels().get();
    let mut sample = || decoder.next().map(|value| if value.is_finite() { value.clamp(-2.0, 2.0) } else { 0.0 });
    let left = sample()?;
    if channels == 1 {
        return Some([left, left]);
    }
    let mut frame = [left, sample()?];
    for channel in 2..channels {
        let more = sample()?;
        // The centre goes to both sides, the low-frequency channel to none, the rest by turns (ITU-R BS.775, halved).
        match channel {
            2 => frame = frame.map(|side| side + 0.5 * more),
            3 => {}
            _ if channel % 2 == 0 => frame[0] += 0.5 * more,
            _ => frame[1] += 0.5 * more,
        }
    }
    Some(frame)
}
