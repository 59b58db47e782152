//! One file as a track: decoded, folded to stereo, brought to the box's rate and loudness.

use super::resample::Resampler;
use crate::music::downmix;
use crate::music::leveller::{Leveller, USUAL_LUFS};
use crate::music::track::{Status, Stereo, Track};
use rodio::{Decoder, Source};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

/// What music on sale is usually mastered to, in LUFS: where the gain starts.
const MASTERED_LUFS: f32 = -12.0;

/// How many seconds of measurement a known loudness weighs as much as.
const KNOWN_TRUST_S: f32 = 120.0;

/// Channels of a frame that are heard; more than any format has places for.
const MOST_CHANNELS: usize = 32;

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
        Self::open_at(path, rate_hz, None, Duration::ZERO)
    }

    /// As [`FileTrack::open`], beginning at `from`; `loudness_lufs` is how loud it is, where that is known: then the gain
    /// hardly moves. A file that can't be wound begins at its beginning.
    ///
    /// # Errors
    /// As [`FileTrack::open`].
    pub fn open_at(path: &Path, rate_hz: u32, loudness_lufs: Option<f32>, from: Duration) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        if length == 0 {
            return Err("the file is empty".to_owned());
        }
        let mut decoder = Decoder::builder()
            .with_data(BufReader::new(file))
            .with_byte_len(length)
            .with_seekable(true)
            .with_gapless(true)
            .build()
            .map_err(|error| error.to_string())?;
        let duration = decoder.total_duration();
        if !from.is_zero()
            && let Err(error) = decoder.try_seek(from)
        {
            tracing::debug!(track = %path.display(), %error, "begins at its beginning");
        }
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a rate in Hz fits f32")]
        let rate = rate_hz as f32;
        let (expected, trust_s) = loudness_lufs.map_or((MASTERED_LUFS, 3.0), |known| (known, KNOWN_TRUST_S));
        Ok(Self {
            resampler: Resampler::new(decoder.sample_rate().get(), rate_hz),
            leveller: Leveller::new(expected, trust_s, USUAL_LUFS, 12.0, rate),
            duration,
            decoder,
            frames: 0,
        })
    }

    /// Overwrites the beginning of `out` with the next frames and says how many there were; fewer only at the end.
    pub(super) fn fill(&mut self, out: &mut [Stereo]) -> usize {
        let mut filled = 0;
        for frame in out.iter_mut() {
            let Some(next) = self.resampler.next(|| read(&mut self.decoder)) else { break };
            *frame = next;
            filled += 1;
            self.frames += 1;
        }
        self.leveller.process(&mut out[..filled]);
        filled
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
        let filled = self.fill(out);
        out[filled..].fill([0.0; 2]);
        if filled == out.len() { Status::Playing } else { Status::Ended }
    }
}

/// The next frame of a file, folded to stereo.
fn read(decoder: &mut Decoder<BufReader<File>>) -> Option<Stereo> {
    let channels = usize::from(decoder.channels().get());
    let mut frame = [0.0; MOST_CHANNELS];
    for channel in 0..channels {
        let sample = decoder.next()?;
        if let Some(place) = frame.get_mut(channel) {
            *place = sample;
        }
    }
    Some(downmix::stereo(&frame[..channels.min(MOST_CHANNELS)]))
}
