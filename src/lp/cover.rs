//! Where in a space of parameters one basis stays optimal, or one contradiction holds.
//!
//! Costs and right-hand sides that are affine in parameters δ, with coefficients that stay, leave of a basis B
//!
//! ```text
//! x_B(δ) = B⁻¹ b(δ),   d_N(δ) = c_N(δ) − Nᵀ B⁻ᵀ c_B(δ),
//! ```
//!
//! so that the basis is optimal where the affine `x_B` keeps its bounds and the affine `d_N` its signs (Gal and Nedoma 1972).
//! The tolerances are those of the simplex: a basis that covers a point is one at which the simplex, started from it, would
//! stop at once.

use super::{
    Basis, ColumnId, LinearProgram, RowId,
    certificate::wrong_sign,
    engine::{FEASIBLE, PRICED},
    proof::VANISHES,
};
use crate::index::Id;

/// What one parameter does to a program, per unit of the parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Direction {
    /// Change of costs.
    pub costs: Vec<(ColumnId, f64)>,
    /// Change of right-hand sides.
    pub rhs: Vec<(RowId, f64)>,
}

/// The parameters for which one basis is optimal, and its plan there.
///
/// Parameters count from those of the program that the basis was found in.
#[derive(Clone, Debug)]
pub struct Cover {
    parameters: usize,
    /// Room of each test at the origin, and its slopes, one per parameter; it holds at ≥ 0.
    room: Vec<f64>,
    slopes: Vec<f64>,
    primal: Vec<f64>,
    /// ∂x/∂δ, one value per column; none where a parameter moves no right-hand side.
    moves: Vec<Option<Vec<f64>>>,
}

impl Cover {
    /// Where `basis`, the optimal one of a program with values `primal`, stays optimal.
    ///
    /// # Panics
    /// If a direction names a column or row that the program does not have.
    #[must_use]
    pub fn new(basis: &Basis, primal: &[f64], directions: &[Direction]) -> Self {
        let count = directions.len();
        let mut tests = Tests { count, room: Vec::new(), slopes: Vec::new() };
        let moves: Vec<Option<Vec<f64>>> =
            directions.iter().map(|it| basic_moves(basis, it)).collect();
        let costs: Vec<Option<Vec<f64>>> =
            directions.iter().map(|it| reduced_moves(basis, it)).collect();
        for (place, &variable) in basis.basic.iter().enumerate() {
            let (value, slope) = (basis.value[variable], |it: &Option<Vec<f64>>| {
                it.as_ref().map_or(0.0, |it| it[place])
            });
            for (bound, sign) in [(basis.lower[variable], 1.0), (basis.upper[variable], -1.0)] {
                if bound.is_finite() {
                    let room = sign * (value - bound) + FEASIBLE * (1.0 + bound.abs());
                    tests.add(room, moves.iter().map(|it| sign * slope(it)));
                }
            }
        }
        for variable in 0..basis.value.len() {
            let (lower, upper) = (basis.lower[variable], basis.upper[variable]);
            if basis.position[variable].is_some() || lower == upper {
                continue;
            }
            let cost = basis.scaled.program.cost.get(variable).map_or(0.0, |cost| cost.abs());
            let (value, reduced) = (basis.value[variable], basis.reduced[variable]);
            let slope = |it: &Option<Vec<f64>>| it.as_ref().map_or(0.0, |it| it[variable]);
            // It may rise where it is below its upper bound, and fall where it is above its lower one.
            for (able, sign) in [(value < upper, 1.0), (value > lower, -1.0)] {
                if able {
                    let room = sign * reduced + PRICED * (1.0 + cost);
                    tests.add(room, costs.iter().map(|it| sign * slope(it)));
                }
            }
        }
        let moves = moves.into_iter().map(|it| it.map(|it| column_moves(basis, &it))).collect();
        let Tests { room, slopes, .. } = tests;
        Self { parameters: count, room, slopes, primal: primal.to_vec(), moves }
    }

    /// Whether the basis is optimal at parameters `delta`. The test that failed last is made first: `doubtful` keeps it.
    #[must_use]
    pub fn holds(&self, delta: &[f64], doubtful: &mut usize) -> bool {
        let kept = |test: usize| {
            let slopes = &self.slopes[test * self.parameters..][..self.parameters];
            let change: f64 = slopes.iter().zip(delta).map(|(slope, step)| slope * step).sum();
            self.room[test] + change >= 0.0
        };
        if *doubtful < self.room.len() && !kept(*doubtful) {
            return false;
        }
        let failed = (0..self.room.len()).find(|&test| !kept(test));
        if let Some(test) = failed {
            *doubtful = test;
        }
        failed.is_none()
    }

    /// Values of the columns at the origin.
    #[must_use]
    pub fn primal(&self) -> &[f64] {
        &self.primal
    }

    /// Change of the columns per unit of a parameter; none if the parameter moves none.
    #[must_use]
    pub fn moves(&self, parameter: usize) -> Option<&[f64]> {
        self.moves[parameter].as_deref()
    }

    /// Bytes that it takes, roughly.
    #[must_use]
    pub fn size(&self) -> usize {
        let moves: usize = self.moves.iter().flatten().map(Vec::len).sum();
        8 * (self.room.len() + self.slopes.len() + self.primal.len() + moves)
    }
}

