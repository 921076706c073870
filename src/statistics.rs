//! What many outcomes say together: moments, quantiles, shares, and which inputs they depend on.
//!
//! Nothing here holds the outcomes. What one pass suffices for is pushed value by value, so the result depends on their order
//! but on no division into chunks; [`quantiles`] reads them several times. A value that is not a number is no value: it is
//! passed over and counted.
//!
//! | question | answer |
//! | --- | --- |
//! | how large, how spread | [`Moments`] |
//! | what is exceeded how often | [`quantiles`], exact |
//! | how often values lie where | [`Histogram`] |
//! | how likely a condition is | [`share`], with Wilson's interval |
//! | which inputs matter, any design | [`Regression`]: correlations, standardised coefficients, and how far they go |
//! | which inputs matter, by share of the variance | [`Indices`]: first-order and total Sobol indices |
//!
//! Intervals are of 95 %. Spearman's correlation is not told: ranks of all values cannot be had in bounded memory, and where
//! regression explains little, Sobol indices say what it misses, which ranks do only for what is monotonic.

mod covariance;
mod histogram;
mod indices;
mod moments;
mod quantile;
mod regression;
mod share;

#[cfg(test)]
mod tests;

pub use histogram::Histogram;
pub use indices::{Index, Indices};
pub use moments::Moments;
pub use quantile::{Quantiles, quantiles};
pub use regression::{Fit, Influence, Regression};
pub use share::share;

/// The standard normal quantile of 97.5 %.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// A figure that is known from samples, and between what ends it lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best single value.
    pub value: f64,
    /// Low end, ≤ `value`.
    pub low: f64,
    /// High end, ≥ `value`.
    pub high: f64,
}

impl Estimate {
    /// From a standard error, ≥ 0, of a figure that is about normal.
    fn normal(value: f64, error: f64) -> Self {
        Self { value, low: value - NORMAL_95 * error, high: value + NORMAL_95 * error }
    }
}
