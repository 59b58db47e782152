//! What is struck: drums, an electric piano, and bars and strings as a sum of dying sines, each a complex number that turns and shrinks.

use super::tone::{Envelope, Shape, per_sample};
use super::tone::{Noise, Phase, sine};
use super::{Touch, Voice};
use crate::compose::effects::{HighPass, StateVariable};
use crate::compose::score::Drum;
use std::f32::consts::TAU;

/// Partials of a voice; unused ones are silent.
const PARTIALS: usize = 12;

/// One sine of a struck body.
#[derive(Debug, Clone, Copy)]
struct Partial {
    ratio: f32,
    gain: f32,
    decay_s: f32,
}

/// A struck note.
#[derive(Debug)]
pub(super) struct Struck {
    // Structure of arrays, so that the loop below becomes vector code.
    re: [f32; PARTIALS],
    im: [f32; PARTIALS],
    cos: [f32; PARTIALS],
    sin: [f32; PARTIALS],
    onset: f32,
    onset_step: f32,
    held: f32,
    release: f32,
    damped: bool,
}

impl Struck {
    /// Felt piano. Stiff strings stretch the upper partials (Fletcher 1964); the lower four have a second, slightly
    /// detuned string that dies later, which gives the after-sound.
    pub(super) fn piano(touch: &Touch) -> Self {
        let f = touch.frequency_hz();
        let soft = 2.1 - 0.9 * touch.brightness - 0.5 * touch.velocity;
        let ring_s = 5.5 * (220.0 / f).powf(0.55);
        let partial = |number: u8, detune: f32, gain: f32, longer: f32| {
            let k = f32::from(number);
            Partial {
                ratio: k * (1.0 + 0.000_35 * k * k).sqrt() * detune,
                gain: gain * k.powf(-soft),
                decay_s: ring_s * longer / (1.0 + 0.4 * (k - 1.0)),
            }
        };
        let first = (1..=8).map(|k| partial(k, 1.0, 0.75, 1.0));
        let second = (1..=4).map(|k| partial(k, 1.000_6, 0.25, 1.8));
        Self::new(touch, first.chain(second), 0.004, 0.35)
    }

    /// Marimba: a bar tuned to 1 : 4 : 10 (Fletcher & Rossing, The Physics of Musical Instruments, section 19.4).
    pub(super) fn marimba(touch: &Touch) -> Self {
        let low = (440.0 / touch.frequency_hz()).powf(0.5);
        let bright = touch.brightness * (0.4 + touch.velocity);
        let partials = [(1.0, 1.0, 1.1), (3.97, 0.3 * bright, 0.28), (9.6, 0.16 * bright, 0.09), (2.0, 0.06, 0.5)];
        let partials = partials.map(|(ratio, gain, decay_s)| Partial { ratio, gain, decay_s: decay_s * low });
        Self::new(touch, partials.into_iter(), 0.001, 0.6)
    }

    /// Celesta: steel bars over resonators; long, nearly pure.
    pub(super) fn celesta(touch: &Touch) -> Self {
        let bright = touch.brightness * (0.3 + touch.velocity);
        let partials = [(1.0, 0.9, 2.0), (2.003, 0.18, 1.2), (4.02, 0.22 * bright, 0.6), (6.7, 0.1 * bright, 0.25)];
        let partials = partials.map(|(ratio, gain, decay_s)| Partial { ratio, gain, decay_s });
        Self::new(touch, partials.into_iter(), 0.001, 1.2)
    }

    fn new(touch: &Touch, partials: impl Iterator<Item = Partial>, onset_s: f32, release_s: f32) -> Self {
        let mut new = Self {
            re: [0.0; PARTIALS],
            im: [0.0; PARTIALS],
            cos: [0.0; PARTIALS],
            sin: [0.0; PARTIALS],
            onset: 0.0,
            onset_step: 1.0 / (onset_s * touch.rate_hz),
            held: touch.held_s * touch.rate_hz,
            release: per_sample(release_s, touch.rate_hz),
            damped: false,
        };
        let f = touch.frequency_hz();
        for (at, partial) in partials.take(PARTIALS).enumerate() {
            let turns = f * partial.ratio / touch.rate_hz;
            if turns < 0.45 {
                let shrink = per_sample(partial.decay_s, touch.rate_hz);
                new.re[at] = partial.gain * touch.velocity;
                new.cos[at] = shrink * (TAU * turns).cos();
                new.sin[at] = shrink * (TAU * turns).sin();
            }
        }
        new
    }
}

impl Voice for Struck {
    fn render(&mut self, out: &mut [f32]) -> bool {
        for sample in out.iter_mut() {
            let mut sum = 0.0;
            for at in 0..PARTIALS {
                let (re, im) = (self.re[at], self.im[at]);
                self.re[at] = re * self.cos[at] - im * self.sin[at];
                self.im[at] = re * self.sin[at] + im * self.cos[at];
                sum += im;
            }
            *sample += sum * self.onset;
            self.onset = (self.onset + self.onset_step).min(1.0);
            self.held -= 1.0;
        }
        if self.held <= 0.0 && !self.damped {
            // Let go: from here on every partial also shrinks with the damper.
            self.damped = true;
            self.cos.iter_mut().chain(&mut self.sin).for_each(|part| *part *= self.release);
        }
        self.re.iter().zip(&self.im).any(|(re, im)| re * re + im * im > 1e-9)
    }
}

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
