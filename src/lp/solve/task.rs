//! One continuous program through one backend: point, vertex, certificate; or claim and proof.

use std::time::{Duration, Instant};

use super::{Backend, Failure, Solution, ask};
use crate::index::Id;
use crate::lp::{
    Basis,
    backend::{Answer, Rest},
    basis::Vertex,
    certificate::{certify_program, reduced_costs},
    engine::{Back, End, Engine, Resting},
    program::{Program, Sparse},
    proof, relax,
    scale::Scaled,
};

/// Distance from a bound, scaled, within which an interior point may be settled on it.
const NEAR: f64 = 1e-4;

/// Row violation, scaled and relative, up to which a point is worth starting from.
const SANE: f64 = 1e-3;

/// Time for the last steps of a program with more rows than the own simplex usually takes.
const FINISHING: Duration = Duration::from_mins(1);

/// One continuous program on its way.
pub(super) struct Task<'a> {
    program: &'a Program,
    scaled: Scaled,
    columns: Sparse,
    deadline: Option<Instant>,
    /// Whether the own simplex carries points to a vertex.
    crossover: bool,
}

impl<'a> Task<'a> {
    /// Scales a program without integers.
    pub(super) fn new(program: &'a Program, crossover: bool, deadline: Option<Instant>) -> Self {
        let scaled = Scaled::new(program);
        let columns = scaled.program.rows.transposed(program.column_count());
        Self { program, scaled, columns, deadline, crossover }
    }

    fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Solves by one backend, carried to a vertex where that is possible.
    pub(super) fn attempt(
        &self,
        backend: Backend,
        guard: Option<Duration>,
    ) -> Result<Solution, Failure> {
        let small = self.crossover;
        if backend == Backend::Simplex && small {
            return self.vertex(backend, None);
        }
        let limit = [self.remaining(), guard].into_iter().flatten().min();
        match ask(backend, &self.scaled.program, limit) {
            Answer::Point { primal, duals, .. } if small => {
                let start = self.sane(&primal).then_some((primal.as_slice(), duals.as_deref()));
                let failure = match self.vertex(backend, start) {
                    Err(Failure::Backend(_) | Failure::Uncertified { .. }) => None,
                    done => Some(done),
                };
                failure.unwrap_or_else(|| self.interior(backend, &primal, duals.as_deref(), None))
            }
            Answer::Infeasible(_) | Answer::Unbounded(_) if small => self.vertex(backend, None),
            Answer::Point { primal, duals, rest } => {
                let failure = match self.interior(backend, &primal, duals.as_deref(), rest) {
                    Ok(solution) => return Ok(solution),
                    Err(failure) => failure,
                };
                if let Some(solution) = self.finished(backend, &primal, duals.as_deref()) {
                    return Ok(solution);
                }
                self.ray(backend).map_or(Err(failure), Err)
            }
            Answer::Infeasible(multipliers) => {
                let proof = multipliers.and_then(|it| self.infeasible(&it));
                let proof = proof.or_else(|| self.farkas(backend)).or_else(|| self.ray(backend));
                Err(proof.unwrap_or_else(|| unproven(backend)))
            }
            Answer::Unbounded(ray) => {
                let proof = ray.and_then(|(point, ray)| self.unbounded(&point, &ray));
                let proof = proof.or_else(|| self.farkas(backend)).or_else(|| self.ray(backend));
                Err(proof.unwrap_or_else(|| unproven(backend)))
            }
            Answer::TimeLimit => Err(Failure::TimeLimit),
            Answer::Broken(text) => Err(Failure::Backend(text)),
        }
    }

    /// Carries a point to an optimal vertex by the own simplex.
    pub(super) fn vertex_from(&self, point: &[f64]) -> Result<Solution, Failure> {
        let scaled = self.scaled.point(point);
        self.vertex(Backend::Simplex, Some((&scaled, None)))
    }

    /// Whether a scaled point is near enough to feasible to start from; a ray is not.
    fn sane(&self, primal: &[f64]) -> bool {
        let program = &self.scaled.program;
        let kept = |i: usize| {
            let (activity, size) = program.rows.outer(i).fold((0.0, 1.0), |(sum, size), (j, a)| {
                (sum + a * primal[j], size + (a * primal[j]).abs())
            });
            let slack = program.rhs[i] - activity;
            let (lower, upper) = program.logical_bounds(i);
            slack > lower - SANE * size && slack < upper + SANE * size
        };
        primal.iter().all(|value| value.abs() < 1e12) && (0..program.row_count()).all(kept)
    }

