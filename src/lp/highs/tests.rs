//! The library as it is found through `REEFLOW_HIGHS`; without it only what refuses is tested.

use std::path::{Path, PathBuf};

use super::*;
use crate::{
    index::Id,
    lp::{
        Backend, ColumnId, Failure, LinearProgram, Options, RowId,
        RowSense::{AtLeast, AtMost, Equal},
        program::Program,
        proof, solve,
    },
};

/// Provides the library that the environment names; false, and says so, if it names none.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(in crate::lp) fn there() -> bool {
    let Some(path) = std::env::var_os("REEFLOW_HIGHS").map(PathBuf::from) else {
        println!("skipped: `REEFLOW_HIGHS` names no library");
        return false;
    };
    let beside = path.with_file_name("libhighs_extras.so");
    let candidate = Candidate { plug_ins: vec![beside], ..Candidate::new(path) };
    provide(move || vec![candidate.clone()], "mend REEFLOW_HIGHS");
    load().expect("REEFLOW_HIGHS names a library that can be used");
    true
}

/// Keys are numbers.
type Numbered = LinearProgram<usize, usize>;

/// max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: (2, 6) for 36 (Hillier & Lieberman).
fn wyndor() -> Numbered {
    let mut lp = Numbered::new();
    let (x, y) = (lp.add_column(0, -3.0, 0.0, 4.0), lp.add_column(1, -5.0, 0.0, f64::INFINITY));
    lp.add_row(0, AtMost, 12.0, [(y, 2.0)]);
    lp.add_row(1, AtMost, 18.0, [(x, 3.0), (y, 2.0)]);
    lp
}

/// A transport program, in which every source is a penny dearer than the one before.
fn transport(size: usize) -> Numbered {
    let mut lp = Numbered::new();
    let mut columns = Vec::new();
    for i in 0..size {
        for j in 0..size {
            let cost = ((i * 7 + j * 13) % 17) as f64 + 0.01 * i as f64;
            columns.push(lp.add_column(i, cost, 0.0, f64::INFINITY));
        }
    }
    for i in 0..size {
        let row = columns[i * size..(i + 1) * size].iter().map(|&column| (column, 1.0));
        lp.add_row(i, AtMost, 10.0 + i as f64, row);
        let column = (0..size).map(|k| (columns[k * size + i], 1.0));
        lp.add_row(i, AtLeast, 8.0 + (i % 3) as f64, column);
    }
    lp
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * (1.0 + right.abs())
}

#[test]
fn what_is_no_library_is_refused() {
    let absent = probe(&Candidate::new("/nowhere/libhighs.so")).expect_err("there is no such file");
    assert!(!absent.is_empty() && !absent.contains('\n'), "{absent}");
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert!(probe(&Candidate::new(text)).is_err(), "a text is no library");
}

#[test]
#[cfg(target_os = "linux")]
fn a_library_without_the_functions_is_refused_by_their_name() {
    let reason = probe(&Candidate::new("libm.so.6")).expect_err("libm is not HiGHS");
    assert_eq!(reason, "it has no function `Highs_create`");
}

#[test]
fn an_array_that_does_not_fit_is_not_handed_over() {
    use numbers::{Numbers, Refused, range};
    let whole = Numbers {
        cost: &[1.0, 2.0],
        lower: &[0.0; 2],
        upper: &[1.0; 2],
        row_lower: &[0.0],
        row_upper: &[1.0],
        start: &[0, 2],
        index: &[0, 1],
        value: &[1.0; 2],
        integer: None,
    };
    assert!(whole.fits());
    assert!(!Numbers { upper: &[1.0], ..whole }.fits(), "a bound is missing");
    assert!(!Numbers { start: &[0, 3], ..whole }.fits(), "a row ends after the last term");
    assert!(!Numbers { start: &[0], ..whole }.fits(), "a row has no end");
    assert!(!Numbers { index: &[0, 2], ..whole }.fits(), "a term has no column");
    assert!(!Numbers { index: &[0, -1], ..whole }.fits(), "a term has no column");
    assert!(!Numbers { integer: Some(&[1]), ..whole }.fits(), "a column is neither");
    assert!(matches!(range(1, 2, 3), Ok(Some((1, 2)))) && matches!(range(3, 0, 3), Ok(None)));
    assert!(
        matches!(range(2, 2, 3), Err(Refused)) && matches!(range(usize::MAX, 2, 3), Err(Refused))
    );
}

