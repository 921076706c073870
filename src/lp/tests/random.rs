//! Small random programs against the enumeration of all bases.

use proptest::prelude::*;

use super::*;

/// A program with finite bounds has its optimum at a vertex: every choice of n tight constraints
/// among rows and bounds is solved and the best feasible point kept.
fn enumerated(lp: &Numbered) -> Option<f64> {
    let n = lp.column_count();
    let mut planes: Vec<(Vec<f64>, f64)> = Vec::new();
    for (row, data) in lp.rows() {
        let mut normal = vec![0.0; n];
        lp.row_terms(row).for_each(|(column, value)| normal[column.index()] = value);
        planes.push((normal, data.rhs));
    }
    for (column, data) in lp.columns() {
        for bound in [data.lower, data.upper] {
            let mut normal = vec![0.0; n];
            normal[column.index()] = 1.0;
            planes.push((normal, bound));
        }
    }
    let mut best: Option<f64> = None;
    let mut chosen: Vec<usize> = (0..n).collect();
    loop {
        let matrix = nalgebra::DMatrix::from_fn(n, n, |i, j| planes[chosen[i]].0[j]);
        let rhs = nalgebra::DVector::from_fn(n, |i, _| planes[chosen[i]].1);
        if matrix.determinant().abs() > 1e-9
            && let Some(point) = matrix.lu().solve(&rhs)
            && feasible(lp, point.as_slice())
        {
            let value = lp.objective_at(point.as_slice());
            best = Some(best.map_or(value, |best| best.min(value)));
        }
        // Next combination in lexicographic order.
        let Some(at) = (0..n).rev().find(|&at| chosen[at] < planes.len() - n + at) else {
            return best;
        };
        chosen[at] += 1;
        for next in at + 1..n {
            chosen[next] = chosen[next - 1] + 1;
        }
    }
}

/// microlp cycles and Clarabel stalls now and then: they may give up, but never answer wrongly.
fn excused(backend: Backend, failure: &Failure) -> bool {
    let foreign = !matches!(backend, Backend::Auto | Backend::Simplex);
    foreign && matches!(failure, Failure::Backend(_) | Failure::TimeLimit)
}

fn feasible(lp: &Numbered, point: &[f64]) -> bool {
    let within = lp.columns().all(|(column, data)| {
        let x = point[column.index()];
        x >= data.lower - 1e-7 && x <= data.upper + 1e-7
    });
    let activities = lp.activities(point);
    within
        && lp.rows().all(|(row, data)| {
            let slack = data.rhs - activities[row.index()];
            match data.sense {
                RowSense::AtMost => slack >= -1e-7,
                RowSense::Equal => slack.abs() <= 1e-7,
                RowSense::AtLeast => slack <= 1e-7,
            }
        })
}

/// Small whole coefficients make degenerate vertices, ties and redundant rows common.
pub(super) fn programs() -> impl Strategy<Value = Numbered> {
    let sense = prop_oneof![
        4 => Just(RowSense::AtMost),
        2 => Just(RowSense::AtLeast),
        1 => Just(RowSense::Equal),
    ];
    let column = (-4_i32..=4, -3_i32..=2, 0_i32..=5);
    (2_usize..=4, 1_usize..=5).prop_flat_map(move |(n, m)| {
        let row = (prop::collection::vec(-3_i32..=3, n), sense.clone(), -4_i32..=8);
        (prop::collection::vec(column.clone(), n), prop::collection::vec(row, m)).prop_map(build)
    })
}

type RowData = (Vec<i32>, RowSense, i32);

fn build((columns, rows): (Vec<(i32, i32, i32)>, Vec<RowData>)) -> Numbered {
    let mut lp = Numbered::new();
    for (j, (cost, lower, width)) in columns.into_iter().enumerate() {
        lp.add_column(j, cost.into(), lower.into(), (lower + width).into());
    }
    for (i, (terms, sense, rhs)) in rows.into_iter().enumerate() {
        let terms = terms.into_iter().enumerate();
        lp.add_row(i, sense, rhs.into(), terms.map(|(j, a)| (ColumnId::new(j), a.into())));
    }
    lp
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_backend_agrees_with_enumeration(lp in programs()) {
        let expected = enumerated(&lp);
        for backend in backends() {
            match (solve(&lp, &with(backend)), expected) {
                (Ok(solution), Some(value)) => {
                    let error = (solution.objective - value).abs();
                    prop_assert!(error < 1e-7, "{:?}: {} {}", backend, solution.objective, value);
                    prop_assert!(solution.vertex);
                }
                (Err(Failure::Infeasible { certified: true, .. }), None) => {}
                (Err(failure), _) if excused(backend, &failure) => {}
                (result, expected) => {
                    prop_assert!(false, "{:?}: {:?} for {:?}", backend, result, expected);
                }
            }
        }
    }

    #[test]
    fn without_upper_bounds_the_backends_agree(lp in programs()) {
        let mut lp = lp;
        for j in 0..lp.column_count() {
            let column = ColumnId::new(j);
            let lower = if j.is_multiple_of(2) { lp.column(column).lower } else { -FREE };
            lp.set_bounds(column, lower, FREE);
        }
        let name = |failure: &Failure| match failure {
            Failure::Infeasible { certified: true, .. } => "infeasible",
            Failure::Unbounded { .. } => "unbounded",
            _ => "neither",
        };
        let first = solve(&lp, &with(Backend::Simplex));
        for backend in backends() {
            match (&first, solve(&lp, &with(backend))) {
                (Ok(left), Ok(right)) => {
                    prop_assert!((left.objective - right.objective).abs() < 1e-7);
                }
                (_, Err(failure)) if excused(backend, &failure) => {}
                (Err(left), Err(right)) => {
                    prop_assert_eq!(name(left), name(&right), "{:?}", backend);
                    prop_assert!(name(left) != "neither", "{:?}", left);
                }
                (left, right) => prop_assert!(false, "{:?}: {:?} {:?}", backend, left, right),
            }
        }
    }
}
