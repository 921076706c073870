//! Which goals can hold together, and which cannot.
//!
//! A set of goals holds if there is a plan that meets them all and in which no ratio's denominator is 0. What holds
//! also holds with fewer goals, and what does not hold does not with more. So the largest set of which neither is known
//! is asked for: if it holds it is a maximal one, and all within it are known; if not, goals are left out of it one by
//! one as long as it does not hold, and all sets around the minimal one that is left are known (M. H. Liffiton, A. Previti,
//! A. Malik and J. Marques-Silva, Constraints 21 (2016) 223–250). A goal that no plan meets is a minimal set by itself.

use schemars::JsonSchema;
use serde::Serialize;

use super::{failure, goals};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, GoalId, Measure, PeriodId, Values},
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options},
    model::{At, Failure, Form, Model},
};

/// Most goals that some plan meets and for which all sets are searched, 2^16.
const MOST: usize = 16;

/// A denominator below this share of its terms is 0.
const VANISHES: f64 = 1e-9;

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
    pub conflicts: Vec<Conflict>,
    /// Goals that were left out, because there are too many: those that the best plan without goals meets, from the
    /// last of the file on, then the others.
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

/// A set of goals that cannot hold together, while all but any one of them can.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Conflict {
    /// Their names.
    pub goals: Vec<String>,
    /// What contradicts what, and what would be needed where.
    pub why: Option<String>,
}

struct Search<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a Values,
    options: &'a Options,
}

/// Finds the sets of goals that can hold together.
///
/// # Errors
/// Findings, if there is no plan even without goals.
pub fn together(flowsheet: &Flowsheet, options: &Options) -> Result<Together, Diagnostics> {
    super::only_one_year(flowsheet, "goals")?;
    let values = flowsheet.values();
    let all: Vec<GoalId> = flowsheet.goals.ids().collect();
    let search = Search { flowsheet, values: &values, options };
    let free = search.enforcing(&[]);
    let mut model = Model::assemble(&free, &values)?;
    let base = model
        .solve(&free, options, Form::Condensed)
        .map_err(|failure| failure::explain(&free, &values, &model, options, &failure))?;
    let context = super::context::Context::new(&free, &values, &model, &base);
    let checked = goals::check(&context, options);
    let name = |id: GoalId| flowsheet.goals[id].name.clone();
    let names = |set: &[GoalId]| -> Vec<String> { set.iter().map(|&id| name(id)).collect() };
    let met = |id: GoalId| {
        checked.iter().filter(|it| it.name == flowsheet.goals[id].name).all(|it| it.met)
    };
    let mut possible: Vec<GoalId> = Vec::new();
    for &id in &all {
        if search.holds(&[id])?.is_some() {
            possible.push(id);
        }
    }
    let (chosen, left) = choose(&possible, met);
    let (maximal, minimal) = sets(chosen.len(), |set| search.holds(&members(&chosen, set)))?;
    let impossible = all.iter().filter(|id| !possible.contains(id)).map(|&id| vec![id]);
    let minimal = minimal.into_iter().map(|set| members(&chosen, set));
    let conflicts = impossible.chain(minimal);
    Ok(Together {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        objective: base.objective,
        objective_unit: super::describe_objective(&free, &base).unit,
        goals: all
            .iter()
            .map(|&id| GoalAlone { name: name(id), met: met(id), possible: possible.contains(&id) })
            .collect(),
        together: maximal
            .into_iter()
            .map(|(set, objective)| Held { goals: names(&members(&chosen, set)), objective })
            .collect(),
        conflicts: conflicts
            .map(|set| Conflict { goals: names(&set), why: search.why(&set) })
            .collect(),
        left_out: names(&left),
    })
}

/// The goals whose sets are searched, in the order of the file, and those that are left out: what the best plan meets
/// anyway is left out first.
fn choose(possible: &[GoalId], met: impl Fn(GoalId) -> bool) -> (Vec<GoalId>, Vec<GoalId>) {
    let mut ranked = possible.to_vec();
    ranked.sort_by_key(|&id| met(id));
    let mut left = ranked.split_off(ranked.len().min(MOST));
    ranked.sort_unstable();
    left.sort_unstable();
    (ranked, left)
}

/// The members of a set.
fn members(goals: &[GoalId], set: u32) -> Vec<GoalId> {
    goals.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, &id)| id).collect()
}

/// Maximal sets that hold, with their objectives, and minimal sets that do not.
type Sets = (Vec<(u32, f64)>, Vec<u32>);

/// All maximal sets that hold, the largest first, each with its objective, and all minimal ones that do not.
fn sets<E>(count: usize, holds: impl Fn(u32) -> Result<Option<f64>, E>) -> Result<Sets, E> {
    let within = |set: u32, other: u32| set & other == set;
    let mut open: Vec<u32> = (1..1_u32 << count).collect();
    open.sort_by_key(|set| (std::cmp::Reverse(set.count_ones()), *set));
    let (mut maximal, mut minimal): (Vec<(u32, f64)>, Vec<u32>) = (Vec::new(), Vec::new());
    for set in open {
        let known = maximal.iter().any(|&(found, _)| within(set, found))
            || minimal.iter().any(|&found| within(found, set));
        if known {
            continue;
        }
        if let Some(objective) = holds(set)? {
            maximal.push((set, objective));
            continue;
        }
        // Sets of one goal hold: what is left has at least two.
        let mut left = set;
        for at in 0..count {
            let without = left & !(1 << at);
            if without != left && without != 0 && holds(without)?.is_none() {
                left = without;
            }
        }
        minimal.push(left);
    }
    minimal.sort_by_key(|set| (set.count_ones(), *set));
    Ok((maximal, minimal))
}

