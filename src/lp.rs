//! Linear programs: built, solved, proven, ranged and written out; free of any domain.
//!
//! A [`LinearProgram`] is always the minimisation
//!
//! ```text
//! min  offset + Σⱼ cⱼ xⱼ     subject to   Σⱼ aᵢⱼ xⱼ  ≤ | = | ≥  bᵢ,   lⱼ ≤ xⱼ ≤ uⱼ
//! ```
//!
//! and every dual is ∂(minimum)/∂bᵢ: at most 0 on a `≤` row, at least 0 on a `≥` row.
//!
//! [`solve`] takes no solver's word for anything. An optimum is returned with a [`Certificate`]
//! recomputed in double-double arithmetic from the program itself, infeasibility with a checked
//! Farkas vector, unboundedness with a feasible point and a checked ray. Where the program has at
//! most [`BASIS_ROWS`] rows the optimum is a vertex with its [`Basis`], from which duals and
//! ranges are exact.
//!
//! ```
//! use reeflow::lp::{LinearProgram, Options, RowSense, solve};
//!
//! let mut lp = LinearProgram::new();
//! let ore = lp.add_column("ore", -3.0, 0.0, 40.0);
//! let scrap = lp.add_column("scrap", -5.0, 0.0, f64::INFINITY);
//! let kiln = lp.add_row("kiln", RowSense::AtMost, 60.0, [(ore, 1.0), (scrap, 2.0)]);
//! let solution = solve(&lp, &Options::default()).expect("it has an optimum");
//! assert_eq!(solution.objective, -170.0);
//! assert_eq!(solution.dual(kiln), -2.5);
//! ```

use crate::index::{Id, IdVec};

mod backend;
mod basis;
mod certificate;
mod conflict;
mod cover;
mod defect;
mod dual_face;
mod engine;
mod face;
mod factor;
mod fractional;
pub mod highs;
mod parametric;
mod presolve;
mod program;
mod proof;
mod ranging;
mod relax;
mod scale;
mod share;
mod solve;
pub mod write;

#[cfg(test)]
mod tests;

pub use basis::Basis;
pub use certificate::{Certificate, TOLERANCE, certify};
pub use conflict::irreducible;
pub use cover::{Barrier, Cover, Direction};
pub use defect::{Defect, LARGEST, LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT};
pub use dual_face::DualFace;
pub use engine::BASIS_ROWS;
pub use face::{Face, Next, Side, side, slope};
pub use fractional::{
    BestRatio, Denominator, Fraction, NoRatio, RATIO_AGREES, best_ratio, fractional,
};
pub use parametric::{Path, PathEnd, Point, follow};
pub use ranging::{CostRange, Range};
pub use share::{Reach, reach_of_share};
pub use solve::{
    Backend, Failure, GAP_ROUNDING, Gap, HIGHS_COLUMNS, HIPO_COLUMNS, Options, SMALL_COLUMNS,
    Solution, Start, best_points, from_basis, from_point, solve,
};

use program::Program;
pub(crate) use program::side_by_side;

crate::typed_id! {
    /// A column (variable) of a [`LinearProgram`].
    pub struct ColumnId
}

crate::typed_id! {
    /// A row (constraint) of a [`LinearProgram`].
    pub struct RowId
}

/// How a row's activity Σ aᵢⱼ xⱼ compares with its right-hand side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowSense {
    /// Σ aᵢⱼ xⱼ ≤ bᵢ; dual ≤ 0.
    AtMost,
    /// Σ aᵢⱼ xⱼ = bᵢ; dual of any sign.
    Equal,
    /// Σ aᵢⱼ xⱼ ≥ bᵢ; dual ≥ 0.
    AtLeast,
}

/// One column as it stands in the program.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a, C> {
    /// What the column stands for.
    pub key: &'a C,
    /// Cost per unit of the column, objective per unit, finite.
    pub cost: f64,
    /// Lower bound, −∞ if none.
    pub lower: f64,
    /// Upper bound, +∞ if none.
    pub upper: f64,
    /// Whether the column takes whole values only.
    pub integer: bool,
}

/// One row as it stands in the program.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, R> {
    /// What the row stands for.
    pub key: &'a R,
    /// How activity and right-hand side compare.
    pub sense: RowSense,
    /// Right-hand side, finite.
    pub rhs: f64,
}

/// A minimisation over columns keyed by `C` under rows keyed by `R`, stored row by row (CSR).
#[derive(Clone, Debug)]
pub struct LinearProgram<C, R> {
    column_keys: IdVec<ColumnId, C>,
    row_keys: IdVec<RowId, R>,
    program: Program,
}

impl<C, R> Default for LinearProgram<C, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C, R> LinearProgram<C, R> {
    /// A program without columns or rows; its minimum is 0.
    #[must_use]
    pub fn new() -> Self {
        Self { column_keys: IdVec::new(), row_keys: IdVec::new(), program: Program::default() }
    }

    /// Makes room for so many columns, rows and coefficients more.
    pub fn reserve(&mut self, columns: usize, rows: usize, terms: usize) {
        self.column_keys.reserve(columns);
        self.row_keys.reserve(rows);
        self.program.reserve(columns, rows, terms);
    }

    /// Adds a column with its cost and bounds (`lower` may be −∞, `upper` +∞).
    pub fn add_column(&mut self, key: C, cost: f64, lower: f64, upper: f64) -> ColumnId {
        self.program.add_column(cost, lower, upper);
        self.column_keys.push(key)
    }

    /// Restricts a column to whole values.
    pub fn set_integer(&mut self, column: ColumnId) {
        self.program.integer[column.index()] = true;
    }

