//! Debottlenecking: which limits must grow, in which order, and what each step is worth (formulation §8).
//!
//! Every limit k that may grow gets a growth `e_k ≥ 0` with a weight `w_k`: what its expansion costs, or 1 ÷ its bound,
//! so that growth is counted in shares of what is there. The best plan is followed as `Σ w_k e_k ≤ β` is relaxed from
//! β = 0: an exact parametric program ([`lp::follow`]), concave in the sense of what is followed, so that the first
//! step is the one that gives most for what it takes. Every breakpoint is solved again with the limits' figures
//! changed, by the path of every other plan, before it is told.

mod outcome;
mod program;
mod share;

pub use outcome::{Debottleneck, EndOfPath, GoalValue, Growth, Step, StillBinds};

use super::{bottleneck::sense_name, context::Context, failure, goals};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    flowsheet::{
        Flowsheet, Goal, GoalBound, GoalId, LimitId, LimitKind, Sense, Values, goal_dimension,
    },
    lp::{self, Options, PathEnd},
    measure::{Dimension, Quantity, format_number},
    model::{Failure, Form, Model, Solution},
};
use program::{Growing, Program, Setting};
use share::Shares;

/// Most segments of a path.
const SEGMENTS: usize = 1_000;

/// What a solved breakpoint may differ by, relative.
const AGREE: f64 = 1e-7;

/// A growth smaller than this share of its bound is rounding.
const ROUNDING: f64 = 1e-9;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The goal to reach; the objective is followed if none is named.
    pub goal: Option<String>,
    /// The value to reach instead of the goal's bound.
    pub target: Option<Quantity>,
    /// Paths of the limits that may grow, or names of their operations; all that can grow if empty.
    pub limits: Vec<String>,
    /// What growth may take in all: money, a share, or t/yr for a single limit.
    pub budget: Option<Quantity>,
}

/// What is followed along the path.
struct Followed<'f> {
    goal: Option<(&'f Goal, Sense, f64)>,
    name: String,
    unit: String,
}

/// In what growth is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    /// t/yr of the only limit.
    Own,
    /// Money.
    Money,
    /// Shares of the bounds, summed.
    Share,
    /// Points of the only limit, which is a share.
    Point,
}

/// Follows the best plan as limits grow.
///
/// # Errors
/// Findings: names that do not exist, a budget in the wrong unit, a flowsheet without a plan, a breakpoint that does
/// not hold when it is solved again.
pub fn debottleneck(
    flowsheet: &Flowsheet,
    options: &Options,
    request: &Request,
) -> Result<Debottleneck, Diagnostics> {
    super::only_one_year(flowsheet, "debottleneck")?;
    let goal = request.goal.as_deref().map(|name| find_goal(flowsheet, name)).transpose()?;
    let free = without_enforcement(flowsheet, goal);
    let flowsheet = &free;
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    let base = solve(flowsheet, &values, &mut model, options)?;
    let context = Context::new(flowsheet, &values, &model, &base);
    let present = goal.and_then(|id| goals::value(&context, &flowsheet.goals[id]));
    let followed = describe(flowsheet, &values, goal, present, request.target.as_ref())?;
    let ids = choose(flowsheet, &request.limits)?;
    let (count, until) = count(flowsheet, &values, &ids, request)?;
    let growing = weigh(flowsheet, &values, &ids, count);
    let setting = Setting {
        flowsheet,
        values: &values,
        model: &model,
        options,
        followed: &followed,
        growing: &growing,
    };
    let program = Program::new(setting, &base);
    let start = program.value(&base.raw.primal);
    if start.is_none() {
        let message =
            format!("`{}` has no value in the present plan: its denominator is 0", followed.name);
        return Err(Diagnostic::new(Code::GoalMissed, message)
            .help("let the plan do something first: look at `reeflow solve`")
            .into());
    }
    let mut told = Debottleneck {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        follows: followed.name.clone(),
        unit: followed.unit.clone(),
        sense: followed.goal.as_ref().map(|&(_, sense, _)| sense_name(sense)),
        target: followed.goal.as_ref().map(|&(_, _, target)| target),
        ratio: followed.goal.as_ref().is_some_and(|(goal, ..)| goal.to.is_some()),
        start: start.unwrap_or_default(),
        start_objective: base.objective,
        replanned: start.unwrap_or_default(),
        replanned_objective: base.objective,
        objective: flowsheet.objective.text(),
        objective_unit: flowsheet.objective.unit(&flowsheet.currency),
        reached: start.unwrap_or_default(),
        met: false,
        counted_in: match count {
            Count::Own => "t/yr".to_owned(),
            Count::Money => flowsheet.currency.clone(),
            Count::Share => "share".to_owned(),
            Count::Point => "point".to_owned(),
        },
        base: program.base(),
        may_grow: ids.len(),
        end: EndOfPath::TargetMet,
        steps: Vec::new(),
        held_by: Vec::new(),
        worst_difference: 0.0,
    };
    told.met = is_met(&followed, told.start);
    if told.met {
        return Ok(told);
    }
    if let (Count::Point, [limit]) = (count, &ids[..]) {
        let (followed, values) = (&followed, &values);
        let shares = Shares { flowsheet, values, options, followed, limit: *limit, budget: until };
        shares.tell(&mut told)?;
        told.met = told.end == EndOfPath::TargetMet;
        return Ok(told);
    }
    // Growth by a tenth of everything.
    let step: f64 = growing
        .iter()
        .map(|item| {
            0.1 * item.weight * item.available * values[flowsheet.limits[item.limit].figure]
        })
        .sum();
    let step = if step > 0.0 { step } else { 1.0 };
    let path = lp::follow(&program.lp, &[(program.budget, 1.0)], until, step, SEGMENTS, options)
        .map_err(|failure| not_followed(&failure))?;
    program.tell(&path, &mut told)?;
    told.met = is_met(&followed, told.reached);
    told.end = match path.end {
        _ if told.met => EndOfPath::TargetMet,
        _ if until == 0.0 => EndOfPath::BudgetSpent,
        PathEnd::Reached => EndOfPath::BudgetSpent,
        PathEnd::NothingHelps | PathEnd::Infeasible => EndOfPath::NothingHelps,
        PathEnd::WithoutEnd => EndOfPath::WithoutEnd,
        PathEnd::MostSegments => EndOfPath::MostSegments,
        PathEnd::TimeLimit => EndOfPath::TimeLimit,
    };
    Ok(told)
}

