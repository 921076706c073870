//! Bottlenecks: every limit with its utilisation, slack, shadow price, the range over which that holds, and its
//! effect on each goal (formulation §8).

mod sides;
mod words;

pub(super) use sides::{Sides, effect};
pub(super) use words::{name_column, name_next, name_row, sense_name};

use std::cmp::Ordering;

use super::{GoalEffect, JointOutcome, LimitOutcome, context::Context, goals};
use crate::{
    flowsheet::{Content, FigureId, Kind, LimitKind, OperationId, PeriodId, Sense},
    lp::{self, Next, Options, RowId},
    model::{Linear, Row, Sensitivity},
};
use words::kind_name;

/// A limit binds when its slack is below this share of its bound.
const BINDING: f64 = 1e-9;

/// Growth of limits that bind together, as a share of each: one per cent.
const JOINT_STEP: f64 = 0.01;

/// How a goal changes with every right-hand side.
struct Effect {
    goal: String,
    gradient: Linear,
    at_vertex: Sensitivity,
}

pub(super) fn limits(context: &Context<'_>, options: &Options) -> Vec<LimitOutcome> {
    let effects = goal_effects(context);
    let mut outcomes: Vec<LimitOutcome> = context
        .model
        .written_rows()
        .filter(|&(_, row)| period_of(row) == Some(context.period))
        .filter_map(|(id, row)| describe(context, options, id, row, &effects))
        .collect();
    hold_recipes_whole(context, &mut outcomes);
    outcomes.sort_by(rank);
    outcomes
}

