//! The plan that is best for a claim, with figures in doubt at the ends that promise most.

use rayon::prelude::*;

use super::{
    Turn, Weight,
    ends::{End, take, turn},
};
use crate::{
    analysis::{
        clock::Clock,
        context::Context,
        derivative::{Followed, Resolved, Slopes, Unresolved, companions},
        doubt::Doubt,
        goals,
    },
    flowsheet::{FigureId, Flowsheet, Sense, Values},
};

/// An end is solved anew if the derivative promises at least this share of what is missing.
const NEAR: f64 = 0.25;

/// Most figures that are moved together.
const TOGETHER: usize = 8;

/// Figures that are named.
const NAMED: usize = 3;

/// What is less than this share of a value is not named.
const SMALL: f64 = 1e-3;

/// What is claimed of a value among those that were followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Its place among them.
    pub(super) place: usize,
    /// The value, in the unit of the claim.
    pub(super) value: f64,
    /// The bound, in the same.
    pub(super) wanted: f64,
    pub(super) sense: Sense,
}

impl Target {
    pub(super) fn keeps(&self, value: f64) -> bool {
        goals::judge(self.sense, self.wanted, Some(value)).1
    }
}

/// A figure at an end, and how much the derivative promises of it.
#[derive(Clone, Copy, Debug)]
struct Step {
    end: End,
    promise: f64,
}

/// The steps towards the other verdict, the most promising first.
fn steps(doubts: &[Doubt], values: &Values, slopes: &Slopes, target: &Target) -> Vec<Step> {
    let upwards = (target.sense == Sense::AtMost) == target.keeps(target.value);
    let steps = doubts.iter().enumerate().filter_map(|(at, doubt)| {
        let slope = doubt.slope(&slopes.by, target.place)?;
        let high = (slope > 0.0) == upwards;
        let end = if high { doubt.high } else { doubt.low };
        let promise = (slope * (end - values[doubt.figures[0]])).abs();
        (promise > 0.0).then_some(Step { end: (at, high), promise })
    });
    let mut steps: Vec<Step> = steps.collect();
    steps.sort_by(|a, b| b.promise.total_cmp(&a.promise));
    steps
}

/// The ends of those of them that promise enough to be solved anew.
pub(super) fn near_ends(
    doubts: &[Doubt],
    values: &Values,
    slopes: &Slopes,
    target: &Target,
) -> Vec<End> {
    let missing = (target.wanted - target.value).abs();
    let steps = steps(doubts, values, slopes, target).into_iter();
    steps.filter(|step| step.promise >= NEAR * missing).map(|step| step.end).collect()
}

/// One claim at one plan.
pub(super) struct Probe<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) main: &'a Followed,
    pub(super) slopes: &'a Slopes,
    pub(super) doubts: &'a [Doubt],
    pub(super) clock: &'a Clock,
    pub(super) target: Target,
}

impl Probe<'_> {
    /// The figures one of which alone turns the verdict, of those that promise enough and of those that could not be
    /// weighed; and the number of those of which this was not found out.
    pub(super) fn turns(&self) -> (Vec<Turn>, usize) {
        let (context, target) = (self.context, &self.target);
        let mut ends = near_ends(self.doubts, context.values, self.slopes, target);
        for (at, doubt) in self.doubts.iter().enumerate() {
            if doubt.slope(&self.slopes.by, target.place).is_none() {
                ends.extend([(at, false), (at, true)]);
            }
        }
        let solved = ends.par_iter().map(|&(at, high)| {
            let mut values: Values = context.values.clone();
            take(context.flowsheet, &self.doubts[at], high, &mut values);
            match Resolved::new(context, &values, self.clock) {
                Ok(resolved) => {
                    let value = resolved.value(self.main);
                    let keeps = goals::judge(target.sense, target.wanted, value).1;
                    let turned = || turn(context.flowsheet, &self.doubts[at], high, value);
                    Ok(keeps.then(turned))
                }
                Err(Unresolved::TimeLimit) => Err(()),
                Err(_) => Ok(None),
            }
        });
        let solved: Vec<Result<Option<Turn>, ()>> = solved.collect();
        let untried = solved.iter().filter(|it| it.is_err()).count();
        (solved.into_iter().flatten().flatten().collect(), untried)
    }

    /// The value with the heaviest figures all at their better ends, as far as they go together.
    pub(super) fn all_together(&self) -> Option<f64> {
        let context = self.context;
        let steps = steps(self.doubts, context.values, self.slopes, &self.target);
        let mut values: Values = context.values.clone();
        let mut placed: Vec<FigureId> = Vec::new();
        let mut reached = None;
        for Step { end: (at, high), .. } in steps.into_iter().take(TOGETHER) {
            let doubt = &self.doubts[at];
            // What stands at its better end stays there.
            let moves_placed = |&figure: &FigureId| {
                let others = companions(context.flowsheet, &values, figure);
                others.iter().any(|(other, _)| placed.contains(other))
            };
            if doubt.figures.iter().any(moves_placed) {
                continue;
            }
            let before = values.clone();
            take(context.flowsheet, doubt, high, &mut values);
            match Resolved::new(context, &values, self.clock) {
                Ok(resolved) => {
                    reached = resolved.value(self.main);
                    placed.extend(&doubt.figures);
                }
                Err(_) => values = before,
            }
        }
        reached
    }
}

/// The figures in doubt that weigh most in a value.
pub(super) fn heaviest(
    flowsheet: &Flowsheet,
    doubts: &[Doubt],
    slopes: &Slopes,
    place: usize,
    value: f64,
) -> Vec<Weight> {
    let mut weights: Vec<Weight> = doubts
        .iter()
        .filter_map(|doubt| {
            let weight = doubt.slope(&slopes.by, place)? * doubt.half_width();
            let figure = &flowsheet.figures[doubt.figures[0]];
            let (path, text) = (figure.path.clone(), figure.text.clone());
            let footing = doubt.footing.word();
            (weight.abs() > SMALL * value.abs()).then_some(Weight { path, text, footing, weight })
        })
        .collect();
    weights.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    weights.truncate(NAMED);
    weights
}
