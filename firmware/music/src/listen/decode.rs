//! One music file as stereo frames: the one decoder, for scanning and for playing, so that what scans plays.
//!
//! ```text
//! file -> container: what it is; tags cut off, joined files parted, wrong sizes corrected -> stream: packets -> samples
//!      -> folded to stereo, trimmed where a header says how much, at the rate of the first sound
//! ```

mod adts;
mod codec;
mod container;
mod edit;
mod flac;
mod joined;
mod mp4;
mod mpeg;
mod ogg;
mod playing;
mod riff;
mod source;
mod stream;

pub(crate) use playing::Playing;
pub use playing::serve;

use crate::listen::resample;
use crate::listen::resample::Resampler;
use crate::track::Stereo;
use codec::Sound;
use std::path::Path;
use std::time::Duration;
use stream::Stream;

/// Endings of music files: of what plays here, and of what only other players know, so that it is named with a reason.
const ENDINGS: [&str; 43] = [
    "aac", "ac3", "adts", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "caf", "dff", "dsf", "dts", "eac3", "flac",
    "m4a", "m4b", "m4p", "m4r", "mid", "midi", "mka", "mp1", "mp2", "mp3", "mp4", "mpc", "mpga", "oga", "ogg", "opus",
    "ra", "rm", "snd", "spx", "tta", "w64", "wav", "wave", "weba", "wma", "wv",
];

/// Why a file isn't played whose decoder panicked.
pub(crate) const GAVE_UP: &str = "it is damaged: the decoder gave up";

/// Frames beyond what a header wants trimmed at the end, after which the header is not believed: two frames of MP3.
const SLACK: usize = 2 * 1152;

pub(crate) fn is_music(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// How long a file plays, by walking through all of it without decoding.
pub(crate) fn measure(path: &Path) -> Option<Duration> {
    Stream::open(path).ok().and_then(Stream::measure)
}

pub(super) struct AudioFile {
    stream: Stream,
    sound: Sound,
    rate_hz: u32,
    /// Decoded frames, given up to `used`.
    block: Vec<Stereo>,
    used: usize,
    /// Frames that a header wants trimmed at the end, dropped if the file ends with them.
    held: Vec<Stereo>,
    /// Converts a part of another rate than the first.
    converter: Option<(u32, Resampler)>,
    ended: bool,
}

impl AudioFile {
    /// Opens a file and decodes its beginning. The content decides about the format, not the name.
    ///
    /// # Errors
    /// Why it can't be played, in words for its owner.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let mut file = Self {
            stream: Stream::open(path)?,
            sound: Sound::default(),
            rate_hz: 0,
            block: Vec::new(),
            used: 0,
            held: Vec::new(),
            converter: None,
            ended: false,
        };
        while file.block.is_empty() && !file.ended {
            file.refill();
        }
        if file.block.is_empty() {
            return Err(file.stream.fault().unwrap_or("there is no sound in it").to_owned());
        }
        Ok(file)
    }

    pub(super) const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// How long it plays, where a header says so that can be believed.
    pub(crate) fn length(&self) -> Option<Duration> {
        self.stream.length()
    }

    pub(crate) fn seek(&mut self, to: Duration) -> bool {
        let found = self.stream.seek(to);
        self.forget(found)
    }

    /// Goes to a share of the whole, 0..1; says whether it could.
    pub(crate) fn seek_share(&mut self, share: f64) -> bool {
        let found = self.stream.seek_share(share);
        self.forget(found)
    }

    fn forget(&mut self, found: bool) -> bool {
        if found {
            self.block.clear();
            self.held.clear();
            (self.used, self.ended) = (0, false);
        }
        found
    }

    pub(super) const fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn next(&mut self) -> Option<Stereo> {
        while self.used == self.block.len() {
            if self.ended {
                return None;
            }
            self.refill();
        }
        let frame = self.block[self.used];
        self.used += 1;
        Some(frame)
    }

    fn refill(&mut self) {
        self.block.clear();
        self.used = 0;
        if !self.stream.next(&mut self.sound) {
            self.ended = true;
            return;
        }
        let Sound { samples, channels, rate_hz, trim_start, trim_end, begins } = &self.sound;
        if *begins {
            // A file joined to this one: the header of the one before knew its end.
            self.held.clear();
        }
        if self.rate_hz == 0 {
            self.rate_hz = *rate_hz;
        }
        let mut frames: Vec<Stereo> = samples.chunks_exact((*channels).max(1)).map(resample::stereo).collect();
        let start = (*trim_start).min(frames.len());
        let tail = frames.split_off(frames.len() - (*trim_end).min(frames.len() - start));
        frames.drain(..start);
        if tail.is_empty() && self.held.is_empty() {
            self.place(&frames);
            return;
        }
        // Either the end, or there is more than the header knows of: joined files, or the header of other music.
        let goes_on = !frames.is_empty() && !self.held.is_empty();
        self.held.extend(frames.iter().filter(|_| goes_on));
        self.held.extend(tail);
        if goes_on || self.held.len() > self.stream.padding() + SLACK {
            self.stream.distrust_end();
            frames = std::mem::take(&mut self.held);
        }
        self.place(&frames);
    }

    fn place(&mut self, frames: &[Stereo]) {
        let rate_hz = self.sound.rate_hz;
        if rate_hz == self.rate_hz {
            self.block.extend_from_slice(frames);
            return;
        }
        if self.converter.as_ref().is_none_or(|(from_hz, _)| *from_hz != rate_hz) {
            self.converter = Some((rate_hz, Resampler::new(rate_hz, self.rate_hz)));
        }
        if let Some((_, converter)) = &mut self.converter {
            frames.iter().for_each(|&frame| converter.push(frame, &mut self.block));
        }
    }
}

#[cfg(test)]
mod tests;
