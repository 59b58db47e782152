//! Band-limited oscillators, and how a note's loudness runs: a straight rise, a fall towards its sustained level, and a release.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "times are positive, a held note lasts some seconds; wrapping a phase of a few turns, and turning random bits into a sample"
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

/// A running envelope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    rise: f32,
    fall: f32,
    sustain: f32,
    release: f32,
    held: u32,
    level: f32,
    rising: bool,
}

impl Envelope {
    pub(super) fn new(shape: Shape, held_s: f32, rate_hz: f32) -> Self {
        Self {
            rise: 1.0 / (shape.attack_s * rate_hz).max(1.0),
            fall: per_sample(shape.decay_s, rate_hz),
            sustain: shape.sustain,
            release: per_sample(shape.release_s, rate_hz),
            held: (held_s * rate_hz) as u32,
            level: 0.0,
            rising: true,
        }
    }

    pub(super) fn next(&mut self) -> f32 {
        if self.held == 0 {
            self.level *= self.release;
        } else {
            self.held -= 1;
            if self.rising {
                self.level += self.rise;
                self.rising = self.level < 1.0;
            } else {
                self.level = self.sustain + (self.level - self.sustain) * self.fall;
            }
        }
        self.level
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.level < SILENT && (self.held == 0 || !self.rising)
    }
}

/// The factor a sample for a fall by 60 dB within `seconds`.
pub(super) fn per_sample(seconds: f32, rate_hz: f32) -> f32 {
    10.0_f32.powf(-3.0 / (seconds * rate_hz).max(1.0))
}

/// The sine of a phase in turns, within 4e-6. `turns` may lie some thousand turns outside 0..1.
pub(super) fn sine(turns: f32) -> f32 {
    use std::f32::consts::TAU;
    let half = if turns < 0.0 { -0.5 } else { 0.5 };
    let turn = turns - (turns + half) as i32 as f32;
    // sin is odd, and mirrored at a quarter turn; the Taylor series is needed there only.
    let x = TAU * (0.25 - (turn.abs() - 0.25).abs());
    let xx = x * x;
    let y = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0 * (1.0 - xx / 72.0))));
    y.copysign(turn)
}

/// A phase that runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    turns: f32,
    step: f32,
}

impl Phase {
    pub(super) fn new(frequency_hz: f32, rate_hz: f32, start: f32) -> Self {
        Self { turns: start, step: frequency_hz / rate_hz }
    }

    /// The phase now, then on by one sample, `bend` times as fast as usual.
    pub(super) fn next(&mut self, bend: f32) -> f32 {
        let now = self.turns;
        self.turns += self.step * bend;
        if self.turns >= 1.0 {
            self.turns -= 1.0;
        }
        now
    }

    /// A sawtooth whose jump is rounded over two samples (PolyBLEP), so that it hardly aliases.
    pub(super) fn saw(&mut self, bend: f32) -> f32 {
        let step = self.step;
        let turns = self.next(bend);
        let round = if turns < step {
            let x = turns / step;
            2.0 * x - x * x - 1.0
        } else if turns > 1.0 - step {
            let x = (turns - 1.0) / step;
            x * x + 2.0 * x + 1.0
        } else {
            0.0
        };
        2.0 * turns - 1.0 - round
    }
}

/// White noise in -1..1: a 32-bit linear congruential generator (Numerical Recipes, section 7.1), good enough to hear.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise(u32);

impl Noise {
    pub(super) fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761).wrapping_add(1))
    }

    pub(super) fn next(&mut self) -> f32 {
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
}
