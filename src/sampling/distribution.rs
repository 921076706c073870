//! Distributions of one figure, by the inverse of their cumulative distribution.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

use libm::erfc;
use statrs::function::erf::erfc_inv;

/// Distribution of one uncertain figure, in the figure's own unit of measure.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Equally likely anywhere between two ends.
    Uniform {
        /// Least value, finite.
        low: f64,
        /// Greatest value, finite, > `low`.
        high: f64,
    },
    /// Likeliest at the mode, falling linearly to nothing at both ends.
    Triangular {
        /// Least value, finite.
        low: f64,
        /// Likeliest value, `low` to `high`.
        mode: f64,
        /// Greatest value, finite, > `low`.
        high: f64,
    },
    /// Normal, not truncated.
    Normal {
        /// Mean, finite.
        mean: f64,
        /// Standard deviation, > 0.
        deviation: f64,
    },
    /// Log-normal: the logarithm is normal.
    LogNormal {
        /// Median, that is the geometric mean, > 0.
        median: f64,
        /// Geometric standard deviation, > 1: 68 % lie between `median / spread` and `median · spread`.
        spread: f64,
    },
    /// One of some values, all equally likely; the levels of a grid. Finite, at least one.
    List(
        /// The values, in the order in which a grid takes them.
        Vec<f64>,
    ),
}

impl Distribution {
    /// Says what is wrong with the parameters, if anything is.
    ///
    /// # Errors
    /// What a parameter must be that it is not.
    pub fn check(&self) -> Result<(), &'static str> {
        let demand = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(what) };
        match self {
            Self::Uniform { low, high } => {
                demand(low.is_finite() && high.is_finite(), "the ends must be finite")?;
                demand(low < high, "the low end must be below the high end")
            }
            Self::Triangular { low, mode, high } => {
                demand(low.is_finite() && high.is_finite(), "the ends must be finite")?;
                demand(low < high, "the low end must be below the high end")?;
                demand(low <= mode && mode <= high, "the mode must lie between the ends")
            }
            Self::Normal { mean, deviation } => {
                demand(mean.is_finite(), "the mean must be finite")?;
                demand(is_positive(*deviation), "the deviation must be above 0")
            }
            Self::LogNormal { median, spread } => {
                demand(is_positive(*median), "the median must be above 0")?;
                demand(spread.is_finite() && *spread > 1.0, "the spread must be above 1")
            }
            Self::List(values) => {
                demand(!values.is_empty(), "the list must have a value")?;
                demand(values.iter().all(|value| value.is_finite()), "the values must be finite")
            }
        }
    }

    /// Whether the values are a continuum; those of a list are not.
    #[must_use]
    pub fn is_continuous(&self) -> bool {
        !matches!(self, Self::List(_))
    }

    /// The value below which the share `u` lies, 0 < `u` < 1; of a list, the value that stands there as it is written.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        debug_assert!(u > 0.0 && u < 1.0, "a share lies between 0 and 1");
        match self {
            // What rounding adds to an end must not leave the range.
            Self::Uniform { low, high } => (low * (1.0 - u) + high * u).clamp(*low, *high),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if u * width <= mode - low {
                    low + (u * width * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - mode)).sqrt()
                }
            }
            Self::Normal { mean, deviation } => mean + deviation * normal_quantile(u),
            Self::LogNormal { median, spread } => median * (normal_quantile(u) * spread.ln()).exp(),
            Self::List(values) => values[position(u, values.len())],
        }
    }

    /// Mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Normal { mean, .. } => *mean,
            Self::LogNormal { median, spread } => median * (spread.ln().powi(2) / 2.0).exp(),
            Self::List(values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// Standard deviation, ≥ 0; of a list, that of all its values.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        match self {
            Self::Uniform { low, high } => (high - low) / 12_f64.sqrt(),
            Self::Triangular { low, mode, high } => {
                let (left, right) = (mode - low, high - mode);
                ((left * left + left * right + right * right) / 18.0).sqrt()
            }
            Self::Normal { deviation, .. } => *deviation,
            Self::LogNormal { spread, .. } => self.mean() * spread.ln().powi(2).exp_m1().sqrt(),
            Self::List(values) => {
                let mean = self.mean();
                let squares = values.iter().map(|value| (value - mean).powi(2));
                (squares.sum::<f64>() / values.len() as f64).sqrt()
            }
        }
    }

    /// Median; of a list with an even number of values, the mean of the middle two.
    #[must_use]
    pub fn median(&self) -> f64 {
        match self {
            Self::Normal { mean, .. } => *mean,
            Self::LogNormal { median, .. } => *median,
            Self::List(values) => {
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let (lower, upper) = ((sorted.len() - 1) >> 1, sorted.len() >> 1);
                f64::midpoint(sorted[lower], sorted[upper])
            }
            Self::Uniform { .. } | Self::Triangular { .. } => self.quantile(0.5),
        }
    }
}

fn is_positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// The position in a list of `length` that stands at the share `u`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the list")]
fn position(u: f64, length: usize) -> usize {
    ((u * length as f64) as usize).min(length - 1)
}

/// The standard normal value below which the share `u` lies.
pub(super) fn normal_quantile(u: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * u)
}

/// The share that lies below a standard normal value, 0 to 1; `erfc` of `libm`, since that of `statrs` has eleven digits.
pub(super) fn normal_share(value: f64) -> f64 {
    erfc(-value * FRAC_1_SQRT_2) / 2.0
}
