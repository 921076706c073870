//! Plans with some of the edits made, the groups of edits that need each other, and the part of each group.

use std::{collections::HashMap, sync::Arc};

use super::edits::{Between, Edits};
use crate::{
    analysis::{clock::Clock, context::Context, goals},
    flowsheet::{Flowsheet, Goal},
    model::{Form, Model},
};

/// Most groups for which all orders are counted: 2^7 plans.
pub(super) const EXACT: usize = 7;
/// Most orders beyond, before each is also taken backward.
const ORDERS: usize = 8;

/// Edits that are made together, by their positions.
pub(super) type Group = Vec<usize>;

/// Objective and multiplier of a plan; no multiplier if its denominator is 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) objective: f64,
    pub(super) multiplier: Option<f64>,
}

/// The parts of all groups in the objective, and in the multiplier where it has a value in all plans between.
pub(super) struct Parts {
    pub(super) objective: Vec<f64>,
    pub(super) multiplier: Option<Vec<f64>>,
}

/// That the time limit passed.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutOfTime;

/// Plans between two flowsheets.
pub(super) struct Division<'a> {
    pub(super) before: &'a Flowsheet,
    pub(super) after: &'a Flowsheet,
    pub(super) clock: Clock,
    pub(super) edits: Edits,
    /// Name of the goal that is the multiplier.
    pub(super) multiplier: Option<String>,
    /// Flowsheets with some of the tables taken from the second one; none where that makes no flowsheet.
    structures: HashMap<Vec<bool>, Option<Arc<Between>>>,
    /// What was found with a set of edits made; none where there is no plan.
    known: HashMap<Vec<bool>, Option<Found>>,
}

impl<'a> Division<'a> {
    pub(super) fn new(
        before: &'a Flowsheet,
        after: &'a Flowsheet,
        clock: Clock,
        edits: Edits,
        multiplier: Option<String>,
    ) -> Self {
        let (structures, known) = (HashMap::new(), HashMap::new());
        Self { before, after, clock, edits, multiplier, structures, known }
    }

    /// Positions of the edits that may do something.
    pub(super) fn active(&self) -> Vec<usize> {
        let list = self.edits.list.iter().enumerate();
        list.filter(|(_, edit)| !edit.idle).map(|(at, _)| at).collect()
    }

    /// The plan with some groups made; none if there is no such plan.
    pub(super) fn found(
        &mut self,
        groups: &[Group],
        made: &dyn Fn(usize) -> bool,
    ) -> Result<Option<Found>, OutOfTime> {
        let mut set = vec![false; self.edits.list.len()];
        for (at, group) in groups.iter().enumerate() {
            if made(at) {
                for &edit in group {
                    set[edit] = true;
                }
            }
        }
        if let Some(known) = self.known.get(&set) {
            return Ok(*known);
        }
        let found = self.solve(&set)?;
        self.known.insert(set, found);
        Ok(found)
    }

    fn solve(&mut self, set: &[bool]) -> Result<Option<Found>, OutOfTime> {
        let options = self.clock.left().ok_or(OutOfTime)?;
        let Some(structure) = self.structure(set) else { return Ok(None) };
        let values = structure.values(&|edit| set[edit]);
        let Ok(flowsheet) = structure.flowsheet.with_values(&values) else { return Ok(None) };
        // Cascades were designed anew.
        let values = flowsheet.values();
        let Ok(mut model) = Model::assemble(&flowsheet, &values) else { return Ok(None) };
        let Ok(plan) = model.solve(&flowsheet, &options, Form::Condensed) else {
            // That there is no plan is told from that there is no time.
            return self.clock.left().map(|_| None).ok_or(OutOfTime);
        };
        let context = Context::new(&flowsheet, &values, &model, &plan);
        let goal = |name: &String| flowsheet.goals.iter().find(|goal: &&Goal| goal.name == *name);
        let goal = self.multiplier.as_ref().and_then(goal);
        let multiplier = goal.and_then(|goal| goals::value(&context, goal));
        Ok(Some(Found { objective: plan.objective, multiplier }))
    }

    /// The first flowsheet with the tables of a set taken from the second one.
    fn structure(&mut self, set: &[bool]) -> Option<Arc<Between>> {
        let tables = self.edits.list.iter().zip(set);
        let tables: Vec<bool> = tables.map(|(edit, &made)| made && edit.entry.is_some()).collect();
        if let Some(known) = self.structures.get(&tables) {
            return known.clone();
        }
        let mut document = (*self.before.document).clone();
        // Sources cited by either, so that none is missing.
        let sources = self.after.document.source.iter();
        document.source.extend(sources.map(|(id, table)| (id.clone(), table.clone())));
        for (edit, _) in self.edits.list.iter().zip(&tables).filter(|&(_, &taken)| taken) {
            if let Some(entry) = &edit.entry {
                document.adopt(entry, &self.after.document);
            }
        }
        let lowered = Flowsheet::lower(&Arc::new(document)).ok();
        let lowered = lowered.map(|(flowsheet, _)| Arc::new(self.edits.between_them(flowsheet)));
        self.structures.insert(tables, lowered.clone());
        lowered
    }

    /// The smallest groups of edits such that all plans that are needed exist.
    pub(super) fn group(&mut self) -> Result<Vec<Group>, OutOfTime> {
        let mut groups: Vec<Group> = self.active().into_iter().map(|edit| vec![edit]).collect();
        while groups.len() > EXACT {
            let Some((one, other)) = self.in_need(&groups)? else { return Ok(groups) };
            let (keep, join) = (one.min(other), one.max(other));
            let joined = groups.remove(join);
            groups[keep].extend(joined);
            groups[keep].sort_unstable();
        }
        self.finest(&groups)
    }

