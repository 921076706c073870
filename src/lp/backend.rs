//! The solvers that are compiled in, all through `good_lp`, which is named in this file only.
//!
//! A backend returns a point or a claim; neither is believed (see [`super::solve`]).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use good_lp::{
    Constraint, DualValues, Expression, ProblemVariables, ResolutionError, Solution,
    SolutionStatus, SolutionWithDual, SolverModel, Variable, WithTimeLimit,
    constraint::ConstraintReference, solvers::clarabel::clarabel, solvers::microlp::microlp,
    variable,
};

#[cfg(feature = "highs")]
use super::highs::Method;
use super::{RowSense, program::Program};

/// What a backend said.
pub(super) enum Answer {
    /// A point it takes for optimal, row duals if it has any; at a vertex, what its basis says.
    Point { primal: Vec<f64>, duals: Option<Vec<f64>>, rest: Option<Rest> },
    /// That there is no feasible point; row multipliers that may prove it.
    Infeasible(Option<Vec<f64>>),
    /// That the objective has no bound; a feasible point and a ray that may prove it.
    Unbounded(Option<(Vec<f64>, Vec<f64>)>),
    /// Nothing in time.
    TimeLimit,
    /// Nothing at all, and why.
    Broken(String),
}

/// What a backend's basis says of its vertex.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// Whether a basic variable lies on a bound.
    pub(super) degenerate: bool,
    /// Whether no other point is optimal; none if unknown.
    pub(super) unique: Option<bool>,
}

/// Clarabel's relative tolerances; its default of 1e-8 leaves noise on unused routes.
const TIGHT: f64 = 1e-11;

/// Columns and rows as `good_lp` numbers them.
struct Handed {
    variables: Vec<Variable>,
    rows: Vec<Option<ConstraintReference>>,
}

/// microlp: simplex vertex, integers, no duals. Guarded against panics: its factorisation asserts.
pub(super) fn run_microlp(program: &Program, limit: Option<Duration>) -> Answer {
    guarded(|| {
        let (problem, variables, objective) = declare(program, |_| true);
        let mut model = problem.minimise(objective).using(microlp);
        if let Some(limit) = limit {
            model = model.with_time_limit(limit.as_secs_f64());
        }
        let handed = constrain(program, &mut model, variables);
        match model.solve() {
            Ok(solution) if matches!(solution.status(), SolutionStatus::Optimal) => {
                Answer::Point { primal: values(&handed, &solution), duals: None, rest: None }
            }
            Ok(_) => Answer::TimeLimit,
            Err(error) => refusal(&error),
        }
    })
}

/// Clarabel: interior point with duals; never given integers, on which it panics.
pub(super) fn run_clarabel(program: &Program, limit: Option<Duration>) -> Answer {
    if program.integer.iter().any(|&integer| integer) {
        return Answer::Broken("Clarabel has no integers".to_owned());
    }
    guarded(|| {
        // Two bounds on a fixed column leave no interior; an equality does.
        let fixed = |j: usize| program.lower[j] == program.upper[j];
        let (problem, variables, objective) = declare(program, |j| !fixed(j));
        let mut model = problem.minimise(objective).using(clarabel);
        // One thread: the answer must not depend on how many there are.
        model.settings().max_threads(1);
        // What cannot be carried to a vertex has to be this good; where it is not reached, Clarabel
        // falls back on its reduced tolerances.
        model.settings().tol_feas(TIGHT).tol_gap_abs(TIGHT).tol_gap_rel(TIGHT);
        if let Some(limit) = limit {
            model.settings().time_limit(limit.as_secs_f64());
        }
        let handed = constrain(program, &mut model, variables);
        for (j, &column) in handed.variables.iter().enumerate() {
            if fixed(j) {
                model.add_constraint(Expression::from(column).eq(program.lower[j]));
            }
        }
        match model.solve() {
            Ok(mut solution) => {
                let primal = values(&handed, &solution);
                let duals = duals(&handed, &solution.compute_dual());
                Answer::Point { primal, duals: Some(duals), rest: None }
            }
            Err(error) => refusal(&error),
        }
    })
}

