//! Repairs of a conflict: figures that, changed, make the flowsheet have a plan.
//!
//! Every repair by limits must relax a statement of the irreducible set, so each of them is asked how far it would have
//! to give way alone: the least (or greatest) that its measure can be while all others hold. Where that is not enough
//! it is relaxed together with limits outside the conflict, by the least relative change; and all statements of the
//! conflict may meet halfway. What is no limit is in `process`. A repair is told only if the flowsheet with its figures
//! as printed is one that `solve` answers.

use super::{
    conflict::Statement,
    written::{DIGITS, Written},
};
use crate::{
    analysis::{accept, context::Context},
    flowsheet::{FigureId, Flowsheet, Measure, PeriodId, Provenance, Sense, Values},
    index::Id,
    lp::{self, ColumnId, LinearProgram, Options, RowId, RowSense},
    model::{At, Form, Model, Row},
};

/// One figure changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) figure: FigureId,
    pub(super) from: f64,
    pub(super) to: f64,
    /// As it would be written.
    pub(super) text: String,
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

    /// Whether both change the same figures.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let figures = |repair: &Self| {
            let mut ids: Vec<FigureId> = repair.changes.iter().map(|it| it.figure).collect();
            ids.sort_unstable();
            ids
        };
        figures(self) == figures(other)
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

