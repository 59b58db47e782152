//! Plucked strings (Karplus & Strong 1983, with the fractional period of Jaffe & Smith): a line of noise that goes round.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a period is a few hundred samples"
)]

use super::tone::{Noise, per_sample};
use super::{Touch, Voice};
use crate::compose::character::Instrument;
use crate::compose::effects::LowPass;

/// A string: how long it rings at middle C, how bright it is against the piece's brightness, how much its player's finger
/// smooths the pluck (Hz, and Hz with full brightness and velocity), and how soon it is damped.
struct StringKind {
    ring_s: f32,
    bright: f32,
    finger_hz: (f32, f32),
    damp_s: f32,
    gain: f32,
}

const HARP: StringKind = StringKind { ring_s: 2.6, bright: 0.3, finger_hz: (700.0, 4_000.0), damp_s: 0.5, gain: 0.55 };
const GUITAR: StringKind =
    StringKind { ring_s: 3.2, bright: 0.42, finger_hz: (2_000.0, 9_000.0), damp_s: 0.25, gain: 0.5 };
const MUTED: StringKind =
    StringKind { ring_s: 0.45, bright: 0.3, finger_hz: (1_500.0, 7_000.0), damp_s: 0.08, gain: 0.6 };
/// Into an amplifier, which evens it out.
const ELECTRIC: StringKind =
    StringKind { ring_s: 5.0, bright: 0.4, finger_hz: (2_500.0, 8_000.0), damp_s: 0.06, gain: 0.5 };

/// A plucked note.
#[derive(Debug)]
pub(super) struct Pluck {
    line: Vec<f32>,
    at: usize,
    /// Share of the previous sample in the loop's average: more is darker, and delays by as many samples.
    blend: f32,
    /// Where between two samples the period ends.
    between: f32,
    last: f32,
    loss: f32,
    /// Samples until the string is damped.
    held: f32,
    damp: f32,
    level: f32,
    /// Rises from 0 to 1 within a millisecond and a half, so that the string doesn't click.
    onset: f32,
    onset_step: f32,
}

impl Pluck {
    /// The voice of a plucked instrument; `None` for the others.
    pub(super) fn of(instrument: Instrument, touch: &Touch) -> Option<Self> {
        let kind = match instrument {
            Instrument::Harp => &HARP,
            Instrument::Guitar => &GUITAR,
            Instrument::MutedGuitar => &MUTED,
            Instrument::DrivenGuitar => &ELECTRIC,
            _ => return None,
        };
        Some(Self::new(kind, touch))
    }

    fn new(kind: &StringKind, touch: &Touch) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let blend = 0.5 - kind.bright * touch.brightness;
        let period = rate / f - blend;
        let whole = (period as usize).max(2);
        let ring_s = kind.ring_s * (261.6 / f).powf(0.5);
        let mut noise = Noise::new(touch.seed);
        // A soft finger: the noise is smoothed twice, the harder the less.
        let cutoff_hz = kind.finger_hz.0 + kind.finger_hz.1 * touch.brightness * touch.velocity;
        let mut finger = [LowPass::new(cutoff_hz, rate); 2];
        let mut smooth = |sample: f32| {
            let once = finger[0].next(sample);
            finger[1].next(once)
        };
        let rough: Vec<f32> = (0..=whole).map(|_| noise.next()).collect();
        // Once round without listening, so that the string's end meets its beginning without a step.
        rough.iter().for_each(|&sample| {
            smooth(sample);
        });
        let mut line: Vec<f32> = rough.into_iter().map(smooth).collect();
        // An offset would go round and never be heard, but it would be there.
        let mean = line.iter().sum::<f32>() / line.len() as f32;
        line.iter_mut().for_each(|sample| *sample -= mean);
        // Equal power whatever the smoothing took.
        let power = line.iter().map(|sample| sample * sample).sum::<f32>() / line.len() as f32;
        let scale = kind.gain * touch.velocity / power.sqrt().max(1e-6);
        line.iter_mut().for_each(|sample| *sample *= scale);
        let between = period - whole as f32;
        let last = line[0] + (line[whole] - line[0]) * between;
        Self {
            line,
            at: 0,
            blend,
            between,
            last,
            loss: per_sample(ring_s * f / rate, rate),
            held: touch.held_s * rate,
            damp: per_sample(kind.damp_s, rate),
            level: 1.0,
            onset: 0.0,
            onset_step: 1.0 / (0.001_5 * rate),
        }
    }
}

impl Voice for Pluck {
    fn render(&mut self, out: &mut [f32]) -> bool {
        let length = self.line.len();
        let mut peak = 0.0_f32;
        for sample in out.iter_mut() {
            let next = if self.at + 1 == length { 0 } else { self.at + 1 };
            // The line is one longer than the whole period: `at` is the oldest, `next` the one after it.
            let now = self.line[next] + (self.line[self.at] - self.line[next]) * self.between;
            self.line[self.at] = self.loss * (now + (self.last - now) * self.blend);
            self.last = now;
            self.at = next;
            if self.held <= 0.0 {
                self.level *= self.damp;
            }
            self.held -= 1.0;
            *sample += now * self.level * self.onset;
            self.onset = (self.onset + self.onset_step).min(1.0);
            peak = peak.max(now.abs() * self.level);
        }
        // A block of 64 can be shorter than a period; a string that rings is never silent for that long.
        peak > 3e-5 || self.level > 0.5 && self.loss > 0.9 && self.held > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_sounds_at_its_pitch_without_steps() {
        for pitch in [45, 57, 69, 81] {
            let touch = Touch {
                pitch,
                cents: 0.0,
                velocity: 0.7,
                held_s: 2.0,
                brightness: 0.7,
                rate_hz: 48_000.0,
                seed: pitch.unsigned_abs().into(),
            };
            let mut out = vec![0.0; 48_000];
            Pluck::new(&HARP, &touch).render(&mut out);
            let step = out.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            let peak = out.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!(step < 0.45 * peak, "note {pitch} steps by {step} of {peak}");
            // The waveform repeats after a period.
            let period = 48_000.0 / touch.frequency_hz();
            let (whole, between) = (period as usize, period.fract());
            let (mut same, mut all) = (0.0, 0.0);
            for at in 9_600..19_200 {
                let later = out[at + whole] + (out[at + whole + 1] - out[at + whole]) * between;
                same += (later - out[at]).powi(2);
                all += out[at].powi(2);
            }
            assert!(same < 0.02 * all, "note {pitch} is out of tune: {}", same / all);
        }
    }
}
