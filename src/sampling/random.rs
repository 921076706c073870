//! Random bits from a seed and a position, the same on every machine.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// The stream that no sample has.
const KEYS: u64 = u64::MAX;

/// Random shares for every sample: a stream of `ChaCha8` for each.
#[derive(Clone, Debug)]
pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Random shares of the sample at an index, one for each place.
    pub(super) fn fill(&self, index: u64, shares: &mut [f64]) {
        let mut stream = self.0.clone();
        stream.set_stream(index);
        shares.fill_with(|| share(stream.next_u64() >> 12));
    }

    /// Keys for hashes, which belong to no sample.
    pub(super) fn keys(&self, count: usize) -> Vec<u64> {
        let mut stream = self.0.clone();
        stream.set_stream(KEYS);
        (0..count).map(|_| stream.next_u64()).collect()
    }
}

/// The share in the middle of one of 2^52 equal parts: never 0 and never 1.
pub(super) fn share(part: u64) -> f64 {
    const PARTS: f64 = (1_u64 << 52) as f64;
    (part as f64 + 0.5) / PARTS
}

/// Hashes a value under a key: twice the finaliser of `SplitMix64` (Steele, Lea, Flood 2014; Stafford's variant 13).
pub(super) fn hash(key: u64, value: u64) -> u64 {
    mix(key ^ mix(value.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
