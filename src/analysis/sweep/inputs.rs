//! The inputs of a sweep: what they set, and what that moves.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::Request;
use crate::{
    diagnostic::Diagnostics,
    flowsheet::{self, FigureId, Flowsheet, Values},
    model::{Difference, Model},
    sampling::Sampler,
};

/// Joint samples by which a family is tried.
const PROBES: u32 = 6;
/// The golden ratio less 1.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// What an input moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing of the program: only what is told of it.
    Nothing,
    /// Costs: prices, wages, charges.
    Costs,
    /// Right-hand sides: supplies, capacities, demands.
    Limits,
    /// Both.
    CostsAndLimits,
    /// Coefficients: recoveries, assays, consumptions.
    Coefficients,
}

/// A model with one input moved by a step.
pub(super) struct Moved {
    pub(super) step: f64,
    pub(super) flowsheet: Flowsheet,
    pub(super) model: Model,
}

/// What varies.
pub(super) struct Inputs<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) plan: &'a flowsheet::Sweep,
    pub(super) sampler: Sampler,
    /// The median of each input.
    pub(super) origin: Vec<f64>,
    /// A length by which inputs are compared: the distance of two quantiles.
    pub(super) spread: Vec<f64>,
    values: Values,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(
        flowsheet: &'a Flowsheet,
        plan: &'a flowsheet::Sweep,
        request: &Request,
    ) -> Result<Self, Diagnostics> {
        let sampler = plan.sampler(request.method, request.samples, request.seed);
        let sampler = sampler.map_err(|finding| Diagnostics::from(*finding))?;
        let at = |u: f64| plan.inputs.iter().map(move |it| it.distribution.quantile(u));
        let origin = at(0.5).collect();
        let spread = at(0.9).zip(at(0.1)).map(|(high, low)| high - low).collect();
        Ok(Self { flowsheet, plan, sampler, origin, spread, values: flowsheet.values() })
    }

    /// Number of inputs.
    pub(super) fn count(&self) -> usize {
        self.plan.inputs.len()
    }

    /// A range of samples.
    pub(super) fn drawn(&self, range: Range<u64>) -> impl Iterator<Item = Vec<f64>> {
        range.map(|index| {
            let mut sample = vec![0.0; self.count()];
            self.sampler.sample(index, &mut sample);
            sample
        })
    }

    /// All inputs at their medians but one.
    pub(super) fn with_quantile(&self, at: usize, u: f64) -> Vec<f64> {
        let mut sample = self.origin.clone();
        sample[at] = self.plan.inputs[at].distribution.quantile(u);
        sample
    }

    /// The values of all figures in a sample.
    pub(super) fn set(&self, sample: &[f64], values: &mut Values) {
        for (input, &value) in self.plan.inputs.iter().zip(sample) {
            for &figure in &input.figures {
                values[figure] = if input.relative { value * self.values[figure] } else { value };
            }
        }
    }

    /// The values of all figures as they were written.
    pub(super) const fn written(&self) -> &Values {
        &self.values
    }

    /// Whether all figures may have the values that they have in a sample.
    pub(super) fn allowed(&self, values: &Values) -> bool {
        let figures = self.plan.inputs.iter().flat_map(|input| &input.figures);
        let allowed = |&figure: &FigureId| {
            let (low, high) = self.flowsheet.figures[figure].allowed;
            (low..=high).contains(&values[figure])
        };
        figures.into_iter().all(allowed)
    }

    /// The flowsheet of a sample.
    pub(super) fn flowsheet_at(&self, sample: &[f64]) -> Result<Flowsheet, Diagnostics> {
        let mut values = self.values.clone();
        self.set(sample, &mut values);
        self.flowsheet.with_values(&values)
    }

    /// The flowsheet and the model of a sample; none if they cannot be written.
    pub(super) fn model_at(&self, sample: &[f64]) -> Option<(Flowsheet, Model)> {
        let flowsheet = self.flowsheet_at(sample).ok()?;
        let model = Model::assemble(&flowsheet, &flowsheet.values()).ok()?;
        Some((flowsheet, model))
    }

    /// What each input moves, and a model with each of them moved if all can be written.
    pub(super) fn effects(&self, model: &Model) -> (Vec<Effect>, Option<Vec<Moved>>) {
        let mut effects = Vec::with_capacity(self.count());
        let mut moved = Some(Vec::with_capacity(self.count()));
        for (at, input) in self.plan.inputs.iter().enumerate() {
            let moves = |&u: &f64| input.distribution.quantile(u) != self.origin[at];
            let end = [0.9, 0.1, 0.99, 0.01].into_iter().find(moves);
            let sample = self.with_quantile(at, end.unwrap_or(0.5));
            // What cannot be written is found out sample by sample.
            let Some((flowsheet, other)) = self.model_at(&sample) else {
                effects.push(Effect::Coefficients);
                moved = None;
                continue;
            };
            effects.push(effect_of(model, &other));
            let step = sample[at] - self.origin[at];
            let step = if step == 0.0 { 1.0 } else { step };
            if let Some(moved) = &mut moved {
                moved.push(Moved { step, flowsheet, model: other });
            }
        }
        (effects, moved)
    }

    /// Joint samples by which a family is tried.
    pub(super) fn probes(&self) -> impl Iterator<Item = Vec<f64>> {
        let quantile = |probe: u32, at: usize| {
            // Additive recurrence by the golden ratio; roots keep inputs out of step.
            let u = (f64::from(probe + 1) * GOLDEN * (at as f64 + 1.0).sqrt()).fract();
            self.plan.inputs[at].distribution.quantile(0.01 + 0.98 * u)
        };
        (0..PROBES).map(move |probe| (0..self.count()).map(|at| quantile(probe, at)).collect())
    }

    /// How far a sample is from the origin.
    pub(super) fn delta(&self, sample: &[f64]) -> Vec<f64> {
        sample.iter().zip(&self.origin).map(|(value, origin)| value - origin).collect()
    }

    /// Distance of two samples, without unit.
    pub(super) fn distance(&self, left: &[f64], right: &[f64]) -> f64 {
        let parts = left.iter().zip(right).zip(&self.spread);
        let parts = parts.map(|((left, right), spread)| {
            let part = if *spread > 0.0 { (left - right) / spread } else { 0.0 };
            part * part
        });
        parts.sum()
    }
}

fn effect_of(model: &Model, moved: &Model) -> Effect {
    match model.difference(moved) {
        Difference { matrix: true, .. } => Effect::Coefficients,
        Difference { costs: true, right_sides: true, .. } => Effect::CostsAndLimits,
        Difference { costs: true, .. } => Effect::Costs,
        Difference { right_sides: true, .. } => Effect::Limits,
        _ => Effect::Nothing,
    }
}
