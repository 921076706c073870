//! From a program to an optimum with its certificate, or to a proof that there is none.
//!
//! A backend supplies a point; the [engine](super::engine) carries it to a vertex and its duals;
//! the certificate of the original, unscaled program decides. What fails goes to the next backend.

use std::time::{Duration, Instant};

use super::{
    BASIS_ROWS, Basis, Certificate, ColumnId, Defect, LinearProgram, RowId,
    backend::{self, Answer},
    certificate::{certify_program, reduced_costs},
    defect::defects,
    engine::Resting,
    highs::{self, Method},
    presolve::Presolved,
    program::Program,
    proof,
};
use crate::index::Id;

mod integer;
mod task;

pub use integer::{GAP_ROUNDING, Gap, best_points};
use task::Task;

/// Most columns a program may have for the own simplex to be tried before Clarabel.
pub const SMALL_COLUMNS: usize = 500;
/// Fewest columns of a program for which HiGHS is looked for and tried first.
pub const HIGHS_COLUMNS: usize = 3000;
/// Fewest columns of a program for which HiPO is tried before IPX, where HiGHS has it.
pub const HIPO_COLUMNS: usize = 200_000;
/// Rows above which those that are needless are looked for.
const PRESOLVED_ROWS: usize = 500;
/// Time a backend gets in [`Backend::Auto`] while there is another to try; microlp may cycle.
const GUARD: Duration = Duration::from_secs(20);

/// Who supplies the point that is certified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Chosen by size, with the others to fall back on; see ARCHITECTURE.md.
    #[default]
    Auto,
    /// The crossover simplex of this module, started from nothing; up to [`BASIS_ROWS`] rows.
    /// Integers by a search of our own, as in [`Backend::Auto`].
    Simplex,
    /// microlp through `good_lp`: vertices; with integers, the first point of our own search.
    Microlp,
    /// Clarabel through `good_lp`: interior points, large programs; no integers.
    Clarabel,
    /// The simplex method of HiGHS, from a [shared library](super::highs) where there is one, else
    /// through `good_lp` with the cargo feature `highs`. With integers, the first point of our own
    /// search, which proves it or finds a better one: without a limit in [`Options::node_limit`],
    /// within 100,000 nodes, as for microlp.
    Highs,
    /// HiGHS' interior point method IPX, carried to a vertex by HiGHS; with integers as
    /// [`Backend::Highs`].
    HighsIpm,
    /// HiGHS' interior point method HiPO, carried to a vertex by HiGHS, from a shared library that
    /// has it; with integers as [`Backend::Highs`].
    HighsHipo,
}

impl Backend {
    /// All of them; [`Backend::Auto`] is first.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Simplex,
        Self::Microlp,
        Self::Clarabel,
        Self::Highs,
        Self::HighsIpm,
        Self::HighsHipo,
    ];

    /// Its name: one word, small letters, as it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Simplex => "simplex",
            Self::Microlp => "microlp",
            Self::Clarabel => "clarabel",
            Self::Highs => "highs",
            Self::HighsIpm => "highs-ipm",
            Self::HighsHipo => "highs-hipo",
        }
    }

    /// Its name, and the version of the library that was loaded for it: `highs 1.15.1`. What is
    /// compiled in has the version of the program.
    #[must_use]
    pub fn told(self) -> String {
        let version = self.highs().and_then(|_| highs::version());
        version.map_or_else(|| self.name().to_owned(), |it| format!("{} {it}", self.name()))
    }

    /// How HiGHS solves, where it is HiGHS that does.
    const fn highs(self) -> Option<Method> {
        match self {
            Self::Highs => Some(Method::Simplex),
            Self::HighsIpm => Some(Method::Interior),
            Self::HighsHipo => Some(Method::Hipo),
            _ => None,
        }
    }
}

/// How to solve.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Who solves.
    pub backend: Backend,
    /// Wall-clock limit for the whole call; none is unlimited.
    pub time_limit: Option<Duration>,
    /// With integers, [`Gap::relative`] at which the search may stop, ≥ 0; 0 is to the end, up to
    /// rounding ([`GAP_ROUNDING`]).
    pub gap: f64,
    /// With integers, most nodes of the search, [`Gap::nodes`]; none is unlimited. Unlike a time
    /// limit it gives the same answer everywhere.
    pub node_limit: Option<usize>,
}

