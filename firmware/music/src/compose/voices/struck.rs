//! What is struck: bars and strings as a sum of dying sines, each a complex number that turns and shrinks, with the knock of
//! the hammer; and an electric piano by frequency modulation.

use super::tone::{Envelope, Noise, Shape, per_sample, sine};
use super::{Touch, Voice};
use crate::compose::character::Instrument;
use crate::compose::effects::LowPass;
use std::f32::consts::TAU;

/// Partials of a voice; unused ones are silent.
const PARTIALS: usize = 16;

/// One sine of a struck body.
#[derive(Debug, Clone, Copy)]
struct Partial {
    ratio: f32,
    gain: f32,
    decay_s: f32,
}

/// A struck body: partials as ratio, gain, gain with full brightness and velocity, decay in seconds.
struct Body {
    partials: &'static [(f32, f32, f32, f32)],
    /// Loudness and colour (Hz) of the hammer's knock.
    knock: (f32, f32),
    /// How much shorter high notes ring: the power of 440 Hz by the pitch.
    shorter: f32,
    release_s: f32,
}

/// A bar tuned to 1 : 4 : 10 (Fletcher & Rossing, The Physics of Musical Instruments, section 19.4).
const MARIMBA: Body = Body {
    partials: &[(1.0, 1.0, 0.0, 1.1), (3.97, 0.05, 0.35, 0.28), (9.6, 0.02, 0.2, 0.09), (2.0, 0.06, 0.0, 0.5)],
    knock: (0.9, 2_200.0),
    shorter: 0.5,
    release_s: 0.6,
};

/// Steel bars over resonators; long, nearly pure.
const CELESTA: Body = Body {
    partials: &[(1.0, 0.9, 0.0, 2.0), (2.003, 0.18, 0.0, 1.2), (4.02, 0.0, 0.3, 0.6), (6.7, 0.0, 0.2, 0.25)],
    knock: (0.5, 5_000.0),
    shorter: 0.2,
    release_s: 1.2,
};

/// Aluminium bars with tubes and a long ring; the pairs beat, as its fans do.
const VIBRAPHONE: Body = Body {
    partials: &[
        (1.0, 0.6, 0.0, 3.0),
        (1.004, 0.35, 0.0, 3.0),
        (3.98, 0.05, 0.2, 0.9),
        (4.01, 0.0, 0.1, 0.9),
        (10.1, 0.0, 0.1, 0.2),
    ],
    knock: (0.35, 3_000.0),
    shorter: 0.3,
    release_s: 0.7,
};

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
    knock: f32,
    knock_fall: f32,
    noise: Noise,
    colour: LowPass,
}

impl Struck {
    /// The voice of a struck instrument; `None` for the others.
    pub(super) fn of(instrument: Instrument, touch: &Touch) -> Option<Self> {
        let body = match instrument {
            Instrument::Piano => return Some(Self::piano(touch)),
            Instrument::Marimba => &MARIMBA,
            Instrument::Celesta => &CELESTA,
            Instrument::Vibraphone => &VIBRAPHONE,
            _ => return None,
        };
        let bright = touch.brightness * (0.4 + touch.velocity);
        let ring = (440.0 / touch.frequency_hz()).powf(body.shorter);
        let partials = body.partials.iter().map(|&(ratio, gain, more, decay_s)| Partial {
            ratio,
            gain: gain + more * bright,
            decay_s: decay_s * ring,
        });
        Some(Self::new(touch, partials, 0.001, body.release_s, body.knock))
    }

    /// Piano. Stiff strings stretch the upper partials (Fletcher 1964); the lower four have a second, slightly detuned
    /// string that dies later, which gives the after-sound.
    fn piano(touch: &Touch) -> Self {
        let f = touch.frequency_hz();
        let soft = 1.9 - 0.9 * touch.brightness - 0.5 * touch.velocity;
        let ring_s = 5.5 * (220.0 / f).powf(0.55);
        let partial = |number: u8, detune: f32, gain: f32, longer: f32| {
            let k = f32::from(number);
            Partial {
                ratio: k * (1.0 + 0.000_35 * k * k).sqrt() * detune,
                gain: gain * k.powf(-soft),
                decay_s: ring_s * longer / (1.0 + 0.4 * (k - 1.0)),
            }
        };
        let first = (1..=12).map(|k| partial(k, 1.0, 0.75, 1.0));
        let second = (1..=4).map(|k| partial(k, 1.001_2, 0.25, 1.8));
        Self::new(touch, first.chain(second), 0.002, 0.35, (0.9, 1_400.0))
    }

