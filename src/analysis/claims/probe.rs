//! Figures in doubt moved to their ends: which turn a verdict, which weigh most.

use rayon::prelude::*;

use super::{Turn, Weight};
use crate::{
    analysis::{
        clock::Clock,
        context::Context,
        derivative::{Followed, Resolved, Slopes, Unresolved, companions},
        doubt::Doubt,
        goals,
    },
    flowsheet::{Flowsheet, Sense, Values},
};

/// An end is solved anew if the derivative promises at least this share of what is missing.
pub(super) const NEAR: f64 = 0.25;

/// Most figures of one claim that are solved anew.
const MOST: usize = 8;

/// The same for a plan over the years, which takes longer.
pub(super) const MOST_OVER_YEARS: usize = 3;

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
    pub(super) value: f64,
    pub(super) wanted: f64,
    pub(super) sense: Sense,
}

impl Target {
    pub(super) fn keeps(&self, value: f64) -> bool {
        goals::judge(self.sense, self.wanted, Some(value)).1
    }
}

/// A figure that may be moved to an end.
pub(super) struct Step<'a> {
    doubt: &'a Doubt,
    /// Its place among the figures in doubt.
    at: usize,
    high: bool,
    promise: f64,
}

impl Step<'_> {
    /// Which figure goes to which end.
    pub(super) const fn end(&self) -> (usize, bool) {
        (self.at, self.high)
    }

    /// That it turns a verdict.
    pub(super) fn turn(&self, flowsheet: &Flowsheet, value: Option<f64>) -> Turn {
        let figure = &flowsheet.figures[self.doubt.figures[0]];
        Turn {
            path: figure.path.clone(),
            text: figure.text.clone(),
            end: self.doubt.end(flowsheet, self.high),
            value,
        }
    }

    /// Moves the figure to its end, and with it the rest of its recipe.
    pub(super) fn take(&self, flowsheet: &Flowsheet, values: &mut Values) {
        let end = if self.high { self.doubt.high } else { self.doubt.low };
        let from = values[self.doubt.figures[0]];
        for &figure in &self.doubt.figures {
            for (other, rate) in companions(flowsheet, values, figure) {
                values[other] += rate * (end - from);
            }
        }
        self.doubt.set(values, end);
    }
}

/// The steps towards the other verdict, the most promising first.
fn steps<'a>(
    doubts: &'a [Doubt],
    values: &Values,
    slopes: &Slopes,
    target: &Target,
) -> Vec<Step<'a>> {
    let upwards = (target.sense == Sense::AtMost) == target.keeps(target.value);
    let steps = doubts.iter().enumerate().filter_map(|(at, doubt)| {
        let slope = doubt.slope(&slopes.by, target.place)?;
        let high = (slope > 0.0) == upwards;
        let end = if high { doubt.high } else { doubt.low };
        let promise = (slope * (end - values[doubt.figures[0]])).abs();
        (promise > 0.0).then_some(Step { doubt, at, high, promise })
    });
    let mut steps: Vec<Step<'_>> = steps.collect();
    steps.sort_by(|a, b| b.promise.total_cmp(&a.promise));
    steps
}

/// Those of them that promise enough to be solved anew.
pub(super) fn near_steps<'a>(
    doubts: &'a [Doubt],
    values: &Values,
    slopes: &Slopes,
    target: &Target,
    most: usize,
) -> Vec<Step<'a>> {
    let missing = (target.wanted - target.value).abs();
    let mut steps = steps(doubts, values, slopes, target);
    steps.retain(|step| step.promise >= NEAR * missing);
    steps.truncate(most);
    steps
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
    /// The figures one of which alone turns the verdict, the most promising first.
    pub(super) fn turns(&self) -> Vec<Turn> {
        let (context, target) = (self.context, &self.target);
        let kept = target.keeps(target.value);
        let steps = near_steps(self.doubts, context.values, self.slopes, target, MOST);
        let turned = steps.par_iter().map(|step| {
            let mut values: Values = context.values.clone();
            step.take(context.flowsheet, &mut values);
            let value = match Resolved::new(context, &values, self.clock) {
                Ok(resolved) => Some(resolved.value(self.main)),
                Err(Unresolved::NoPlan) if kept => None,
                Err(_) => return None,
            };
            let turns = value.is_none_or(|value| target.keeps(value) != kept);
            turns.then(|| step.turn(context.flowsheet, value))
        });
        turned.flatten().collect()
    }

    /// The value with the heaviest figures all at their better ends, as far as they go together.
    pub(super) fn all_together(&self) -> Option<f64> {
        let context = self.context;
        let steps = steps(self.doubts, context.values, self.slopes, &self.target);
        let mut values: Values = context.values.clone();
        let mut reached = None;
        for step in steps.iter().take(TOGETHER) {
            let before = values.clone();
            step.take(context.flowsheet, &mut values);
            match Resolved::new(context, &values, self.clock) {
                Ok(resolved) => reached = Some(resolved.value(self.main)),
                Err(_) => values = before,
            }
        }
        reached
    }

    /// The heaviest figures, and the number of those that were not weighed.
    pub(super) fn heaviest(&self) -> (Vec<Weight>, usize) {
        let (flowsheet, target) = (self.context.flowsheet, &self.target);
        heaviest(flowsheet, self.doubts, self.slopes, target.place, target.value)
    }
}

/// The figures in doubt that weigh most in a value, and the number of those that were not weighed.
pub(super) fn heaviest(
    flowsheet: &Flowsheet,
    doubts: &[Doubt],
    slopes: &Slopes,
    place: usize,
    base: f64,
) -> (Vec<Weight>, usize) {
    let mut weights = Vec::new();
    let mut unweighed = 0;
    for doubt in doubts {
        let Some(slope) = doubt.slope(&slopes.by, place) else {
            unweighed += 1;
            continue;
        };
        let weight = slope * doubt.half_width();
        if weight.abs() > SMALL * base.abs() {
            let figure = &flowsheet.figures[doubt.figures[0]];
            let (path, text) = (figure.path.clone(), figure.text.clone());
            weights.push(Weight { path, text, footing: doubt.footing.word(), weight });
        }
    }
    weights.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    weights.truncate(NAMED);
    (weights, unweighed)
}
