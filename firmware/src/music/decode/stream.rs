//! Packets of one track, decoded. The only place that names the decoders.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a count of frames, taken as seconds or as a share of a file, may lose its last digits"
)]

use super::container::{self, Container};
use super::opus::{self, Opus};
use std::path::Path;
use std::time::Duration;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
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

/// Kinds of MPEG frames in one file that are decoded side by side.
const MOST_VARIANTS: usize = 4;

/// Rates that are believed, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// The longest piece that is believed, in seconds: eleven days.
const LONGEST_S: f64 = 1e6;

/// What a packet sounds like.
#[derive(Default)]
pub(super) struct Sound {
    /// Interleaved.
    pub(super) samples: Vec<f32>,
    pub(super) channels: usize,
    pub(super) rate_hz: u32,
    /// Frames that no listener should hear, as far as a header was understood.
    pub(super) trim_start: usize,
    pub(super) trim_end: usize,
}

enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Opus),
}

impl Codec {
    /// Forgets what came before, as after a jump.
    fn reset(&mut self) {
        match self {
            Self::Symphonia(decoder) => decoder.reset(),
            Self::Opus(opus) => opus.reset(),
        }
    }
}

/// What a frame of MPEG sound says of itself: version, layer, rate, and whether it is mono. A decoder keeps to one.
type Variant = [u8; 3];

/// A file's track of sound.
pub(super) struct Stream {
    reader: Box<dyn FormatReader>,
    track: u32,
    params: AudioCodecParameters,
    codecs: Vec<(Variant, Codec)>,
    is_whole: bool,
    padding: Option<u32>,
    fault: Option<String>,
}

