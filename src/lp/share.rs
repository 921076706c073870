//! How far a share may go: the factors of one row, rather than its right-hand side.
//!
//! With `t` the row r becomes `Σ aⱼ xⱼ + t Σ wⱼ xⱼ ⋛ b`, a change of the basis of rank one (J. Sherman and W. J. Morrison,
//! Annals of Mathematical Statistics 21 (1950) 124–127). With `u = B⁻¹ e_r`, `α = w·x`, `β = w·u` and y the duals,
//!
//! ```text
//! x(t) = x − u t α ÷ (1 + t β),     d(t) = d + (w_B B⁻¹ A − w) t y_r ÷ (1 + t β),     z(t) = z − t α y_r ÷ (1 + t β)
//! ```
//!
//! so that each variable meets its bound, and each reduced cost 0, at a t in closed form.

use super::{ColumnId, LinearProgram, Next, RowId, RowSense, Solution};
use crate::index::Id;

/// How far a share may go to one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The greatest change of t, > 0, +∞ if any.
    pub room: f64,
    /// Change of the minimum over that room, infinite if nothing ends it.
    pub change: f64,
    /// What changes there; none if nothing does.
    pub next: Option<Next>,
    /// After a step τ towards this side the minimum has changed by `slope τ ÷ (1 + bend τ)`.
    pub slope: f64,
    /// See `slope`.
    pub bend: f64,
}

/// A rate smaller than this share of its terms is rounding.
const ROUNDING: f64 = 1e-12;

