//! The statements that contradict each other: an irreducible set of limits and enforced goals.

use crate::{
    flowsheet::{FigureId, Flowsheet, Measure, Sense, Term, Values},
    index::Id,
    lp::{self, LinearProgram, Options, RowId},
    model::{Model, Row},
};

/// A multiplier below this share of the largest takes no part in the proof.
const SHARE: f64 = 1e-9;

/// One of the statements of a conflict.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// Its row of the condensed program.
    pub(super) id: RowId,
    pub(super) row: Row,
}

/// Whether the user wrote a row.
fn is_written(row: Row) -> bool {
    matches!(row, Row::Limit(..) | Row::Goal(..))
}

/// Most conflicts that are told.
const CONFLICTS: usize = 4;

/// What was found of conflicts.
#[derive(Default)]
pub(super) struct Found {
    /// Irreducible conflicts without a statement in common, each with what demands first.
    pub(super) conflicts: Vec<Vec<Statement>>,
    /// Whether there are, or may be, more than these.
    pub(super) more: bool,
    /// Why the search ended before its end; none if it did not.
    pub(super) cut: Option<&'static str>,
}

/// Irreducible conflicts without a statement in common.
///
/// The first is among the statements that take part in a Farkas proof, the next among those of the proof that there
/// still is no plan without any statement of the ones before. Empty if none could be proven.
pub(super) fn find(
    model: &Model,
    flowsheet: &Flowsheet,
    options: &Options,
    proof: &[(Row, f64)],
) -> Found {
    let condensed = model.condensed();
    let mut found: Vec<Vec<Statement>> = Vec::new();
    let mut proof: Vec<(Row, f64)> = proof.to_vec();
    loop {
        let told: Vec<Row> = found.iter().flatten().map(|statement| statement.row).collect();
        let mut next = match narrow(model, options, &proof, &told) {
            Ok(next) => next,
            Err(failure) => {
                return Found { conflicts: found, more: true, cut: Some(reason(&failure)) };
            }
        };
        if next.is_empty() || found.len() == CONFLICTS {
            return Found { more: !next.is_empty(), conflicts: found, cut: None };
        }
        // What demands comes first, then what stands against it.
        next.sort_by_key(|statement| statement.rank(flowsheet));
        found.push(next);
        let told: Vec<Row> = found.iter().flatten().map(|statement| statement.row).collect();
        let mut program: LinearProgram<(), Row> = LinearProgram::new();
        for (_, column) in condensed.columns() {
            program.add_column((), 0.0, column.lower, column.upper);
        }
        for (id, row) in condensed.rows().filter(|(_, row)| !told.contains(row.key)) {
            program.add_row(*row.key, row.sense, row.rhs, condensed.row_terms(id));
        }
        let farkas = match lp::solve(&program, options) {
            Err(lp::Failure::Infeasible { farkas, .. }) => farkas,
            Ok(_) => return Found { conflicts: found, ..Found::default() },
            Err(failure) => {
                return Found { conflicts: found, more: true, cut: Some(reason(&failure)) };
            }
        };
        proof = program.rows().map(|(id, row)| (*row.key, farkas[id.index()])).collect();
    }
}

/// Why a search for conflicts ended before its end.
const fn reason(failure: &lp::Failure) -> &'static str {
    match failure {
        lp::Failure::TimeLimit => "the time limit passed",
        _ => "it could not be proven which of them contradict each other",
    }
}

/// An irreducible conflict among the statements that take part in a proof and were not told yet.
fn narrow(
    model: &Model,
    options: &Options,
    proof: &[(Row, f64)],
    told: &[Row],
) -> Result<Vec<Statement>, lp::Failure> {
    let largest = proof.iter().fold(0.0_f64, |largest, (_, weight)| largest.max(weight.abs()));
    let part = |row: Row| {
        proof.iter().any(|&(other, weight)| other == row && weight.abs() > SHARE * largest)
    };
    let condensed = model.condensed();
    let rows = || condensed.rows().map(|(id, row)| (id, *row.key));
    let takes_part = |row: Row| is_written(row) && !told.contains(&row) && part(row);
    let candidates: Vec<RowId> =
        rows().filter(|&(_, row)| takes_part(row)).map(|(id, _)| id).collect();
    let left_out = |id: RowId| {
        let row = *condensed.row_key(id);
        is_written(row) && !takes_part(row)
    };
    let found = lp::irreducible(condensed, &candidates, left_out, options)?;
    Ok(found.into_iter().map(|id| Statement { id, row: *condensed.row_key(id) }).collect())
}

