//! Seeds: every random choice is a function of the run's seed and of what it is for, never of what happened before.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// A generator for one purpose, told apart by `stream`.
#[must_use]
pub fn generator(seed: u64, stream: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(mix(seed, stream))
}

/// Mixes two numbers into one (the finaliser of `SplitMix64`, Steele et al. 2014).
#[must_use]
pub const fn mix(seed: u64, stream: u64) -> u64 {
    let mut z = seed.wrapping_add(stream.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