    /// Adds a row. Terms of one column are summed; a sum of zero, or of rounding noise, is dropped.
    ///
    /// # Panics
    ///
    /// If a term names a column that this program does not have.
    pub fn add_row(
        &mut self,
        key: R,
        sense: RowSense,
        rhs: f64,
        terms: impl IntoIterator<Item = (ColumnId, f64)>,
    ) -> RowId {
        let columns = self.column_keys.len();
        let terms = terms.into_iter().map(|(column, value)| {
            assert!(column.index() < columns, "a term names a column of this program");
            (column.index(), value)
        });
        self.program.add_row(sense, rhs, terms);
        self.row_keys.push(key)
    }

    /// Number of columns.
    #[must_use]
    pub fn column_count(&self) -> usize {
        self.column_keys.len()
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.row_keys.len()
    }

    /// Number of non-zero coefficients.
    #[must_use]
    pub fn term_count(&self) -> usize {
        self.program.rows.value.len()
    }

    /// The columns in the order they were added.
    #[must_use]
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (ColumnId, Column<'_, C>)> {
        self.column_keys.ids().map(|id| (id, self.column(id)))
    }

    /// The rows in the order they were added.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (RowId, Row<'_, R>)> {
        self.row_keys.ids().map(|id| (id, self.row(id)))
    }

    /// One column.
    #[must_use]
    pub fn column(&self, column: ColumnId) -> Column<'_, C> {
        let j = column.index();
        Column {
            key: &self.column_keys[column],
            cost: self.program.cost[j],
            lower: self.program.lower[j],
            upper: self.program.upper[j],
            integer: self.program.integer[j],
        }
    }

    /// One row, without its terms.
    #[must_use]
    pub fn row(&self, row: RowId) -> Row<'_, R> {
        let i = row.index();
        let (sense, rhs) = (self.program.sense[i], self.program.rhs[i]);
        Row { key: &self.row_keys[row], sense, rhs }
    }

    /// The non-zero coefficients of a row, by ascending column.
    pub fn row_terms(&self, row: RowId) -> impl Iterator<Item = (ColumnId, f64)> {
        self.program.rows.outer(row.index()).map(|(j, value)| (ColumnId::new(j), value))
    }

    /// What a column stands for.
    #[must_use]
    pub fn column_key(&self, column: ColumnId) -> &C {
        &self.column_keys[column]
    }

    /// What a row stands for.
    #[must_use]
    pub fn row_key(&self, row: RowId) -> &R {
        &self.row_keys[row]
    }

    /// The same program under other keys.
    #[must_use]
    pub fn with_keys<C2, R2>(
        &self,
        column: impl FnMut(&C) -> C2,
        row: impl FnMut(&R) -> R2,
    ) -> LinearProgram<C2, R2> {
        LinearProgram {
            column_keys: self.column_keys.iter().map(column).collect(),
            row_keys: self.row_keys.iter().map(row).collect(),
            program: self.program.clone(),
        }
    }

    /// The constant term of the objective, finite.
    #[must_use]
    pub fn offset(&self) -> f64 {
        self.program.offset
    }

    /// Replaces the constant term of the objective.
    pub fn set_offset(&mut self, offset: f64) {
        self.program.offset = offset;
    }

    /// Replaces a column's cost.
    pub fn set_cost(&mut self, column: ColumnId, cost: f64) {
        self.program.cost[column.index()] = cost;
    }

    /// Replaces a column's bounds.
    pub fn set_bounds(&mut self, column: ColumnId, lower: f64, upper: f64) {
        self.program.lower[column.index()] = lower;
        self.program.upper[column.index()] = upper;
    }

    /// Fixes a column at a value; whole values are then no longer asked of it.
    pub fn fix(&mut self, column: ColumnId, value: f64) {
        self.set_bounds(column, value, value);
        self.program.integer[column.index()] = false;
    }

    /// Lets all columns take any value within their bounds.
    pub fn relax(&mut self) {
        self.program.integer.fill(false);
    }

    /// Whether any column takes whole values only.
    #[must_use]
    pub fn has_integers(&self) -> bool {
        self.program.integer.contains(&true)
    }

    /// Replaces a row's right-hand side.
    pub fn set_rhs(&mut self, row: RowId, rhs: f64) {
        self.program.rhs[row.index()] = rhs;
    }

    /// Whether another program has the same coefficients, senses and bounds, so that costs and right-hand sides are all that
    /// may differ.
    #[must_use]
    pub fn same_matrix<C2, R2>(&self, other: &LinearProgram<C2, R2>) -> bool {
        let (own, other) = (&self.program, &other.program);
        let (rows, others) = (&own.rows, &other.rows);
        (&rows.start, &rows.index, &rows.value) == (&others.start, &others.index, &others.value)
            && (&own.sense, &own.lower, &own.upper, &own.integer)
                == (&other.sense, &other.lower, &other.upper, &other.integer)
    }

    /// Everything that makes the program unfit to be handed to a solver; empty if it is fit.
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        defect::defects(&self.program)
    }

    /// The objective, offset included, at a point with one value per column.
    #[must_use]
    pub fn objective_at(&self, primal: &[f64]) -> f64 {
        self.program.objective_at(primal)
    }

    /// The activity Σ aᵢⱼ xⱼ of every row at a point with one value per column.
    #[must_use]
    pub fn activities(&self, primal: &[f64]) -> Vec<f64> {
        self.row_keys.ids().map(|row| self.program.activity(row.index(), primal)).collect()
    }
}