/// Finds a goal by its name.
fn find_goal(flowsheet: &Flowsheet, name: &str) -> Result<GoalId, Diagnostics> {
    let found = flowsheet.goals.iter_ids().find(|(_, goal)| goal.name == name);
    if let Some((id, _)) = found {
        return Ok(id);
    }
    let known: Vec<&str> = flowsheet.goals.iter().map(|goal| goal.name.as_str()).collect();
    Err(unknown(Code::UnknownGoal, "goal", name, &known))
}

/// A name that nothing bears, with the nearest that something does.
fn unknown(code: Code, what: &str, name: &str, known: &[&str]) -> Diagnostics {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("the flowsheet has no {what}"),
        None => format!("there are `{}`", known.join("`, `")),
    };
    Diagnostic::new(code, format!("there is no {what} `{name}`")).help(help).into()
}

/// Why there is no path at all.
fn not_followed(failure: &lp::Failure) -> Diagnostics {
    match failure {
        lp::Failure::TimeLimit => {
            Diagnostic::new(Code::NotProven, "the path was not followed within the time limit")
                .help("raise `--time-limit`")
                .into()
        }
        lp::Failure::Unbounded { .. } => Diagnostic::new(
            Code::Unbounded,
            "what is followed grows without limit, however little the limits grow",
        )
        .help("limit what else grows: a `supply`, a `demand` or a `capacity`")
        .into(),
        _ => unproven("the path could not be followed"),
    }
}

fn unproven(message: &str) -> Diagnostics {
    Diagnostic::new(Code::NotProven, message.to_owned()).help("try another `--solver`").into()
}

/// The flowsheet without the goal as a row: what is to be reached is not yet.
fn without_enforcement(flowsheet: &Flowsheet, goal: Option<GoalId>) -> Flowsheet {
    let mut free = flowsheet.clone();
    if let Some(id) = goal {
        free.goals[id].enforced = false;
    }
    free
}

fn solve(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &mut Model,
    options: &Options,
) -> Result<Solution, Diagnostics> {
    let solved = model.solve(flowsheet, options, Form::Condensed);
    solved.map_err(|failure: Failure| failure::explain(flowsheet, values, model, options, &failure))
}

