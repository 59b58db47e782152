//! Electric piano by frequency modulation (Chowning 1973): a body, and a tine that rings high and dies at once.

use super::envelope::{Envelope, Shape, per_sample};
use super::oscillator::{Phase, sine};
use super::{Touch, Voice};

/// An electric piano note.
#[derive(Debug)]
pub(super) struct ElectricPiano {
    carrier: Phase,
    modulator: Phase,
    tine: Phase,
    index: f32,
    index_fall: f32,
    tine_index: f32,
    tine_fall: f32,
    envelope: Envelope,
    gain: f32,
}

impl ElectricPiano {
    pub(super) fn new(touch: &Touch) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let ring_s = 4.5 * (261.6 / f).powf(0.4);
        let shape = Shape { attack_s: 0.003, decay_s: ring_s, sustain: 0.0, release_s: 0.3 };
        // The tine is fourteen times the pitch; above 9 kHz it would only hiss.
        let tine_ratio = if f * 14.0 < 9_000.0 { 14.0 } else { 7.0 };
        Self {
            carrier: Phase::new(f, rate, 0.0),
            modulator: Phase::new(f, rate, 0.0),
            tine: Phase::new((f * tine_ratio).min(rate * 0.4), rate, 0.0),
            index: 0.05 + 0.32 * touch.velocity * touch.brightness,
            index_fall: per_sample(1.2, rate),
            tine_index: 0.05 * touch.velocity * touch.brightness,
            tine_fall: per_sample(0.25, rate),
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: 0.8 * touch.velocity,
        }
    }
}

impl Voice for ElectricPiano {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let modulation = self.index * sine(self.modulator.next(1.0)) + self.tine_index * sine(self.tine.next(1.0));
            *sample += self.gain * self.envelope.next() * sine(self.carrier.next(1.0) + modulation);
            self.index *= self.index_fall;
            self.tine_index *= self.tine_fall;
        }
        !self.envelope.is_over()
    }
}
