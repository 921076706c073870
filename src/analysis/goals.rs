//! Goals: the value reached, whether it is met, the best attainable, and what holds it back (formulation §6).

use super::{GoalOutcome, HeldBy, bottleneck::sense_name, context::Context};
use crate::{
    flowsheet::{Flowsheet, Goal, Measure, Objective, Sense, Values},
    lp::Options,
    model::{Failure, Form, Linear, Model, Row, Solution},
};

/// A goal is met if it is missed by less than this share of its bound.
const TOLERANCE: f64 = 1e-9;
/// Dinkelbach's iteration converges superlinearly; more steps than this mean that it does not.
const STEPS: usize = 40;

pub(super) fn check(context: &Context<'_>, options: &Options) -> Vec<GoalOutcome> {
    let mut outcomes = Vec::new();
    for goal in &context.flowsheet.goals {
        for bound in &goal.bounds {
            let wanted = context.values[bound.figure];
            let value = value(context, goal);
            let slack = value.map(|value| match bound.sense {
                Sense::AtMost => wanted - value,
                _ => value - wanted,
            });
            let met = slack.is_some_and(|slack| slack >= -TOLERANCE * wanted.abs().max(1e-12));
            let (mut best_value, mut why_no_best, mut holders) = (None, None, Vec::new());
            if !met {
                match best(context.flowsheet, context.values, options, goal, bound.sense) {
                    Ok(best) => (best_value, holders) = (Some(best.value), best.held_by),
                    Err(failure) => {
                        why_no_best = Some(explain(goal, &failure));
                        holders = held_by(context, goal);
                    }
                }
            }
            let (of, to) = (&goal.of, goal.to.as_ref());
            outcomes.push(GoalOutcome {
                name: goal.name.clone(),
                title: goal.title.clone(),
                measure: to
                    .map_or_else(|| of.text.clone(), |to| format!("{} ÷ {}", of.text, to.text)),
                unit: unit(context.flowsheet, goal),
                sense: sense_name(bound.sense),
                bound: wanted,
                value,
                slack,
                met,
                enforced: goal.enforced,
                best: best_value,
                why_no_best,
                held_by: holders,
            });
        }
    }
    outcomes
}

/// Why a goal has no best value.
fn explain(goal: &Goal, failure: &Failure) -> String {
    match (failure, &goal.to) {
        (Failure::Unbounded(_), Some(to)) => {
            format!("it has no limit, because `{}` can be 0", to.text)
        }
        (Failure::Unbounded(_), None) => "it has no limit".to_owned(),
        (Failure::Infeasible(_), _) => "no plan satisfies the other goals".to_owned(),
        _ => "it was not found".to_owned(),
    }
}

/// The unit of a goal's value; empty for a ratio of like things.
pub(super) fn unit(flowsheet: &Flowsheet, goal: &Goal) -> String {
    let of = goal.of.unit.text(&flowsheet.currency);
    match &goal.to {
        None => of,
        Some(to) if to.unit == goal.of.unit => String::new(),
        Some(to) => {
            let strip = |text: String| text.trim_end_matches("/yr").to_owned();
            format!("{}/{}", strip(of), strip(to.unit.text(&flowsheet.currency)))
        }
    }
}

/// The value of a goal; none if its denominator is 0.
pub(super) fn value(context: &Context<'_>, goal: &Goal) -> Option<f64> {
    let measure =
        |measure: &Measure| context.value(&context.functionals().measure(context.at(), measure));
    let of = measure(&goal.of);
    match &goal.to {
        None => Some(of),
        Some(to) => {
            let to = measure(to);
            (to.abs() > 0.0).then(|| of / to)
        }
    }
}

