//! From a program to an optimum with its certificate, or to a proof that there is none.
//!
//! A backend supplies a point; the [engine](super::engine) carries it to a vertex and its duals;
//! the certificate of the original, unscaled program decides. What fails goes to the next backend.

use std::time::{Duration, Instant};

use super::{
    BASIS_ROWS, Basis, Certificate, ColumnId, Defect, LinearProgram, RowId,
    backend::{self, Answer},
    basis::Vertex,
    certificate::{certify_program, infeasibility, reduced_costs},
    defect::defects,
    engine::{End, Engine},
    program::{Program, Sparse},
    proof, relax,
    scale::Scaled,
};
use crate::index::Id;

mod integer;

/// Most columns a program may have to be tried on the own simplex or microlp first.
const SMALL_COLUMNS: usize = 2000;
/// Time microlp gets in [`Backend::Auto`] before the next backend is tried.
const GUARD: Duration = Duration::from_secs(20);

/// Who supplies the point that is certified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Chosen by size, with the others to fall back on; see `DECISION.md`.
    #[default]
    Auto,
    /// The crossover simplex of this module, started from nothing; up to [`BASIS_ROWS`] rows.
    Simplex,
    /// microlp through `good_lp`: vertices and integers.
    Microlp,
    /// Clarabel through `good_lp`: interior points, large programs; no integers.
    Clarabel,
    /// HiGHS through `good_lp`; only with the cargo feature `highs`.
    Highs,
}

/// How to solve.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Who solves.
    pub backend: Backend,
    /// Wall-clock limit for the whole call; none is unlimited.
    pub time_limit: Option<Duration>,
}

/// A certified optimum.
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
    /// Who supplied the point; never [`Backend::Auto`].
    pub backend: Backend,
    /// Whether the point is a vertex of the feasible region.
    pub vertex: bool,
    /// The basis of the vertex; none above [`BASIS_ROWS`] rows.
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
        /// make the program infeasible.
        certified: bool,
    },
    /// The objective falls for ever.
    Unbounded {
        /// A feasible point, one value per column.
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
    /// Out of time.
    TimeLimit,
    /// No backend gave an answer, or none that could be proven; the last one's words.
    Backend(String),
}

/// Minimises a linear program.
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
    let deadline = options.time_limit.and_then(|limit| Instant::now().checked_add(limit));
    if program.integer.iter().any(|&integer| integer) {
        integer::solve(program, options.backend, deadline)
    } else {
        continuous(program, options.backend, deadline)
    }
}

/// Solves a program without integers.
fn continuous(
    program: &Program,
    backend: Backend,
    deadline: Option<Instant>,
) -> Result<Solution, Failure> {
    let scaled = Scaled::new(program);
    let columns = scaled.program.rows.transposed(program.column_count());
    let crossover = program.row_count() <= BASIS_ROWS;
    let task = Task { program, scaled, columns, deadline, crossover };
    let mut last = Failure::Backend("no backend was tried".to_owned());
    let plan = plan(program, backend);
    for (at, &backend) in plan.iter().enumerate() {
        if deadline.is_some_and(|at| Instant::now() >= at) {
            return Err(Failure::TimeLimit);
        }
        let guard = (at + 1 < plan.len()).then_some(GUARD);
        match task.attempt(backend, guard) {
            Ok(solution) => return Ok(solution),
            Err(Failure::Infeasible { farkas, certified: true }) => {
                return Err(Failure::Infeasible { farkas, certified: true });
            }
            Err(unbounded @ Failure::Unbounded { .. }) => return Err(unbounded),
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
        Backend::Auto if m <= BASIS_ROWS => vec![Backend::Clarabel, Backend::Simplex],
        Backend::Auto => vec![Backend::Clarabel],
        chosen => vec![chosen],
    }
}

/// Asks one backend for a point of a program.
fn ask(backend: Backend, program: &Program, limit: Option<Duration>) -> Answer {
    match backend {
        Backend::Microlp => backend::run_microlp(program, limit),
        Backend::Auto | Backend::Clarabel => backend::run_clarabel(program, limit),
        #[cfg(feature = "highs")]
        Backend::Highs => backend::run_highs(program, limit),
        #[cfg(not(feature = "highs"))]
        Backend::Highs => Answer::Broken("built without the cargo feature `highs`".to_owned()),
        Backend::Simplex => Answer::Broken("more rows than the own simplex takes".to_owned()),
    }
}

/// One continuous program on its way.
struct Task<'a> {
    program: &'a Program,
    scaled: Scaled,
    columns: Sparse,
    deadline: Option<Instant>,
    /// Whether the own simplex carries points to a vertex.
    crossover: bool,
}

