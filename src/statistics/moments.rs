//! Count, mean, deviation and ends.

use super::{Estimate, covariance::Covariance};

/// Count, mean, standard deviation and ends of values, by the recurrence of Welford 1962.
#[derive(Clone, Debug)]
pub struct Moments {
    values: Covariance<1>,
    missing: u64,
    least: f64,
    greatest: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self::new()
    }
}

impl Moments {
    /// Of no values.
    #[must_use]
    pub fn new() -> Self {
        let (least, greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { values: Covariance::new(), missing: 0, least, greatest }
    }

    /// Adds a value, finite; what is not a number is counted as missing.
    pub fn push(&mut self, value: f64) {
        if value.is_nan() {
            self.missing += 1;
            return;
        }
        self.values.push([value]);
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.values.count()
    }

    /// Number of values that were not numbers.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Mean; none without values.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.values.mean(0))
    }

    /// Standard deviation of the population, estimated with n − 1, ≥ 0; none of fewer than two values.
    #[must_use]
    pub fn deviation(&self) -> Option<f64> {
        (self.count() > 1).then(|| self.values.variance_of([1.0]).sqrt())
    }

    /// Mean with the interval that its standard error gives, which is too wide for strata and Sobol sequences.
    #[must_use]
    pub fn mean_estimate(&self) -> Option<Estimate> {
        let error = self.deviation()? / (self.count() as f64).sqrt();
        Some(Estimate::normal(self.mean()?, error))
    }

    /// Least value; none without values.
    #[must_use]
    pub fn least(&self) -> Option<f64> {
        (self.count() > 0).then_some(self.least)
    }

    /// Greatest value; none without values.
    #[must_use]
    pub fn greatest(&self) -> Option<f64> {
        (self.count() > 0).then_some(self.greatest)
    }
}