/// A figure and the value that it must reach, before rounding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) figure: FigureId,
    pub(super) to: f64,
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
        let to = nearest / statement.available(self.flowsheet, self.values);
        self.holds(&[Wanted { figure, to }])
    }

    /// Changes the share of the year in which the statement's bound is at hand.
    pub(super) fn run_longer(&self, statement: Statement, nearest: f64) -> Option<Repair> {
        let Row::Limit(id, _) = statement.row else { return None };
        let limit = &self.flowsheet.limits[id];
        let figure = limit.availability?;
        let to = nearest / self.values[limit.figure];
        if to > 1.0 {
            return None;
        }
        self.holds(&[Wanted { figure, to }])
    }

    /// The least changes of a statement and of limits outside the conflict that mend it together, relative to each
    /// bound.
    pub(super) fn join(&self, statement: Statement, conflict: &[Statement]) -> Option<Repair> {
        let soft = |id: RowId| id == statement.id || conflict.iter().all(|it| it.id != id);
        self.give_way(soft, false)
    }

    /// All statements of the conflict give way by the same share of each bound.
    pub(super) fn meet(&self, conflict: &[Statement]) -> Option<Repair> {
        let repair = self.give_way(|id| conflict.iter().any(|it| it.id == id), true)?;
        (repair.changes.len() > 1).then_some(repair)
    }

    /// The least relative changes of some rows that mend it: least in sum, or (`evenly`) of the same share.
    fn give_way(&self, soft: impl Fn(RowId) -> bool, evenly: bool) -> Option<Repair> {
        let condensed = self.model.condensed();
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        for (_, column) in condensed.columns() {
            program.add_column((), 0.0, column.lower, column.upper);
        }
        let cost = |rhs: f64| if evenly { 0.0 } else { 1.0 / rhs.abs() };
        let share = evenly.then(|| program.add_column((), 1.0, 0.0, f64::INFINITY));
        let mut growth: Vec<(ColumnId, Statement, f64)> = Vec::new();
        for (id, row) in condensed.rows() {
            let own = condensed.row_terms(id).map(|(at, value)| (ColumnId::new(at.index()), value));
            let mut terms: Vec<(ColumnId, f64)> = own.collect();
            let statement = Statement { id, row: *row.key };
            if soft(id) && row.rhs != 0.0 && statement.is_of_amount(self.flowsheet) {
                let signs: &[f64] = match row.sense {
                    RowSense::AtMost => &[1.0],
                    RowSense::AtLeast => &[-1.0],
                    RowSense::Equal => &[1.0, -1.0],
                };
                for &sign in signs {
                    let column = program.add_column((), cost(row.rhs), 0.0, f64::INFINITY);
                    terms.push((column, -sign));
                    growth.push((column, statement, sign));
                    if let Some(share) = share {
                        let tied = [(column, 1.0), (share, -row.rhs.abs())];
                        program.add_row((), RowSense::AtMost, 0.0, tied);
                    }
                }
            }
            program.add_row((), row.sense, row.rhs, terms);
        }
        let solved = lp::solve(&program, self.options).ok()?;
        let wanted = growth.iter().filter_map(|&(column, soft, sign)| {
            let grown = solved.value(column) / soft.available(self.flowsheet, self.values);
            let figure = soft.figure(self.flowsheet)?;
            let from = self.values[figure];
            (grown > 1e-9 * from.abs()).then_some(Wanted { figure, to: from + sign * grown })
        });
        self.holds(&wanted.collect::<Vec<_>>())
    }

    /// The repair that writes these values in as few digits as do, rounded away from what was written.
    pub(super) fn holds(&self, wanted: &[Wanted]) -> Option<Repair> {
        if wanted.is_empty() {
            return None;
        }
        let mut tried: Option<Vec<Change>> = None;
        for digits in DIGITS {
            let changes: Option<Vec<Change>> = wanted
                .iter()
                .map(|&wanted| {
                    let Wanted { figure, to } = self.written(wanted)?;
                    let from = self.values[figure];
                    let written = Written::of(self.flowsheet, figure)?;
                    let (told, text) = match digits {
                        4 => written.tell(to, to > from)?,
                        _ => written.round(to, to > from, digits)?,
                    };
                    Some(Change { figure, from, to: told, text })
                })
                .collect();
            let changes = changes?;
            if tried.as_ref() == Some(&changes) || changes.iter().any(|it| it.from == it.to) {
                continue;
            }
            if let Some(repair) = self.try_out(&changes) {
                return Some(repair);
            }
            tried = Some(changes);
        }
        None
    }

    /// The figure to write for one that is computed: for a cascade's throughput the volume of its tanks.
    fn written(&self, wanted: Wanted) -> Option<Wanted> {
        if self.flowsheet.figures[wanted.figure].provenance != Provenance::Computed {
            return Some(wanted);
        }
        let cascade = self.flowsheet.operations.iter().find_map(|operation| {
            let cascade = operation.kind.cascade()?;
            (cascade.computed.capacity == Some(wanted.figure)).then_some(cascade)
        })?;
        let volume = cascade.volume?;
        let to = wanted.to * self.values[volume] / self.values[wanted.figure];
        Some(Wanted { figure: volume, to })
    }

    /// The repair, if `solve` answers the flowsheet with these figures.
    pub(super) fn try_out(&self, changes: &[Change]) -> Option<Repair> {
        let mut values = self.values.clone();
        for change in changes {
            values[change.figure] = change.to;
        }
        let flowsheet = self.flowsheet.with_values(&values).ok()?;
        let objective = best(&flowsheet, &flowsheet.values(), self.options)?;
        Some(Repair { changes: changes.to_vec(), objective })
    }

    /// The objective of the best plan without a statement.
    pub(super) fn without_demand(&self, statement: Statement) -> Option<f64> {
        let (mut flowsheet, mut values) = (self.flowsheet.clone(), self.values.clone());
        statement.drop_from(&mut flowsheet, &mut values);
        best(&flowsheet, &values, self.options)
    }
}

/// The objective of the plan that `solve` would tell.
fn best(flowsheet: &Flowsheet, values: &Values, options: &Options) -> Option<f64> {
    let mut model = Model::assemble(flowsheet, values).ok()?;
    let plan = model.solve(flowsheet, options, Form::Condensed).ok()?;
    accept(&Context::new(flowsheet, values, &model, &plan)).ok()?;
    Some(plan.objective)
}
