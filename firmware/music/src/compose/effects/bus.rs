//! The bus that everything passes: grain, tilt, gentle compression and saturation.

#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a block has some dozen frames")]

use super::{BLOCK, Block, LowPass};
use crate::compose::character::Production;
use crate::compose::voices::Noise;
use crate::loudness::gain_factor;

/// Where the tilt turns, in Hz.
const TILT_HZ: f32 = 900.0;

/// How fast the tilt moves, in seconds.
const TILT_S: f32 = 0.2;

/// Where the compressor begins, as a root mean square, and how fast it follows, in seconds.
const THRESHOLD: f32 = 0.1;
const ATTACK_S: f32 = 0.012;
const RELEASE_S: f32 = 0.18;

/// How fast the grain moves below and above the tilt, in Hz, and what brings it to a fifth of the level.
const GRAIN_HZ: [f32; 2] = [250.0, 2_400.0];
const GRAIN: [f32; 2] = [2.7, 2.4];

/// The bus.
#[derive(Debug)]
pub(in crate::compose) struct Bus {
    low: [LowPass; 2],
    grain: [(Noise, [LowPass; 2]); 2],
    /// Mean square of what comes in.
    power: f32,
    gain: f32,
    /// The tilt now, on its way to the bar's.
    tilt_db: f32,
    rate_hz: f32,
}

impl Bus {
    pub(in crate::compose) fn new(rate_hz: f32) -> Self {
        let grain = |seed| (Noise::new(seed), GRAIN_HZ.map(|hz| LowPass::new(hz, rate_hz)));
        Self {
            low: [LowPass::new(TILT_HZ, rate_hz); 2],
            grain: [grain(1), grain(2)],
            power: 0.0,
            gain: 1.0,
            tilt_db: 0.0,
            rate_hz,
        }
    }

    /// Brings a block into its mood's shape.
    pub(in crate::compose) fn process(&mut self, block: &mut Block, production: &Production) {
        self.tilt_db += (production.tilt_db - self.tilt_db) * (BLOCK as f32 / (TILT_S * self.rate_hz)).min(1.0);
        let (dark, bright) = (gain_factor(-self.tilt_db), gain_factor(self.tilt_db));
        let sides = [&mut block.left, &mut block.right];
        let [deep, fine] = GRAIN.map(|gain| gain * production.grain);
        for ((samples, low), (noise, [slow, fast])) in sides.into_iter().zip(&mut self.low).zip(&mut self.grain) {
            for sample in samples.iter_mut() {
                let below = low.next(*sample);
                // Tape doesn't hold a level exactly: what it plays trembles, and fills what lies between the partials.
                let grain = noise.next();
                let above = (*sample - below) * (1.0 + fine * fast.next(grain));
                *sample = dark * below * (1.0 + deep * slow.next(grain)) + bright * above;
            }
        }
        self.compress(block, production.squash);
        if production.saturation > 0.0 {
            let drive = production.saturation;
            for samples in [&mut block.left, &mut block.right] {
                for sample in samples.iter_mut() {
                    // tanh as a fraction, good to 2 % up to three.
                    let x = (drive * *sample).clamp(-3.0, 3.0);
                    *sample = x * (27.0 + x * x) / (27.0 + 9.0 * x * x) / drive;
                }
            }
        }
    }

    /// Turns down what is above the threshold: `squash` 0 not at all, 1 altogether.
    fn compress(&mut self, block: &mut Block, squash: f32) {
        let sum: f32 = block.left.iter().zip(&block.right).map(|(left, right)| left * left + right * right).sum();
        let power = sum / BLOCK as f32;
        let time_s = if power > self.power { ATTACK_S } else { RELEASE_S };
        let seconds = BLOCK as f32 / self.rate_hz;
        self.power += (power - self.power) * (1.0 - (-seconds / time_s).exp());
        let over = (self.power.sqrt() / THRESHOLD).max(1e-3);
        let wanted = if over > 1.0 { over.powf(-squash) } else { 1.0 };
        let step = (wanted - self.gain) / BLOCK as f32;
        for (left, right) in block.left.iter_mut().zip(&mut block.right) {
            self.gain += step;
            *left *= self.gain;
            *right *= self.gain;
        }
    }
}
