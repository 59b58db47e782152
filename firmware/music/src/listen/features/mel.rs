//! Mel bands: the spectrum as the ear's filters see it (triangles on the scale of O'Shaughnessy 1987).
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bins are some thousand, frequencies are positive"
)]

/// Bands between [`LOW_HZ`] and [`HIGH_HZ`].
pub(super) const BANDS: usize = 40;
const LOW_HZ: f32 = 30.0;
const HIGH_HZ: f32 = 11_000.0;

/// The triangles.
pub(super) struct MelBank {
    /// For each band the first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

fn mel(hz: f32) -> f32 {
    2_595.0 * (1.0 + hz / 700.0).log10()
}

fn hertz(mel: f32) -> f32 {
    700.0 * (10.0_f32.powf(mel / 2_595.0) - 1.0)
}

impl MelBank {
    /// For spectra with bins of this width.
    pub(super) fn new(bin_hz: f32) -> Self {
        let (low, high) = (mel(LOW_HZ), mel(HIGH_HZ));
        let edge = |at: usize| hertz(low + (high - low) * at as f32 / (BANDS + 1) as f32);
        let bands = (0..BANDS)
            .map(|band| {
                let (left, middle, right) = (edge(band), edge(band + 1), edge(band + 2));
                let (first, last) = ((left / bin_hz).ceil() as usize, (right / bin_hz).floor() as usize);
                let weight = |bin: usize| {
                    let hz = bin as f32 * bin_hz;
                    let slope =
                        if hz < middle { (hz - left) / (middle - left) } else { (right - hz) / (right - middle) };
                    slope.max(0.0)
                };
                let mut weights: Vec<f32> = (first..=last).map(weight).collect();
                // The lowest triangles may fall between two bins.
                if weights.iter().sum::<f32>() < 1e-3 {
                    weights = vec![1.0];
                }
                (first, weights)
            })
            .collect();
        Self { bands }
    }

    /// The bands of a spectrum in dB, at least -80.
    pub(super) fn decibels(&self, spectrum: &[f32]) -> [f32; BANDS] {
        let mut out = [0.0; BANDS];
        for (value, (first, weights)) in out.iter_mut().zip(&self.bands) {
            let power: f32 = weights
                .iter()
                .zip(spectrum.iter().skip(*first))
                .map(|(weight, magnitude)| weight * magnitude * magnitude)
                .sum();
            *value = 10.0 * power.max(1e-8).log10();
        }
        out
    }
}
