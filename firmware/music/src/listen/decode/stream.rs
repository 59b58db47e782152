//! Packets of one track, decoded.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a count of frames, taken as seconds or as a share of a file, may lose its last digits"
)]

use super::codec::{Codec, Sound};
use super::container::{self, Part};
use super::edit::Edit;
use super::mpeg::{self, Decoders};
use super::source::Source;
use std::path::{Path, PathBuf};
use std::time::Duration;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_ISOMP4;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Time, Timestamp};

/// Packets in a row that give no sound, after which a file is given up.
const MOST_SILENT: u32 = 200;

/// The longest piece that is believed, in seconds: eleven days.
const LONGEST_S: f64 = 1e6;

/// A longer beginning that is not to be heard is not decoded.
const DECODED_S: f64 = 1.0;

/// A file's sound: of one track, or of one in each of the files that were joined.
pub(super) struct Stream {
    path: PathBuf,
    /// The files that were joined, one for most, and which of them is read.
    parts: Vec<Source>,
    part: usize,
    /// Whether it was entered since the last packet.
    begins: bool,
    reader: Box<dyn FormatReader>,
    track: u32,
    params: AudioCodecParameters,
    decoder: Decoder,
    is_whole: bool,
    edits: Vec<Edit>,
    edit: Option<Edit>,
    padding: Option<u32>,
    fault: Option<String>,
}

enum Decoder {
    Several(Decoders),
    One(Codec),
}

