//! Goals: the value reached, whether it is met, the best attainable, and what holds it back (formulation §6).

use super::{
    GoalOutcome, HeldBy, NoBest,
    bottleneck::{self, Sides, binds, sense_name},
    context::Context,
    failure::reason_of_ratio,
};
use crate::{
    flowsheet::{
        Content, Flowsheet, Goal, Limit, Measure, Objective, PeriodId, Sense, Values, ratio_text,
        ratio_unit,
    },
    index::Id,
    lp::Options,
    measure::format_number,
    model::{At, Failure, Form, Linear, Model, RatioFailure, Row},
};

/// A goal is met if it is missed by less than this share of its bound.
pub(super) const TOLERANCE: f64 = 1e-9;

/// What is kept of a plan is kept but for this share.
const ROUNDING: f64 = 1e-12;

/// All goals with what the plan reaches of them; of what is missed, the best that any plan reaches, and what holds it.
pub(super) fn check(context: &Context<'_>, options: &Options) -> Vec<GoalOutcome> {
    let mut outcomes = reached(context);
    let goals = context.flowsheet.goals.iter();
    let bounds = goals.flat_map(|goal| goal.bounds.iter().map(move |bound| (goal, bound)));
    for ((goal, bound), outcome) in bounds.zip(&mut outcomes) {
        if outcome.met {
            continue;
        }
        match best(context.flowsheet, context.values, options, goal, bound.sense) {
            Ok(best) => (outcome.best, outcome.held_by) = (Some(best.value), best.held_by),
            Err(failure) => {
                let told = explain(context, goal, bound.sense, &failure);
                outcome.no_best = Some(NoBest::of(&failure));
                let kept = best_kept(context, goal, bound.sense, options);
                (outcome.why_no_best, outcome.held_by) = match kept {
                    Some((value, holders)) => (Some(format!("{told}; {value}")), holders),
                    None => (Some(told), held_by(context, goal, bound.sense, options)),
                };
            }
        }
    }
    outcomes
}

/// All goals, one per bound, with what the plan reaches of them.
pub(super) fn reached(context: &Context<'_>) -> Vec<GoalOutcome> {
    let mut outcomes = Vec::new();
    for goal in &context.flowsheet.goals {
        for bound in &goal.bounds {
            let wanted = context.values[bound.figure];
            let value = value(context, goal);
            let (slack, met) = judge(bound.sense, wanted, value);
            outcomes.push(GoalOutcome {
                name: goal.name.clone(),
                title: goal.title.clone(),
                measure: ratio_text(&goal.of, goal.to.as_ref()),
                unit: unit(context.flowsheet, goal),
                sense: sense_name(bound.sense),
                bound: wanted,
                value,
                interval: None,
                slack,
                met,
                enforced: goal.enforced,
                best: None,
                why_no_best: None,
                no_best: None,
                held_by: Vec::new(),
            });
        }
    }
    outcomes
}

/// How far a value is on the good side of a bound, and whether it keeps it; a goal without a value is missed.
pub(super) fn judge(sense: Sense, wanted: f64, value: Option<f64>) -> (Option<f64>, bool) {
    let slack = value.map(|value| match sense {
        Sense::AtMost => wanted - value,
        _ => value - wanted,
    });
    let near = -TOLERANCE * wanted.abs().max(1e-12);
    (slack, slack.is_some_and(|slack| slack >= near))
}

impl NoBest {
    const fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unbounded(_) | Failure::Ratio(RatioFailure::Growing(_)) => Self::Unbounded,
            Failure::Ratio(_) => Self::Ratio,
            Failure::Infeasible(_) => Self::Infeasible,
            _ => Self::NotFound,
        }
    }
}

/// Why a goal has no best value.
fn explain(context: &Context<'_>, goal: &Goal, sense: Sense, failure: &Failure) -> String {
    let word = if sense == Sense::AtMost { "falls" } else { "grows" };
    match (failure, &goal.to) {
        (Failure::Ratio(reason), Some(to)) => {
            let told = reason_of_ratio(reason, &to.text, word, &unit(context.flowsheet, goal));
            format!("it {told}")
        }
        (Failure::Unbounded(_), _) => "it has no limit".to_owned(),
        (Failure::Infeasible(_), _) => "no plan satisfies the other goals".to_owned(),
        _ => "it was not found".to_owned(),
    }
}

