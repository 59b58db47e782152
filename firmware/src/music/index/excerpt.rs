//! Some seconds of a file, decoded for analysis. The only place of the library that names the decoders.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "seconds times a rate is a number of frames; loudness fits f32"
)]

use crate::music::analysis::{Excerpt, RATE_HZ};
use crate::music::downmix;
use crate::music::library::Resampler;
use crate::music::track::Stereo;
use ebur128::{EbuR128, Mode};
use std::fs::File;
use std::path::Path;
use std::time::Duration;
use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CODEC_TYPE_NULL, Decoder, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{Limit, MetadataOptions};
use symphonia::core::probe::Hint;
use symphonia::core::units::Time;

/// A file up to this long is analysed whole.
const WHOLE_S: f64 = 60.0;

/// Of longer ones, this many seconds from each of these places.
const WINDOW_S: f64 = 15.0;
const PLACES: [f64; 3] = [0.2, 0.5, 0.75];

/// Seconds from the start when the length isn't known.
const UNKNOWN_S: f64 = 45.0;

/// Packets in a row that can't be decoded, after which a file is given up.
const MOST_DAMAGED: u32 = 200;

/// What was read.
pub(super) struct Heard {
    pub(super) excerpt: Excerpt,
    /// How long the file plays, where it says so or was read to its end.
    pub(super) duration: Option<Duration>,
}

/// Decodes the stretches of a file that are analysed.
///
/// # Errors
/// What the system or the decoder says, as a fragment.
pub(super) fn read(path: &Path) -> Result<Heard, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    if file.metadata().map_err(|error| error.to_string())?.len() == 0 {
        return Err("the file is empty".to_owned());
    }
    let mut reader = Reader::open(file)?;
    let duration = reader.duration_s();
    let places: &[f64] = if duration.is_some_and(|all| all > WHOLE_S) { &PLACES } else { &[] };
    let mut windows = Vec::new();
    for place in places {
        let at = place * duration.unwrap_or_default();
        if reader.seek(at) {
            windows.push(reader.take(WINDOW_S)?);
        }
    }
    windows.retain(|window| !window.is_empty());
    if windows.is_empty() {
        // It can't be wound to the places, or its end is missing: from the start.
        if !places.is_empty() {
            reader = Reader::open(File::open(path).map_err(|error| error.to_string())?)?;
        }
        windows.push(reader.take(if duration.is_some() { WHOLE_S } else { UNKNOWN_S })?);
    }
    let rate_hz = reader.rate_hz;
    if windows.iter().all(Vec::is_empty) {
        return Err("there is no sound in it".to_owned());
    }
    let read_s = windows.iter().map(Vec::len).sum::<usize>() as f64 / f64::from(rate_hz);
    let duration = duration.or_else(|| reader.ended.then_some(read_s)).filter(|seconds| *seconds < 1e6);
    Ok(Heard { excerpt: excerpt(&windows, rate_hz)?, duration: duration.map(Duration::from_secs_f64) })
}

/// Loudness and width at the file's own rate, the rest at that of the analysis.
fn excerpt(windows: &[Vec<Stereo>], rate_hz: u32) -> Result<Excerpt, String> {
    let mut meter = EbuR128::new(2, rate_hz, Mode::I | Mode::LRA).map_err(|error| error.to_string())?;
    let (mut middle, mut side) = (0.0_f64, 0.0_f64);
    for frames in windows {
        meter.add_frames_f32(frames.as_flattened()).map_err(|error| error.to_string())?;
        for [left, right] in frames {
            middle += f64::from(left + right).powi(2);
            side += f64::from(left - right).powi(2);
        }
    }
    let finite = |value: f64, otherwise: f32| if value.is_finite() { value as f32 } else { otherwise };
    Ok(Excerpt {
        windows: windows.iter().map(|frames| mono(frames, rate_hz)).collect(),
        width: finite(side / middle.max(1e-9), 0.0).min(4.0),
        loudness_lufs: finite(meter.loudness_global().unwrap_or(f64::NAN), -70.0).max(-70.0),
        range_lu: finite(meter.loudness_range().unwrap_or(f64::NAN), 0.0),
    })
}