fn describe<'f>(
    flowsheet: &'f Flowsheet,
    values: &Values,
    goal: Option<GoalId>,
    present: Option<f64>,
    target: Option<&Quantity>,
) -> Result<Followed<'f>, Diagnostics> {
    let Some(id) = goal else {
        if target.is_some() {
            return Err(Diagnostic::new(
                Code::UnknownGoal,
                "a target needs the goal that it is for",
            )
            .help("name it: `--goal NAME --target VALUE`")
            .into());
        }
        if let Some(ratio) = flowsheet.objective.ratio() {
            // Its path is no concave one: neither numerator nor denominator is held.
            let name = flowsheet.objective.text();
            let message =
                format!("the objective `{name}` is a ratio, which is followed to a target only");
            return Err(Diagnostic::new(Code::UnknownGoal, message)
                .at(ratio.span, "")
                .help("make a goal of it and name that: `--goal NAME --target VALUE`")
                .into());
        }
        let name = flowsheet.objective.text();
        let unit = flowsheet.objective.unit(&flowsheet.currency);
        return Ok(Followed { goal: None, name, unit });
    };
    let goal = &flowsheet.goals[id];
    // A goal with two bounds is followed towards the one that is missed; at least comes first.
    let missed = |bound: &&GoalBound| {
        let wanted = values[bound.figure];
        match (present, bound.sense) {
            (Some(present), Sense::AtMost) => present > wanted,
            (Some(present), _) => present < wanted,
            (None, _) => false,
        }
    };
    let bound = goal.bounds.iter().find(missed).or(goal.bounds.first());
    let Some(bound) = bound else {
        return Err(Diagnostic::new(
            Code::GoalMissed,
            format!("goal `{}` has no bound", goal.name),
        )
        .into());
    };
    let expected = goal_dimension(&goal.of, goal.to.as_ref());
    if let Some(target) = target.filter(|target| target.dimension != expected) {
        let (wanted, found) = (expected.describe(), target.dimension.describe());
        let message = format!("the target of `{}` must be {wanted}, found {found}", goal.name);
        return Err(Diagnostic::new(Code::WrongDimension, message)
            .help("write it in the unit of the goal's bound")
            .into());
    }
    let target = target.map_or(values[bound.figure], |target| target.value);
    let unit = goals::unit(flowsheet, goal);
    Ok(Followed { goal: Some((goal, bound.sense, target)), name: goal.name.clone(), unit })
}

fn is_met(followed: &Followed<'_>, value: f64) -> bool {
    followed.goal.as_ref().is_some_and(|&(_, sense, target)| {
        let room = AGREE * 1e-2 * target.abs();
        if sense == Sense::AtMost { value <= target + room } else { value >= target - room }
    })
}

