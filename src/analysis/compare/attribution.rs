//! The part that each edited input has in a change.
//!
//! The change is divided by the Shapley value (L. S. Shapley, in: Contributions to the Theory of Games II, 1953; for
//! decompositions A. F. Shorrocks, Journal of Economic Inequality 11 (2013) 99–126): the effect of an edit, averaged
//! over all orders in which the edits can be made. It is the only division in which the parts add up to the whole, an
//! edit that does nothing gets nothing, and edits that do the same get the same. Up to [`EXACT`] edits all orders are
//! counted, through all sets of edits; beyond, a fixed set of orders, each taken forward and backward, whose parts
//! still add up exactly.
//!
//! A figure is an edit of its own, a table that is new, gone or says something else is one. Edits without a plan
//! between them are one edit: the groups are the smallest of which every set that is needed has a plan.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    division::{Division, EXACT, Found, Group, OutOfTime, Parts, orders},
    edits::Edits,
};
use crate::{
    analysis::{assumption::is_multiplier, clock::Clock},
    flowsheet::Flowsheet,
    lp::Options,
};

/// How a change is divided among the edits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Attribution {
    /// How it is divided.
    pub method: String,
    /// Why that is fair.
    pub fair_because: String,
    /// The parts, the largest in the objective first.
    pub parts: Vec<Part>,
    /// Change of the objective.
    pub objective: f64,
    /// That less the sum of the parts.
    pub objective_residual: f64,
    /// The goal that is the value multiplier, if both flowsheets have it.
    pub multiplier_goal: Option<String>,
    /// Its change, if it has a value in both plans.
    pub multiplier: Option<f64>,
    /// That less the sum of the parts.
    pub multiplier_residual: Option<f64>,
    /// Why the change of the multiplier is not divided.
    pub why_no_multiplier: Option<String>,
}

/// The part of one edit, or of several that have no plan between them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Part {
    /// Path of the figure or table; of several, all paths joined by ` + `.
    pub edit: String,
    /// `changed`, `added`, `removed`, or `together` for several edits.
    pub change: &'static str,
    /// As it was written before; of a table, the keys that differ.
    pub before: String,
    /// As it is written after; of a table, the keys that differ.
    pub after: String,
    /// The edits, if they are several: with only some of them made there is no plan.
    pub members: Vec<Member>,
    /// Its part in the change of the objective.
    pub objective: f64,
    /// Its part in the change of the multiplier, if that is divided.
    pub multiplier: Option<f64>,
}

/// One of several edits without a plan between them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Member {
    /// Path of the figure or table.
    pub edit: String,
    /// `changed`, `added` or `removed`.
    pub change: &'static str,
    /// As it was written before; of a table, the keys that differ.
    pub before: String,
    /// As it is written after; of a table, the keys that differ.
    pub after: String,
}

/// Divides the change between two flowsheets among their edits, in the time limit of `options`.
///
/// # Errors
/// Why it cannot be divided: the objectives are not the same, or there is nothing to divide, or one of the plans does not exist.
pub fn attribute(
    before: &Flowsheet,
    after: &Flowsheet,
    options: &Options,
) -> Result<Attribution, String> {
    let optimised = |flowsheet: &Flowsheet| {
        let sense = if flowsheet.objective.sign() > 0.0 { "maximise" } else { "minimise" };
        format!("{sense} {}", flowsheet.objective.text())
    };
    let (one, other) = (optimised(before), optimised(after));
    if one != other {
        return Err(format!("the two plans have different objectives: {one}, and {other}"));
    }
    let goal = |flowsheet: &Flowsheet| {
        flowsheet.goals.iter().find(|it| is_multiplier(it)).map(|it| it.name.clone())
    };
    let multiplier = goal(before).filter(|name| goal(after).as_ref() == Some(name));
    let edits = Edits::between(before, after, multiplier.as_deref());
    if edits.list.is_empty() {
        return Err("nothing differs that a plan depends on".to_owned());
    }
    let division = Division::new(before, after, Clock::start(options), edits, multiplier);
    divide(division).map_err(|OutOfTime| "the time limit passed".to_owned())?
}

