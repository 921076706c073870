//! Programs with integer columns: a search of our own, in which every bound is proven, then the
//! continuous program with every integer fixed, whose duals and certificate are reported.

use std::time::{Duration, Instant};

use super::{Answer, Backend, Failure, GUARD, Options, Program, Solution, ask, continuous};

mod branching;
mod cuts;
mod enumerate;
mod relaxation;
mod root;
mod tree;

pub use enumerate::best_points;
use relaxation::Relaxation;
use root::Root;
use tree::{Limits, Search};

/// Relative gap that counts as none: the objective is a sum of rounded numbers.
pub const GAP_ROUNDING: f64 = 1e-9;

/// Least size of an objective that a gap is compared with.
const LEAST_OBJECTIVE: f64 = 1e-10;
/// Nodes in which to look for a whole point of an unbounded program.
const WHOLE_START: usize = 1000;
/// Nodes to prove the point of another backend, where there is no limit of nodes.
const PROOF: usize = 100_000;

/// What is proven of the optimum over the integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// No feasible point has a lower objective, offset included; proven from row duals of every
    /// open or closed branch, in double-double arithmetic. As in the proofs of infeasible programs,
    /// a reduced cost of less than 1e-9 of what it is the difference of counts as zero where the
    /// column has no bound. −∞ if a limit came before any proof.
    pub bound: f64,
    /// Objective − bound, ≥ 0, in units of the objective.
    pub absolute: f64,
    /// `absolute` ÷ the larger of |objective| and 1e-10, ≥ 0.
    pub relative: f64,
    /// Continuous programs solved in the search, ≥ 0.
    pub nodes: usize,
    /// Whether the search went to its tolerance: `absolute` is at most the larger of
    /// [`Options::gap`] and [`GAP_ROUNDING`] times |objective|, plus 1e-12 of what the objective is
    /// the sum of.
    pub complete: bool,
}

impl Gap {
    fn new(objective: f64, bound: f64, nodes: usize, tolerance: f64) -> Self {
        let bound = bound.min(objective);
        let absolute = objective - bound;
        let relative = absolute / objective.abs().max(LEAST_OBJECTIVE);
        Self { bound, absolute, relative, nodes, complete: absolute <= tolerance }
    }
}

/// Solves a program with integer columns.
pub(super) fn solve(
    program: &Program,
    options: &Options,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    search(program, program, options, deadline)
}

/// The best point of `program`; duals and certificate are those of `original` with its integers
/// fixed there, which has the same columns and the first of the rows.
fn search(
    program: &Program,
    original: &Program,
    options: &Options,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    if options.backend == Backend::Clarabel {
        return Err(Failure::Backend("Clarabel has no integers".to_owned()));
    }
    let mut relaxed = program.clone();
    relaxed.integer.fill(false);
    let whole: Vec<usize> =
        (0..program.column_count()).filter(|&column| program.integer[column]).collect();
    for &column in &whole {
        let (lower, upper) = (&mut relaxed.lower[column], &mut relaxed.upper[column]);
        (*lower, *upper) = (lower.ceil(), upper.floor());
        if lower > upper {
            return Err(no_whole_point(original));
        }
    }
    let root = match continuous(&relaxed, Backend::Auto, deadline) {
        Ok(root) => root,
        Err(Failure::Infeasible { mut farkas, certified }) => {
            farkas.truncate(original.row_count());
            // A proof that needs other rows is none of the program itself.
            let certified = certified && program.row_count() == original.row_count();
            return Err(Failure::Infeasible { farkas, certified });
        }
        Err(Failure::Unbounded { point, ray }) => {
            return Err(unbounded(program, options, deadline, point, ray));
        }
        Err(failure) => return Err(failure),
    };
    let root = root
        .basis
        .as_ref()
        .map(|basis| Root::new(relaxed.clone(), basis).strengthened(&whole, deadline));
    let warm = root.as_ref().map(|root| root.warm(deadline));
    let tightened = root.as_ref().map_or(&relaxed, |root| &root.program);
    let foreign = options.backend == Backend::Microlp || options.backend.highs().is_some();
    let unlimited = if foreign { PROOF } else { usize::MAX };
    let nodes = options.node_limit.unwrap_or(unlimited);
    let limits = Limits { deadline, gap: options.gap, nodes };
    let mut search =
        Search::new(Relaxation::new(tightened, &relaxed, &whole, warm, deadline), limits);
    let proposed =
        if foreign { proposal(program, &whole, options.backend, deadline)? } else { None };
    let proposed = proposed.filter(|values| search.propose(values));
    let exhausted = search.run();
    let Some(best) = search.best.take() else {
        return Err(match exhausted {
            true if search.bound() == f64::INFINITY => no_whole_point(original),
            true => Failure::Backend("a branch could be neither solved nor excluded".to_owned()),
            false => Failure::TimeLimit,
        });
    };
    let mut fixed = original.clone();
    fixed.integer.fill(false);
    for (&column, &value) in whole.iter().zip(&best.values) {
        (fixed.lower[column], fixed.upper[column]) = (value, value);
    }
    // The point is there; to certify it is owed, and takes as long as one node.
    let mut solution = match continuous(&fixed, Backend::Auto, None) {
        Err(Failure::Infeasible { .. }) => {
            return Err(Failure::Backend("a whole point proves infeasible".to_owned()));
        }
        solved => solved?,
    };
    solution.backend = match proposed {
        Some(values) if values == best.values => options.backend,
        _ => Backend::Simplex,
    };
    solution.unique = None;
    let tolerance = search.tolerance(&best);
    solution.gap = Some(Gap::new(solution.objective, search.bound(), search.nodes, tolerance));
    Ok(solution)
}

/// The whole values of another backend's point, if it has one.
fn proposal(
    program: &Program,
    whole: &[usize],
    backend: Backend,
    deadline: Option<Instant>,
) -> Result<Option<Vec<f64>>, Failure> {
    let left: Option<Duration> = deadline.map(|at| at.saturating_duration_since(Instant::now()));
    let half = left.map(|left| left.mul_f64(0.5));
    let limit = match backend {
        // It may cycle.
        Backend::Microlp => Some(half.map_or(GUARD, |half| half.min(GUARD))),
        _ => half,
    };
    match ask(backend, program, limit) {
        Answer::Point { primal, .. } => {
            Ok(Some(whole.iter().map(|&column| primal[column].round()).collect()))
        }
        Answer::Infeasible(_) | Answer::Unbounded(_) | Answer::TimeLimit => Ok(None),
        Answer::Broken(text) => Err(Failure::Backend(text)),
    }
}

/// A program whose relaxation is unbounded is unbounded if it has a whole point at all (Meyer
/// 1974, for rational data): a short search for one.
fn unbounded(
    program: &Program,
    options: &Options,
    deadline: Option<Instant>,
    point: Vec<f64>,
    ray: Vec<f64>,
) -> Failure {
    let mut free = program.clone();
    free.cost.fill(0.0);
    let options = Options {
        backend: Backend::Simplex,
        node_limit: Some(options.node_limit.unwrap_or(WHOLE_START)),
        ..*options
    };
    match search(&free, &free, &options, deadline) {
        Ok(solution) => Failure::Unbounded { point: solution.primal, ray },
        Err(infeasible @ Failure::Infeasible { .. }) => infeasible,
        Err(_) => Failure::Unbounded { point, ray },
    }
}

fn no_whole_point(program: &Program) -> Failure {
    Failure::Infeasible { farkas: vec![0.0; program.row_count()], certified: false }
}
