//! The best ratio of two linear measures.

mod best;
mod side;

pub use best::{BestRatio, Denominator, NoRatio, RATIO_AGREES, best_ratio};

use super::{ColumnId, Failure, LinearProgram, Options, RowSense, Solution, solve};
use crate::index::Id;

/// The best ratio over the feasible points of a program.
#[derive(Clone, Debug)]
pub struct Fraction {
    /// The ratio.
    pub value: f64,
    /// A point that has it, one value per column; none if the ratio is only approached, far out.
    pub primal: Option<Vec<f64>>,
    /// ∂(ratio)/∂rhs of each row.
    pub duals: Vec<f64>,
}

/// Maximises (or minimises) `of · x ÷ to · x` over the points of a program at which `to · x > 0`.
///
/// With `y = t x` and `to · y = 1` this is a linear program in y and t (A. Charnes and W. W. Cooper, Naval Research
/// Logistics Quarterly 9 (1962) 181–186). The program's own costs do not count; its columns must have finite bounds
/// of 0 or none.
///
/// # Errors
/// [`Failure::Unbounded`] if the ratio grows without limit, [`Failure::Infeasible`] if `to · x` is 0 everywhere, and
/// what else [`solve`] fails with.
///
/// # Panics
/// If there is not one factor per column, or a bound is finite and not 0.
pub fn fractional<C, R>(
    lp: &LinearProgram<C, R>,
    (of, to): (&[f64], &[f64]),
    maximise: bool,
    options: &Options,
) -> Result<Fraction, Failure> {
    assert!(of.len() == lp.column_count() && to.len() == lp.column_count(), "a factor per column");
    let sign = if maximise { -1.0 } else { 1.0 };
    let mut program: LinearProgram<(), ()> = LinearProgram::new();
    let mut kept = Vec::new();
    for (id, column) in lp.columns() {
        let fixed = |bound: f64| bound == 0.0 || bound.is_infinite();
        let (mut lower, mut upper) = (column.lower, column.upper);
        if !fixed(lower) {
            kept.push((id.index(), RowSense::AtLeast, lower));
            lower = if lower > 0.0 { 0.0 } else { f64::NEG_INFINITY };
        }
        if !fixed(upper) {
            kept.push((id.index(), RowSense::AtMost, upper));
            upper = if upper < 0.0 { 0.0 } else { f64::INFINITY };
        }
        program.add_column((), sign * of[id.index()], lower, upper);
    }
    let scale = program.add_column((), 0.0, 0.0, f64::INFINITY);
    for (id, row) in lp.rows() {
        let own = lp.row_terms(id).map(|(column, factor)| (ColumnId::new(column.index()), factor));
        program.add_row((), row.sense, 0.0, own.chain([(scale, -row.rhs)]));
    }
    for (at, sense, bound) in kept {
        program.add_row((), sense, 0.0, [(ColumnId::new(at), 1.0), (scale, -bound)]);
    }
    let one = to.iter().enumerate().map(|(at, &factor)| (ColumnId::new(at), factor));
    program.add_row((), RowSense::Equal, 1.0, one);
    let solution: Solution = solve(&program, options)?;
    let share = solution.value(scale);
    let point = solution.primal[..lp.column_count()].iter().map(|value| value / share);
    Ok(Fraction {
        value: sign * solution.objective,
        primal: (share > 0.0).then(|| point.collect()),
        // A row's right-hand side b stands as −b t.
        duals: lp.rows().map(|(id, _)| sign * solution.duals[id.index()] * share).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn a_ratio_is_best_at_a_vertex_and_its_duals_are_derivatives() {
        // Two ores: 3 and 5 of value, 1 and 2 of cost; at most 4 and 6, at least 7 in all: (4, 3) gives 27 ÷ 10.
        let build = |first: f64, least: f64| {
            let mut lp: LinearProgram<(), ()> = LinearProgram::new();
            let x = lp.add_column((), 0.0, 0.0, f64::INFINITY);
            let y = lp.add_column((), 0.0, 0.0, f64::INFINITY);
            lp.add_row((), RowSense::AtMost, first, [(x, 1.0)]);
            lp.add_row((), RowSense::AtMost, 6.0, [(y, 1.0)]);
            lp.add_row((), RowSense::AtLeast, least, [(x, 1.0), (y, 1.0)]);
            lp
        };
        let best = |first, least| {
            let lp = build(first, least);
            fractional(&lp, (&[3.0, 5.0], &[1.0, 2.0]), true, &Options::default()).unwrap()
        };
        let found = best(4.0, 7.0);
        assert_relative_eq!(found.value, 2.7, max_relative = 1e-12);
        assert_relative_eq!(found.primal.unwrap()[..], [4.0, 3.0], max_relative = 1e-12);
        let step = 1e-6;
        let by_first = (best(4.0 + step, 7.0).value - best(4.0 - step, 7.0).value) / (2.0 * step);
        let by_least = (best(4.0, 7.0 + step).value - best(4.0, 7.0 - step).value) / (2.0 * step);
        assert_relative_eq!(found.duals[..], [by_first, 0.0, by_least], epsilon = 1e-8);
    }

    #[test]
    fn a_denominator_that_is_always_0_has_no_ratio() {
        let mut lp: LinearProgram<(), ()> = LinearProgram::new();
        let x = lp.add_column((), 0.0, 0.0, f64::INFINITY);
        lp.add_row((), RowSense::AtMost, 0.0, [(x, 1.0)]);
        let found = fractional(&lp, (&[1.0], &[1.0]), true, &Options::default());
        assert!(matches!(found, Err(Failure::Infeasible { .. })));
    }
}