/// `HiGHS`: simplex vertex with duals, integers (then without duals).
#[cfg(feature = "highs")]
pub(super) fn run_highs(method: Method, program: &Program, limit: Option<Duration>) -> Answer {
    use good_lp::solvers::highs::{HighsSolverType, highs};
    let kind = match method {
        Method::Simplex => HighsSolverType::Simplex,
        Method::Interior => HighsSolverType::Ipm,
        Method::Hipo => {
            return Answer::Broken("the HiGHS that is compiled in has no HiPO".to_owned());
        }
    };
    let whole = program.integer.iter().any(|&integer| integer);
    guarded(|| {
        let (problem, variables, objective) = declare(program, |_| true);
        let mut model = problem.minimise(objective).using(highs);
        // Whole numbers are searched by branch and bound, whose method is its own.
        if !whole {
            model = model.set_solver(kind).set_threads(1);
        }
        if let Some(limit) = limit {
            model = model.with_time_limit(limit.as_secs_f64());
        }
        let handed = constrain(program, &mut model, variables);
        match model.solve() {
            // A gap that is not zero is reported as a gap limit, though HiGHS calls it optimal.
            Ok(mut solution) if !matches!(solution.status(), SolutionStatus::TimeLimit) => {
                let primal = values(&handed, &solution);
                let duals = (!whole).then(|| duals(&handed, &solution.compute_dual()));
                Answer::Point { primal, duals, rest: None }
            }
            Ok(_) => Answer::TimeLimit,
            Err(error) => refusal(&error),
        }
    })
}

/// Runs a solver; a panic inside it becomes [`Answer::Broken`].
fn guarded(solve: impl FnOnce() -> Answer) -> Answer {
    catch_unwind(AssertUnwindSafe(solve)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Answer::Broken(format!("panicked: {}", text.unwrap_or("without a message")))
    })
}

/// Variables and objective; bounds only where `bounded`.
fn declare(
    program: &Program,
    bounded: impl Fn(usize) -> bool,
) -> (ProblemVariables, Vec<Variable>, Expression) {
    let mut problem = ProblemVariables::new();
    let mut objective = Expression::with_capacity(program.column_count());
    let variables = (0..program.column_count()).map(|j| {
        let mut definition = variable();
        if bounded(j) {
            definition = definition.min(program.lower[j]).max(program.upper[j]);
        }
        if program.integer[j] {
            definition = definition.integer();
        }
        let column = problem.add(definition);
        objective.add_mul(program.cost[j], column);
        column
    });
    let variables = variables.collect();
    (problem, variables, objective)
}

/// Adds the rows that have terms; the others hold no variable and are judged elsewhere.
fn constrain<M: SolverModel>(program: &Program, model: &mut M, variables: Vec<Variable>) -> Handed {
    let rows = (0..program.row_count()).map(|i| {
        if program.rows.count(i) == 0 {
            return None;
        }
        let mut expression = Expression::with_capacity(program.rows.count(i));
        for (j, value) in program.rows.outer(i) {
            expression.add_mul(value, variables[j]);
        }
        let constraint: Constraint = match program.sense[i] {
            RowSense::AtMost => expression.leq(program.rhs[i]),
            RowSense::Equal => expression.eq(program.rhs[i]),
            RowSense::AtLeast => expression.geq(program.rhs[i]),
        };
        Some(model.add_constraint(constraint))
    });
    let rows = rows.collect();
    Handed { variables, rows }
}

fn values(handed: &Handed, solution: &impl Solution) -> Vec<f64> {
    handed.variables.iter().map(|&column| solution.value(column)).collect()
}

/// ∂(minimum)/∂rhs per row; 0 for rows that were not handed over.
fn duals(handed: &Handed, duals: &impl DualValues) -> Vec<f64> {
    let rows = handed.rows.iter().cloned();
    rows.map(|row| row.map_or(0.0, |row| duals.dual(row))).collect()
}

fn refusal(error: &ResolutionError) -> Answer {
    match error {
        ResolutionError::Infeasible => Answer::Infeasible(None),
        ResolutionError::Unbounded => Answer::Unbounded(None),
        other => {
            let text = other.to_string();
            // Neither wrapper has a variant for it.
            if text.contains("Time limit") { Answer::TimeLimit } else { Answer::Broken(text) }
        }
    }
}