impl Search<'_> {
    /// The flowsheet with a set of goals enforced, and no other.
    fn enforcing(&self, set: &[GoalId]) -> Flowsheet {
        let mut flowsheet = self.flowsheet.clone();
        for goal in &mut flowsheet.goals {
            goal.enforced = false;
        }
        for &id in set {
            flowsheet.goals[id].enforced = true;
        }
        flowsheet
    }

    /// The objective of the best plan that meets a set of goals; none if there is none.
    ///
    /// # Errors
    /// Findings, if there are plans but the objective is a ratio that has no best value among them, or if it could not be
    /// proven that there is a plan or none.
    fn holds(&self, set: &[GoalId]) -> Result<Option<f64>, Diagnostics> {
        let flowsheet = self.enforcing(set);
        let Ok(mut model) = Model::assemble(&flowsheet, self.values) else { return Ok(None) };
        let plan = match model.solve(&flowsheet, self.options, Form::Condensed) {
            Ok(plan) => plan,
            Err(Failure::Infeasible(_)) => return Ok(None),
            Err(failure) => {
                return Err(failure::explain(
                    &flowsheet,
                    self.values,
                    &model,
                    self.options,
                    &failure,
                ));
            }
        };
        // A ratio of nothing to nothing is no goal met: some plan must have all denominators.
        for to in set.iter().filter_map(|&id| flowsheet.goals[id].to.as_ref()) {
            if !self.can_be(&flowsheet, &model, to)? {
                return Ok(None);
            }
        }
        Ok(Some(plan.objective))
    }

    /// Why a set of goals does not hold.
    fn why(&self, set: &[GoalId]) -> Option<String> {
        let flowsheet = self.enforcing(set);
        let mut model = Model::assemble(&flowsheet, self.values).ok()?;
        match model.solve(&flowsheet, self.options, Form::Condensed) {
            Err(Failure::Infeasible(proof)) => {
                failure::reason(&flowsheet, self.values, &model, self.options, &proof)
            }
            Err(_) => None,
            Ok(_) => {
                let mut ratios = set.iter().filter_map(|&id| flowsheet.goals[id].to.as_ref());
                let empty =
                    ratios.find(|to| matches!(self.can_be(&flowsheet, &model, to), Ok(false)))?;
                Some(format!("no plan that meets them has any `{}`", empty.text))
            }
        }
    }

    /// Whether a measure is above 0 in some plan of a model. Plans that meet a set of goals can be mixed, so that one
    /// plan per denominator is enough.
    ///
    /// # Errors
    /// Findings, if that could not be proven.
    fn can_be(
        &self,
        flowsheet: &Flowsheet,
        model: &Model,
        measure: &Measure,
    ) -> Result<bool, Diagnostics> {
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
            Ok(solution) => {
                let terms = factors.iter().zip(&solution.primal);
                let size: f64 = terms.map(|(factor, value)| (factor * value).abs()).sum();
                Ok(-solution.objective > VANISHES * size)
            }
            Err(lp::Failure::Unbounded { .. }) => Ok(true),
            Err(_) => Err(Diagnostic::new(
                Code::NotProven,
                format!("it was not proven whether `{}` can be above 0", measure.text),
            )
            .help("raise `--time-limit`, or try another `--solver`")
            .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_those_of_brute_force() {
        // What conflicts, as sets of six goals.
        for conflicts in [vec![], vec![0b11_u32], vec![0b11, 0b1100, 0b11_0001], vec![0b11_1111]] {
            let ok = |set: u32| conflicts.iter().all(|&found| set & found != found);
            let holds = |set| Ok::<_, ()>(ok(set).then_some(0.0));
            let (maximal, minimal) = sets(6, holds).expect("no failure");
            let brute: Vec<u32> = (1..64)
                .filter(|&set| ok(set) && (0..6).all(|at| set >> at & 1 == 1 || !ok(set | 1 << at)))
                .collect();
            let mut found: Vec<u32> = maximal.iter().map(|&(set, _)| set).collect();
            found.sort_unstable();
            assert_eq!(found, brute);
            let mut minimal = minimal;
            minimal.sort_unstable();
            let mut expected = conflicts.clone();
            expected.sort_unstable();
            assert_eq!(minimal, expected);
        }
    }

    #[test]
    fn of_too_many_goals_those_are_left_out_that_are_met_anyway() {
        let goals: Vec<GoalId> = (0..20).map(GoalId::new).collect();
        let (chosen, left) = choose(&goals, |id| id.index() < 10);
        assert_eq!(chosen.len(), MOST);
        assert_eq!(left, goals[6..10]);
    }
}
