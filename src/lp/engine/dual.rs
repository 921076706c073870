//! Dual simplex: from a basis that prices out, after bounds have moved, back to a feasible one.
//!
//! Lemke 1954; bounds are flipped while that keeps the leaving variable outside its own (the long
//! step of Fourer 1994), and the ratio test has two passes after Harris 1973.

use std::time::Instant;

use super::{End, Engine, FEASIBLE, NOWHERE, PRICED, UPDATES};
use crate::lp::{
    factor::Factor,
    program::{Program, Sparse},
};

/// Entries of a row of the tableau below this do not enter; they are rounding.
const ENTRY: f64 = 1e-9;
/// Pivots below this are taken only from factors that are new.
const SAFE: f64 = 1e-6;
/// Share of the size of a row that its values may miss its right-hand side by.
const RESIDUAL: f64 = 1e-9;
/// Distance outside a bound, relative to a value, that is none.
const WITHIN: f64 = 1e-8;
/// Relative difference between the two ways to compute a pivot from which the factors are lost.
const AGREES: f64 = 1e-6;

/// Which variables are basic, and which of the others rest at their upper bound.
#[derive(Clone, Debug)]
pub(in crate::lp) struct Resting {
    pub(in crate::lp) basic: Vec<usize>,
    pub(in crate::lp) at_upper: Vec<bool>,
}

/// How a return to feasibility ended.
pub(in crate::lp) enum Back {
    /// The basis is primal and dual feasible; `dual` is set.
    Optimal,
    /// No point is feasible; the row multipliers prove it.
    Infeasible(Vec<f64>),
    /// The objective, a lower bound, has passed the ceiling; `dual` is set.
    Ceiling,
    /// Out of pivots; the objective is a lower bound up to rounding.
    Pivots,
    /// Out of time.
    TimeLimit,
    /// Numerically lost.
    Lost,
}

/// The entering variable and those that go to their other bound on the way.
struct Entry {
    entering: usize,
    flipped: Vec<usize>,
}

impl<'a> Engine<'a> {
    /// An engine on a known basis.
    pub(in crate::lp) fn resume(
        program: &'a Program,
        columns: &'a Sparse,
        resting: &Resting,
        deadline: Option<Instant>,
    ) -> Self {
        let mut engine = Self::bare(program, columns, deadline);
        engine.restore(resting);
        engine
    }

    /// The basis as it stands.
    pub(in crate::lp) fn resting(&self) -> Resting {
        let at_upper = |variable: usize| {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            self.place[variable] == NOWHERE && lower < upper && self.value[variable] == upper
        };
        Resting {
            basic: self.basic.clone(),
            at_upper: (0..self.value.len()).map(at_upper).collect(),
        }
    }

    /// Factors a known basis and puts all other variables on their bounds.
    pub(in crate::lp) fn restore(&mut self, resting: &Resting) {
        let n = self.width();
        let mut order = resting.basic.clone();
        let count = |variable: usize| if variable >= n { 0 } else { self.columns.count(variable) };
        order.sort_by_key(|&variable| (count(variable), variable));
        self.factor = Factor::new(self.program.row_count());
        self.build(&order, super::crash::REGULAR);
        for variable in 0..self.value.len() {
            if self.place[variable] == NOWHERE {
                let (lower, upper) = (self.lower[variable], self.upper[variable]);
                let high = resting.at_upper[variable] && upper.is_finite();
                let low = if lower.is_finite() { lower } else { upper };
                self.value[variable] = match high {
                    true => upper,
                    false if low.is_finite() => low,
                    false => 0.0,
                };
            }
        }
    }

    /// Moves the bounds of a variable; if it is not basic its value stays on or comes to a bound.
    pub(in crate::lp) fn set_bounds(&mut self, variable: usize, lower: f64, upper: f64) {
        let high = self.value[variable] == self.upper[variable]
            && self.lower[variable] < self.upper[variable];
        (self.lower[variable], self.upper[variable]) = (lower, upper);
        if self.place[variable] == NOWHERE {
            let bound = if high || !lower.is_finite() { upper } else { lower };
            self.value[variable] = if bound.is_finite() { bound } else { 0.0 };
        }
    }

    /// The row of the inverse that belongs to a basic variable.
    pub(in crate::lp) fn inverse_row(&self, variable: usize) -> Option<Vec<f64>> {
        let position = self.place[variable];
        let mut row = vec![0.0; self.basic.len()];
        *row.get_mut(position as usize)? = 1.0;
        self.factor.solve_transposed(&mut row);
        Some(row)
    }

    /// The objective at the values as they stand, scaled.
    pub(in crate::lp) fn objective(&self) -> f64 {
        self.program.cost.iter().zip(&self.value).map(|(cost, value)| cost * value).sum()
    }