fn divide(mut work: Division<'_>) -> Result<Result<Attribution, String>, OutOfTime> {
    let all: [Group; 1] = [work.active()];
    let (from, to) = (work.found(&all, &|_| false)?, work.found(&all, &|_| true)?);
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(Err("one of the two plans was not found again".to_owned()));
    };
    let groups = work.group()?;
    let parts = work.parts(&groups)?;
    let objective = to.objective - from.objective;
    let multiplier = from.multiplier.zip(to.multiplier).map(|(from, to)| to - from);
    let why_no_multiplier =
        why_no_multiplier(work.multiplier.as_deref(), from, to, parts.multiplier.is_some());
    let divided = parts.multiplier.as_ref().filter(|_| why_no_multiplier.is_none());
    let divided = divided.filter(|_| work.multiplier.is_some());
    let sum = |parts: &[f64]| parts.iter().sum::<f64>();
    let (method, fair_because) = describe_method(groups.len());
    Ok(Ok(Attribution {
        method,
        fair_because,
        objective,
        objective_residual: objective - sum(&parts.objective),
        multiplier_residual: multiplier.zip(divided).map(|(whole, parts)| whole - sum(parts)),
        parts: list_parts(&work, &groups, &parts, divided),
        multiplier,
        why_no_multiplier,
        multiplier_goal: work.multiplier,
    }))
}

/// Why the change of the multiplier is not divided, if there is such a goal.
fn why_no_multiplier(goal: Option<&str>, from: Found, to: Found, divided: bool) -> Option<String> {
    let goal = goal?;
    let missing =
        |plan: &str| format!("in the plan {plan}, `{goal}` has no value: its denominator is 0");
    match (from.multiplier, to.multiplier) {
        (None, None) => Some(format!("`{goal}` has no value in either plan: its denominator is 0")),
        (None, _) => Some(missing("before")),
        (_, None) => Some(missing("after")),
        _ if divided => None,
        _ => Some(format!(
            "with only some of the edits made, `{goal}` has no value: its denominator is 0"
        )),
    }
}

/// How so many groups are weighed, and why that is fair.
fn describe_method(count: usize) -> (String, String) {
    let fair = "the order of the edits does not matter, edits that do the same get the same, an edit without effect \
                gets nothing, and the parts add up";
    match count {
        0 => ("no edit can change the plan".to_owned(), "nothing is to be divided".to_owned()),
        1 => (
            "all of the change is the part of the one edit".to_owned(),
            "nothing else was edited".to_owned(),
        ),
        2..=EXACT => {
            let orders: usize = (1..=count).product();
            let method = format!(
                "Shapley values: the mean effect of each of {count} edits over all {orders} orders of making them"
            );
            (method, fair.to_owned())
        }
        _ => {
            let method = format!(
                "the mean effect of each of {count} edits over {} orders of making them (rotations of their order, each \
                 forward and backward), since all orders are too many; up to {EXACT} edits all are counted",
                orders(count).len()
            );
            let fair = "no edit is always the first or always the last, an edit without effect gets nothing, and the \
                        parts add up";
            (method, fair.to_owned())
        }
    }
}

fn list_parts(
    work: &Division<'_>,
    groups: &[Group],
    parts: &Parts,
    multiplier: Option<&Vec<f64>>,
) -> Vec<Part> {
    let part = |edits: &[usize], objective: f64, multiplier: Option<f64>| {
        let members: Vec<Member> = edits
            .iter()
            .map(|&at| {
                let edit = &work.edits.list[at];
                Member {
                    edit: edit.path.clone(),
                    change: edit.change,
                    before: edit.before.clone(),
                    after: edit.after.clone(),
                }
            })
            .collect();
        let paths: Vec<&str> = members.iter().map(|member| member.edit.as_str()).collect();
        let edit = paths.join(" + ");
        let (change, before, after) = match &members[..] {
            [one] => (one.change, one.before.clone(), one.after.clone()),
            _ => ("together", String::new(), String::new()),
        };
        let members = if members.len() > 1 { members } else { Vec::new() };
        Part { edit, change, before, after, members, objective, multiplier }
    };
    let divided = groups
        .iter()
        .enumerate()
        .map(|(at, group)| part(group, parts.objective[at], multiplier.map(|parts| parts[at])));
    let edits = work.edits.list.iter().enumerate();
    let idle = edits
        .filter(|(_, edit)| edit.idle)
        .map(|(at, _)| part(&[at], 0.0, multiplier.map(|_| 0.0)));
    let mut list: Vec<Part> = divided.chain(idle).collect();
    list.sort_by(|a, b| b.objective.abs().total_cmp(&a.objective.abs()));
    list
}
