//! What two aims cost each other: the Pareto front of two measures by the ε-constraint method.
//!
//! First both aims are optimised, each with the other one as good as it can then be. Between the two ends the second
//! measure is held at values in equal steps, and the first is optimised (Haimes, Lasdon and Wismer 1971). Points that
//! another one is at least as good as in both aims are left out.

use schemars::JsonSchema;
use serde::Serialize;

use super::failure;
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, Measure, Objective, ratio_unit},
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options, RowId, RowSense},
    model::{Column, Decision, Model, Row},
};

/// What is kept of a value is kept but for this share.
const KEPT: f64 = 1e-9;

/// At the ends the second aim is its best value but for this share.
const ENDS: f64 = 1e-6;

/// A difference below this share of its terms is nothing.
const CANCELLED: f64 = 1e-9;

/// Most steps of Dinkelbach's iteration.
const STEPS: usize = 40;

/// One of the two aims.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Aim {
    /// The measure or ratio.
    pub name: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// `maximise` or `minimise`.
    pub sense: &'static str,
}

/// A plan that is not bettered in both aims at once.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ParetoPoint {
    /// The first aim.
    pub first: f64,
    /// The second aim.
    pub second: f64,
    /// Change of the first per unit of the second that is let go, with routes and trains held; none at the ends.
    pub trade: Option<f64>,
    /// Alternatives that are taken.
    pub routes: Vec<String>,
    /// Proven relative gap, where whole numbers were chosen.
    pub gap: Option<f64>,
}

/// The front between two aims.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Pareto {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// The first aim.
    pub first: Aim,
    /// The second aim.
    pub second: Aim,
    /// From the best of the first aim to the best of the second.
    pub points: Vec<ParetoPoint>,
}

type Program = LinearProgram<Option<Column>, Option<Row>>;

/// The key of a row that is in no model.
const EXTRA: Option<Row> = None;

/// A measure, or a ratio, in the decisions alone.
struct Reduced {
    of: Vec<f64>,
    to: Option<Vec<f64>>,
    /// +1 if it is to be small.
    sign: f64,
}

impl Reduced {
    fn value(&self, primal: &[f64]) -> f64 {
        let dot = |factors: &[f64]| -> f64 {
            factors.iter().zip(primal).map(|(factor, value)| factor * value).sum()
        };
        match &self.to {
            None => dot(&self.of),
            Some(to) => dot(&self.of) / dot(to),
        }
    }

    /// `of − value · to`, or `of` if it is no ratio.
    fn against(&self, value: f64) -> Vec<f64> {
        match &self.to {
            None => self.of.clone(),
            // What is left of terms that cancel is rounding.
            Some(to) => {
                let less = |(of, to): (&f64, &f64)| {
                    let (of, to) = (*of, value * to);
                    let rest = of - to;
                    if rest.abs() <= CANCELLED * of.abs().max(to.abs()) { 0.0 } else { rest }
                };
                self.of.iter().zip(to).map(less).collect()
            }
        }
    }

    /// The program in which the measure is at least as good as a value.
    fn hold(&self, program: &Program, key: Option<Row>, value: f64) -> Program {
        let mut held = program.clone();
        let factors = self.against(value);
        let terms = factors.iter().enumerate().filter(|(_, factor)| **factor != 0.0);
        let terms: Vec<(ColumnId, f64)> =
            terms.map(|(at, &factor)| (ColumnId::new(at), self.sign * factor)).collect();
        let rhs = if self.to.is_some() { 0.0 } else { self.sign * value };
        held.add_row(key, RowSense::AtMost, rhs, terms);
        held
    }

    /// The program that makes the measure, or `of − value · to`, as good as can be.
    fn aim(&self, program: &Program, value: f64) -> Program {
        let mut aimed = program.clone();
        aimed.set_offset(0.0);
        for (at, factor) in self.against(value).into_iter().enumerate() {
            aimed.set_cost(ColumnId::new(at), self.sign * factor);
        }
        aimed
    }
}