impl Statement {
    /// The figure that it sets.
    pub(super) fn figure(self, flowsheet: &Flowsheet) -> Option<FigureId> {
        match self.row {
            Row::Limit(id, _) => Some(flowsheet.limits[id].figure),
            Row::Goal(id, at, _) => Some(flowsheet.goals[id].bounds[at].figure),
            _ => None,
        }
    }

    pub(super) fn sense(self, flowsheet: &Flowsheet) -> Sense {
        match self.row {
            Row::Limit(id, _) => flowsheet.limits[id].sense,
            Row::Goal(id, at, _) => flowsheet.goals[id].bounds[at].sense,
            _ => Sense::Exactly,
        }
    }

    /// Whether its figure is an amount that its row grows with, rather than a share or a ratio.
    pub(super) fn is_of_amount(self, flowsheet: &Flowsheet) -> bool {
        match self.row {
            Row::Limit(id, _) => flowsheet.limits[id].share_of.is_none(),
            Row::Goal(id, ..) => flowsheet.goals[id].to.is_none(),
            _ => false,
        }
    }

    /// What demands comes before what stands against it.
    pub(super) fn rank(self, flowsheet: &Flowsheet) -> u8 {
        match (self.row, self.sense(flowsheet)) {
            (Row::Goal(..), _) => 0,
            (_, Sense::AtLeast) => 1,
            (_, Sense::AtMost) => 2,
            (_, Sense::Exactly) => 3,
        }
    }

    /// What it measures, and the denominator if its figure is a share or a ratio.
    pub(super) fn measures(self, flowsheet: &Flowsheet) -> Option<(Measure, Option<Measure>)> {
        let flow = |term: Term| Measure {
            text: String::new(),
            terms: vec![(1.0, term)],
            unit: crate::flowsheet::MeasureUnit::MassRate,
        };
        match self.row {
            Row::Limit(id, _) => {
                let limit = &flowsheet.limits[id];
                let of = flow(Term::Flow(limit.port, limit.content.clone()));
                let whole = crate::flowsheet::Content::whole();
                Some((of, limit.share_of.map(|port| flow(Term::Flow(port, whole)))))
            }
            Row::Goal(id, ..) => {
                let goal = &flowsheet.goals[id];
                Some((goal.of.clone(), goal.to.clone()))
            }
            _ => None,
        }
    }

    /// The value that its figure sets: t/yr at hand, a share, or a goal's bound.
    pub(super) fn bound(self, flowsheet: &Flowsheet, values: &Values) -> f64 {
        self.figure(flowsheet).map_or(0.0, |figure| values[figure])
            * self.available(flowsheet, values)
    }

    /// Share of the year in which the bound is at hand.
    pub(super) fn available(self, flowsheet: &Flowsheet, values: &Values) -> f64 {
        match self.row {
            Row::Limit(id, _) => {
                flowsheet.limits[id].availability.map_or(1.0, |figure| values[figure])
            }
            _ => 1.0,
        }
    }

    /// The same statement in another model.
    pub(super) fn again(self, model: &Model) -> Option<Self> {
        let mut rows = model.condensed().rows();
        rows.find(|(_, row)| *row.key == self.row).map(|(id, _)| Self { id, ..self })
    }

    /// Takes the statement out of a copy of its flowsheet.
    pub(super) fn drop_from(self, flowsheet: &mut Flowsheet, values: &mut Values) {
        match self.row {
            Row::Limit(id, _) => {
                // At least nothing: a row that every plan satisfies, so that all ids stay.
                let limit = &mut flowsheet.limits[id];
                limit.sense = Sense::AtLeast;
                let figure = limit.figure;
                values[figure] = 0.0;
            }
            Row::Goal(id, ..) => flowsheet.goals[id].enforced = false,
            _ => {}
        }
    }
}
