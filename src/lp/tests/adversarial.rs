//! Programs on which solvers are known to go wrong.

use std::time::Duration;

use super::*;
use RowSense::{AtLeast, AtMost, Equal};

#[test]
fn unbounded_is_never_called_optimal() {
    // Clarabel through good_lp returns these as `Ok`.
    expect_unbounded(&program(&[(-1.0, 0.0, FREE)], &[(&[1.0], AtLeast, 1.0)]));
    expect_unbounded(&program(
        &[(-1.0, 0.0, FREE), (0.5, 0.0, FREE)],
        &[(&[1.0, -1.0], AtMost, 3.0), (&[-1.0, 1.0], AtMost, 2.0)],
    ));
    expect_unbounded(&program(&[(1.0, -FREE, FREE), (1.0, 0.0, 1.0)], &[]));
    expect_unbounded(&program(
        &[(1.0, -FREE, FREE), (0.0, -FREE, FREE)],
        &[(&[1.0, 1.0], Equal, 5.0)],
    ));
}

#[test]
fn infeasible_is_proven() {
    expect_infeasible(&program(
        &[(1.0, 0.0, FREE), (1.0, 0.0, FREE)],
        &[(&[1.0, 1.0], AtMost, 1.0), (&[1.0, 1.0], AtLeast, 2.0)],
    ));
    expect_infeasible(&program(&[(-1.0, 0.0, 3.0)], &[(&[2.0], Equal, 8.0)]));
    expect_infeasible(&program(
        &[(0.0, -FREE, FREE), (0.0, -FREE, FREE)],
        &[(&[1.0, 1.0], Equal, 1.0), (&[2.0, 2.0], Equal, 3.0)],
    ));
    // Unbounded and infeasible at once: infeasible counts.
    expect_infeasible(&program(
        &[(-1.0, 0.0, FREE), (0.0, 0.0, FREE)],
        &[(&[1.0, -1.0], AtMost, -1.0), (&[-1.0, 1.0], AtMost, 0.0)],
    ));
}

#[test]
fn empty_programs_have_an_answer() {
    expect_optimum(&program(&[], &[]), 0.0);
    expect_optimum(&program(&[], &[(&[], AtMost, 1.0)]), 0.0);
    expect_infeasible(&program(&[], &[(&[], AtLeast, 1.0)]));
    expect_optimum(&program(&[(2.0, -3.0, 5.0), (-2.0, 0.0, 4.0), (0.0, -FREE, FREE)], &[]), -14.0);
    expect_unbounded(&program(&[(-1.0, 0.0, FREE)], &[]));
}

#[test]
fn rows_without_terms_are_judged() {
    let columns = [(1.0, 0.0, FREE)];
    expect_infeasible(&program(&columns, &[(&[0.0], AtLeast, 1.0), (&[1.0], AtLeast, 1.0)]));
    expect_infeasible(&program(&columns, &[(&[0.0], Equal, 1.0)]));
    expect_infeasible(&program(&columns, &[(&[0.0], AtMost, -1.0), (&[1.0], AtMost, 1.0)]));
    expect_optimum(&program(&columns, &[(&[0.0], AtMost, 1.0), (&[2.0], AtLeast, 1.0)]), 0.5);
}

