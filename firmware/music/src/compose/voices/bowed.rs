//! Sustained voices: a bowed section, and bowed glass.

use super::envelope::{Envelope, Shape};
use super::oscillator::{Noise, Phase, sine};
use super::{Touch, Voice};
use crate::compose::filter::{LowPass, StateVariable};

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
