//! Which inputs an outcome follows, by linear regression.
//!
//! With every variable less its mean and over its standard deviation, the outcome is about Σ βᵢ xᵢ. The correlations of
//! the inputs R and those with the outcome r give R β = r, and R² = r · β is the share of the variance that is explained.
//! Where inputs are independent, βᵢ is the correlation, and its square the share of the variance that the input explains.

use nalgebra::{DMatrix, DVector};

/// Share of an input's variance that must not follow from the other inputs.
const OWN: f64 = 1e-10;

/// Correlations and standardised regression coefficients, from samples one by one.
#[derive(Clone, Debug)]
pub struct Regression {
    count: u64,
    dropped: u64,
    /// Of the inputs, and of the outcome as the last.
    means: DVector<f64>,
    /// Sums of products of deviations; the lower triangle counts.
    products: DMatrix<f64>,
    before: DVector<f64>,
}

/// How an outcome follows its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// For each input.
    pub inputs: Vec<Influence>,
    /// R²: share of the variance that the inputs explain linearly, 0 to 1. Where it is low, the coefficients say little.
    ///
    /// None where the samples are too few or the inputs follow from each other.
    pub explained: Option<f64>,
}

/// How an outcome follows one input; none where the input is always the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Influence {
    /// Pearson's correlation, −1 to 1.
    pub correlation: Option<f64>,
    /// Standardised coefficient: deviations of the outcome for one deviation of the input while the others stay.
    ///
    /// None also where there is no R².
    pub coefficient: Option<f64>,
}

impl Regression {
    /// Of some inputs, and no samples.
    #[must_use]
    pub fn new(inputs: usize) -> Self {
        let size = inputs + 1;
        let (means, before) = (DVector::zeros(size), DVector::zeros(size));
        Self { count: 0, dropped: 0, means, products: DMatrix::zeros(size, size), before }
    }

    /// Adds a sample; one whose outcome, or any input, is not a number is dropped and counted.
    ///
    /// # Panics
    /// If there are not as many inputs as were told.
    pub fn push(&mut self, inputs: &[f64], outcome: f64) {
        let last = self.means.len() - 1;
        assert_eq!(inputs.len(), last, "all inputs");
        if outcome.is_nan() || inputs.iter().any(|value| value.is_nan()) {
            self.dropped += 1;
            return;
        }
        self.count += 1;
        let value = |i: usize| if i == last { outcome } else { inputs[i] };
        for i in 0..=last {
            self.before[i] = value(i) - self.means[i];
            self.means[i] += self.before[i] / self.count as f64;
        }
        for j in 0..=last {
            let before = self.before[j];
            for i in j..=last {
                self.products[(i, j)] += (value(i) - self.means[i]) * before;
            }
        }
    }

    /// Samples that count.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Samples that were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How the outcome follows the inputs; none where it is always the same.
    #[must_use]
    pub fn fit(&self) -> Option<Fit> {
        let outcome = self.means.len() - 1;
        if self.products[(outcome, outcome)] <= 0.0 {
            return None;
        }
        let correlation = |i: usize, j: usize| {
            let scale = (self.products[(i, i)] * self.products[(j, j)]).sqrt();
            (self.products[(i.max(j), i.min(j))] / scale).clamp(-1.0, 1.0)
        };
        let varying: Vec<usize> = (0..outcome).filter(|&i| self.products[(i, i)] > 0.0).collect();
        let mut inputs = vec![Influence { correlation: None, coefficient: None }; outcome];
        for &i in &varying {
            inputs[i].correlation = Some(correlation(outcome, i));
        }
        // As many samples as unknowns explain everything, and mean nothing.
        if self.count <= varying.len() as u64 + 1 {
            return Some(Fit { inputs, explained: None });
        }
        let size = varying.len();
        let entry =
            |i: usize, j: usize| if i == j { 1.0 } else { correlation(varying[i], varying[j]) };
        let with_outcome = DVector::from_fn(size, |i, _| correlation(outcome, varying[i]));
        let factor = DMatrix::from_fn(size, size, entry).cholesky();
        let factor =
            factor.filter(|factor| factor.l_dirty().diagonal().iter().all(|own| own * own > OWN));
        let explained = factor.map(|factor| {
            let coefficients = factor.solve(&with_outcome);
            for (&i, &coefficient) in varying.iter().zip(coefficients.iter()) {
                inputs[i].coefficient = Some(coefficient);
            }
            coefficients.dot(&with_outcome).clamp(0.0, 1.0)
        });
        Some(Fit { inputs, explained })
    }
}
