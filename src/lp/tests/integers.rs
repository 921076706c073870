//! Programs with integer columns.

use super::*;
use RowSense::{AtLeast, AtMost, Equal};

#[test]
fn whole_optimum_with_the_duals_of_the_fixed_program() {
    // max 5x + 4y, 6x + 4y ≤ 24, x + 2y ≤ 6, x whole, y free: (4, 0) for 20 against 21 relaxed.
    let mut lp = program(
        &[(-5.0, 0.0, FREE), (-4.0, 0.0, FREE)],
        &[(&[6.0, 4.0], AtMost, 24.0), (&[1.0, 2.0], AtMost, 6.0)],
    );
    lp.set_integer(ColumnId::new(0));
    lp.set_integer(ColumnId::new(1));
    for backend in [Backend::Auto, Backend::Microlp] {
        let solution = solve(&lp, &with(backend)).expect("optimal");
        assert_eq!(solution.objective, -20.0);
        assert_eq!(solution.primal, [4.0, 0.0]);
        assert_eq!(solution.backend, Backend::Microlp);
    }
}

#[test]
fn clarabel_is_never_given_integers() {
    let mut lp = program(&[(1.0, 0.5, 4.0)], &[(&[1.0], AtLeast, 1.5)]);
    lp.set_integer(ColumnId::new(0));
    assert!(matches!(solve(&lp, &with(Backend::Clarabel)), Err(Failure::Backend(_))));
    assert_eq!(solve(&lp, &with(Backend::Auto)).expect("optimal").primal, [2.0]);
}

#[test]
fn no_whole_point_is_infeasible_without_a_farkas_vector() {
    let mut lp = program(&[(1.0, 0.0, 3.0)], &[(&[2.0], Equal, 3.0)]);
    lp.set_integer(ColumnId::new(0));
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: false, .. })), "{result:?}");
    lp.set_bounds(ColumnId::new(0), 0.2, 0.8);
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: false, .. })), "{result:?}");
}

#[test]
fn an_infeasible_relaxation_is_proven() {
    let mut lp = program(&[(1.0, 0.0, 3.0)], &[(&[1.0], AtLeast, 4.0)]);
    lp.set_integer(ColumnId::new(0));
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: true, .. })), "{result:?}");
}