/// The front between the objective of a flowsheet and that of the same flowsheet with another objective.
///
/// # Errors
/// Findings, if the model is wrong, if there is no plan, or if one of the aims has no best value.
pub fn pareto(
    flowsheet: &Flowsheet,
    other: &Flowsheet,
    count: usize,
    options: &Options,
) -> Result<Pareto, Diagnostics> {
    if let Some(ratio) = flowsheet.objective.ratio() {
        let message = "the first aim of a front must be a measure, not a ratio";
        return Err(Diagnostic::new(Code::BadMeasure, message)
            .at(ratio.span, "")
            .help("let the ratio be the second aim: `--less` or `--more`")
            .into());
    }
    let values = flowsheet.values();
    let model = Model::assemble(flowsheet, &values)?;
    let summed =
        |measure: &Measure| model.functionals().summed(model.horizon(flowsheet), 1.0, measure);
    let second = Reduced {
        of: model.reduce(&summed(&other.objective.of())),
        to: other.objective.to().map(|to| model.reduce(&summed(to))),
        sign: -other.objective.sign(),
    };
    let program = model.condensed().with_keys(|&key| Some(key), |&key| Some(key));
    let search = Search { program, flowsheet, model: &model, second, options };
    let points = match search.points(count) {
        Ok(points) => points,
        // A program with a row more has no plan only where this one has none, or by rounding.
        Err(Ended::Held(lp::Failure::Infeasible { .. } | lp::Failure::Unbounded { .. })) => {
            let message = "an end of the front was lost in rounding";
            return Err(Diagnostic::new(Code::NotProven, message)
                .help("scale the second aim, or choose another one")
                .into());
        }
        Err(Ended::First(failure) | Ended::Held(failure)) => {
            let failure = model.explain(failure, crate::model::Form::Condensed);
            return Err(failure::explain(flowsheet, &values, &model, options, &failure));
        }
    };
    let aim = |objective: &Objective| {
        let unit = match objective.to() {
            None if flowsheet.is_dated() => {
                let unit = objective.unit(&flowsheet.currency);
                unit.trim_end_matches("/yr").to_owned()
            }
            to => ratio_unit(&objective.of(), to, &flowsheet.currency),
        };
        let worth = matches!(objective, Objective::Profit) && flowsheet.is_dated();
        Aim {
            name: if worth { "net present value".to_owned() } else { objective.text() },
            unit,
            sense: if objective.sign() > 0.0 { "maximise" } else { "minimise" },
        }
    };
    Ok(Pareto {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        first: aim(&flowsheet.objective),
        second: aim(&other.objective),
        points,
    })
}

/// What ended the search: a program of the flowsheet itself, or one with a row more.
enum Ended {
    First(lp::Failure),
    Held(lp::Failure),
}

struct Search<'a> {
    program: Program,
    flowsheet: &'a Flowsheet,
    model: &'a Model,
    second: Reduced,
    options: &'a Options,
}