/// The limits that may grow.
fn choose(flowsheet: &Flowsheet, named: &[String]) -> Result<Vec<LimitId>, Diagnostics> {
    let path = |id: LimitId| flowsheet.figures[flowsheet.limits[id].figure].path.as_str();
    let can_grow = |id: &LimitId| {
        let limit = &flowsheet.limits[*id];
        limit.share_of.is_none()
            && limit.sense != Sense::Exactly
            && limit.kind != LimitKind::Fraction
    };
    let share = |id: &LimitId| {
        let limit = &flowsheet.limits[*id];
        limit.share_of.is_some() && limit.sense != Sense::Exactly
    };
    if named.is_empty() {
        return Ok(flowsheet.limits.ids().filter(can_grow).collect());
    }
    let mut chosen: Vec<LimitId> = Vec::new();
    for name in named {
        let fits = |id: &LimitId| {
            let limit = &flowsheet.limits[*id];
            let whole = path(*id);
            let bare = whole.split_once('.').map_or(whole, |(_, bare)| bare);
            let begins = |path: &str| {
                path.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            begins(whole) || begins(bare) || flowsheet.operations[limit.operation].name == *name
        };
        let found: Vec<LimitId> = flowsheet.limits.ids().filter(fits).collect();
        if found.is_empty() {
            let able = flowsheet.limits.ids().filter(|id| can_grow(id) || share(id));
            let mut known: Vec<&str> = able.map(path).collect();
            let operations = flowsheet.limits.iter().map(|limit| limit.operation);
            let operations: Vec<&str> =
                operations.map(|id| flowsheet.operations[id].name.as_str()).collect();
            if let Some(near) = nearest(name, operations) {
                known = vec![near];
            }
            return Err(unknown(Code::UnknownLimit, "limit", name, &known));
        }
        // One share alone has a path of its own.
        if let ([only], [_]) = (&found[..], named)
            && share(only)
        {
            return Ok(vec![*only]);
        }
        let able: Vec<LimitId> = found.iter().copied().filter(can_grow).collect();
        if able.is_empty() {
            let message = format!(
                "`{}` is fixed exactly, or one of several shares: it has no room to grow in t/yr",
                path(found[0])
            );
            let figure = &flowsheet.figures[flowsheet.limits[found[0]].figure];
            return Err(Diagnostic::new(Code::UnknownLimit, message)
                .at(figure.span, "")
                .help("name a supply, capacity, demand or flow, or one specification alone; `reeflow sensitivity` tells what any figure does")
                .into());
        }
        chosen.extend(able.into_iter().filter(|id| !chosen.contains(id)).collect::<Vec<_>>());
    }
    Ok(chosen)
}

/// In what growth is counted, and how much of it there may be.
fn count(
    flowsheet: &Flowsheet,
    values: &Values,
    ids: &[LimitId],
    request: &Request,
) -> Result<(Count, f64), Diagnostics> {
    let priced = |id: &&LimitId| flowsheet.limits[**id].expansion.is_some();
    let raised = ids.iter().filter(|id| flowsheet.limits[**id].sense == Sense::AtMost);
    let all_priced = !ids.is_empty() && raised.clone().all(|id| priced(&id));
    let own = ids.len() == 1 && values[flowsheet.limits[ids[0]].figure] >= 0.0;
    let share = own && flowsheet.limits[ids[0]].share_of.is_some();
    let Some(budget) = &request.budget else {
        let count = if share {
            Count::Point
        } else if own {
            Count::Own
        } else if all_priced {
            Count::Money
        } else {
            Count::Share
        };
        return Ok((count, f64::INFINITY));
    };
    let count = match budget.dimension {
        Dimension::FRACTION if share && budget.percent_like => Count::Point,
        Dimension::MASS_RATE if own && !share => Count::Own,
        Dimension::MONEY if raised.clone().any(|id| priced(&id)) => Count::Money,
        Dimension::FRACTION if budget.percent_like || budget.value == 0.0 => Count::Share,
        Dimension::FRACTION => {
            let number = format_number(budget.value);
            let message = format!("the budget {number} has no unit");
            return Err(Diagnostic::new(Code::WrongDimension, message)
                .help(format!(
                    "write it like `\"{number} %\"` (growths summed) or `\"{number} {}\"`",
                    flowsheet.currency
                ))
                .into());
        }
        Dimension::MONEY => {
            let message =
                "a budget of money needs to know what expansion costs, but no limit says so";
            return Err(Diagnostic::new(Code::MissingKey, message)
                .help("give operations `expansion = \"1200 USD/(t/yr)\"`, or a budget of growth: `--budget \"30 %\"`")
                .into());
        }
        other if share => {
            let message =
                format!("the budget of a share is in points of it, found {}", other.describe());
            return Err(Diagnostic::new(Code::WrongDimension, message)
                .help("write it like `\"3 %\"`: from 30 % to 33 %, say")
                .into());
        }
        other => {
            let message = format!(
                "the budget must be money, a share of growth or, for one `--limit`, a mass rate; found {}",
                other.describe()
            );
            return Err(Diagnostic::new(Code::WrongDimension, message)
                .help(format!("write it like `\"20000000 {}\"` or `\"30 %\"`", flowsheet.currency))
                .into());
        }
    };
    if !budget.value.is_finite() || budget.value < 0.0 {
        let message =
            format!("the budget must not be negative, found {}", format_number(budget.value));
        return Err(Diagnostic::new(Code::OutOfRange, message).into());
    }
    Ok((count, budget.value))
}

fn weigh(flowsheet: &Flowsheet, values: &Values, ids: &[LimitId], count: Count) -> Vec<Growing> {
    let weights = ids.iter().filter_map(|&id| {
        let limit = &flowsheet.limits[id];
        let available = limit.availability.map_or(1.0, |figure| values[figure]);
        let bound = values[limit.figure];
        let weight = match count {
            Count::Own => 1.0,
            Count::Point => return None,
            // What no money can buy does not grow; what is lowered costs nothing to build, but is no gift either.
            Count::Money => values[limit.expansion?],
            Count::Share if bound == 0.0 => return None,
            Count::Share => 1.0 / bound.abs(),
        };
        // In t/yr of the bound, which is at hand for a part of the year.
        Some(Growing { limit: id, weight: weight / available, available })
    });
    weights.collect()
}
