//! Wavetables: one turn of a wave for every octave, with only the partials that fit below half the sample rate, so that
//! nothing aliases (Bristow-Johnson 1996, Wavetable Synthesis 101).

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a phase is a fixed-point number whose upper bits are the place in the table"
)]

use std::f32::consts::TAU;
use std::sync::LazyLock;

/// Bits of a place in the table.
const BITS: u32 = 10;
const LENGTH: usize = 1 << BITS;

/// Octaves of tables: the first has half as many partials as samples fit, each next one half of that.
const OCTAVES: usize = 9;

/// A wave by its partials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wave {
    /// All partials, falling as 1/k: bowed strings, brass, synthesisers.
    Saw,
    /// Odd partials only: reeds, hollow leads.
    Hollow,
    /// Drawbars 16', 8', 5 1/3', 4', 2 2/3' and 2'.
    Organ,
    /// A few soft partials: flutes, glass, round basses.
    Round,
}

const WAVES: [Wave; 4] = [Wave::Saw, Wave::Hollow, Wave::Organ, Wave::Round];

impl Wave {
    /// The amplitude of partial `number`, 1 for the fundamental.
    fn partial(self, number: usize) -> f32 {
        let k = number as f32;
        match self {
            Self::Saw => 0.55 / k,
            Self::Hollow if number % 2 == 1 => 0.7 / k,
            Self::Hollow => 0.06 / k,
            // Counted from the 16' pipe, so one octave below what is written.
            Self::Organ => [0.3, 0.4, 0.25, 0.25, 0.0, 0.15, 0.0, 0.12].get(number - 1).copied().unwrap_or(0.0),
            Self::Round => 0.9 / (k * k * k.sqrt()),
        }
    }
}

/// One turn of a wave, and its first sample again.
pub(super) type Table = [f32; LENGTH + 1];

static TABLES: LazyLock<Vec<[Box<Table>; OCTAVES]>> = LazyLock::new(|| {
    let sine: Vec<f32> = (0..LENGTH).map(|at| (TAU * at as f32 / LENGTH as f32).sin()).collect();
    let table = |wave: Wave, octave: usize| {
        let mut table = [0.0; LENGTH + 1];
        for number in 1..=(LENGTH / 2) >> octave {
            let amplitude = wave.partial(number);
            if amplitude > 0.0 {
                for (at, sample) in table.iter_mut().enumerate() {
                    *sample += amplitude * sine[at * number % LENGTH];
                }
            }
        }
        Box::new(table)
    };
    WAVES.iter().map(|&wave| std::array::from_fn(|octave| table(wave, octave))).collect()
});

/// The table of a wave for a tone of `frequency_hz`.
pub(super) fn table(wave: Wave, frequency_hz: f32, rate_hz: f32) -> &'static Table {
    let fit = (0.45 * rate_hz / frequency_hz).max(1.0);
    let octave = ((LENGTH as f32 / 2.0 / fit).log2().ceil().max(0.0) as usize).min(OCTAVES - 1);
    let wave = WAVES.iter().position(|other| *other == wave).unwrap_or(0);
    &TABLES[wave][octave]
}

/// A running phase; a turn is 2^32, so that it wraps by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn(pub(super) u32);

impl Turn {
    /// Anywhere, from a draw in -1..1.
    pub(super) fn of(draw: f32) -> Self {
        Self((draw.abs() * 4_294_967_000.0) as u32)
    }

    /// How far a tone moves in a frame.
    pub(super) fn step(frequency_hz: f32, rate_hz: f32) -> u32 {
        (f64::from(frequency_hz) / f64::from(rate_hz) * 4_294_967_296.0) as u32
    }

    /// The table's value here, between two samples; then on by `step`.
    pub(super) fn read(&mut self, table: &Table, step: u32) -> f32 {
        const SHIFT: u32 = 32 - BITS;
        let at = (self.0 >> SHIFT) as usize;
        let between = (self.0 & ((1 << SHIFT) - 1)) as f32 * (1.0 / (1_u32 << SHIFT) as f32);
        self.0 = self.0.wrapping_add(step);
        table[at] + (table[at + 1] - table[at]) * between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_partial_reaches_half_the_sample_rate() {
        for wave in WAVES {
            for octave in 0..8 {
                let hz = 30.0 * 2.0_f32.powi(octave);
                let table = table(wave, hz, 48_000.0);
                // The highest partial that may be there, and the next one above half the rate.
                let above = (24_000.0 / hz).ceil() as usize;
                if above < LENGTH / 2 {
                    let turn = TAU * above as f32 / LENGTH as f32;
                    let (mut re, mut im) = (0.0, 0.0);
                    for (at, sample) in table.iter().take(LENGTH).enumerate() {
                        re += sample * (turn * at as f32).cos();
                        im += sample * (turn * at as f32).sin();
                    }
                    assert!(re.hypot(im) / (LENGTH as f32) < 1e-3, "{wave:?} at {hz} Hz");
                }
            }
        }
    }

    #[test]
    fn a_turn_of_a_tone_takes_as_long_as_its_period() {
        let table = table(Wave::Round, 480.0, 48_000.0);
        let mut turn = Turn::default();
        let step = Turn::step(480.0, 48_000.0);
        let samples: Vec<f32> = (0..201).map(|_| turn.read(table, step)).collect();
        assert!((samples[0] - samples[100]).abs() < 1e-3 && (samples[25] - samples[125]).abs() < 1e-3);
    }
}