impl Search<'_> {
    fn points(&self, count: usize) -> Result<Vec<ParetoPoint>, Ended> {
        let program = &self.program;
        let first = lp::solve(program, self.options).map_err(Ended::First)?;
        let there = self.second.value(&first.primal);
        if !there.is_finite() {
            let message = "the denominator of the second aim is 0 in the best plan of the first";
            return Err(Ended::First(lp::Failure::Backend(message.to_owned())));
        }
        // The second aim as good as it can be without loss of the first, and as good as it can be at all.
        let from = self.best_second(&self.keep_first(&first), there).map_err(Ended::Held)?;
        let to = self.best_second(program, from).map_err(Ended::First)?;
        let apart = (to - from).abs() > KEPT * from.abs().max(to.abs());
        let steps = if apart { count.max(2) - 1 } else { 0 };
        let mut points = Vec::new();
        for step in 0..=steps {
            let ends = step == 0 || step == steps;
            let share = if steps == 0 { 0.0 } else { step as f64 / steps as f64 };
            let mut value = from + share * (to - from);
            if ends {
                // Not just what is best: a program that hardly has a plan is hard to solve.
                value += self.second.sign * ENDS * value.abs();
            }
            let held = self.second.hold(program, EXTRA, value);
            let found = lp::solve(&held, self.options).map_err(Ended::Held)?;
            let row = RowId::new(program.row_count());
            let sign = -self.flowsheet.objective.sign();
            let trade = (!ends && self.second.to.is_none()).then(|| sign * found.dual(row) + 0.0);
            points.push(self.point(&found, trade));
        }
        Ok(self.undominated(points))
    }

    /// The program in which the first aim, and all whole numbers, stay as they are.
    fn keep_first(&self, first: &lp::Solution) -> Program {
        let mut kept = self.program.clone();
        let columns = || self.program.columns();
        for (id, _) in columns().filter(|(_, column)| column.integer) {
            kept.fix(id, first.value(id).round());
        }
        let costs = columns().filter(|(_, column)| column.cost != 0.0);
        let terms: Vec<(ColumnId, f64)> = costs.map(|(id, column)| (id, column.cost)).collect();
        let room = KEPT * first.objective.abs();
        let rhs = first.objective - self.program.offset() + room;
        kept.add_row(EXTRA, RowSense::AtMost, rhs, terms);
        kept
    }

    /// The best value of the second aim; of a ratio by Dinkelbach's iteration from a value that some plan has.
    fn best_second(&self, program: &Program, mut value: f64) -> Result<f64, lp::Failure> {
        for _ in 0..STEPS {
            let best = lp::solve(&self.second.aim(program, value), self.options)?;
            let next = self.second.value(&best.primal);
            if self.second.to.is_none() {
                return Ok(next);
            }
            // Where nothing is left of both parts, no plan has a better ratio.
            let better = self.second.sign * (value - next) > KEPT * value.abs();
            if !next.is_finite() || !better {
                return Ok(value);
            }
            value = next;
        }
        Ok(value)
    }

    fn point(&self, solution: &lp::Solution, trade: Option<f64>) -> ParetoPoint {
        let primal = &solution.primal;
        let program = &self.program;
        let sign = -self.flowsheet.objective.sign();
        let routes = self.model.drivers().iter_ids().filter(|(id, driver)| {
            matches!(driver.decision, Decision::Open(_)) && primal[id.index()] > 0.5
        });
        let routes = routes.filter_map(|(_, driver)| match driver.decision {
            Decision::Open(id) => Some(self.flowsheet.name_of_alternative(id, driver.period)),
            _ => None,
        });
        ParetoPoint {
            first: sign * program.objective_at(primal) + 0.0,
            second: self.second.value(primal) + 0.0,
            trade,
            routes: routes.collect(),
            gap: solution.gap.as_ref().map(|gap| gap.relative),
        }
    }

    /// The points that no other one is at least as good as in both aims.
    fn undominated(&self, points: Vec<ParetoPoint>) -> Vec<ParetoPoint> {
        let sign = self.flowsheet.objective.sign();
        let mut kept: Vec<ParetoPoint> = Vec::new();
        for point in points {
            let as_good = |other: &ParetoPoint| {
                let room = KEPT * point.first.abs().max(other.first.abs()) * 10.0;
                let side = KEPT * point.second.abs().max(other.second.abs()) * 10.0;
                sign * (other.first - point.first) >= -room
                    && self.second.sign * (point.second - other.second) >= -side
            };
            if let Some(last) = kept.last_mut()
                && as_good(last)
            {
                continue;
            }
            let better = |old: &ParetoPoint| {
                let room = KEPT * point.first.abs().max(old.first.abs()) * 10.0;
                sign * (point.first - old.first) >= -room
            };
            while kept.last().is_some_and(better) {
                kept.pop();
            }
            kept.push(point);
        }
        kept
    }
}
