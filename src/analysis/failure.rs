//! Why there is no plan: the statements that contradict each other, or what grows without limit.

mod chain;
mod conflict;
mod ratio;
mod repair;
mod unbounded;
mod words;

use std::fmt::Write;

use super::goals;
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Content, Flowsheet, Goal, Kind, LimitKind, Port, Sense, Term, Values},
    lp::Options,
    measure::format_number,
    model::{Column, Failure, Model, Row},
};
use conflict::Statement;
use repair::{Repair, Search};

pub(super) use ratio::{reason as reason_of_ratio, remaining};

pub(super) fn explain(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    failure: &Failure,
) -> Diagnostics {
    match failure {
        Failure::Infeasible(rows) => infeasible(flowsheet, values, model, options, rows),
        Failure::Unbounded(drivers) => unbounded::explain(flowsheet, values, model, drivers).into(),
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
        Row::Goal(id, at) => Some(flowsheet.goals[id].bounds[at].figure),
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

/// Most repairs that are told, of limits and of other figures.
const REPAIRS: usize = 5;

fn infeasible(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    rows: &[(Row, f64)],
) -> Diagnostics {
    let mut statements = conflict::find(model, options, rows);
    let Some(demanding) = statements.iter().copied().min_by_key(|it| it.rank(flowsheet)) else {
        return structural(flowsheet, rows).into();
    };
    // What demands comes first, then what stands against it.
    statements.sort_by_key(|it| it.rank(flowsheet));
    let search = Search { flowsheet, values, model, options };
    let nearest: Vec<Option<f64>> = statements.iter().map(|&it| search.nearest(it)).collect();
    let goal = statements.iter().find_map(|it| match it.row {
        Row::Goal(id, at) => Some((id, at)),
        _ => None,
    });
    let mut diagnostic = match goal {
        Some((id, at))
            if statements.iter().filter(|it| matches!(it.row, Row::Goal(..))).count() == 1 =>
        {
            explain_goal(flowsheet, values, options, &flowsheet.goals[id], at)
        }
        _ => Diagnostic::new(Code::Infeasible, contradict(flowsheet, &statements)),
    };
    for (statement, nearest) in statements.iter().zip(&nearest) {
        let Some(figure) = statement.figure(flowsheet) else { continue };
        if Some(statement.row) == goal.map(|(id, at)| Row::Goal(id, at))
            && diagnostic.labels.len() > 1
        {
            continue;
        }
        let span = flowsheet.figures[figure].span;
        diagnostic = diagnostic.at(span, words::label(flowsheet, *statement, *nearest));
    }
    let mut repairs: Vec<Repair> = statements
        .iter()
        .zip(&nearest)
        .filter_map(|(&statement, nearest)| match nearest {
            Some(nearest) => search.relax(statement, *nearest),
            None => search.join(statement, &statements),
        })
        .collect();
    repairs.sort_by(|a, b| a.size().total_cmp(&b.size()));
    repairs.truncate(REPAIRS);
    let capped = search.too_many();
    let figures = if capped { None } else { search.figures(demanding) };
    let longer = statements.iter().zip(&nearest);
    let mut others: Vec<Repair> =
        longer.filter_map(|(&it, nearest)| search.run_longer(it, (*nearest)?)).collect();
    others.extend(figures.unwrap_or_default());
    let figures = others;
    for repair in figures.iter().take(REPAIRS) {
        for change in &repair.changes {
            let span = flowsheet.figures[change.figure].span;
            let to = words::value(flowsheet, change.figure, change.to);
            diagnostic = diagnostic.at(span, format!("{to} instead would do"));
        }
    }
    repairs.extend(figures.into_iter().take(REPAIRS));
    repairs.sort_by(|a, b| a.size().total_cmp(&b.size()));
    let mut help: Vec<String> = diagnostic.help.take().into_iter().collect();
    help.extend(chain::follow(&search, demanding, &statements));
    if !repairs.is_empty() {
        help.push(words::repairs(flowsheet, &repairs));
    } else if help.is_empty() {
        help.push("no change of one figure alone mends it; relax several of these".to_owned());
    }
    if capped {
        help.push("recoveries and grades were not tried, there are too many".to_owned());
    }
    diagnostic.help(help.join("; ")).into()
}

/// `A`, `B` and `C` contradict each other.
fn contradict(flowsheet: &Flowsheet, statements: &[Statement]) -> String {
    let names: Vec<String> = statements
        .iter()
        .filter_map(|&statement| {
            Some(words::statement(flowsheet, statement.figure(flowsheet)?, statement))
        })
        .collect();
    match names.as_slice() {
        [one] => format!("no plan satisfies {one}"),
        [first, second] => format!("{first} and {second} contradict each other"),
        [some @ .., last] => format!("{} and {last} contradict each other", some.join(", ")),
        [] => "no plan satisfies all limits together".to_owned(),
    }
}

/// What contradicts itself without any limit.
fn structural(flowsheet: &Flowsheet, rows: &[(Row, f64)]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::Infeasible, "no plan satisfies all limits together");
    for &(row, _) in rows {
        if let Row::Limit(id, _) = row {
            let figure = &flowsheet.figures[flowsheet.limits[id].figure];
            diagnostic = diagnostic.at(figure.span, figure.text.clone());
        }
    }
    let without_limit = diagnostic.labels.is_empty();
    for &(row, _) in rows.iter().filter(|_| without_limit) {
        if let Row::Foreign(operation, species, _) = row {
            let operation = &flowsheet.operations[operation];
            let name = &flowsheet.species[species].name;
            diagnostic =
                diagnostic.at(operation.span, format!("its recipe has no place for `{name}`"));
        }
    }
    diagnostic.help("these statements contradict each other; relax one of them")
}

/// An enforced goal out of reach: how far one can get, and what holds it there.
fn explain_goal(
    flowsheet: &Flowsheet,
    values: &Values,
    options: &Options,
    goal: &Goal,
    at: usize,
) -> Diagnostic {
    let bound = goal.bounds[at];
    let figure = &flowsheet.figures[bound.figure];
    let unit = goals::unit(flowsheet, goal);
    let unit = if unit.is_empty() { unit } else { format!(" {unit}") };
    let wanted = values[bound.figure];
    let sense = super::bottleneck::sense_name(bound.sense);
    let mut message = format!("goal `{}` wants {sense} {}{unit}", goal.name, format_number(wanted));
    let best = goals::best(flowsheet, values, options, goal, bound.sense);
    let mut diagnostic = Diagnostic::new(Code::Infeasible, String::new())
        .at(figure.span, "this cannot be met")
        .at(goal.enforced_at, "and is enforced");
    if let Ok(best) = &best {
        let word = if bound.sense == Sense::AtMost { "at least" } else { "at most" };
        let reached = format_number(best.value);
        let _ = write!(message, ", but {word} {reached}{unit} can be reached");
    }
    let mut help = String::new();
    // Reactions and purchases may bring what no feed holds; then the feeds explain nothing.
    let reached = best.as_ref().map_or(0.0, |best| best.value);
    let held =
        held_in_feeds(flowsheet, values, goal).filter(|&(held, _)| reached <= held * (1.0 + 1e-9));
    if let Some((held, content)) = held {
        help = format!(
            "the feeds hold at most {} t/yr {content}: the goal asks for a recovery of {:.1} %",
            format_number(held),
            wanted / held * 100.0
        );
        if let Ok(best) = &best {
            let _ = write!(help, ", the flowsheet gives {:.1} %", best.value / held * 100.0);
        }
    }
    diagnostic.message = message;
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
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

/// For a goal on the flow of one content: what all feeds can bring of it, t/yr.
fn held_in_feeds(flowsheet: &Flowsheet, values: &Values, goal: &Goal) -> Option<(f64, String)> {
    let [(factor, Term::Flow(_, content))] = goal.of.terms.as_slice() else { return None };
    if goal.to.is_some() || content.is_whole() || *factor != 1.0 {
        return None;
    }
    let mut sum = 0.0;
    for (id, operation) in flowsheet.operations.iter_ids() {
        let Kind::Feed(feed) = &operation.kind else { continue };
        let grade: f64 = feed
            .assay
            .fractions(values)
            .iter()
            .map(|&(species, share)| share * content.weight(species))
            .sum();
        if grade == 0.0 {
            continue;
        }
        let supply = flowsheet.limits.iter().find(|limit| {
            limit.kind == LimitKind::Supply
                && limit.operation == id
                && limit.sense != Sense::AtLeast
                && limit.content == Content::whole()
                && limit.port == Port::Inlet(id)
        })?;
        sum += grade * values[supply.figure];
    }
    (sum > 0.0).then(|| (sum, content.name.clone()))
}
