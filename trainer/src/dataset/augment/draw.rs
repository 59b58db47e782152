//! Drawing numbers from ranges that may be empty, without a panic on numbers that are no range.

use rand::RngExt;

/// Whether something of this probability happens; what can't happen draws nothing.
pub(super) fn happens(probability: f64, random: &mut impl RngExt) -> bool {
    probability > 0.0 && random.random_bool(probability.min(1.0))
}

/// Anything from `-limit` to `limit`.
pub(super) fn either_way(limit: f32, random: &mut impl RngExt) -> f32 {
    between(-limit, limit, random)
}

/// Anything from `low` to `high`; `low` where that is no range.
pub(super) fn between(low: f32, high: f32, random: &mut impl RngExt) -> f32 {
    if low < high && (high - low).is_finite() { random.random_range(low..=high) } else { low }
}

/// A factor from `1 / (1 + most)` to `1 + most`: as often above 1 as below.
pub(super) fn factor(most: f32, random: &mut impl RngExt) -> f32 {
    if most > 0.0 { either_way(most.ln_1p(), random).exp() } else { 1.0 }
}

/// As often between `low` and twice as much as between that and four times as much, up to `high`.
pub(super) fn octave(low: f32, high: f32, random: &mut impl RngExt) -> f32 {
    between(low.ln(), high.ln(), random).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    #[test]
    fn what_is_drawn_lies_in_its_range() {
        let random = &mut generator(1, 0);
        for _ in 0..1_000 {
            assert!((-3.0..=3.0).contains(&either_way(3.0, random)));
            assert!((0.799..=1.251).contains(&factor(0.25, random)));
            assert!((19.9..=80.1).contains(&octave(20.0, 80.0, random)));
        }
    }

    #[test]
    fn what_is_no_range_is_no_panic() {
        let random = &mut generator(1, 0);
        assert!(!happens(f64::NAN, random) && !happens(-1.0, random) && happens(7.0, random));
        assert!(either_way(f32::NAN, random).is_nan());
        assert!((between(2.0, 1.0, random) - 2.0).abs() < f32::EPSILON);
        assert!((factor(-1.0, random) - 1.0).abs() < f32::EPSILON);
    }
}
