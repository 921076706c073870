//! Goals: the value reached, whether it is met, the best attainable, and what holds it back (formulation §6).

use super::{GoalOutcome, HeldBy, bottleneck::sense_name, context::Context};
use crate::{
    flowsheet::{Flowsheet, Goal, Limit, Measure, Objective, PeriodId, Sense, Values},
    index::Id,
    lp::{self, Options},
    model::{At, Failure, Form, Linear, Model, Row},
};

/// A goal is met if it is missed by less than this share of its bound.
const TOLERANCE: f64 = 1e-9;

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
                        holders = held_by(context, goal, bound.sense);
                    }
                }
            }
            let (of, to) = (&goal.of, goal.to.as_ref());
            outcomes.push(GoalOutcome {
                name: goal.name.clone(),
                title: goal.title.clone(),
                measure: to.map_or_else(
                    || of.text.clone(),
                    |to| format!("{} ÷ {}", bracketed(&of.text), bracketed(&to.text)),
                ),
                unit: unit(context.flowsheet, goal),
                sense: sense_name(bound.sense),
                bound: wanted,
                value,
                interval: None,
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
            format!("it grows without limit as `{}` goes to 0", to.text)
        }
        (Failure::Unbounded(_), None) => "it has no limit".to_owned(),
        (Failure::Infeasible(_), Some(to)) => format!("`{}` is always 0", to.text),
        (Failure::Infeasible(_), None) => "no plan satisfies the other goals".to_owned(),
        _ => "it was not found".to_owned(),
    }
}

/// A sum in parentheses, so that it stays one in a ratio.
fn bracketed(text: &str) -> String {
    if text.contains(['+', '-']) && text.contains(' ') {
        format!("({text})")
    } else {
        text.to_owned()
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

/// Optimises a goal's own measure, all limits and the other enforced goals kept.
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
    changed.objective = match sense {
        Sense::AtMost => Objective::Minimise(goal.of.clone()),
        _ => Objective::Maximise(goal.of.clone()),
    };
    let model = Model::assemble(&changed, values)
        .map_err(|_| Failure::Backend("the model cannot be written".to_owned()))?;
    if let Some(to) = &goal.to {
        return best_ratio(&changed, values, options, &model, (&goal.of, to), sense);
    }
    let solution = model.solve(&changed, options, Form::Condensed)?;
    let context = Context::new(&changed, values, &model, &solution);
    Ok(Best { value: solution.objective, held_by: held_by(&context, goal, sense) })
}

/// Optimises a ratio of two measures.
fn best_ratio(
    flowsheet: &Flowsheet,
    values: &Values,
    options: &Options,
    model: &Model,
    (of, to): (&Measure, &Measure),
    sense: Sense,
) -> Result<Best, Failure> {
    let at = At { flowsheet, values, period: PeriodId::new(0) };
    let reduced = |measure| model.reduce(&model.functionals().measure(at, measure));
    let parts = (&reduced(of)[..], &reduced(to)[..]);
    let best = lp::fractional(model.condensed(), parts, sense != Sense::AtMost, options).map_err(
        |failure| match failure {
            lp::Failure::Unbounded { .. } => Failure::Unbounded(Vec::new()),
            lp::Failure::Infeasible { .. } => Failure::Infeasible(Vec::new()),
            _ => Failure::Backend("the best ratio was not proven".to_owned()),
        },
    )?;
    let mut list: Vec<(f64, HeldBy)> = Vec::new();
    for (id, row) in model.condensed().rows() {
        let Row::Limit(limit, _) = row.key else { continue };
        let effect = best.duals[id.index()];
        list.extend(held(flowsheet, values, &flowsheet.limits[*limit], effect, sense));
    }
    Ok(Best { value: best.value, held_by: strongest_first(list) })
}

/// The limits that hold a goal where it is, strongest first.
fn held_by(context: &Context<'_>, goal: &Goal, sense: Sense) -> Vec<HeldBy> {
    let sensitivity = gradient(context, goal)
        .and_then(|gradient| context.model.sensitivity(context.solution, &gradient));
    let Some(sensitivity) = sensitivity else { return Vec::new() };
    let rows = context.model.written_rows().filter_map(|(id, row)| {
        let Row::Limit(limit, _) = row else { return None };
        let limit = &context.flowsheet.limits[limit];
        held(context.flowsheet, context.values, limit, sensitivity.row(id), sense)
    });
    strongest_first(rows.collect())
}

/// A limit that holds a goal back: one whose relief moves the goal in the wanted direction. With its weight, the
/// effect of doubling it.
fn held(
    flowsheet: &Flowsheet,
    values: &Values,
    limit: &Limit,
    effect: f64,
    sense: Sense,
) -> Option<(f64, HeldBy)> {
    let wanted = if sense == Sense::AtMost { -effect } else { effect };
    let relieves = match limit.sense {
        Sense::AtMost => wanted > 0.0,
        Sense::AtLeast => wanted < 0.0,
        Sense::Exactly => wanted != 0.0,
    };
    let weight = (effect * values[limit.figure]).abs();
    let figure = &flowsheet.figures[limit.figure];
    (relieves && limit.share_of.is_none() && weight > 1e-9).then(|| {
        let (limit, text) = (figure.path.clone(), figure.text.clone());
        (weight, HeldBy { limit, text, effect })
    })
}

fn strongest_first(mut list: Vec<(f64, HeldBy)>) -> Vec<HeldBy> {
    list.sort_by(|a, b| b.0.total_cmp(&a.0));
    list.into_iter().map(|(_, held)| held).collect()
}
