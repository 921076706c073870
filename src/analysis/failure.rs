//! Why there is no plan: the statements that contradict each other, or what grows without limit.

mod chain;
mod conflict;
mod infeasible;
mod part;
mod planned;
mod process;
mod rank;
mod ratio;
mod repair;
mod unbounded;
mod words;
mod written;

use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, Goal, Values},
    lp::Options,
    model::{Column, Failure, Model, Row},
};

pub(super) use infeasible::reason;

pub(super) use ratio::{reason as reason_of_ratio, remaining};

pub(super) fn explain(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    failure: &Failure,
) -> Diagnostics {
    match failure {
        Failure::Infeasible(rows) if flowsheet.is_planned() => {
            planned::explain(flowsheet, model, options, rows)
        }
        Failure::Infeasible(rows) => infeasible::explain(flowsheet, values, model, options, rows),
        Failure::Unbounded(drivers) => {
            unbounded::explain(flowsheet, values, model, options, drivers).into()
        }
        Failure::Refused(defect, row, column) => {
            refused(flowsheet, model, defect, *row, *column).into()
        }
        Failure::Ratio(reason) => ratio::explain(flowsheet, model, reason).into(),
        Failure::Uncertified(certificate) => {
            let (what, worst) = certificate.worst();
            let message = format!("the solver's plan does not prove optimal: {what} {worst:.1e}");
            unproven(flowsheet, message, "try another `--solver`")
        }
        Failure::TimeLimit => {
            let message = "no proven plan within the time limit".to_owned();
            unproven(flowsheet, message, "raise `--time-limit`")
        }
        Failure::Backend(message) => {
            let message = format!("the solver failed: {message}");
            unproven(flowsheet, message, "try another `--solver`")
        }
    }
}

/// A number that no solver may be given, at the statement that made it.
fn refused(
    flowsheet: &Flowsheet,
    model: &Model,
    defect: &str,
    row: Option<Row>,
    column: Option<Column>,
) -> Diagnostic {
    let row_name = row.map(|row| format!("`{}`", model.row_name(flowsheet, row)));
    let column_name = column.map(|column| format!("`{}`", model.column_name(flowsheet, column)));
    let names: Vec<String> = row_name.into_iter().chain(column_name).collect();
    let message = format!(
        "the program holds a number that no solver may be given: {defect} ({})",
        names.join(", ")
    );
    let mut diagnostic = Diagnostic::new(Code::NotProven, message);
    let figure = row.and_then(|row| match row {
        Row::Limit(id, _) => Some(flowsheet.limits[id].figure),
        Row::Goal(id, at, _) => Some(flowsheet.goals[id].bounds[at].figure),
        _ => None,
    });
    let span = match (figure, row, column) {
        (Some(figure), ..) => Some(flowsheet.figures[figure].span),
        (None, Some(Row::Split(operation, _) | Row::Foreign(operation, ..)), _) => {
            Some(flowsheet.operations[operation].span)
        }
        (None, Some(Row::Definition(node) | Row::NotNegative(node)), _)
        | (None, None, Some(Column::Flow(node))) => {
            Some(flowsheet.streams[model.nodes()[node].stream].span)
        }
        (None, _, Some(Column::Driver(driver))) => Some(model.place_of(flowsheet, driver).1),
        _ => None,
    };
    if let Some(span) = span {
        diagnostic = diagnostic.at(span, "it comes in here");
    }
    diagnostic.help("look for figures many orders of magnitude apart")
}

/// A failure of ours, with what asks most of the solver.
fn unproven(flowsheet: &Flowsheet, message: String, help: &str) -> Diagnostics {
    let diagnostic = Diagnostic::new(Code::NotProven, message).help(help);
    match flowsheet.objective.ratio() {
        Some(ratio) => diagnostic.at(ratio.span, "this ratio was to be optimised").into(),
        None => diagnostic.into(),
    }
}

/// An enforced ratio that the best plan meets only by making nothing of either part.
pub(super) fn explain_empty_ratio(goal: &Goal) -> Diagnostic {
    let to = goal.to.as_ref().map_or("", |to| to.text.as_str());
    let message = format!(
        "goal `{}` is enforced, but the best plan meets it only with `{to}` at 0",
        goal.name
    );
    Diagnostic::new(Code::Infeasible, message)
        .at(goal.enforced_at, "0 ÷ 0 is no ratio")
        .help("demand some of the denominator, lower the goal, or set `enforce = false`")
}