#[test]
fn cycling_examples_end() {
    // Beale 1955 as in Chvátal 1983, ch. 3: optimum −1/20.
    let beale = program(
        &[(-0.75, 0.0, FREE), (150.0, 0.0, FREE), (-0.02, 0.0, FREE), (6.0, 0.0, FREE)],
        &[
            (&[0.25, -60.0, -0.04, 9.0], AtMost, 0.0),
            (&[0.5, -90.0, -0.02, 3.0], AtMost, 0.0),
            (&[0.0, 0.0, 1.0, 0.0], AtMost, 1.0),
        ],
    );
    expect_optimum(&beale, -0.05);
    // Kuhn, in Balinski & Tucker 1969: optimum −2.
    let kuhn = program(
        &[(-2.0, 0.0, FREE), (-3.0, 0.0, FREE), (1.0, 0.0, FREE), (12.0, 0.0, FREE)],
        &[
            (&[-2.0, -9.0, 1.0, 9.0], AtMost, 0.0),
            (&[1.0 / 3.0, 1.0, -1.0 / 3.0, -2.0], AtMost, 0.0),
            (&[2.0, 3.0, -1.0, -12.0], AtMost, 2.0),
        ],
    );
    expect_optimum(&kuhn, -2.0);
    // Marshall & Suurballe 1969: unbounded after a cycle of degenerate pivots.
    let suurballe = program(
        &[(-10.0, 0.0, FREE), (57.0, 0.0, FREE), (9.0, 0.0, FREE), (24.0, 0.0, FREE)],
        &[
            (&[0.5, -5.5, -2.5, 9.0], AtMost, 0.0),
            (&[0.5, -1.5, -0.5, 1.0], AtMost, 0.0),
            (&[1.0, 0.0, 0.0, 0.0], AtMost, 1.0),
        ],
    );
    expect_optimum(&suurballe, -1.0);
}

#[test]
fn klee_minty_cubes_are_solved() {
    // Klee & Minty 1972 in five dimensions: max Σ 2^(5−j) xⱼ is 5^5.
    let n = 5_usize;
    let power = |base: f64, exponent: usize| base.powi(i32::try_from(exponent).expect("small"));
    let columns: Vec<_> = (0..n).map(|j| (-power(2.0, n - 1 - j), 0.0, FREE)).collect();
    let mut lp = program(&columns, &[]);
    for i in 0..n {
        let below = (0..i).map(|j| (ColumnId::new(j), power(2.0, i - j + 1)));
        let terms = below.chain([(ColumnId::new(i), 1.0)]).collect::<Vec<_>>();
        lp.add_row(i, AtMost, power(5.0, i + 1), terms);
    }
    expect_optimum(&lp, -3125.0);
}

#[test]
fn a_crowded_vertex_is_degenerate() {
    // Twelve constraints through the optimum (1, 1).
    let mut lp = program(&[(-1.0, 0.0, FREE), (-1.0, 0.0, FREE)], &[]);
    let (x, y) = (ColumnId::new(0), ColumnId::new(1));
    for i in 0..12_u32 {
        let weight = 0.25 + 0.125 * f64::from(i);
        lp.add_row(i as usize, AtMost, 1.0 + weight, [(x, weight), (y, 1.0)]);
    }
    expect_optimum(&lp, -2.0);
    for backend in backends() {
        assert!(solve(&lp, &with(backend)).expect("optimal").degenerate, "{backend:?}");
    }
}

#[test]
fn rows_of_zero_rhs_meet_at_the_origin() {
    let rows: [(&[f64], RowSense, f64); 4] = [
        (&[1.0, -1.0, 0.0], AtMost, 0.0),
        (&[0.0, 1.0, -1.0], AtMost, 0.0),
        (&[-1.0, 0.0, 1.0], AtMost, 0.0),
        (&[1.0, 1.0, 1.0], AtLeast, 0.0),
    ];
    expect_optimum(&program(&[(1.0, 0.0, FREE), (2.0, 0.0, FREE), (0.5, 0.0, FREE)], &rows), 0.0);
}

#[test]
fn free_and_fixed_columns_are_solved() {
    let lp = program(
        &[(1.0, -FREE, FREE), (2.0, 3.0, 3.0), (-1.0, -FREE, 4.0)],
        &[(&[1.0, 1.0, -1.0], Equal, 0.0), (&[1.0, 0.0, 0.0], AtLeast, -7.0)],
    );
    // x = z − 3, so the objective is z − 3 + 6 − z = 3 on the whole edge.
    expect_optimum(&lp, 3.0);
    let fixed = program(&[(1.0, 2.0, 2.0), (1.0, 5.0, 5.0)], &[(&[1.0, 1.0], Equal, 7.0)]);
    expect_optimum(&fixed, 7.0);
    expect_infeasible(&program(&[(1.0, 2.0, 2.0)], &[(&[1.0], AtMost, 1.0)]));
}