fn mono(frames: &[Stereo], rate_hz: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(rate_hz, RATE_HZ);
    let mut input = frames.iter().map(|[left, right]| [0.5 * (left + right), 0.0]);
    std::iter::from_fn(|| resampler.next(|| input.next())).map(|[sample, _]| sample).collect()
}

/// A file being decoded.
struct Reader {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn Decoder>,
    track: u32,
    rate_hz: u32,
    ended: bool,
}

impl Reader {
    fn open(file: File) -> Result<Self, String> {
        let stream = MediaSourceStream::new(Box::new(file), Default::default());
        // Covers are not looked at.
        let metadata = MetadataOptions { limit_visual_bytes: Limit::Maximum(0), ..MetadataOptions::default() };
        let options = FormatOptions { enable_gapless: true, ..FormatOptions::default() };
        let format = symphonia::default::get_probe()
            .format(&Hint::new(), stream, &options, &metadata)
            .map_err(|error| match error {
                Error::IoError(_) => "it ends before any sound".to_owned(),
                Error::Unsupported(_) => "it is no music that can be decoded here".to_owned(),
                error => error.to_string(),
            })?
            .format;
        let track = format
            .tracks()
            .iter()
            .find(|track| track.codec_params.codec != CODEC_TYPE_NULL)
            .ok_or("there is no track in it")?;
        let rate_hz = track.codec_params.sample_rate.unwrap_or(44_100).clamp(4_000, 768_000);
        let decoder = symphonia::default::get_codecs()
            .make(&track.codec_params, &DecoderOptions::default())
            .map_err(|error| error.to_string())?;
        let track = track.id;
        Ok(Self { format, decoder, track, rate_hz, ended: false })
    }

    fn duration_s(&self) -> Option<f64> {
        let params = &self.format.tracks().iter().find(|track| track.id == self.track)?.codec_params;
        let frames = params.n_frames?;
        Some(match params.time_base {
            Some(base) => {
                let time = base.calc_time(frames);
                time.seconds as f64 + time.frac
            }
            None => frames as f64 / f64::from(self.rate_hz),
        })
    }

    /// Whether it could be wound to about this place.
    fn seek(&mut self, seconds: f64) -> bool {
        let to = SeekTo::Time { time: Time::from(seconds), track_id: Some(self.track) };
        let found = self.format.seek(SeekMode::Coarse, to).is_ok();
        self.decoder.reset();
        found
    }

    /// The next `seconds`, less at the end.
    fn take(&mut self, seconds: f64) -> Result<Vec<Stereo>, String> {
        let mut frames: Vec<Stereo> = Vec::new();
        let mut wanted = (seconds * f64::from(self.rate_hz)) as usize;
        let mut damaged = 0;
        while frames.len() < wanted {
            let packet = match self.format.next_packet() {
                Ok(packet) if packet.track_id() == self.track => packet,
                Ok(_) => continue,
                // The end, or where the file was cut off: what came before is good.
                Err(_) => {
                    self.ended = true;
                    break;
                }
            };
            match self.decoder.decode(&packet) {
                Ok(buffer) if buffer.frames() > 0 => {
                    damaged = 0;
                    let spec = *buffer.spec();
                    if frames.is_empty() {
                        self.rate_hz = spec.rate.clamp(4_000, 768_000);
                        wanted = (seconds * f64::from(self.rate_hz)) as usize;
                    }
                    let mut samples = SampleBuffer::<f32>::new(buffer.capacity() as u64, spec);
                    samples.copy_interleaved_ref(buffer);
                    frames.extend(samples.samples().chunks_exact(spec.channels.count().max(1)).map(downmix::stereo));
                }
                Ok(_) => {}
                Err(error) => {
                    damaged += 1;
                    if damaged > MOST_DAMAGED {
                        return Err(error.to_string());
                    }
                }
            }
        }
        frames.truncate(wanted);
        Ok(frames)
    }
}
