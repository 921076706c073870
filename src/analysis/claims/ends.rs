//! What the best plan makes of all goals with one figure in doubt at one of its ends.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Turn;
use crate::{
    analysis::{
        clock::Clock,
        context::Context,
        derivative::{Resolved, Unresolved, companions},
        doubt::Doubt,
        goals,
    },
    flowsheet::{Flowsheet, Goal, PeriodId, Sense, Values},
};

/// A figure in doubt, by its place among them, and whether it goes to its high end.
pub(super) type End = (usize, bool);

/// What became of the flowsheet at an end.
pub(super) enum At {
    /// There is a plan: the value of each claim, none if the denominator of a ratio is 0.
    Solved(Vec<Option<f64>>),
    /// There is no plan.
    NoPlan,
    /// The flowsheet is refused: shares that do not sum, a specification that nothing meets.
    Refused,
    /// It was not found out: the time is over.
    NotTried,
}

/// One claim: a goal in a period, and what is wanted of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) goal: &'a Goal,
    pub(super) sense: Sense,
    pub(super) period: PeriodId,
    /// The bound, in the unit of the goal.
    pub(super) wanted: f64,
    /// Whether the best plan keeps it.
    pub(super) met: bool,
}

/// Ends, and what became of the flowsheet there.
pub(super) struct Ends {
    list: Vec<(End, At)>,
}

impl Ends {
    /// Solves the flowsheet at each end, all claims read from each plan.
    pub(super) fn solve(
        context: &Context<'_>,
        doubts: &[Doubt],
        ends: &[End],
        places: &[Place<'_>],
        clock: &Clock,
    ) -> Self {
        let solved = ends.par_iter().map(|&(at, high)| {
            let mut values: Values = context.values.clone();
            take(context.flowsheet, &doubts[at], high, &mut values);
            let found = match Resolved::new(context, &values, clock) {
                Ok(resolved) => {
                    At::Solved(places.iter().map(|it| resolved.goal(it.goal, it.period)).collect())
                }
                Err(Unresolved::NoPlan) => At::NoPlan,
                Err(Unresolved::Wrong) => At::Refused,
                Err(Unresolved::TimeLimit) => At::NotTried,
            };
            ((at, high), found)
        });
        Self { list: solved.collect() }
    }

    /// The ends at which the best plan misses a claim that it keeps, or keeps one that it misses.
    pub(super) fn turns(
        &self,
        flowsheet: &Flowsheet,
        doubts: &[Doubt],
        number: usize,
        place: &Place<'_>,
    ) -> Vec<Turn> {
        let turned = self.list.iter().filter_map(|((at, high), found)| {
            let At::Solved(values) = found else { return None };
            let value = values[number];
            let kept = goals::judge(place.sense, place.wanted, value).1;
            (kept != place.met).then(|| turn(flowsheet, &doubts[*at], *high, value))
        });
        // What goes furthest first; where there is no value, before all.
        let mut turned: Vec<Turn> = turned.collect();
        let far = |turn: &Turn| turn.value.map_or(f64::INFINITY, |it| (it - place.wanted).abs());
        turned.sort_by(|a, b| far(b).total_cmp(&far(a)));
        turned
    }

    /// The ends at which there is no plan.
    pub(super) fn without_plan(&self, flowsheet: &Flowsheet, doubts: &[Doubt]) -> Vec<Turn> {
        let ends = self.list.iter().filter(|(_, found)| matches!(found, At::NoPlan));
        ends.map(|((at, high), _)| turn(flowsheet, &doubts[*at], *high, None)).collect()
    }

    /// The number of figures of which an end was not tried: it was left out before, or the time was over.
    pub(super) fn untried(&self, left_out: &[End]) -> usize {
        let late = self.list.iter().filter(|(_, found)| matches!(found, At::NotTried));
        let ends = late.map(|(end, _)| end).chain(left_out);
        ends.map(|(at, _)| at).collect::<BTreeSet<_>>().len()
    }

    /// The figures of which an end was tried.
    pub(super) fn tried(&self) -> impl Iterator<Item = usize> {
        let tried = self.list.iter().filter(|(_, found)| !matches!(found, At::NotTried));
        tried.map(|((at, _), _)| *at)
    }
}

/// A figure at an end, and the value of a claim there.
pub(super) fn turn(flowsheet: &Flowsheet, doubt: &Doubt, high: bool, value: Option<f64>) -> Turn {
    let figure = &flowsheet.figures[doubt.figures[0]];
    Turn {
        path: figure.path.clone(),
        text: figure.text.clone(),
        end: doubt.end(flowsheet, high),
        value,
    }
}

/// Moves a figure to an end, and with it the rest of its recipe.
pub(super) fn take(flowsheet: &Flowsheet, doubt: &Doubt, high: bool, values: &mut Values) {
    let end = if high { doubt.high } else { doubt.low };
    let from = values[doubt.figures[0]];
    for &figure in &doubt.figures {
        for (other, rate) in companions(flowsheet, values, figure) {
            values[other] += rate * (end - from);
        }
    }
    doubt.set(values, end);
}
