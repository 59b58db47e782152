//! The peaks that a converter will make between samples: fourfold interpolation as in ITU-R BS.1770-4, annex 2.

use crate::Stereo;

/// Taps of one phase.
const TAPS: usize = 12;

/// So many frames lie between a peak and its news.
pub(super) const DELAY: usize = TAPS / 2;

/// A quarter of the way between two samples, and half of it; three quarters and the sample itself are their mirror images.
const PHASES: [[f32; TAPS]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_42,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_812,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];

/// No peak between samples is higher than this many times the highest sample near it: the sum of a phase's weights.
const MOST: f32 = 2.03;

/// A meter for stereo.
#[derive(Debug)]
pub(super) struct TruePeak {
    /// The last frames, written twice so that any window of them is one slice.
    history: [Stereo; 2 * TAPS],
    at: usize,
    /// Samples below this can't come near what matters.
    quiet: f32,
    /// Frames for which a loud one is still under the filter.
    loud: usize,
}

impl TruePeak {
    /// A meter that is exact for peaks above `matters`; below it gives the samples' own, which costs next to nothing.
    pub(super) fn new(matters: f32) -> Self {
        Self { history: [[0.0; 2]; 2 * TAPS], at: 0, quiet: matters / MOST, loud: 0 }
    }

    /// Takes a frame and gives the highest peak about [`DELAY`] frames ago.
    pub(super) fn next(&mut self, frame: Stereo) -> f32 {
        self.history[self.at] = frame;
        self.history[self.at + TAPS] = frame;
        self.at = if self.at + 1 == TAPS { 0 } else { self.at + 1 };
        let sample = frame[0].abs().max(frame[1].abs());
        if sample > self.quiet {
            self.loud = TAPS;
        } else if self.loud == 0 {
            return sample;
        } else {
            self.loud -= 1;
        }
        let window = &self.history[self.at..self.at + TAPS];
        let mut most = window[DELAY][0].abs().max(window[DELAY][1].abs());
        for phase in &PHASES {
            let mut sums = [[0.0_f32; 2]; 2];
            for ((weight, mirrored), [left, right]) in phase.iter().zip(phase.iter().rev()).zip(window) {
                sums[0][0] += weight * left;
                sums[0][1] += weight * right;
                sums[1][0] += mirrored * left;
                sums[1][1] += mirrored * right;
            }
            most = sums.iter().flatten().fold(most, |most, sum| most.max(sum.abs()));
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_of_a_filter_that_passes_what_stands_still() {
        for phase in PHASES {
            let sum: f32 = phase.iter().sum();
            assert!((sum - 1.0).abs() < 0.03, "{sum}");
            assert!(phase.iter().map(|weight| weight.abs()).sum::<f32>() < MOST);
        }
    }

    #[test]
    fn a_tone_sampled_beside_its_tops_is_found_at_its_full_height() {
        let mut meter = TruePeak::new(0.5);
        let peak = (0..480_u16)
            .map(|n| {
                let sample = (std::f32::consts::FRAC_PI_2 * f32::from(n) + std::f32::consts::FRAC_PI_4).sin();
                meter.next([sample, 0.0])
            })
            .skip(24)
            .fold(0.0, f32::max);
        assert!((peak - 1.0).abs() < 0.02, "{peak}, where the samples show 0.71");
    }
}