/// The gradient of a goal at the solution: of a ratio `(∇of − value · ∇to) ÷ to`.
pub(super) fn gradient(context: &Context<'_>, goal: &Goal) -> Option<Linear> {
    let functional = |measure: &Measure| context.functionals().measure(context.at(), measure);
    let of = functional(&goal.of);
    let Some(to) = &goal.to else { return Some(of) };
    let to = functional(to);
    let below = context.value(&to);
    let value = value(context, goal)?;
    Some(Linear::sum(&[(1.0 / below, of), (-value / below, to)]))
}

/// The best value of a goal over all plans.
pub(super) struct Best {
    pub(super) value: f64,
    pub(super) held_by: Vec<HeldBy>,
}

/// Optimises a goal's own measure, all limits and the other enforced goals kept. A ratio is optimised by Dinkelbach's
/// method (W. Dinkelbach, Management Science 13 (1967) 492–498): the root of max (of − λ · to).
pub(super) fn best(
    flowsheet: &Flowsheet,
    values: &Values,
    options: &Options,
    goal: &Goal,
    sense: Sense,
) -> Result<Best, Failure> {
    let mut changed = flowsheet.clone();
    for other in changed.goals.iter_mut().filter(|other| other.name == goal.name) {
        other.enforced = false;
    }
    let mut optimise = |measure: Measure| -> Result<(Model, Solution, Flowsheet), Failure> {
        changed.objective = match sense {
            Sense::AtMost => Objective::Minimise(measure),
            _ => Objective::Maximise(measure),
        };
        let model = Model::assemble(&changed, values)
            .map_err(|_| Failure::Backend("the model cannot be written".to_owned()))?;
        let solution = model.solve(&changed, options, Form::Condensed)?;
        Ok((model, solution, changed.clone()))
    };
    let Some(to) = &goal.to else {
        let (model, solution, changed) = optimise(goal.of.clone())?;
        let context = Context::new(&changed, values, &model, &solution);
        let value = solution.objective;
        return Ok(Best { value, held_by: held_by(&context, goal) });
    };
    let mut ratio = 0.0;
    for step in 0..STEPS {
        let mut combined = goal.of.clone();
        combined
            .terms
            .extend(to.terms.iter().map(|(factor, term)| (-ratio * factor, term.clone())));
        let (model, solution, changed) = optimise(combined)?;
        let context = Context::new(&changed, values, &model, &solution);
        let measure = |measure: &Measure| {
            context.value(&context.functionals().measure(context.at(), measure))
        };
        let (above, below) = (measure(&goal.of), measure(to));
        if below <= 0.0 {
            return Err(Failure::Unbounded(Vec::new()));
        }
        let next = above / below;
        let last = (next - ratio).abs() <= 1e-12 * next.abs().max(ratio.abs()) && step > 0;
        ratio = next;
        if last {
            return Ok(Best { value: ratio, held_by: held_by(&context, goal) });
        }
    }
    Err(Failure::Backend("the ratio does not converge".to_owned()))
}

/// The limits that hold a goal where it is, strongest first.
fn held_by(context: &Context<'_>, goal: &Goal) -> Vec<HeldBy> {
    let sensitivity = gradient(context, goal)
        .and_then(|gradient| context.model.sensitivity(context.solution, &gradient));
    let Some(sensitivity) = sensitivity else { return Vec::new() };
    let flowsheet = context.flowsheet;
    let mut list: Vec<(f64, HeldBy)> = context
        .model
        .written_rows()
        .filter_map(|(id, row)| {
            let Row::Limit(limit, _) = row else { return None };
            let limit = &flowsheet.limits[limit];
            let effect = sensitivity.row(id);
            let weight = (effect * context.values[limit.figure]).abs();
            let figure = &flowsheet.figures[limit.figure];
            (limit.share_of.is_none() && weight > 1e-9).then(|| {
                let (limit, text) = (figure.path.clone(), figure.text.clone());
                (weight, HeldBy { limit, text, effect })
            })
        })
        .collect();
    list.sort_by(|a, b| b.0.total_cmp(&a.0));
    list.into_iter().map(|(_, held)| held).collect()
}
