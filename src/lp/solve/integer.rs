//! Programs with integer columns: branch and bound in the backend, then the continuous program
//! with every integer fixed, whose duals and certificate are reported.

use std::time::{Duration, Instant};

use super::{Answer, Backend, Failure, Program, Solution, ask, continuous};

/// Distance from a whole number up to which a value counts as one.
const WHOLE: f64 = 1e-5;

/// Solves a program with integer columns.
pub(super) fn solve(
    program: &Program,
    backend: Backend,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    let mut program = program.clone();
    for j in 0..program.column_count() {
        if program.integer[j] {
            program.lower[j] = program.lower[j].ceil();
            program.upper[j] = program.upper[j].floor();
            if program.lower[j] > program.upper[j] {
                return Err(no_whole_point(&program));
            }
        }
    }
    let mut relaxed = program.clone();
    relaxed.integer.fill(false);
    let chosen = match backend {
        Backend::Highs => Backend::Highs,
        Backend::Auto | Backend::Microlp => Backend::Microlp,
        Backend::Simplex | Backend::Clarabel => {
            return Err(Failure::Backend(format!("{backend:?} has no integers")));
        }
    };
    let remaining: Option<Duration> =
        deadline.map(|at| at.saturating_duration_since(Instant::now()));
    match ask(chosen, &program, remaining) {
        Answer::Point { primal, .. } => {
            for (j, &value) in primal.iter().enumerate() {
                if program.integer[j] {
                    let whole = value.round();
                    if (value - whole).abs() > WHOLE * (1.0 + whole.abs()) {
                        return Err(Failure::Backend(format!("column {j} is {value}, not whole")));
                    }
                    relaxed.lower[j] = whole;
                    relaxed.upper[j] = whole;
                }
            }
            let mut solution = match continuous(&relaxed, Backend::Auto, deadline) {
                Err(Failure::Infeasible { .. }) => {
                    return Err(Failure::Backend(format!(
                        "{chosen:?} rounds to no feasible point"
                    )));
                }
                solved => solved?,
            };
            solution.backend = chosen;
            solution.unique = None;
            Ok(solution)
        }
        // The relaxation may prove more than the branches do.
        Answer::Infeasible | Answer::Unbounded => {
            match continuous(&relaxed, Backend::Auto, deadline) {
                Ok(_) => Err(no_whole_point(&program)),
                Err(failure) => Err(failure),
            }
        }
        Answer::TimeLimit => Err(Failure::TimeLimit),
        Answer::Broken(text) => Err(Failure::Backend(text)),
    }
}

fn no_whole_point(program: &Program) -> Failure {
    Failure::Infeasible { farkas: vec![0.0; program.row_count()], certified: false }
}
