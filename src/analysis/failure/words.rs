//! Statements, their figures and repairs in words.

use std::fmt::Write as _;

use super::{
    conflict::Statement,
    rank,
    repair::{Change, Repair, Search},
    written::Written,
};
use crate::{
    analysis::bottleneck::sense_name,
    diagnostic::{self, RepairKind},
    flowsheet::{FigureId, Flowsheet, Objective, Sense},
    measure::{format_fraction, format_money_rate, format_number},
};

/// Most changes of one repair that are told.
const CHANGES: usize = 4;

pub(super) fn sense_of(sense: Sense) -> &'static str {
    sense_name(sense)
}

pub(super) fn sense(statement: Statement, flowsheet: &Flowsheet) -> &'static str {
    sense_name(statement.sense(flowsheet))
}

/// The nearest value that a statement's figure can have, rounded to the side on which the plans are.
pub(super) fn reach(search: &Search<'_>, statement: Statement, nearest: f64) -> Option<String> {
    let figure = statement.figure(search.flowsheet)?;
    let value = nearest / statement.available(search.flowsheet, search.values);
    let written = Written::of(search.flowsheet, figure)?;
    written.tell(value, value > search.values[figure]).map(|(_, text)| text)
}

/// `` `feed.ore.supply` (at most 570 kt/yr) ``.
pub(super) fn statement(flowsheet: &Flowsheet, figure: FigureId, statement: Statement) -> String {
    let written = &flowsheet.figures[figure];
    format!("`{}` ({} {})", written.path, sense(statement, flowsheet), written.text)
}

/// What a statement says, and how far from it all the others lead.
pub(super) fn label(flowsheet: &Flowsheet, statement: Statement, reach: Option<&str>) -> String {
    let says = format!("{} this", sense(statement, flowsheet));
    let Some(reach) = reach else { return says };
    match statement.sense(flowsheet) {
        Sense::AtMost => format!("{says}, but {reach} would be needed"),
        Sense::AtLeast => format!("{says}, but at most {reach} can be had"),
        Sense::Exactly => format!("{says}, but the nearest that can be had is {reach}"),
    }
}

/// What is said at a figure that is no limit and would mend it.
pub(super) fn instead(kind: RepairKind, text: &str) -> String {
    match kind {
        RepairKind::Assay => format!("{text} would do, if the ore were another"),
        RepairKind::Miswritten => format!("{text} would do; is this what was meant?"),
        _ => format!("{text} instead would do"),
    }
}

/// Which changes mend it, a list for each kind of them.
pub(super) fn repairs(
    flowsheet: &Flowsheet,
    repairs: &[(RepairKind, Repair)],
    reference: Option<f64>,
    statements: &[Statement],
) -> Vec<String> {
    let mut lines = Vec::new();
    let dropped = statements.first().and_then(|it| it.figure(flowsheet));
    let without = match (reference, dropped) {
        (Some(reference), Some(figure)) => {
            let path = &flowsheet.figures[figure].path;
            format!(" (without `{path}`: {})", objective(flowsheet, reference))
        }
        _ => String::new(),
    };
    for group in repairs.chunk_by(|a, b| same_list(a.0, b.0)) {
        let text = match (group[0].0, group.len()) {
            (RepairKind::Assay, _) => "only if the ore were another",
            (RepairKind::Miswritten, _) => "only if a figure was miswritten",
            (_, 1) => "this mends it",
            _ => "each of these mends it",
        };
        let without = if lines.is_empty() { without.as_str() } else { "" };
        lines.push(format!("{text}{without}:"));
        lines.extend(group.iter().map(|(_, it)| format!("- {}", repair(flowsheet, it, reference))));
    }
    lines
}

fn same_list(one: RepairKind, other: RepairKind) -> bool {
    one == other || rank::is_plausible(one) && rank::is_plausible(other)
}

/// The changes of a repair and the objective then; with what it is more than without the statement that demands.
pub(super) fn repair(flowsheet: &Flowsheet, repair: &Repair, reference: Option<f64>) -> String {
    let told = repair.changes.iter().take(CHANGES);
    let mut changes: Vec<String> = told.map(|it| change(flowsheet, it)).collect();
    let others = repair.changes.get(CHANGES..).unwrap_or_default();
    if !others.is_empty() {
        let share = |it: &Change| ((it.to - it.from) / it.from).abs();
        let most = others.iter().map(share).fold(0.0, f64::max);
        let limits = if others.len() == 1 { "limit" } else { "limits" };
        changes.push(format!(
            "{} further {limits} by at most {} (`--format json` names them)",
            others.len(),
            format_fraction(most)
        ));
    }
    let mut text = format!("{}: {}", changes.join(" and "), objective(flowsheet, repair.objective));
    if let Some(reference) = reference {
        let difference = repair.objective - reference;
        if difference.abs() <= 5e-5 * reference.abs().max(repair.objective.abs()) {
            text += " (the same)";
        } else {
            let sign = if difference > 0.0 { "+" } else { "\u{2212}" };
            let _ = write!(text, " ({sign}{})", amount(flowsheet, difference.abs()));
        }
    }
    text
}

/// A repair as data.
pub(super) fn data(
    flowsheet: &Flowsheet,
    kind: RepairKind,
    repair: &Repair,
    reference: Option<f64>,
) -> diagnostic::Repair {
    let change = |it: &Change| diagnostic::Change {
        path: flowsheet.figures[it.figure].path.clone(),
        from: flowsheet.figures[it.figure].text.clone(),
        to: it.text.clone(),
    };
    diagnostic::Repair {
        changes: repair.changes.iter().map(change).collect(),
        kind,
        objective: repair.objective,
        difference: reference.map(|reference| repair.objective - reference),
    }
}

fn change(flowsheet: &Flowsheet, change: &Change) -> String {
    let figure = &flowsheet.figures[change.figure];
    let word = if change.to > change.from { "raise" } else { "lower" };
    format!("{word} `{}` from {} to {}", figure.path, figure.text, change.text)
}

fn objective(flowsheet: &Flowsheet, value: f64) -> String {
    let name = match &flowsheet.objective {
        Objective::Profit => "profit".to_owned(),
        other => format!("`{}`", other.text()),
    };
    format!("{name} {}", amount(flowsheet, value))
}

/// An amount in the unit of the objective.
fn amount(flowsheet: &Flowsheet, value: f64) -> String {
    match &flowsheet.objective {
        Objective::Profit => format_money_rate(value, &flowsheet.currency),
        other => {
            let unit = other.unit(&flowsheet.currency);
            format!("{} {unit}", format_number(value)).trim_end().to_owned()
        }
    }
}