impl Task<'_> {
    fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Solves by one backend, carried to a vertex where that is possible.
    fn attempt(&self, backend: Backend, guard: Option<Duration>) -> Result<Solution, Failure> {
        let small = self.crossover;
        if backend == Backend::Simplex && small {
            return self.vertex(backend, None);
        }
        let limit = [self.remaining(), guard].into_iter().flatten().min();
        match ask(backend, &self.scaled.program, limit) {
            Answer::Point { primal, duals } if small => {
                let sane = primal.iter().all(|value| value.abs() < 1e12)
                    && infeasibility(&self.scaled.program, &primal) < 1e-2;
                let start = sane.then_some((primal.as_slice(), duals.as_deref()));
                let failure = match self.vertex(backend, start) {
                    Err(Failure::Backend(_) | Failure::Uncertified { .. }) => None,
                    done => Some(done),
                };
                failure.unwrap_or_else(|| self.interior(backend, &primal, duals.as_deref()))
            }
            Answer::Infeasible | Answer::Unbounded if small => self.vertex(backend, None),
            Answer::Point { primal, duals } => {
                let failure = match self.interior(backend, &primal, duals.as_deref()) {
                    Ok(solution) => return Ok(solution),
                    Err(failure) => failure,
                };
                self.ray(backend).map_or(Err(failure), Err)
            }
            Answer::Infeasible | Answer::Unbounded => {
                let proof = self.farkas(backend).or_else(|| self.ray(backend));
                Err(proof.unwrap_or_else(|| unproven(backend)))
            }
            Answer::TimeLimit => Err(Failure::TimeLimit),
            Answer::Broken(text) => Err(Failure::Backend(text)),
        }
    }

    /// Carries a point to an optimal vertex, or proves that there is none.
    fn vertex(
        &self,
        backend: Backend,
        start: Option<(&[f64], Option<&[f64]>)>,
    ) -> Result<Solution, Failure> {
        let mut engine = Engine::new(&self.scaled.program, &self.columns, start, self.deadline);
        match engine.run() {
            End::Optimal => {
                let pivots = engine.pivots;
                let vertex = Vertex::from(engine);
                let primal = self.scaled.primal(vertex.primal(self.program.column_count()));
                let duals = self.scaled.duals(&vertex.dual);
                let mut solution = self.certified(backend, &primal, duals)?;
                let basis = Basis::new(self.scaled.clone(), self.columns.clone(), vertex);
                for column in basis.columns() {
                    solution.reduced_costs[column.index()] = 0.0;
                }
                solution.vertex = true;
                solution.degenerate = basis.degenerate();
                solution.unique = basis.unique();
                solution.pivots = pivots;
                solution.basis = Some(basis);
                Ok(solution)
            }
            End::Infeasible(multipliers) => {
                let multipliers = self.scaled.multipliers(&multipliers);
                let (farkas, certified) = proof::farkas(self.program, multipliers);
                if certified {
                    Err(Failure::Infeasible { farkas, certified })
                } else {
                    Err(unproven(backend))
                }
            }
            End::Unbounded(ray) => {
                let point = &engine.value[..self.program.column_count()];
                let point = self.clamped(&self.scaled.primal(point));
                let ray = proof::cleaned(self.program, self.scaled.direction(&ray));
                if proof::ray(self.program, &point, &ray) {
                    Err(Failure::Unbounded { point, ray })
                } else {
                    Err(unproven(backend))
                }
            }
            End::TimeLimit => Err(Failure::TimeLimit),
            End::Stuck => Err(Failure::Backend("the crossover found no optimal basis".to_owned())),
        }
    }

    /// A point with duals as the backend left it.
    fn interior(
        &self,
        backend: Backend,
        primal: &[f64],
        duals: Option<&[f64]>,
    ) -> Result<Solution, Failure> {
        let Some(duals) = duals else {
            return Err(Failure::Backend("a point without duals and without a basis".to_owned()));
        };
        self.certified(backend, &self.scaled.primal(primal), self.scaled.duals(duals))
    }

    /// Accepts a point and duals of the unscaled program if their certificate passes.
    fn certified(
        &self,
        backend: Backend,
        primal: &[f64],
        duals: Vec<f64>,
    ) -> Result<Solution, Failure> {
        let primal = self.clamped(primal);
        let certificate = certify_program(self.program, &primal, &duals);
        if !certificate.passes() {
            return Err(Failure::Uncertified { certificate, backend });
        }
        Ok(Solution {
            objective: self.program.objective_at(&primal),
            reduced_costs: reduced_costs(self.program, &duals).0,
            primal,
            duals,
            backend,
            vertex: false,
            basis: None,
            certificate,
            degenerate: false,
            unique: None,
            pivots: 0,
        })
    }

    /// A point moved into its bounds.
    fn clamped(&self, primal: &[f64]) -> Vec<f64> {
        let bounds = self.program.lower.iter().zip(&self.program.upper);
        primal.iter().zip(bounds).map(|(x, (lower, upper))| x.max(*lower).min(*upper)).collect()
    }

    /// A checked Farkas vector from the elastic program, if there is one.
    fn farkas(&self, backend: Backend) -> Option<Failure> {
        match ask(backend, &relax::elastic(&self.scaled.program), self.remaining()) {
            Answer::Point { duals: Some(duals), .. } => {
                let multipliers = self.scaled.multipliers(&duals);
                let (farkas, certified) = proof::farkas(self.program, multipliers);
                certified.then_some(Failure::Infeasible { farkas, certified })
            }
            _ => None,
        }
    }

    /// A checked ray from a feasible point, if there is one.
    fn ray(&self, backend: Backend) -> Option<Failure> {
        let program = &self.scaled.program;
        let Answer::Point { primal: ray, .. } =
            ask(backend, &relax::recession(program), self.remaining())
        else {
            return None;
        };
        let Answer::Point { primal, .. } = ask(backend, &relax::elastic(program), self.remaining())
        else {
            return None;
        };
        let point = self.clamped(&self.scaled.primal(&primal[..program.column_count()]));
        let ray = proof::cleaned(self.program, self.scaled.direction(&ray));
        proof::ray(self.program, &point, &ray).then_some(Failure::Unbounded { point, ray })
    }
}

