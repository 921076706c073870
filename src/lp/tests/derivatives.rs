//! What the basis says against finite differences.

use approx::assert_relative_eq;

use super::*;
use RowSense::{AtLeast, AtMost, Equal};

/// min −3x − 5y (Hillier & Lieberman): optimum (2, 6), ranges in their table 6.17 ff.
fn wyndor() -> Numbered {
    program(
        &[(-3.0, 0.0, FREE), (-5.0, 0.0, FREE)],
        &[(&[1.0, 0.0], AtMost, 4.0), (&[0.0, 2.0], AtMost, 12.0), (&[3.0, 2.0], AtMost, 18.0)],
    )
}

#[test]
fn textbook_ranges_come_out() {
    for backend in backends() {
        let solution = solve(&wyndor(), &with(backend)).expect("optimal");
        assert_eq!(solution.primal, [2.0, 6.0]);
        assert_eq!(solution.duals, [0.0, -1.5, -1.0]);
        assert_eq!((solution.degenerate, solution.unique), (false, Some(true)));
        let basis = solution.basis.expect("a vertex");
        let rhs = |row| basis.ranging_rhs(RowId::new(row));
        assert_eq!(rhs(0), Range { decrease: 2.0, increase: FREE });
        assert_eq!(rhs(1), Range { decrease: 6.0, increase: 6.0 });
        assert_eq!(rhs(2), Range { decrease: 6.0, increase: 6.0 });
        // Profits 0 ≤ c1 ≤ 7.5 and c2 ≥ 2.
        let cost = |column| basis.ranging_cost(ColumnId::new(column));
        assert_eq!(cost(0), Range { decrease: 4.5, increase: 3.0 });
        assert_eq!(cost(1), Range { decrease: FREE, increase: 3.0 });
        assert!(basis.contains(ColumnId::new(0)) && basis.contains_slack(RowId::new(0)));
    }
}

/// Badly scaled on purpose, with every sense and kind of bound.
fn mixed() -> Numbered {
    program(
        &[
            (3.0, 0.0, FREE),
            (-2e3, 0.0, 5.0),
            (0.5, -FREE, FREE),
            (40.0, -1.0, 8e4),
            (-0.1, 0.0, FREE),
        ],
        &[
            (&[1.0, 250.0, -1.0, 0.0, 0.0], Equal, 30.0),
            (&[0.0, 1.0, 0.002, 1e-4, 0.0], AtMost, 4.5),
            (&[0.3, 0.0, 0.0, 2.0, 1e-3], AtLeast, 12.0),
            (&[0.0, 10.0, 0.0, 0.0, 1e-2], AtMost, 900.0),
            (&[1.0, 0.0, 1.0, 0.0, 0.0], AtLeast, -40.0),
        ],
    )
}

#[test]
fn derivatives_equal_differences() {
    let lp = mixed();
    let solution = solve(&lp, &Options::default()).expect("optimal");
    let basis = solution.basis.as_ref().expect("a vertex");
    assert!(!solution.degenerate);
    let measure = [1.0, 7.0, -2.0, 0.25, 3.0];
    let value = |primal: &[f64]| measure.iter().zip(primal).map(|(g, x)| g * x).sum::<f64>();
    let adjoint = basis.adjoint(&measure);
    let costs: Vec<f64> = lp.columns().map(|(_, column)| column.cost).collect();
    for (exact, dual) in basis.adjoint(&costs).iter().zip(&solution.duals) {
        assert_relative_eq!(exact, dual, max_relative = 1e-12, epsilon = 1e-12);
    }
    for (row, data) in lp.rows() {
        let Range { decrease, increase } = basis.ranging_rhs(row);
        let step = 0.5 * decrease.min(increase).min(1.0);
        assert!(step > 0.0, "row {row:?}");
        let mut moved = lp.clone();
        moved.set_rhs(row, data.rhs + step);
        let there = solve(&moved, &Options::default()).expect("optimal");
        let slope = (there.objective - solution.objective) / step;
        assert_relative_eq!(slope, solution.dual(row), max_relative = 1e-8, epsilon = 1e-8);
        let slope = (value(&there.primal) - value(&solution.primal)) / step;
        assert_relative_eq!(slope, adjoint[row.index()], max_relative = 1e-8, epsilon = 1e-8);
        let direction = basis.primal_direction(row);
        for (j, rate) in direction.iter().enumerate() {
            let slope = (there.primal[j] - solution.primal[j]) / step;
            assert_relative_eq!(slope, *rate, max_relative = 1e-8, epsilon = 1e-8);
        }
    }
}

#[test]
fn ranges_end_where_the_dual_changes() {
    let lp = mixed();
    let solution = solve(&lp, &Options::default()).expect("optimal");
    let basis = solution.basis.as_ref().expect("a vertex");
    for (row, data) in lp.rows() {
        let Range { decrease, increase } = basis.ranging_rhs(row);
        for (room, sign) in [(decrease, -1.0), (increase, 1.0)] {
            if !room.is_finite() {
                continue;
            }
            let objective = |share: f64| {
                let mut moved = lp.clone();
                moved.set_rhs(row, data.rhs + sign * share * room);
                solve(&moved, &Options::default()).ok().map(|solution| solution.objective)
            };
            let line = solution.objective + sign * 0.99 * room * solution.dual(row);
            assert_relative_eq!(objective(0.99).expect("inside"), line, max_relative = 1e-9);
            if let Some(outside) = objective(1.5) {
                let line = solution.objective + sign * 1.5 * room * solution.dual(row);
                assert!(outside > line + 1e-9, "row {row:?} sign {sign}: {outside} on {line}");
            }
        }
    }
    for (column, data) in lp.columns() {
        let Range { decrease, increase } = basis.ranging_cost(column);
        for (room, sign) in [(decrease, -1.0), (increase, 1.0)] {
            if room.is_finite() && room > 0.0 {
                let mut moved = lp.clone();
                moved.set_cost(column, data.cost + sign * 0.99 * room);
                let there = solve(&moved, &Options::default()).expect("optimal");
                for (left, right) in there.primal.iter().zip(&solution.primal) {
                    assert_relative_eq!(left, right, max_relative = 1e-9, epsilon = 1e-9);
                }
            }
        }
    }
}

#[test]
fn a_degenerate_dual_is_one_sided_and_says_so() {
    // x ≤ 1 twice: one more of either row alone gains nothing.
    let lp = program(&[(-1.0, 0.0, FREE)], &[(&[1.0], AtMost, 1.0), (&[1.0], AtMost, 1.0)]);
    for backend in backends() {
        let solution = solve(&lp, &with(backend)).expect("optimal");
        assert!(solution.degenerate, "{backend:?}");
        let basis = solution.basis.as_ref().expect("a vertex");
        let binding = RowId::new(usize::from(solution.duals[0] == 0.0));
        let range = basis.ranging_rhs(binding);
        assert_eq!((range.increase, range.decrease), (0.0, 1.0));
    }
}
