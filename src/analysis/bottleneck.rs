//! Bottlenecks: every limit with its utilisation, slack, shadow price, the range over which that holds, and its
//! effect on each goal (formulation §8).

use std::cmp::Ordering;

use super::{GoalEffect, LimitOutcome, context::Context, goals};
use crate::{
    flowsheet::{Content, LimitKind, Sense},
    lp::{Next, Options, RowId, Side},
    model::{Column, Decision, Form, Row, Sensitivity},
};

/// A limit binds when its slack is below this share of its bound.
const BINDING: f64 = 1e-9;

pub(super) fn limits(context: &Context<'_>, options: &Options) -> Vec<LimitOutcome> {
    let effects = goal_effects(context);
    let mut outcomes: Vec<LimitOutcome> = context
        .model
        .written_rows()
        .filter_map(|(id, row)| describe(context, options, id, row, &effects))
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
    options: &Options,
    row: RowId,
    key: Row,
    effects: &[(String, Sensitivity)],
) -> Option<LimitOutcome> {
    let flowsheet = context.flowsheet;
    let functionals = context.functionals();
    let dual = context.solution.shadow_price(flowsheet, row);
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
    let sides = if binding { Sides::of(context, options, row) } else { Sides::slack() };
    let price =
        |side: &Option<Side>| side.as_ref().map(|side| clean(sign(context) * side.price * scale));
    let (left, right) = (price(&sides.down), price(&sides.up));
    // The price of the step that relieves; of what is fixed, that of the basis.
    let relieving = match sense {
        Sense::AtMost => right,
        Sense::AtLeast => left,
        Sense::Exactly => None,
    };
    let shadow_price = if binding { relieving.unwrap_or(dual * scale) } else { 0.0 };
    // How far a share may go is no matter of the right-hand side alone.
    let room = |side: &Option<Side>| {
        let side = side.as_ref().filter(|_| binding && whole.is_none())?;
        side.room.is_finite().then_some(side.room.max(0.0))
    };
    let (decrease, increase) = (room(&sides.down), room(&sides.up));
    let next = |side: &Option<Side>| {
        side.as_ref().filter(|_| whole.is_none()).and_then(|side| name_next(context, side.next?))
    };
    // The step that helps: up if the objective then moves the way it should.
    let helps = shadow_price * flowsheet.objective.sign() > 0.0;
    let helpful = if helps { &sides.up } else { &sides.down };
    // Along a ratio the price falls as the limit is relieved: the change itself is told, not price times step.
    let worth = helpful
        .as_ref()
        .filter(|side| binding && whole.is_none() && side.room.is_finite())
        .map(|side| side.change.abs())
        .filter(|change| change.is_finite());
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
        shadow_price,
        left,
        right,
        decrease,
        increase,
        next_down: next(&sides.down),
        next_up: next(&sides.up),
        worth,
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

/// The sign that turns a derivative of the minimum into one of the objective in the flowsheet's own sense.
fn sign(context: &Context<'_>) -> f64 {
    -context.flowsheet.objective.sign()
}

/// Minus nothing is nothing.
fn clean(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// Both sides of a limit's right-hand side; none where there is no plan.
struct Sides {
    down: Option<Side>,
    up: Option<Side>,
}

impl Sides {
    /// What does not bind moves nothing.
    fn slack() -> Self {
        let side = || Some(Side { price: 0.0, room: f64::INFINITY, change: 0.0, next: None });
        Self { down: side(), up: side() }
    }

    fn of(context: &Context<'_>, options: &Options, row: RowId) -> Self {
        let side = |up: bool| {
            let id = context.model.condensed_row(row)?;
            // What could not be proven is not told: the price of the basis remains.
            context.model.side(context.solution, id, up, options).ok()?
        };
        if context.solution.form == Form::Condensed {
            return Self { down: side(false), up: side(true) };
        }
        let only = || {
            let price = sign(context) * context.solution.shadow_price(context.flowsheet, row);
            Some(Side { price, room: f64::INFINITY, change: f64::INFINITY, next: None })
        };
        Self { down: only(), up: only() }
    }
}

/// What ends the range of a price, in words.
fn name_next(context: &Context<'_>, next: Next) -> Option<String> {
    let condensed = context.model.condensed();
    Some(match next {
        Next::Infeasible => "no plan".to_owned(),
        Next::Column(column) => {
            format!("nothing of {}", name_column(context, *condensed.column_key(column))?)
        }
        Next::Row(row) => name_row(context, *condensed.row_key(row)),
    })
}

/// A decision in words.
pub(super) fn name_column(context: &Context<'_>, column: Column) -> Option<String> {
    let flowsheet = context.flowsheet;
    let Column::Driver(driver) = column else { return None };
    Some(match context.model.drivers()[driver].decision {
        Decision::Supply(id) | Decision::Blend(id) => flowsheet.operations[id].name.clone(),
        Decision::Split(id) => flowsheet.streams[id].name.clone(),
        Decision::Ingredient(id, species) => {
            let species = &flowsheet.species[species].name;
            format!("{species} bought by {}", flowsheet.operations[id].name)
        }
    })
}

/// A row in words: the path of what the user wrote.
pub(super) fn name_row(context: &Context<'_>, row: Row) -> String {
    let flowsheet = context.flowsheet;
    match row {
        Row::Limit(id, _) => flowsheet.figures[flowsheet.limits[id].figure].path.clone(),
        Row::Goal(id, at) => flowsheet.figures[flowsheet.goals[id].bounds[at].figure].path.clone(),
        Row::Split(id, _) => format!("split of {}", flowsheet.operations[id].name),
        Row::Foreign(id, ..) => format!("recipe of {}", flowsheet.operations[id].name),
        Row::NotNegative(node) | Row::Definition(node) => {
            let node = context.model.nodes()[node];
            let species = &flowsheet.species[node.species].name;
            format!("{species} in {}", flowsheet.streams[node.stream].name)
        }
    }
}
