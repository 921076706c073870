//! Samples that move costs and right-hand sides only: bases that are known are tested before anything is solved.

use super::{Batch, Outcome, Proof, Sweep, inputs::Moved, outputs::Outputs};
use crate::{
    flowsheet::{Flowsheet, Values},
    index::Id,
    lp::{Barrier, Cover, Direction, Start},
    model::{AGREES, Family, Model, Solution},
};

/// Bytes of bases that one range keeps at most.
const KEPT: usize = 64 << 20;
/// Most contradictions that are kept.
const BARRIERS: usize = 64;
/// Share of the first samples that known bases must have covered for new ones to be kept later on.
const WORTHWHILE: f64 = 0.5;

/// A family of models with the bases that are known of it.
pub(super) struct Covered {
    base: Flowsheet,
    family: Family,
    /// The objective first, then the forms of the outputs.
    forms: Vec<Form>,
    known: Vec<Known>,
    barriers: Vec<Barrier>,
    /// Whether bases that are found later are worth keeping.
    growing: bool,
}

/// A linear form of the decisions that moves in proportion to the parameters.
struct Form {
    constant: Vec<(usize, f64)>,
    rates: Vec<Vec<(usize, f64)>>,
}

/// A basis, where it is optimal, and all forms there.
#[derive(Clone)]
struct Known {
    origin: Vec<f64>,
    cover: Cover,
    start: Start,
    values: Vec<Value>,
}

/// A form on the plans of one basis: a constant, slopes, and what costs and limits do together.
#[derive(Clone)]
struct Value {
    constant: f64,
    slopes: Vec<f64>,
    bends: Vec<(usize, usize, f64)>,
}

/// What one range has found so far.
struct Work<'a> {
    covered: &'a Covered,
    /// A copy whose parameters can be set, made when one must be solved.
    family: Option<Family>,
    found: Vec<Known>,
    barriers: Vec<Barrier>,
    /// All bases, those that serve often first.
    order: Vec<usize>,
    doubtful: Vec<usize>,
    kept: usize,
    growing: bool,
    hits: u64,
}

impl Covered {
    /// The family of a model, if it is one and joint samples are what it says.
    pub(super) fn new(
        sweep: &Sweep<'_>,
        base: &Flowsheet,
        model: Model,
        moved: &[Moved],
    ) -> Option<Self> {
        if model.condensed().has_integers() {
            return None;
        }
        let (inputs, outputs) = (&sweep.inputs, &sweep.outputs);
        let mut forms = forms(outputs, base, &model, moved);
        let family = Family::new(model, moved.iter().map(|it| (it.step, &it.model)))?;
        let mut tried = 0;
        for sample in inputs.probes() {
            let Some((flowsheet, model)) = inputs.model_at(&sample) else { continue };
            let delta = inputs.delta(&sample);
            let found = reduced(outputs, &flowsheet, &model);
            let same = forms.iter().zip(&found).all(|(form, found)| form.predicts(&delta, found));
            if !same || !family.predicts(&delta, &model) {
                return None;
            }
            tried += 1;
        }
        if tried == 0 {
            return None;
        }
        forms.insert(0, Form::objective(base.objective.sign(), &family));
        let (known, barriers) = (Vec::new(), Vec::new());
        Some(Self { base: base.clone(), family, forms, known, barriers, growing: true })
    }

    /// Number of bases that are known.
    pub(super) fn bases(&self) -> usize {
        self.known.len()
    }

    /// Finds bases by the first samples.
    pub(super) fn explore(&mut self, sweep: &Sweep<'_>, samples: u64) {
        let mut work = Work::new(self);
        work.run(sweep, sweep.inputs.drawn(0..samples), &mut Batch::default());
        let Work { found, barriers, hits, .. } = work;
        self.growing = hits as f64 >= WORTHWHILE * samples as f64;
        (self.known, self.barriers) = (found, barriers);
    }

    /// Evaluates samples.
    pub(super) fn run(
        &self,
        sweep: &Sweep<'_>,
        samples: impl Iterator<Item = Vec<f64>>,
        batch: &mut Batch,
    ) {
        Work::new(self).run(sweep, samples, batch);
    }
}

impl<'a> Work<'a> {
    fn new(covered: &'a Covered) -> Self {
        let count = covered.known.len();
        Self {
            covered,
            family: None,
            found: Vec::new(),
            barriers: covered.barriers.clone(),
            order: (0..count).collect(),
            doubtful: vec![0; count],
            kept: 0,
            growing: covered.growing,
            hits: 0,
        }
    }

