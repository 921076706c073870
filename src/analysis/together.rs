//! Which goals can hold together, and which cannot.
//!
//! A set of goals holds if there is a plan that meets them all and in which no ratio's denominator is 0. What holds
//! also holds with fewer goals, so the sets are searched from the largest down, and what lies within a set that holds
//! is passed over: what is found are all maximal sets. The minimal sets that do not hold are found the same way from
//! below.

use schemars::JsonSchema;
use serde::Serialize;

use super::{failure, goals};
use crate::{
    diagnostic::Diagnostics,
    flowsheet::{Flowsheet, GoalId, Measure, PeriodId, Values},
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options},
    model::{At, Failure, Form, Model},
};

/// Most goals for which all sets are searched: 2^10 plans.
const MOST: usize = 10;

/// Which goals can hold together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Together {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// The objective of the best plan without any goal.
    pub objective: f64,
    /// The objective's unit.
    pub objective_unit: String,
    /// The goals that were looked at, in the order of the file.
    pub goals: Vec<GoalAlone>,
    /// The maximal sets of goals that can hold together, the largest first.
    pub together: Vec<Held>,
    /// The minimal sets of goals that cannot.
    pub conflicts: Vec<Vec<String>>,
    /// Goals that were left out, because there are too many.
    pub left_out: Vec<String>,
}

/// One goal by itself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalAlone {
    /// Its name.
    pub name: String,
    /// Whether the best plan without goals meets it.
    pub met: bool,
    /// Whether any plan meets it.
    pub possible: bool,
}

/// A set of goals that can hold together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Held {
    /// Their names.
    pub goals: Vec<String>,
    /// The objective of the best plan that meets them all.
    pub objective: f64,
}

struct Search<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a Values,
    options: &'a Options,
    goals: Vec<GoalId>,
}

/// Finds the sets of goals that can hold together.
///
/// # Errors
/// Findings, if there is no plan even without goals.
pub fn together(flowsheet: &Flowsheet, options: &Options) -> Result<Together, Diagnostics> {
    let values = flowsheet.values();
    let all: Vec<GoalId> = flowsheet.goals.ids().collect();
    let (chosen, left) = all.split_at(all.len().min(MOST));
    let search = Search { flowsheet, values: &values, options, goals: chosen.to_vec() };
    let free = search.enforcing(0);
    let mut model = Model::assemble(&free, &values)?;
    let base = model
        .solve(&free, options, Form::Condensed)
        .map_err(|failure| failure::explain(&free, &values, &model, options, &failure))?;
    let context = super::context::Context::new(&free, &values, &model, &base);
    let met = goals::check(&context, options);
    let name = |id: GoalId| flowsheet.goals[id].name.clone();
    let names = |set: u32| -> Vec<String> {
        let members = chosen.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
        members.map(|(_, &id)| name(id)).collect()
    };
    let mut sets: Vec<u32> = (1..1_u32 << chosen.len()).collect();
    sets.sort_by_key(|set| (std::cmp::Reverse(set.count_ones()), *set));
    let within = |set: u32, other: u32| set & other == set;
    // A goal that no plan meets is in no set that holds.
    let mut possible = 0_u32;
    for at in 0..chosen.len() {
        if search.holds(1 << at)?.is_some() {
            possible |= 1 << at;
        }
    }
    let mut maximal: Vec<(u32, f64)> = Vec::new();
    for &set in sets.iter().filter(|&&set| within(set, possible)) {
        if maximal.iter().any(|&(found, _)| within(set, found)) {
            continue;
        }
        if let Some(objective) = search.holds(set)? {
            maximal.push((set, objective));
        }
    }
    // What lies within no maximal set does not hold; of these the minimal ones.
    let mut minimal: Vec<u32> = Vec::new();
    for &set in sets.iter().rev() {
        let holds = maximal.iter().any(|&(found, _)| within(set, found));
        if !holds && !minimal.iter().any(|&found| within(found, set)) {
            minimal.push(set);
        }
    }
    Ok(Together {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        objective: base.objective,
        objective_unit: super::describe_objective(&free, &base).unit,
        goals: chosen
            .iter()
            .enumerate()
            .map(|(at, &id)| GoalAlone {
                name: name(id),
                met: met.iter().filter(|it| it.name == flowsheet.goals[id].name).all(|it| it.met),
                possible: possible >> at & 1 == 1,
            })
            .collect(),
        together: maximal
            .into_iter()
            .map(|(set, objective)| Held { goals: names(set), objective })
            .collect(),
        conflicts: minimal.into_iter().map(names).collect(),
        left_out: left.iter().map(|&id| name(id)).collect(),
    })
}

impl Search<'_> {
    /// The flowsheet with a set of goals enforced, and no other.
    fn enforcing(&self, set: u32) -> Flowsheet {
        let mut flowsheet = self.flowsheet.clone();
        for goal in &mut flowsheet.goals {
            goal.enforced = false;
        }
        for (at, &id) in self.goals.iter().enumerate() {
            flowsheet.goals[id].enforced = set >> at & 1 == 1;
        }
        flowsheet
    }

    /// The objective of the best plan that meets a set of goals; none if there is none.
    ///
    /// # Errors
    /// Findings, if there are plans but the objective is a ratio that has no best value among them.
    fn holds(&self, set: u32) -> Result<Option<f64>, Diagnostics> {
        let flowsheet = self.enforcing(set);
        let Ok(mut model) = Model::assemble(&flowsheet, self.values) else { return Ok(None) };
        let plan = match model.solve(&flowsheet, self.options, Form::Condensed) {
            Ok(plan) => plan,
            Err(failure @ Failure::Ratio(_)) => {
                return Err(failure::explain(
                    &flowsheet,
                    self.values,
                    &model,
                    self.options,
                    &failure,
                ));
            }
            Err(_) => return Ok(None),
        };
        // A ratio of nothing to nothing is no goal met: some plan must have all denominators.
        let members = self.goals.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
        let ratios = members.filter_map(|(_, &id)| flowsheet.goals[id].to.as_ref());
        let all = ratios.clone().all(|to| self.can_be(&flowsheet, &model, to));
        Ok(all.then_some(plan.objective))
    }

    /// Whether a measure is above 0 in some plan of a model. Plans that meet a set of goals can be mixed, so that one
    /// plan per denominator is enough.
    fn can_be(&self, flowsheet: &Flowsheet, model: &Model, measure: &Measure) -> bool {
        let at = At { flowsheet, values: self.values, period: PeriodId::new(0) };
        let factors = model.reduce(&model.functionals().measure(at, measure));
        let condensed = model.condensed();
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        for (id, column) in condensed.columns() {
            program.add_column((), -factors[id.index()], column.lower, column.upper);
        }
        for (id, row) in condensed.rows() {
            let terms = condensed.row_terms(id);
            program.add_row(
                (),
                row.sense,
                row.rhs,
                terms.map(|(it, value)| (ColumnId::new(it.index()), value)),
            );
        }
        match lp::solve(&program, self.options) {
            Ok(solution) => -solution.objective > 1e-9,
            Err(lp::Failure::Unbounded { .. }) => true,
            Err(_) => false,
        }
    }
}
