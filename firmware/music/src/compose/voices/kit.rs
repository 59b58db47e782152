//! The drum kit: skins, noise and metal. One voice, and a table of what differs.

use super::tone::{Envelope, Noise, sine};
use super::wavetable::Turn;
use super::{Touch, Voice};
use crate::compose::character::Drum;
use crate::compose::effects::{HighPass, StateVariable};

/// A drum as up to three layers; a layer of gain 0 is left out.
struct Sound {
    /// A sine that falls to its pitch from so many times it: Hz, times, decay in seconds, gain.
    skin: (f32, f32, f32, f32),
    /// Noise from a band: centre in Hz, q, attack and decay in seconds, gain.
    noise: (f32, f32, f32, f32, f32),
    /// Six squares out of tune with each other, as in a TR-808: the lowest in Hz, decay in seconds, gain.
    metal: (f32, f32, f32),
    /// What lies below is cut from noise and metal, in Hz.
    cut_hz: f32,
}

const NOTHING: Sound =
    Sound { skin: (0.0, 1.0, 0.1, 0.0), noise: (1_000.0, 0.7, 0.001, 0.1, 0.0), metal: (0.0, 0.1, 0.0), cut_hz: 100.0 };

const fn sound(drum: Drum) -> Sound {
    match drum {
        Drum::Kick => {
            Sound { skin: (52.0, 3.2, 0.32, 0.95), noise: (3_200.0, 0.6, 0.000_5, 0.03, 0.3), cut_hz: 300.0, ..NOTHING }
        }
        Drum::SoftKick => {
            Sound { skin: (58.0, 2.0, 0.28, 0.8), noise: (900.0, 0.6, 0.002, 0.05, 0.08), cut_hz: 100.0, ..NOTHING }
        }
        Drum::Snare => {
            Sound { skin: (185.0, 1.5, 0.16, 0.4), noise: (3_000.0, 0.45, 0.001, 0.26, 0.75), cut_hz: 250.0, ..NOTHING }
        }
        Drum::Ghost => {
            Sound { skin: (190.0, 1.2, 0.1, 0.15), noise: (2_600.0, 0.5, 0.002, 0.14, 0.4), cut_hz: 250.0, ..NOTHING }
        }
        Drum::Rim => Sound {
            skin: (420.0, 1.3, 0.05, 0.35),
            noise: (2_200.0, 1.6, 0.000_5, 0.05, 0.5),
            cut_hz: 500.0,
            ..NOTHING
        },
        Drum::Clap => Sound { noise: (1_500.0, 0.9, 0.012, 0.28, 0.9), cut_hz: 600.0, ..NOTHING },
        Drum::ClosedHat => {
            Sound { noise: (8_500.0, 0.6, 0.000_8, 0.07, 0.4), metal: (540.0, 0.08, 0.22), cut_hz: 5_500.0, ..NOTHING }
        }
        Drum::OpenHat => {
            Sound { noise: (8_000.0, 0.5, 0.001, 0.45, 0.38), metal: (540.0, 0.5, 0.22), cut_hz: 4_800.0, ..NOTHING }
        }
        Drum::Ride => {
            Sound { noise: (6_500.0, 0.5, 0.001, 1.1, 0.2), metal: (430.0, 1.3, 0.2), cut_hz: 3_200.0, ..NOTHING }
        }
        Drum::Crash => {
            Sound { noise: (5_000.0, 0.35, 0.003, 2.4, 0.55), metal: (330.0, 2.0, 0.25), cut_hz: 1_200.0, ..NOTHING }
        }
        Drum::HighTom => {
            Sound { skin: (150.0, 1.7, 0.4, 0.7), noise: (1_200.0, 0.6, 0.001, 0.1, 0.25), cut_hz: 200.0, ..NOTHING }
        }
        Drum::LowTom => {
            Sound { skin: (84.0, 1.8, 0.55, 0.8), noise: (900.0, 0.6, 0.001, 0.12, 0.28), cut_hz: 150.0, ..NOTHING }
        }
        Drum::Shaker => Sound { noise: (6_000.0, 0.7, 0.03, 0.13, 0.55), cut_hz: 2_500.0, ..NOTHING },
        Drum::Tambourine => {
            Sound { noise: (9_000.0, 0.8, 0.004, 0.22, 0.3), metal: (780.0, 0.25, 0.22), cut_hz: 5_000.0, ..NOTHING }
        }
        Drum::Conga => Sound {
            skin: (210.0, 1.25, 0.22, 0.55),
            noise: (1_800.0, 0.7, 0.001, 0.04, 0.25),
            cut_hz: 300.0,
            ..NOTHING
        },
        Drum::Brush => Sound { noise: (3_800.0, 0.4, 0.09, 0.4, 0.5), cut_hz: 700.0, ..NOTHING },
        Drum::Tap => {
            Sound { skin: (200.0, 1.2, 0.08, 0.12), noise: (3_200.0, 0.4, 0.004, 0.16, 0.45), cut_hz: 500.0, ..NOTHING }
        }
        Drum::Riser => Sound { noise: (2_800.0, 0.6, 3.2, 0.6, 0.6), cut_hz: 500.0, ..NOTHING },
        Drum::Rumble => {
            Sound { skin: (41.0, 1.15, 2.6, 0.5), noise: (240.0, 0.6, 0.5, 2.4, 0.9), cut_hz: 40.0, ..NOTHING }
        }
    }
}

