//! Rank correlations by a Gaussian copula.

use nalgebra::DMatrix;
use std::f64::consts::PI;

use super::{
    Distribution, Problem,
    distribution::{normal_quantile, normal_share},
};

/// Correlates the shares of some inputs.
#[derive(Clone, Debug)]
pub(super) struct Copula {
    /// The inputs that have a correlation, ascending.
    inputs: Vec<usize>,
    /// Lower factor of the correlations of the normal variables behind them.
    factor: DMatrix<f64>,
}

impl Copula {
    /// `correlations`: two inputs and their rank correlation each; there may be none.
    pub(super) fn new(
        distributions: &[Distribution],
        correlations: &[(usize, usize, f64)],
    ) -> Result<Self, Problem> {
        for (correlation, &(one, other, rank)) in correlations.iter().enumerate() {
            let known = one < distributions.len() && other < distributions.len();
            if !known || one == other || !(rank > -1.0 && rank < 1.0) {
                return Err(Problem::CorrelationInvalid { correlation });
            }
            let same =
                |&(a, b, _): &(usize, usize, f64)| (a, b) == (one, other) || (b, a) == (one, other);
            if correlations[..correlation].iter().any(same) {
                return Err(Problem::CorrelationTwice { correlation });
            }
            if let Some(input) =
                [one, other].into_iter().find(|&input| !distributions[input].is_continuous())
            {
                return Err(Problem::CorrelationOfList { input });
            }
        }
        let mut inputs: Vec<usize> =
            correlations.iter().flat_map(|&(one, other, _)| [one, other]).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let place = |input: usize| inputs.binary_search(&input).expect("it has a correlation");
        let mut matrix = DMatrix::identity(inputs.len(), inputs.len());
        for &(one, other, rank) in correlations {
            // Pearson 1907: what the normal variables must have for their ranks to have it.
            let normal = 2.0 * (PI * rank / 6.0).sin();
            matrix[(place(one), place(other))] = normal;
            matrix[(place(other), place(one))] = normal;
        }
        match matrix.clone().cholesky() {
            Some(cholesky) => Ok(Self { inputs, factor: cholesky.unpack() }),
            None => Err(impossible(&inputs, &matrix)),
        }
    }

    /// Gives independent shares their correlations.
    pub(super) fn apply(&self, shares: &mut [f64]) {
        for &input in &self.inputs {
            shares[input] = normal_quantile(shares[input]);
        }
        // From the last, since each needs those before it as they were.
        for (row, &input) in self.inputs.iter().enumerate().rev() {
            let before = self.inputs[..=row].iter().enumerate();
            let normal: f64 =
                before.map(|(column, &other)| self.factor[(row, column)] * shares[other]).sum();
            shares[input] = normal_share(normal).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        }
    }
}

/// The first input that cannot have its correlations with those before it.
fn impossible(inputs: &[usize], matrix: &DMatrix<f64>) -> Problem {
    let fails =
        |&size: &usize| matrix.view((0, 0), (size, size)).clone_owned().cholesky().is_none();
    let row = (1..=inputs.len()).find(fails).expect("the whole has no factor") - 1;
    let strength = |&column: &usize| matrix[(row, column)].abs();
    let with = (0..row)
        .max_by(|a, b| strength(a).total_cmp(&strength(b)))
        .expect("one alone has a factor");
    Problem::CorrelationsImpossible { input: inputs[row], with: inputs[with] }
}