    fn known(&self, at: usize) -> &Known {
        let before = self.covered.known.len();
        if at < before { &self.covered.known[at] } else { &self.found[at - before] }
    }

    fn run(
        &mut self,
        sweep: &Sweep<'_>,
        samples: impl Iterator<Item = Vec<f64>>,
        batch: &mut Batch,
    ) {
        let inputs = &sweep.inputs;
        let mut values: Values = inputs.written().clone();
        let mut told = vec![0.0; self.covered.forms.len()];
        for sample in samples {
            inputs.set(&sample, &mut values);
            if !inputs.allowed(&values) {
                sweep.push_none(Outcome::Refused, Proof::None, &sample, batch);
                continue;
            }
            let delta = inputs.delta(&sample);
            let (outcome, proof) = self.evaluate(sweep, &delta, &mut told);
            if outcome == Outcome::Optimal {
                sweep.push_plan(proof, &sample, (told[0], &told[1..]), &values, batch);
            } else {
                sweep.push_none(outcome, proof, &sample, batch);
            }
        }
    }

    /// What becomes of a sample, with the values of all forms if it has a plan.
    fn evaluate(&mut self, sweep: &Sweep<'_>, delta: &[f64], told: &mut [f64]) -> (Outcome, Proof) {
        if let Some((at, step)) = self.covering(delta) {
            self.hits += 1;
            for (slot, value) in told.iter_mut().zip(&self.known(at).values) {
                *slot = value.at(&step);
            }
            return (Outcome::Optimal, Proof::Covered);
        }
        if self.barriers.iter().any(|barrier| barrier.holds(delta)) {
            self.hits += 1;
            return (Outcome::Infeasible, Proof::Covered);
        }
        let start = self.nearest(sweep, delta).map(|at| self.known(at).start.clone());
        let family = self.family.get_or_insert_with(|| self.covered.family.clone());
        family.set(delta);
        match family.solve(&self.covered.base, &sweep.options, start.as_ref()) {
            Ok(solution) => {
                for (slot, form) in told.iter_mut().zip(&self.covered.forms) {
                    *slot = form.at(delta, &solution.raw.primal);
                }
                self.keep(&solution, delta);
                (Outcome::Optimal, Proof::Certified)
            }
            Err((failure, farkas)) => {
                let outcome = Outcome::of(&failure);
                if let (Some(farkas), true) = (farkas, self.barriers.len() < BARRIERS) {
                    self.block(&farkas, delta);
                }
                (outcome, outcome.proof())
            }
        }
    }

    /// A basis that is optimal at parameters, and how far they are from its own.
    fn covering(&mut self, delta: &[f64]) -> Option<(usize, Vec<f64>)> {
        let mut step = vec![0.0; delta.len()];
        for place in 0..self.order.len() {
            let at = self.order[place];
            let mut doubtful = self.doubtful[at];
            let known = self.known(at);
            for ((slot, value), origin) in step.iter_mut().zip(delta).zip(&known.origin) {
                *slot = value - origin;
            }
            let holds = known.cover.holds(&step, &mut doubtful);
            self.doubtful[at] = doubtful;
            if holds {
                self.order.swap(place, place >> 1);
                return Some((at, step));
            }
        }
        None
    }

    fn nearest(&self, sweep: &Sweep<'_>, delta: &[f64]) -> Option<usize> {
        let distance = |at: usize| sweep.inputs.distance(delta, &self.known(at).origin);
        let all = 0..self.order.len();
        all.min_by(|&left, &right| distance(left).total_cmp(&distance(right)))
    }

    fn keep(&mut self, solution: &Solution, delta: &[f64]) {
        let Some(basis) = solution.raw.basis.as_ref().filter(|_| self.growing) else { return };
        let directions = self.covered.family.directions();
        let cover = Cover::new(basis, &solution.raw.primal, directions);
        if self.kept + cover.size() > KEPT {
            return;
        }
        self.kept += cover.size();
        let forms = self.covered.forms.iter();
        let values = forms.map(|form| form.on(&cover, delta)).collect();
        let (origin, start) = (delta.to_vec(), basis.start());
        self.order.push(self.doubtful.len());
        self.doubtful.push(0);
        self.found.push(Known { origin, cover, start, values });
    }

