//! Scaling by powers of two, so that it is exact to apply and to undo.
//!
//! Rows and columns by geometric means (Fulkerson & Wolfe 1962; Tomlin 1975), then all quantities
//! together by the mean size of right-hand sides and bounds, and all costs by their mean size.

use super::{RowSense, program::Program};

/// Passes of row and column scaling; more change little.
const PASSES: usize = 3;

/// A scaled copy of a program, and the factors that were applied.
#[derive(Clone, Debug)]
pub(super) struct Scaled {
    /// a'ᵢⱼ = rᵢ aᵢⱼ kⱼ, b'ᵢ = rᵢ bᵢ / q, l'ⱼ = lⱼ / (kⱼ q), c'ⱼ = cⱼ kⱼ p.
    pub(super) program: Program,
    /// r, one per row.
    pub(super) row: Vec<f64>,
    /// k, one per column; 1 for integers.
    pub(super) column: Vec<f64>,
    /// q: what one scaled unit of a right-hand side stands for.
    pub(super) quantity: f64,
    /// p: the factor on costs.
    pub(super) price: f64,
}

impl Scaled {
    /// Scales a program without defects.
    pub(super) fn new(program: &Program) -> Self {
        let (row, column) = geometric(program);
        let mut scaled = program.clone();
        for (i, &factor) in row.iter().enumerate() {
            let range = scaled.rows.start[i]..scaled.rows.start[i + 1];
            for position in range {
                scaled.rows.value[position] *=
                    factor * column[scaled.rows.index[position] as usize];
            }
            scaled.rhs[i] *= factor;
        }
        for (j, &factor) in column.iter().enumerate() {
            scaled.cost[j] *= factor;
            scaled.lower[j] /= factor;
            scaled.upper[j] /= factor;
        }
        let whole = scaled.integer.iter().any(|&integer| integer);
        let bounds = scaled.lower.iter().chain(&scaled.upper);
        let quantity = if whole { 1.0 } else { mean_power(scaled.rhs.iter().chain(bounds)) };
        let price = 1.0 / mean_power(&scaled.cost);
        scaled.rhs.iter_mut().for_each(|value| *value /= quantity);
        scaled.lower.iter_mut().for_each(|value| *value /= quantity);
        scaled.upper.iter_mut().for_each(|value| *value /= quantity);
        scaled.cost.iter_mut().for_each(|value| *value *= price);
        scaled.offset = 0.0;
        Self { program: scaled, row, column, quantity, price }
    }

    /// Adds a row by the factors that there are, with one of its own by its largest coefficient:
    /// what is rounding in a derived row must not move the others.
    pub(super) fn add_row(&mut self, sense: RowSense, rhs: f64, terms: &[(usize, f64)]) {
        let terms = terms.iter().map(|&(j, value)| (j, value * self.column[j]));
        let largest = terms.clone().fold(0.0, |most: f64, (_, value)| most.max(value.abs()));
        let row = if largest > 0.0 { (-largest.log2()).round().exp2() } else { 1.0 };
        let terms = terms.map(|(j, value)| (j, value * row));
        self.program.add_row(sense, rhs * row / self.quantity, terms);
        self.row.push(row);
    }

    /// Column values of the original program from scaled ones.
    pub(super) fn primal(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.column).map(|(value, k)| value * k * self.quantity).collect()
    }

    /// Scaled column values from those of the original program.
    pub(super) fn point(&self, primal: &[f64]) -> Vec<f64> {
        primal.iter().zip(&self.column).map(|(value, k)| value / (k * self.quantity)).collect()
    }

    /// Direction of the original program from a scaled one, up to a positive factor.
    pub(super) fn direction(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.column).map(|(value, k)| value * k).collect()
    }

    /// Row duals of the original program from scaled ones.
    pub(super) fn duals(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.row).map(|(value, r)| value * r / self.price).collect()
    }

    /// Row multipliers of the original program from scaled ones, up to a positive factor.
    pub(super) fn multipliers(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().zip(&self.row).map(|(value, r)| value * r).collect()
    }
}

/// Row and column factors that bring the coefficients towards 1.
fn geometric(program: &Program) -> (Vec<f64>, Vec<f64>) {
    let (m, n) = (program.row_count(), program.column_count());
    let logs: Vec<f64> = program.rows.value.iter().map(|value| value.abs().log2()).collect();
    let mut row = vec![0.0_f64; m];
    let mut column = vec![0.0_f64; n];
    for _ in 0..PASSES {
        let mut sums = vec![(0.0, 0_u32); n];
        for (i, scale) in row.iter_mut().enumerate() {
            let range = program.rows.start[i]..program.rows.start[i + 1];
            if range.is_empty() {
                continue;
            }
            let count = range.len() as f64;
            let entries = || range.clone().map(|at| (program.rows.index[at] as usize, logs[at]));
            let sum: f64 = entries().map(|(j, log)| log + column[j]).sum();
            *scale = -sum / count;
            for (j, log) in entries() {
                sums[j].0 += log + *scale;
                sums[j].1 += 1;
            }
        }
        for (scale, &(sum, count)) in column.iter_mut().zip(&sums) {
            *scale = if count == 0 { 0.0 } else { -sum / f64::from(count) };
        }
        for (scale, &integer) in column.iter_mut().zip(&program.integer) {
            if integer {
                *scale = 0.0;
            }
        }
    }
    let power = |log: &f64| log.round().exp2();
    (row.iter().map(power).collect(), column.iter().map(power).collect())
}

/// The power of two nearest the geometric mean of the finite non-zero sizes; 1 if there is none.
fn mean_power<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        if *value != 0.0 && value.is_finite() {
            sum += value.abs().log2();
            count += 1;
        }
    }
    if count == 0 { 1.0 } else { (sum / f64::from(count)).round().exp2() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::RowSense;

    #[test]
    fn scaling_is_exact_and_brings_coefficients_near_one() {
        let mut program = Program::default();
        program.add_column(3.0, 0.0, 1e6);
        program.add_column(-7e5, -1.0, f64::INFINITY);
        program.add_row(RowSense::AtMost, 6e10, vec![(0, 1e-7), (1, 3e2)]);
        program.add_row(RowSense::Equal, 0.1, vec![(0, 2e-3), (1, 1e7)]);
        let scaled = Scaled::new(&program);
        for value in &scaled.program.rows.value {
            assert!((0.05..20.0).contains(value), "{value}");
        }
        let inner = [0.3, 1e3 / 7.0];
        let activity = scaled.program.activity(0, &inner) * scaled.quantity / scaled.row[0];
        assert_eq!(activity, program.activity(0, &scaled.primal(&inner)));
    }
}