    fn new(
        touch: &Touch,
        partials: impl Iterator<Item = Partial>,
        onset_s: f32,
        release_s: f32,
        (knock, colour_hz): (f32, f32),
    ) -> Self {
        let rate = touch.rate_hz;
        let mut new = Self {
            re: [0.0; PARTIALS],
            im: [0.0; PARTIALS],
            cos: [0.0; PARTIALS],
            sin: [0.0; PARTIALS],
            onset: 0.0,
            onset_step: 1.0 / (onset_s * rate),
            held: touch.held_s * rate,
            release: per_sample(release_s, rate),
            damped: false,
            knock: knock * touch.velocity * touch.velocity,
            knock_fall: per_sample(0.06, rate),
            noise: Noise::new(touch.seed),
            colour: LowPass::new(colour_hz * (0.6 + touch.brightness), rate),
        };
        let f = touch.frequency_hz();
        for (at, partial) in partials.take(PARTIALS).enumerate() {
            let turns = f * partial.ratio / rate;
            if turns < 0.45 {
                let shrink = per_sample(partial.decay_s, rate);
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
        if self.knock > 1e-4 {
            for sample in out.iter_mut() {
                *sample += self.colour.next(self.knock * self.noise.next());
                self.knock *= self.knock_fall;
            }
        }
        if self.held <= 0.0 && !self.damped {
            // Let go: from here on every partial also shrinks with the damper.
            self.damped = true;
            self.cos.iter_mut().chain(&mut self.sin).for_each(|part| *part *= self.release);
        }
        self.re.iter().zip(&self.im).any(|(re, im)| re * re + im * im > 1e-9)
    }
}

/// An electric piano note: a tine and a body modulate the tone (Chowning 1973).
#[derive(Debug)]
pub(super) struct ElectricPiano {
    turns: f32,
    step: f32,
    tine_turns: f32,
    tine_step: f32,
    index: f32,
    index_fall: f32,
    tine_index: f32,
    tine_fall: f32,
    envelope: Envelope,
    gain: f32,
    /// The amplifier's tremolo.
    age_s: f32,
}

impl ElectricPiano {
    pub(super) fn new(touch: &Touch) -> Self {
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let ring_s = 4.5 * (261.6 / f).powf(0.4);
        let shape = Shape { attack_s: 0.003, decay_s: ring_s, sustain: 0.0, release_s: 0.3 };
        // The tine is fourteen times the pitch; above 9 kHz it would only hiss.
        let tine_ratio = if f * 14.0 < 9_000.0 { 14.0 } else { 7.0 };
        Self {
            turns: 0.0,
            step: f / rate,
            tine_turns: 0.0,
            tine_step: (f * tine_ratio).min(rate * 0.4) / rate,
            index: 0.08 + 0.4 * touch.velocity * touch.brightness,
            index_fall: per_sample(1.2, rate),
            tine_index: 0.02 + 0.07 * touch.velocity * touch.brightness,
            tine_fall: per_sample(0.25, rate),
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: 0.8 * touch.velocity,
            age_s: 0.0,
        }
    }
}

impl Voice for ElectricPiano {
    fn render(&mut self, out: &mut [f32]) -> bool {
        let ramp = self.envelope.ramp(out.len());
        let gain = self.gain * (0.9 + 0.1 * sine(4.7 * self.age_s));
        let mut level = ramp.level;
        for sample in out.iter_mut() {
            let modulation = self.index * sine(self.turns) + self.tine_index * sine(self.tine_turns);
            *sample += gain * level * sine(self.turns + modulation);
            level += ramp.step;
            self.turns += self.step;
            self.tine_turns += self.tine_step;
            self.index *= self.index_fall;
            self.tine_index *= self.tine_fall;
        }
        (self.turns, self.tine_turns) = (self.turns.fract(), self.tine_turns.fract());
        self.age_s += ramp.seconds;
        !self.envelope.is_over()
    }
}
