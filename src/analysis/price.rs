//! How far each price and cost may go while the plan stays the same.

use super::{
    PriceOutcome,
    assumption::shaping,
    bottleneck::{name_column, name_row},
    context::Context,
};
use crate::{
    flowsheet::{FigureId, Measure},
    index::{Id, IdVec},
    lp::{self, ColumnId, Options},
    model::{At, Form},
};

/// Relative step by which a figure is moved to see which costs hang on it: they do so in proportion.
const STEP: f64 = 1.0;
/// A plan is as good as another if it is within this, relative.
const SAME: f64 = 1e-9;
/// Where the end of a range is looked for first, relative to the price.
const FAR: f64 = 100.0;
/// Most steps towards the end of a range.
const STEPS: usize = 50;

/// The ranges of all figures that stand in the objective alone and move it.
pub(super) fn ranges(context: &Context<'_>, options: &Options) -> Vec<PriceOutcome> {
    let flowsheet = context.flowsheet;
    if context.solution.form != Form::Condensed || context.solution.raw.basis.is_none() {
        return Vec::new();
    }
    let elsewhere = standing_elsewhere(context);
    let base = Parts::new(context, context.at());
    let figures = flowsheet.figures.iter_ids().filter(|&(id, _)| !elsewhere[id]);
    figures
        .filter_map(|(id, figure)| {
            let value = context.values[id];
            let step = if value == 0.0 { 1.0 } else { STEP * value };
            let mut moved = context.values.clone();
            moved[id] = value + step;
            let after = Parts::new(context, At { values: &moved, ..context.at() });
            let rates = base.rates(&after, step, context)?;
            // A price that no decision hangs on, or of what is not there.
            if rates.iter().all(|&rate| rate == 0.0) {
                return None;
            }
            let (mut down, mut up) = range(context, options, &rates, value);
            // Where a denominator is nothing, there is no ratio any more.
            let (shrinks, most) = base.vanishes(&after, step, context);
            let end = if shrinks { &mut up } else { &mut down };
            if most < end.0 {
                *end = (most, None);
            }
            let end = |room: f64, sign: f64| room.is_finite().then_some(value + sign * room);
            let name = |next: Option<lp::Next>| enters(context, next?);
            Some(PriceOutcome {
                path: figure.path.clone(),
                text: figure.text.clone(),
                value,
                low: end(down.0, -1.0),
                high: end(up.0, 1.0),
                next_down: name(down.1),
                next_up: name(up.1),
            })
        })
        .collect()
}

/// What becomes worth while at the end of a range.
fn enters(context: &Context<'_>, next: lp::Next) -> Option<String> {
    let condensed = context.model.condensed();
    match next {
        lp::Next::Column(column) => {
            let name = name_column(context, *condensed.column_key(column))?;
            Some(format!("{name} starts"))
        }
        lp::Next::Row(row) => {
            Some(format!("{} comes free", name_row(context, *condensed.row_key(row))))
        }
        lp::Next::Infeasible => None,
    }
}

/// The objective per driver: a measure, or both parts of a ratio.
struct Parts {
    of: Vec<f64>,
    to: Option<Vec<f64>>,
}

impl Parts {
    fn new(context: &Context<'_>, at: At<'_>) -> Self {
        let reduce =
            |measure: &Measure| context.model.reduce(&context.functionals().measure(at, measure));
        let objective = &context.flowsheet.objective;
        Self { of: reduce(&objective.of()), to: objective.to().map(reduce) }
    }

    /// Whether the plan's denominator falls as a figure grows that was moved by a step, and how far the figure may go
    /// until nothing is left of it.
    fn vanishes(&self, after: &Self, step: f64, context: &Context<'_>) -> (bool, f64) {
        let (Some(before), Some(after)) = (&self.to, &after.to) else {
            return (true, f64::INFINITY);
        };
        let plan = &context.solution.raw.primal;
        let at_plan =
            |factors: &[f64]| factors.iter().zip(plan).map(|(factor, x)| factor * x).sum::<f64>();
        let below = at_plan(before);
        let slope = (at_plan(after) - below) / step;
        (slope < 0.0, if slope == 0.0 { f64::INFINITY } else { below / slope.abs() })
    }

