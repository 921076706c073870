//! The part that each edited input has in a change.
//!
//! The change is divided by the Shapley value (L. S. Shapley, in: Contributions to the Theory of Games II, 1953; for
//! decompositions A. F. Shorrocks, Journal of Economic Inequality 11 (2013) 99–126): the effect of an edit, averaged
//! over all orders in which the edits can be made. It is the only division in which the parts add up to the whole, an
//! edit that does nothing gets nothing, and edits that do the same get the same. Up to [`EXACT`] edits all orders are
//! counted, through all sets of edits; beyond, a fixed set of orders, each taken forward and backward, whose parts
//! still add up exactly.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    analysis::{assumption::is_multiplier, context::Context, goals},
    flowsheet::{FigureId, Flowsheet, Values},
    lp::Options,
    model::{Form, Model},
};

/// Most edits for which all orders are counted: 2^7 plans.
const EXACT: usize = 7;
/// Most orders beyond, before each is also taken backward.
const ORDERS: usize = 8;

/// How a change is divided among the edits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Attribution {
    /// How it is divided, and why that is fair.
    pub method: String,
    /// The parts, the largest in the objective first.
    pub parts: Vec<Part>,
    /// Change of the objective.
    pub objective: f64,
    /// That less the sum of the parts.
    pub objective_residual: f64,
    /// The goal that is the value multiplier, if both plans have it.
    pub multiplier_goal: Option<String>,
    /// Its change.
    pub multiplier: Option<f64>,
    /// That less the sum of the parts.
    pub multiplier_residual: Option<f64>,
}

/// The part of one edit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Part {
    /// Path of the figure, or `structure` for all that is there on one side only.
    pub edit: String,
    /// As it was written before; empty for `structure`.
    pub before: String,
    /// As it is written after.
    pub after: String,
    /// Its part in the change of the objective.
    pub objective: f64,
    /// Its part in the change of the multiplier.
    pub multiplier: Option<f64>,
}

/// An edit: a figure that differs, or what the two flowsheets do not share.
enum Edit {
    Figure { before: FigureId, after: FigureId },
    Structure,
}

struct Division<'a> {
    before: &'a Flowsheet,
    after: &'a Flowsheet,
    options: &'a Options,
    edits: Vec<Edit>,
    multiplier: Option<String>,
    /// Objective and multiplier of the plan with a set of edits made; none if there is no such plan.
    known: HashMap<u64, Option<[f64; 2]>>,
}

/// Divides the change between two flowsheets among their edits.
///
/// # Errors
/// Why it cannot be divided: there is nothing to divide, or with only some of the edits made there is no plan.
pub fn attribute(
    before: &Flowsheet,
    after: &Flowsheet,
    options: &Options,
) -> Result<Attribution, String> {
    if (before.objective.sign(), before.objective.text())
        != (after.objective.sign(), after.objective.text())
    {
        return Err("the two plans have different objectives".to_owned());
    }
    let edits = list_edits(before, after);
    if edits.is_empty() {
        return Err("no figure differs".to_owned());
    }
    if edits.len() > 64 {
        return Err(format!(
            "{} figures differ, which is too many to divide the change among",
            edits.len()
        ));
    }
    let goal = |flowsheet: &Flowsheet| {
        flowsheet.goals.iter().find(|it| is_multiplier(it)).map(|it| it.name.clone())
    };
    let multiplier = goal(before).filter(|name| goal(after).as_ref() == Some(name));
    let mut work = Division { before, after, options, edits, multiplier, known: HashMap::new() };
    let count = work.edits.len();
    let all = if count == 64 { u64::MAX } else { (1 << count) - 1 };
    let (parts, method) = if count <= EXACT {
        let method = format!(
            "Shapley values over all {} sets of {count} edits: the mean effect of an edit over all orders of making them",
            all + 1
        );
        (work.exact()?, method)
    } else {
        let orders = 2 * count.min(ORDERS);
        let method = format!(
            "mean effect of each of {count} edits over {orders} orders of making them (rotations, each forward and backward)"
        );
        (work.orders()?, method)
    };
    let (from, to) = (work.value(0)?, work.value(all)?);
    let change = [to[0] - from[0], to[1] - from[1]];
    let sum = |at: usize| parts.iter().map(|part| part[at]).sum::<f64>();
    let has_multiplier = work.multiplier.is_some();
    let mut list: Vec<Part> = work
        .edits
        .iter()
        .zip(&parts)
        .map(|(edit, part)| {
            let (edit, old, new) = work.describe(edit);
            Part {
                edit,
                before: old,
                after: new,
                objective: part[0],
                multiplier: has_multiplier.then_some(part[1]),
            }
        })
        .collect();
    list.sort_by(|a, b| b.objective.abs().total_cmp(&a.objective.abs()));
    Ok(Attribution {
        method,
        parts: list,
        objective: change[0],
        objective_residual: change[0] - sum(0),
        multiplier: has_multiplier.then_some(change[1]),
        multiplier_residual: has_multiplier.then(|| change[1] - sum(1)),
        multiplier_goal: work.multiplier,
    })
}

