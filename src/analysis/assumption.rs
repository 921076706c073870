//! How much of the result rests on assumed figures: the derivative of the multiplier by each of them.
//!
//! With multipliers `y` of a functional `m` at the optimal basis, `dm/dθ = ∂m/∂θ + y · (∂b/∂θ − ∂A/∂θ x)`. Both parts
//! are had by writing the rows once more with the figure moved a little (the whole model, where the figure shapes it);
//! nothing is solved again.

use super::{AssumptionOutcome, FigureCount, context::Context, goals};
use crate::{
    flowsheet::{
        FigureId, Flowsheet, Goal, Kind, Measure, MeasureUnit, Provenance, Separation, Values,
    },
    index::IdVec,
    lp::Options,
    model::{At, Form, Linear, Model, Row, Sensitivity, Solution},
};

/// Relative step of the derivative.
const STEP: f64 = 1e-6;

/// Writing the model once per figure that shapes it is worth at most so many nodes in all; past that, such figures are
/// counted but not weighed, and the report says so.
pub(super) const WORK: usize = 500_000;

/// A functional with its multipliers.
pub(super) struct Followed {
    pub(super) of: Measure,
    pub(super) to: Option<Measure>,
    pub(super) base: f64,
    pub(super) sensitivity: Sensitivity,
}

