//! The Sobol sequence with Owen's scrambling, of which any point is computed by itself.

use sobol::{Sobol, params::JoeKuoD6};

use super::random::{hash, share};

/// Bits of the sequence: it has 2^32 points that differ in every dimension.
const BITS: u32 = 32;

/// Most dimensions of the sequence.
pub const MOST_DIMENSIONS: usize = 1000;

/// A scrambled Sobol sequence.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// What each binary digit of the index flips, for every dimension.
    directions: Vec<Vec<u32>>,
    /// One key of a scrambling for every dimension.
    keys: Vec<u64>,
}

impl Sequence {
    /// As many dimensions as there are keys, at most [`MOST_DIMENSIONS`].
    pub(super) fn new(keys: Vec<u64>) -> Self {
        let numbers = JoeKuoD6::standard();
        let directions = Sobol::<u32>::init_direction_vals(keys.len(), BITS as usize, &numbers);
        Self { directions, keys }
    }

    /// One coordinate of the point at an index below 2^32; above 0 and below 1.
    pub(super) fn at(&self, index: u64, dimension: usize) -> f64 {
        scramble(self.plain(index, dimension), self.keys[dimension])
    }

    /// The coordinate without scrambling, as a binary fraction.
    pub(super) fn plain(&self, index: u64, dimension: usize) -> u32 {
        let flips = self.directions[dimension].iter().enumerate();
        flips.filter(|(digit, _)| index >> digit & 1 == 1).fold(0, |bits, (_, flip)| bits ^ flip)
    }
}

/// Nested uniform scrambling (Owen 1995): each binary digit is flipped or not, at random, for all points that agree in the
/// digits before it. The coin for a node of that tree is a hash of its number, as Burley 2020 has it, but without his
/// shortcut. Points differ within 32 digits, so further ones are simply random.
fn scramble(bits: u32, key: u64) -> f64 {
    let node = |level: u32| (1 << level) | (u64::from(bits) >> (BITS - level));
    let coins = (0..BITS).fold(0, |coins, level| coins << 1 | (hash(key, node(level)) >> 63));
    let digits = u64::from(bits) ^ coins;
    share(digits << 20 | (hash(key, node(BITS)) >> 44))
}
