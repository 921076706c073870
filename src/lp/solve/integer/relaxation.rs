//! The continuous program of one node: its bound with proof, started from the parent's basis.

use std::time::Instant;

use crate::lp::{
    TOLERANCE,
    certificate::infeasibility,
    engine::{Back, Engine, Resting},
    program::Program,
    proof,
    scale::Scaled,
    solve::{Backend, Failure, Task, continuous},
};

/// What a bound must pass the cut-off by, relative, for the dual simplex to stop there.
const BEYOND: f64 = 1e-10;

/// What is proven of a node.
pub(super) enum Outcome {
    /// Its optimum, up to rounding.
    Optimum(Optimum),
    /// It has no feasible point.
    Infeasible,
    /// It has none below this objective, which is no better than the cut-off.
    Above(f64),
    /// Nothing.
    Open,
    /// Out of time.
    TimeLimit,
}

/// The optimum of a node.
pub(super) struct Optimum {
    /// No point of the node has a lower objective; proven.
    pub(super) bound: f64,
    /// Reduced costs of the proof, one per column.
    pub(super) reduced: Vec<f64>,
    /// One value per column.
    pub(super) primal: Vec<f64>,
}

/// A point with whole integers.
#[derive(Clone)]
pub(super) struct Whole {
    pub(super) objective: f64,
    /// Σ|cⱼ xⱼ|, what the objective is the sum of.
    pub(super) size: f64,
    /// Value of each integer column.
    pub(super) values: Vec<f64>,
}

/// Bounds of the integer columns, in the order of [`Relaxation::whole`].
pub(super) type Domain = Vec<(f64, f64)>;

/// The program without its integrality, its integer columns bounded as the node at hand wants.
pub(super) struct Relaxation<'a> {
    pub(super) program: Program,
    /// The same without cuts.
    own: &'a Program,
    /// Integer columns, ascending.
    pub(super) whole: &'a [usize],
    engine: Option<Engine<'a>>,
    scaled: Option<&'a Scaled>,
    deadline: Option<Instant>,
}

impl<'a> Relaxation<'a> {
    pub(super) fn new(
        program: &Program,
        own: &'a Program,
        whole: &'a [usize],
        warm: Option<(&'a Scaled, Engine<'a>)>,
        deadline: Option<Instant>,
    ) -> Self {
        let (scaled, engine) = warm.unzip();
        Self { program: program.clone(), own, whole, engine, scaled, deadline }
    }

    /// Bounds the integer columns; from the basis at hand, or from another if it is given.
    pub(super) fn enter(&mut self, domain: &[(f64, f64)], resting: Option<&Resting>) {
        for (&column, &(lower, upper)) in self.whole.iter().zip(domain) {
            (self.program.lower[column], self.program.upper[column]) = (lower, upper);
            if let (Some(engine), Some(scaled)) = (&mut self.engine, self.scaled) {
                let unit = scaled.column[column] * scaled.quantity;
                engine.set_bounds(column, lower / unit, upper / unit);
            }
        }
        if let (Some(engine), Some(resting)) = (&mut self.engine, resting) {
            engine.restore(resting);
        }
    }

    /// The basis at hand.
    pub(super) fn resting(&self) -> Option<Resting> {
        self.engine.as_ref().map(Engine::resting)
    }

    /// Solves the node at hand as far as its objective stays below `cutoff`.
    pub(super) fn solve(&mut self, cutoff: f64) -> Outcome {
        let Some(engine) = self.engine.as_mut() else { return self.cold() };
        let ceiling = self.scaled.map_or(f64::INFINITY, |scaled| {
            let beyond = cutoff + BEYOND * cutoff.abs() - self.program.offset;
            beyond * scaled.price / scaled.quantity
        });
        let mut back = engine.reoptimise(ceiling, usize::MAX);
        if matches!(back, Back::Ceiling) {
            match self.floor() {
                Some(floor) if floor.bound >= cutoff => return Outcome::Above(floor.bound),
                _ => back = self.engine_mut().reoptimise(f64::INFINITY, usize::MAX),
            }
        }
        for again in [true, false] {
            let outcome = match back {
                Back::TimeLimit => Some(Outcome::TimeLimit),
                Back::Infeasible(ref multipliers) => self.disproved(multipliers),
                Back::Optimal => self.optimum(),
                _ => None,
            };
            match outcome {
                Some(outcome) => return outcome,
                None if again => back = self.engine_mut().primal(),
                None => {}
            }
        }
        self.cold()
    }