    /// How the costs of the program that is minimised change per unit of a figure that was moved by a step; none if
    /// they do not do so in proportion.
    ///
    /// A plan x* is the best one for a ratio as long as it minimises `±(of · D − N · to) ÷ D²` with N and D its own
    /// numerator and denominator, which the figure moves as well.
    fn rates(&self, after: &Self, step: f64, context: &Context<'_>) -> Option<Vec<f64>> {
        let sign = -context.flowsheet.objective.sign();
        let slope = |after: &[f64], before: &[f64]| -> Vec<f64> {
            after.iter().zip(before).map(|(after, before)| (after - before) / step).collect()
        };
        let by_of = slope(&after.of, &self.of);
        let (Some(to), Some(after_to)) = (&self.to, &after.to) else {
            return Some(by_of.into_iter().map(|rate| sign * rate).collect());
        };
        let by_to = slope(after_to, to);
        let plan = &context.solution.raw.primal;
        let at_plan =
            |factors: &[f64]| factors.iter().zip(plan).map(|(factor, x)| factor * x).sum::<f64>();
        let (above, below) = (at_plan(&self.of), at_plan(to));
        let (above_by, below_by) = (at_plan(&by_of), at_plan(&by_to));
        let mut rates = Vec::with_capacity(plan.len());
        for at in 0..plan.len() {
            let terms =
                [by_of[at] * below, self.of[at] * below_by, -above_by * to[at], -above * by_to[at]];
            let size = terms.iter().map(|term| term.abs()).sum::<f64>();
            let bends = by_of[at] * below_by - above_by * by_to[at];
            if (bends * step).abs() > SAME * size {
                return None;
            }
            let sum = terms.iter().sum::<f64>();
            let rounding = sum.abs() <= 1e-12 * size;
            rates.push(if rounding { 0.0 } else { sign * sum / (below * below) });
        }
        Some(rates)
    }
}

/// Figures that also shape flows or bound them.
fn standing_elsewhere(context: &Context<'_>) -> IdVec<FigureId, bool> {
    let flowsheet = context.flowsheet;
    let mut elsewhere = shaping(flowsheet);
    for limit in &flowsheet.limits {
        elsewhere[limit.figure] = true;
        limit.availability.into_iter().for_each(|figure| elsewhere[figure] = true);
        limit.expansion.into_iter().for_each(|figure| elsewhere[figure] = true);
    }
    for goal in &flowsheet.goals {
        goal.bounds.iter().for_each(|bound| elsewhere[bound.figure] = true);
    }
    elsewhere
}

type End = (f64, Option<lp::Next>);

/// How far the costs may go against and along the rates of a price.
fn range(context: &Context<'_>, options: &Options, rates: &[f64], value: f64) -> (End, End) {
    let raw = &context.solution.raw;
    let found = raw.basis.as_ref().map(|basis| basis.ranging_costs(rates));
    let Some(found) = found else { return ((0.0, None), (0.0, None)) };
    if !raw.degenerate {
        return (found.down, found.up);
    }
    // At a degenerate vertex the basis changes before the plan does.
    let further = |end: End, sign: f64| match further(context, options, rates, sign, value) {
        Some(room) if room > end.0 * (1.0 + SAME) => (room, None),
        _ => end,
    };
    (further(found.down, -1.0), further(found.up, 1.0))
}

/// The greatest change at which the plan is still as good as any, by supporting lines; none if it was not found.
fn further(
    context: &Context<'_>,
    options: &Options,
    rates: &[f64],
    sign: f64,
    value: f64,
) -> Option<f64> {
    let condensed = context.model.condensed();
    let plan = &context.solution.raw.primal;
    let mut change = FAR * value.abs().max(1.0);
    let mut from_far = true;
    for _ in 0..STEPS {
        let mut program = condensed.clone();
        for (at, rate) in rates.iter().enumerate() {
            let column = ColumnId::new(at);
            program.set_cost(column, condensed.column(column).cost + sign * change * rate);
        }
        let best = lp::solve(&program, options).ok()?;
        let here = program.objective_at(plan);
        let size = here.abs().max(best.objective.abs()).max(context.solution.objective.abs());
        if here - best.objective <= SAME * size {
            return Some(if from_far { f64::INFINITY } else { change });
        }
        from_far = false;
        // Where the other plan becomes the better one.
        let behind = condensed.objective_at(&best.primal) - condensed.objective_at(plan);
        let slope: f64 = rates
            .iter()
            .enumerate()
            .map(|(at, rate)| sign * rate * (plan[at] - best.primal[at]))
            .sum();
        let next = behind / slope;
        if !next.is_finite() || next >= change || next < 0.0 {
            return None;
        }
        change = next;
    }
    None
}
