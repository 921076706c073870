//! How often values lie where.

/// Counts of values in equal bins between two ends, and of those beyond; what is not a number is passed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    low: f64,
    high: f64,
    below: u64,
    above: u64,
    counts: Vec<u64>,
}

impl Histogram {
    /// Without any value yet; `low` < `high`, at least one bin.
    #[must_use]
    pub fn new(low: f64, high: f64, bins: usize) -> Self {
        Self { low, high, below: 0, above: 0, counts: vec![0; bins] }
    }

    /// Counts a value; the high end is in the last bin.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0, below the bins"
    )]
    pub fn push(&mut self, value: f64) {
        if value < self.low {
            self.below += 1;
        } else if value > self.high {
            self.above += 1;
        } else if !value.is_nan() {
            let bins = self.counts.len();
            let at = (value - self.low) / (self.high - self.low) * bins as f64;
            self.counts[(at as usize).min(bins - 1)] += 1;
        }
    }

    /// The number of values below the low end, in each bin, and above the high end.
    #[must_use]
    pub fn into_counts(self) -> (u64, Vec<u64>, u64) {
        (self.below, self.counts, self.above)
    }
}