impl Options {
    /// When the time limit is over, if it begins now; none if it is unlimited.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.time_limit.and_then(|limit| Instant::now().checked_add(limit))
    }
}

/// A certified optimum; with integers, where a limit ended the search, the best point found.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The minimum, offset included.
    pub objective: f64,
    /// Value of each column, within its bounds.
    pub primal: Vec<f64>,
    /// ∂(minimum)/∂rhs of each row; one-sided where [`degenerate`](Self::degenerate).
    pub duals: Vec<f64>,
    /// cⱼ − Σ aᵢⱼ yᵢ of each column; ≥ 0 at a lower bound, ≤ 0 at an upper one.
    pub reduced_costs: Vec<f64>,
    /// Who supplied the point; never [`Backend::Auto`]. With integers, [`Backend::Simplex`] if our
    /// own search found it.
    pub backend: Backend,
    /// Whether the point is a vertex of the feasible region.
    pub vertex: bool,
    /// The basis of the vertex; none above [`BASIS_ROWS`] rows. With integers, that of the program
    /// in which every integer column is fixed at its value, as are duals and reduced costs.
    pub basis: Option<Basis>,
    /// The recomputed optimality conditions; they pass. With integers, those of the program in
    /// which every integer column is fixed at its value.
    pub certificate: Certificate,
    /// Whether a basic variable lies on a bound, so that duals hold to one side only.
    pub degenerate: bool,
    /// Whether no other point is optimal; none if unknown.
    pub unique: Option<bool>,
    /// Basis changes made after the backend had finished.
    pub pivots: usize,
    /// What is proven of the optimum over the integers; none for a program without integers.
    pub gap: Option<Gap>,
}

impl Solution {
    /// Value of a column.
    #[must_use]
    pub fn value(&self, column: ColumnId) -> f64 {
        self.primal[column.index()]
    }

    /// Dual of a row, ∂(minimum)/∂rhs.
    #[must_use]
    pub fn dual(&self, row: RowId) -> f64 {
        self.duals[row.index()]
    }

    /// Reduced cost of a column.
    #[must_use]
    pub fn reduced_cost(&self, column: ColumnId) -> f64 {
        self.reduced_costs[column.index()]
    }
}

/// Why there is no certified optimum.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The program holds numbers that no solver may be given.
    Refused(Vec<Defect>),
    /// No point satisfies all rows and bounds.
    Infeasible {
        /// Multipliers of the rows whose sum contradicts the bounds; one per row.
        farkas: Vec<f64>,
        /// Whether the multipliers have been checked to prove it; false only where integers alone
        /// make the program infeasible: then the multipliers are 0, and the proof is a search that
        /// has no branch left, each cut off by checked multipliers of its own.
        certified: bool,
    },
    /// The objective falls for ever.
    Unbounded {
        /// A feasible point, one value per column; whole where it has to be, if a short search
        /// finds such a point.
        point: Vec<f64>,
        /// The direction to follow from it, one step per column; checked.
        ray: Vec<f64>,
    },
    /// A point was found, but it does not prove optimal.
    Uncertified {
        /// Its violations.
        certificate: Certificate,
        /// Who supplied it.
        backend: Backend,
    },
    /// Out of time; with integers, out of time or nodes before any whole point was found.
    TimeLimit,
    /// No backend gave an answer, or none that could be proven; the last one's words.
    Backend(String),
}

/// Minimises a linear program.
///
/// With integer columns a limit on time or nodes is no failure once a whole point is known: the
/// best one is returned, and its [`Gap`] says how much better another could be.
///
/// # Errors
///
/// See [`Failure`]: refused, infeasible and unbounded are proven, the others are failures of ours.
pub fn solve<C, R>(lp: &LinearProgram<C, R>, options: &Options) -> Result<Solution, Failure> {
    let program = &lp.program;
    let found = defects(program);
    if !found.is_empty() {
        return Err(Failure::Refused(found));
    }
    let deadline = options.deadline();
    if program.integer.iter().any(|&integer| integer) {
        integer::solve(program, options, deadline)
    } else {
        continuous(program, options.backend, deadline)
    }
}