fn unproven(backend: Backend) -> Failure {
    Failure::Backend(format!("{backend:?} says infeasible or unbounded, which could not be proven"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::RowSense::{AtLeast, AtMost, Equal};

    /// What programs of more than [`BASIS_ROWS`] rows go through, on small ones.
    fn outcome(program: &Program) -> Result<Solution, Failure> {
        let scaled = Scaled::new(program);
        let columns = scaled.program.rows.transposed(program.column_count());
        let task = Task { program, scaled, columns, deadline: None, crossover: false };
        task.attempt(Backend::Clarabel, None)
    }

    fn two_columns(costs: [f64; 2], upper: f64) -> Program {
        let mut program = Program::default();
        program.add_column(costs[0], 0.0, upper);
        program.add_column(costs[1], 0.0, f64::INFINITY);
        program
    }

    #[test]
    fn large_programs_are_certified_without_a_basis() {
        let mut program = two_columns([-3.0, -5.0], 4.0);
        program.add_row(AtMost, 12.0, vec![(1, 2.0)]);
        program.add_row(AtMost, 18.0, vec![(0, 3.0), (1, 2.0)]);
        let solution = outcome(&program).expect("an optimum");
        assert!((solution.objective + 36.0).abs() < 1e-6 && solution.basis.is_none());
    }

    #[test]
    fn large_infeasible_programs_are_proven_by_the_elastic_one() {
        let mut program = two_columns([1.0, 1.0], f64::INFINITY);
        program.add_row(Equal, 1.0, vec![(0, 1.0), (1, 1.0)]);
        program.add_row(AtLeast, 8.0, vec![(0, 2.0), (1, 3.0)]);
        let result = outcome(&program);
        let proven = matches!(result, Err(Failure::Infeasible { certified: true, .. }));
        assert!(proven, "{result:?}");
    }

    #[test]
    fn large_unbounded_programs_are_proven_by_the_recession_one() {
        let mut program = two_columns([-1.0, 0.5], f64::INFINITY);
        program.add_row(AtMost, 3.0, vec![(0, 1.0), (1, -1.0)]);
        program.add_row(AtLeast, 1.0, vec![(0, 1.0), (1, 2.0)]);
        let result = outcome(&program);
        assert!(matches!(result, Err(Failure::Unbounded { .. })), "{result:?}");
    }
}