#[test]
fn redundant_equalities_do_no_harm() {
    let lp = program(
        &[(1.0, 0.0, FREE), (3.0, 0.0, FREE), (0.0, 0.0, FREE)],
        &[
            (&[1.0, 1.0, 0.0], Equal, 10.0),
            (&[2.0, 2.0, 0.0], Equal, 20.0),
            (&[1.0, 0.0, 1.0], Equal, 6.0),
            (&[2.0, 1.0, 1.0], Equal, 16.0),
        ],
    );
    expect_optimum(&lp, 18.0);
}

#[test]
fn badly_scaled_programs_are_solved() {
    // Clarabel was wrong on a right-hand side of 6e10.
    let big = program(
        &[(-1.0, 0.0, FREE), (-2.0, 0.0, FREE), (0.0, 0.0, FREE)],
        &[
            (&[1.0, 1.0, 0.0], AtMost, 6e10),
            (&[1.0, -3.0, 0.0], AtLeast, 0.0),
            (&[0.0, 0.0, 1.0], AtLeast, 0.05),
        ],
    );
    expect_optimum(&big, -7.5e10);
    let wide = program(
        &[(-1e-3, 0.0, 1e9), (-2e4, 0.0, FREE)],
        &[(&[1e-7, 1e7], AtMost, 50.0), (&[1e-6, 0.0], AtMost, 400.0)],
    );
    // x1 = 4e8 and x2 = (50 − 40) / 1e7.
    expect_optimum(&wide, -4e5 - 2e-2);
    let tiny = program(
        &[(1e-6, 0.0, FREE), (1e-7, 0.0, FREE)],
        &[(&[1e-6, 1e-8], AtLeast, 1e-9), (&[0.0, 1e-6], AtMost, 1e-10)],
    );
    // x2 = 1e-4 contributes 1e-12 for 1e-11; x1 = (1e-9 − 1e-12)/1e-6 beats it per unit.
    expect_optimum(&tiny, 1e-9);
}

#[test]
fn small_flows_survive_beside_large_ones() {
    // 6e10 t of ore and 0.05 t of a trace element: neither may be rounded away.
    let lp = program(
        &[(1.0, 0.0, FREE), (1e3, 0.0, FREE)],
        &[(&[1.0, 0.0], AtLeast, 6e10), (&[0.0, 1.0], AtLeast, 0.05)],
    );
    for backend in backends() {
        let solution = solve(&lp, &with(backend)).expect("optimal");
        assert_eq!(solution.primal, [6e10, 0.05], "{backend:?}");
        assert_eq!(solution.duals, [1.0, 1e3], "{backend:?}");
    }
}

#[test]
fn no_time_is_a_time_limit() {
    let lp = program(&[(1.0, 0.0, FREE)], &[(&[1.0], AtLeast, 1.0)]);
    for backend in backends() {
        let options = Options { backend, time_limit: Some(Duration::ZERO), ..Options::default() };
        assert!(matches!(solve(&lp, &options), Err(Failure::TimeLimit)), "{backend:?}");
    }
}

#[test]
fn the_middle_of_an_optimal_face_becomes_a_vertex() {
    let lp = program(
        &[(1.0, 0.0, FREE), (1.0, 0.0, FREE), (1.0, 0.0, FREE)],
        &[(&[1.0, 1.0, 1.0], AtLeast, 3.0)],
    );
    expect_optimum(&lp, 3.0);
    for backend in backends() {
        let solution = solve(&lp, &with(backend)).expect("optimal");
        assert_eq!(solution.unique, Some(false), "{backend:?}");
        assert_eq!(solution.primal.iter().filter(|&&x| x == 3.0).count(), 1, "{backend:?}");
    }
}

#[test]
fn a_backend_that_cycles_is_stopped() {
    // microlp pivots for ever on two tied columns, one of them free.
    let lp = program(&[(-3.0, -2.0, FREE), (-3.0, -FREE, FREE)], &[(&[3.0, 3.0], AtMost, 0.0)]);
    assert_eq!(solve(&lp, &with(Backend::Auto)).expect("optimal").objective, 0.0);
    match solve(&lp, &with(Backend::Microlp)) {
        Ok(solution) => assert_eq!(solution.objective, 0.0),
        Err(failure) => assert!(matches!(failure, Failure::TimeLimit), "{failure:?}"),
    }
}
