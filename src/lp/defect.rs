//! What makes a program unfit for any solver. Solvers drop such rows and coefficients silently.

use std::fmt;

use super::{ColumnId, RowId, program::Program};
use crate::index::Id;

/// Smallest size of a non-zero coefficient, > 0; HiGHS silently drops smaller ones. In a row whose largest coefficient
/// is below 1, as a share of that one: rows are scaled before a solver sees them.
pub const SMALLEST_COEFFICIENT: f64 = 1e-9;
/// Largest size of a coefficient; HiGHS rejects larger ones.
pub const LARGEST_COEFFICIENT: f64 = 1e15;
/// Size from which a cost, bound or right-hand side would be read as infinite by a solver.
pub const LARGEST: f64 = 1e20;

/// A number that no solver may be given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Defect {
    /// A cost that is not finite or not below [`LARGEST`].
    Cost {
        /// The column it belongs to.
        column: ColumnId,
        /// The cost.
        value: f64,
    },
    /// Bounds that cross, are not numbers, leave no finite value, or are finite from [`LARGEST`] on.
    Bounds {
        /// The column they belong to.
        column: ColumnId,
        /// The lower bound.
        lower: f64,
        /// The upper bound.
        upper: f64,
    },
    /// A coefficient that is not finite or outside
    /// [`SMALLEST_COEFFICIENT`] … [`LARGEST_COEFFICIENT`] in size.
    Coefficient {
        /// The row it stands in.
        row: RowId,
        /// The column it belongs to.
        column: ColumnId,
        /// The coefficient.
        value: f64,
    },
    /// A right-hand side that is not finite or not below [`LARGEST`].
    RightHandSide {
        /// The row it belongs to.
        row: RowId,
        /// The right-hand side.
        value: f64,
    },
    /// An objective constant that is not finite.
    Offset {
        /// The constant.
        value: f64,
    },
}

impl Defect {
    /// The row and the column it is in.
    #[must_use]
    pub const fn place(&self) -> (Option<RowId>, Option<ColumnId>) {
        match *self {
            Self::Cost { column, .. } | Self::Bounds { column, .. } => (None, Some(column)),
            Self::Coefficient { row, column, .. } => (Some(row), Some(column)),
            Self::RightHandSide { row, .. } => (Some(row), None),
            Self::Offset { .. } => (None, None),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost { column, value } => {
                write!(f, "cost {value:e} of column {}", column.index())
            }
            Self::Bounds { column, lower, upper } => {
                write!(f, "bounds {lower:e} to {upper:e} of column {}", column.index())
            }
            Self::Coefficient { row, column, value } => {
                let (row, column) = (row.index(), column.index());
                write!(f, "coefficient {value:e} of column {column} in row {row}")
            }
            Self::RightHandSide { row, value } => {
                write!(f, "right-hand side {value:e} of row {}", row.index())
            }
            Self::Offset { value } => write!(f, "objective constant {value:e}"),
        }
    }
}

/// Every defect: costs and bounds by column, then right-hand sides and coefficients by row.
pub(super) fn defects(program: &Program) -> Vec<Defect> {
    let mut found = Vec::new();
    if !program.offset.is_finite() {
        found.push(Defect::Offset { value: program.offset });
    }
    let fit = |value: f64| value.abs() < LARGEST;
    for j in 0..program.column_count() {
        let column = ColumnId::new(j);
        let (value, lower, upper) = (program.cost[j], program.lower[j], program.upper[j]);
        if !fit(value) {
            found.push(Defect::Cost { column, value });
        }
        let lower_fits = fit(lower) || lower == f64::NEG_INFINITY;
        let upper_fits = fit(upper) || upper == f64::INFINITY;
        if !(lower_fits && upper_fits && lower <= upper) {
            found.push(Defect::Bounds { column, lower, upper });
        }
    }
    for i in 0..program.row_count() {
        let row = RowId::new(i);
        if !fit(program.rhs[i]) {
            found.push(Defect::RightHandSide { row, value: program.rhs[i] });
        }
        let largest = program.rows.outer(i).fold(0.0_f64, |size, (_, value)| size.max(value.abs()));
        let smallest = SMALLEST_COEFFICIENT * largest.min(1.0);
        for (j, value) in program.rows.outer(i) {
            if !(smallest..=LARGEST_COEFFICIENT).contains(&value.abs()) {
                found.push(Defect::Coefficient { row, column: ColumnId::new(j), value });
            }
        }
    }
    found
}
