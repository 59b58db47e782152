//! Brings any music to one loudness, slowly enough not to be heard doing it.
//!
//! Loudness is measured as in ITU-R BS.1770-4 (K-weighting, blocks of 400 ms, a relative gate), without overlap and
//! with slow forgetting. The gain starts from what is expected of the music and moves by at most 1 dB a second.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a block is some twenty thousand frames"
)]

use crate::track::Stereo;

/// The box's loudness for neutral music, in LUFS: the middle of a living room, not of a club.
pub(crate) const USUAL_LUFS: f32 = -18.0;

/// Length of a measuring block in seconds.
const BLOCK_S: f32 = 0.4;

/// The fastest change, in dB for a block: 1 dB a second.
const STEP_DB: f32 = 0.4;

/// How far below the mean a block still counts, in LU.
const GATE_LU: f32 = 10.0;

/// Blocks after which a measurement counts half as much: forty seconds.
const MEMORY_BLOCKS: f32 = 100.0;

#[derive(Debug, Clone)]
pub(super) struct LoudnessNormaliser {
    weighting: [Weighting; 2],
    target_lufs: f32,
    most_db: f32,
    /// Weighted sum of the power of the blocks so far, and of the weights.
    power: f32,
    weight: f32,
    block_power: f32,
    block_frames: usize,
    filled: usize,
    gain: f32,
    gain_db: f32,
    step: f32,
}

impl LoudnessNormaliser {
    /// Levels music of about `expected_lufs`, worth `trust_s` seconds, to `target_lufs`; ±`most_db` at most.
    pub(super) fn new(expected_lufs: f32, trust_s: f32, target_lufs: f32, most_db: f32, rate_hz: f32) -> Self {
        let gain_db = (target_lufs - expected_lufs).clamp(-most_db, most_db);
        let weight = (trust_s / BLOCK_S).max(1.0);
        Self {
            weighting: [Weighting::new(rate_hz); 2],
            target_lufs,
            most_db,
            power: power_of(expected_lufs) * weight,
            weight,
            block_power: 0.0,
            block_frames: (BLOCK_S * rate_hz) as usize,
            filled: 0,
            gain: gain_factor(gain_db),
            gain_db,
            step: 0.0,
        }
    }

    /// From now on what comes is expected at `expected_lufs` and brought to `target_lufs`; the gain moves there as fast as it may.
    pub(super) fn aim(&mut self, expected_lufs: f32, target_lufs: f32) {
        self.target_lufs = target_lufs;
        self.power = power_of(expected_lufs) * self.weight;
    }

    /// What was measured, before the gain, in LUFS.
    #[cfg(test)]
    pub(crate) fn measured_lufs(&self) -> f32 {
        lufs_of(self.power / self.weight)
    }

    pub(super) fn process(&mut self, frames: &mut [Stereo]) {
        for frame in frames {
            let [left, right] = [self.weighting[0].next(frame[0]), self.weighting[1].next(frame[1])];
            self.block_power += left * left + right * right;
            self.gain += self.step;
            frame.iter_mut().for_each(|sample| *sample *= self.gain);
            self.filled += 1;
            if self.filled == self.block_frames {
                self.end_block();
            }
        }
    }

    fn end_block(&mut self) {
        let power = self.block_power / self.filled as f32;
        (self.block_power, self.filled) = (0.0, 0);
        if power > power_of(lufs_of(self.power / self.weight) - GATE_LU) {
            self.power += power;
            self.weight += 1.0;
        }
        let keep = (-1.0 / MEMORY_BLOCKS).exp2();
        if self.weight > MEMORY_BLOCKS {
            self.power *= keep;
            self.weight *= keep;
        }
        let wanted = (self.target_lufs - lufs_of(self.power / self.weight)).clamp(-self.most_db, self.most_db);
        // The ramp ends where the block ends, so start the next one from the exact value: rounding must not add up.
        self.gain = gain_factor(self.gain_db);
        self.gain_db += (wanted - self.gain_db).clamp(-STEP_DB, STEP_DB);
        self.step = (gain_factor(self.gain_db) - self.gain) / self.block_frames as f32;
    }
}

/// BS.1770's constant: a full-scale sine of 997 Hz in one channel measures -3.01 LUFS.
fn lufs_of(power: f32) -> f32 {
    -0.691 + 10.0 * power.max(1e-12).log10()
}

fn power_of(lufs: f32) -> f32 {
    10.0_f32.powf((lufs + 0.691) / 10.0)
}

