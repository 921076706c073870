//! The twelve cases of a dual's sign: max/min × ≤ ≥ = × sign of the cost, by finite differences.

use super::*;

/// One column between −10 and 10 and one row x ⋛ 3, the objective in the asker's own sense.
fn case(maximise: bool, sense: RowSense, cost: f64, rhs: f64, backend: Backend) -> (f64, f64) {
    let sign = if maximise { -1.0 } else { 1.0 };
    let lp = program(&[(sign * cost, -10.0, 10.0)], &[(&[1.0], sense, rhs)]);
    let solution = solve(&lp, &with(backend)).expect("optimal");
    (sign * solution.objective, sign * solution.duals[0])
}

#[test]
fn a_dual_is_the_derivative_of_the_objective() {
    for backend in backends() {
        for maximise in [true, false] {
            for sense in [RowSense::AtMost, RowSense::Equal, RowSense::AtLeast] {
                for cost in [2.0, -2.0] {
                    let (_, dual) = case(maximise, sense, cost, 3.0, backend);
                    let (up, _) = case(maximise, sense, cost, 3.5, backend);
                    let (down, _) = case(maximise, sense, cost, 2.5, backend);
                    let name = format!("{backend:?} maximise {maximise} {sense:?} cost {cost}");
                    assert_eq!(dual, up - down, "{name}");
                    let binds = sense == RowSense::Equal
                        || (sense == RowSense::AtMost) == (maximise == (cost > 0.0));
                    assert_eq!(dual, if binds { cost } else { 0.0 }, "{name}");
                }
            }
        }
    }
}
