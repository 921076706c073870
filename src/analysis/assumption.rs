//! How much of the result rests on assumed figures: the derivative of the multiplier by each of them.
//!
//! With multipliers `y` of a functional `m` at the optimal basis, `dm/dθ = ∂m/∂θ + y · (∂b/∂θ − ∂A/∂θ x)`. Both parts
//! are had by writing the model once more with the figure moved a little; nothing is solved again.

use super::{AssumptionOutcome, FigureCount, context::Context, goals};
use crate::{
    flowsheet::{FigureId, Goal, Measure, MeasureUnit, Objective, Provenance},
    model::{At, Linear, Model, Sensitivity},
};

/// Relative step of the derivative.
const STEP: f64 = 1e-6;

/// A functional with its multipliers.
struct Followed {
    of: Measure,
    to: Option<Measure>,
    base: f64,
    sensitivity: Sensitivity,
}

pub(super) fn weigh(context: &Context<'_>) -> (Vec<AssumptionOutcome>, FigureCount) {
    let flowsheet = context.flowsheet;
    let multiplier = flowsheet
        .goals
        .iter()
        .find(|goal| is_multiplier(goal))
        .and_then(|goal| follow(context, goal));
    let objective = follow_objective(context);
    let mut outcomes = Vec::new();
    let mut count = FigureCount { sourced: 0, assumed: 0, unstated: 0, assumed_weight: None };
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
        let moved = Moved::new(context, id);
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
fn is_multiplier(goal: &Goal) -> bool {
    goal.of.unit == MeasureUnit::MoneyRate
        && goal.to.as_ref().is_some_and(|to| to.unit == MeasureUnit::MoneyRate)
}

fn follow(context: &Context<'_>, goal: &Goal) -> Option<Followed> {
    let gradient = goals::gradient(context, goal)?;
    Some(Followed {
        of: goal.of.clone(),
        to: goal.to.clone(),
        base: goals::value(context, goal)?,
        sensitivity: context.model.sensitivity(context.solution, &gradient)?,
    })
}

fn follow_objective(context: &Context<'_>) -> Option<Followed> {
    use crate::flowsheet::Term;
    let of = match &context.flowsheet.objective {
        Objective::Profit => Measure {
            text: "profit()".to_owned(),
            terms: vec![(1.0, Term::Profit)],
            unit: MeasureUnit::MoneyRate,
        },
        Objective::Maximise(measure) | Objective::Minimise(measure) => measure.clone(),
    };
    let gradient = context.functionals().measure(context.at(), &of);
    let sensitivity = context.model.sensitivity(context.solution, &gradient)?;
    Some(Followed { of, to: None, base: context.solution.objective, sensitivity })
}

/// The model with one figure moved.
struct Moved {
    model: Model,
    values: crate::flowsheet::Values,
    step: f64,
}

impl Moved {
    fn new(context: &Context<'_>, figure: FigureId) -> Option<Self> {
        let mut values = context.values.clone();
        let value = values[figure];
        // Inwards from 1, so that a share stays one.
        let step = if value == 1.0 { -STEP } else { STEP * value };
        if step == 0.0 {
            return None;
        }
        values[figure] = value + step;
        let model = Model::assemble(context.flowsheet, &values).ok()?;
        Some(Self { model, values, step })
    }

    fn derivative(&self, context: &Context<'_>, followed: &Followed) -> f64 {
        let at = At { values: &self.values, ..context.at() };
        let value = |measure: &Measure| -> f64 {
            let functional: Linear = self.model.functionals().measure(at, measure);
            context.value(&functional)
        };
        let of = value(&followed.of);
        let after = followed.to.as_ref().map_or(of, |to| of / value(to));
        let explicit = after - followed.base;
        let implicit = self.model.residual(context.solution, &followed.sensitivity)
            - context.model.residual(context.solution, &followed.sensitivity);
        (explicit + implicit) / self.step
    }
}
