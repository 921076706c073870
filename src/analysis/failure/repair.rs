//! Repairs of a conflict: single figures that, changed a little, make the flowsheet have a plan.
//!
//! Every repair by limits must relax a statement of the irreducible set, so each of them is asked how far it would have
//! to give way alone: the least (or greatest) that its measure can be while all others hold. What is no limit
//! (recoveries, grades, conversions) is asked by duality how much it would move the statement that demands, and then
//! moved until that is met. A repair is told only if the flowsheet with that figure, as printed, has a proven plan.

use super::conflict::Statement;
use crate::{
    analysis::{
        assumption::{Followed, Moved, WORK, shaping},
        context::Context,
    },
    flowsheet::{FigureId, Flowsheet, Measure, Objective, PeriodId, Provenance, Sense, Values},
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options, RowId, RowSense},
    measure::round,
    model::{At, Form, Model, Row},
};

/// Most figures that are no limits and are tried.
const TRIED: usize = 12;
/// A figure that must become so many times what it is was no slip of the pen.
const FAR: f64 = 200.0;
/// Most steps of a search for the value of a figure.
const STEPS: usize = 8;

/// One figure changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) figure: FigureId,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Figures that, changed together, mend a conflict.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    pub(super) changes: Vec<Change>,
    /// The objective of the best plan then.
    pub(super) objective: f64,
}

impl Repair {
    /// Relative size of the changes, summed.
    pub(super) fn size(&self) -> f64 {
        let sizes = self.changes.iter().map(|change| {
            let size = ((change.to - change.from) / change.from).abs();
            if change.from == 0.0 { f64::INFINITY } else { size }
        });
        sizes.sum()
    }
}

/// What repairs are sought for.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) model: &'a Model,
    pub(super) options: &'a Options,
}