    /// Pivots until the basis is feasible again, the objective passes `ceiling`, or `pivots` are
    /// spent, or as many as [`Engine::patience`] allows: the dual simplex may go in circles. What
    /// does not price out is left to the primal simplex.
    pub(in crate::lp) fn reoptimise(&mut self, ceiling: f64, pivots: usize) -> Back {
        let pivots = pivots.min(self.patience());
        let mut reduced = self.price_all();
        self.settle(&reduced);
        self.recompute();
        let mut doubted = false;
        let mut step = 0_usize;
        loop {
            if step.is_multiple_of(16) && self.deadline.is_some_and(|at| Instant::now() >= at) {
                return Back::TimeLimit;
            }
            if self.factor.updates() >= UPDATES {
                self.refactor();
                reduced = self.price_all();
            }
            let Some((position, bound)) = self.leaving() else {
                return self.finish(pivots);
            };
            if self.objective() > ceiling {
                self.price_all();
                return Back::Ceiling;
            }
            if step >= pivots {
                return Back::Pivots;
            }
            step += 1;
            let mut rho = vec![0.0; self.basic.len()];
            rho[position] = 1.0;
            self.factor.solve_transposed(&mut rho);
            let row = self.row(&rho);
            let leaving = self.basic[position];
            let short = bound - self.value[leaving];
            let Some(Entry { entering, flipped }) = self.enter(&row, &reduced, short) else {
                let sign = -short.signum();
                for multiplier in &mut rho {
                    *multiplier *= sign;
                }
                return Back::Infeasible(rho);
            };
            let mut solved = self.scatter(entering);
            self.factor.solve(&mut solved);
            let pivot = solved[position];
            let apart = (pivot - row[entering]).abs();
            if apart > AGREES * pivot.abs() || pivot.abs() < SAFE && !doubted {
                if doubted && self.factor.updates() == 0 {
                    return Back::Lost;
                }
                doubted = true;
                self.refactor();
                reduced = self.price_all();
                continue;
            }
            self.flip(&flipped);
            let length = (self.value[leaving] - bound) / pivot;
            for (&variable, &rate) in self.basic.iter().zip(&solved) {
                self.value[variable] -= length * rate;
            }
            self.value[entering] += length;
            self.value[leaving] = bound;
            let rise = reduced[entering] / pivot;
            for (cost, &entry) in reduced.iter_mut().zip(&row) {
                *cost -= rise * entry;
            }
            reduced[leaving] = -rise;
            reduced[entering] = 0.0;
            self.exchange(position, entering, &solved);
        }
    }

    /// Whether the values of columns and logicals satisfy the rows and their bounds, that is, the
    /// factors hold.
    pub(in crate::lp) fn holds(&self) -> bool {
        let n = self.width();
        let within = |variable: usize| {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            let out = (lower - self.value[variable]).max(self.value[variable] - upper);
            out <= WITHIN * (1.0 + self.value[variable].abs())
        };
        (0..self.value.len()).all(within)
            && (0..self.program.row_count()).all(|row| {
                let (rhs, logical) = (self.program.rhs[row], self.value[n + row]);
                let terms = self.program.rows.outer(row).map(|(j, a)| a * self.value[j]);
                let (sum, size) = terms
                    .fold((logical - rhs, 1.0 + rhs.abs()), |(sum, size), term| {
                        (sum + term, size + term.abs())
                    });
                sum.abs() <= RESIDUAL * size
            })
    }

    /// Hands a feasible basis that does not price out to the primal simplex.
    fn finish(&mut self, pivots: usize) -> Back {
        let reduced = self.price_all();
        let wrong = (0..self.value.len()).any(|variable| self.wrong(variable, &reduced));
        if !wrong {
            return Back::Optimal;
        }
        if pivots < 1000 {
            return Back::Pivots;
        }
        self.primal()
    }

    /// The primal simplex from the basis as it stands, to the last digits.
    pub(in crate::lp) fn primal(&mut self) -> Back {
        match self.run() {
            End::Optimal => Back::Optimal,
            End::Infeasible(multipliers) => Back::Infeasible(multipliers),
            End::TimeLimit => Back::TimeLimit,
            End::Unbounded(_) | End::Stuck => Back::Lost,
        }
    }

    /// Sets `dual` and returns all reduced costs.
    fn price_all(&mut self) -> Vec<f64> {
        let mut costs: Vec<f64> = self.basic.iter().map(|&variable| self.cost(variable)).collect();
        self.factor.solve_transposed(&mut costs);
        self.dual = costs;
        let price = |variable: usize| match self.place[variable] {
            NOWHERE => self.cost(variable) - self.price(variable, &self.dual),
            _ => 0.0,
        };
        (0..self.value.len()).map(price).collect()
    }

