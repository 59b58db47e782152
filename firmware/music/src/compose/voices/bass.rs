//! Basses: a round one and one with an edge.

use super::envelope::{Envelope, Shape};
use super::oscillator::{Phase, sine};
use super::{Touch, Voice};
use crate::compose::filter::StateVariable;

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
