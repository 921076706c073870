//! How far a right-hand side or a cost may go before the basis, and so the dual, changes
//! (Gass & Saaty 1955; Dantzig 1963, ch. 12).

use super::{Basis, ColumnId, Next, RowId};
use crate::index::Id;

/// Room on both sides of a given number, in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Allowable decrease, ≥ 0, +∞ if any.
    pub decrease: f64,
    /// Allowable increase, ≥ 0, +∞ if any.
    pub increase: f64,
}

/// How far costs may move along a direction, and what enters the plan there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostRange {
    /// Against the direction: how far, ≥ 0, +∞ if for ever, and what then changes.
    pub down: (f64, Option<Next>),
    /// Along the direction, likewise.
    pub up: (f64, Option<Next>),
}

impl Basis {
    /// How far a row's right-hand side may change while this basis stays feasible and its duals
    /// hold. A range of 0 on one side means that the vertex is degenerate there.
    #[must_use]
    pub fn ranging_rhs(&self, row: RowId) -> Range {
        let rates = self.rhs_direction(row.index());
        let reach = |sign: f64| {
            let reaches = self.basic.iter().zip(&rates);
            let reaches = reaches.map(|(&variable, &rate)| self.reach(variable, sign * rate));
            reaches.fold(f64::INFINITY, f64::min) * self.scaled.quantity
        };
        Range { decrease: reach(-1.0), increase: reach(1.0) }
    }

    /// How far a row's right-hand side may go up or down while this basis stays feasible, and what blocks it there.
    pub(super) fn reach_of(&self, row: RowId, up: bool) -> (f64, Option<Next>) {
        let rates = self.rhs_direction(row.index());
        let sign = if up { 1.0 } else { -1.0 };
        let mut found = (f64::INFINITY, None);
        for (&variable, &rate) in self.basic.iter().zip(&rates) {
            let reach = self.reach(variable, sign * rate);
            // Where several meet, it is the flow that ends.
            let tie = variable < self.width() && reach <= found.0 * (1.0 + 1e-9);
            if reach < found.0 || (tie && reach.is_finite()) {
                let next = match variable.checked_sub(self.width()) {
                    Some(row) => Next::Row(RowId::new(row)),
                    None => Next::Column(ColumnId::new(variable)),
                };
                found = (reach, Some(next));
            }
        }
        (found.0 * self.scaled.quantity, found.1)
    }

    /// How far the costs may move along a direction, one rate per column, while this basis stays optimal: in units of
    /// the rate.
    ///
    /// # Panics
    /// If there is not one rate per column.
    #[must_use]
    pub fn ranging_costs(&self, rates: &[f64]) -> CostRange {
        assert_eq!(rates.len(), self.width(), "one rate per column");
        let scaled: Vec<f64> = rates
            .iter()
            .zip(&self.scaled.column)
            .map(|(rate, column)| rate * column * self.scaled.price)
            .collect();
        let mut multipliers: Vec<f64> = self
            .basic
            .iter()
            .map(|&variable| scaled.get(variable).copied().unwrap_or(0.0))
            .collect();
        self.factor.solve_transposed(&mut multipliers);
        // What is next to nothing against the rates is rounding, of slacks as of columns.
        let rounding = 1e-13 * scaled.iter().fold(0.0_f64, |most, rate| most.max(rate.abs()));
        let mut range = CostRange { down: (f64::INFINITY, None), up: (f64::INFINITY, None) };
        for variable in 0..self.value.len() {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            if self.position[variable].is_some() || lower == upper {
                continue;
            }
            let next = match variable.checked_sub(self.width()) {
                Some(row) => Next::Row(RowId::new(row)),
                None => Next::Column(ColumnId::new(variable)),
            };
            let rate = if let Some(logical) = variable.checked_sub(self.width()) {
                -multipliers[logical]
            } else {
                let column = self.columns.outer(variable);
                scaled[variable] - column.map(|(row, a)| a * multipliers[row]).sum::<f64>()
            };
            let size = scaled.get(variable).map_or(0.0, |rate| rate.abs());
            if rate.abs() <= (1e-12 * size).max(rounding) {
                continue;
            }
            let room = self.reduced[variable].abs() / rate.abs();
            let at_lower = self.value[variable] == lower;
            let free = !at_lower && self.value[variable] != upper;
            // At a lower bound the reduced cost must stay at least 0, at an upper one at most 0.
            if (free || (rate < 0.0) == at_lower) && room < range.up.0 {
                range.up = (room, Some(next));
            }
            if (free || (rate > 0.0) == at_lower) && room < range.down.0 {
                range.down = (room, Some(next));
            }
        }
        range
    }

    /// How far a column's cost may change while this basis stays optimal.
    #[must_use]
    pub fn ranging_cost(&self, column: ColumnId) -> Range {
        let variable = column.index();
        let unit = self.scaled.column[variable] * self.scaled.price;
        let Range { decrease, increase } = match self.position[variable] {
            Some(position) => self.basic_cost(position),
            None => self.resting_cost(variable),
        };
        Range { decrease: decrease / unit, increase: increase / unit }
    }

    /// A variable at a bound stays there as long as its reduced cost keeps its sign.
    fn resting_cost(&self, variable: usize) -> Range {
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        let reduced = self.reduced[variable].abs();
        if lower == upper {
            Range { decrease: f64::INFINITY, increase: f64::INFINITY }
        } else if self.value[variable] == lower {
            Range { decrease: reduced, increase: f64::INFINITY }
        } else if self.value[variable] == upper {
            Range { decrease: f64::INFINITY, increase: reduced }
        } else {
            Range { decrease: 0.0, increase: 0.0 }
        }
    }

    /// A basic variable's cost moves every reduced cost along its row of B⁻¹ N.
    fn basic_cost(&self, position: usize) -> Range {
        let mut row = vec![0.0; self.basic.len()];
        row[position] = 1.0;
        self.factor.solve_transposed(&mut row);
        let mut range = Range { decrease: f64::INFINITY, increase: f64::INFINITY };
        for variable in 0..self.value.len() {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            if self.position[variable].is_some() || lower == upper {
                continue;
            }
            let rate: f64 = match variable.checked_sub(self.width()) {
                Some(logical) => row[logical],
                None => self.columns.outer(variable).map(|(i, a)| a * row[i]).sum(),
            };
            if rate.abs() <= f64::EPSILON {
                continue;
            }
            let room = self.reduced[variable].abs() / rate.abs();
            let at_upper = self.value[variable] == upper;
            let free = !at_upper && self.value[variable] != lower;
            if free || (rate > 0.0) != at_upper {
                range.increase = range.increase.min(room);
            }
            if free || (rate > 0.0) == at_upper {
                range.decrease = range.decrease.min(room);
            }
        }
        range
    }
}
