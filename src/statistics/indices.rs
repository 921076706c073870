//! Sobol indices: which share of an outcome's variance comes from which input.
//!
//! A row of the design holds the outcomes at A, at B, and at A with input i of B, one for each input (Saltelli et al. 2010,
//! *Comput. Phys. Commun.* 181, 259, whose best estimators these are):
//!
//! ```text
//! first order   Sᵢ = mean[ b · (abᵢ − a) ] / V      b less the mean outcome
//! total         Tᵢ = mean[ (a − abᵢ)² ] / 2V        Jansen 1999, Comput. Phys. Commun. 117, 35
//! ```
//!
//! Sᵢ is the share that would be gone if the input were known, Tᵢ the share that would be left if all others were; what Tᵢ has
//! more is from acting together. The mean and the variance V are those of all a and b. Both indices are smooth functions of
//! means over rows, so their standard errors follow from the covariances of what is averaged (delta method), in one pass and
//! without resampling. They take rows as independent; those of a Sobol sequence are better than that, and the intervals too
//! wide.

use super::{Estimate, covariance::Covariance};

/// What is averaged over the rows, by position: b·d, d, d²/2 with d = abᵢ − a; (a² + b²)/2; a + b.
const AVERAGED: usize = 5;

/// First-order and total Sobol indices, from outcomes row by row.
#[derive(Clone, Debug)]
pub struct Indices {
    inputs: Vec<Covariance<AVERAGED>>,
    /// The first outcome, taken off all so that a large mean does no harm.
    origin: Option<f64>,
    dropped: u64,
}

/// Sobol indices of one input, shares of the variance. An estimate may fall below 0 or exceed 1 by what it is uncertain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// First-order index: by the input alone.
    pub first: Estimate,
    /// Total index: by the input alone and together with others.
    pub total: Estimate,
}

impl Indices {
    /// Of some inputs, and no rows.
    #[must_use]
    pub fn new(inputs: usize) -> Self {
        Self { inputs: vec![Covariance::new(); inputs], origin: None, dropped: 0 }
    }

    /// Adds the outcomes of a row: `A, B, AB₁, …, ABₖ`. A row with one that is not a number is dropped and counted.
    ///
    /// # Panics
    /// If the row has not two outcomes more than there are inputs.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.inputs.len() + 2, "outcomes at A, B, and for each input");
        if row.iter().any(|outcome| outcome.is_nan()) {
            self.dropped += 1;
            return;
        }
        let origin = *self.origin.get_or_insert(row[0]);
        let (a, b) = (row[0] - origin, row[1] - origin);
        for (averages, outcome) in self.inputs.iter_mut().zip(&row[2..]) {
            let d = outcome - origin - a;
            averages.push([b * d, d, d * d / 2.0, f64::midpoint(a * a, b * b), a + b]);
        }
    }

    /// Rows that count.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.inputs.first().map_or(0, Covariance::count)
    }

    /// Rows that were dropped, for an outcome that is not a number.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The indices of every input; none of fewer than two rows, or where the outcome is always the same.
    #[must_use]
    pub fn estimate(&self) -> Option<Vec<Index>> {
        self.inputs.iter().map(index).collect()
    }
}

fn index(averages: &Covariance<AVERAGED>) -> Option<Index> {
    if averages.count() < 2 {
        return None;
    }
    let [product, difference, square, power, sum] = [0, 1, 2, 3, 4].map(|i| averages.mean(i));
    let mean = sum / 2.0;
    let variance = power - mean * mean;
    if variance <= 0.0 {
        return None;
    }
    let estimate = |value: f64, gradient: [f64; AVERAGED]| {
        // That of a ratio: (∂numerator − value · ∂variance) / variance.
        let weights = [
            gradient[0],
            gradient[1],
            gradient[2],
            gradient[3] - value,
            gradient[4] + value * mean,
        ];
        let error = averages.variance_of(weights) / averages.count() as f64;
        Estimate::normal(value, error.sqrt() / variance)
    };
    let first = (product - mean * difference) / variance;
    let total = square / variance;
    Some(Index {
        first: estimate(first, [1.0, -mean, 0.0, 0.0, -difference / 2.0]),
        total: estimate(total, [0.0, 0.0, 1.0, 0.0, 0.0]),
    })
}