/// The factor of a gain in dB.
pub(crate) fn gain_factor(gain_db: f32) -> f32 {
    10.0_f32.powf(gain_db / 20.0)
}

/// K-weighting: a shelf for the head, a high-pass for the ear. Coefficients for any rate as derived by De Man 2018
/// (Evaluation of implementations of the EBU R128 loudness measurement).
#[derive(Debug, Clone, Copy)]
struct Weighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl Weighting {
    fn new(rate_hz: f32) -> Self {
        Self { shelf: Biquad::shelf(rate_hz), high_pass: Biquad::high_pass(rate_hz) }
    }

    fn next(&mut self, input: f32) -> f32 {
        self.high_pass.next(self.shelf.next(input))
    }
}

/// Two poles and two zeros, transposed direct form II.
#[derive(Debug, Clone, Copy)]
struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    state: [f32; 2],
}

impl Biquad {
    fn shelf(rate_hz: f32) -> Self {
        let (gain_db, q, f) = (3.999_844, 0.707_175_24, 1_681.974_5);
        let k = (std::f32::consts::PI * f / rate_hz).tan();
        let high = gain_factor(gain_db);
        let band = high.powf(0.499_666_77);
        let a0 = 1.0 + k / q + k * k;
        Self {
            b: [(high + band * k / q + k * k) / a0, 2.0 * (k * k - high) / a0, (high - band * k / q + k * k) / a0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
            state: [0.0; 2],
        }
    }

    fn high_pass(rate_hz: f32) -> Self {
        let (q, f) = (0.500_327_04, 38.135_47);
        let k = (std::f32::consts::PI * f / rate_hz).tan();
        let a0 = 1.0 + k / q + k * k;
        Self { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0], state: [0.0; 2] }
    }

    fn next(&mut self, input: f32) -> f32 {
        let out = self.b[0] * input + self.state[0];
        self.state[0] = self.b[1] * input - self.a[0] * out + self.state[1];
        self.state[1] = self.b[2] * input - self.a[1] * out;
        out
    }
}

/// Gated loudness of a whole recording in LUFS: for tests.
#[cfg(test)]
pub(crate) fn loudness_lufs(frames: &[Stereo], rate_hz: f32) -> f32 {
    let mut weighting = [Weighting::new(rate_hz); 2];
    let powers: Vec<f32> = frames
        .chunks((BLOCK_S * rate_hz) as usize)
        .map(|block| {
            let sum: f32 = block
                .iter()
                .map(|frame| weighting[0].next(frame[0]).powi(2) + weighting[1].next(frame[1]).powi(2))
                .sum();
            sum / block.len() as f32
        })
        .collect();
    let mean = |above: f32| {
        let kept: Vec<f32> = powers.iter().copied().filter(|&power| power > above).collect();
        kept.iter().sum::<f32>() / kept.len().max(1) as f32
    };
    lufs_of(mean(power_of(lufs_of(mean(power_of(-70.0))) - GATE_LU)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    fn tone(level: f32, seconds: f32) -> Vec<Stereo> {
        let sample = |n: usize| level * (std::f32::consts::TAU * 997.0 * (n % 48_000) as f32 / RATE).sin();
        (0..(seconds * RATE) as usize).map(|n| [sample(n), 0.0]).collect()
    }

    #[test]
    fn a_full_scale_sine_measures_as_the_standard_says() {
        let measured = loudness_lufs(&tone(1.0, 4.0), RATE);
        assert!((measured + 3.01).abs() < 0.1, "{measured} LUFS");
    }

    #[test]
    fn what_is_too_quiet_is_raised_within_seconds_and_steadily() {
        let mut frames = tone(0.1, 30.0);
        LoudnessNormaliser::new(-18.0, 2.0, -18.0, 12.0, RATE).process(&mut frames);
        let end = loudness_lufs(&frames[20 * 48_000..], RATE);
        assert!((end + 18.0).abs() < 1.0, "{end} LUFS");
        let start = loudness_lufs(&frames[..48_000], RATE);
        assert!((start + 23.0).abs() < 1.5, "{start} LUFS");
    }

    #[test]
    fn silence_is_not_raised() {
        let mut loudness = LoudnessNormaliser::new(-18.0, 2.0, -18.0, 12.0, RATE);
        loudness.process(&mut vec![[0.0; 2]; 480_000]);
        assert!(loudness.gain_db.abs() < 0.01, "{} dB", loudness.gain_db);
    }
}