    fn block(&mut self, farkas: &[f64], delta: &[f64]) {
        let Some(family) = &self.family else { return };
        let directions = self.covered.family.directions();
        let barrier = Barrier::new(family.model().condensed(), farkas, directions);
        self.barriers.extend(barrier.map(|barrier| barrier.from_origin(delta)));
    }
}

impl Form {
    /// The objective in the flowsheet's own sense.
    fn objective(sign: f64, family: &Family) -> Self {
        let costs = family.costs().iter().enumerate().filter(|&(_, &cost)| cost != 0.0);
        let rates = family.directions().iter().map(|direction: &Direction| {
            direction.costs.iter().map(|&(column, rate)| (column.index(), -sign * rate)).collect()
        });
        Self {
            constant: costs.map(|(at, &cost)| (at, -sign * cost)).collect(),
            rates: rates.collect(),
        }
    }

    /// Value at a plan, one value per decision.
    fn at(&self, delta: &[f64], plan: &[f64]) -> f64 {
        let rates = self.rates.iter().zip(delta);
        sum(&self.constant, plan) + rates.map(|(rate, step)| step * sum(rate, plan)).sum::<f64>()
    }

    /// Its values on the plans of a basis that was found at parameters `delta`.
    fn on(&self, cover: &Cover, delta: &[f64]) -> Value {
        let plan = cover.primal();
        let all = |plan: &[f64]| self.at(delta, plan);
        let mut slopes: Vec<f64> = self.rates.iter().map(|rate| sum(rate, plan)).collect();
        let mut bends = Vec::new();
        for (moving, slope) in slopes.iter_mut().enumerate() {
            let Some(moves) = cover.moves(moving) else { continue };
            *slope += all(moves);
            for (priced, rate) in self.rates.iter().enumerate() {
                let bend = sum(rate, moves);
                if bend != 0.0 {
                    bends.push((priced, moving, bend));
                }
            }
        }
        Value { constant: all(plan), slopes, bends }
    }

    /// Whether a form that was written at parameters is this one there.
    fn predicts(&self, delta: &[f64], found: &[f64]) -> bool {
        let mut told = vec![(0.0, 0.0_f64); found.len()];
        let mut add = |terms: &[(usize, f64)], factor: f64| {
            for &(at, value) in terms {
                told[at].0 += factor * value;
                told[at].1 += (factor * value).abs();
            }
        };
        add(&self.constant, 1.0);
        self.rates.iter().zip(delta).for_each(|(rate, &step)| add(rate, step));
        let mut pairs = told.into_iter().zip(found);
        pairs.all(|((value, size), found)| (value - found).abs() <= AGREES * size)
    }
}

impl Value {
    fn at(&self, step: &[f64]) -> f64 {
        let straight: f64 = self.slopes.iter().zip(step).map(|(slope, step)| slope * step).sum();
        let bent = self.bends.iter().map(|&(one, other, bend)| bend * step[one] * step[other]);
        self.constant + straight + bent.sum::<f64>()
    }
}

/// All forms of a model in its decisions.
fn reduced(outputs: &Outputs, flowsheet: &Flowsheet, model: &Model) -> Vec<Vec<f64>> {
    outputs.forms(flowsheet, model).iter().map(|form| model.reduce(form)).collect()
}

/// All forms with their rates.
fn forms(outputs: &Outputs, base: &Flowsheet, model: &Model, moved: &[Moved]) -> Vec<Form> {
    let constant = reduced(outputs, base, model);
    let moved: Vec<(f64, Vec<Vec<f64>>)> =
        moved.iter().map(|it| (it.step, reduced(outputs, &it.flowsheet, &it.model))).collect();
    let form = |(at, constant): (usize, Vec<f64>)| {
        let rate = |(step, others): &(f64, Vec<Vec<f64>>)| {
            let pairs = constant.iter().zip(&others[at]).enumerate();
            let changed = pairs.filter(|(_, (before, after))| before != after);
            changed.map(|(at, (before, after))| (at, (after - before) / step)).collect()
        };
        let rates = moved.iter().map(rate).collect();
        let terms = constant.iter().copied().enumerate().filter(|&(_, value)| value != 0.0);
        Form { constant: terms.collect(), rates }
    };
    constant.into_iter().enumerate().map(form).collect()
}

fn sum(terms: &[(usize, f64)], plan: &[f64]) -> f64 {
    terms.iter().map(|&(at, value)| value * plan[at]).sum()
}
