//! The program in which limits may grow, and what its path says.

use super::{
    AGREE, Debottleneck, Followed, GoalValue, Growth, ROUNDING, Step, StillBinds, unproven,
};
use crate::{
    diagnostic::{Diagnostics, Span},
    flowsheet::{
        Figure, Flowsheet, Goal, GoalBound, LimitId, Measure, Objective, PeriodId, Provenance,
        Sense, Values,
    },
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options, PathEnd, RowId, RowSense},
    model::{At, Form, Model, Row, Solution},
};

/// A dual below this share of the largest is rounding.
const NO_WORTH: f64 = 1e-9;

/// A limit that may grow.
pub(super) struct Growing {
    pub(super) limit: LimitId,
    /// What one t/yr more of its row takes of the budget.
    pub(super) weight: f64,
    /// Share of the year in which the bound is at hand.
    pub(super) available: f64,
}

/// What the path is asked of.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) model: &'a Model,
    pub(super) options: &'a Options,
    pub(super) followed: &'a Followed<'a>,
    pub(super) growing: &'a [Growing],
}

/// The condensed program with growth.
pub(super) struct Program<'a> {
    pub(super) lp: LinearProgram<(), Option<Row>>,
    pub(super) budget: RowId,
    setting: Setting<'a>,
    /// First growth column; the drivers come before it.
    drivers: usize,
    /// The row that stops the path at the target.
    cap: Option<RowId>,
    /// What the goal measures, per driver, and what that is divided by.
    parts: Option<(Vec<f64>, Option<Vec<f64>>)>,
    /// The denominator of a ratio in the present plan.
    base: f64,
}

