//! Tones that are held: bowed, blown, sung, pressed and synthesised ones. One voice, and a table of what differs.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a draw becomes the number of a vowel"
)]

mod patches;

use super::tone::{Envelope, Noise, sine};
use super::wavetable::{Table, Turn, table};
use super::{Touch, Voice};
use crate::compose::character::Instrument;
use crate::compose::effects::{BLOCK, StateVariable};
use patches::patch;

/// Oscillators of a voice, slightly out of tune with each other.
const COPIES: usize = 3;

/// The first two formants of a singer's vowels in Hz (Peterson & Barney 1952): a, o, e, i.
const VOWELS: [(f32, f32); 4] = [(730.0, 1_090.0), (570.0, 840.0), (530.0, 1_840.0), (300.0, 2_200.0)];

/// A note that is held.
pub(super) struct Sustained {
    table: &'static Table,
    turns: [Turn; COPIES],
    /// Steps of the oscillators without vibrato; those beyond the patch's copies stand still.
    steps: [f32; COPIES],
    copies: usize,
    noise: Noise,
    breath: f32,
    filter: StateVariable,
    cutoff_hz: f32,
    opening: f32,
    swaying: f32,
    vibrato: f32,
    vibrato_hz: f32,
    /// Seconds since the note began; the vibrato comes after a while.
    age_s: f32,
    phase: f32,
    envelope: Envelope,
    gain: f32,
    /// Formants of what sings, and the vowels it goes from and to.
    formants: Option<[StateVariable; 2]>,
    vowels: [(f32, f32); 2],
    rate_hz: f32,
}

impl Sustained {
    /// The voice of a note, slower to come and to go in a pad; `None` for what isn't held.
    pub(super) fn new(instrument: Instrument, touch: &Touch, pad: bool) -> Option<Self> {
        let patch = patch(instrument)?;
        let (f, rate) = (touch.frequency_hz(), touch.rate_hz);
        let mut shape = patch.shape;
        if pad {
            shape.attack_s = shape.attack_s.max(0.4);
            shape.release_s = shape.release_s.max(1.0);
        } else {
            // Short notes are begun and ended short.
            shape.attack_s = shape.attack_s.min((0.35 * touch.held_s).max(0.012));
            shape.release_s = shape.release_s.min((0.8 * touch.held_s).max(0.1));
        }
        let mut noise = Noise::new(touch.seed);
        // No two bows start together.
        let turns = std::array::from_fn(|_| Turn::of(noise.next()));
        let steps = std::array::from_fn(|copy| {
            let outer = [0.0, 1.0, -1.0][copy];
            f * (outer * patch.cents / 1_200.0).exp2()
        });
        let sings = matches!(instrument, Instrument::Voice | Instrument::Choir);
        let mut vowel = || VOWELS.into_iter().nth((2.0 + 2.0 * noise.next()) as usize).unwrap_or(VOWELS[0]);
        let vowels = [vowel(), vowel()];
        let open = touch.brightness * (0.35 + 0.65 * touch.velocity);
        Some(Self {
            table: table(patch.wave, f, rate),
            turns,
            steps,
            copies: patch.copies,
            breath: patch.noise * (0.5 + touch.brightness),
            filter: StateVariable::new(1_000.0, patch.q, rate),
            cutoff_hz: f * patch.tracking + patch.cutoff_hz + patch.bright_hz * open,
            opening: patch.opening,
            swaying: patch.swaying,
            vibrato: patch.vibrato.0 / 1_200.0 * if pad { 0.5 } else { 1.0 },
            vibrato_hz: patch.vibrato.1 * (1.0 + 0.08 * noise.next()),
            age_s: 0.0,
            phase: noise.next(),
            noise,
            envelope: Envelope::new(shape, touch.held_s, rate),
            gain: patch.gain * touch.velocity / patch.copies_gain(),
            formants: sings.then(|| [StateVariable::new(600.0, 5.0, rate), StateVariable::new(1_200.0, 7.0, rate)]),
            vowels,
            rate_hz: rate,
        })
    }
}

impl Sustained {
    /// The oscillators and the noise through the filter; how many there are is known to the compiler, which makes it a third
    /// cheaper.
    fn oscillate<const N: usize>(&mut self, steps: [u32; COPIES], out: &mut [f32]) {
        for sample in out {
            let mut sum = self.breath * self.noise.next();
            for (turn, step) in self.turns.iter_mut().zip(steps).take(N) {
                sum += turn.read(self.table, step);
            }
            *sample = self.filter.next(sum).0;
        }
    }
}

impl Voice for Sustained {
    fn render(&mut self, out: &mut [f32]) -> bool {
        let ramp = self.envelope.ramp(out.len());
        // Everything slow is set once a block.
        let deep = (self.age_s * 3.0).min(1.0) * self.vibrato;
        // Singers slide into a tone.
        let slide = if self.formants.is_some() { -0.06 * (-28.0 * self.age_s).exp2() } else { 0.0 };
        let bend = (slide + deep * sine(self.phase + self.age_s * self.vibrato_hz)).exp2();
        let sway = self.opening * (ramp.level - 0.5) + self.swaying * sine(self.phase + 0.23 * self.age_s);
        self.filter.tune(self.cutoff_hz * sway.exp2(), self.rate_hz);
        let steps = self.steps.map(|hz| Turn::step(hz * bend, self.rate_hz));
        let mut level = ramp.level * self.gain;
        let step = ramp.step * self.gain;
        let mut tone = [0.0; BLOCK];
        match self.copies {
            1 => self.oscillate::<1>(steps, &mut tone[..out.len()]),
            2 => self.oscillate::<2>(steps, &mut tone[..out.len()]),
            _ => self.oscillate::<COPIES>(steps, &mut tone[..out.len()]),
        }
        if let Some([first, second]) = &mut self.formants {
            // The mouth moves within a quarter of a second.
            let way = (4.0 * self.age_s).min(1.0);
            let [from, to] = self.vowels;
            first.tune(from.0 + (to.0 - from.0) * way, self.rate_hz);
            second.tune(from.1 + (to.1 - from.1) * way, self.rate_hz);
            for sample in &mut tone[..out.len()] {
                *sample = 0.25 * *sample + first.next(*sample).1 * 0.3 + second.next(*sample).1 * 0.2;
            }
        }
        for (sample, tone) in out.iter_mut().zip(tone) {
            *sample += level * tone;
            level += step;
        }
        self.age_s += ramp.seconds;
        !self.envelope.is_over()
    }
}
