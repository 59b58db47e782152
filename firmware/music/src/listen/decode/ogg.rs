//! Pages of Ogg, and Opus, which symphonia reads out of Ogg and MP4 but does not decode.

use super::source::Source;
use opus_pure::{OpusDecoder, OpusMSDecoder, packet};
use std::ops::Range;

/// The rate that Opus is always decoded at.
pub(super) const RATE_HZ: u32 = 48_000;
const RATE: i32 = 48_000;

/// The longest packet: 120 ms.
const MOST_FRAMES: usize = 5_760;

pub(super) struct Opus {
    decoder: Decoder,
    channels: usize,
    gain: f32,
    /// Frames at the beginning that no listener should hear.
    pub(super) pre_skip: usize,
}

enum Decoder {
    Plain(Box<OpusDecoder>),
    /// Surround: several streams in each packet.
    Multiple(OpusMSDecoder),
}

impl Opus {
    /// From an identification header (RFC 7845, 5.1); its numbers are the other way round in MP4.
    pub(super) fn new(head: &[u8], is_mp4: bool) -> Result<Self, String> {
        let Some(&[channels, skip_a, skip_b, _, _, _, _, gain_a, gain_b, family]) =
            head.get(9..19).and_then(|head| head.first_chunk())
        else {
            return Err("its Opus header is damaged".to_owned());
        };
        let (mut skip, mut gain) = ([skip_a, skip_b], [gain_a, gain_b]);
        if is_mp4 {
            skip.reverse();
            gain.reverse();
        }
        let channels = usize::from(channels);
        let made = match family {
            0 => OpusDecoder::new(RATE, channels).map(|decoder| Decoder::Plain(Box::new(decoder))),
            family => OpusMSDecoder::new(RATE, channels, family).map(Decoder::Multiple),
        };
        Ok(Self {
            decoder: made.map_err(|error| format!("this Opus can't be decoded here: {error}"))?,
            channels,
            gain: 10_f32.powf(f32::from(i16::from_le_bytes(gain)) / 256.0 / 20.0),
            pre_skip: usize::from(u16::from_le_bytes(skip)),
        })
    }

    /// Decodes a packet into interleaved samples, and says how many channels they have.
    pub(super) fn decode(&mut self, packet: &[u8], samples: &mut Vec<f32>) -> Result<usize, String> {
        samples.clear();
        let frames = packet::samples_48k(packet).ok().filter(|frames| (1..=MOST_FRAMES).contains(frames));
        let frames = frames.ok_or("a packet says that it has no length")?;
        samples.resize(frames * self.channels, 0.0);
        let decoded = match &mut self.decoder {
            Decoder::Plain(decoder) => decoder.decode(packet, frames, samples),
            Decoder::Multiple(decoder) => decoder.decode(packet, frames, samples),
        };
        samples.truncate(decoded.map_err(|error| error.to_string())? * self.channels);
        samples.iter_mut().for_each(|sample| *sample *= self.gain);
        Ok(self.channels)
    }

    pub(super) fn reset(&mut self) {
        // It fails only where there is no state to forget.
        let _ = match &mut self.decoder {
            Decoder::Plain(decoder) => decoder.reset_state(),
            Decoder::Multiple(decoder) => decoder.reset_state(),
        };
        self.pre_skip = 0;
    }
}

/// A page up to the table of its segments.
const HEAD: usize = 27;

/// The most bytes of a page's head.
const MOST_HEAD: usize = HEAD + 255;

/// The serial number of the first page in some bytes, and the page's own number.
pub(super) fn page(bytes: &[u8]) -> Option<(&[u8; 4], u64)> {
    let at = bytes.windows(5).position(|bytes| bytes == b"OggS\0")?;
    let serial = bytes.get(at + 14..)?.first_chunk()?;
    let number = bytes.get(at + 18..)?.first_chunk()?;
    Some((serial, u64::from(u32::from_le_bytes(*number))))
}

/// The places where a file begins: at the first page of a stream, or of several side by side.
pub(super) fn beginnings(source: &mut Source, range: Range<u64>) -> Vec<u64> {
    let is_first = |page: &[u8]| {
        // The first of its stream, with no number before it.
        matches!(page, [b'O', b'g', b'g', b'S', 0, flags, ..] if flags & 2 != 0) && page.get(18..22) == Some(&[0; 4])
    };
    // The pages of one file's streams follow each other.
    let mut end = page_end(&source.peek(0, MOST_HEAD), 0);
    let mut found = Vec::new();
    for place in source.places(range, b'O', MOST_HEAD, is_first) {
        if place != end {
            found.push(place);
        }
        end = page_end(&source.peek(place, MOST_HEAD), place);
    }
    found
}

fn page_end(head: &[u8], at: u64) -> u64 {
    let segments = head.get(HEAD - 1).copied().unwrap_or(0);
    let sizes = head.iter().skip(HEAD).take(usize::from(segments));
    at + sizes.map(|size| u64::from(*size)).sum::<u64>() + 27 + u64::from(segments)
}
