//! How a note's loudness runs (a straight rise, a fall towards its sustained level, a release), a fast sine, and noise.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a block has some dozen frames; wrapping a phase of a few turns, and turning random bits into a sample"
)]

/// Below this a note is over: -80 dB.
const SILENT: f32 = 1e-4;

/// Times in seconds; `sustain` 0..=1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) attack_s: f32,
    /// Time to fall by 60 dB towards the sustained level.
    pub(super) decay_s: f32,
    pub(super) sustain: f32,
    /// Time to fall by 60 dB once let go.
    pub(super) release_s: f32,
}

/// A running envelope, known at the ends of blocks and straight in between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    /// Rise a second.
    rise: f32,
    /// Powers of two a second.
    fall: f32,
    release: f32,
    sustain: f32,
    held_s: f32,
    level: f32,
    rising: bool,
    frame_s: f32,
}

/// A straight stretch of an envelope: where it begins, its change a frame, and how long it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ramp {
    pub(super) level: f32,
    pub(super) step: f32,
    pub(super) seconds: f32,
}

impl Envelope {
    pub(super) fn new(shape: Shape, held_s: f32, rate_hz: f32) -> Self {
        /// Powers of two in 60 dB.
        const FALL: f32 = -9.965_784;
        Self {
            rise: 1.0 / shape.attack_s.max(1e-4),
            fall: FALL / shape.decay_s,
            release: FALL / shape.release_s,
            sustain: shape.sustain,
            held_s,
            level: 0.0,
            rising: true,
            frame_s: 1.0 / rate_hz,
        }
    }

    /// What dies away by itself: a stroke.
    pub(super) fn stroke(attack_s: f32, decay_s: f32, rate_hz: f32) -> Self {
        Self::new(Shape { attack_s, decay_s, sustain: 0.0, release_s: decay_s }, 2.0 * decay_s, rate_hz)
    }

    /// The next stretch, as long as a block.
    pub(super) fn ramp(&mut self, frames: usize) -> Ramp {
        let (level, seconds) = (self.level, frames as f32 * self.frame_s);
        if self.held_s <= 0.0 {
            self.level *= (self.release * seconds).exp2();
        } else if self.rising {
            self.level += self.rise * seconds;
            if self.level >= 1.0 {
                self.level = 1.0;
                self.rising = false;
            }
        } else {
            self.level = self.sustain + (self.level - self.sustain) * (self.fall * seconds).exp2();
        }
        self.held_s -= seconds;
        Ramp { level, step: (self.level - level) / frames.max(1) as f32, seconds }
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.level < SILENT && (self.held_s <= 0.0 || !self.rising)
    }
}

/// The factor a sample for a fall by 60 dB within `seconds`.
pub(super) fn per_sample(seconds: f32, rate_hz: f32) -> f32 {
    10.0_f32.powf(-3.0 / (seconds * rate_hz).max(1.0))
}

/// The sine of a phase in turns, within 4e-6. `turns` may lie some thousand turns outside 0..1.
pub(in crate::compose) fn sine(turns: f32) -> f32 {
    use std::f32::consts::TAU;
    let half = if turns < 0.0 { -0.5 } else { 0.5 };
    let turn = turns - (turns + half) as i32 as f32;
    // sin is odd, and mirrored at a quarter turn; the Taylor series is needed there only.
    let x = TAU * (0.25 - (turn.abs() - 0.25).abs());
    let xx = x * x;
    let y = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0 * (1.0 - xx / 72.0))));
    y.copysign(turn)
}

/// White noise in -1..1: a 32-bit linear congruential generator (Numerical Recipes, section 7.1), good enough to hear.
#[derive(Debug, Clone, Copy)]
pub(in crate::compose) struct Noise(u32);

impl Noise {
    pub(in crate::compose) fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761).wrapping_add(1))
    }

    pub(in crate::compose) fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_sine_is_a_sine() {
        for step in -4_000_i16..4_000 {
            let turns = f32::from(step) / 1_000.0;
            let exact = (f64::from(turns) * std::f64::consts::TAU).sin();
            assert!((f64::from(sine(turns)) - exact).abs() < 2e-5, "at {turns} turns");
        }
    }

    #[test]
    fn noise_has_no_offset() {
        let mut noise = Noise::new(7);
        let mean = (0..100_000).map(|_| f64::from(noise.next())).sum::<f64>() / 100_000.0;
        assert!(mean.abs() < 0.01, "{mean}");
    }

    #[test]
    fn an_envelope_rises_stays_and_falls_without_a_step() {
        let shape = Shape { attack_s: 0.01, decay_s: 1.0, sustain: 0.5, release_s: 0.1 };
        let mut envelope = Envelope::new(shape, 0.5, 48_000.0);
        let (mut end, mut most, mut blocks) = (0.0_f32, 0.0_f32, 0);
        while !envelope.is_over() {
            let ramp = envelope.ramp(64);
            assert!((ramp.level - end).abs() < 1e-6, "a step from {end} to {}", ramp.level);
            end = ramp.level + 64.0 * ramp.step;
            most = most.max(end);
            blocks += 1;
        }
        assert!((most - 1.0).abs() < 1e-6 && (375..600).contains(&blocks), "{most} after {blocks} blocks");
    }
}