impl Search<'_> {
    /// How far a statement alone would have to give way: the nearest value of its measure while all others hold.
    pub(super) fn nearest(&self, statement: Statement) -> Option<f64> {
        let (of, to) = statement.measures(self.flowsheet)?;
        let at = At { flowsheet: self.flowsheet, values: self.values, period: PeriodId::new(0) };
        let reduce =
            |measure: &Measure| self.model.reduce(&self.model.functionals().measure(at, measure));
        let of = reduce(&of);
        let to = to.as_ref().map(reduce);
        let extreme = |maximise: bool| {
            let program = self.without(statement.id, &of, maximise);
            if let Some(to) = &to {
                let found = lp::fractional(&program, (&of, to), maximise, self.options);
                return found.ok().map(|found| found.value);
            }
            let sign = if maximise { -1.0 } else { 1.0 };
            lp::solve(&program, self.options).ok().map(|found| sign * found.objective)
        };
        let bound = statement.bound(self.flowsheet, self.values);
        match statement.sense(self.flowsheet) {
            Sense::AtMost => extreme(false),
            Sense::AtLeast => extreme(true),
            Sense::Exactly => {
                let ends = [extreme(false), extreme(true)].into_iter().flatten();
                ends.min_by(|a, b| (a - bound).abs().total_cmp(&(b - bound).abs()))
            }
        }
    }

    fn without(&self, left_out: RowId, of: &[f64], maximise: bool) -> LinearProgram<(), ()> {
        let mut program = LinearProgram::new();
        let sign = if maximise { -1.0 } else { 1.0 };
        for (id, column) in self.model.condensed().columns() {
            program.add_column((), sign * of[id.index()], column.lower, column.upper);
        }
        for (id, row) in self.model.condensed().rows().filter(|&(id, _)| id != left_out) {
            program.add_row((), row.sense, row.rhs, self.model.condensed().row_terms(id));
        }
        program
    }

    /// Changes the statement's own figure.
    pub(super) fn relax(&self, statement: Statement, nearest: f64) -> Option<Repair> {
        let figure = statement.figure(self.flowsheet)?;
        let wanted = nearest / statement.available(self.flowsheet, self.values);
        let from = self.values[figure];
        let up = wanted > from;
        let exact = statement.sense(self.flowsheet) == Sense::Exactly;
        let rounded = if exact { wanted } else { round::outward(wanted, up) };
        let tries = [rounded, wanted, wanted + (wanted - from) * 1e-9];
        tries.into_iter().find_map(|to| self.holds(vec![Change { figure, from, to }]))
    }

    /// Changes the share of the year in which the statement's bound is at hand.
    pub(super) fn run_longer(&self, statement: Statement, nearest: f64) -> Option<Repair> {
        let Row::Limit(id, _) = statement.row else { return None };
        let limit = &self.flowsheet.limits[id];
        let figure = limit.availability?;
        let (from, to) =
            (self.values[figure], round::outward(nearest / self.values[limit.figure], true));
        if to > 1.0 {
            return None;
        }
        self.holds(vec![Change { figure, from, to }])
    }

    /// The least changes of a statement and of limits outside the conflict that mend it together, relative to each
    /// bound.
    pub(super) fn join(&self, statement: Statement, conflict: &[Statement]) -> Option<Repair> {
        let hard = |id: RowId| id != statement.id && conflict.iter().any(|it| it.id == id);
        let condensed = self.model.condensed();
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        for (_, column) in condensed.columns() {
            program.add_column((), 0.0, column.lower, column.upper);
        }
        let mut growth: Vec<(ColumnId, Statement, f64)> = Vec::new();
        for (id, row) in condensed.rows() {
            let own = condensed.row_terms(id).map(|(at, value)| (ColumnId::new(at.index()), value));
            let mut terms: Vec<(ColumnId, f64)> = own.collect();
            let soft = Statement { id, row: *row.key };
            let can_grow = match *row.key {
                Row::Limit(limit, _) => self.flowsheet.limits[limit].share_of.is_none(),
                Row::Goal(goal, _) => self.flowsheet.goals[goal].to.is_none(),
                _ => false,
            };
            if can_grow && !hard(id) && row.rhs != 0.0 {
                let up = row.sense == RowSense::AtMost;
                let column = program.add_column((), 1.0 / row.rhs.abs(), 0.0, f64::INFINITY);
                terms.push((column, if up { -1.0 } else { 1.0 }));
                growth.push((column, soft, if up { 1.0 } else { -1.0 }));
            }
            program.add_row((), row.sense, row.rhs, terms);
        }
        let solved = lp::solve(&program, self.options).ok()?;
        let changes = growth.iter().filter_map(|&(column, soft, sign)| {
            let grown = solved.value(column) / soft.available(self.flowsheet, self.values);
            let figure = soft.figure(self.flowsheet)?;
            let from = self.values[figure];
            let to = round::outward(from + sign * grown, sign > 0.0);
            (grown > 1e-9 * from.abs()).then_some(Change { figure, from, to })
        });
        self.holds(changes.collect())
    }

    /// The repair, if the flowsheet with these figures has a proven plan.
    fn holds(&self, changes: Vec<Change>) -> Option<Repair> {
        let mut values = self.values.clone();
        for change in &changes {
            values[change.figure] = change.to;
        }
        let flowsheet = self.flowsheet.with_values(&values).ok()?;
        let mut model = Model::assemble(&flowsheet, &values).ok()?;
        let plan = model.solve(&flowsheet, self.options, Form::Condensed).ok()?;
        Some(Repair { changes, objective: plan.objective })
    }

    /// Whether there are so many figures that shape flows that they are not tried.
    pub(super) fn too_many(&self) -> bool {
        let shaping = shaping(self.flowsheet).iter().filter(|&&shapes| shapes).count();
        shaping.saturating_mul(self.model.nodes().len()) > WORK
    }

    /// Changes of figures that are no limits, so that a statement can be met; the smallest first.
    pub(super) fn figures(&self, statement: Statement) -> Option<Vec<Repair>> {
        let shapes = shaping(self.flowsheet);
        let (of, to) = statement.measures(self.flowsheet)?;
        let bound = statement.bound(self.flowsheet, self.values);
        let (measure, target) = match to {
            None => (of, bound),
            Some(to) => {
                let mut measure = of;
                measure
                    .terms
                    .extend(to.terms.into_iter().map(|(factor, term)| (-bound * factor, term)));
                (measure, 0.0)
            }
        };
        // Exactly: towards the side on which the plans are.
        let up = match statement.sense(self.flowsheet) {
            Sense::AtMost => false,
            Sense::AtLeast => true,
            Sense::Exactly => self.nearest(statement)? < bound,
        };
        let mut flowsheet = self.flowsheet.clone();
        let mut values = self.values.clone();
        statement.drop_from(&mut flowsheet, &mut values);
        flowsheet.objective = if up {
            Objective::Maximise(measure.clone())
        } else {
            Objective::Minimise(measure.clone())
        };
        let mut model = Model::assemble(&flowsheet, &values).ok()?;
        let plan = model.solve(&flowsheet, self.options, Form::Condensed).ok()?;
        let context = Context::new(&flowsheet, &values, &model, &plan);
        let functional = context.functionals().measure(context.at(), &measure);
        let sensitivity = model.sensitivity(&plan, &functional)?;
        let followed = Followed { of: measure, to: None, base: plan.objective, sensitivity };
        let gap = target - plan.objective;
        let mut found: Vec<(f64, FigureId, f64)> = Vec::new();
        let mut closed = Vec::new();
        for (id, figure) in flowsheet.figures.iter_ids() {
            let own = Some(id) == statement.figure(self.flowsheet);
            if own || !shapes[id] || figure.provenance == Provenance::Wanted {
                continue;
            }
            if values[id] == 0.0 {
                // A closed way: no derivative tells what opening it does.
                closed.push((f64::INFINITY, id, 1.0));
                continue;
            }
            let Some(moved) = Moved::new(&context, id, true) else { continue };
            let slope = moved.derivative(&context, &followed);
            let step = gap / slope;
            // A share cannot leave 0–1; a little more than that may do, since flows are no straight lines.
            let possible = values[id] > 1.0 || (-0.01..=1.2).contains(&(values[id] + step));
            if step.is_finite() && possible && (step / values[id]).abs() <= FAR {
                found.push(((step / values[id]).abs(), id, step));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let reach = |id: FigureId, value: f64| -> Option<f64> {
            let mut moved = values.clone();
            moved[id] = value;
            let flowsheet = flowsheet.with_values(&moved).ok()?;
            let mut model = Model::assemble(&flowsheet, &moved).ok()?;
            Some(model.solve(&flowsheet, self.options, Form::Condensed).ok()?.objective)
        };
        let meets = |value: f64| {
            let room = 1e-9 * target.abs().max(plan.objective.abs());
            if up { value >= target - room } else { value <= target + room }
        };
        let tried = found.into_iter().take(TRIED).chain(closed.into_iter().take(TRIED));
        let repairs = tried.filter_map(|(_, id, step)| {
            let from = values[id];
            let to = search(from, plan.objective, target, step, &|value| reach(id, value), &meets)?;
            let to = round::outward(to, to > from);
            let to = if to > 1.0 && from <= 1.0 { 1.0 } else { to };
            self.holds(vec![Change { figure: id, from, to }])
        });
        let mut repairs: Vec<Repair> = repairs.collect();
        repairs.sort_by(|a, b| a.size().total_cmp(&b.size()));
        Some(repairs)
    }
}

/// The value of a figure at which a measure meets its target, by the secant method from its derivative.
fn search(
    from: f64,
    base: f64,
    target: f64,
    step: f64,
    reach: &dyn Fn(f64) -> Option<f64>,
    meets: &dyn Fn(f64) -> bool,
) -> Option<f64> {
    // All that shapes flows is a share, or a part of a whole: it keeps to its side of 0 and of 1.
    let within = |value: f64| if from <= 1.0 { value.clamp(0.0, 1.0) } else { value.max(0.0) };
    let (mut last, mut last_value) = (from, base);
    let mut next = within(from + step);
    for _ in 0..STEPS {
        let value = reach(next)?;
        if meets(value) {
            return Some(next);
        }
        let slope = (value - last_value) / (next - last);
        // A little further than the secant says, so that it ends on the good side.
        let further = within(next + 1.001 * (target - value) / slope);
        if !further.is_finite() || further == next {
            return None;
        }
        (last, last_value, next) = (next, value, further);
    }
    None
}
