//! Numbers that solvers drop without a word are refused before.

use super::*;

fn refused(lp: &Numbered) -> Vec<Defect> {
    match solve(lp, &Options::default()) {
        Err(Failure::Refused(defects)) => defects,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn every_defect_names_its_place() {
    let mut lp = program(
        &[(f64::NAN, 0.0, 1.0), (1.0, 2.0, 1.0), (1.0, f64::NAN, 1.0), (1.0, FREE, FREE)],
        &[
            (&[1.0, f64::NAN, 0.0, 0.0], RowSense::AtMost, 1.0),
            (&[1e-10, 0.0, FREE, 0.0], RowSense::Equal, -FREE),
        ],
    );
    lp.set_offset(f64::NAN);
    let places: Vec<String> = refused(&lp).iter().map(ToString::to_string).collect();
    let expected = [
        "objective constant NaN",
        "cost NaN of column 0",
        "bounds 2e0 to 1e0 of column 1",
        "bounds NaN to 1e0 of column 2",
        "bounds inf to inf of column 3",
        "coefficient NaN of column 1 in row 0",
        "right-hand side -inf of row 1",
        "coefficient 1e-10 of column 0 in row 1",
        "coefficient inf of column 2 in row 1",
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_row_with_a_nan_is_not_dropped() {
    // Without its row the program would be unbounded; microlp and HiGHS drop it.
    let lp = program(&[(-1.0, 0.0, FREE)], &[(&[f64::NAN], RowSense::AtMost, 1.0)]);
    assert!(matches!(refused(&lp).as_slice(), [Defect::Coefficient { .. }]));
}

#[test]
fn what_a_solver_reads_as_infinite_is_refused() {
    let lp = program(&[(0.0, 0.0, 1e21)], &[(&[2e15], RowSense::AtMost, 1e20)]);
    assert_eq!(refused(&lp).len(), 3);
}
