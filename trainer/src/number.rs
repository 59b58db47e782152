//! Counts as numbers to divide by, and shares of counts.

/// A count as a number to divide by.
#[expect(clippy::as_conversions, reason = "counts of pictures are far below 2^53")]
pub(crate) const fn count(of: usize) -> f64 {
    of as f64
}

/// `share` (0..=1) of `total`, rounded down.
#[must_use]
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count is a count, far below 2^53"
)]
pub(crate) fn share_of(total: usize, share: f64) -> usize {
    (total as f64 * share.clamp(0.0, 1.0)) as usize
}