/// The period of what was written as a row.
const fn period_of(row: Row) -> Option<PeriodId> {
    match row {
        Row::Limit(_, period) | Row::Goal(_, _, period) => Some(period),
        _ => None,
    }
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

fn goal_effects(context: &Context<'_>) -> Vec<Effect> {
    let goals = context.flowsheet.goals.iter();
    goals
        .filter_map(|goal| {
            let gradient = goals::gradient(context, goal)?;
            let at_vertex = context.model.sensitivity(context.solution, &gradient)?;
            Some(Effect { goal: goal.name.clone(), gradient, at_vertex })
        })
        .collect()
}

/// What a row compares.
struct Compared {
    figure: FigureId,
    kind: &'static str,
    of: String,
    sense: Sense,
    bound: f64,
    reached: f64,
    /// What a share is of, and how much that is.
    whole: Option<(Linear, f64)>,
}

impl Compared {
    fn new(context: &Context<'_>, key: Row) -> Option<Self> {
        let (flowsheet, functionals) = (context.flowsheet, context.functionals());
        let measured = |functional: Linear| {
            let value = context.value(&functional);
            (functional, value)
        };
        match key {
            Row::Limit(id, _) => {
                let limit = &flowsheet.limits[id];
                let bound = context.bound(limit);
                let flow =
                    context.value(&functionals.flow(context.at(), limit.port, &limit.content));
                let whole = limit
                    .share_of
                    .map(|port| measured(functionals.flow(context.at(), port, &Content::whole())));
                let reached = match whole {
                    Some((_, whole)) if whole > 0.0 => flow / whole,
                    Some(_) => 0.0,
                    None => flow,
                };
                Some(Self {
                    figure: limit.figure,
                    kind: if limit.kind == LimitKind::Contract && limit.share_of.is_some() {
                        "contract share"
                    } else {
                        kind_name(limit.kind)
                    },
                    of: flowsheet.operations[limit.operation].name.clone(),
                    sense: limit.sense,
                    bound,
                    reached,
                    whole,
                })
            }
            Row::Goal(id, at, _) => {
                let goal = &flowsheet.goals[id];
                let bound = &goal.bounds[at];
                let to = goal.to.as_ref();
                Some(Self {
                    figure: bound.figure,
                    kind: "goal",
                    of: goal.name.clone(),
                    sense: bound.sense,
                    bound: context.values[bound.figure],
                    reached: goals::value(context, goal)?,
                    whole: to.map(|to| measured(functionals.measure(context.at(), to))),
                })
            }
            _ => None,
        }
    }

    /// What one unit more of the bound moves the right-hand side by: a share, the flow that it is a share of.
    fn scale(&self) -> f64 {
        self.whole.as_ref().map_or(1.0, |&(_, whole)| whole)
    }

    /// How far the flow is on the good side, t/yr.
    fn slack(&self) -> f64 {
        let apart = match self.sense {
            Sense::AtMost => self.bound - self.reached,
            Sense::AtLeast => self.reached - self.bound,
            Sense::Exactly => 0.0,
        };
        self.scale() * apart
    }

    fn binds(&self) -> bool {
        let scale = self.scale();
        let size = scale * self.bound.abs().max(self.reached.abs());
        let idle = self.whole.is_some() && scale == 0.0;
        !idle && (self.sense == Sense::Exactly || self.slack() <= BINDING * size)
    }
}

/// Whether what was written as a row binds.
pub(super) fn binds(context: &Context<'_>, key: Row) -> bool {
    Compared::new(context, key).is_some_and(|compared| compared.binds())
}

fn describe(
    context: &Context<'_>,
    options: &Options,
    row: RowId,
    key: Row,
    effects: &[Effect],
) -> Option<LimitOutcome> {
    let flowsheet = context.flowsheet;
    let compared = Compared::new(context, key)?;
    let (scale, slack, binding) = (compared.scale(), compared.slack(), compared.binds());
    let Compared { figure, kind, of, sense, bound, reached, whole } = compared;
    let sides = if binding { Sides::of(context, options, row) } else { Sides::slack() };
    let sign = -flowsheet.objective.sign();
    // Of several best plans that one counts from which the step gains most, or loses least.
    let extent = whole
        .as_ref()
        .filter(|_| binding)
        .and_then(|(whole, _)| sides::extent(context, options, whole));
    let price = |side: Option<&lp::Side>, up: bool| {
        let price = sign * side?.price;
        let (least, most) = extent.unwrap_or((scale, scale));
        let better = (price > 0.0) == (flowsheet.objective.sign() > 0.0);
        Some(clean(price * if better == up { most } else { least }))
    };
    let (left, right) = (price(sides.down.as_ref(), false), price(sides.up.as_ref(), true));
    // The price of the step that relieves; of what is fixed, that of the basis.
    let dual = context.solution.shadow_price(flowsheet, row) * scale;
    let relieving = match sense {
        Sense::AtMost => right,
        Sense::AtLeast => left,
        Sense::Exactly => None,
    };
    let shadow_price = if binding { relieving.unwrap_or(dual) } else { 0.0 };
    // The step that helps: up if the objective then moves the way it should.
    let helps_up = shadow_price * flowsheet.objective.sign() > 0.0;
    let ends = match &whole {
        Some((whole, _)) if binding => {
            let (down, up) = sides::share_reaches(context, row, whole);
            [down, up].map(|reach| reach.map(|reach| (reach.room, reach.change, reach.next)))
        }
        _ => [&sides.down, &sides.up]
            .map(|side| side.as_ref().map(|side| (side.room, side.change, side.next))),
    };
    let room = |end: Option<(f64, f64, Option<Next>)>| {
        let (room, ..) = end.filter(|_| binding)?;
        room.is_finite().then_some(room.max(0.0))
    };
    let next = |end: Option<(f64, f64, Option<Next>)>| name_next(context, end?.2?);
    let [down, up] = ends;
    // The change itself, not price times step: along a ratio or a share the price changes on the way.
    let worth = if helps_up { up } else { down }
        .filter(|(room, change, _)| room.is_finite() && change.is_finite())
        .filter(|_| binding && shadow_price != 0.0)
        .map(|(_, change, _)| change.abs());
    let goal_effects = effects.iter().map(|it| {
        let moved = || effect(context, &it.gradient, &it.at_vertex, row, sides.relieving(sense));
        GoalEffect { goal: it.goal.clone(), effect: if binding { moved() * scale } else { 0.0 } }
    });
    Some(LimitOutcome {
        path: flowsheet.figures[figure].path.clone(),
        text: flowsheet.figures[figure].text.clone(),
        kind,
        of,
        sense: sense_name(sense),
        bound,
        reached,
        // More than a minimum is no breach, and what is exact is never more.
        utilisation: (sense == Sense::AtMost && bound != 0.0).then(|| reached / bound),
        slack: slack.max(0.0),
        binding,
        shadow_price,
        left,
        right,
        decrease: room(down),
        increase: room(up),
        next_down: next(down),
        next_up: next(up),
        worth,
        goal_effects: goal_effects.filter(|effect| effect.effect != 0.0).collect(),
    })
}

/// Minus nothing is nothing.
fn clean(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// The lines of a recipe that fills the whole cannot move alone: where one takes more, the others take less in proportion.
/// The price of a line and its effects are those of that move; how far it holds is not told.
fn hold_recipes_whole(context: &Context<'_>, outcomes: &mut [LimitOutcome]) {
    let flowsheet = context.flowsheet;
    let complete = |id: &OperationId| matches!(&flowsheet.operations[*id].kind, Kind::Blender(blender) if blender.complete);
    for operation in flowsheet.operations.ids().filter(complete) {
        let limits = flowsheet.limits.iter();
        let limits =
            limits.filter(|limit| limit.operation == operation && limit.kind == LimitKind::Recipe);
        let paths: Vec<&str> =
            limits.map(|limit| flowsheet.figures[limit.figure].path.as_str()).collect();
        let lines: Vec<usize> =
            (0..outcomes.len()).filter(|&at| paths.contains(&outcomes[at].path.as_str())).collect();
        let alone: Vec<LimitOutcome> = lines.iter().map(|&at| outcomes[at].clone()).collect();
        for (own, &at) in lines.iter().enumerate() {
            let rest = 1.0 - alone[own].bound;
            // What the price, or an effect, is per unit of the line with the others in proportion.
            let moved = |of: &dyn Fn(&LimitOutcome) -> f64| {
                let others = alone.iter().enumerate().filter(|&(other, _)| other != own);
                let others: f64 = others.map(|(_, line)| of(line) * line.bound).sum();
                clean(of(&alone[own]) - if rest > 0.0 { others / rest } else { 0.0 })
            };
            let outcome = &mut outcomes[at];
            outcome.shadow_price = moved(&|line| line.shadow_price);
            (outcome.left, outcome.right) = (None, None);
            (outcome.decrease, outcome.increase) = (None, None);
            (outcome.next_down, outcome.next_up, outcome.worth) = (None, None, None);
            let goals = flowsheet.goals.iter().map(|goal| {
                let of = |line: &LimitOutcome| {
                    let mut found = line.goal_effects.iter();
                    found.find(|it| it.goal == goal.name).map_or(0.0, |it| it.effect)
                };
                GoalEffect { goal: goal.name.clone(), effect: moved(&of) }
            });
            outcome.goal_effects = goals.filter(|effect| effect.effect != 0.0).collect();
        }
    }
}

/// Limits that hold the objective together: none helps alone, but all of them do. What one per cent more of each is
/// worth, and up to how many per cent; none if there are no such limits.
pub(super) fn joint(
    context: &Context<'_>,
    options: &Options,
    outcomes: &[LimitOutcome],
) -> Option<JointOutcome> {
    if !context.solution.raw.degenerate || context.solution.ratio.is_some() {
        return None;
    }
    let tight = |outcome: &&LimitOutcome| {
        let tightening = if outcome.sense == "at most" { outcome.left } else { outcome.right };
        let holds = tightening.is_none_or(|price| price != 0.0);
        let sense = outcome.sense != "exactly" && outcome.kind != "goal";
        outcome.binding && sense && outcome.shadow_price == 0.0 && holds
    };
    let paths: Vec<&str> = outcomes.iter().filter(tight).map(|it| it.path.as_str()).collect();
    let mut direction = Vec::new();
    for (id, row) in context.model.written_rows() {
        let Row::Limit(limit, _) = row else { continue };
        let limit = &context.flowsheet.limits[limit];
        let path = context.flowsheet.figures[limit.figure].path.as_str();
        let condensed = context.model.condensed_row(id);
        if let Some(condensed) = condensed.filter(|_| paths.contains(&path)) {
            let right = context.model.condensed().row(condensed).rhs;
            let relief = if limit.sense == Sense::AtMost { JOINT_STEP } else { -JOINT_STEP };
            direction.push((condensed, relief * right.abs()));
        }
    }
    direction.retain(|&(_, rate)| rate != 0.0);
    if direction.len() < 2 {
        return None;
    }
    let (slope, end) = lp::slope(context.model.condensed(), &direction, options).ok()??;
    let worth = clean(-context.flowsheet.objective.sign() * slope);
    (worth != 0.0).then(|| JointOutcome {
        limits: paths.into_iter().map(str::to_owned).collect(),
        worth_per_percent: worth,
        percent: end.is_finite().then_some(end),
    })
}