/// The best value of a ratio in plans with at least as much of its denominator as the present one has, in words, and
/// what holds it there; none if the present plan has nothing of it.
fn best_kept(
    context: &Context<'_>,
    goal: &Goal,
    sense: Sense,
    options: &Options,
) -> Option<(String, Vec<HeldBy>)> {
    let to = goal.to.as_ref()?;
    let measure = |measure| context.functionals().measure(context.at(), measure);
    let parts = (&measure(&goal.of), &measure(to));
    let least = present(context, parts.1)?;
    let (flowsheet, values, model) = (context.flowsheet, context.values, context.model);
    let maximise = sense != Sense::AtMost;
    let best = best_ratio(flowsheet, values, model, parts, maximise, Some(least), options).ok()?;
    let unit = unit(flowsheet, goal);
    let value = format_number(best.value);
    let value = if unit.is_empty() { value } else { format!("{value} {unit}") };
    let told = format!("with at least as much of that as in this plan, {value} is the best");
    Some((told, best.held_by))
}

/// The value of a functional in the present plan, as what can be kept of it; none if it is nothing.
pub(super) fn present(context: &Context<'_>, functional: &Linear) -> Option<f64> {
    let value = context.value(functional);
    // Less by what rounding may take away.
    (value > 0.0).then_some(value * (1.0 - ROUNDING))
}

/// The unit of a goal's value; empty for a ratio of like things.
pub(super) fn unit(flowsheet: &Flowsheet, goal: &Goal) -> String {
    ratio_unit(&goal.of, goal.to.as_ref(), &flowsheet.currency)
}

/// The value of a goal; none if its denominator is 0.
pub(super) fn value(context: &Context<'_>, goal: &Goal) -> Option<f64> {
    value_of(context, &goal.of, goal.to.as_ref())
}

/// The value of a measure or ratio; none if its denominator is 0.
pub(super) fn value_of(context: &Context<'_>, of: &Measure, to: Option<&Measure>) -> Option<f64> {
    let measure =
        |measure: &Measure| context.value(&context.functionals().measure(context.at(), measure));
    let of = measure(of);
    match to {
        None => Some(of),
        Some(to) => {
            let to = measure(to);
            (to.abs() > 0.0).then(|| of / to)
        }
    }
}

/// The gradient of a goal at the solution.
pub(super) fn gradient(context: &Context<'_>, goal: &Goal) -> Option<Linear> {
    gradient_of(context, &goal.of, goal.to.as_ref())
}

/// The gradient of a measure or ratio at the solution: of a ratio `(∇of − value · ∇to) ÷ to`.
pub(super) fn gradient_of(
    context: &Context<'_>,
    of: &Measure,
    to: Option<&Measure>,
) -> Option<Linear> {
    let functional = |measure: &Measure| context.functionals().measure(context.at(), measure);
    let value = value_of(context, of, to)?;
    let of = functional(of);
    let Some(to) = to else { return Some(of) };
    let to = functional(to);
    let below = context.value(&to);
    Some(Linear::sum(&[(1.0 / below, of), (-value / below, to)]))
}

/// The best value of a goal over all plans.
pub(super) struct Best {
    pub(super) value: f64,
    pub(super) held_by: Vec<HeldBy>,
}

/// The flowsheet with a goal's measure, or the numerator of its ratio, as objective, and the goal not enforced.
pub(super) fn aim_at_measure(flowsheet: &Flowsheet, goal: &Goal, sense: Sense) -> Flowsheet {
    let mut changed = flowsheet.clone();
    for other in changed.goals.iter_mut().filter(|other| other.name == goal.name) {
        other.enforced = false;
    }
    changed.objective = match sense {
        Sense::AtMost => Objective::Minimise(goal.of.clone()),
        _ => Objective::Maximise(goal.of.clone()),
    };
    changed
}

/// Optimises a goal's own measure, all limits and the other enforced goals kept.
pub(super) fn best(
    flowsheet: &Flowsheet,
    values: &Values,
    options: &Options,
    goal: &Goal,
    sense: Sense,
) -> Result<Best, Failure> {
    let changed = aim_at_measure(flowsheet, goal, sense);
    let mut model = Model::assemble(&changed, values)
        .map_err(|_| Failure::Backend("the model cannot be written".to_owned()))?;
    if let Some(to) = &goal.to {
        let at = At { flowsheet: &changed, values, period: PeriodId::new(0) };
        let measure = |measure| model.functionals().measure(at, measure);
        let parts = (&measure(&goal.of), &measure(to));
        let found =
            best_ratio(&changed, values, &model, parts, sense != Sense::AtMost, None, options);
        // That nothing says how large the plan is holds no ratio back.
        return match found {
            Err(Failure::Ratio(RatioFailure::AnySize(value))) => Ok(Best::free(value)),
            found => found,
        };
    }
    let solution = model.solve(&changed, options, Form::Condensed)?;
    let context = Context::new(&changed, values, &model, &solution);
    Ok(Best { value: solution.objective, held_by: held_by(&context, goal, sense, options) })
}

