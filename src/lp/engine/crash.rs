//! From a point to a basis.

use super::{Engine, NOWHERE, ratio::Step};
use crate::lp::factor::Factor;

/// Share of a column that must be independent of the columns before for it to enter a first basis.
const INDEPENDENT: f64 = 1e-7;
/// The same when a basis that has served is factored anew.
pub(super) const REGULAR: f64 = 1e-11;
/// Distance from a bound, scaled, below which a point lies on it.
const AT_BOUND: f64 = 1e-9;
/// The same for a variable whose reduced cost is larger than the distance.
const PRESSED: f64 = 1e-3;

impl Engine<'_> {
    /// Chooses the first basis and pushes everything else to bounds.
    pub(super) fn crash(&mut self, start: Option<(&[f64], Option<&[f64]>)>) {
        let (n, total) = (self.width(), self.value.len());
        let mut reduced = None;
        if let Some((primal, duals)) = start {
            self.value[..n].copy_from_slice(primal);
            for row in 0..total - n {
                let activity: f64 = self.program.rows.outer(row).map(|(j, a)| a * primal[j]).sum();
                self.value[n + row] = self.program.rhs[row] - activity;
            }
            reduced = duals.map(|duals| {
                let cost = |variable| self.cost(variable) - self.price(variable, duals);
                (0..total).map(cost).collect::<Vec<_>>()
            });
        }
        // Distance from the nearer bound; 0 on it.
        let inside: Vec<f64> = (0..total)
            .map(|variable| {
                if start.is_none() && variable < n {
                    self.value[variable] = self.resting_place(variable, 0.0);
                    return 0.0;
                }
                let press = reduced.as_ref().map_or(0.0, |reduced| reduced[variable]);
                self.snap(variable, press)
            })
            .collect();
        let mut order: Vec<usize> = (0..total).collect();
        let known = reduced.is_some();
        let size = |variable: usize| match variable.checked_sub(n) {
            Some(_) => 0,
            None => self.columns.count(variable),
        };
        let fixed = |variable: usize| self.lower[variable] == self.upper[variable];
        let press = |variable: usize| reduced.as_ref().map_or(0.0, |all| all[variable].abs());
        order.sort_by(|&left, &right| {
            let rank = |variable: usize| match (inside[variable] > 0.0, fixed(variable)) {
                (true, _) if variable >= n => 0,
                (true, _) => 1,
                (false, false) if known || variable >= n => 2,
                (false, false) => 3,
                (false, true) => 4,
            };
            let by_rank = rank(left).cmp(&rank(right));
            let by_value = if known && rank(left) == 1 {
                inside[right].min(1.0).total_cmp(&inside[left].min(1.0))
            } else if known && rank(left) == 2 {
                press(left).total_cmp(&press(right))
            } else {
                size(left).cmp(&size(right))
            };
            by_rank.then(by_value).then(left.cmp(&right))
        });
        self.build(&order, INDEPENDENT);
        let left: Vec<usize> = order
            .into_iter()
            .filter(|&variable| inside[variable] > 0.0 && self.place[variable] == NOWHERE)
            .collect();
        self.recompute();
        for variable in left {
            self.push(variable);
        }
        self.recompute();
    }

    /// Moves a variable onto a bound it is close to, and says how far from its bounds it is.
    fn snap(&mut self, variable: usize, reduced: f64) -> f64 {
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        let value = self.value[variable];
        let near = |distance: f64, bound: f64, push: f64| {
            distance <= AT_BOUND * (1.0 + bound.abs()) || (distance < push && distance < PRESSED)
        };
        let bound = if lower.is_finite() && near(value - lower, lower, reduced) {
            lower
        } else if upper.is_finite() && near(upper - value, upper, -reduced) {
            upper
        } else {
            let distance = (value - lower).min(upper - value);
            let free = distance.is_infinite();
            return if free && value == 0.0 {
                0.0
            } else if free {
                1.0
            } else {
                distance
            };
        };
        self.value[variable] = bound;
        0.0
    }

    /// The bound nearest to `value`, or 0 for a free variable.
    fn resting_place(&self, variable: usize, value: f64) -> f64 {
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) if (value - lower).abs() <= (upper - value).abs() => lower,
            (true, false) => lower,
            (_, true) => upper,
            (false, false) => 0.0,
        }
    }

    /// Factors the first independent columns in `order`; logicals complete the rank.
    pub(super) fn build(&mut self, order: &[usize], tolerance: f64) {
        let (n, m) = (self.width(), self.program.row_count());
        let mut factor = Factor::new(m);
        self.place.fill(NOWHERE);
        self.basic.clear();
        let weight = |row: usize| self.weight[row] as usize;
        let rest = n..n + m;
        for variable in order.iter().copied().chain(rest) {
            if factor.rank() == m {
                break;
            }
            if self.place[variable] != NOWHERE {
                continue;
            }
            let taken = match variable.checked_sub(n) {
                Some(row) => factor.try_push(std::iter::once((row, 1.0)), weight, tolerance),
                None => factor.try_push(self.columns.outer(variable), weight, tolerance),
            };
            if taken {
                self.place[variable] = u32::try_from(self.basic.len()).expect("32 bits");
                self.basic.push(variable);
            }
        }
        // Logicals span every row, so only rounding can leave one open; a looser test closes it.
        for row in 0..m {
            if factor.rank() == m {
                break;
            }
            let variable = n + row;
            if self.place[variable] == NOWHERE
                && factor.try_push(std::iter::once((row, 1.0)), weight, 0.0)
            {
                self.place[variable] = u32::try_from(self.basic.len()).expect("32 bits");
                self.basic.push(variable);
            }
        }
        self.factor = factor;
    }

    /// Factors the basis anew; columns that have become dependent make room for logicals.
    pub(super) fn refactor(&mut self) {
        let n = self.width();
        let mut order = std::mem::take(&mut self.basic);
        let count = |variable: usize| {
            if variable >= n { 0 } else { self.columns.count(variable) }
        };
        order.sort_by_key(|&variable| (count(variable), variable));
        self.build(&order, REGULAR);
        for variable in order {
            if self.place[variable] == NOWHERE {
                self.value[variable] = self.resting_place(variable, self.value[variable]);
            }
        }
        self.recompute();
    }

    /// Basic values from the others: `x_B = B⁻¹ (b − N x_N)`.
    pub(super) fn recompute(&mut self) {
        let mut rest = self.program.rhs.clone();
        for variable in 0..self.value.len() {
            let value = self.value[variable];
            if self.place[variable] != NOWHERE || value == 0.0 {
                continue;
            }
            match variable.checked_sub(self.width()) {
                Some(row) => rest[row] -= value,
                None => self.columns.outer(variable).for_each(|(row, a)| rest[row] -= a * value),
            }
        }
        self.factor.solve(&mut rest);
        for (&variable, value) in self.basic.iter().zip(rest) {
            self.value[variable] = value;
        }
    }

    /// Brings a variable between its bounds to one of them, or into the basis in place of the
    /// basic variable that meets its bound first.
    fn push(&mut self, variable: usize) {
        let mut goal = self.resting_place(variable, self.value[variable]);
        let free = self.lower[variable].is_infinite() && self.upper[variable].is_infinite();
        if free {
            goal = 0.0;
        }
        let distance = goal - self.value[variable];
        let sign = if distance < 0.0 { -1.0 } else { 1.0 };
        let mut solved = self.scatter(variable);
        self.factor.solve(&mut solved);
        let step = self.ratio_within(distance.abs(), sign, &solved);
        self.take(variable, sign, &solved, &step);
        if let Step::Flip { .. } = step {
            self.value[variable] = goal;
        }
        if self.factor.updates() >= super::UPDATES {
            self.refactor();
        }
        self.stalled = 0;
    }
}
