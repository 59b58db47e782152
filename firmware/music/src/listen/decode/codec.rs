//! Packets as samples. The only place that names the decoders.

use super::ogg::Opus;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

/// Rates that are believed, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

#[derive(Default)]
pub(super) struct Sound {
    /// Interleaved.
    pub(super) samples: Vec<f32>,
    pub(super) channels: usize,
    pub(super) rate_hz: u32,
    /// Frames that no listener should hear, as far as a header was understood.
    pub(super) trim_start: usize,
    pub(super) trim_end: usize,
    /// Whether a file begins here that was joined to another: what is trimmed of that is its end.
    pub(super) begins: bool,
}

pub(super) enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Opus),
}

impl Codec {
    /// The decoder for a track.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn new(params: &AudioCodecParameters, is_mp4: bool) -> Result<Self, String> {
        if params.codec == CODEC_ID_OPUS {
            let head = params.extra_data.as_deref().unwrap_or_default();
            return Opus::new(head, is_mp4).map(Self::Opus);
        }
        // What is to be trimmed is decided by whoever knows the whole file.
        let options = AudioDecoderOptions::default().gapless(false);
        let make =
            |params: &AudioCodecParameters| symphonia::default::get_codecs().make_audio_decoder(params, &options);
        let made = make(params).or_else(|error| match plain_aac(params) {
            Some(params) => make(&params),
            None => Err(error),
        });
        made.map(Self::Symphonia).map_err(|error| match error {
            Error::Unsupported(_) if params.codec == CODEC_ID_AAC => {
                "this kind of AAC can't be decoded here".to_owned()
            }
            Error::Unsupported(_) => "its sound is encoded in a way that can't be decoded here".to_owned(),
            error => format!("it is damaged: {error}"),
        })
    }

    /// Decodes a packet.
    ///
    /// # Errors
    /// What the decoder says.
    pub(super) fn decode(&mut self, packet: &Packet, sound: &mut Sound) -> Result<(), String> {
        match self {
            Self::Symphonia(decoder) => {
                let buffer = decoder.decode(packet).map_err(|error| error.to_string())?;
                sound.rate_hz = buffer.spec().rate().clamp(*RATES.start(), *RATES.end());
                sound.channels = buffer.num_planes();
                buffer.copy_to_vec_interleaved(&mut sound.samples);
            }
            Self::Opus(opus) => {
                sound.channels = opus.decode(&packet.data, &mut sound.samples)?;
                sound.rate_hz = super::ogg::RATE_HZ;
            }
        }
        limit(&mut sound.samples);
        Ok(())
    }

    /// Frames at the beginning of a stream of Opus that are not to be heard.
    pub(super) fn skipped(&mut self, sound: &Sound) -> usize {
        let Self::Opus(opus) = self else { return 0 };
        let skipped = opus.pre_skip.min(sound.samples.len() / sound.channels.max(1));
        opus.pre_skip -= skipped;
        skipped
    }

    pub(super) fn reset(&mut self) {
        match self {
            Self::Symphonia(decoder) => decoder.reset(),
            Self::Opus(opus) => opus.reset(),
        }
    }
}

/// Far above rounding errors: symphonia 0.6.1 decodes MP3 with mixed blocks wrongly, with one band unscaled.
const GARBAGE: f32 = 16.0;

/// Clips at full scale, as players do (the formula for moods was fitted on that), and silences NaN and infinity.
fn limit(samples: &mut [f32]) {
    if samples.iter().all(|sample| sample.abs() < GARBAGE) {
        samples.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    } else {
        samples.fill(0.0);
    }
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

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn loud_sound_is_clipped_and_garbage_is_silent() {
        let limited = |samples: [f32; 3]| {
            let mut samples = samples;
            limit(&mut samples);
            samples.map(f32::to_bits)
        };
        assert_eq!(limited([0.5, -1.5, 3.0]), [0.5_f32, -1.0, 1.0].map(f32::to_bits));
        for garbage in [398.0, f32::NAN, f32::NEG_INFINITY] {
            assert_eq!(limited([0.5, garbage, 0.1]), [0; 3]);
        }
    }
}
