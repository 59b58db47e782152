//! One file as a track: at the box's rate and loudness, read ahead so that its end is known before it comes. And those that can't be played.

use crate::listen::decode::Playing;
use crate::loudness::{LoudnessNormaliser, USUAL_LUFS};
use crate::track::{Status, Stereo, Track};
use files::Shown;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What music on sale is usually mastered to, in LUFS: where the gain starts.
const MASTERED_LUFS: f32 = -12.0;

/// How many seconds of measurement a known loudness weighs as much as.
const KNOWN_TRUST_S: f32 = 120.0;

/// A file that plays.
pub struct FileTrack {
    playing: Playing,
    loudness: LoudnessNormaliser,
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
            loudness: LoudnessNormaliser::new(expected, trust_s, USUAL_LUFS, 12.0, rate),
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
        self.loudness.process(&mut out[..filled]);
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

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// How long the file says it plays, where it says so.
    pub fn duration(&self) -> Option<Duration> {
        self.playing.length()
    }

    /// Frames rendered so far.
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

/// A track that could not be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenTrack {
    /// The file.
    pub path: PathBuf,
    /// What the decoder says.
    pub detail: String,
}

/// Files that could not be played, so that they are tried and reported once. Clones share the memory.
#[derive(Debug, Clone, Default)]
pub struct Broken(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    /// Each file, and whether it was there at all.
    tried: BTreeMap<PathBuf, bool>,
    /// Those that nobody has been told of.
    news: Vec<BrokenTrack>,
}

impl Broken {
    /// Remembers a file.
    pub fn remember(&self, path: &Path, detail: String) {
        let mut memory = self.lock();
        if memory.tried.insert(path.to_owned(), path.exists()).is_none() {
            tracing::warn!(track = %Shown(path), detail, "track skipped");
            memory.news.push(BrokenTrack { path: path.to_owned(), detail });
        }
    }

    /// Whether a file is known to be broken.
    pub fn knows(&self, path: &Path) -> bool {
        self.lock().tried.contains_key(path)
    }

    /// All files known to be broken.
    pub fn all(&self) -> BTreeSet<PathBuf> {
        self.lock().tried.keys().cloned().collect()
    }

    /// Forgets the files that were gone and are back: their stick was pulled out, and is plugged in again.
    pub fn forget_returned(&self) {
        self.lock().tried.retain(|path, there| *there || !path.exists());
    }

    /// The files found broken since the last call.
    pub fn news(&self) -> Vec<BrokenTrack> {
        std::mem::take(&mut self.lock().news)
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limiter::true_peak_db;
    use crate::wav;

    #[test]
    fn what_was_gone_is_tried_again_when_it_is_back_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let [damaged, gone] = ["damaged.mp3", "gone.mp3"].map(|name| folder.path().join(name));
        std::fs::write(&damaged, "x").unwrap();
        let broken = Broken::default();
        broken.remember(&damaged, "no music".to_owned());
        broken.remember(&gone, "no such file".to_owned());
        broken.forget_returned();
        assert_eq!(broken.all().len(), 2, "nothing has changed");
        std::fs::write(&gone, "x").unwrap();
        broken.forget_returned();
        assert_eq!(broken.all().into_iter().collect::<Vec<_>>(), [damaged]);
        assert_eq!(broken.news().len(), 2, "both are told all the same");
    }

    #[test]
    fn a_track_whose_peaks_lie_between_its_samples_is_played_below_one_decibel_under_full_scale() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("strokes.wav");
        // Soft music with strokes of a quarter of the rate: samples at full scale, peaks 3 dB above.
        let samples = (0..20 * 48_000_u32).flat_map(|n| {
            let sample = match (n % 24_000 < 900, n % 4, n / 240 % 2) {
                (true, 0 | 1, _) => 32_767,
                (true, ..) => -32_767,
                (false, _, 0) => 300,
                (false, ..) => -300,
            };
            [sample, -sample]
        });
        wav::write(&path, 2, 48_000, 16, samples);
        // As if its tags said that it is soft.
        let open = || FileTrack::open_at(&path, 48_000, Some(-30.0), Duration::ZERO).unwrap();
        let mut bare = vec![[0.0; 2]; 20 * 48_000];
        open().render(&mut bare);
        assert!(true_peak_db(&bare) > 2.0, "there is something to limit");
        let mut mixer = crate::Mixer::new(48_000, 0.0);
        mixer.play(Box::new(open()), Duration::ZERO);
        let mut played = vec![[0.0; 2]; 20 * 48_000];
        mixer.render(&mut played);
        let peak_db = true_peak_db(&played);
        assert!((-3.0..=-1.0).contains(&peak_db), "{peak_db} dBTP");
    }
}