fn list_edits(before: &Flowsheet, after: &Flowsheet) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut shared = 0;
    // Figures of one path (lists) are matched in their order.
    let mut taken: Vec<bool> = after.figures.iter().map(|_| false).collect();
    for (id, figure) in before.figures.iter_ids() {
        let found = after
            .figures
            .iter_ids()
            .enumerate()
            .find(|&(at, (_, it))| !taken[at] && it.path == figure.path);
        let Some((at, (other, counterpart))) = found else { continue };
        taken[at] = true;
        shared += 1;
        if counterpart.value != figure.value {
            edits.push(Edit::Figure { before: id, after: other });
        }
    }
    let same = shared == before.figures.len()
        && shared == after.figures.len()
        && structure(before) == structure(after);
    if !same {
        edits.push(Edit::Structure);
    }
    edits
}

/// All that is no figure: what there is, how it is joined, what is enforced.
fn structure(flowsheet: &Flowsheet) -> String {
    let streams: Vec<(&str, usize, usize)> = flowsheet
        .streams
        .iter()
        .map(|stream| {
            use crate::index::Id as _;
            (stream.name.as_str(), stream.from.index(), stream.to.index())
        })
        .collect();
    let limits: Vec<String> = flowsheet
        .limits
        .iter()
        .map(|limit| {
            format!("{:?}{:?}{:?}{:?}", limit.kind, limit.sense, limit.port, limit.content)
        })
        .collect();
    let goals: Vec<String> = flowsheet
        .goals
        .iter()
        .map(|goal| format!("{}{}{:?}{:?}", goal.name, goal.enforced, goal.of, goal.to))
        .collect();
    let objective = &flowsheet.objective;
    let objective = format!("{}{:?}{:?}", objective.sign(), objective.of(), objective.to());
    format!("{streams:?}{limits:?}{goals:?}{objective}")
}

impl Division<'_> {
    fn describe(&self, edit: &Edit) -> (String, String, String) {
        match edit {
            Edit::Structure => ("structure".to_owned(), String::new(), String::new()),
            Edit::Figure { before, after } => {
                let (old, new) = (&self.before.figures[*before], &self.after.figures[*after]);
                (new.path.clone(), old.text.clone(), new.text.clone())
            }
        }
    }

    /// Objective and multiplier with a set of edits made.
    fn value(&mut self, set: u64) -> Result<[f64; 2], String> {
        let known = if let Some(known) = self.known.get(&set) {
            *known
        } else {
            let found = self.solve(set);
            self.known.insert(set, found);
            found
        };
        known.ok_or_else(|| "with only some of the edits made there is no plan".to_owned())
    }

    fn solve(&self, set: u64) -> Option<[f64; 2]> {
        let made = |at: usize| set >> at & 1 == 1;
        let restructured = self
            .edits
            .iter()
            .enumerate()
            .any(|(at, edit)| matches!(edit, Edit::Structure) && made(at));
        let own = if restructured { self.after } else { self.before };
        let mut values: Values = own.values();
        for (at, edit) in self.edits.iter().enumerate() {
            if let Edit::Figure { before, after } = edit {
                let value = if made(at) {
                    self.after.figures[*after].value
                } else {
                    self.before.figures[*before].value
                };
                values[if restructured { *after } else { *before }] = value;
            }
        }
        let flowsheet = own.with_values(&values).ok()?;
        let mut model = Model::assemble(&flowsheet, &values).ok()?;
        let plan = model.solve(&flowsheet, self.options, Form::Condensed).ok()?;
        let context = Context::new(&flowsheet, &values, &model, &plan);
        let multiplier = match &self.multiplier {
            Some(name) => {
                let goal = flowsheet.goals.iter().find(|goal| goal.name == *name)?;
                goals::value(&context, goal)?
            }
            None => 0.0,
        };
        Some([plan.objective, multiplier])
    }

    /// Shapley values from all sets.
    fn exact(&mut self) -> Result<Vec<[f64; 2]>, String> {
        let count = self.edits.len();
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let mut parts = vec![[0.0; 2]; count];
        for set in 0..1_u64 << count {
            let size = set.count_ones() as usize;
            let without = self.value(set)?;
            for (at, part) in parts.iter_mut().enumerate() {
                if set >> at & 1 == 1 {
                    continue;
                }
                let with = self.value(set | 1 << at)?;
                let weight = factorial(size) * factorial(count - size - 1) / factorial(count);
                for (slot, (with, without)) in part.iter_mut().zip(with.iter().zip(&without)) {
                    *slot += weight * (with - without);
                }
            }
        }
        Ok(parts)
    }

    /// Mean effects over rotations of the order of the file, each forward and backward.
    fn orders(&mut self) -> Result<Vec<[f64; 2]>, String> {
        let count = self.edits.len();
        let rotations = count.min(ORDERS);
        let mut parts = vec![[0.0; 2]; count];
        for rotation in 0..rotations {
            let first = (rotation * count).div_euclid(rotations);
            let mut order: Vec<usize> = (0..count).map(|at| (first + at) % count).collect();
            for _ in 0..2 {
                let mut set = 0;
                for &at in &order {
                    let without = self.value(set)?;
                    set |= 1 << at;
                    let with = self.value(set)?;
                    for (slot, (with, without)) in
                        parts[at].iter_mut().zip(with.iter().zip(&without))
                    {
                        *slot += (with - without) / (2 * rotations) as f64;
                    }
                }
                order.reverse();
            }
        }
        Ok(parts)
    }
}