/// Minimises a linear program from a feasible point that is thought to be optimal: of several optima, the vertex at or
/// next to it. Above [`BASIS_ROWS`] rows the point counts for nothing.
///
/// # Errors
///
/// See [`Failure`].
pub fn from_point<C, R>(
    lp: &LinearProgram<C, R>,
    point: &[f64],
    options: &Options,
) -> Result<Solution, Failure> {
    let program = &lp.program;
    let deadline = options.deadline();
    if program.row_count() > BASIS_ROWS || !defects(program).is_empty() {
        return solve(lp, options);
    }
    Task::new(program, true, deadline).vertex_from(point).or_else(|_| solve(lp, options))
}

/// Which columns and rows a basis is made of: what is worth keeping of one to start another solve from.
#[derive(Clone, Debug)]
pub struct Start(Resting);

impl Basis {
    /// Where the solve of a program like this one may start.
    #[must_use]
    pub fn start(&self) -> Start {
        Start(self.resting())
    }
}

/// Minimises a linear program from the basis of another one with as many columns and rows: the nearer the two, the fewer
/// pivots. With integers, or if sizes differ, the basis counts for nothing.
///
/// # Errors
///
/// See [`Failure`].
pub fn from_basis<C, R>(
    lp: &LinearProgram<C, R>,
    start: &Start,
    options: &Options,
) -> Result<Solution, Failure> {
    let (program, Start(resting)) = (&lp.program, start);
    let fits = resting.basic.len() == program.row_count()
        && resting.at_upper.len() == program.row_count() + program.column_count();
    if lp.has_integers() || !fits || !defects(program).is_empty() {
        return solve(lp, options);
    }
    let deadline = options.deadline();
    match Task::new(program, true, deadline).vertex_on(resting) {
        Err(Failure::Backend(_) | Failure::Uncertified { .. }) => {
            continuous(program, options.backend, deadline)
        }
        proven => proven,
    }
}

/// Solves a program without integers; a large one without the rows that it does not need.
fn continuous(
    program: &Program,
    backend: Backend,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    let large = program.row_count() > PRESOLVED_ROWS;
    let less = large.then(|| Presolved::new(program)).flatten();
    let keeps_basis = program.row_count() <= BASIS_ROWS;
    let found =
        less.and_then(|less| without_needless(program, &less, backend, deadline, keeps_basis));
    found.unwrap_or_else(|| whole(program, backend, deadline))
}

/// Solves what is left of a program, and proves what was found on the whole; none if that cannot be.
fn without_needless(
    program: &Program,
    less: &Presolved,
    backend: Backend,
    deadline: Option<Instant>,
    keeps_basis: bool,
) -> Option<Result<Solution, Failure>> {
    match whole(&less.program, backend, deadline) {
        Ok(found) => match &found.basis {
            Some(basis) if keeps_basis => {
                let resting = less.resting(program, &basis.resting());
                let told = Task::new(program, true, deadline).vertex_on(&resting).ok()?;
                let pivots = told.pivots + found.pivots;
                Some(Ok(Solution { backend: found.backend, pivots, ..told }))
            }
            _ => {
                let duals = less.multipliers(program, &program.cost, &found.duals);
                let certificate = certify_program(program, &found.primal, &duals);
                let reduced_costs = reduced_costs(program, &duals).0;
                let degenerate =
                    found.degenerate || less.leaves_ties(program, &found.primal, &duals);
                let told = Solution {
                    duals,
                    certificate,
                    reduced_costs,
                    degenerate,
                    basis: None,
                    ..found
                };
                certificate.passes().then_some(Ok(told))
            }
        },
        Err(Failure::Infeasible { farkas, .. }) => {
            let free = vec![0.0; program.column_count()];
            let multipliers = less.multipliers(program, &free, &farkas);
            let (farkas, certified) = proof::farkas(program, multipliers);
            certified.then_some(Err(Failure::Infeasible { farkas, certified }))
        }
        Err(Failure::Unbounded { point, ray }) => {
            proof::ray(program, &point, &ray).then_some(Err(Failure::Unbounded { point, ray }))
        }
        Err(Failure::TimeLimit) => Some(Err(Failure::TimeLimit)),
        Err(_) => None,
    }
}