    /// Whether a variable that is not basic would improve the objective by leaving its bound.
    fn wrong(&self, variable: usize, reduced: &[f64]) -> bool {
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        if self.place[variable] != NOWHERE || lower == upper {
            return false;
        }
        let (cost, value) = (reduced[variable], self.value[variable]);
        let noise = PRICED * (1.0 + self.cost(variable).abs());
        (cost < -noise && value < upper) || (cost > noise && value > lower)
    }

    /// Puts what is on the wrong one of two bounds on the other.
    fn settle(&mut self, reduced: &[f64]) {
        for variable in 0..self.value.len() {
            if self.wrong(variable, reduced) {
                let bound = if reduced[variable] < 0.0 {
                    self.upper[variable]
                } else {
                    self.lower[variable]
                };
                if bound.is_finite() {
                    self.value[variable] = bound;
                }
            }
        }
    }

    /// The basic variable furthest outside its bounds, and the bound it goes to.
    fn leaving(&self) -> Option<(usize, f64)> {
        let mut worst = (0.0, None);
        for (position, &variable) in self.basic.iter().enumerate() {
            let value = self.value[variable];
            for (bound, gap) in [
                (self.lower[variable], self.lower[variable] - value),
                (self.upper[variable], value - self.upper[variable]),
            ] {
                if gap > worst.0 && gap > FEASIBLE * (1.0 + bound.abs()) {
                    worst = (gap, Some((position, bound)));
                }
            }
        }
        worst.1
    }

    /// A row of the tableau, one entry per variable, from a row of the inverse.
    fn row(&self, rho: &[f64]) -> Vec<f64> {
        let n = self.width();
        let mut row = vec![0.0; self.value.len()];
        for (i, &multiplier) in rho.iter().enumerate() {
            if multiplier != 0.0 {
                for (j, a) in self.program.rows.outer(i) {
                    row[j] += multiplier * a;
                }
                row[n + i] = multiplier;
            }
        }
        for &variable in &self.basic {
            row[variable] = 0.0;
        }
        row
    }

    /// What enters for a basic variable that is `short` of its bound (negative: above it).
    fn enter(&self, row: &[f64], reduced: &[f64], short: f64) -> Option<Entry> {
        let mut open: Vec<(usize, f64, f64)> = Vec::new();
        for (variable, &entry) in row.iter().enumerate() {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            if entry.abs() <= ENTRY || self.place[variable] != NOWHERE || lower == upper {
                continue;
            }
            let rate = -entry * short.signum();
            let value = self.value[variable];
            if (rate > 0.0 && value < upper) || (rate < 0.0 && value > lower) {
                open.push((variable, rate, (reduced[variable] / rate).max(0.0)));
            }
        }
        let mut rest = short.abs();
        let mut flipped = Vec::new();
        loop {
            let slack = |variable: usize| PRICED * (1.0 + self.cost(variable).abs());
            let reach =
                open.iter().map(|&(variable, rate, ratio)| ratio + slack(variable) / rate.abs());
            let reach = reach.fold(f64::INFINITY, f64::min);
            let (group, beyond): (Vec<_>, Vec<_>) =
                open.into_iter().partition(|&(_, _, ratio)| ratio <= reach);
            let largest =
                group.iter().max_by(|left, right| left.1.abs().total_cmp(&right.1.abs()))?;
            let width = |&(variable, rate, _): &(usize, f64, f64)| {
                rate.abs() * (self.upper[variable] - self.lower[variable])
            };
            let room: f64 = group.iter().map(width).sum();
            if room >= rest - FEASIBLE {
                return Some(Entry { entering: largest.0, flipped });
            }
            rest -= room;
            flipped.extend(group.iter().map(|&(variable, ..)| variable));
            open = beyond;
        }
    }

    /// Moves variables to their other bounds.
    fn flip(&mut self, flipped: &[usize]) {
        if flipped.is_empty() {
            return;
        }
        let mut moved = vec![0.0; self.basic.len()];
        for &variable in flipped {
            let (lower, upper) = (self.lower[variable], self.upper[variable]);
            let goal = if self.value[variable] == lower { upper } else { lower };
            let change = goal - self.value[variable];
            self.value[variable] = goal;
            match variable.checked_sub(self.width()) {
                Some(row) => moved[row] += change,
                None => {
                    self.columns.outer(variable).for_each(|(row, a)| moved[row] += a * change);
                }
            }
        }
        self.factor.solve(&mut moved);
        for (&variable, change) in self.basic.iter().zip(moved) {
            self.value[variable] -= change;
        }
    }
}
