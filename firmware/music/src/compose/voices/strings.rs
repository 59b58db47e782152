//! Strings: a bowed section and bowed glass, plucked strings (Karplus-Strong), and basses.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a period is a few hundred samples"
)]

use super::tone::{Envelope, Shape, per_sample};
use super::tone::{Noise, Phase, sine};
use super::{Touch, Voice};
use crate::compose::effects::{LowPass, StateVariable};

/// A few strings together: two detuned sawtooths behind a body that takes the highs.
#[derive(Debug)]
pub(super) struct Strings {
    first: Phase,
    second: Phase,
    vibrato: Phase,
    depth: f32,
    body: StateVariable,
    envelope: Envelope,
    gain: f32,
}

impl Strings {
    pub(super) fn new(touch: &Touch, pad: bool) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        // Short notes are bowed short.
        let attack_s = (0.35 * touch.held_s).clamp(0.012, if pad { 0.5 } else { 0.12 });
        let release_s = if pad { 1.2 } else { (0.8 * touch.held_s).clamp(0.12, 0.6) };
        let shape = Shape { attack_s, decay_s: 3.0, sustain: 0.8, release_s };
        let cutoff_hz = f * 1.4 + 250.0 + 3_600.0 * touch.brightness * (0.35 + 0.65 * touch.velocity);
        // Phases differ from note to note, as no two bows start together.
        let start = Noise::new(touch.seed).next().abs() * 0.99;
        Self {
            first: Phase::new(f * 0.998, rate, start),
            second: Phase::new(f * 1.002, rate, 1.0 - start),
            vibrato: Phase::new(5.2, rate, 0.0),
            depth: if pad { 0.001 } else { 0.003 },
            body: StateVariable::new(cutoff_hz, 0.75, rate),
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: touch.velocity * if pad { 0.2 } else { 0.3 },
        }
    }
}

impl Voice for Strings {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let bend = 1.0 + self.depth * sine(self.vibrato.next(1.0));
            let (low, _) = self.body.next(self.first.saw(bend) + self.second.saw(bend));
            *sample += self.gain * self.envelope.next() * low;
        }
        !self.envelope.is_over()
    }
}

/// Bowed glass: a sine and its octave, trembling, with a breath of noise.
#[derive(Debug)]
pub(super) struct Glass {
    body: Phase,
    tremble: Phase,
    noise: Noise,
    breath: LowPass,
    envelope: Envelope,
    gain: f32,
    octave: f32,
}

impl Glass {
    pub(super) fn new(touch: &Touch, pad: bool) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let attack_s = if pad { 0.7 } else { (0.5 * touch.held_s).clamp(0.03, 0.2) };
        let shape = Shape { attack_s, decay_s: 4.0, sustain: 0.7, release_s: if pad { 2.0 } else { 1.4 } };
        Self {
            body: Phase::new(f, rate, 0.0),
            tremble: Phase::new(3.1 + 1.5 * Noise::new(touch.seed).next().abs(), rate, 0.0),
            noise: Noise::new(touch.seed),
            breath: LowPass::new(1_200.0 + 3_000.0 * touch.brightness, rate),
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: touch.velocity * if pad { 0.3 } else { 0.55 },
            octave: 0.12 + 0.25 * touch.brightness,
        }
    }
}

impl Voice for Glass {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let tremble = 0.85 + 0.15 * sine(self.tremble.next(1.0));
            let turns = self.body.next(1.0);
            let breath = 0.02 * self.breath.next(self.noise.next());
            let tone = sine(turns) + self.octave * sine(2.0 * turns) + breath;
            *sample += self.gain * tremble * self.envelope.next() * tone;
        }
        !self.envelope.is_over()
    }
}

/// A bass note.
#[derive(Debug)]
pub(super) struct Bass {
    phase: Phase,
    filter: StateVariable,
    envelope: Envelope,
    gain: f32,
    /// How hard the sawtooth is driven; 0 is the round bass, which has none.
    drive: f32,
    overtones: f32,
}

impl Bass {
    /// A sine with a little of its second and third partial, so that small speakers show it too.
    pub(super) fn soft(touch: &Touch) -> Self {
        let shape = Shape { attack_s: 0.008, decay_s: 4.0, sustain: 0.25, release_s: 0.25 };
        Self::new(touch, shape, 0.0, 0.7)
    }

    /// A sawtooth, filtered, then pushed into saturation.
    pub(super) fn driven(touch: &Touch) -> Self {
        let shape = Shape { attack_s: 0.004, decay_s: 1.5, sustain: 0.5, release_s: 0.12 };
        Self::new(touch, shape, 2.2, 0.42)
    }

    fn new(touch: &Touch, shape: Shape, drive: f32, gain: f32) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let cutoff_hz = f * 2.0 + 1_500.0 * touch.brightness * touch.velocity;
        Self {
            phase: Phase::new(f, rate, 0.0),
            filter: StateVariable::new(cutoff_hz, 0.9, rate),
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: gain * touch.velocity,
            drive,
            overtones: 0.15 + 0.35 * touch.brightness,
        }
    }
}

impl Voice for Bass {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let level = self.envelope.next();
            let tone = if self.drive > 0.0 {
                let (low, _) = self.filter.next(self.phase.saw(1.0));
                let pushed = self.drive * low;
                // A cheap soft clip: x / (1 + |x|).
                pushed / (1.0 + pushed.abs())
            } else {
                let turns = self.phase.next(1.0);
                sine(turns) + self.overtones * (0.5 * sine(2.0 * turns) + 0.25 * sine(3.0 * turns))
            };
            *sample += self.gain * level * tone;
        }
        !self.envelope.is_over()
    }
}

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
    pub(super) fn new(touch: &Touch) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let blend = 0.5 - 0.3 * touch.brightness;
        let period = rate / f - blend;
        let whole = (period as usize).max(2);
        let ring_s = 2.6 * (261.6 / f).powf(0.5);
        let mut noise = Noise::new(touch.seed);
        // A soft finger: the noise is smoothed twice, the harder the less.
        let cutoff_hz = 700.0 + 4_000.0 * touch.brightness * touch.velocity;
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
        let scale = 0.55 * touch.velocity / power.sqrt().max(1e-6);
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
            damp: per_sample(0.5, rate),
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
                velocity: 0.7,
                held_s: 2.0,
                brightness: 0.7,
                rate_hz: 48_000.0,
                seed: pitch.unsigned_abs().into(),
            };
            let mut out = vec![0.0; 48_000];
            Pluck::new(&touch).render(&mut out);
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