impl Setting<'_> {
    /// A measure per driver.
    fn reduce(&self, measure: &Measure) -> Vec<f64> {
        let at = At { flowsheet: self.flowsheet, values: self.values, period: PeriodId::new(0) };
        self.model.reduce(&self.model.functionals().measure(at, measure))
    }

    /// The sign that makes a minimum of what is followed.
    fn sign(&self) -> f64 {
        match self.followed.goal {
            Some((_, Sense::AtMost, _)) => 1.0,
            Some(_) => -1.0,
            None => -self.flowsheet.objective.sign(),
        }
    }

    /// Path of the figure of a row that the user wrote.
    fn path(&self, row: Row) -> Option<&Figure> {
        let figure = match row {
            Row::Limit(id, _) => self.flowsheet.limits[id].figure,
            Row::Goal(id, at, _) => self.flowsheet.goals[id].bounds[at].figure,
            _ => return None,
        };
        Some(&self.flowsheet.figures[figure])
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// Numerator less target times denominator; the measure itself of a goal that is no ratio.
pub(super) fn excess(goal: &Goal, target: f64) -> Measure {
    let mut measure = goal.of.clone();
    if let Some(to) = &goal.to {
        measure
            .terms
            .extend(to.terms.iter().map(|(factor, term)| (-target * factor, term.clone())));
        measure.text = format!("{} - {target} * ({})", measure.text, to.text);
    }
    measure
}

impl<'a> Program<'a> {
    pub(super) fn new(setting: Setting<'a>, base: &Solution) -> Self {
        let Setting { flowsheet, values, model, followed, growing, .. } = setting;
        let condensed = model.condensed();
        let mut lp = LinearProgram::new();
        let measure = followed.goal.map(|(goal, _, target)| setting.reduce(&excess(goal, target)));
        for (id, column) in condensed.columns() {
            let own = |measure: &Vec<f64>| setting.sign() * measure[id.index()];
            let cost = measure.as_ref().map_or(column.cost, own);
            lp.add_column((), cost, column.lower, column.upper);
        }
        if measure.is_none() {
            lp.set_offset(condensed.offset());
        }
        let drivers = lp.column_count();
        let mut terms: Vec<Vec<(ColumnId, f64)>> = vec![Vec::new(); condensed.row_count()];
        let mut spent = Vec::new();
        for item in growing {
            let limit = &flowsheet.limits[item.limit];
            let raised = limit.sense == Sense::AtMost;
            let most = if raised { f64::INFINITY } else { values[limit.figure] * item.available };
            let column = lp.add_column((), 0.0, 0.0, most);
            spent.push((column, item.weight));
            for (id, row) in condensed.rows() {
                if matches!(*row.key, Row::Limit(own, _) if own == item.limit) {
                    terms[id.index()].push((column, if raised { -1.0 } else { 1.0 }));
                }
            }
        }
        for (id, row) in condensed.rows() {
            let own = condensed.row_terms(id).map(|(at, value)| (ColumnId::new(at.index()), value));
            let grown = std::mem::take(&mut terms[id.index()]);
            lp.add_row(Some(*row.key), row.sense, row.rhs, own.chain(grown));
        }
        let mut program =
            Self { budget: RowId::new(0), lp, setting, drivers, cap: None, parts: None, base: 0.0 };
        if let (Some((goal, sense, target)), Some(measure)) = (followed.goal, &measure) {
            let stop = if sense == Sense::AtMost { RowSense::AtLeast } else { RowSense::AtMost };
            let bound = if goal.to.is_some() { 0.0 } else { target };
            program.cap = Some(program.lp.add_row(None, stop, bound, per_driver(measure)));
            let to = goal.to.as_ref().map(|to| setting.reduce(to));
            if let Some(to) = &to {
                program.base = dot(to, &base.raw.primal);
                program.lp.add_row(None, RowSense::AtLeast, program.base, per_driver(to));
            }
            program.parts = Some((setting.reduce(&goal.of), to));
        }
        program.budget = program.lp.add_row(None, RowSense::AtMost, 0.0, spent);
        program
    }

    /// The denominator of a ratio in the present plan; 0 for anything else.
    pub(super) const fn base(&self) -> f64 {
        self.base
    }

    /// What is followed, at given drivers; none if it is a ratio to 0.
    pub(super) fn value(&self, drivers: &[f64]) -> Option<f64> {
        match &self.parts {
            Some((of, None)) => Some(dot(of, drivers)),
            Some((of, Some(to))) => {
                let below = dot(to, drivers);
                (below != 0.0).then(|| dot(of, drivers) / below)
            }
            None => {
                let condensed = self.setting.model.condensed();
                Some(self.setting.sign() * condensed.objective_at(drivers))
            }
        }
    }

    /// Fills in the steps of a path, each breakpoint solved again.
    pub(super) fn tell(&self, path: &lp::Path, told: &mut Debottleneck) -> Result<(), Diagnostics> {
        let mut before: Vec<Row> = Vec::new();
        if let Some(first) = path.points.first() {
            let value = self.value(&first.solution.primal[..self.drivers]);
            told.replanned = value.unwrap_or(told.start);
            told.replanned_objective = self.objective(first)?;
        }
        let mut objective = told.replanned_objective;
        for (at, ends) in path.points.windows(2).enumerate() {
            let (start, end) = (&ends[0], &ends[1]);
            let middle = self.middle(start.theta, end.theta)?;
            let binding = self.binding(&middle);
            told.worst_difference = told.worst_difference.max(self.check(end)?);
            let drivers = &end.solution.primal[..self.drivers];
            let after = self.objective(end)?;
            let names = |rows: &[Row], other: &[Row]| -> Vec<String> {
                let new = rows.iter().filter(|row| !other.contains(row));
                new.filter_map(|&row| Some(self.setting.path(row)?.path.clone())).collect()
            };
            let grows = self.grows(start, end);
            let cost = self.cost(start, end);
            let gain = self.setting.flowsheet.objective.sign() * (after - objective);
            told.steps.push(Step {
                from: start.theta,
                to: end.theta,
                value: self.value(drivers).unwrap_or_default(),
                objective: after,
                grows,
                newly_binding: names(&binding, if at == 0 { &binding } else { &before }),
                newly_free: names(&before, &binding),
                cost,
                payback: cost.filter(|_| gain > 0.0 && self.in_money()).map(|cost| cost / gain),
                goals: self.goals(drivers),
            });
            before = binding;
            objective = after;
        }
        if let Some(last) = path.points.last() {
            told.reached = self.value(&last.solution.primal[..self.drivers]).unwrap_or(told.start);
            // Just where a path ends more meets than holds it; beyond, where growth is of no use, only what holds it.
            let beyond = if path.end == PathEnd::NothingHelps { 1.0 + last.theta } else { 0.0 };
            told.held_by = self.held(&self.middle(last.theta, last.theta + 2.0 * beyond)?);
        }
        Ok(())
    }

    fn in_money(&self) -> bool {
        self.setting.flowsheet.objective.is_money()
    }

    /// The plan in the middle of a segment, where no breakpoint blurs what binds.
    fn middle(&self, from: f64, to: f64) -> Result<lp::Solution, Diagnostics> {
        let mut program = self.lp.clone();
        program.set_rhs(self.budget, f64::midpoint(from, to));
        lp::solve(&program, self.setting.options)
            .map_err(|_| unproven("a segment of the path was not proven"))
    }

    /// Rows that the user wrote and that hold back what is followed.
    fn binding(&self, solution: &lp::Solution) -> Vec<Row> {
        let largest = solution.duals.iter().fold(0.0_f64, |most, dual| most.max(dual.abs()));
        let rows = self.lp.rows().filter(|(id, row)| {
            let dual = solution.dual(*id).abs();
            matches!(row.key, Some(Row::Limit(..) | Row::Goal(..))) && dual > NO_WORTH * largest
        });
        rows.filter_map(|(_, row)| *row.key).collect()
    }

    /// Growth of a limit at a point, in t/yr of its bound.
    fn growth(&self, solution: &lp::Solution, at: usize) -> f64 {
        solution.primal[self.drivers + at] / self.setting.growing[at].available
    }

    /// The bound of a limit at a point, t/yr.
    fn bound(&self, solution: &lp::Solution, at: usize) -> f64 {
        let limit = &self.setting.flowsheet.limits[self.setting.growing[at].limit];
        let sign = if limit.sense == Sense::AtMost { 1.0 } else { -1.0 };
        self.setting.values[limit.figure] + sign * self.growth(solution, at)
    }

    /// The limits that grow on a segment, those that take most first. What one of several is worth alone depends on how growth
    /// is counted; what they are worth together does not.
    fn grows(&self, start: &lp::Point, end: &lp::Point) -> Vec<Growth> {
        let mut list: Vec<(f64, Growth)> = Vec::new();
        for (at, item) in self.setting.growing.iter().enumerate() {
            let limit = &self.setting.flowsheet.limits[item.limit];
            let (from, to) = (self.bound(&start.solution, at), self.bound(&end.solution, at));
            if (to - from).abs() <= ROUNDING * from.abs().max(to.abs()) {
                continue;
            }
            let growth = Growth {
                limit: self.setting.flowsheet.figures[limit.figure].path.clone(),
                unit: "t/yr",
                from,
                to,
                worth: None,
            };
            list.push(((to - from).abs() * item.weight * item.available, growth));
        }
        list.sort_by(|a, b| b.0.total_cmp(&a.0));
        let value = |point: &lp::Point| self.value(&point.solution.primal[..self.drivers]);
        let gain = value(end).zip(value(start)).map(|(end, start)| end - start);
        let mut list: Vec<Growth> = list.into_iter().map(|(_, growth)| growth).collect();
        if let Some(first) = list.first_mut() {
            first.worth = gain.map(|gain| gain / (first.to - first.from));
        }
        list
    }

    /// What the expansions of a segment cost; none if one of them has no cost.
    fn cost(&self, start: &lp::Point, end: &lp::Point) -> Option<f64> {
        let mut sum = 0.0;
        for (at, item) in self.setting.growing.iter().enumerate() {
            let limit = &self.setting.flowsheet.limits[item.limit];
            let grown = self.growth(&end.solution, at) - self.growth(&start.solution, at);
            if grown.abs() > ROUNDING * self.setting.values[limit.figure].abs() {
                sum += grown * self.setting.values[limit.expansion?];
            }
        }
        Some(sum)
    }

    fn goals(&self, drivers: &[f64]) -> Vec<GoalValue> {
        let goals = self.setting.flowsheet.goals.iter().map(|goal| {
            let of = dot(&self.setting.reduce(&goal.of), drivers);
            let value = match &goal.to {
                None => Some(of),
                Some(to) => {
                    let below = dot(&self.setting.reduce(to), drivers);
                    (below != 0.0).then(|| of / below)
                }
            };
            GoalValue { goal: goal.name.clone(), value }
        });
        goals.collect()
    }

    /// What binds at the end of the path and may not grow.
    fn held(&self, solution: &lp::Solution) -> Vec<StillBinds> {
        let grows = |row: &Row| {
            let mut growing = self.setting.growing.iter();
            matches!(row, Row::Limit(id, _) if growing.any(|item| item.limit == *id))
        };
        let rows = self.binding(solution).into_iter().filter(|row| !grows(row));
        let held = rows.filter_map(|row| {
            let figure = self.setting.path(row)?;
            Some(StillBinds { limit: figure.path.clone(), text: figure.text.clone() })
        });
        held.collect()
    }

    /// The objective of the best plan at a point of the path that keeps what was reached there.
    fn objective(&self, point: &lp::Point) -> Result<f64, Diagnostics> {
        let setting = &self.setting;
        let condensed = setting.model.condensed();
        let sign = -setting.flowsheet.objective.sign();
        let Some(cap) = self.cap else {
            return Ok(sign * point.solution.objective);
        };
        let mut program = self.lp.clone();
        for (id, column) in condensed.columns() {
            program.set_cost(ColumnId::new(id.index()), column.cost);
        }
        program.set_offset(condensed.offset());
        for at in self.drivers..program.column_count() {
            // As a row, not a bound: the program of a ratio has none but 0.
            let column = ColumnId::new(at);
            program.set_bounds(column, 0.0, f64::INFINITY);
            program.add_row(None, RowSense::Equal, point.solution.primal[at], [(column, 1.0)]);
        }
        program.set_rhs(self.budget, point.theta * (1.0 + AGREE));
        let reached = program.activities(&point.solution.primal)[cap.index()];
        let room = ROUNDING * reached.abs().max(self.base);
        let (sense, kept) = match self.lp.row(cap).sense {
            RowSense::AtLeast => (RowSense::AtMost, reached + room),
            _ => (RowSense::AtLeast, reached - room),
        };
        let terms: Vec<(ColumnId, f64)> = self.lp.row_terms(cap).collect();
        program.add_row(None, sense, kept, terms);
        let slack = program.row(cap).rhs;
        program.set_rhs(cap, if sense == RowSense::AtLeast { slack + room } else { slack - room });
        let solved = match setting.flowsheet.objective.ratio() {
            None => lp::solve(&program, setting.options).map(|solved| sign * solved.objective),
            Some(ratio) => {
                let part = |measure: &Measure| {
                    let mut factors = setting.reduce(measure);
                    factors.resize(program.column_count(), 0.0);
                    factors
                };
                let (of, to) = (part(&ratio.of), part(&ratio.to));
                let maximise = setting.flowsheet.objective.sign() > 0.0;
                lp::fractional(&program, (&of, &to), maximise, setting.options)
                    .map(|best| best.value)
            }
        };
        solved.map_err(|_| unproven("the best plan at a breakpoint was not proven"))
    }

    /// Solves the flowsheet itself with the limits grown to a point of the path; how far the two differ, relative.
    fn check(&self, point: &lp::Point) -> Result<f64, Diagnostics> {
        let setting = &self.setting;
        let mut flowsheet = setting.flowsheet.clone();
        let mut values = setting.values.clone();
        for (at, item) in setting.growing.iter().enumerate() {
            values[setting.flowsheet.limits[item.limit].figure] = self.bound(&point.solution, at);
        }
        if let Some((goal, sense, target)) = setting.followed.goal {
            let measure = excess(goal, target);
            flowsheet.objective = match sense {
                Sense::AtMost => Objective::Minimise(measure),
                _ => Objective::Maximise(measure),
            };
            if let Some(to) = &goal.to {
                keep(&mut flowsheet, &mut values, to, self.base);
            }
        }
        let solved = Model::assemble(&flowsheet, &values)
            .ok()
            .and_then(|mut model| model.solve(&flowsheet, setting.options, Form::Condensed).ok());
        let Some(solved) = solved else {
            return Err(unproven("a breakpoint of the path was not proven when solved again"));
        };
        // A minimum of `sign` times what is followed, up to the constant of a profit that is capped nowhere.
        let followed = setting.sign() * point.solution.objective;
        let scale =
            followed.abs().max(solved.objective.abs()).max(self.base).max(f64::MIN_POSITIVE);
        let difference = (followed - solved.objective).abs() / scale;
        if difference > AGREE {
            let message =
                format!("a breakpoint of the path differs by {difference:.0e} when solved again");
            return Err(unproven(&message));
        }
        Ok(difference)
    }
}

/// Adds the row that keeps a measure at least at a value.
pub(super) fn keep(flowsheet: &mut Flowsheet, values: &mut Values, measure: &Measure, least: f64) {
    let figure = flowsheet.figures.push(Figure {
        path: "present plan".to_owned(),
        text: least.to_string(),
        value: least,
        span: Span::default(),
        provenance: Provenance::Wanted,
        range: None,
        allowed: (f64::NEG_INFINITY, f64::INFINITY),
    });
    values.push(least);
    flowsheet.goals.push(Goal {
        name: "present plan".to_owned(),
        title: None,
        of: measure.clone(),
        to: None,
        bounds: vec![GoalBound { sense: Sense::AtLeast, figure, claimed: Provenance::Wanted }],
        periods: (PeriodId::new(0), PeriodId::new(flowsheet.periods.len() - 1)),
        enforced: true,
        enforced_at: Span::default(),
        span: Span::default(),
    });
}

/// One factor per driver as the terms of a row.
fn per_driver(factors: &[f64]) -> impl Iterator<Item = (ColumnId, f64)> + '_ {
    factors.iter().enumerate().map(|(at, &factor)| (ColumnId::new(at), factor))
}
