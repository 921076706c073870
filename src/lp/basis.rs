//! The basis of a vertex optimum: exact derivatives of anything linear with respect to anything
//! given.
//!
//! While the basis stays optimal, `x_B = B⁻¹ (b − N x_N)` and `y = B⁻ᵀ c_B`; the derivative of any
//! linear measure g·x with respect to the right-hand sides is `B⁻ᵀ g_B` (Dantzig 1963, ch. 12).

use super::{
    ColumnId, RowId,
    engine::{Engine, Resting},
    factor::Factor,
    program::Sparse,
    scale::Scaled,
};
use crate::index::Id;

/// An optimal basis with its factorisation.
#[derive(Clone, Debug)]
pub struct Basis {
    pub(super) scaled: Scaled,
    pub(super) columns: Sparse,
    pub(super) factor: Factor,
    /// Variable at each position: columns first, then one logical per row.
    pub(super) basic: Vec<usize>,
    /// Position of each variable, none if it rests at a bound.
    pub(super) position: Vec<Option<usize>>,
    /// Scaled bounds, values and reduced costs of columns and logicals.
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
    pub(super) value: Vec<f64>,
    pub(super) reduced: Vec<f64>,
}

/// Distance from a bound, scaled, at which a basic variable counts as on it.
pub(super) const ON_BOUND: f64 = 1e-9;

impl Basis {
    /// Takes over the optimal basis of an engine that ran on `scaled`.
    pub(super) fn new(scaled: Scaled, columns: Sparse, vertex: Vertex) -> Self {
        let Vertex { factor, basic, lower, upper, value, dual } = vertex;
        let n = scaled.program.column_count();
        let mut position = vec![None; value.len()];
        for (place, &variable) in basic.iter().enumerate() {
            position[variable] = Some(place);
        }
        let reduced = (0..value.len()).map(|variable| match variable.checked_sub(n) {
            _ if position[variable].is_some() => 0.0,
            Some(row) => -dual[row],
            None => {
                let sum: f64 = columns.outer(variable).map(|(row, a)| a * dual[row]).sum();
                scaled.program.cost[variable] - sum
            }
        });
        let reduced = reduced.collect();
        Self { scaled, columns, factor, basic, position, lower, upper, value, reduced }
    }

    /// Which variables are basic, and on which bounds the others rest.
    pub(super) fn resting(&self) -> Resting {
        let at_upper = |variable: usize| {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            self.position[variable].is_none() && lower < upper && self.value[variable] == upper
        };
        let at_upper = (0..self.value.len()).map(at_upper).collect();
        Resting { basic: self.basic.clone(), at_upper }
    }

    /// Number of columns of the program.
    pub(super) fn width(&self) -> usize {
        self.scaled.program.column_count()
    }

    /// Whether a column is basic, that is, determined by the rows and not by its own bound.
    #[must_use]
    pub fn contains(&self, column: ColumnId) -> bool {
        self.position[column.index()].is_some()
    }

    /// Whether a row's slack is basic, that is, whether the row does not bind.
    #[must_use]
    pub fn contains_slack(&self, row: RowId) -> bool {
        self.position[self.width() + row.index()].is_some()
    }

    /// Whether a column rests at its bound in every optimum, because it has a reduced cost.
    pub(super) fn holds_column(&self, column: ColumnId) -> bool {
        self.holds(column.index())
    }

    /// Whether a row binds in every optimum, because it has a dual.
    pub(super) fn holds_row(&self, row: RowId) -> bool {
        self.holds(self.width() + row.index())
    }

    fn holds(&self, variable: usize) -> bool {
        let cost = self.scaled.program.cost.get(variable).map_or(0.0, |cost| cost.abs());
        self.position[variable].is_none() && self.reduced[variable].abs() > ON_BOUND * (1.0 + cost)
    }

    /// Whether a column lies between its bounds, on neither of them.
    pub(super) fn is_column_open(&self, column: ColumnId) -> bool {
        self.is_open(column.index())
    }

    /// Whether a row does not bind.
    pub(super) fn is_slack_open(&self, row: RowId) -> bool {
        self.is_open(self.width() + row.index())
    }

    fn is_open(&self, variable: usize) -> bool {
        let value = self.value[variable];
        [self.lower[variable], self.upper[variable]].into_iter().all(|bound| {
            bound.is_infinite() || (value - bound).abs() > ON_BOUND * (1.0 + bound.abs())
        })
    }

    /// Basic columns in ascending order.
    pub fn columns(&self) -> impl Iterator<Item = ColumnId> {
        (0..self.width()).filter(|&j| self.position[j].is_some()).map(ColumnId::new)
    }