/// Ratios of the squares (the TR-808's oscillators, as measured by Werner, Abel & Smith 2014, DAFx).
const RATIOS: [f32; 6] = [1.0, 1.482, 1.8, 2.546, 2.63, 3.897];

/// A stroke.
pub(super) struct Stroke {
    turns: f32,
    hz: f32,
    bend: f32,
    skin: Option<Envelope>,
    skin_gain: f32,
    squares: [(Turn, u32); 6],
    metal: Option<Envelope>,
    metal_gain: f32,
    hiss: Noise,
    band: StateVariable,
    noise: Option<Envelope>,
    noise_gain: f32,
    cut: HighPass,
    rate_hz: f32,
}

impl Stroke {
    pub(super) fn new(drum: Drum, touch: &Touch) -> Self {
        let Sound { skin, noise, metal, cut_hz } = sound(drum);
        let rate = touch.rate_hz;
        let mut hiss = Noise::new(touch.seed);
        // No two strokes fall on the same spot.
        let spot = 1.0 + 0.03 * hiss.next();
        // A harder stroke is a brighter one.
        let hard = 0.75 + 0.3 * touch.velocity + 0.15 * touch.brightness;
        let layer = |gain: f32, envelope: Envelope| (gain > 0.0).then_some(envelope);
        Self {
            turns: 0.0,
            hz: skin.0 * spot,
            bend: skin.1,
            skin: layer(skin.3, Envelope::stroke(0.001, skin.2, rate)),
            skin_gain: skin.3 * touch.velocity,
            squares: RATIOS.map(|ratio| (Turn::of(hiss.next()), Turn::step(metal.0 * ratio * spot, rate))),
            metal: layer(metal.2, Envelope::stroke(0.001, metal.1, rate)),
            metal_gain: metal.2 * touch.velocity * hard,
            band: StateVariable::new((noise.0 * hard * spot).min(0.4 * rate), noise.1, rate),
            noise: layer(noise.4, Envelope::stroke(noise.2, noise.3, rate)),
            noise_gain: noise.4 * touch.velocity * hard,
            cut: HighPass::new(cut_hz, rate),
            hiss,
            rate_hz: rate,
        }
    }
}

impl Voice for Stroke {
    fn render(&mut self, out: &mut [f32]) -> bool {
        if let Some(skin) = &mut self.skin {
            let ramp = skin.ramp(out.len());
            self.bend = 1.0 + (self.bend - 1.0) * (-60.0 * ramp.seconds).exp2();
            let step = self.hz * self.bend / self.rate_hz;
            let mut level = ramp.level * self.skin_gain;
            for sample in out.iter_mut() {
                *sample += level * sine(self.turns);
                level += ramp.step * self.skin_gain;
                self.turns += step;
            }
            self.turns = self.turns.fract();
        }
        let rest = [&mut self.noise, &mut self.metal].map(|layer| layer.as_mut().map(|layer| layer.ramp(out.len())));
        if let [Some(noise), metal] = rest {
            let mut level = noise.level * self.noise_gain;
            let (mut metal_level, metal_step) =
                metal.map_or((0.0, 0.0), |ramp| (ramp.level * self.metal_gain, ramp.step * self.metal_gain));
            for sample in out.iter_mut() {
                let (_, mut sum) = self.band.next(self.hiss.next());
                sum *= level;
                if metal.is_some() {
                    let ring: i32 = self
                        .squares
                        .iter_mut()
                        .map(|(turn, step)| {
                            turn.0 = turn.0.wrapping_add(*step);
                            i32::from(turn.0 > u32::MAX / 2)
                        })
                        .sum();
                    sum += metal_level * RINGS[usize::try_from(ring).unwrap_or(0) % RINGS.len()];
                }
                *sample += self.cut.next(sum);
                level += noise.step * self.noise_gain;
                metal_level += metal_step;
            }
        }
        // What is over is left out from here on.
        let layers = [&mut self.skin, &mut self.noise, &mut self.metal];
        layers.into_iter().fold(false, |sounds, layer| {
            *layer = layer.filter(|envelope| !envelope.is_over());
            sounds || layer.is_some()
        })
    }
}

/// The sum of the squares by how many of them are up.
const RINGS: [f32; 7] = [-1.0, -0.667, -0.333, 0.0, 0.333, 0.667, 1.0];
