//! Watches activations on the calibration set and finds the range each one's scale should cover.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "histogram arithmetic: indices lie below BINS, values are not negative"
)]

/// Bins of a histogram.
const BINS: usize = 4096;

/// How often each size of activation was seen, whatever its sign.
///
/// The range doubles when a value exceeds it, and pairs of bins merge: the result depends on what was seen, not in
/// which order.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    counts: Vec<u64>,
    range: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BINS], range: 1.0 / 1024.0 }
    }
}

impl Histogram {
    /// Counts values; zeros, which every scale holds exactly, are left out.
    pub fn observe(&mut self, values: &[f32]) {
        for value in values.iter().map(|value| f64::from(value.abs())).filter(|&value| value > 0.0 && value.is_finite())
        {
            while value >= self.range {
                self.double();
            }
            let bin = (value / self.range * BINS as f64) as usize;
            self.counts[bin.min(BINS - 1)] += 1;
        }
    }

    /// Takes in what another histogram saw.
    pub fn merge(&mut self, mut other: Self) {
        while self.range < other.range {
            self.double();
        }
        while other.range < self.range {
            other.double();
        }
        for (here, there) in self.counts.iter_mut().zip(other.counts) {
            *here += there;
        }
    }

    fn double(&mut self) {
        for bin in 0..BINS / 2 {
            self.counts[bin] = self.counts[2 * bin] + self.counts[2 * bin + 1];
        }
        self.counts[BINS / 2..].fill(0);
        self.range *= 2.0;
    }

    /// The end of the range whose steps, `levels` of them from 0, make the smallest squared error: rounding inside it
    /// against clipping above it. A positive number even when nothing was seen.
    #[must_use]
    pub fn best_limit(&self, levels: u8) -> f32 {
        let width = self.range / BINS as f64;
        let Some(last) = self.counts.iter().rposition(|&count| count > 0) else { return 1.0 };
        let bins: Vec<(f64, f64)> = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(bin, &count)| ((bin as f64 + 0.5) * width, count as f64))
            .collect();
        let error = |limit: f64| -> f64 {
            // Rounding to steps of s leaves s^2 / 12 on average.
            let rounding = (limit / f64::from(levels)).powi(2) / 12.0;
            bins.iter()
                .map(|&(value, count)| count * if value > limit { (value - limit).powi(2) } else { rounding })
                .sum()
        };
        let largest = (last + 1) as f64 * width;
        let candidates = (20..=100).map(|percent| largest * f64::from(percent) / 100.0);
        let best = candidates.map(|limit| (limit, error(limit))).min_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(1.0, |(limit, _)| limit as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_values_does_not_matter() {
        let values: Vec<f32> = (1..2_000).map(|i| i as f32 * 0.01).collect();
        let reversed: Vec<f32> = values.iter().rev().copied().collect();
        let (mut up, mut down, mut halves) = (Histogram::default(), Histogram::default(), Histogram::default());
        up.observe(&values);
        down.observe(&reversed);
        let mut second = Histogram::default();
        halves.observe(&values[..700]);
        second.observe(&values[700..]);
        halves.merge(second);
        assert_eq!(up, down);
        assert_eq!(up, halves);
    }

    #[test]
    fn a_lone_outlier_is_clipped_and_an_even_range_is_kept() {
        let mut even = Histogram::default();
        even.observe(&(1..=10_000).map(|i| i as f32 * 1e-4).collect::<Vec<_>>());
        assert!((even.best_limit(255) - 1.0).abs() < 0.02, "{}", even.best_limit(255));
        for _ in 0..100 {
            even.observe(&(1..=10_000).map(|i| i as f32 * 1e-4).collect::<Vec<_>>());
        }
        even.observe(&[2.5]);
        assert!(even.best_limit(255) < 2.0, "{}", even.best_limit(255));
    }
}
