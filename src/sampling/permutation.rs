//! Permutations of any length, of which any place is computed by itself.
//!
//! A Feistel network permutes 2^(2h) ≥ n places, and what falls outside the n is permuted on until it falls inside
//! (cycle walking: Black and Rogaway 2002, "Ciphers with arbitrary finite domains", method 2). Less than four turns are
//! needed in the mean, but for the shortest. Kensler 2013 ("Correlated multi-jittered sampling") is the same idea with a hash
//! that is invertible.

use super::random::hash;

/// Rounds of the network: four make it a pseudorandom permutation (Luby, Rackoff 1988), more serve short halves.
const ROUNDS: u64 = 8;

/// A permutation of the numbers below a length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permutation {
    length: u64,
    half: u32,
    key: u64,
}

impl Permutation {
    /// `length`: 1 to 2^62.
    pub(super) fn new(length: u64, key: u64) -> Self {
        let bits = u64::BITS - (length - 1).leading_zeros();
        Self { length, half: bits.div_ceil(2).max(1), key }
    }

    /// Where the number `place` goes.
    pub(super) fn at(self, place: u64) -> u64 {
        debug_assert!(place < self.length, "a place of the permutation");
        let mut place = self.scatter(place);
        while place >= self.length {
            place = self.scatter(place);
        }
        place
    }

    fn scatter(self, place: u64) -> u64 {
        let mask = (1 << self.half) - 1;
        let start = (place >> self.half, place & mask);
        let (left, right) = (0..ROUNDS).fold(start, |(left, right), round| {
            (right, left ^ (hash(self.key.wrapping_add(round), right) & mask))
        });
        left << self.half | right
    }
}