    /// The optimum at the vertex next to a point of a large program, whose small flows are not exact enough to be proven. Its
    /// basis is not kept: what is asked of one takes too long.
    fn finished(
        &self,
        backend: Backend,
        primal: &[f64],
        duals: Option<&[f64]>,
    ) -> Option<Solution> {
        if !self.sane(primal) {
            return None;
        }
        let last = Instant::now() + FINISHING;
        let deadline = self.deadline.map_or(last, |at| at.min(last));
        let solution = self.vertex_by(backend, Some((primal, duals)), Some(deadline)).ok()?;
        Some(Solution { basis: None, ..solution })
    }

    /// Carries a point to an optimal vertex, or proves that there is none.
    fn vertex(
        &self,
        backend: Backend,
        start: Option<(&[f64], Option<&[f64]>)>,
    ) -> Result<Solution, Failure> {
        self.vertex_by(backend, start, self.deadline)
    }

    /// The same until a deadline of its own.
    fn vertex_by(
        &self,
        backend: Backend,
        start: Option<(&[f64], Option<&[f64]>)>,
        deadline: Option<Instant>,
    ) -> Result<Solution, Failure> {
        let mut engine = Engine::new(&self.scaled.program, &self.columns, start, deadline);
        let end = engine.run();
        self.told(backend, engine, end)
    }

    /// Goes on from a basis of another program with as many columns and rows.
    pub(super) fn vertex_on(&self, resting: &Resting) -> Result<Solution, Failure> {
        let (program, columns) = (&self.scaled.program, &self.columns);
        let mut engine = Engine::resume(program, columns, resting, self.deadline);
        let end = match engine.reoptimise(f64::INFINITY, usize::MAX) {
            Back::Infeasible(multipliers) => End::Infeasible(multipliers),
            Back::TimeLimit => End::TimeLimit,
            _ => engine.run(),
        };
        self.told(Backend::Simplex, engine, end)
    }

    /// What an engine has found, proven.
    fn told(&self, backend: Backend, engine: Engine<'_>, end: End) -> Result<Solution, Failure> {
        match end {
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

    /// A point with duals as the backend left it; a vertex if it says what its basis says.
    fn interior(
        &self,
        backend: Backend,
        primal: &[f64],
        duals: Option<&[f64]>,
        rest: Option<Rest>,
    ) -> Result<Solution, Failure> {
        let Some(duals) = duals else {
            return Err(Failure::Backend("a point without duals and without a basis".to_owned()));
        };
        let settled;
        let primal = if rest.is_some() {
            primal
        } else {
            settled = self.settled(primal, duals);
            &settled
        };
        let duals = self.scaled.duals(duals);
        let mut solution = self.certified(backend, &self.scaled.primal(primal), duals)?;
        if let Some(Rest { degenerate, unique }) = rest {
            (solution.vertex, solution.degenerate, solution.unique) = (true, degenerate, unique);
        }
        Ok(solution)
    }

    /// A scaled interior point with every column on its bound that is nearer to it than its reduced
    /// cost is large: what goes through unused routes is then nothing, not noise.
    fn settled(&self, primal: &[f64], duals: &[f64]) -> Vec<f64> {
        let program = &self.scaled.program;
        let reduced = reduced_costs(program, duals).0;
        let settle = |(j, &x): (usize, &f64)| {
            let (lower, upper) = (program.lower[j], program.upper[j]);
            if x - lower < reduced[j].min(NEAR) {
                lower
            } else if upper - x < (-reduced[j]).min(NEAR) {
                upper
            } else {
                x
            }
        };
        primal.iter().enumerate().map(settle).collect()
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
            gap: None,
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
            Answer::Point { duals: Some(duals), .. } => self.infeasible(&duals),
            _ => None,
        }
    }

    /// What scaled multipliers of the rows prove, if they do.
    fn infeasible(&self, multipliers: &[f64]) -> Option<Failure> {
        let multipliers = self.scaled.multipliers(multipliers);
        let (farkas, certified) = proof::farkas(self.program, multipliers);
        certified.then_some(Failure::Infeasible { farkas, certified })
    }

    /// What a scaled ray from a scaled point proves, if it does.
    fn unbounded(&self, point: &[f64], ray: &[f64]) -> Option<Failure> {
        let point = self.clamped(&self.scaled.primal(point));
        let ray = proof::cleaned(self.program, self.scaled.direction(ray));
        proof::ray(self.program, &point, &ray).then_some(Failure::Unbounded { point, ray })
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
        self.unbounded(&primal[..program.column_count()], &ray)
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
        Task::new(program, false, None).attempt(Backend::Clarabel, None)
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