    /// Whether some basic variable lies on a bound: duals and directions are then one-sided.
    #[must_use]
    pub fn degenerate(&self) -> bool {
        self.basic.iter().any(|&variable| {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            let on = |bound: f64| {
                bound.is_finite()
                    && (self.value[variable] - bound).abs() <= ON_BOUND * (1.0 + bound.abs())
            };
            on(lower) || on(upper)
        })
    }

    /// Derivatives of the measure Σ gⱼ xⱼ with respect to every right-hand side: y with
    /// `Bᵀ y = g_B`, one per row, in units of the measure per unit of the row.
    ///
    /// # Panics
    ///
    /// If there is not one gradient entry per column.
    #[must_use]
    pub fn adjoint(&self, gradient: &[f64]) -> Vec<f64> {
        assert_eq!(gradient.len(), self.width(), "one gradient entry per column");
        let basic = self.basic.iter().map(|&variable| {
            gradient.get(variable).map_or(0.0, |value| value * self.scaled.column[variable])
        });
        let mut multipliers = basic.collect();
        self.factor.solve_transposed(&mut multipliers);
        self.scaled.multipliers(&multipliers)
    }

    /// Derivatives of all columns with respect to a row's right-hand side, one per column.
    #[must_use]
    pub fn primal_direction(&self, row: RowId) -> Vec<f64> {
        let solved = self.rhs_direction(row.index());
        let mut direction = vec![0.0; self.width()];
        for (&variable, &rate) in self.basic.iter().zip(&solved) {
            if variable < self.width() {
                direction[variable] = rate;
            }
        }
        self.scaled.direction(&direction)
    }

    /// Rates of the scaled basic variables with respect to bᵢ times the quantity scale.
    pub(super) fn rhs_direction(&self, row: usize) -> Vec<f64> {
        let mut vector = vec![0.0; self.basic.len()];
        vector[row] = self.scaled.row[row];
        self.factor.solve(&mut vector);
        vector
    }

    /// `Some(true)` if no other point is optimal, `Some(false)` if another is, none if a
    /// degenerate vertex leaves it open.
    pub(super) fn unique(&self) -> Option<bool> {
        let mut open = false;
        for variable in 0..self.value.len() {
            let cost = self.scaled.program.cost.get(variable).map_or(0.0, |cost| cost.abs());
            let fixed = self.lower[variable] == self.upper[variable];
            if self.position[variable].is_some()
                || fixed
                || self.reduced[variable].abs() > ON_BOUND * (1.0 + cost)
            {
                continue;
            }
            if self.room(variable) > ON_BOUND {
                return Some(false);
            }
            open = true;
        }
        (!open).then_some(true)
    }

    /// How far a non-basic variable may leave its bound while the basis stays feasible.
    fn room(&self, variable: usize) -> f64 {
        let n = self.width();
        let mut solved = vec![0.0; self.basic.len()];
        match variable.checked_sub(n) {
            Some(row) => solved[row] = 1.0,
            None => self.columns.outer(variable).for_each(|(row, a)| solved[row] = a),
        }
        self.factor.solve(&mut solved);
        let value = self.value[variable];
        let up = (self.upper[variable] - value, -1.0);
        let down = (value - self.lower[variable], 1.0);
        let room = |(own, sign): (f64, f64)| {
            let rates = self.basic.iter().zip(&solved).map(|(&basic, &rate)| (basic, rate * sign));
            rates.fold(own, |room, (basic, rate)| room.min(self.reach(basic, rate)))
        };
        room(up).max(room(down))
    }

    /// How long a variable may change at `rate` before it meets a bound, ≥ 0.
    pub(super) fn reach(&self, variable: usize, rate: f64) -> f64 {
        let value = self.value[variable];
        if rate.abs() <= f64::EPSILON {
            f64::INFINITY
        } else if rate > 0.0 {
            ((self.upper[variable] - value) / rate).max(0.0)
        } else {
            ((self.lower[variable] - value) / rate).max(0.0)
        }
    }
}

/// What an engine leaves behind once it is optimal.
pub(super) struct Vertex {
    factor: Factor,
    basic: Vec<usize>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    value: Vec<f64>,
    pub(super) dual: Vec<f64>,
}

impl Vertex {
    /// Column values, scaled.
    pub(super) fn primal(&self, columns: usize) -> &[f64] {
        &self.value[..columns]
    }
}

impl From<Engine<'_>> for Vertex {
    fn from(engine: Engine<'_>) -> Self {
        let Engine { factor, basic, lower, upper, value, dual, .. } = engine;
        Self { factor, basic, lower, upper, value, dual }
    }
}
