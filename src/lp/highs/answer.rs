//! A program through a `HiGHS` of its own, as [`super::super::solve`] asks any backend.

use std::time::{Duration, Instant};

use super::{Method, Session, Status, numbers::Statuses};
use crate::lp::{
    backend::{Answer, Rest},
    program::Program,
};

/// A point with duals and what its basis says, or a claim with what may prove it.
pub(crate) fn run(method: Method, program: &Program, limit: Option<Duration>) -> Answer {
    let mut session = match Session::of(program) {
        Ok(session) => session,
        Err(reason) => return Answer::Broken(reason),
    };
    let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    let whole = program.integer.contains(&true);
    let set = match limit {
        Some(limit) => session.set_time_limit(limit),
        None => Ok(()),
    };
    // Whole numbers are searched by branch and bound, whose method is its own.
    let set = set.and_then(|()| if whole { Ok(()) } else { session.set_method(method) });
    if let Err(reason) = set {
        return Answer::Broken(reason);
    }
    let status = match session.run() {
        // Presolve does not say which.
        Status::InfeasibleOrUnbounded if !whole => again(&mut session, deadline),
        status => status,
    };
    match status {
        Status::Optimal => match session.point() {
            Ok(point) if whole => Answer::Point { primal: point.primal, duals: None, rest: None },
            Ok(point) => {
                let basis = session.basis();
                let rest = basis.map(|basis| rest(program, &basis.0, &point));
                Answer::Point { primal: point.primal, duals: Some(point.duals), rest }
            }
            Err(reason) => Answer::Broken(reason),
        },
        Status::Infeasible if whole => Answer::Infeasible(None),
        Status::Infeasible => Answer::Infeasible(infeasible(&mut session, deadline)),
        Status::Unbounded if whole => Answer::Unbounded(None),
        Status::Unbounded => Answer::Unbounded(unbounded(&mut session, deadline)),
        Status::InfeasibleOrUnbounded => Answer::Infeasible(None),
        Status::TimeLimit => Answer::TimeLimit,
        Status::Other(number) => Answer::Broken(format!("HiGHS ended with model status {number}")),
    }
}

/// Solves once more without presolve, by the simplex method.
fn again(session: &mut Session, deadline: Option<Instant>) -> Status {
    let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
    let set = session.set_presolve(false).and_then(|()| session.set_method(Method::Simplex));
    match (set, left.map_or(Ok(()), |left| session.set_time_limit(left))) {
        (Ok(()), Ok(())) => session.run(),
        _ => Status::InfeasibleOrUnbounded,
    }
}

/// Multipliers of the rows; older versions have none after presolve.
fn infeasible(session: &mut Session, deadline: Option<Instant>) -> Option<Vec<f64>> {
    session.dual_ray().or_else(|| {
        if again(session, deadline) == Status::Infeasible { session.dual_ray() } else { None }
    })
}

/// A feasible point and a ray from it.
fn unbounded(session: &mut Session, deadline: Option<Instant>) -> Option<(Vec<f64>, Vec<f64>)> {
    let found = |session: &mut Session| {
        let ray = session.primal_ray()?;
        Some((session.point().ok()?.primal, ray))
    };
    found(session).or_else(|| {
        if again(session, deadline) == Status::Unbounded { found(session) } else { None }
    })
}

/// What a basis says of its vertex.
fn rest(program: &Program, basis: &Statuses, point: &super::session::Point) -> Rest {
    /// Distance from a bound, and size of a reduced cost, that count as none; as in `lp/basis.rs`.
    const NONE: f64 = 1e-9;
    let on = |value: f64, bound: f64| {
        bound.is_finite() && (value - bound).abs() <= NONE * (1.0 + bound.abs())
    };
    let columns = (0..program.column_count()).map(|j| {
        let ends = (program.lower[j], program.upper[j]);
        let size = 1.0 + program.cost[j].abs();
        (basis.columns[j], point.primal[j], ends, point.reduced_costs[j], size)
    });
    let rows = (0..program.row_count()).map(|i| {
        let (lower, upper) = program.logical_bounds(i);
        let ends = (program.rhs[i] - upper, program.rhs[i] - lower);
        (basis.rows[i], point.activities[i], ends, point.duals[i], 1.0)
    });
    let (mut degenerate, mut unique) = (false, true);
    for (status, value, (lower, upper), reduced, size) in columns.chain(rows) {
        if status == Statuses::BASIC {
            degenerate |= on(value, lower) || on(value, upper);
        } else if lower < upper {
            unique &= reduced.abs() > NONE * size;
        }
    }
    let unique = if unique { Some(true) } else { (!degenerate).then_some(false) };
    Rest { degenerate, unique }
}
