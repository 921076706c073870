//! Irreducible conflicts: rows that cannot hold together, while all but any one of them can.

use super::{Failure, LinearProgram, Options, RowId, solve};

/// A set of candidates that contradicts the other rows and the bounds, and of which every proper subset does not.
///
/// Rows that are no candidates are taken for granted, except those in `left_out`. The candidates are tried one after
/// another: one without which there still is a contradiction goes (the deletion filter of J. W. Chinneck and E. W.
/// Dravnieks, ORSA Journal on Computing 3 (1991) 157–168). What is left is solved once more as a whole.
///
/// # Errors
/// A failure to solve; none of the failures is [`Failure::Infeasible`]. An empty set if there is no contradiction.
pub fn irreducible<C, R>(
    lp: &LinearProgram<C, R>,
    candidates: &[RowId],
    left_out: impl Fn(RowId) -> bool,
    options: &Options,
) -> Result<Vec<RowId>, Failure> {
    let holds = |kept: &[RowId]| -> Result<bool, Failure> {
        let rows =
            |row: RowId| kept.contains(&row) || !(candidates.contains(&row) || left_out(row));
        match solve(&feasibility(lp, rows), options) {
            Ok(_) => Ok(true),
            Err(Failure::Infeasible { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    };
    let mut kept = candidates.to_vec();
    if holds(&kept)? {
        return Ok(Vec::new());
    }
    for &candidate in candidates {
        let without: Vec<RowId> = kept.iter().copied().filter(|&row| row != candidate).collect();
        if !holds(&without)? {
            kept = without;
        }
    }
    debug_assert!(!holds(&kept)?, "what is left is still a contradiction");
    Ok(kept)
}

/// The program with some of its rows and nothing to minimise.
fn feasibility<C, R>(
    lp: &LinearProgram<C, R>,
    rows: impl Fn(RowId) -> bool,
) -> LinearProgram<(), RowId> {
    let mut program = LinearProgram::new();
    for (_, column) in lp.columns() {
        program.add_column((), 0.0, column.lower, column.upper);
    }
    for (id, row) in lp.rows().filter(|&(id, _)| rows(id)) {
        program.add_row(id, row.sense, row.rhs, lp.row_terms(id));
    }
    program
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::{ColumnId, RowSense};
    use proptest::prelude::*;

    fn possible(lp: &LinearProgram<(), ()>, rows: &[RowId]) -> bool {
        solve(&feasibility(lp, |row| rows.contains(&row)), &Options::default()).is_ok()
    }

    #[test]
    fn what_is_left_conflicts_and_no_proper_subset_does() {
        let numbers = proptest::collection::vec(-4_i8..=4, 6 * 4);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let tried = runner.run(&numbers, |numbers| {
            let mut lp: LinearProgram<(), ()> = LinearProgram::new();
            let columns: Vec<ColumnId> = (0..3).map(|_| lp.add_column((), 0.0, 0.0, 5.0)).collect();
            for row in numbers.chunks(4) {
                let terms = columns.iter().zip(row).map(|(&id, &value)| (id, f64::from(value)));
                let sense = if row[0] % 2 == 0 { RowSense::AtLeast } else { RowSense::AtMost };
                lp.add_row((), sense, f64::from(row[3]), terms);
            }
            let all: Vec<RowId> = lp.rows().map(|(id, _)| id).collect();
            let found = irreducible(&lp, &all, |_| false, &Options::default()).unwrap();
            prop_assert_eq!(found.is_empty(), possible(&lp, &all));
            if found.is_empty() {
                return Ok(());
            }
            prop_assert!(!possible(&lp, &found));
            // Every proper subset, by brute force.
            for mask in 0..(1_u32 << found.len()) - 1 {
                let chosen = found.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
                let subset: Vec<RowId> = chosen.map(|(_, &row)| row).collect();
                prop_assert!(possible(&lp, &subset));
            }
            Ok(())
        });
        tried.unwrap();
    }

    #[test]
    fn the_tighter_of_two_limits_is_named() {
        let mut lp: LinearProgram<(), ()> = LinearProgram::new();
        let x = lp.add_column((), 0.0, 0.0, f64::INFINITY);
        let low = lp.add_row((), RowSense::AtMost, 2.0, [(x, 1.0)]);
        let lower = lp.add_row((), RowSense::AtMost, 1.0, [(x, 1.0)]);
        let high = lp.add_row((), RowSense::AtLeast, 3.0, [(x, 1.0)]);
        let found = irreducible(&lp, &[low, lower, high], |_| false, &Options::default()).unwrap();
        assert_eq!(found, [lower, high]);
    }
}