#[test]
fn versions_with_another_interface_are_refused() {
    assert!(library::supported("1.7.0").is_ok() && library::supported("1.15.1").is_ok());
    for version in ["1.6.0", "0.9", "2.0.0", "", "new"] {
        let reason = library::supported(version).expect_err("it is another");
        assert!(reason.contains(&format!("HiGHS {version}")), "{reason}");
    }
}

#[test]
fn point_duals_basis_and_ranges_are_those_of_the_textbook() {
    if !there() {
        return;
    }
    let mut session = Session::new(&wyndor()).expect("it is handed over");
    assert_eq!(session.run(), Status::Optimal);
    let point = session.point().expect("a point");
    assert!(near(point.primal[0], 2.0) && near(point.primal[1], 6.0));
    assert!(near(point.duals[0], -1.5) && near(point.duals[1], -1.0));
    assert!(near(point.activities[1], 18.0) && near(point.reduced_costs[0], 0.0));
    let basis = session.basis().expect("a basis");
    assert!(basis.contains(ColumnId::new(0)) && !basis.contains_slack(RowId::new(1)));
    let ranging = session.ranging().expect("ranges");
    // The plan holds while the profit of x is between 0 and 7.5, and of y at least 2.
    assert!(near(ranging.cost[0].0, -7.5) && near(ranging.cost[0].1, 0.0), "{ranging:?}");
    assert!(near(ranging.cost[1].1, -2.0), "{ranging:?}");
    // The duals hold from 2y ≤ 6 to 18 and from 12 to 24.
    assert!(near(ranging.rhs[0].0, 6.0) && near(ranging.rhs[0].1, 18.0), "{ranging:?}");
    assert!(near(ranging.rhs[1].0, 12.0) && near(ranging.rhs[1].1, 24.0), "{ranging:?}");
}

#[test]
fn a_changed_program_has_the_optimum_of_one_made_anew() {
    if !there() {
        return;
    }
    let mut lp = transport(12);
    let mut session = Session::new(&lp).expect("it is handed over");
    assert_eq!(session.run(), Status::Optimal);
    for step in 0..20 {
        let column = ColumnId::new(step * 7 % lp.column_count());
        let row = RowId::new(step * 5 % lp.row_count());
        match step % 3 {
            0 => {
                let cost = lp.column(column).cost + 3.0;
                lp.set_cost(column, cost);
                session.set_strategy(Strategy::Primal).expect("a strategy");
                session.set_cost(column, cost).expect("a cost");
            }
            1 => {
                let rhs = lp.row(row).rhs + 0.25;
                lp.set_rhs(row, rhs);
                session.set_strategy(Strategy::Dual).expect("a strategy");
                session.set_rhs(row, rhs).expect("a right-hand side");
            }
            _ => {
                lp.set_bounds(column, 0.0, 2.5);
                session.set_bounds(column, 0.0, 2.5).expect("bounds");
            }
        }
        assert_eq!(session.run(), Status::Optimal);
        let warm = lp.objective_at(&session.point().expect("a point").primal);
        let options = Options { backend: Backend::Simplex, ..Options::default() };
        let anew = solve(&lp, &options).expect("an optimum").objective;
        assert!(near(warm, anew), "step {step}: {warm} is not {anew}");
    }
}

