//! Tests across the whole module: every backend on programs with known answers.

mod adversarial;
mod cover;
mod derivatives;
mod face;
mod fractional;
mod integers;
mod presolve;
mod random;
mod refused;
mod signs;

use std::time::Duration;

use super::*;

/// A program whose columns and rows are numbered.
type Numbered = LinearProgram<usize, usize>;

const FREE: f64 = f64::INFINITY;

/// Every way to solve that is built in, or in the library that the environment names.
fn backends() -> Vec<Backend> {
    let mut all = vec![Backend::Auto, Backend::Simplex, Backend::Microlp, Backend::Clarabel];
    let library = highs::tests::there();
    if cfg!(feature = "highs") || library {
        all.extend([Backend::Highs, Backend::HighsIpm]);
    }
    if library && highs::loaded().is_ok_and(|it| it.hipo) {
        all.push(Backend::HighsHipo);
    }
    all
}

fn with(backend: Backend) -> Options {
    Options { backend, time_limit: Some(Duration::from_millis(100)), ..Options::default() }
}

/// Columns as (cost, lower, upper), rows as (coefficients, sense, rhs).
fn program(columns: &[(f64, f64, f64)], rows: &[(&[f64], RowSense, f64)]) -> Numbered {
    let mut lp = Numbered::new();
    for (j, &(cost, lower, upper)) in columns.iter().enumerate() {
        lp.add_column(j, cost, lower, upper);
    }
    for (i, (coefficients, sense, rhs)) in rows.iter().enumerate() {
        let terms = coefficients.iter().enumerate().map(|(j, &value)| (ColumnId::new(j), value));
        lp.add_row(i, *sense, *rhs, terms);
    }
    lp
}

#[track_caller]
fn expect_optimum(lp: &Numbered, optimum: f64) {
    for backend in backends() {
        match solve(lp, &with(backend)) {
            Ok(solution) => {
                let error = (solution.objective - optimum).abs() / (1.0 + optimum.abs());
                assert!(error < 1e-9, "{backend:?}: {} is not {optimum}", solution.objective);
                assert!(certify(lp, &solution.primal, &solution.duals).passes(), "{backend:?}");
                assert!(solution.vertex && solution.basis.is_some(), "{backend:?}");
            }
            Err(failure) => panic!("{backend:?}: {failure:?}"),
        }
    }
}

#[track_caller]
fn expect_infeasible(lp: &Numbered) {
    for backend in backends() {
        let result = solve(lp, &with(backend));
        let proven = matches!(result, Err(Failure::Infeasible { certified: true, .. }));
        assert!(proven, "{backend:?}: {result:?}");
    }
}

#[track_caller]
fn expect_unbounded(lp: &Numbered) {
    for backend in backends() {
        match solve(lp, &with(backend)) {
            Err(Failure::Unbounded { point, ray }) => {
                let far: Vec<f64> =
                    point.iter().zip(&ray).map(|(x, step)| x + 1e3 * step).collect();
                assert!(lp.objective_at(&far) < lp.objective_at(&point), "{backend:?}");
            }
            other => panic!("{backend:?}: {other:?}"),
        }
    }
}
