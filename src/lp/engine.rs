//! A bounded primal simplex that finishes what a backend began.
//!
//! From any point (a vertex, the middle of the optimal face, or none) it finds an optimal basis,
//! a Farkas vector or a ray. Crash basis and push of what lies between bounds after Megiddo 1991
//! and Bixby & Saltzman 1994; two-pass ratio test after Harris 1973; Bland's rule (1977) when it
//! stalls; phase 1 minimises the sum of infeasibilities.
//!
//! It works on a scaled [`Program`] in the form A x + s = b with a logical s per row. Variables
//! are numbered columns first, then logicals.

mod crash;
mod dual;
mod polish;
mod ratio;

use std::time::Instant;

pub(super) use dual::{Back, Resting};

use super::{
    factor::Factor,
    program::{Program, Sparse},
};

/// Most rows a program may have for its optimum to be carried to a vertex with a basis.
pub const BASIS_ROWS: usize = 10_000;

/// Bound violation, scaled, up to which a basic variable counts as feasible.
pub(super) const FEASIBLE: f64 = 1e-9;
/// Reduced cost, scaled, up to which a variable counts as priced out.
pub(super) const PRICED: f64 = 1e-9;
/// Updates after which a basis is factored anew.
const UPDATES: usize = 64;
/// Steps without progress after which Bland's rule takes over.
const STALLED: usize = 60;
/// Not basic.
const NOWHERE: u32 = u32::MAX;

/// How a run ended.
pub(super) enum End {
    /// The basis is primal and dual feasible.
    Optimal,
    /// No point is feasible; the row multipliers prove it.
    Infeasible(Vec<f64>),
    /// The point is feasible and may go along this column direction for ever.
    Unbounded(Vec<f64>),
    /// Out of time.
    TimeLimit,
    /// Out of pivots, or numerically lost.
    Stuck,
}

/// State of the simplex on one program.
#[derive(Clone, Debug)]
pub(super) struct Engine<'a> {
    pub(super) program: &'a Program,
    pub(super) columns: &'a Sparse,
    /// Bounds of columns and logicals.
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
    /// Values of columns and logicals.
    pub(super) value: Vec<f64>,
    /// Variable at each position of the basis.
    pub(super) basic: Vec<usize>,
    /// Row duals of the current basis, valid after [`End::Optimal`].
    pub(super) dual: Vec<f64>,
    pub(super) factor: Factor,
    /// Basis changes so far.
    pub(super) pivots: usize,
    place: Vec<u32>,
    norm: Vec<f64>,
    weight: Vec<u32>,
    stalled: usize,
    deadline: Option<Instant>,
}

impl<'a> Engine<'a> {
    /// Starts from a point (column values) with or without row duals, or from nothing.
    pub(super) fn new(
        program: &'a Program,
        columns: &'a Sparse,
        start: Option<(&[f64], Option<&[f64]>)>,
        deadline: Option<Instant>,
    ) -> Self {
        let mut engine = Self::bare(program, columns, deadline);
        engine.crash(start);
        engine
    }

    /// Everything at zero, without a basis.
    fn bare(program: &'a Program, columns: &'a Sparse, deadline: Option<Instant>) -> Self {
        let (n, m) = (program.column_count(), program.row_count());
        let logicals = (0..m).map(|row| program.logical_bounds(row));
        let (lowers, uppers): (Vec<_>, Vec<_>) = logicals.unzip();
        let norm = (0..n).map(|j| 1.0 + columns.outer(j).map(|(_, a)| a * a).sum::<f64>());
        let norm = norm.chain((0..m).map(|_| 2.0)).map(f64::sqrt);
        let weight = (0..m).map(|i| u32::try_from(program.rows.count(i)).unwrap_or(u32::MAX));
        Self {
            program,
            columns,
            lower: [program.lower.as_slice(), &lowers].concat(),
            upper: [program.upper.as_slice(), &uppers].concat(),
            value: vec![0.0; n + m],
            basic: Vec::with_capacity(m),
            dual: vec![0.0; m],
            factor: Factor::new(m),
            pivots: 0,
            place: vec![NOWHERE; n + m],
            norm: norm.collect(),
            weight: weight.collect(),
            stalled: 0,
            deadline,
        }
    }

    /// Number of structural columns.
    pub(super) fn width(&self) -> usize {
        self.program.column_count()
    }

    /// Cost of a variable; logicals are free of charge.
    pub(super) fn cost(&self, variable: usize) -> f64 {
        self.program.cost.get(variable).copied().unwrap_or(0.0)
    }

    /// Column of A or of the identity, row by row.
    pub(super) fn scatter(&self, variable: usize) -> Vec<f64> {
        let mut dense = vec![0.0; self.program.row_count()];
        if let Some(row) = variable.checked_sub(self.width()) {
            dense[row] = 1.0;
        } else {
            self.columns.outer(variable).for_each(|(row, value)| dense[row] = value);
        }
        dense
    }

    /// Σᵢ aᵢⱼ yᵢ of a column, yᵢ of a logical.
    pub(super) fn price(&self, variable: usize, multipliers: &[f64]) -> f64 {
        match variable.checked_sub(self.width()) {
            Some(row) => multipliers[row],
            None => self.columns.outer(variable).map(|(row, a)| a * multipliers[row]).sum(),
        }
    }