    /// Two groups to be joined, because with one of them made alone in some order there is no plan.
    fn in_need(&mut self, groups: &[Group]) -> Result<Option<(usize, usize)>, OutOfTime> {
        for order in orders(groups.len()) {
            for length in 1..order.len() {
                let last = order[length - 1];
                let made = |at: usize| order[..length].contains(&at);
                if self.found(groups, &made)?.is_some() {
                    continue;
                }
                for &next in &order[length..] {
                    let with = |at: usize| made(at) || at == next;
                    if self.found(groups, &with)?.is_some() {
                        return Ok(Some((last, next)));
                    }
                }
                return Ok(Some((last, order[length])));
            }
        }
        Ok(None)
    }

    /// Of all ways to join at most [`EXACT`] groups, the one with the most groups of which every set has a plan.
    fn finest(&mut self, groups: &[Group]) -> Result<Vec<Group>, OutOfTime> {
        let count = groups.len();
        let mut exists = Vec::with_capacity(1 << count);
        for set in 0..1_usize << count {
            exists.push(self.found(groups, &|at| set >> at & 1 == 1)?.is_some());
        }
        let mut best: Vec<usize> = vec![0; count];
        let mut most = 0;
        for way in partitions(count) {
            let blocks = way.iter().max().map_or(0, |last| last + 1);
            let all = || {
                (0..1_usize << blocks).all(|made| {
                    let members =
                        way.iter().enumerate().filter(|&(_, block)| made >> block & 1 == 1);
                    exists[members.map(|(at, _)| 1 << at).sum::<usize>()]
                })
            };
            if blocks > most && all() {
                (most, best) = (blocks, way);
            }
        }
        let joined = (0..most.max(1)).map(|block| {
            let members = groups.iter().zip(&best).filter(|&(_, &of)| of == block);
            let mut group: Group = members.flat_map(|(group, _)| group.iter().copied()).collect();
            group.sort_unstable();
            group
        });
        Ok(joined.filter(|group| !group.is_empty()).collect())
    }

    /// The mean effect of each group over all orders of making them, or over some where there are many groups.
    pub(super) fn parts(&mut self, groups: &[Group]) -> Result<Parts, OutOfTime> {
        let steps =
            if groups.len() <= EXACT { all_steps(groups.len()) } else { some_steps(groups.len()) };
        let mut objective = vec![0.0; groups.len()];
        let mut multiplier = Some(vec![0.0; groups.len()]);
        for Step { made, adds, weight } in steps {
            let without = self.found(groups, &|at| made[at])?;
            let with = self.found(groups, &|at| made[at] || at == adds)?;
            let (Some(without), Some(with)) = (without, with) else { continue };
            objective[adds] += weight * (with.objective - without.objective);
            multiplier = multiplier.zip(with.multiplier.zip(without.multiplier)).map(
                |(mut parts, (with, without))| {
                    parts[adds] += weight * (with - without);
                    parts
                },
            );
        }
        Ok(Parts { objective, multiplier })
    }
}

/// One group made after others.
struct Step {
    made: Vec<bool>,
    adds: usize,
    /// The share of all orders in which it is so.
    weight: f64,
}

/// Every group after every set of others, by how many orders have it so.
fn all_steps(count: usize) -> Vec<Step> {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let mut steps = Vec::new();
    for set in 0..1_usize << count {
        let made: Vec<bool> = (0..count).map(|at| set >> at & 1 == 1).collect();
        let size = made.iter().filter(|&&made| made).count();
        for adds in (0..count).filter(|&at| !made[at]) {
            let weight = factorial(size) * factorial(count - size - 1) / factorial(count);
            steps.push(Step { made: made.clone(), adds, weight });
        }
    }
    steps
}

/// Every group at its place in some orders.
fn some_steps(count: usize) -> Vec<Step> {
    let orders = orders(count);
    let weight = 1.0 / orders.len() as f64;
    let steps = orders.into_iter().flat_map(|order| {
        let mut made = vec![false; count];
        order.into_iter().map(move |adds| {
            let before = made.clone();
            made[adds] = true;
            Step { made: before, adds, weight }
        })
    });
    steps.collect()
}

/// Rotations of the order of the file, each forward and backward.
pub(super) fn orders(count: usize) -> Vec<Vec<usize>> {
    let rotations = count.min(ORDERS);
    let forward = (0..rotations).map(|rotation| {
        let first = (rotation * count).div_euclid(rotations);
        (0..count).map(|at| (first + at) % count).collect::<Vec<usize>>()
    });
    forward.flat_map(|order| [order.iter().rev().copied().collect(), order]).collect()
}

/// All ways to divide so many things into blocks: the block of each thing.
fn partitions(count: usize) -> Vec<Vec<usize>> {
    let mut ways = vec![Vec::new()];
    for _ in 0..count {
        let longer = ways.into_iter().flat_map(|way: Vec<usize>| {
            let blocks = way.iter().max().map_or(0, |last| last + 1);
            (0..=blocks)
                .map(move |block| way.iter().copied().chain([block]).collect::<Vec<usize>>())
        });
        ways = longer.collect();
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_as_many_as_bell_says() {
        let counts: Vec<usize> = (0..=7).map(|count| partitions(count).len()).collect();
        assert_eq!(counts, [1, 1, 2, 5, 15, 52, 203, 877]);
    }

    #[test]
    fn the_weights_of_each_group_sum_to_1() {
        for steps in [all_steps(5), some_steps(9)] {
            for group in 0..5 {
                let own = steps.iter().filter(|step| step.adds == group);
                let sum: f64 = own.map(|step| step.weight).sum();
                assert!((sum - 1.0).abs() < 1e-12);
            }
        }
    }
}
