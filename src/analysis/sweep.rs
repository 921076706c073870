//! Many plans of one flowsheet, with figures drawn from distributions or taken from grids.
//!
//! What the figures move decides how a plan is found. If they move costs and right-hand sides only, in proportion, then a
//! basis that was optimal once is optimal wherever its plan stays within bounds and its reduced costs keep their signs
//! ([`crate::lp::Cover`]): bases are kept and tested before anything is solved. Where none covers a sample it is solved from
//! the nearest basis and proven on the full program. If they move coefficients, each sample is written, solved from the
//! nearest basis and proven anew.
//!
//! Samples are evaluated in ranges, each of which starts from the same bases, found by a first few samples. So the result does not
//! depend on threads, on the order of ranges, or on an interruption.

mod anew;
mod covered;
mod inputs;
mod outputs;
mod summary;

use std::ops::Range;

pub use inputs::Effect;
pub use outputs::{Output, OutputKind};
pub use summary::{
    Bins, IndexRows, InputTold, Interval, Numbers, Outcomes, OutputTold, PERCENTILES, Percentile,
    Proofs, SweepReport, Sweeps, Swing, Which, summarise,
};

use rayon::prelude::*;

use crate::{
    diagnostic::Diagnostics,
    flowsheet::{self, FigureId, Flowsheet, Values},
    lp::Options,
    model::{Failure, Model, RatioFailure},
    sampling::{Method, Sampler},
};
use covered::Covered;
use inputs::Inputs;
use outputs::Outputs;

/// Samples by which the first bases are found: a share of all, at most so many.
const FIRST_SHARE: u64 = 16;
const FIRST_MOST: u64 = 2048;

/// Samples of one input alone that are evaluated together, each from the basis of the one before.
const TOGETHER: usize = 4;

/// How many samples are taken, and how.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// How samples are chosen.
    pub method: Method,
    /// Number of samples; of a grid it follows from the lists, of Sobol indices it is rounded down.
    pub samples: u64,
    /// Seed of all that is random.
    pub seed: u64,
    /// How each sample is solved.
    pub options: Options,
}

/// What became of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It has a best plan.
    Optimal,
    /// It has no plan; proven.
    Infeasible,
    /// Its objective grows without limit; proven.
    Unbounded,
    /// A figure may not have such a value, or the flowsheet is wrong with it.
    Refused,
    /// Its plan was not found, or not proven.
    Failed,
}

impl Outcome {
    /// One word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Infeasible => "infeasible",
            Self::Unbounded => "unbounded",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// By what it is known if it was found by solving.
    const fn proof(self) -> Proof {
        match self {
            Self::Optimal | Self::Infeasible | Self::Unbounded => Proof::Certified,
            Self::Refused | Self::Failed => Proof::None,
        }
    }

    const fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Infeasible(_) => Self::Infeasible,
            Failure::Unbounded(_)
            | Failure::Ratio(RatioFailure::Vanishing(_) | RatioFailure::Growing(_)) => {
                Self::Unbounded
            }
            Failure::Refused(..) => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// By what an outcome is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A certificate of its own, of the full program; or multipliers or a ray of its own.
    Certified,
    /// A basis, or multipliers, certified for another sample, whose plan keeps all bounds here and whose reduced costs keep their
    /// signs, to 1e-9 of scaled units.
    Covered,
    /// None: it was refused, or failed.
    None,
}

impl Proof {
    /// One word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Covered => "covered",
            Self::None => "none",
        }
    }
}

/// Samples with what became of them, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// What became of each.
    pub outcomes: Vec<Outcome>,
    /// By what that is known.
    pub proofs: Vec<Proof>,
    /// Values of the inputs, one row per sample, in internal units or factors.
    pub inputs: Vec<f64>,
    /// All outputs, one row per sample; NaN where there is none.
    pub outputs: Vec<f64>,
}

impl Batch {
    /// Appends the rows of another.
    fn and(mut self, other: Self) -> Self {
        self.outcomes.extend(other.outcomes);
        self.proofs.extend(other.proofs);
        self.inputs.extend(other.inputs);
        self.outputs.extend(other.outputs);
        self
    }
}

/// A sweep that is ready to run.
pub struct Sweep<'a> {
    inputs: Inputs<'a>,
    outputs: Outputs,
    way: Way,
    options: Options,
    seed: u64,
    effects: Vec<Effect>,
}

