//! How a note's loudness runs: a straight rise, a fall towards its sustained level, and a release.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times are positive, a held note lasts some seconds"
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