    /// Pivots after which a method is thought to go in circles.
    fn patience(&self) -> usize {
        2000 + 10 * self.value.len()
    }

    /// Pivots until the basis is optimal or something else is proven.
    pub(super) fn run(&mut self) -> End {
        let limit = self.pivots + self.patience();
        for step in 0_usize.. {
            if step.is_multiple_of(16) && self.deadline.is_some_and(|at| Instant::now() >= at) {
                return End::TimeLimit;
            }
            if self.pivots > limit || step > 2 * limit {
                return End::Stuck;
            }
            if self.factor.updates() >= UPDATES {
                self.refactor();
            }
            let infeasible = self.objective_gradient();
            let Some((entering, sign)) = self.entering(infeasible) else {
                if self.factor.updates() > 0 {
                    self.refactor();
                    continue;
                }
                if infeasible {
                    return End::Infeasible(self.dual.clone());
                }
                return if self.polish() { End::Optimal } else { End::Stuck };
            };
            let mut solved = self.scatter(entering);
            self.factor.solve(&mut solved);
            match self.ratio(entering, sign, &solved) {
                ratio::Step::Unlimited if infeasible || self.factor.updates() > 0 => {
                    if self.factor.updates() == 0 {
                        return End::Stuck;
                    }
                    self.refactor();
                }
                ratio::Step::Unlimited => return End::Unbounded(self.ray(entering, sign, &solved)),
                step => self.take(entering, sign, &solved, &step),
            }
        }
        End::Stuck
    }

    /// Sets `dual` from the infeasibility gradient if there is any violation, else from the costs;
    /// says which.
    fn objective_gradient(&mut self) -> bool {
        let mut infeasible = false;
        let gradient = self.basic.iter().map(|&variable| {
            let sign = self.violation(variable);
            infeasible |= sign != 0.0;
            sign
        });
        let mut gradient: Vec<f64> = gradient.collect();
        if !infeasible {
            gradient = self.basic.iter().map(|&variable| self.cost(variable)).collect();
        }
        self.factor.solve_transposed(&mut gradient);
        self.dual = gradient;
        infeasible
    }

    /// −1 below the lower bound, +1 above the upper one, 0 between.
    fn violation(&self, variable: usize) -> f64 {
        let (value, lower, upper) =
            (self.value[variable], self.lower[variable], self.upper[variable]);
        if value < lower - FEASIBLE * (1.0 + lower.abs()) {
            -1.0
        } else if value > upper + FEASIBLE * (1.0 + upper.abs()) {
            1.0
        } else {
            0.0
        }
    }

    /// The variable to move and the direction, +1 up, −1 down; none if all are priced out.
    fn entering(&self, infeasible: bool) -> Option<(usize, f64)> {
        let bland = self.stalled > STALLED;
        let mut best = (0.0, None);
        for variable in 0..self.value.len() {
            if self.place[variable] != NOWHERE || self.lower[variable] == self.upper[variable] {
                continue;
            }
            let cost = if infeasible { 0.0 } else { self.cost(variable) };
            let reduced = cost - self.price(variable, &self.dual);
            if reduced.abs() <= PRICED * (1.0 + cost.abs()) {
                continue;
            }
            let value = self.value[variable];
            let able = if reduced < 0.0 {
                value < self.upper[variable]
            } else {
                value > self.lower[variable]
            };
            if able {
                if bland {
                    return Some((variable, -reduced.signum()));
                }
                let merit = reduced.abs() / self.norm[variable];
                if merit > best.0 {
                    best = (merit, Some((variable, -reduced.signum())));
                }
            }
        }
        best.1
    }

    /// Moves along a step and changes the basis if the step asks for it.
    fn take(&mut self, entering: usize, sign: f64, solved: &[f64], step: &ratio::Step) {
        let (ratio::Step::Flip { length } | ratio::Step::Pivot { length, .. }) = *step else {
            return;
        };
        for (position, &rate) in solved.iter().enumerate() {
            self.value[self.basic[position]] -= sign * length * rate;
        }
        self.value[entering] += sign * length;
        self.stalled = if length > 1e-12 { 0 } else { self.stalled + 1 };
        if let ratio::Step::Pivot { position, bound, .. } = *step {
            let leaving = self.basic[position];
            self.value[leaving] = bound;
            self.exchange(position, entering, solved);
        } else {
            let bound = if sign > 0.0 { self.upper[entering] } else { self.lower[entering] };
            if bound.is_finite() {
                self.value[entering] = bound;
            }
        }
    }

    /// Lets `entering` take the place of the variable at `position`.
    fn exchange(&mut self, position: usize, entering: usize, solved: &[f64]) {
        self.place[self.basic[position]] = NOWHERE;
        self.place[entering] = u32::try_from(position).expect("an index fits in 32 bits");
        self.basic[position] = entering;
        self.factor.replace(position, solved);
        self.pivots += 1;
    }

    /// The column part of a direction without end.
    fn ray(&self, entering: usize, sign: f64, solved: &[f64]) -> Vec<f64> {
        let mut ray = vec![0.0; self.value.len()];
        ray[entering] = sign;
        for (&variable, &rate) in self.basic.iter().zip(solved) {
            ray[variable] = -sign * rate;
        }
        ray.truncate(self.width());
        ray
    }
}
