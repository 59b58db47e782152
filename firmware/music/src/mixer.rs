//! The mixer and the chimes: what plays, cross-faded, with chimes on top, brought to the owner's gain and below the ceiling.
//!
//! No clock and no thread: whoever renders it decides what time it is.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a chime lasts a second"
)]

use crate::compose::theory::{Semitones, frequency_hz};
use crate::limiter::Limiter;
use crate::loudness::gain_factor;
use crate::{Chime, Crossfader, Programme, Status, Stereo, Track};
use std::f32::consts::TAU;
use std::time::Duration;

/// Chimes at once; further ones are dropped.
const MOST_CHIMES: usize = 3;

const BLOCK: usize = 256;

/// How loud everything is, moved in small steps so that nothing clicks.
struct Gain {
    now: f32,
    wanted: f32,
    /// Share of the way that is left after one frame.
    left: f32,
}

impl Gain {
    fn new(gain_db: f32, rate_hz: u32) -> Self {
        let gain = Self::factor(gain_db);
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "rates are exact in f32")]
        let left = (-1.0 / (0.01 * rate_hz.max(1) as f32)).exp();
        Self { now: gain, wanted: gain, left }
    }

    fn factor(gain_db: f32) -> f32 {
        gain_factor(gain_db.clamp(-80.0, 12.0))
    }

    fn process(&mut self, block: &mut [Stereo]) {
        for frame in block {
            self.now = self.wanted + (self.now - self.wanted) * self.left;
            *frame = frame.map(|sample| sample * self.now);
        }
    }
}

/// Music and chimes in, one stream out.
pub struct Mixer {
    music: Crossfader,
    chimes: Vec<ChimeTrack>,
    limiter: Limiter,
    gain: Gain,
    rate_hz: u32,
    /// Frames since anything sounded; the limiter still holds the last 2 ms.
    quiet: usize,
}

impl Mixer {
    /// A silent mixer at `rate_hz` frames a second, with a gain in dB; above 0 the limiter works for it.
    pub fn new(rate_hz: u32, gain_db: f32) -> Self {
        Self {
            music: Crossfader::new(rate_hz),
            chimes: Vec::new(),
            limiter: Limiter::new(rate_hz),
            gain: Gain::new(gain_db, rate_hz),
            rate_hz,
            quiet: BLOCK,
        }
    }

    /// Frames a second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Cross-fades to `track`, made for this mixer's rate.
    pub fn play(&mut self, track: Box<dyn Track>, fade: Duration) {
        self.music.play(track, fade);
    }

    /// Has what plays lead over to another programme, where it can; whether it does.
    pub fn turn(&mut self, programme: &Programme) -> bool {
        self.music.turn(programme)
    }

    /// Sounds a chime on top.
    pub fn chime(&mut self, chime: Chime) {
        if self.chimes.len() < MOST_CHIMES {
            self.chimes.push(ChimeTrack::new(chime, self.rate_hz));
        }
    }

    /// How loud everything is from now on, in dB as for [`Mixer::new`]; within a twentieth of a second.
    pub fn volume(&mut self, gain_db: f32) {
        self.gain.wanted = Gain::factor(gain_db);
    }

    /// Fades the music to silence.
    pub fn stop(&mut self, fade: Duration) {
        self.music.stop(fade);
    }

    /// Whether only silence would come out.
    pub fn is_idle(&self) -> bool {
        self.music.is_idle() && self.chimes.is_empty() && self.quiet >= BLOCK
    }

    /// Overwrites the whole of `out` with the next frames.
    pub fn render(&mut self, out: &mut [Stereo]) {
        let mut scratch = [[0.0; 2]; BLOCK];
        for block in out.chunks_mut(BLOCK) {
            let idle = self.music.is_idle() && self.chimes.is_empty();
            self.quiet = if idle { self.quiet.saturating_add(block.len()) } else { 0 };
            self.music.render(block);
            self.chimes.retain_mut(|chime| {
                let status = chime.render(&mut scratch[..block.len()]);
                for (sum, frame) in block.iter_mut().zip(&scratch) {
                    sum[0] += frame[0];
                    sum[1] += frame[1];
                }
                status != Status::Ended
            });
            self.gain.process(block);
            self.limiter.process(block);
        }
    }
}

/// How loud a chime's strokes are, of full scale.
const LEVEL: f32 = 0.16;

/// Rise of a stroke in seconds.
const ATTACK_S: f32 = 0.006;

/// A stroke: when (seconds), which pitch, and how long it takes to die away.
type Stroke = (f32, Semitones, f32);

#[derive(Debug)]
pub(super) struct ChimeTrack {
    strokes: &'static [Stroke],
    rate_hz: f32,
    now: u32,
    length: u32,
}

impl ChimeTrack {
    pub(super) fn new(chime: Chime, rate_hz: u32) -> Self {
        let strokes: &'static [Stroke] = match chime {
            Chime::Ready => &[(0.0, 72, 0.5), (0.11, 76, 0.5), (0.22, 79, 0.8)],
            Chime::NoFace => &[(0.0, 76, 0.5), (0.2, 69, 0.9)],
            Chime::Trouble => &[(0.0, 55, 0.5), (0.26, 50, 0.9)],
            Chime::Unsure => &[(0.0, 69, 0.4), (0.2, 74, 0.8)],
            Chime::Taken => &[(0.0, 79, 0.6)],
            Chime::Nothing => &[(0.0, 60, 0.4)],
            Chime::Farewell => &[(0.0, 79, 0.5), (0.16, 76, 0.5), (0.32, 72, 0.9)],
        };
        let length_s = strokes.iter().map(|(at, _, decay_s)| at + decay_s).fold(0.0, f32::max);
        let rate = rate_hz as f32;
        Self { strokes, rate_hz: rate, now: 0, length: (length_s * rate) as u32 }
    }

    fn at(&self, seconds: f32) -> f32 {
        self.strokes
            .iter()
            .filter(|(at, ..)| seconds >= *at)
            .map(|&(at, pitch, decay_s)| {
                let t = seconds - at;
                // Straight to zero at the end, so that nothing is cut off.
                let level = (t / ATTACK_S).min(1.0) * (-5.0 * t / decay_s).exp() * (1.0 - t / decay_s).max(0.0);
                let turns = TAU * frequency_hz(pitch) * t;
                level * (turns.sin() + 0.25 * (2.0 * turns).sin() + 0.1 * (3.0 * turns).sin())
            })
            .sum::<f32>()
            * LEVEL
    }
}

impl Track for ChimeTrack {
    fn render(&mut self, out: &mut [Stereo]) -> Status {
        for frame in out.iter_mut() {
            let sample = if self.now < self.length { self.at(self.now as f32 / self.rate_hz) } else { 0.0 };
            *frame = [sample, sample];
            self.now = self.now.saturating_add(1);
        }
        if self.now < self.length { Status::Playing } else { Status::Ended }
    }
}
