//! Bottlenecks: every limit with its utilisation, slack, shadow price, the range over which that holds, and its
//! effect on each goal (formulation §8).

use std::cmp::Ordering;

use super::{GoalEffect, LimitOutcome, context::Context, goals};
use crate::{
    flowsheet::{Content, LimitKind, Sense},
    lp::RowId,
    model::{Form, Row, Sensitivity},
};

/// A limit binds when its slack is below this share of its bound.
const BINDING: f64 = 1e-9;

pub(super) fn limits(context: &Context<'_>) -> Vec<LimitOutcome> {
    let effects = goal_effects(context);
    let mut outcomes: Vec<LimitOutcome> = context
        .model
        .written_rows()
        .filter_map(|(id, row)| describe(context, id, row, &effects))
        .collect();
    outcomes.sort_by(rank);
    outcomes
}

/// Binding limits by what relieving them is worth (fixed shares after the others), then the rest by utilisation.
fn rank(a: &LimitOutcome, b: &LimitOutcome) -> Ordering {
    let worth = |limit: &LimitOutcome| match limit.worth {
        Some(worth) => worth,
        // Without end: the shadow price over doubling the limit.
        None => (limit.shadow_price * limit.bound).abs(),
    };
    let used = |limit: &LimitOutcome| limit.utilisation.unwrap_or(0.0);
    // What is fixed exactly was chosen by the user: a recipe, a given split. It is no bottleneck.
    let fixed = |limit: &LimitOutcome| limit.sense == "exactly";
    b.binding
        .cmp(&a.binding)
        .then_with(|| fixed(a).cmp(&fixed(b)))
        .then_with(|| if a.binding { worth(b).total_cmp(&worth(a)) } else { Ordering::Equal })
        .then_with(|| used(b).total_cmp(&used(a)))
}

/// How each goal changes with every right-hand side.
fn goal_effects(context: &Context<'_>) -> Vec<(String, Sensitivity)> {
    let goals = context.flowsheet.goals.iter();
    goals
        .filter_map(|goal| {
            let gradient = goals::gradient(context, goal)?;
            let sensitivity = context.model.sensitivity(context.solution, &gradient)?;
            Some((goal.name.clone(), sensitivity))
        })
        .collect()
}

pub(super) const fn sense_name(sense: Sense) -> &'static str {
    match sense {
        Sense::AtMost => "at most",
        Sense::AtLeast => "at least",
        Sense::Exactly => "exactly",
    }
}

const fn kind_name(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Supply => "supply",
        LimitKind::Capacity => "capacity",
        LimitKind::Demand => "demand",
        LimitKind::Specification => "specification",
        LimitKind::Fraction => "fraction",
        LimitKind::Flow => "flow",
        LimitKind::Disposal => "disposal",
        LimitKind::Recipe => "recipe",
        LimitKind::Ingredient => "ingredient",
    }
}

fn describe(
    context: &Context<'_>,
    row: RowId,
    key: Row,
    effects: &[(String, Sensitivity)],
) -> Option<LimitOutcome> {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    let mut shadow_price = context.solution.shadow_price(flowsheet, row);
    // One unit of a share moves the right-hand side by the whole flow that it is a share of.
    let (figure, kind, of, sense, bound, reached, whole) = match key {
        Row::Limit(id, _) => {
            let limit = &flowsheet.limits[id];
            let available = limit.availability.map_or(1.0, |figure| context.values[figure]);
            let flow = context.value(&functionals.flow(context.at(), limit.port, &limit.content));
            let whole = limit.share_of.map(|port| {
                context.value(&functionals.flow(context.at(), port, &Content::whole()))
            });
            let of = flowsheet.operations[limit.operation].name.clone();
            let bound = context.values[limit.figure] * available;
            let reached = match whole {
                Some(whole) if whole > 0.0 => flow / whole,
                Some(_) => 0.0,
                None => flow,
            };
            (limit.figure, kind_name(limit.kind), of, limit.sense, bound, reached, whole)
        }
        Row::Goal(id, at) => {
            let goal = &flowsheet.goals[id];
            let bound = goal.bounds[at];
            let reached = goals::value(context, goal)?;
            let whole =
                goal.to.as_ref().map(|to| context.value(&functionals.measure(context.at(), to)));
            let wanted = context.values[bound.figure];
            (bound.figure, "goal", goal.name.clone(), bound.sense, wanted, reached, whole)
        }
        _ => return None,
    };
    let scale = whole.unwrap_or(1.0);
    let slack = scale
        * match sense {
            Sense::AtMost => bound - reached,
            Sense::AtLeast => reached - bound,
            Sense::Exactly => 0.0,
        };
    let size = scale * bound.abs().max(reached.abs());
    let idle = whole.is_some_and(|whole| whole == 0.0);
    let binding = !idle && (sense == Sense::Exactly || slack <= BINDING * size);
    if !binding {
        shadow_price = 0.0;
    }
    let range = (context.solution.form == Form::Condensed && whole.is_none())
        .then(|| {
            let basis = context.solution.raw.basis.as_ref()?;
            Some(basis.ranging_rhs(context.model.condensed_row(row)?))
        })
        .flatten();
    let finite = |value: f64| value.is_finite().then_some(value.max(0.0));
    let decrease = range.as_ref().and_then(|range| finite(range.decrease));
    let increase = range.as_ref().and_then(|range| finite(range.increase));
    // The step that helps: up if the objective then moves the way it should.
    let helps = shadow_price * flowsheet.objective.sign() > 0.0;
    let helpful = if helps { increase } else { decrease };
    Some(LimitOutcome {
        path: flowsheet.figures[figure].path.clone(),
        text: flowsheet.figures[figure].text.clone(),
        kind,
        of,
        sense: sense_name(sense),
        bound,
        reached,
        utilisation: (bound != 0.0).then(|| reached / bound),
        slack: slack.max(0.0),
        binding,
        shadow_price: shadow_price * scale,
        decrease,
        increase,
        worth: helpful.map(|step| shadow_price.abs() * step),
        goal_effects: effects
            .iter()
            .map(|(goal, sensitivity)| GoalEffect {
                goal: goal.clone(),
                effect: if binding { sensitivity.row(row) * scale } else { 0.0 },
            })
            .filter(|effect| effect.effect != 0.0)
            .collect(),
    })
}