pub(super) fn weigh(context: &Context<'_>) -> (Vec<AssumptionOutcome>, FigureCount) {
    let flowsheet = context.flowsheet;
    let multiplier = flowsheet
        .goals
        .iter()
        .find(|goal| is_multiplier(goal))
        .and_then(|goal| follow(context, goal));
    let objective = follow_objective(context);
    let shapes = shaping(flowsheet);
    let assumed = |id: FigureId| {
        matches!(flowsheet.figures[id].provenance, Provenance::Assumed { .. }) && shapes[id]
    };
    let shaped = flowsheet.figures.ids().filter(|&id| assumed(id)).count();
    let affordable = shaped.saturating_mul(context.model.nodes().len()) <= WORK;
    let mut outcomes = Vec::new();
    let mut count = FigureCount { sourced: 0, assumed: 0, unstated: 0, unweighed: 0 };
    for (id, figure) in flowsheet.figures.iter_ids() {
        let reason = match &figure.provenance {
            Provenance::Sourced { .. } => {
                count.sourced += 1;
                continue;
            }
            Provenance::Unstated => {
                count.unstated += 1;
                continue;
            }
            Provenance::Wanted => continue,
            Provenance::Assumed { reason } => reason,
        };
        count.assumed += 1;
        let moved = if shapes[id] && !affordable {
            count.unweighed += 1;
            None
        } else {
            Moved::new(context, id, shapes[id])
        };
        let derivative = |followed: &Option<Followed>| {
            Some(moved.as_ref()?.derivative(context, followed.as_ref()?))
        };
        let by_figure = derivative(&multiplier);
        outcomes.push(AssumptionOutcome {
            path: figure.path.clone(),
            text: figure.text.clone(),
            value: figure.value,
            reason: reason.clone(),
            multiplier_derivative: by_figure,
            multiplier_elasticity: by_figure.and_then(|by_figure| {
                let base = multiplier.as_ref()?.base;
                (base != 0.0).then(|| by_figure * figure.value / base)
            }),
            objective_per_percent: derivative(&objective).map(|slope| slope * figure.value * 0.01),
        });
    }
    let weight = |outcome: &AssumptionOutcome| {
        (
            outcome.multiplier_elasticity.unwrap_or(0.0).abs(),
            outcome.objective_per_percent.unwrap_or(0.0).abs(),
        )
    };
    outcomes.sort_by(|a, b| {
        let (a, b) = (weight(a), weight(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    (outcomes, count)
}

/// A ratio of money to money.
pub(super) fn is_multiplier(goal: &Goal) -> bool {
    goal.of.unit == MeasureUnit::MoneyRate
        && goal.to.as_ref().is_some_and(|to| to.unit == MeasureUnit::MoneyRate)
}

pub(super) fn follow(context: &Context<'_>, goal: &Goal) -> Option<Followed> {
    let gradient = goals::gradient(context, goal)?;
    Some(Followed {
        of: goal.of.clone(),
        to: goal.to.clone(),
        base: goals::value(context, goal)?,
        sensitivity: context.model.sensitivity(context.solution, &gradient)?,
    })
}

pub(super) fn follow_objective(context: &Context<'_>) -> Option<Followed> {
    let objective = &context.flowsheet.objective;
    let (of, to) = (objective.of().into_owned(), objective.to().cloned());
    let gradient = goals::gradient_of(context, &of, to.as_ref())?;
    let sensitivity = context.model.sensitivity(context.solution, &gradient)?;
    // As it is computed with a figure moved, so that what does nothing does exactly nothing.
    let base = goals::value_of(context, &of, to.as_ref())?;
    Some(Followed { of, to, base, sensitivity })
}

/// One figure moved a little, and the model where the figure shapes it.
pub(super) struct Moved {
    model: Shape,
    values: Values,
    step: f64,
}

/// What a moved figure makes of the model.
enum Shape {
    /// The figure stands in prices, costs and limits only.
    Same,
    /// Other coefficients.
    Moved(Box<Model>),
    /// Other nodes.
    Other(Box<Resolved>),
}

/// The flowsheet with one figure moved, solved again.
pub(super) struct Resolved {
    flowsheet: Flowsheet,
    model: Model,
    solution: Solution,
}

impl Resolved {
    pub(super) fn new(context: &Context<'_>, values: &Values) -> Option<Self> {
        let flowsheet = context.flowsheet.with_values(values).ok()?;
        let mut model = Model::assemble(&flowsheet, values).ok()?;
        let solution = model.solve(&flowsheet, &Options::default(), Form::Condensed).ok()?;
        Some(Self { flowsheet, model, solution })
    }

    pub(super) fn value(&self, values: &Values, followed: &Followed) -> f64 {
        let context = Context::new(&self.flowsheet, values, &self.model, &self.solution);
        let measure = |measure: &Measure| {
            context.value(&context.functionals().measure(context.at(), measure))
        };
        let of = measure(&followed.of);
        followed.to.as_ref().map_or(of, |to| of / measure(to))
    }
}

impl Moved {
    pub(super) fn new(context: &Context<'_>, figure: FigureId, shapes: bool) -> Option<Self> {
        let mut values = context.values.clone();
        let value = values[figure];
        // Inwards from 1, so that a share stays one.
        let step = if value == 1.0 { -STEP } else { STEP * value };
        if step == 0.0 {
            return None;
        }
        values[figure] = value + step;
        let model = match shapes {
            false => Shape::Same,
            // A share that leaves 1 lets species into the rest: other nodes, so it is solved again.
            true if value == 1.0 => Shape::Other(Box::new(Resolved::new(context, &values)?)),
            true => Shape::Moved(Box::new(Model::assemble(context.flowsheet, &values).ok()?)),
        };
        Some(Self { model, values, step })
    }

    pub(super) fn derivative(&self, context: &Context<'_>, followed: &Followed) -> f64 {
        if let Shape::Other(resolved) = &self.model {
            return (resolved.value(&self.values, followed) - followed.base) / self.step;
        }
        let at = At { values: &self.values, ..context.at() };
        let value = |measure: &Measure| -> f64 {
            let functional: Linear = context.functionals().measure(at, measure);
            context.value(&functional)
        };
        let of = value(&followed.of);
        let after = followed.to.as_ref().map_or(of, |to| of / value(to));
        let explicit = after - followed.base;
        let implicit = match &self.model {
            Shape::Moved(model) => {
                model.residual(context.solution, &followed.sensitivity)
                    - context.model.residual(context.solution, &followed.sensitivity)
            }
            Shape::Same | Shape::Other(_) => rows(context, at, followed),
        };
        (explicit + implicit) / self.step
    }
}

/// `y · (Δb − ΔA x)` over the rows that the user wrote.
fn rows(context: &Context<'_>, at: At<'_>, followed: &Followed) -> f64 {
    let mut sum = 0.0;
    for (id, row) in context.model.written_rows() {
        let multiplier = followed.sensitivity.row(id);
        if multiplier == 0.0 {
            continue;
        }
        let residual = |at: At<'_>| -> f64 {
            let (left, right) = match row {
                Row::Limit(limit, _) => {
                    context.functionals().limit(at, &context.flowsheet.limits[limit])
                }
                Row::Goal(goal, bound) => {
                    context.functionals().goal(at, &context.flowsheet.goals[goal], bound)
                }
                _ => return 0.0,
            };
            right - context.value(&left)
        };
        sum += multiplier * (residual(at) - residual(context.at()));
    }
    sum
}

/// Whether each figure stands in the definitions: assays, recoveries, fractions, reactions, recipes.
pub(super) fn shaping(flowsheet: &Flowsheet) -> IdVec<FigureId, bool> {
    let mut shapes: IdVec<FigureId, bool> = flowsheet.figures.iter().map(|_| false).collect();
    let mut mark = |figure: FigureId| shapes[figure] = true;
    let mark_separation = |separation: &Separation, mark: &mut dyn FnMut(FigureId)| {
        for recovery in &separation.recoveries {
            recovery.species.iter().for_each(|&(_, figure)| mark(figure));
            recovery.default.into_iter().for_each(&mut *mark);
        }
    };
    for operation in &flowsheet.operations {
        match &operation.kind {
            Kind::Feed(feed) => {
                for grade in &feed.assay.grades {
                    mark(grade.figure);
                    grade.parts.iter().copied().for_each(&mut mark);
                }
            }
            Kind::Separator(separator) => mark_separation(&separator.separation, &mut mark),
            Kind::Splitter(splitter) => {
                let fixed = splitter.fixed.iter().flatten();
                fixed.filter_map(|&(_, figure)| figure).for_each(&mut mark);
            }
            Kind::Reactor(reactor) => {
                reactor.reactions.iter().for_each(|reaction| mark(reaction.conversion));
                reactor.reagents.iter().filter_map(|reagent| reagent.excess).for_each(&mut mark);
                mark_separation(&reactor.separation, &mut mark);
            }
            Kind::Blender(blender) => {
                blender.recipe.iter().filter_map(|entry| entry.share).for_each(&mut mark);
            }
            Kind::Product(_) | Kind::Waste(_) => {}
        }
    }
    shapes
}