#[test]
fn a_basis_carried_over_leaves_nothing_to_do() {
    if !there() {
        return;
    }
    let lp = transport(12);
    let mut first = Session::new(&lp).expect("it is handed over");
    first.set_presolve(false).expect("an option");
    assert_eq!(first.run(), Status::Optimal);
    assert!(first.iterations().simplex > 0);
    let mut second = Session::new(&lp).expect("it is handed over");
    second.set_basis(&first.basis().expect("a basis")).expect("it fits");
    assert_eq!((second.run(), second.iterations().simplex), (Status::Optimal, 0));
    assert_eq!(first.basis(), second.basis());
    assert!(
        second
            .set_basis(
                &Session::new(&wyndor())
                    .and_then(|mut it| {
                        it.run();
                        it.basis().ok_or_else(|| "a basis".to_owned())
                    })
                    .expect("a basis")
            )
            .is_err(),
        "a basis of another program does not fit"
    );
}

#[test]
fn every_method_has_the_same_optimum() {
    if !there() {
        return;
    }
    let lp = transport(15);
    let options = Options { backend: Backend::Simplex, ..Options::default() };
    let optimum = solve(&lp, &options).expect("an optimum").objective;
    let hipo = loaded().expect("it is loaded").hipo;
    let mut methods = vec![Method::Simplex, Method::Interior];
    methods.extend(hipo.then_some(Method::Hipo));
    for method in methods {
        let mut session = Session::new(&lp).expect("it is handed over");
        session.set_method(method).expect("it has the method");
        session.set_presolve(false).expect("an option");
        assert_eq!(session.run(), Status::Optimal, "{method:?}");
        let point = session.point().expect("a point");
        assert!(near(lp.objective_at(&point.primal), optimum), "{method:?}");
        assert!(session.basis().is_some(), "{method:?} ends at a vertex");
        assert_eq!(session.iterations().interior > 0, method != Method::Simplex);
    }
    if !hipo {
        let mut session = Session::new(&lp).expect("it is handed over");
        let reason = session.set_method(Method::Hipo).expect_err("there is none");
        assert_eq!(reason, "this HiGHS library has no HiPO");
    }
}

#[test]
fn rays_prove_that_there_is_no_optimum() {
    if !there() {
        return;
    }
    let mut lp = Numbered::new();
    let (x, y) =
        (lp.add_column(0, -1.0, 0.0, f64::INFINITY), lp.add_column(1, 0.5, 0.0, f64::INFINITY));
    lp.add_row(0, Equal, 1.0, [(x, 1.0), (y, 1.0)]);
    lp.add_row(1, AtLeast, 8.0, [(x, 2.0), (y, 3.0)]);
    let mut session = Session::new(&lp).expect("it is handed over");
    session.set_presolve(false).expect("an option");
    assert_eq!(session.run(), Status::Infeasible);
    let ray = session.dual_ray().expect("a dual ray");
    assert!(proof::farkas(&lp.program, ray).1, "the multipliers prove it");

    let mut lp = Numbered::new();
    let (x, y) =
        (lp.add_column(0, -1.0, 0.0, f64::INFINITY), lp.add_column(1, 0.5, 0.0, f64::INFINITY));
    lp.add_row(0, AtMost, 3.0, [(x, 1.0), (y, -1.0)]);
    lp.add_row(1, AtLeast, 1.0, [(x, 1.0), (y, 2.0)]);
    let mut session = Session::new(&lp).expect("it is handed over");
    session.set_presolve(false).expect("an option");
    assert_eq!(session.run(), Status::Unbounded);
    let ray = session.primal_ray().expect("a primal ray");
    let point = session.point().expect("a point").primal;
    assert!(proof::ray(&lp.program, &point, &ray), "the ray is one");
}

