//! The best points that differ in chosen 0/1 columns.

use crate::{
    index::Id,
    lp::{
        ColumnId, LinearProgram, RowSense,
        defect::defects,
        solve::{Failure, Options, Solution},
    },
};

/// The `count` best points, each with another combination of values of the 0/1 columns `choice`,
/// by ascending objective.
///
/// Each is found by a search from which the combinations before are cut off, with Σ (1 − x) over
/// their ones plus Σ x over their zeros ≥ 1 (Balas & Jeroslow 1972); its [`Gap`](crate::lp::Gap)
/// is of that search: no point of another combination has an objective below its bound. The time
/// limit is for all searches together, the node limit for each.
///
/// Fewer than `count` are returned where no other combination is feasible, or where a limit was
/// met before the next point: then `gap.complete` of the last one is false.
///
/// # Errors
///
/// See [`Failure`], of the search for the first point; and what ends a later one without proof,
/// other than a limit.
///
/// # Panics
///
/// If a column of `choice` is not an integer column with bounds within 0 to 1.
pub fn best_points<C, R>(
    lp: &LinearProgram<C, R>,
    choice: &[ColumnId],
    count: usize,
    options: &Options,
) -> Result<Vec<Solution>, Failure> {
    for &id in choice {
        let column = lp.column(id);
        let binary = column.integer && column.lower >= 0.0 && column.upper <= 1.0;
        assert!(binary, "column {} is not a 0/1 column", id.index());
    }
    let found = defects(&lp.program);
    if !found.is_empty() {
        return Err(Failure::Refused(found));
    }
    let deadline = options.deadline();
    let mut program = lp.program.clone();
    let mut points: Vec<Solution> = Vec::new();
    while points.len() < count {
        let point = match super::search(&program, &lp.program, options, deadline) {
            Ok(point) => point,
            Err(Failure::Infeasible { .. }) if !points.is_empty() => break,
            Err(Failure::TimeLimit) if !points.is_empty() => {
                let gap = points.last_mut().and_then(|point| point.gap.as_mut());
                gap.expect("a point with integers has a gap").complete = false;
                break;
            }
            Err(failure) => return Err(failure),
        };
        let ones = choice.iter().filter(|&&id| point.value(id) > 0.5).count();
        let terms =
            choice.iter().map(|&id| (id.index(), if point.value(id) > 0.5 { -1.0 } else { 1.0 }));
        program.add_row(RowSense::AtLeast, 1.0 - ones as f64, terms);
        points.push(point);
    }
    points.sort_by(|left, right| left.objective.total_cmp(&right.objective));
    Ok(points)
}
