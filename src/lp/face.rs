//! The optimal face: all optima of a program, and how far a measure can vary over them.

use super::{
    Basis, ColumnId, Failure, LinearProgram, Options, RowId, RowSense, Solution, fractional, solve,
};
use crate::index::Id;

/// All optima of a solved program.
///
/// With one optimal dual solution, the optima are the feasible points that are complementary to it: columns with a
/// reduced cost rest at their bound, rows with a dual hold with equality (A. J. Goldman and A. W. Tucker, Annals of
/// Mathematics Studies 38 (1956) 53–97).
#[derive(Clone, Debug)]
pub struct Face {
    program: LinearProgram<(), ()>,
    /// Whether each column may differ between optima.
    moves: Vec<bool>,
    /// The optimum that is known.
    primal: Vec<f64>,
    unique: bool,
}

impl Face {
    /// The optima of a program; none if its solution has no basis.
    #[must_use]
    pub fn new<C, R>(lp: &LinearProgram<C, R>, solution: &Solution) -> Option<Self> {
        let basis = solution.basis.as_ref()?;
        let mut program = LinearProgram::new();
        let mut moves = Vec::with_capacity(lp.column_count());
        for (id, column) in lp.columns() {
            let held = basis.holds_column(id);
            let at = solution.value(id);
            let (lower, upper) = if held { (at, at) } else { (column.lower, column.upper) };
            program.add_column((), 0.0, lower, upper);
            moves.push(!held && lower < upper);
        }
        for (id, row) in lp.rows() {
            let sense = if basis.holds_row(id) { RowSense::Equal } else { row.sense };
            let terms = lp.row_terms(id).map(|(at, value)| (ColumnId::new(at.index()), value));
            program.add_row((), sense, row.rhs, terms);
        }
        let unique = solution.unique == Some(true);
        Some(Self { program, moves, primal: solution.primal.clone(), unique })
    }

    /// Whether a measure with these factors, one per column, might vary.
    #[must_use]
    pub fn may_vary(&self, factors: &[f64]) -> bool {
        !self.unique
            && self.moves.iter().zip(factors).any(|(&moves, &factor)| moves && factor != 0.0)
    }

    /// The optimum at which Σ gⱼ xⱼ is least, and all optima like it; none of them if it has no basis.
    ///
    /// # Errors
    /// A failure to solve, among them [`Failure::Unbounded`] if nothing ends it.
    pub fn narrow(
        &self,
        factors: &[f64],
        options: &Options,
    ) -> Result<(Solution, Option<Self>), Failure> {
        let mut program = self.program.clone();
        for (at, &factor) in factors.iter().enumerate() {
            program.set_cost(ColumnId::new(at), factor);
        }
        let solution = solve(&program, options)?;
        let face = Self::new(&program, &solution);
        Ok((solution, face))
    }

    /// The least and the greatest value of Σ gⱼ xⱼ over all optima; infinite where nothing ends it.
    ///
    /// # Errors
    /// A failure to solve.
    pub fn range(&self, factors: &[f64], options: &Options) -> Result<(f64, f64), Failure> {
        let known: f64 =
            factors.iter().zip(&self.primal).map(|(factor, value)| factor * value).sum();
        if !self.may_vary(factors) {
            return Ok((known, known));
        }
        ends(&self.program, factors, known, options)
    }

    /// An optimum at which Σ gⱼ xⱼ is greatest (or least), one value per column; none if nothing ends it.
    ///
    /// # Errors
    /// A failure to solve.
    pub fn extreme(
        &self,
        factors: &[f64],
        greatest: bool,
        options: &Options,
    ) -> Result<Option<Vec<f64>>, Failure> {
        let sign = if greatest { -1.0 } else { 1.0 };
        Ok(least(&self.program, factors, sign, options)?.map(|solution| solution.primal))
    }
}

/// The least and the greatest value of Σ gⱼ xⱼ over a program, of which one is known; infinite where nothing ends it.
pub(super) fn ends(
    program: &LinearProgram<(), ()>,
    factors: &[f64],
    known: f64,
    options: &Options,
) -> Result<(f64, f64), Failure> {
    let end = |sign: f64| -> Result<f64, Failure> {
        let value = least(program, factors, sign, options)?.map(|solution| solution.objective);
        Ok(sign * value.unwrap_or(f64::NEG_INFINITY))
    };
    // The known value is one of them, whatever the last bits say.
    Ok((end(1.0)?.min(known), end(-1.0)?.max(known)))
}

