//! Values and duals of a basis to the last digits, by iterative refinement with residuals in
//! double-double arithmetic (Wilkinson 1963).

use twofloat::TwoFloat;

use super::Engine;
use crate::lp::program::dot;

/// Rounds of refinement; the first does nearly all.
const ROUNDS: usize = 2;
/// Distance from a bound, scaled, that is rounding after refinement.
const ROUNDING: f64 = 1e-13;

impl Engine<'_> {
    /// Refines basic values and duals; false if they are not finite.
    pub(super) fn polish(&mut self) -> bool {
        self.recompute();
        for _ in 0..ROUNDS {
            self.refine_values();
        }
        for &variable in &self.basic {
            for bound in [self.lower[variable], self.upper[variable]] {
                if bound.is_finite()
                    && (self.value[variable] - bound).abs() <= ROUNDING * (1.0 + bound.abs())
                {
                    self.value[variable] = bound;
                }
            }
        }
        let mut costs: Vec<f64> = self.basic.iter().map(|&variable| self.cost(variable)).collect();
        self.factor.solve_transposed(&mut costs);
        self.dual = costs;
        for _ in 0..ROUNDS {
            self.refine_duals();
        }
        let values = self.value.iter().chain(&self.dual);
        values.into_iter().all(|value| value.is_finite())
    }

    fn refine_values(&mut self) {
        let n = self.width();
        let residual = (0..self.program.row_count()).map(|row| {
            let terms = self.program.rows.outer(row).map(|(j, a)| (a, self.value[j]));
            let logical = TwoFloat::new_sub(self.program.rhs[row], self.value[n + row]);
            f64::from(logical - dot(terms))
        });
        let mut residual: Vec<f64> = residual.collect();
        self.factor.solve(&mut residual);
        for (&variable, change) in self.basic.iter().zip(residual) {
            self.value[variable] += change;
        }
    }

    fn refine_duals(&mut self) {
        let residual = self.basic.iter().map(|&variable| {
            if let Some(row) = variable.checked_sub(self.width()) {
                return -self.dual[row];
            }
            let terms = self.columns.outer(variable).map(|(row, a)| (a, self.dual[row]));
            f64::from(TwoFloat::from(self.cost(variable)) - dot(terms))
        });
        let mut residual: Vec<f64> = residual.collect();
        self.factor.solve_transposed(&mut residual);
        for (dual, change) in self.dual.iter_mut().zip(residual) {
            *dual += change;
        }
    }
}
