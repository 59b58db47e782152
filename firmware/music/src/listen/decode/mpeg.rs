//! MPEG sound (MP1, MP2, MP3) whose frames change what they are: joined files, and encoders that go to and fro between mono
//! and stereo. A decoder keeps to what its first frame was, so there is one for each kind.

use super::codec::{Codec, Sound};
use std::collections::VecDeque;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};
use symphonia::core::packet::Packet;

/// Kinds of frames in one file that are decoded side by side.
const MOST_KINDS: usize = 4;

/// Bytes of the frames before it that a frame of layer III may lean on (ISO/IEC 11172-3, 2.4.2.7).
const MOST_LEANT_ON: usize = 511;

/// What a frame says of itself: version, layer, rate, and whether it is mono.
type Kind = [u8; 3];

fn kind(frame: &[u8]) -> Option<Kind> {
    let [_, a, b, c, ..] = *frame else { return None };
    Some([a & 0x1e, b & 0x0c, u8::from(c >> 6 == 3)])
}

pub(super) fn is_mpeg(params: &AudioCodecParameters) -> bool {
    [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&params.codec)
}

/// How long a frame is, from the second and third byte of its header (ISO/IEC 11172-3, 2.4.2.3).
pub(super) fn seconds(second: u8, third: u8) -> f64 {
    let version = second >> 3 & 3;
    let rate_hz = [44_100, 48_000, 32_000, 44_100][usize::from(third >> 2 & 3)] / [4, 4, 2, 1][usize::from(version)];
    let frames = match (second >> 1 & 3, version) {
        (3, _) => 384,
        (1, 0..=2) => 576,
        _ => 1_152,
    };
    f64::from(frames) / f64::from(rate_hz)
}

#[derive(Default)]
pub(super) struct Decoders {
    /// The last used first.
    codecs: Vec<(Kind, Codec)>,
    /// The last bytes of sound.
    tail: VecDeque<u8>,
}

impl Decoders {
    /// The decoder for a frame.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn codec(&mut self, frame: &Packet, params: &AudioCodecParameters) -> Result<&mut Codec, String> {
        let kind = kind(&frame.data).unwrap_or_default();
        let at = match self.codecs.iter().position(|(known, _)| *known == kind) {
            Some(at) => at,
            None => {
                let mut params = params.clone();
                params.codec = match kind[0] >> 1 & 3 {
                    3 => CODEC_ID_MP1,
                    2 => CODEC_ID_MP2,
                    _ => CODEC_ID_MP3,
                };
                self.codecs.truncate(MOST_KINDS - 1);
                self.codecs.push((kind, Codec::new(&params, false)?));
                self.codecs.len() - 1
            }
        };
        if at > 0 {
            self.codecs[at].1.reset();
            self.codecs.swap(0, at);
            self.lend(frame);
        }
        self.remember(&frame.data);
        Ok(&mut self.codecs[0].1)
    }

    pub(super) fn reset(&mut self) {
        self.tail.clear();
        self.codecs.iter_mut().for_each(|(_, codec)| codec.reset());
    }

    /// Gives the next decoder the bytes that its first frame may lean on (the bit reservoir), in an empty frame.
    fn lend(&mut self, before: &Packet) {
        let Some(frame) = Header::of(&before.data).map(|header| header.silent_frame(self.tail.make_contiguous()))
        else {
            return;
        };
        let mut lent = before.clone();
        lent.data = frame.into_boxed_slice();
        // Where it is refused, the first frame is silent, as at the beginning of a file that was cut.
        let _ = self.codecs[0].1.decode(&lent, &mut Sound::default());
    }

    fn remember(&mut self, frame: &[u8]) {
        if let Some(sound) = Header::of(frame).and_then(|header| frame.get(header.sound_at()..)) {
            self.tail.extend(sound);
            self.tail.drain(..self.tail.len().saturating_sub(MOST_LEANT_ON));
        }
    }
}

struct Header([u8; 4]);

impl Header {
    fn of(frame: &[u8]) -> Option<Self> {
        let header = *frame.first_chunk()?;
        (header[1] >> 1 & 3 == 1).then_some(Self(header))
    }

    /// Where the sound begins: behind the header, its sum and what says how to decode the sound.
    const fn sound_at(&self) -> usize {
        let [_, a, _, c] = self.0;
        let side = match (a >> 3 & 3 == 3, c >> 6 == 3) {
            (true, false) => 32,
            (false, true) => 9,
            _ => 17,
        };
        4 + if a & 1 == 0 { 2 } else { 0 } + side
    }

    /// The largest frame of this kind, which is silent and ends with `tail`.
    fn silent_frame(&self, tail: &[u8]) -> Vec<u8> {
        let [sync, a, b, c] = self.0;
        // Without a sum, without padding, at the highest bit rate.
        let header = Self([sync, a | 1, 14 << 4 | b & 0x0c, c]);
        let rate_hz = [44_100, 48_000, 32_000, 44_100][usize::from(b >> 2 & 3)];
        let length = match a >> 3 & 3 {
            3 => 144 * 320_000 / rate_hz,
            2 => 72 * 160_000 / (rate_hz / 2),
            _ => 72 * 160_000 / (rate_hz / 4),
        };
        let mut frame = vec![0; length];
        frame[..4].copy_from_slice(&header.0);
        let room = length - header.sound_at();
        let tail = &tail[tail.len().saturating_sub(room)..];
        frame[length - tail.len()..].copy_from_slice(tail);
        frame
    }
}
