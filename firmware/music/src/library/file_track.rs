//! One file as a track: at the box's rate and loudness, read ahead so that its end is known before it comes.

use crate::leveller::{Leveller, USUAL_LUFS};
use crate::listen::decode::Playing;
use crate::track::{Status, Stereo, Track};
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

/// What music on sale is usually mastered to, in LUFS: where the gain starts.
const MASTERED_LUFS: f32 = -12.0;

/// How many seconds of measurement a known loudness weighs as much as.
const KNOWN_TRUST_S: f32 = 120.0;

/// A file that plays.
pub struct FileTrack {
    playing: Playing,
    leveller: Leveller,
    /// Frames that have been decoded and not been heard.
    ahead: VecDeque<Stereo>,
    /// How many of them there should be, as far as decoding is not to run away from hearing.
    reach: usize,
    /// Nothing more is to be decoded.
    decoded: bool,
    fault: Option<String>,
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
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a rate in Hz fits f32")]
        let rate = rate_hz as f32;
        let (expected, trust_s) = loudness_lufs.map_or((MASTERED_LUFS, 3.0), |known| (known, KNOWN_TRUST_S));
        Ok(Self {
            playing: Playing::open(path, rate_hz, from)?,
            leveller: Leveller::new(expected, trust_s, USUAL_LUFS, 12.0, rate),
            ahead: VecDeque::new(),
            reach: 0,
            decoded: false,
            fault: None,
            frames: 0,
        })
    }

    /// Reads so many frames ahead, little by little.
    #[must_use]
    pub(super) fn reaching(mut self, frames: usize) -> Self {
        self.reach = frames;
        self
    }

    /// Overwrites the beginning of `out` with the next frames and says how many there were; fewer only at the end.
    pub(super) fn fill(&mut self, out: &mut [Stereo]) -> usize {
        // Twice what is taken, so that it gets ahead without a pause at the beginning.
        let wanted = (self.ahead.len() + 2 * out.len()).min(out.len() + self.reach);
        self.decode(wanted.saturating_sub(self.ahead.len()));
        let filled = out.len().min(self.ahead.len());
        for (place, frame) in out.iter_mut().zip(self.ahead.drain(..filled)) {
            *place = frame;
        }
        self.frames += u64::try_from(filled).unwrap_or(0);
        self.leveller.process(&mut out[..filled]);
        filled
    }

    fn decode(&mut self, count: usize) {
        let mut block = [[0.0; 2]; 512];
        let mut left = count;
        while left > 0 && !self.decoded {
            let block = &mut block[..left.min(512)];
            let filled = self.playing.fill(block).unwrap_or_else(|fault| {
                self.fault = Some(fault);
                0
            });
            self.ahead.extend(&block[..filled]);
            self.decoded = filled < block.len();
            left -= filled.min(left);
        }
    }

    /// How many frames come until the end, once that is in sight.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.decoded.then(|| u64::try_from(self.ahead.len()).unwrap_or(u64::MAX))
    }

    /// Why it ended early.
    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// How long the file says it plays, where it says so.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.playing.length()
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