/// How samples are solved.
enum Way {
    /// Costs and right-hand sides move only.
    Covered(Box<Covered>),
    /// Each is written anew.
    Anew,
}

impl<'a> Sweep<'a> {
    /// Prepares a sweep: what each input moves, and the first bases.
    ///
    /// # Errors
    /// Findings: an impossible request; a flowsheet of which no sample can be written.
    pub fn prepare(
        flowsheet: &'a Flowsheet,
        plan: &'a flowsheet::Sweep,
        request: &Request,
    ) -> Result<Self, Diagnostics> {
        let inputs = Inputs::new(flowsheet, plan, request)?;
        // Where the medians cannot be written each sample may still be.
        let written = inputs.flowsheet_at(&inputs.origin).ok();
        let base = written.as_ref().unwrap_or(flowsheet);
        let model = Model::assemble(base, &base.values())?;
        let outputs = Outputs::new(base, &model);
        let (effects, moved) = inputs.effects(&model);
        let Request { options, seed, .. } = *request;
        let mut sweep = Self { inputs, outputs, way: Way::Anew, options, seed, effects };
        let moved = moved.filter(|_| written.is_some());
        let covered = moved.and_then(|moved| Covered::new(&sweep, base, model, &moved));
        if let Some(mut covered) = covered {
            covered.explore(&sweep, sweep.len().div_ceil(FIRST_SHARE).min(FIRST_MOST));
            sweep.way = Way::Covered(Box::new(covered));
        }
        Ok(sweep)
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.inputs.sampler.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What varies.
    #[must_use]
    pub fn inputs(&self) -> &[flowsheet::SweepInput] {
        &self.inputs.plan.inputs
    }

    /// What is told of each plan.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs.list
    }

    /// What each input moves.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Number of bases that the first samples found; none if coefficients move, so that each sample is solved.
    #[must_use]
    pub fn bases(&self) -> Option<usize> {
        match &self.way {
            Way::Covered(covered) => Some(covered.bases()),
            Way::Anew => None,
        }
    }

    /// How the samples are chosen.
    #[must_use]
    pub const fn sampler(&self) -> &Sampler {
        &self.inputs.sampler
    }

    /// Evaluates a range of samples; it needs nothing of those before.
    ///
    /// # Panics
    /// If the range goes beyond the last sample.
    #[must_use]
    pub fn run(&self, range: Range<u64>) -> Batch {
        self.evaluate(self.inputs.drawn(range))
    }

    /// Each input alone at a low and at a high quantile, all others at their medians: two rows per input, after one of medians
    /// alone.
    #[must_use]
    pub fn one_by_one(&self, low: f64, high: f64) -> Batch {
        let ends = (0..self.inputs.count()).flat_map(|at| [(at, low), (at, high)]);
        let moved = ends.map(|(at, u)| self.inputs.with_quantile(at, u));
        let samples: Vec<_> = std::iter::once(self.inputs.origin.clone()).chain(moved).collect();
        let parts = samples.par_chunks(TOGETHER).map(|part| self.evaluate(part.iter().cloned()));
        let parts: Vec<Batch> = parts.collect();
        parts.into_iter().fold(Batch::default(), Batch::and)
    }

    fn evaluate(&self, samples: impl Iterator<Item = Vec<f64>>) -> Batch {
        let mut batch = Batch::default();
        match &self.way {
            Way::Covered(covered) => covered.run(self, samples, &mut batch),
            Way::Anew => anew::run(self, samples, &mut batch),
        }
        batch
    }

    /// Appends a sample that has no plan.
    fn push_none(&self, outcome: Outcome, proof: Proof, inputs: &[f64], batch: &mut Batch) {
        batch.outcomes.push(outcome);
        batch.proofs.push(proof);
        batch.inputs.extend_from_slice(inputs);
        batch.outputs.extend(std::iter::repeat_n(f64::NAN, self.outputs.list.len()));
    }

    /// Appends a sample with its plan.
    fn push_plan(
        &self,
        proof: Proof,
        inputs: &[f64],
        (objective, forms): (f64, &[f64]),
        values: &Values,
        batch: &mut Batch,
    ) {
        batch.outcomes.push(Outcome::Optimal);
        batch.proofs.push(proof);
        batch.inputs.extend_from_slice(inputs);
        let bound =
            |figure: FigureId, period| self.inputs.flowsheet.value_in(values, figure, period);
        self.outputs.tell(objective, forms, bound, &mut batch.outputs);
    }
}