impl Best {
    /// A best value that no limit holds back.
    const fn free(value: f64) -> Self {
        Self { value, held_by: Vec::new() }
    }
}

/// The best ratio of two functionals over all plans of a model, or over those that keep the denominator at least at a
/// value, and the limits that hold it there.
pub(super) fn best_ratio(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    parts: (&Linear, &Linear),
    maximise: bool,
    least: Option<f64>,
    options: &Options,
) -> Result<Best, Failure> {
    let best = model.best_ratio(parts, maximise, least, options)?;
    let (sense, sign) = if maximise { (Sense::AtLeast, -1.0) } else { (Sense::AtMost, 1.0) };
    let mut list: Vec<(f64, HeldBy)> = Vec::new();
    for (id, row) in model.condensed().rows() {
        let Row::Limit(limit, _) = row.key else { continue };
        let limit = &flowsheet.limits[*limit];
        let whole = limit.share_of.map_or(1.0, |port| {
            let at = At { flowsheet, values, period: PeriodId::new(0) };
            let whole = model.functionals().flow(at, port, &Content::whole());
            let factors = model.reduce(&whole);
            factors.iter().zip(&best.solution.primal).map(|(factor, value)| factor * value).sum()
        });
        let effect = sign * best.solution.dual(id) * whole;
        list.extend(held(flowsheet, values, limit, effect, sense));
    }
    Ok(Best { value: best.value, held_by: strongest_first(list) })
}

/// The limits that hold a goal where it is, strongest first; then, with an effect of 0, those that do so together only.
fn held_by(context: &Context<'_>, goal: &Goal, sense: Sense, options: &Options) -> Vec<HeldBy> {
    let Some(gradient) = gradient(context, goal) else { return Vec::new() };
    let Some(at_vertex) = context.model.sensitivity(context.solution, &gradient) else {
        return Vec::new();
    };
    let degenerate = context.solution.raw.degenerate;
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for (id, row) in context.model.written_rows() {
        let Row::Limit(limit, _) = row else { continue };
        let limit = &context.flowsheet.limits[limit];
        // One unit of a share moves its row by the whole flow that it is a share of.
        let whole = limit.share_of.map_or(1.0, |port| {
            context.value(&context.functionals().flow(context.at(), port, &Content::whole()))
        });
        if !degenerate {
            let effect = at_vertex.row(id) * whole;
            alone.extend(held(context.flowsheet, context.values, limit, effect, sense));
            continue;
        }
        if !binds(context, row) || limit.sense == Sense::Exactly {
            continue;
        }
        let sides = Sides::of(context, options, id);
        let relieving = sides.relieving(limit.sense);
        let effect = whole * bottleneck::effect(context, &gradient, &at_vertex, id, relieving);
        let found = held(context.flowsheet, context.values, limit, effect, sense);
        let tightened = sides.tightening(limit.sense);
        let tightened = tightened.is_none_or(|side| {
            bottleneck::effect(context, &gradient, &at_vertex, id, Some(side)) != 0.0
        });
        if found.is_some() {
            alone.extend(found);
        } else if tightened {
            let figure = &context.flowsheet.figures[limit.figure];
            let (limit, text) = (figure.path.clone(), figure.text.clone());
            together.push(HeldBy { limit, text, effect: 0.0 });
        }
    }
    let mut list = strongest_first(alone);
    list.extend(together);
    list
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
    // Neither a line of a recipe that fills the whole nor a given fraction can move alone.
    let fixed = limit.share_of.is_some() && limit.sense == Sense::Exactly;
    (relieves && !fixed && weight > 1e-9).then(|| {
        let (limit, text) = (figure.path.clone(), figure.text.clone());
        (weight, HeldBy { limit, text, effect })
    })
}

fn strongest_first(mut list: Vec<(f64, HeldBy)>) -> Vec<HeldBy> {
    list.sort_by(|a, b| b.0.total_cmp(&a.0));
    list.into_iter().map(|(_, held)| held).collect()
}
