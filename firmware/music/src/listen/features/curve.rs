//! Sums over series: means, spreads, quantiles. Empty series give 0.
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "series have some thousand values")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length is a place within it"
)]

/// The mean.
pub(super) fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// The standard deviation.
pub(super) fn spread(values: &[f32]) -> f32 {
    let centre = mean(values);
    (values.iter().map(|value| (value - centre).powi(2)).sum::<f32>() / values.len().max(1) as f32).sqrt()
}

/// The mean size of the steps from one value to the next.
pub(super) fn restlessness(values: &[f32]) -> f32 {
    let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f32>();
    steps / values.len().saturating_sub(1).max(1) as f32
}

/// The value below which `share` of all lie.
pub(super) fn quantile(values: &[f32], share: f32) -> f32 {
    let mut sorted = values.to_vec();
    let at = ((share * sorted.len() as f32) as usize).min(sorted.len().saturating_sub(1));
    if sorted.is_empty() {
        return 0.0;
    }
    *sorted.select_nth_unstable_by(at, f32::total_cmp).1
}

/// The root of the mean square.
pub(super) fn root_mean_square(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0_f64, 0_u32), |(sum, count), value| (sum + f64::from(value * value), count + 1));
    (sum / f64::from(count.max(1))).sqrt() as f32
}

/// Pearson's correlation; 0 where one series is constant.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (a_mean, b_mean) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - a_mean, y - b_mean);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    ab / (aa * bb).sqrt().max(1e-12)
}

/// A count as a number.
pub(super) fn count(of: usize) -> f32 {
    of as f32
}

/// Decibels of a power.
pub(super) fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-10).log10()
}
