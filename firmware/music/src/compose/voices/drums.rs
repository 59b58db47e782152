//! A soft drum kit: skins are falling sines, metal and brushes are filtered noise.

use super::envelope::{Envelope, Shape, per_sample};
use super::oscillator::{Noise, Phase, sine};
use super::{Touch, Voice};
use crate::compose::filter::{HighPass, StateVariable};
use crate::compose::score::Drum;

/// The voice of a drum.
pub(super) fn drum(drum: Drum, touch: &Touch) -> Box<dyn Voice> {
    match drum {
        Drum::Kick => Box::new(Skin::new(touch, 50.0, 2.4, 0.3, 0.95)),
        Drum::Tom => Box::new(Skin::new(touch, 84.0, 1.6, 0.4, 0.6)),
        Drum::Snare => Box::new(Wires::new(touch, 1_900.0, 0.7, 0.002, 0.22, 0.5)),
        Drum::Hat => Box::new(Wires::new(touch, 8_000.0, 0.9, 0.001, 0.09, 0.35)),
        Drum::Shaker => Box::new(Wires::new(touch, 5_200.0, 1.4, 0.025, 0.14, 0.35)),
    }
}

/// A skin: a sine that falls to its pitch.
#[derive(Debug)]
struct Skin {
    phase: Phase,
    bend: f32,
    settle: f32,
    envelope: Envelope,
    gain: f32,
}

impl Skin {
    fn new(touch: &Touch, frequency_hz: f32, bend: f32, decay_s: f32, gain: f32) -> Self {
        let shape = Shape { attack_s: 0.003, decay_s, sustain: 0.0, release_s: decay_s };
        Self {
            phase: Phase::new(frequency_hz, touch.rate_hz, 0.0),
            bend,
            settle: per_sample(0.12, touch.rate_hz),
            envelope: Envelope::new(shape, 2.0 * decay_s, touch.rate_hz),
            gain: gain * touch.velocity,
        }
    }
}

impl Voice for Skin {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            *sample += self.gain * self.envelope.next() * sine(self.phase.next(self.bend));
            self.bend = 1.0 + (self.bend - 1.0) * self.settle;
        }
        !self.envelope.is_over()
    }
}

/// Snare wires, a hat, a shaker: a burst of noise from one band.
#[derive(Debug)]
struct Wires {
    noise: Noise,
    band: StateVariable,
    low_cut: HighPass,
    envelope: Envelope,
    gain: f32,
}

impl Wires {
    fn new(touch: &Touch, centre_hz: f32, q: f32, attack_s: f32, decay_s: f32, gain: f32) -> Self {
        let shape = Shape { attack_s, decay_s, sustain: 0.0, release_s: decay_s };
        Self {
            noise: Noise::new(touch.seed),
            band: StateVariable::new(centre_hz, q, touch.rate_hz),
            low_cut: HighPass::new(centre_hz * 0.4, touch.rate_hz),
            envelope: Envelope::new(shape, 2.0 * decay_s, touch.rate_hz),
            gain: gain * touch.velocity * (0.5 + touch.brightness),
        }
    }
}

impl Voice for Wires {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let (_, band) = self.band.next(self.noise.next());
            *sample += self.gain * self.envelope.next() * self.low_cut.next(band);
        }
        !self.envelope.is_over()
    }
}