#[test]
fn what_does_not_fit_is_refused() {
    if !there() {
        return;
    }
    let mut lp = wyndor();
    let mut session = Session::new(&lp).expect("it is handed over");
    assert!(session.set_cost(ColumnId::new(2), 1.0).is_err(), "there is no such column");
    assert!(session.set_cost(ColumnId::new(0), f64::NAN).is_err(), "a cost is a number");
    assert!(session.set_bounds(ColumnId::new(2), 0.0, 1.0).is_err(), "there is no such column");
    assert!(session.set_bounds(ColumnId::new(0), f64::NAN, 1.0).is_err(), "a bound is a number");
    assert!(session.set_rhs(RowId::new(2), 1.0).is_err(), "there is no such row");
    assert!(session.set_rhs(RowId::new(0), f64::INFINITY).is_err(), "it is finite");
    assert_eq!(session.ranging(), None, "there is no optimum yet");
    lp.set_rhs(RowId::new(0), f64::NAN);
    assert!(Session::new(&lp).is_err(), "HiGHS would drop the row without a word");
}

/// What programs of more rows than have a basis of our own go through, on small ones.
fn outcome(backend: Backend, program: &Program) -> Result<crate::lp::Solution, Failure> {
    crate::lp::solve::attempt_without_basis(program, backend)
}

#[test]
fn large_programs_are_certified_at_a_vertex() {
    if !there() {
        return;
    }
    for backend in [Backend::Highs, Backend::HighsIpm] {
        let solution = outcome(backend, &wyndor().program).expect("an optimum");
        assert!(near(solution.objective, -36.0) && solution.vertex && solution.basis.is_none());
        assert_eq!((solution.degenerate, solution.unique), (false, Some(true)));
        assert!(solution.certificate.passes());
        let version = loaded().expect("it is loaded").version;
        assert_eq!(solution.backend.told(), format!("{} {version}", backend.name()));
    }
}

#[test]
fn large_programs_without_an_optimum_are_proven_to_have_none() {
    if !there() {
        return;
    }
    for backend in [Backend::Highs, Backend::HighsIpm] {
        let mut infeasible = Program::default();
        infeasible.add_column(1.0, 0.0, f64::INFINITY);
        infeasible.add_column(1.0, 0.0, f64::INFINITY);
        infeasible.add_row(Equal, 1.0, vec![(0, 1.0), (1, 1.0)]);
        infeasible.add_row(AtLeast, 8.0, vec![(0, 2.0), (1, 3.0)]);
        let result = outcome(backend, &infeasible);
        let proven = matches!(result, Err(Failure::Infeasible { certified: true, .. }));
        assert!(proven, "{backend:?}: {result:?}");
        let mut unbounded = Program::default();
        unbounded.add_column(-1.0, 0.0, f64::INFINITY);
        unbounded.add_column(0.5, 0.0, f64::INFINITY);
        unbounded.add_row(AtMost, 3.0, vec![(0, 1.0), (1, -1.0)]);
        unbounded.add_row(AtLeast, 1.0, vec![(0, 1.0), (1, 2.0)]);
        let result = outcome(backend, &unbounded);
        assert!(matches!(result, Err(Failure::Unbounded { .. })), "{backend:?}: {result:?}");
    }
}

#[test]
fn a_large_program_is_given_to_the_library_and_says_so() {
    if !there() {
        return;
    }
    let mut lp = transport(55);
    assert!(lp.column_count() >= crate::lp::HIGHS_COLUMNS);
    let solution = solve(&lp, &Options::default()).expect("an optimum");
    assert_eq!(solution.backend, Backend::HighsIpm);
    let options = Options { backend: Backend::Simplex, ..Options::default() };
    let own = solve(&lp, &options).expect("an optimum");
    assert!(near(solution.objective, own.objective));
    // Whoever is asked is the one who answers.
    let options = Options { backend: Backend::Clarabel, ..Options::default() };
    assert_eq!(solve(&lp, &options).expect("an optimum").backend, Backend::Clarabel);
    lp.set_rhs(RowId::new(0), -1.0);
    assert!(matches!(solve(&lp, &Options::default()), Err(Failure::Infeasible { .. })));
}