/// A large program's way, with or without a basis, for tests on small ones; none if it has no needless rows, or they hide what
/// it is.
#[cfg(test)]
pub(super) fn solve_without_needless(
    program: &Program,
    keeps_basis: bool,
) -> Option<Result<Solution, Failure>> {
    let less = Presolved::new(program)?;
    without_needless(program, &less, Backend::Simplex, None, keeps_basis)
}

/// Solves a program without integers as it is.
fn whole(
    program: &Program,
    backend: Backend,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    let task = Task::new(program, program.row_count() <= BASIS_ROWS, deadline);
    let mut last = Failure::Backend("no backend was tried".to_owned());
    let plan = plan(program, backend);
    for (at, &backend) in plan.iter().enumerate() {
        if deadline.is_some_and(|at| Instant::now() >= at) {
            return Err(Failure::TimeLimit);
        }
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let guard = match backend.highs() {
            // It may go in circles, also where nothing comes after it.
            None if backend == Backend::Microlp && plan.len() > 1 => Some(GUARD),
            _ if at + 1 == plan.len() => None,
            // It does not cycle, and large programs take longer.
            Some(_) => left.map(|left| left.mul_f64(0.5)),
            None => Some(GUARD),
        };
        match task.attempt(backend, guard) {
            Ok(solution) => return Ok(solution),
            Err(Failure::Infeasible { farkas, certified: true }) => {
                return Err(Failure::Infeasible { farkas, certified: true });
            }
            Err(unbounded @ Failure::Unbounded { .. }) => return Err(unbounded),
            Err(Failure::TimeLimit) if deadline.is_none_or(|at| Instant::now() < at) => {
                let name = backend.name();
                last = Failure::Backend(format!("{name} found nothing in the time it is given"));
            }
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// Backends in the order in which they are tried.
fn plan(program: &Program, backend: Backend) -> Vec<Backend> {
    let (n, m) = (program.column_count(), program.row_count());
    let trivial = n == 0 || program.rows.value.is_empty();
    match backend {
        _ if trivial && m <= BASIS_ROWS => vec![Backend::Simplex],
        Backend::Auto if n <= SMALL_COLUMNS && m <= BASIS_ROWS => {
            vec![Backend::Simplex, Backend::Clarabel, Backend::Microlp]
        }
        Backend::Auto
            if n >= HIGHS_COLUMNS && (cfg!(feature = "highs") || highs::load().is_ok()) =>
        {
            let small = [Backend::Simplex, Backend::Microlp];
            let last = if m <= BASIS_ROWS { &small[..] } else { &[] };
            let hipo = n >= HIPO_COLUMNS && highs::loaded().is_ok_and(|library| library.hipo);
            let first = if hipo { Backend::HighsHipo } else { Backend::HighsIpm };
            [&[first, Backend::Clarabel], last].concat()
        }
        Backend::Auto if m <= BASIS_ROWS => {
            vec![Backend::Clarabel, Backend::Simplex, Backend::Microlp]
        }
        Backend::Auto => vec![Backend::Clarabel],
        chosen => vec![chosen],
    }
}

/// What a program of more than [`BASIS_ROWS`] rows goes through, for tests on small ones.
#[cfg(test)]
pub(super) fn attempt_without_basis(
    program: &Program,
    backend: Backend,
) -> Result<Solution, Failure> {
    Task::new(program, false, None).attempt(backend, None)
}

/// Asks one backend for a point of a program.
fn ask(backend: Backend, program: &Program, limit: Option<Duration>) -> Answer {
    match backend {
        Backend::Microlp => backend::run_microlp(program, limit),
        Backend::Auto | Backend::Clarabel => backend::run_clarabel(program, limit),
        Backend::Highs | Backend::HighsIpm | Backend::HighsHipo => {
            let method = backend.highs().expect("a backend of HiGHS has a method");
            ask_highs(method, program, limit)
        }
        Backend::Simplex => Answer::Broken("more rows than the own simplex takes".to_owned()),
    }
}

/// Asks the library that is loaded, or else what is compiled in.
fn ask_highs(method: Method, program: &Program, limit: Option<Duration>) -> Answer {
    match highs::load() {
        Ok(()) => highs::answer::run(method, program, limit),
        #[cfg(feature = "highs")]
        Err(_) => backend::run_highs(method, program, limit),
        #[cfg(not(feature = "highs"))]
        Err(reason) => Answer::Broken(reason),
    }
}
