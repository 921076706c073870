//! Irreducible conflicts: rows that cannot hold together, while all but any one of them can.

use super::{
    Failure, LinearProgram, Options, RowId,
    certificate::{TOLERANCE, certify},
    solve,
};

/// A set of candidates that contradicts the other rows and the bounds, and of which every proper subset does not.
///
/// Rows that are no candidates are taken for granted, except those in `left_out`. The candidates are tried one after
/// another: one without which there still is a contradiction goes (the deletion filter of J. W. Chinneck and E. W.
/// Dravnieks, ORSA Journal on Computing 3 (1991) 157–168).
///
/// What is left is then checked apart from how it was found: the set is solved once more and must be contradicted by
/// proven multipliers, and for each of its members the point that was found without it must satisfy all the others.
/// A point of a larger set is one of every smaller set, so that no proper subset is left to ask for.
///
/// # Errors
/// A failure to solve, or [`Failure::Backend`] if what is left does not pass the check; none of the failures is
/// [`Failure::Infeasible`]. An empty set if there is no contradiction.
pub fn irreducible<C, R>(
    lp: &LinearProgram<C, R>,
    candidates: &[RowId],
    left_out: impl Fn(RowId) -> bool,
    options: &Options,
) -> Result<Vec<RowId>, Failure> {
    let program = |kept: &[RowId]| {
        feasibility(lp, |row: RowId| {
            kept.contains(&row) || !(candidates.contains(&row) || left_out(row))
        })
    };
    let point = |kept: &[RowId]| -> Result<Option<Vec<f64>>, Failure> {
        match solve(&program(kept), options) {
            Ok(solution) => Ok(Some(solution.primal)),
            Err(Failure::Infeasible { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    };
    let mut kept = candidates.to_vec();
    if point(&kept)?.is_some() {
        return Ok(Vec::new());
    }
    let mut points: Vec<(RowId, Vec<f64>)> = Vec::new();
    for &candidate in candidates {
        let without = all_but(&kept, candidate);
        match point(&without)? {
            Some(found) => points.push((candidate, found)),
            None => kept = without,
        }
    }
    let contradicts = proves(&program(&kept), options);
    let each_is_needed = kept.iter().all(|&row| {
        let found = points.iter().find(|(candidate, _)| *candidate == row);
        found.is_some_and(|(_, point)| satisfies(&program(&all_but(&kept, row)), point))
    });
    if contradicts && each_is_needed {
        Ok(kept)
    } else {
        Err(Failure::Backend("the contradiction could not be proven irreducible".to_owned()))
    }
}

fn all_but(rows: &[RowId], left_out: RowId) -> Vec<RowId> {
    rows.iter().copied().filter(|&row| row != left_out).collect()
}

/// Whether a program is contradictory by multipliers that prove it.
fn proves(program: &LinearProgram<(), RowId>, options: &Options) -> bool {
    matches!(solve(program, options), Err(Failure::Infeasible { certified: true, .. }))
}

/// Whether a point satisfies all rows and bounds of a program, in double-double arithmetic.
fn satisfies(program: &LinearProgram<(), RowId>, point: &[f64]) -> bool {
    let certificate = certify(program, point, &vec![0.0; program.row_count()]);
    certificate.rows.max(certificate.bounds) <= TOLERANCE
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
    fn the_check_refuses_what_is_no_contradiction_and_what_does_not_satisfy() {
        let mut lp: LinearProgram<(), ()> = LinearProgram::new();
        let x = lp.add_column((), 0.0, 0.0, f64::INFINITY);
        let most = lp.add_row((), RowSense::AtMost, 1.0, [(x, 1.0)]);
        let least = lp.add_row((), RowSense::AtLeast, 3.0, [(x, 1.0)]);
        let both = feasibility(&lp, |_| true);
        let one = feasibility(&lp, |row| row == least);
        assert!(proves(&both, &Options::default()) && !proves(&one, &Options::default()));
        assert!(satisfies(&one, &[3.0]) && !satisfies(&one, &[2.9]) && !satisfies(&both, &[2.0]));
        assert_eq!(all_but(&[most, least], most), [least]);
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