impl Stream {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let parts = container::open(path)?;
        let Part { source, is_whole, edits } = container::part(&parts[0])?;
        let mut new = Self {
            path: path.to_owned(),
            parts,
            part: 0,
            begins: false,
            reader: reader(path, source)?,
            track: 0,
            params: AudioCodecParameters::new(),
            decoder: Decoder::Several(Decoders::default()),
            is_whole,
            edits,
            edit: None,
            padding: None,
            fault: None,
        };
        new.begin()?;
        Ok(new)
    }

    /// Goes to the beginning of one of the files that were joined.
    fn enter(&mut self, part: usize) -> Result<(), String> {
        self.part = part;
        self.begins = true;
        let Part { source, is_whole, edits } = container::part(&self.parts[part])?;
        (self.reader, self.is_whole, self.edits) = (reader(&self.path, source)?, is_whole, edits);
        self.begin()
    }

    fn info(&self) -> Option<&Track> {
        self.reader.tracks().iter().find(|track| track.id == self.track)
    }

    /// Takes the first track of sound that can be decoded.
    fn begin(&mut self) -> Result<(), String> {
        let mut reason = "there is no sound in it".to_owned();
        let is_mp4 = self.reader.format_info().format == FORMAT_ID_ISOMP4;
        for track in self.reader.tracks().iter().filter(|track| track.track_type() == Some(TrackType::Audio)) {
            let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else { continue };
            let decoder = match mpeg::is_mpeg(params) {
                true => Ok(Decoder::Several(Decoders::default())),
                false => Codec::new(params, is_mp4).map(Decoder::One),
            };
            match decoder {
                Ok(decoder) => {
                    let length = track.duration.map_or(0, |length| length.get());
                    let fits = |edit: &&Edit| edit.track == track.id && edit.fits(length);
                    self.edit = self.edits.iter().find(fits).copied();
                    (self.track, self.padding) = (track.id, track.padding);
                    (self.params, self.decoder) = (params.clone(), decoder);
                    if let Some(edit) = self.edit
                        && self.ticks_s(edit.start) > DECODED_S
                    {
                        self.seek_here(Duration::ZERO);
                    }
                    return Ok(());
                }
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Frames that a header wants trimmed at the end.
    pub(super) fn padding(&self) -> usize {
        self.padding.and_then(|padding| usize::try_from(padding).ok()).unwrap_or(0)
    }

    /// From now on nothing is trimmed at the end.
    pub(super) const fn distrust_end(&mut self) {
        self.padding = None;
    }

    const fn is_mpeg(&self) -> bool {
        matches!(self.decoder, Decoder::Several(_))
    }

    /// How long a header says it plays, if that can be believed.
    pub(super) fn length(&self) -> Option<Duration> {
        let seconds = self.stated_s().filter(|_| self.is_whole && self.parts.len() == 1);
        seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// How long this part plays as far as the reader knows, in seconds; an estimate for some.
    fn stated_s(&self) -> Option<f64> {
        let track = self.info()?;
        let seconds = match (self.edit, track.num_frames, self.params.sample_rate, track.duration) {
            (Some(edit), _, _, Some(duration)) => self.ticks_s(edit.length(duration.get())),
            (None, Some(frames), Some(rate_hz), _) if frames > 0 => frames as f64 / f64::from(rate_hz.max(1)),
            (None, _, _, Some(duration)) => self.ticks_s(duration.get()),
            _ => return None,
        };
        (seconds > 0.0 && seconds < LONGEST_S).then_some(seconds)
    }

    fn ticks_s(&self, ticks: u64) -> f64 {
        let base = self.info().and_then(|track| track.time_base);
        let ticks = i64::try_from(ticks).ok().map(Timestamp::new);
        base.zip(ticks).and_then(|(base, ticks)| base.calc_time(ticks)).map_or(0.0, |time| time.as_secs_f64())
    }

    /// How long it plays, by walking through the rest of it.
    pub(super) fn measure(mut self) -> Option<Duration> {
        let mut seconds = 0.0;
        while let Some(packet) = self.packet() {
            seconds += self.seconds(&packet);
        }
        (seconds < LONGEST_S).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
    }

    /// How long a packet sounds; MPEG frames say it themselves, whatever the first one was.
    fn seconds(&self, packet: &Packet) -> f64 {
        match (&packet.data[..], self.edit) {
            (&[_, a, b, ..], _) if self.is_mpeg() => mpeg::seconds(a, b),
            (_, Some(edit)) => self.ticks_s(edit.heard_ticks(start(packet), packet.dur.get())),
            _ => self.ticks_s(packet.dur.get()),
        }
    }

    pub(super) fn seek_share(&mut self, share: f64) -> bool {
        let all: u64 = self.parts.iter().map(Source::len).sum();
        let mut left = share * all as f64;
        let mut part = 0;
        while part + 1 < self.parts.len() && left >= self.parts[part].len() as f64 {
            left -= self.parts[part].len() as f64;
            part += 1;
        }
        if part != self.part && self.enter(part).is_err() {
            return false;
        }
        let share = left / (self.parts[part].len() as f64).max(1.0);
        let at = self.stated_s().and_then(|all| Duration::try_from_secs_f64(share * all).ok());
        at.is_some_and(|at| self.seek_here(at))
    }

    pub(super) fn seek(&mut self, to: Duration) -> bool {
        if self.parts.len() == 1 {
            return self.seek_here(to);
        }
        let mut left = to;
        for part in 0..self.parts.len() {
            if self.enter(part).is_err() {
                continue;
            }
            let length = self.stated_s().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            match length.filter(|length| *length <= left) {
                Some(length) if part + 1 < self.parts.len() => left -= length,
                _ => return self.seek_here(left),
            }
        }
        false
    }

    fn seek_here(&mut self, to: Duration) -> bool {
        let skipped = self.edit.map_or(0.0, |edit| self.ticks_s(edit.start));
        let Some(time) = Time::try_from_secs_f64(to.as_secs_f64() + skipped) else { return false };
        let found = self.reader.seek(SeekMode::Coarse, SeekTo::Time { time, track_id: Some(self.track) }).is_ok();
        match &mut self.decoder {
            Decoder::Several(decoders) => {
                decoders.reset();
                // Where the end is counted from is a guess now.
                self.distrust_end();
            }
            Decoder::One(codec) => codec.reset(),
        }
        found
    }

    /// The next packet of the track; of the next part at the end of one.
    fn packet(&mut self) -> Option<Packet> {
        loop {
            let packet = self.packet_here();
            if packet.is_some() {
                return packet;
            }
            if self.part + 1 >= self.parts.len() {
                return None;
            }
            if let Err(reason) = self.enter(self.part + 1) {
                self.fault = Some(reason);
            }
        }
    }

    fn packet_here(&mut self) -> Option<Packet> {
        for _ in 0..MOST_SILENT {
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => {
                    let is_over = self.edit.is_some_and(|edit| edit.is_over(start(&packet)));
                    return (!is_over).then_some(packet);
                }
                Ok(Some(_)) => {}
                Err(Error::ResetRequired) => {
                    // The next of several streams joined.
                    if let Err(reason) = self.begin() {
                        self.fault = Some(reason);
                        return None;
                    }
                }
                Err(Error::DecodeError(reason)) => self.fault = Some(format!("it is damaged: {reason}")),
                // The end, or where the file was cut off: what came before is good.
                Ok(None) | Err(_) => return None,
            }
        }
        None
    }

    /// Decodes the next packet that has sound; says whether there was one.
    pub(super) fn next(&mut self, sound: &mut Sound) -> bool {
        for _ in 0..MOST_SILENT {
            let Some(packet) = self.packet() else { return false };
            match self.decode(&packet, sound) {
                Ok(()) if !sound.samples.is_empty() => {
                    sound.begins = std::mem::take(&mut self.begins);
                    return true;
                }
                Ok(()) => {}
                Err(reason) => self.fault = Some(format!("its sound is damaged: {reason}")),
            }
        }
        false
    }

    fn decode(&mut self, packet: &Packet, sound: &mut Sound) -> Result<(), String> {
        let codec = match &mut self.decoder {
            Decoder::Several(decoders) => decoders.codec(packet, &self.params)?,
            Decoder::One(codec) => codec,
        };
        codec.decode(packet, sound)?;
        let skipped = codec.skipped(sound);
        if let Some(edit) = self.edit {
            let heard = edit.heard(start(packet), sound.samples.len() / sound.channels.max(1), sound.rate_hz);
            sound.samples.truncate(heard.end * sound.channels);
            sound.samples.drain(..heard.start * sound.channels);
            (sound.trim_start, sound.trim_end) = (0, 0);
            return Ok(());
        }
        let ticks = |ticks: u64| usize::try_from(ticks).unwrap_or(usize::MAX);
        let ends = !self.is_mpeg() || self.padding.is_some();
        sound.trim_start = ticks(packet.trim_start.get()).max(skipped);
        sound.trim_end = if ends { ticks(packet.trim_end.get()) } else { 0 };
        Ok(())
    }
}

/// Where a packet begins, in ticks.
fn start(packet: &Packet) -> u64 {
    u64::try_from(packet.pts.get()).unwrap_or(0)
}

/// What takes a file apart.
fn reader(path: &Path, source: Source) -> Result<Box<dyn FormatReader>, String> {
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let (options, metadata) = (FormatOptions::default(), MetadataOptions::default());
    symphonia::default::get_probe().probe(&Hint::new(), stream, options, metadata).map_err(|error| match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.to_string(),
        Error::IoError(_) => "it ends before any sound".to_owned(),
        Error::Unsupported(_) => container::stranger(path),
        error => format!("it is damaged: {error}"),
    })
}