    fn engine_mut(&mut self) -> &mut Engine<'a> {
        self.engine.as_mut().expect("only what has an engine asks for it")
    }

    fn floor(&self) -> Option<proof::Floor> {
        let duals = self.scaled?.duals(&self.engine.as_ref()?.dual);
        proof::floor(&self.program, &duals)
    }

    fn disproved(&self, multipliers: &[f64]) -> Option<Outcome> {
        let multipliers = self.scaled?.multipliers(multipliers);
        proof::farkas(&self.program, multipliers).1.then_some(Outcome::Infeasible)
    }

    fn optimum(&self) -> Option<Outcome> {
        let engine = self.engine.as_ref().filter(|engine| engine.holds())?;
        let floor = self.floor()?;
        let primal = self.scaled?.primal(&engine.value[..self.program.column_count()]);
        // A proof far below the point proves too little to branch on.
        let objective = self.program.objective_at(&primal);
        let size: f64 = self.size(&primal) + self.program.offset.abs();
        let tight = objective - floor.bound <= 1e-7 * (size + objective.abs());
        tight.then_some(Outcome::Optimum(Optimum {
            bound: floor.bound,
            reduced: floor.reduced,
            primal,
        }))
    }

    /// Σ|cⱼ xⱼ|.
    fn size(&self, primal: &[f64]) -> f64 {
        self.program.cost.iter().zip(primal).map(|(cost, x)| (cost * x).abs()).sum()
    }

    /// The node at hand through the backends, from nothing and without cuts.
    fn cold(&self) -> Outcome {
        let mut program = self.own.clone();
        for &column in self.whole {
            program.lower[column] = self.program.lower[column];
            program.upper[column] = self.program.upper[column];
        }
        // Not microlp: where the simplex is lost it goes in circles, and each node would wait for its time to be over.
        let found = match continuous(&program, Backend::Simplex, self.deadline) {
            Err(Failure::Backend(_) | Failure::Uncertified { .. }) => {
                continuous(&program, Backend::Clarabel, self.deadline)
            }
            proven => proven,
        };
        match found {
            Ok(solution) => match proof::floor(&program, &solution.duals) {
                Some(proof::Floor { bound, reduced }) => {
                    Outcome::Optimum(Optimum { bound, reduced, primal: solution.primal })
                }
                None => Outcome::Open,
            },
            Err(Failure::Infeasible { certified: true, .. }) => Outcome::Infeasible,
            Err(Failure::TimeLimit) => Outcome::TimeLimit,
            Err(_) => Outcome::Open,
        }
    }

    /// Multipliers of the rows, the sum of which is a row of the tableau: that in which a column is
    /// basic, with a coefficient of about 1.
    pub(super) fn multipliers(&self, column: usize) -> Option<Vec<f64>> {
        let scaled = self.scaled?;
        let row = self.engine.as_ref()?.inverse_row(column)?;
        let unit = scaled.column[column];
        Some(scaled.multipliers(&row).into_iter().map(|value| value * unit).collect())
    }

    /// Objective, scaled back, that the dual simplex reaches within some pivots once an integer
    /// column (by its place) is bounded so; infinite if it is cut off. Proves nothing.
    pub(super) fn probe(
        &self,
        place: usize,
        (lower, upper): (f64, f64),
        cutoff: f64,
        pivots: usize,
    ) -> Option<f64> {
        let scaled = self.scaled?;
        let mut engine = self.engine.clone()?;
        let column = self.whole[place];
        let unit = scaled.column[column] * scaled.quantity;
        engine.set_bounds(column, lower / unit, upper / unit);
        let factor = scaled.price / scaled.quantity;
        match engine.reoptimise((cutoff - self.program.offset) * factor, pivots) {
            Back::Optimal | Back::Pivots => Some(engine.objective() / factor + self.program.offset),
            Back::Infeasible(_) | Back::Ceiling => Some(f64::INFINITY),
            Back::TimeLimit | Back::Lost => None,
        }
    }

    /// Column values of the optimum with the integers fixed.
    fn fixed_primal(&self, values: &[f64], cutoff: f64) -> Option<Vec<f64>> {
        let (Some(scaled), Some(mut engine)) = (self.scaled, self.engine.clone()) else {
            let mut program = self.own.clone();
            for (&column, &value) in self.whole.iter().zip(values) {
                (program.lower[column], program.upper[column]) = (value, value);
            }
            return Some(continuous(&program, Backend::Auto, self.deadline).ok()?.primal);
        };
        for (&column, &value) in self.whole.iter().zip(values) {
            let scaled = value / (scaled.column[column] * scaled.quantity);
            engine.set_bounds(column, scaled, scaled);
        }
        let ceiling = (cutoff - self.program.offset) * scaled.price / scaled.quantity;
        let back = engine.reoptimise(ceiling, usize::MAX);
        let found = matches!(back, Back::Optimal) && matches!(engine.primal(), Back::Optimal);
        found.then(|| scaled.primal(&engine.value[..self.program.column_count()]))
    }

    /// The best point with the integers at these whole values, if it is below `cutoff`. The node
    /// at hand stays.
    pub(super) fn fixed(&self, values: &[f64], cutoff: f64) -> Option<Whole> {
        let primal = self.fixed_primal(values, cutoff)?;
        let mut program = self.own.clone();
        for (&column, &value) in self.whole.iter().zip(values) {
            (program.lower[column], program.upper[column]) = (value, value);
        }
        let bounds = program.lower.iter().zip(&program.upper);
        let clamp = |(x, (lower, upper)): (&f64, (&f64, &f64))| x.max(*lower).min(*upper);
        let mut primal: Vec<f64> = primal.iter().zip(bounds).map(clamp).collect();
        if infeasibility(&program, &primal) > TOLERANCE {
            // What cuts leave of rounding is large where a row holds next to nothing.
            let task = Task::new(&program, self.engine.is_some(), self.deadline);
            primal = task.vertex_from(&primal).ok()?.primal;
        }
        let objective = program.objective_at(&primal);
        let kept = infeasibility(&program, &primal) <= TOLERANCE && objective < cutoff;
        let size = self.size(&primal);
        kept.then(|| Whole { objective, size, values: values.to_vec() })
    }
}