/// Inequalities that depend on a parameter.
struct Tests {
    count: usize,
    room: Vec<f64>,
    slopes: Vec<f64>,
}

impl Tests {
    fn add(&mut self, room: f64, slopes: impl Iterator<Item = f64>) {
        let start = self.slopes.len();
        self.slopes.extend(slopes);
        if self.slopes[start..].iter().all(|&slope| slope == 0.0) {
            self.slopes.truncate(start);
        } else {
            self.room.push(room);
        }
        debug_assert_eq!(self.slopes.len(), self.room.len() * self.count);
    }
}

/// Rates of the scaled basic variables; none if no right-hand side moves.
fn basic_moves(basis: &Basis, direction: &Direction) -> Option<Vec<f64>> {
    if direction.rhs.is_empty() {
        return None;
    }
    let mut moved = vec![0.0; basis.basic.len()];
    for &(row, rate) in &direction.rhs {
        moved[row.index()] += rate * basis.scaled.row[row.index()] / basis.scaled.quantity;
    }
    basis.factor.solve(&mut moved);
    Some(moved)
}

/// Rates of all columns from those of the scaled basic variables.
fn column_moves(basis: &Basis, moved: &[f64]) -> Vec<f64> {
    let mut scaled = vec![0.0; basis.width()];
    for (&variable, &rate) in basis.basic.iter().zip(moved) {
        if let Some(slot) = scaled.get_mut(variable) {
            *slot = rate;
        }
    }
    basis.scaled.primal(&scaled)
}

/// Rates of all scaled reduced costs; none if no cost moves.
fn reduced_moves(basis: &Basis, direction: &Direction) -> Option<Vec<f64>> {
    if direction.costs.is_empty() {
        return None;
    }
    let n = basis.width();
    let mut costs = vec![0.0; n];
    for &(column, rate) in &direction.costs {
        costs[column.index()] += rate * basis.scaled.column[column.index()] * basis.scaled.price;
    }
    let basic = basis.basic.iter().map(|&variable| costs.get(variable).copied().unwrap_or(0.0));
    let mut dual: Vec<f64> = basic.collect();
    basis.factor.solve_transposed(&mut dual);
    let rate = |variable: usize| {
        if let Some(row) = variable.checked_sub(n) {
            return -dual[row];
        }
        let sum: f64 = basis.columns.outer(variable).map(|(row, a)| a * dual[row]).sum();
        costs[variable] - sum
    };
    Some((0..basis.value.len()).map(rate).collect())
}

/// The parameters for which multipliers of rows prove that there is no plan.
#[derive(Clone, Debug)]
pub struct Barrier {
    margin: f64,
    size: f64,
    slopes: Vec<f64>,
    sizes: Vec<f64>,
}

impl Barrier {
    /// Where the multipliers of [`Failure::Infeasible`](super::Failure) prove it of a program whose right-hand sides move.
    ///
    /// # Panics
    /// If there is not one multiplier per row.
    #[must_use]
    pub fn new<C, R>(
        lp: &LinearProgram<C, R>,
        farkas: &[f64],
        directions: &[Direction],
    ) -> Option<Self> {
        let program = &lp.program;
        assert_eq!(farkas.len(), program.row_count(), "one multiplier per row");
        let mut sums = vec![0.0; program.column_count()];
        let mut sizes = vec![0.0_f64; program.column_count()];
        let (mut margin, mut size) = (0.0, 0.0);
        for (i, &multiplier) in farkas.iter().enumerate() {
            debug_assert!(!wrong_sign(program.sense[i], multiplier), "signs have been cleaned");
            for (j, value) in program.rows.outer(i) {
                sums[j] += value * multiplier;
                sizes[j] += (value * multiplier).abs();
            }
            margin += multiplier * program.rhs[i];
            size += (multiplier * program.rhs[i]).abs();
        }
        for (j, &slope) in sums.iter().enumerate() {
            let bound = if slope > 0.0 { program.upper[j] } else { program.lower[j] };
            if bound.is_finite() {
                margin -= slope * bound;
                size += (slope * bound).abs();
            } else if slope.abs() > VANISHES * sizes[j] {
                return None;
            }
        }
        let terms = |it: &Direction| {
            let terms = it.rhs.iter().map(|&(row, rate)| farkas[row.index()] * rate);
            terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
        };
        let (slopes, sizes) = directions.iter().map(terms).unzip();
        Some(Self { margin, size, slopes, sizes })
    }

    /// The same, with parameters that count from elsewhere: from where those of the program are `delta`.
    #[must_use]
    pub fn from_origin(mut self, delta: &[f64]) -> Self {
        let back = delta.iter().zip(self.slopes.iter().zip(&self.sizes));
        for (step, (slope, size)) in back {
            self.margin -= slope * step;
            self.size += size * step.abs();
        }
        self
    }

    /// Whether there is no plan at parameters `delta`, with room for rounding.
    #[must_use]
    pub fn holds(&self, delta: &[f64]) -> bool {
        let (mut margin, mut size) = (self.margin, self.size);
        for ((step, slope), most) in delta.iter().zip(&self.slopes).zip(&self.sizes) {
            margin += slope * step;
            size += most * step.abs();
        }
        margin > VANISHES * size
    }
}
