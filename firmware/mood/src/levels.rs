//! How far the luminances of a picture spread, leaving out a hundredth at each end.

/// The 1st and the 99th percentile of some luminances; `(0, 0)` of none.
pub(crate) fn spread(luminances: impl Iterator<Item = u8>) -> (u8, u8) {
    let mut counts = [0_u64; 256];
    for luminance in luminances {
        counts[usize::from(luminance)] += 1;
    }
    let left_out = counts.iter().sum::<u64>() / 100;
    let low = beyond(left_out, counts.iter());
    let high = beyond(left_out, counts.iter().rev());
    (low, if counts.iter().all(|&count| count == 0) { 0 } else { u8::MAX - high })
}

/// How many levels hold `left_out` luminances or fewer together, counted from one end.
fn beyond<'a>(left_out: u64, counts: impl Iterator<Item = &'a u64>) -> u8 {
    let mut sum = 0;
    let passed = counts.take_while(|&&count| {
        sum += count;
        sum <= left_out
    });
    u8::try_from(passed.count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_leaves_out_a_hundredth_at_each_end() {
        assert_eq!(spread(std::iter::empty()), (0, 0));
        assert_eq!(spread([7; 9].into_iter()), (7, 7));
        assert_eq!(spread([0, 255].into_iter()), (0, 255));
        assert_eq!(spread(0..100), (1, 98));
        let spots = [[9; 98].as_slice(), &[0, 255]].concat();
        assert_eq!(spread(spots.into_iter()), (9, 9));
    }
}
