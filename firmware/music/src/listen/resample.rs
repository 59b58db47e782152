//! From a file's channels to two, and from its sample rate to the box's: a windowed sinc, tabulated (Smith, Digital Audio Resampling).
//!
//! rodio's own converter interpolates linearly and drops samples on the way down, which folds highs into the music.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "rates, table sizes and positions within one frame are small"
)]

use crate::track::Stereo;
use std::f64::consts::PI;

/// Zero crossings of the sinc on each side, at full bandwidth.
const CROSSINGS: f64 = 12.0;

/// Positions between two input frames in the table of the sinc; the nearest is precise enough for 16 bits at 1024.
const PHASES: usize = 1024;

/// The lowest and highest rate of a file that is believed, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

#[derive(Debug)]
pub(crate) struct Resampler {
    /// Input frames for an output frame.
    step: f64,
    /// Position of the next output frame after the middle of `history`, in input frames, 0..1.
    between: f64,
    table: Vec<f32>,
    taps: usize,
    /// The input frames under the sinc, written twice so that any window of them is one slice.
    history: Vec<Stereo>,
    at: usize,
    /// Silent frames still to push after the end of the input.
    tail: usize,
}

impl Resampler {
    /// Converts `from_hz` to `to_hz`; equal rates pass through unchanged.
    pub(crate) fn new(from_hz: u32, to_hz: u32) -> Self {
        let from_hz = from_hz.clamp(*RATES.start(), *RATES.end());
        let step = f64::from(from_hz) / f64::from(to_hz.max(1));
        // Going down, everything above the new half rate has to go; the last 5 % are the filter's slope.
        let bandwidth = if from_hz == to_hz { 1.0 } else { 0.95 / step.max(1.0) };
        let half = (CROSSINGS / bandwidth).ceil();
        let taps = if from_hz == to_hz { 2 } else { 2 * half as usize };
        let mut table = Vec::with_capacity(PHASES * taps);
        for phase in 0..PHASES {
            for tap in 0..taps {
                let x = tap as f64 - (taps / 2 - 1) as f64 - phase as f64 / PHASES as f64;
                table.push(if from_hz == to_hz {
                    if tap == 0 { 1.0 } else { 0.0 }
                } else {
                    (bandwidth * sinc(bandwidth * x) * window(x / half)) as f32
                });
            }
        }
        // The first output frame needs the input up to the middle of the sinc: as if it were that many steps away.
        let between = (taps / 2 + 1) as f64;
        Self { step, between, table, taps, history: vec![[0.0; 2]; 2 * taps], at: 0, tail: taps / 2 }
    }

    /// The next output frame, taking as many input frames as it needs; `None` when the input has ended and rung out.
    pub(crate) fn next(&mut self, mut input: impl FnMut() -> Option<Stereo>) -> Option<Stereo> {
        while self.between >= 1.0 {
            let frame = match input() {
                Some(frame) => frame,
                None if self.tail > 0 => {
                    self.tail -= 1;
                    [0.0; 2]
                }
                None => return None,
            };
            self.take(frame);
        }
        Some(self.give())
    }

    /// Takes one input frame, and appends what output frames it brings.
    pub(crate) fn push(&mut self, frame: Stereo, out: &mut Vec<Stereo>) {
        self.take(frame);
        while self.between < 1.0 {
            out.push(self.give());
        }
    }

    /// Appends what is still to come after the last input frame.
    pub(crate) fn finish(&mut self, out: &mut Vec<Stereo>) {
        out.extend(std::iter::from_fn(|| self.next(|| None)));
    }

    fn take(&mut self, frame: Stereo) {
        self.history[self.at] = frame;
        self.history[self.at + self.taps] = frame;
        self.at = if self.at + 1 == self.taps { 0 } else { self.at + 1 };
        self.between -= 1.0;
    }

    fn give(&mut self) -> Stereo {
        let phase = ((self.between * PHASES as f64) as usize).min(PHASES - 1);
        let sinc = &self.table[phase * self.taps..(phase + 1) * self.taps];
        let mut sum = [0.0; 2];
        for (weight, frame) in sinc.iter().zip(&self.history[self.at..]) {
            sum[0] += weight * frame[0];
            sum[1] += weight * frame[1];
        }
        self.between += self.step;
        sum
    }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Blackman's window, -1..=1.
fn window(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { 0.42 + 0.5 * (PI * x).cos() + 0.08 * (2.0 * PI * x).cos() }
}

/// One frame as stereo: the centre to both sides, no low-frequency channel (ITU-R BS.775, halved); NaN is silence.
pub(crate) fn stereo(channels: &[f32]) -> Stereo {
    let clean = |sample: f32| if sample.is_finite() { sample.clamp(-2.0, 2.0) } else { 0.0 };
    match *channels {
        [] => [0.0; 2],
        [one] => [clean(one); 2],
        [left, right, ref more @ ..] => {
            let mut frame = [clean(left), clean(right)];
            for (channel, &sample) in more.iter().enumerate() {
                let half = 0.5 * clean(sample);
                match channel {
                    0 => frame = frame.map(|side| side + half),
                    1 => {}
                    _ if channel % 2 == 0 => frame[0] += half,
                    _ => frame[1] += half,
                }
            }
            frame
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{stereo, *};

    fn convert(from_hz: u32, to_hz: u32, tone_hz: f64) -> Vec<f32> {
        let mut resampler = Resampler::new(from_hz, to_hz);
        let mut input = (0..from_hz).map(|n| {
            let sample = (2.0 * PI * tone_hz * f64::from(n) / f64::from(from_hz)).sin() as f32;
            [sample, -sample]
        });
        std::iter::from_fn(|| resampler.next(|| input.next())).map(|frame| frame[0]).collect()
    }

    #[test]
    fn a_tone_keeps_its_pitch_place_and_level_at_every_rate() {
        for from_hz in [8_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
            let out = convert(from_hz, 48_000, 1_000.0);
            assert!(out.len().abs_diff(48_000) <= 2, "{from_hz} Hz gives {} frames", out.len());
            let wrong = (2_000..46_000_u32)
                .zip(&out[2_000..])
                .map(|(n, sample)| (f64::from(*sample) - (2.0 * PI * f64::from(n) / 48.0).sin()).abs())
                .fold(0.0, f64::max);
            assert!(wrong < 0.01, "{from_hz} Hz is off by {wrong}");
        }
    }

    #[test]
    fn what_the_new_rate_cannot_hold_is_taken_away() {
        let out = convert(96_000, 48_000, 30_000.0);
        let loudest = out[1_000..47_000].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(loudest < 0.01, "{loudest}");
    }

    #[test]
    fn each_channel_goes_where_it_stood() {
        let cases: [(&[f32], [f32; 2]); 6] = [
            (&[], [0.0, 0.0]),
            (&[0.4], [0.4, 0.4]),
            (&[0.1, 0.2], [0.1, 0.2]),
            (&[0.0, 0.0, 0.4, 0.9], [0.2, 0.2]),
            (&[0.0, 0.0, 0.0, 0.0, 0.4, 0.2], [0.2, 0.1]),
            (&[f32::NAN, f32::INFINITY], [0.0, 0.0]),
        ];
        for (channels, expected) in cases {
            let found = stereo(channels);
            let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6);
            assert!(near, "{channels:?} gives {found:?}");
        }
    }
}
