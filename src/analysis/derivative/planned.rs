//! Derivatives of a plan over the years, with what is whole held: the model is written again for each figure.

use rayon::prelude::*;

use super::{STEP, Slopes, WORK};
use crate::{
    analysis::{clock::Clock, context::Context},
    flowsheet::{Build, BuildCost, FigureId, Flowsheet, Goal, PeriodId, Values},
    model::{Linear, Model, Sensitivity, Solution},
};

/// Plans over the years are worth so many times the work.
const YEARS: usize = 10;

/// What is followed of a plan over the years.
#[derive(Clone, Copy, Debug)]
pub(in crate::analysis) enum Course<'a> {
    /// The objective, in the flowsheet's own sense.
    Objective,
    /// A goal in one period.
    Goal(&'a Goal, PeriodId),
}

/// The same, with its value and its multipliers.
pub(in crate::analysis) struct FollowedCourse<'a> {
    course: Course<'a>,
    pub(in crate::analysis) base: f64,
    /// Value of the numerator.
    above: f64,
    /// Value of the denominator; 1 without one.
    below: f64,
    sensitivity: Sensitivity,
}

impl<'a> FollowedCourse<'a> {
    /// None if it has no value in the plan, or if there is no basis.
    pub(in crate::analysis) fn new(
        flowsheet: &Flowsheet,
        model: &Model,
        solution: &Solution,
        course: Course<'a>,
    ) -> Option<Self> {
        let (of, to) = parts(flowsheet, model, course);
        let (above, below) = (solution.value(&of), to.as_ref().map(|to| solution.value(to)));
        let (base, gradient, below) = match (to, below) {
            (Some(_), Some(below)) if below.abs() <= 0.0 => return None,
            (Some(to), Some(below)) => {
                let base = above / below;
                (base, Linear::sum(&[(1.0 / below, of), (-base / below, to)]), below)
            }
            _ => (above, of, 1.0),
        };
        let sensitivity = model.sensitivity(solution, &gradient)?;
        Some(Self { course, base, above, below, sensitivity })
    }

    /// Its derivative, from the model with a figure moved by a step.
    fn derivative(
        &self,
        flowsheet: &Flowsheet,
        models: (&Model, &Model),
        solution: &Solution,
        step: f64,
    ) -> f64 {
        let (model, moved) = models;
        let (of, to) = parts(flowsheet, moved, self.course);
        let mut explicit = solution.value(&of) - self.above;
        if let Some(to) = &to {
            explicit = (explicit - self.base * (solution.value(to) - self.below)) / self.below;
        }
        let implicit = moved.residual(solution, &self.sensitivity)
            - model.residual(solution, &self.sensitivity);
        (explicit + implicit) / step
    }
}

/// A measure, or a ratio's two.
fn parts(flowsheet: &Flowsheet, model: &Model, course: Course<'_>) -> (Linear, Option<Linear>) {
    let functionals = model.functionals();
    match course {
        Course::Objective => model.objective(flowsheet),
        Course::Goal(goal, period) => {
            let at = model.at(flowsheet, period);
            let measure = |measure| functionals.measure(at, measure);
            (measure(&goal.of), goal.to.as_ref().map(measure))
        }
    }
}

impl Slopes {
    /// The derivatives at a plan over the years. Left out are shares of exactly 0 or 1, which open ways that were closed,
    /// figures that design cascades, and times of what is built, which move it from one period to another.
    pub(in crate::analysis) fn over_years(
        context: &Context<'_>,
        followed: &[Option<FollowedCourse<'_>>],
        asked: impl Fn(FigureId) -> bool + Sync,
        clock: &Clock,
    ) -> Self {
        let (flowsheet, solution) = (context.flowsheet, context.solution);
        let base = flowsheet.values();
        let mut held = flowsheet.designing_figures();
        held.extend(flowsheet.builds.iter().flat_map(timing));
        let size = |model: &Model| (model.full().columns().count(), model.full().rows().count());
        let own_size = size(context.model);
        let shapes = crate::analysis::users::shaping(flowsheet);
        let figures: Vec<FigureId> = flowsheet.figures.ids().collect();
        let count = figures.iter().filter(|&&id| asked(id)).count();
        if count.saturating_mul(context.model.nodes().len()) > YEARS * WORK
            || followed.iter().all(Option::is_none)
        {
            return Self { by: figures.iter().map(|_| None).collect(), unweighed: count };
        }
        held.sort_unstable();
        let weighed = figures.par_iter().map(|&id| {
            if !asked(id) {
                return (None, 0);
            }
            let value = base[id];
            let at_end = shapes[id] && (value == 0.0 || value == 1.0);
            if at_end || held.binary_search(&id).is_ok() || clock.left().is_none() {
                return (None, 1);
            }
            let step = if value == 0.0 { 1.0 } else { STEP * value };
            let mut values: Values = base.clone();
            values[id] = value + step;
            let Ok(moved) = Model::assemble(flowsheet, &values) else { return (None, 1) };
            if size(&moved) != own_size {
                return (None, 1);
            }
            let models = (context.model, &moved);
            let by = followed.iter().map(|it| {
                let slope =
                    |it: &FollowedCourse<'_>| it.derivative(flowsheet, models, solution, step);
                it.as_ref().map_or(0.0, slope)
            });
            (Some(by.collect()), 0)
        });
        Self::gather(flowsheet, &base, weighed.collect())
    }
}

/// Figures of what is built on which nothing depends smoothly.
fn timing(build: &Build) -> Vec<FigureId> {
    let error = match build.cost {
        BuildCost::Scale { error, .. } => error,
        _ => None,
    };
    [build.lead, build.life, error].into_iter().flatten().collect()
}
