//! The tornado: plans solved anew at both ends of what each figure may be.

use rayon::prelude::*;

use super::{Bar, provenance};
use crate::{
    analysis::{
        clock::Clock,
        context::Context,
        derivative::{Followed, Resolved, Unresolved, Weigher, companions, is_datum},
    },
    flowsheet::{FigureId, Flowsheet, Values},
};

/// Solving anew is worth at most so many nodes in all for figures beyond those that were asked for.
const WORK: usize = 1_000_000;

/// What is less than this share of the base is rounding.
const NOISE: f64 = 1e-9;

/// What is followed in plans solved anew.
pub(super) struct Tornado<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) clock: Clock,
    pub(super) main: &'a Followed,
    pub(super) weigher: &'a Weigher<'a>,
    /// How far figures without a range of their own are moved, as a share of their value.
    pub(super) by: f64,
}

/// A figure that may be moved.
struct Candidate {
    figure: FigureId,
    ends: [f64; 2],
    slope: Option<f64>,
    /// What the derivative promises.
    promise: f64,
}

impl Tornado<'_> {
    /// The widest bars, and the number of figures that might be among them but were not solved anew.
    pub(super) fn draw(
        &self,
        slope_of: impl Fn(FigureId) -> Option<f64>,
        top: usize,
    ) -> (Vec<Bar>, usize) {
        let flowsheet = self.context.flowsheet;
        let mut candidates: Vec<Candidate> = flowsheet
            .figures
            .ids()
            .filter(|&id| is_datum(flowsheet, id))
            .filter_map(|id| self.candidate(id, slope_of(id)))
            .collect();
        // The order of the file among those of which the derivative promises nothing.
        candidates.sort_by(|a, b| b.promise.total_cmp(&a.promise));
        let nodes = self.context.model.nodes().len().max(1);
        let most = top.max(WORK.div_euclid(2 * nodes));
        let mut unsolved = candidates.len().saturating_sub(most);
        candidates.truncate(most);
        let drawn: Vec<Option<Bar>> =
            candidates.par_iter().map(|candidate| self.bar(candidate)).collect();
        let mut bars: Vec<Bar> = Vec::new();
        for (at, bar) in drawn.into_iter().enumerate() {
            let Some(bar) = bar else {
                unsolved += candidates.len() - at;
                break;
            };
            if bar.swing > NOISE * self.main.base.abs() || bar.no_plan.contains(&true) {
                bars.push(bar);
            }
        }
        // Where there is no plan at one end, no bar is long enough.
        let width = |bar: &Bar| {
            if bar.no_plan.contains(&true) { f64::INFINITY } else { bar.swing }
        };
        bars.sort_by(|a, b| width(b).total_cmp(&width(a)));
        bars.truncate(top);
        (bars, unsolved)
    }

    /// A figure with its ends; none if nothing can come of moving it.
    fn candidate(&self, figure: FigureId, slope: Option<f64>) -> Option<Candidate> {
        let ends = self.ends(figure);
        let value = self.context.values[figure];
        let furthest = (ends[1] - value).max(value - ends[0]);
        let promise = slope.map_or(0.0, |slope| (slope * furthest).abs());
        let noise = NOISE * self.main.base.abs();
        if furthest == 0.0 || promise <= noise && self.weigher.is_idle(figure, ends) {
            return None;
        }
        Some(Candidate { figure, ends, slope, promise })
    }

    /// The low and the high value of a figure.
    fn ends(&self, figure: FigureId) -> [f64; 2] {
        let (value, flowsheet) = (self.context.values[figure], self.context.flowsheet);
        if let Some(range) = &flowsheet.figures[figure].range {
            return [range.low, range.high];
        }
        let high = value * (1.0 + self.by);
        let share = is_share(flowsheet, figure, self.weigher.shapes(figure));
        [value * (1.0 - self.by), if share { high.min(1.0) } else { high }]
    }

    /// A bar; none if the time is over.
    fn bar(&self, candidate: &Candidate) -> Option<Bar> {
        let id = candidate.figure;
        let figure = &self.context.flowsheet.figures[id];
        let ends = candidate.ends.map(|end| self.value_at(id, end));
        if ends.contains(&Err(Unresolved::TimeLimit)) {
            return None;
        }
        let [low, high] = ends.map(|end| end.ok().filter(|value| value.is_finite()));
        let base = self.main.base;
        let swing = [low, high].iter().flatten().map(|end| (end - base).abs()).fold(0.0, f64::max);
        let elasticity = |slope: f64| (base != 0.0).then(|| slope * figure.value / base);
        Some(Bar {
            path: figure.path.clone(),
            text: figure.text.clone(),
            provenance: provenance(&figure.provenance),
            value: figure.value,
            ends: candidate.ends,
            range: figure.range.as_ref().map(|range| range.text.clone()),
            at_low: low,
            at_high: high,
            no_plan: ends.map(|end| end == Err(Unresolved::NoPlan)),
            swing,
            elasticity: candidate.slope.and_then(elasticity),
        })
    }

    /// What is followed with a figure at an end, its companions moved with it.
    fn value_at(&self, figure: FigureId, end: f64) -> Result<f64, Unresolved> {
        let (context, from) = (self.context, self.context.values[figure]);
        if end == from {
            return Ok(self.main.base);
        }
        let mut values: Values = context.values.clone();
        values[figure] = end;
        for (other, rate) in companions(context.flowsheet, context.values, figure) {
            values[other] += rate * (end - from);
        }
        let resolved = Resolved::new(context, &values, &self.clock)?;
        Ok(resolved.value(self.main).unwrap_or(f64::NAN))
    }
}

/// Whether a figure is a share of something, which 1 ends.
fn is_share(flowsheet: &Flowsheet, id: FigureId, shapes: bool) -> bool {
    let limit = flowsheet.limits.iter().any(|limit| {
        (limit.figure == id && limit.share_of.is_some()) || limit.availability == Some(id)
    });
    limit || shapes && flowsheet.figures[id].value <= 1.0
}
