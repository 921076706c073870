//! Why a plan over the years does not exist: statements that contradict each other, each with its period.

use super::{
    conflict::{self, Found, Statement},
    words,
};
use crate::{
    diagnostic::{Claim, Code, Diagnostic, Diagnostics, Explanation},
    flowsheet::{FigureId, Flowsheet, PeriodId, Sense},
    index::Id,
    lp::{self, LinearProgram, Options},
    measure::format_number,
    model::{Model, Row},
};

/// Explains each conflict that has no statement in common with the others.
pub(super) fn explain(
    flowsheet: &Flowsheet,
    model: &Model,
    options: &Options,
    proof: &[(Row, f64)],
) -> Diagnostics {
    let Found { conflicts, more, cut } = conflict::find(model, flowsheet, options, proof);
    if conflicts.is_empty() {
        return structural(flowsheet, model, proof, cut).into();
    }
    let count = conflicts.len();
    let mut findings = Diagnostics::new();
    for statements in &conflicts {
        let mut finding = one(flowsheet, model, options, statements);
        if count > 1 || more {
            let help = finding.help.take().unwrap_or_default();
            let some = if more { "at least " } else { "" };
            finding = finding.help(format!("{help}\none of {some}{count} conflicts"));
        }
        findings.push(finding);
    }
    findings
}

/// The period of a statement.
const fn period(row: Row) -> Option<PeriodId> {
    match row {
        Row::Limit(_, period) | Row::Goal(_, _, period) | Row::Rule(_, period) => Some(period),
        _ => None,
    }
}

/// The figure that holds in the period of a statement.
fn figure(flowsheet: &Flowsheet, statement: Statement) -> Option<FigureId> {
    let figure = statement.figure(flowsheet)?;
    let period = period(statement.row)?;
    let series = flowsheet.series.iter().find(|series| series.figure == figure);
    let point = series.and_then(|series| series.points.iter().rev().find(|it| it.0 <= period));
    Some(point.map_or(figure, |&(_, point)| point))
}

fn one(
    flowsheet: &Flowsheet,
    model: &Model,
    options: &Options,
    statements: &[Statement],
) -> Diagnostic {
    let then = |row: Row| match period(row) {
        Some(period) if flowsheet.is_dated() => {
            format!("in {}: ", flowsheet.periods[period].name)
        }
        _ => String::new(),
    };
    let reaches: Vec<Option<String>> =
        statements.iter().map(|&it| reach(flowsheet, model, options, statements, it)).collect();
    let first = statements[0];
    let message = match (first.row, reaches.first()) {
        (Row::Goal(id, at, when), Some(Some(reach))) => {
            let goal = &flowsheet.goals[id];
            let bound = &flowsheet.figures[goal.bounds[at].figure];
            let (sense, side) = match goal.bounds[at].sense {
                Sense::AtMost => ("at most", "at least"),
                _ => ("at least", "at most"),
            };
            let when = if flowsheet.is_dated() {
                format!(" in {}", flowsheet.periods[when].name)
            } else {
                String::new()
            };
            let bound = figure(flowsheet, first).map_or(bound, |id| &flowsheet.figures[id]);
            format!(
                "goal `{}` wants {sense} {}{when}, but {side} {reach} can be reached",
                goal.name, bound.text
            )
        }
        _ => format!("no plan satisfies these {} statements together", statements.len()),
    };
    let mut diagnostic = Diagnostic::new(Code::Infeasible, message);
    let mut explanation = Explanation::default();
    for (&statement, reach) in statements.iter().zip(&reaches) {
        let Some(figure) = figure(flowsheet, statement) else { continue };
        let written = &flowsheet.figures[figure];
        let says = words::label(flowsheet, statement, reach.as_deref());
        diagnostic = diagnostic.at(written.span, format!("{}{says}", then(statement.row)));
        explanation.conflict.push(Claim {
            path: written.path.clone(),
            sense: words::sense(statement, flowsheet),
            text: written.text.clone(),
            reach: reach.clone(),
            span: written.span,
        });
    }
    let help = "let one of them give way as far as is said; all others hold then";
    diagnostic.explained(explanation).help(help)
}

/// How far a statement alone would have to give way for the others to hold, with its unit; none if its figure is a share,
/// or if nothing it could say would help.
fn reach(
    flowsheet: &Flowsheet,
    model: &Model,
    options: &Options,
    statements: &[Statement],
    statement: Statement,
) -> Option<String> {
    if !statement.is_of_amount(flowsheet) {
        return None;
    }
    let condensed = model.condensed();
    let mut costs = vec![0.0; condensed.column_count()];
    let maximise = match statement.sense(flowsheet) {
        Sense::AtLeast => true,
        Sense::AtMost => false,
        Sense::Exactly => return None,
    };
    for (column, factor) in condensed.row_terms(statement.id) {
        costs[column.index()] = if maximise { -factor } else { factor };
    }
    let mut program: LinearProgram<(), ()> = LinearProgram::new();
    for (id, column) in condensed.columns() {
        program.add_column((), costs[id.index()], column.lower, column.upper);
    }
    let written = |row: Row| matches!(row, Row::Limit(..) | Row::Goal(..));
    for (id, row) in condensed.rows() {
        let other = statements.iter().any(|it| it.id == id) && id != statement.id;
        if other || !written(*row.key) {
            program.add_row((), row.sense, row.rhs, condensed.row_terms(id));
        }
    }
    let best = lp::solve(&program, options).ok()?;
    let value = if maximise { -best.objective } else { best.objective };
    let unit = match statement.row {
        Row::Goal(id, ..) => crate::flowsheet::ratio_unit(
            &flowsheet.goals[id].of,
            flowsheet.goals[id].to.as_ref(),
            &flowsheet.currency,
        ),
        Row::Limit(id, _) if flowsheet.limits[id].kind == crate::flowsheet::LimitKind::Stock => {
            "t".to_owned()
        }
        _ => "t/yr".to_owned(),
    };
    Some(format!("{} {unit}", format_number(value)).trim_end().to_owned())
}

/// What no statement of the file alone explains: whole numbers, budgets, sizes.
fn structural(
    flowsheet: &Flowsheet,
    model: &Model,
    proof: &[(Row, f64)],
    cut: Option<&'static str>,
) -> Diagnostic {
    let mut names: Vec<String> = proof
        .iter()
        .filter(|(row, weight)| *weight != 0.0 && matches!(row, Row::Rule(..)))
        .map(|(row, _)| format!("`{}`", model.row_name(flowsheet, *row)))
        .collect();
    names.truncate(6);
    let span = flowsheet.document.flowsheet.title.span;
    let diagnostic = if proof.is_empty() {
        let message = "no choice of routes, trains and pieces of cost curves satisfies all limits and enforced goals";
        Diagnostic::new(Code::Infeasible, message)
            .at(span, "with fractions of them there would be a plan")
    } else {
        let message = "no plan satisfies all limits, enforced goals and sizes together";
        Diagnostic::new(Code::Infeasible, message).at(span, "of this flowsheet")
    };
    let mut help =
        "raise `max`, the number of trains, or the budget; let a choice be `optional`; or lower what is enforced"
            .to_owned();
    if !names.is_empty() {
        help = format!("the contradiction runs through {}; {help}", names.join(", "));
    }
    if let Some(cut) = cut {
        help = format!("{help} ({cut})");
    }
    diagnostic.help(help)
}
