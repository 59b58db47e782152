//! The box's short signals: soft bells, so that they are heard over any music without startling anybody.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a chime lasts a second"
)]

use crate::Chime;
use crate::compose::theory::{Semitones, frequency_hz};
use crate::{Status, Stereo, Track};
use std::f32::consts::TAU;

/// How loud a chime's strokes are, of full scale.
const LEVEL: f32 = 0.16;

/// Rise of a stroke in seconds.
const ATTACK_S: f32 = 0.006;

/// A stroke: when (seconds), which pitch, and how long it takes to die away.
type Stroke = (f32, Semitones, f32);

/// A chime that sounds once.
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