/// Where `sign` · Σ gⱼ xⱼ is least over a program; none if nothing ends it.
fn least(
    program: &LinearProgram<(), ()>,
    factors: &[f64],
    sign: f64,
    options: &Options,
) -> Result<Option<Solution>, Failure> {
    let mut program = program.clone();
    for (at, &factor) in factors.iter().enumerate() {
        program.set_cost(ColumnId::new(at), sign * factor);
    }
    match solve(&program, options) {
        Ok(solution) => Ok(Some(solution)),
        Err(Failure::Unbounded { .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

impl Face {
    /// The least and the greatest ratio of two measures over all optima; infinite where nothing ends it.
    ///
    /// # Errors
    /// A failure to solve, among them [`Failure::Infeasible`] if the denominator is 0 everywhere.
    pub fn ratio_range(
        &self,
        of: &[f64],
        to: &[f64],
        options: &Options,
    ) -> Result<(f64, f64), Failure> {
        let end = |maximise: bool| match fractional(&self.program, (of, to), maximise, options) {
            Ok(found) => Ok(found.value),
            Err(Failure::Unbounded { .. }) if maximise => Ok(f64::INFINITY),
            Err(Failure::Unbounded { .. }) => Ok(f64::NEG_INFINITY),
            Err(failure) => Err(failure),
        };
        Ok((end(false)?, end(true)?))
    }
}

/// What happens to one side of a right-hand side.
#[derive(Clone, Debug)]
pub struct Side {
    /// ∂(minimum)/∂rhs towards this side.
    pub price: f64,
    /// How far the price holds, ≥ 0, +∞ if for ever.
    pub room: f64,
    /// Change of the minimum over that room, infinite if nothing ends it.
    pub change: f64,
    /// What changes there; none if nothing does.
    pub next: Option<Next>,
    /// The basis on this side, if it is not that of the vertex.
    pub basis: Option<Basis>,
}

impl Side {
    fn straight(price: f64, room: f64, next: Option<Next>, rate: f64) -> Self {
        let change = if price == 0.0 { 0.0 } else { rate * price * room };
        Self { price, room, change, next, basis: None }
    }
}

/// What ends a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A row begins to bind, or ceases to.
    Row(RowId),
    /// A column meets a bound.
    Column(ColumnId),
    /// Nothing is feasible beyond.
    Infeasible,
}

/// The one-sided derivative of the minimum with a row's right-hand side, and how far it holds; none if nothing is
/// feasible on that side. Exact at degenerate vertices, where the minimum has a kink.
///
/// # Errors
/// A failure to solve.
pub fn side<C: Clone, R: Clone>(
    lp: &LinearProgram<C, R>,
    solution: &Solution,
    row: RowId,
    up: bool,
    options: &Options,
) -> Result<Option<Side>, Failure> {
    let rate = if up { 1.0 } else { -1.0 };
    if !solution.degenerate
        && let Some(basis) = &solution.basis
    {
        let (room, next) = basis.reach_of(row, up);
        return Ok(Some(Side::straight(solution.dual(row), room, next, rate)));
    }
    let rhs = lp.row(row).rhs.abs();
    let step = if rhs > 0.0 { 0.1 * rhs } else { 1.0 };
    let path = super::follow(lp, &[(row, rate)], f64::INFINITY, step, 1, options)?;
    let Some(end) = path.points.get(1) else {
        return match path.end {
            super::PathEnd::NothingHelps => {
                Ok(Some(Side::straight(0.0, f64::INFINITY, None, rate)))
            }
            super::PathEnd::TimeLimit => Err(Failure::TimeLimit),
            _ => Ok(None),
        };
    };
    // Between two breakpoints the vertex is no kink, and its basis tells all.
    let mut moved = lp.clone();
    let middle = 0.5 * end.theta;
    moved.set_rhs(row, lp.row(row).rhs + rate * middle);
    let solved = solve(&moved, options)?;
    let price = rate * path.slope(0);
    let Some(basis) = &solved.basis else {
        return Ok(Some(Side::straight(price, end.theta, None, rate)));
    };
    let (further, next) = basis.reach_of(row, up);
    let near = (solved.dual(row) - price).abs() <= 1e-6 * price.abs().max(f64::MIN_POSITIVE);
    let price = if near { solved.dual(row) } else { price };
    let endless = path.end == super::PathEnd::WithoutEnd && path.points.len() == 2;
    let room = match (solved.degenerate, endless) {
        (false, _) => middle + further,
        (true, true) => f64::INFINITY,
        (true, false) => end.theta,
    };
    Ok(Some(Side { basis: Some(basis.clone()), ..Side::straight(price, room, next, rate) }))
}

/// The derivative of the minimum as right-hand sides move together from where they are, `b + θ d` for θ ≥ 0, and the θ up
/// to which it holds; none if nothing is feasible there.
///
/// # Errors
/// A failure to solve.
pub fn slope<C: Clone, R: Clone>(
    lp: &LinearProgram<C, R>,
    direction: &[(RowId, f64)],
    options: &Options,
) -> Result<Option<(f64, f64)>, Failure> {
    // The end of the first of two segments is a breakpoint; that of the last need not be one.
    let path = super::follow(lp, direction, f64::INFINITY, 0.1, 2, options)?;
    match (path.points.get(1), path.end) {
        (Some(_), super::PathEnd::WithoutEnd) if path.points.len() == 2 => {
            Ok(Some((path.slope(0), f64::INFINITY)))
        }
        (Some(end), _) => Ok(Some((path.slope(0), end.theta))),
        (None, super::PathEnd::NothingHelps) => Ok(Some((0.0, f64::INFINITY))),
        (None, super::PathEnd::TimeLimit) => Err(Failure::TimeLimit),
        (None, _) => Ok(None),
    }
}