impl Stream {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let Container { source, is_whole } = container::open(path)?;
        let stream = MediaSourceStream::new(Box::new(source), Default::default());
        let reader = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| match error {
                Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.to_string(),
                Error::IoError(_) => "it ends before any sound".to_owned(),
                Error::Unsupported(_) => container::stranger(path),
                error => format!("it is damaged: {error}"),
            })?;
        let mut new = Self {
            reader,
            track: 0,
            params: AudioCodecParameters::new(),
            codecs: Vec::new(),
            is_whole,
            padding: None,
            fault: None,
        };
        new.begin()?;
        Ok(new)
    }

    fn info(&self) -> Option<&Track> {
        self.reader.tracks().iter().find(|track| track.id == self.track)
    }

    /// Takes the first track of sound that can be decoded.
    fn begin(&mut self) -> Result<(), String> {
        let mut reason = "there is no sound in it".to_owned();
        for track in self.reader.tracks().iter().filter(|track| track.track_type() == Some(TrackType::Audio)) {
            let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else { continue };
            let is_mp4 = self.reader.format_info().format == FORMAT_ID_ISOMP4;
            match codec(params, is_mp4) {
                Ok(codec) => {
                    (self.track, self.padding) = (track.id, track.padding);
                    (self.params, self.codecs) = (params.clone(), vec![([0; 3], codec)]);
                    return Ok(());
                }
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    /// Why the sound ended early.
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

    fn is_mpeg(&self) -> bool {
        [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&self.params.codec)
    }

    /// How long a header says it plays, if that can be believed.
    pub(super) fn length(&self) -> Option<Duration> {
        self.stated_s().filter(|_| self.is_whole).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// How long it plays as far as the reader knows, in seconds; an estimate for some.
    fn stated_s(&self) -> Option<f64> {
        let track = self.info()?;
        let seconds = match (track.num_frames, self.params.sample_rate, track.duration, track.time_base) {
            (Some(frames), Some(rate_hz), ..) if frames > 0 => frames as f64 / f64::from(rate_hz.max(1)),
            (_, _, Some(duration), Some(base)) => {
                base.calc_time(Timestamp::new(i64::try_from(duration.get()).ok()?))?.as_secs_f64()
            }
            _ => return None,
        };
        (seconds > 0.0 && seconds < LONGEST_S).then_some(seconds)
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
        match packet.data[..] {
            [_, a, b, ..] if self.is_mpeg() => mpeg_s(a, b),
            _ => {
                let base = self.info().and_then(|track| track.time_base);
                let ticks = Timestamp::new(i64::try_from(packet.dur.get()).unwrap_or(0));
                base.and_then(|base| base.calc_time(ticks)).map_or(0.0, |time| time.as_secs_f64())
            }
        }
    }

    /// Goes to a share of the whole.
    pub(super) fn seek_share(&mut self, share: f64) -> bool {
        let at = self.stated_s().and_then(|all| Duration::try_from_secs_f64(share * all).ok());
        at.is_some_and(|at| self.seek(at))
    }

    /// Goes to a time.
    pub(super) fn seek(&mut self, to: Duration) -> bool {
        let Some(time) = Time::try_from_secs_f64(to.as_secs_f64()) else { return false };
        let found = self.reader.seek(SeekMode::Coarse, SeekTo::Time { time, track_id: Some(self.track) }).is_ok();
        self.codecs.iter_mut().for_each(|(_, codec)| codec.reset());
        if self.is_mpeg() {
            // Where the end is counted from is a guess now.
            self.distrust_end();
        }
        found
    }

    /// The next packet of the track.
    fn packet(&mut self) -> Option<Packet> {
        for _ in 0..MOST_SILENT {
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Some(packet),
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
                    let ticks = |ticks: u64| usize::try_from(ticks).unwrap_or(usize::MAX);
                    let ends = !self.is_mpeg() || self.padding.is_some();
                    sound.trim_start = ticks(packet.trim_start.get()).max(self.skipped(sound));
                    sound.trim_end = if ends { ticks(packet.trim_end.get()) } else { 0 };
                    return true;
                }
                Ok(()) => {}
                Err(reason) => self.fault = Some(format!("its sound is damaged: {reason}")),
            }
        }
        false
    }

    /// Frames at the beginning of a stream of Opus that are not to be heard.
    fn skipped(&mut self, sound: &Sound) -> usize {
        let Some((_, Codec::Opus(opus))) = self.codecs.first_mut() else { return 0 };
        let skipped = opus.pre_skip.min(sound.samples.len() / sound.channels.max(1));
        opus.pre_skip -= skipped;
        skipped
    }

    fn decode(&mut self, packet: &Packet, sound: &mut Sound) -> Result<(), String> {
        let at = self.variant(packet)?;
        match &mut self.codecs[at].1 {
            Codec::Symphonia(decoder) => {
                let buffer = decoder.decode(packet).map_err(|error| error.to_string())?;
                sound.rate_hz = buffer.spec().rate().clamp(*RATES.start(), *RATES.end());
                sound.channels = buffer.num_planes();
                buffer.copy_to_vec_interleaved(&mut sound.samples);
            }
            Codec::Opus(opus) => {
                sound.channels = opus.decode(&packet.data, &mut sound.samples)?;
                sound.rate_hz = opus::RATE_HZ;
            }
        }
        // What goes beyond full scale is clipped, as every player does; the formula for moods was fitted on such sound.
        sound.samples.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        Ok(())
    }

    /// Which decoder a packet is for: there is one for each variant of MPEG frames.
    fn variant(&mut self, packet: &Packet) -> Result<usize, String> {
        let [_, a, b, c, ..] = packet.data[..] else { return Ok(0) };
        if !self.is_mpeg() {
            return Ok(0);
        }
        let variant = [a & 0x1e, b & 0x0c, u8::from(c >> 6 == 3)];
        if let Some(at) = self.codecs.iter().position(|(known, _)| *known == variant) {
            if at > 0 {
                // Frames lean on bytes of the last ones, which another decoder has had.
                self.codecs[at].1.reset();
                self.codecs.swap(0, at);
            }
            return Ok(0);
        }
        let mut params = self.params.clone();
        params.codec = match a >> 1 & 3 {
            3 => CODEC_ID_MP1,
            2 => CODEC_ID_MP2,
            _ => CODEC_ID_MP3,
        };
        let codec = codec(&params, false)?;
        self.codecs.truncate(MOST_VARIANTS - 1);
        self.codecs.insert(0, (variant, codec));
        Ok(0)
    }
}

fn codec(params: &AudioCodecParameters, is_mp4: bool) -> Result<Codec, String> {
    if params.codec == CODEC_ID_OPUS {
        let head = params.extra_data.as_deref().unwrap_or_default();
        return Opus::new(head, is_mp4).map(Codec::Opus);
    }
    // What is to be trimmed is decided by whoever knows the whole file.
    let options = AudioDecoderOptions::default().gapless(false);
    let make = |params: &AudioCodecParameters| symphonia::default::get_codecs().make_audio_decoder(params, &options);
    let made = make(params).or_else(|error| match plain_aac(params) {
        Some(params) => make(&params),
        None => Err(error),
    });
    made.map(Codec::Symphonia).map_err(|error| match error {
        Error::Unsupported(_) if params.codec == CODEC_ID_AAC => "this kind of AAC can't be decoded here".to_owned(),
        Error::Unsupported(_) => "its sound is encoded in a way that can't be decoded here".to_owned(),
        error => format!("it is damaged: {error}"),
    })
}

/// How long a frame of MPEG sound is, from the second and third byte of its header (ISO/IEC 11172-3, 2.4.2.3).
fn mpeg_s(second: u8, third: u8) -> f64 {
    let version = second >> 3 & 3;
    let rate_hz = [44_100, 48_000, 32_000, 44_100][usize::from(third >> 2 & 3)] / [4, 4, 2, 1][usize::from(version)];
    let frames = match (second >> 1 & 3, version) {
        (3, _) => 384,
        (1, 0..=2) => 576,
        _ => 1_152,
    };
    f64::from(frames) / f64::from(rate_hz)
}

/// The plain AAC in what a decoder finds too complex, from the beginning of its configuration (ISO/IEC 14496-3, 1.6): of HE-AAC
/// (5 or 29) all but the highest octave, and of plain AAC (2) what stands without its extensions. Rate and channels follow.
fn plain_aac(params: &AudioCodecParameters) -> Option<AudioCodecParameters> {
    let [first, second, ..] = *params.extra_data.as_deref()? else { return None };
    let holds_plain = params.codec == CODEC_ID_AAC && matches!(first >> 3, 2 | 5 | 29);
    let mut params = params.clone();
    params.extra_data = Some(Box::new([2 << 3 | first & 7, second & 0xf8]));
    holds_plain.then_some(params)
}