/// How far `t` may go up or down while the basis stays optimal, for factors w of one row, one per column; none where the
/// vertex is degenerate or not the only optimum, and without a basis.
///
/// # Panics
/// If there is not one factor per column.
#[must_use]
pub fn reach_of_share<C, R>(
    lp: &LinearProgram<C, R>,
    solution: &Solution,
    row: RowId,
    factors: &[f64],
    up: bool,
) -> Option<Reach> {
    assert_eq!(factors.len(), lp.column_count(), "one factor per column");
    let unique = solution.unique == Some(true);
    let basis = solution.basis.as_ref().filter(|_| unique && !solution.degenerate)?;
    if basis.contains_slack(row) {
        return None;
    }
    let direction = basis.primal_direction(row);
    let dot = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
    let (alpha, beta) = (dot(factors, &solution.primal), dot(factors, &direction));
    let sign = if up { 1.0 } else { -1.0 };
    let price = solution.dual(row);
    let (slope, bend) = (-sign * alpha * price, sign * beta);
    let mut found = Reach { room: f64::INFINITY, change: 0.0, next: None, slope, bend };
    let mut meet = |room: f64, next: Option<Next>| {
        // At a singular basis everything is without end: no optimum gets there.
        if room > 0.0 && room < found.room && 1.0 + sign * room * beta > 0.0 {
            (found.room, found.next) = (room, next);
        }
    };
    // q(t) = q − t α q_u ÷ (1 + t β) meets a target.
    let meeting = |value: f64, rate: f64, target: f64| {
        let apart = value - target;
        apart / (sign * (alpha * rate - beta * apart))
    };
    for (id, column) in lp.columns().filter(|&(id, _)| basis.contains(id)) {
        let (value, rate) = (solution.value(id), direction[id.index()]);
        if rate == 0.0 {
            continue;
        }
        for bound in [column.lower, column.upper].into_iter().filter(|bound| bound.is_finite()) {
            meet(meeting(value, rate, bound), Some(Next::Column(id)));
        }
    }
    for (id, other) in lp.rows().filter(|&(id, _)| basis.contains_slack(id)) {
        let (mut value, mut rate, mut size) = (0.0, 0.0, 0.0);
        for (column, entry) in lp.row_terms(id) {
            let term = entry * direction[column.index()];
            value += entry * solution.value(column);
            rate += term;
            size += term.abs();
        }
        if rate.abs() > ROUNDING * size {
            meet(meeting(value, rate, other.rhs), Some(Next::Row(id)));
        }
    }
    // Reduced costs: d (1 + t β) + t y_r (v − w) = 0.
    let adjoint = basis.adjoint(factors);
    let vanish = |reduced: f64, rate: f64| -reduced / (sign * (reduced * beta + price * rate));
    let mut entering = vec![(0.0, 0.0); lp.column_count()];
    for (id, other) in lp.rows() {
        for (column, entry) in lp.row_terms(id) {
            let term = entry * adjoint[id.index()];
            let (sum, size) = &mut entering[column.index()];
            *sum += term;
            *size += term.abs();
        }
        if id != row && other.sense != RowSense::Equal && !basis.contains_slack(id) {
            meet(vanish(-solution.dual(id), adjoint[id.index()]), Some(Next::Row(id)));
        }
    }
    for (at, (sum, size)) in entering.into_iter().enumerate() {
        let (id, rate) = (ColumnId::new(at), sum - factors[at]);
        if !basis.contains(id) && rate.abs() > ROUNDING * (size + factors[at].abs()) {
            meet(vanish(solution.reduced_cost(id), rate), Some(Next::Column(id)));
        }
    }
    found.change = match found.room.is_finite() {
        _ if slope == 0.0 => 0.0,
        true => slope * found.room / (1.0 + bend * found.room),
        false if bend > 0.0 => slope / bend,
        false => slope * f64::INFINITY,
    };
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::{Options, solve};
    use proptest::prelude::*;

    /// A program whose first row has factors `a + t w`.
    fn program(numbers: &[i8], t: f64) -> (LinearProgram<(), ()>, RowId, Vec<f64>) {
        let mut number = numbers.iter().map(|&value| f64::from(value));
        let mut next = || number.next().expect("enough numbers");
        let mut lp = LinearProgram::new();
        let columns: Vec<ColumnId> =
            (0..3).map(|_| lp.add_column((), -next(), 0.0, f64::INFINITY)).collect();
        let factors: Vec<f64> = (0..3).map(|_| next()).collect();
        let mut first = None;
        for at in 0..3 {
            let rhs = 10.0 + next();
            let terms = columns.iter().zip(&factors);
            let terms: Vec<(ColumnId, f64)> = terms
                .map(|(&column, factor)| (column, next() + if at == 0 { t * factor } else { 0.0 }))
                .collect();
            let id = lp.add_row((), RowSense::AtMost, rhs, terms);
            first.get_or_insert(id);
        }
        lp.add_row((), RowSense::AtMost, 40.0, columns.iter().map(|&column| (column, 1.0)));
        (lp, first.expect("three rows"), factors)
    }

    #[test]
    fn the_minimum_is_the_told_curve_up_to_the_told_end_and_another_beyond() {
        let mut compared = 0;
        let numbers = proptest::collection::vec(-3_i8..=6, 3 + 3 + 3 * 4);
        let config = ProptestConfig { cases: 512, ..ProptestConfig::default() };
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        let counted = std::cell::Cell::new(0);
        let run = runner.run(&numbers, |numbers| {
            let (lp, row, factors) = program(&numbers, 0.0);
            let Ok(solution) = solve(&lp, &Options::default()) else { return Ok(()) };
            for up in [true, false] {
                let Some(reach) = reach_of_share(&lp, &solution, row, &factors, up) else {
                    continue;
                };
                let sign = if up { 1.0 } else { -1.0 };
                let minimum = |room: f64| {
                    let (moved, ..) = program(&numbers, sign * room);
                    solve(&moved, &Options::default()).map(|solved| solved.objective)
                };
                if !reach.room.is_finite() || reach.room < 1e-3 || reach.room > 100.0 {
                    continue;
                }
                let end = match minimum(reach.room) {
                    // A factor that is next to nothing there is no number for a solver.
                    Err(crate::lp::Failure::Refused(_)) => continue,
                    end => end.expect("optimal to the end"),
                };
                let told = solution.objective + reach.change;
                prop_assert!((end - told).abs() < 1e-6 * (1.0 + told.abs()), "{end} {told}");
                // The basis of before is no longer optimal a little beyond.
                let beyond = reach.room * 1.01;
                if let Ok(solved) = solve(&program(&numbers, sign * beyond).0, &Options::default())
                {
                    let kept = |basis: &crate::lp::Basis| {
                        let columns: Vec<ColumnId> = basis.columns().collect();
                        let slacks: Vec<bool> =
                            lp.rows().map(|(id, _)| basis.contains_slack(id)).collect();
                        (columns, slacks)
                    };
                    let before = kept(solution.basis.as_ref().expect("small"));
                    let after = kept(solved.basis.as_ref().expect("small"));
                    prop_assert!(before != after || solved.degenerate);
                }
                counted.set(counted.get() + 1);
            }
            Ok(())
        });
        run.expect("all hold");
        compared += counted.get();
        assert!(compared > 100, "{compared}");
    }
}
