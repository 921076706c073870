//! Programs without their needless rows: what is found of them is that of the whole.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::lp::solve::solve_without_needless;

type Rows = Vec<(Vec<i32>, RowSense, i32)>;

/// Rows of small whole numbers, of which many have one column only or repeat another in proportion.
fn rows(columns: usize) -> impl Strategy<Value = Rows> {
    let sense = || select(vec![RowSense::AtMost, RowSense::AtLeast, RowSense::Equal]);
    let row = (vec(-3..4_i32, columns), sense(), -6..20_i32);
    let single = (0..columns, select(vec![-2, -1, 1, 3]), sense(), -4..12_i32);
    let again = (0..4_usize, select(vec![-2, 1, 2]), sense(), -2..3_i32);
    (vec(row, 1..5), vec(single, 0..6), vec(again, 0..6)).prop_map(
        move |(mut rows, singles, again)| {
            let first = rows.clone();
            for (column, value, sense, rhs) in singles {
                let mut row = vec![0; columns];
                row[column] = value;
                rows.push((row, sense, rhs));
            }
            for (at, factor, sense, moved) in again {
                let (row, _, rhs) = &first[at % first.len()];
                let row = row.iter().map(|value| value * factor).collect();
                rows.push((row, sense, rhs * factor + moved));
            }
            rows
        },
    )
}

fn built(costs: &[i32], rows: &Rows) -> Numbered {
    let mut lp = Numbered::new();
    for (at, &cost) in costs.iter().enumerate() {
        lp.add_column(at, f64::from(cost), 0.0, if at % 2 == 0 { 9.0 } else { FREE });
    }
    for (at, (row, sense, rhs)) in rows.iter().enumerate() {
        let terms = row.iter().enumerate();
        let terms = terms.map(|(j, &value)| (ColumnId::new(j), f64::from(value)));
        lp.add_row(at, *sense, f64::from(*rhs), terms);
    }
    lp
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn needless_rows_change_nothing(costs in vec(-4..5_i32, 4), rows in rows(4)) {
        let lp = built(&costs, &rows);
        let expected = solve(&lp, &Options { backend: Backend::Simplex, ..Options::default() });
        for keeps_basis in [true, false] {
            let Some(found) = solve_without_needless(&lp.program, keeps_basis) else { continue };
            match (&expected, &found) {
                (Ok(expected), Ok(found)) => {
                    let error = (expected.objective - found.objective).abs();
                    prop_assert!(error < 1e-9 * (1.0 + expected.objective.abs()));
                    prop_assert!(certify(&lp, &found.primal, &found.duals).passes());
                    prop_assert_eq!(found.basis.is_some(), keeps_basis);
                }
                (Err(Failure::Infeasible { .. }), Err(Failure::Infeasible { certified, .. })) => {
                    prop_assert!(certified);
                }
                (Err(Failure::Unbounded { .. }), Err(Failure::Unbounded { .. })) => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

#[test]
fn of_limits_on_the_same_the_tightest_binds_and_has_the_dual() {
    let rows: &[(&[f64], RowSense, f64)] = &[
        (&[1.0, 1.0], RowSense::AtMost, 60.0),
        (&[2.0, 2.0], RowSense::AtMost, 100.0),
        (&[-1.0, -1.0], RowSense::AtLeast, -70.0),
        (&[0.0, 2.0], RowSense::AtMost, 40.0),
        (&[0.0, 1.0], RowSense::AtMost, 30.0),
    ];
    let lp = program(&[(-1.0, 0.0, FREE), (-3.0, 0.0, FREE)], rows);
    for keeps_basis in [true, false] {
        let found = solve_without_needless(&lp.program, keeps_basis).expect("three are needless");
        let found = found.expect("an optimum");
        assert_eq!(found.primal, [30.0, 20.0]);
        assert_eq!(found.duals, [0.0, -0.5, 0.0, -1.0, 0.0]);
    }
}
