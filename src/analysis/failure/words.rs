//! Statements, their figures and repairs in words.

use super::{
    conflict::Statement,
    repair::{Change, Repair},
};
use crate::{
    analysis::{bottleneck::sense_name, goals},
    flowsheet::{FigureId, Flowsheet, Sense},
    measure::{format_fraction, format_mass_rate, format_number},
    model::Row,
};

/// Most changes of one repair that are told.
const CHANGES: usize = 4;

/// In what a figure is counted.
enum Counted {
    MassRate,
    Share,
    Other(String),
}

fn counted(flowsheet: &Flowsheet, figure: FigureId) -> Counted {
    let limit = flowsheet.limits.iter().find(|limit| limit.figure == figure);
    if let Some(limit) = limit {
        return if limit.share_of.is_some() { Counted::Share } else { Counted::MassRate };
    }
    let goal = flowsheet.goals.iter().find(|goal| goal.bounds.iter().any(|it| it.figure == figure));
    match goal.map(|goal| goals::unit(flowsheet, goal)) {
        Some(unit) if unit == "t/yr" => Counted::MassRate,
        Some(unit) => Counted::Other(unit),
        // What shapes flows is a share, or a number of parts.
        None if flowsheet.figures[figure].text.contains('%') => Counted::Share,
        None => Counted::Other(String::new()),
    }
}

/// A value of a figure, in the unit that it is read in.
pub(super) fn value(flowsheet: &Flowsheet, figure: FigureId, value: f64) -> String {
    match counted(flowsheet, figure) {
        Counted::MassRate => format_mass_rate(value),
        Counted::Share => format_fraction(value),
        Counted::Other(unit) if unit.is_empty() => format_number(value),
        Counted::Other(unit) => format!("{} {unit}", format_number(value)),
    }
}

/// `` `feed.ore.supply` (at most 570 kt/yr) ``.
pub(super) fn statement(flowsheet: &Flowsheet, figure: FigureId, statement: Statement) -> String {
    let written = &flowsheet.figures[figure];
    format!("`{}` ({} {})", written.path, sense_name(statement.sense(flowsheet)), written.text)
}

/// What a statement says, and how far from it all the others lead.
pub(super) fn label(flowsheet: &Flowsheet, statement: Statement, nearest: Option<f64>) -> String {
    let Some(figure) = statement.figure(flowsheet) else { return String::new() };
    let says = format!("{} this", sense_name(statement.sense(flowsheet)));
    let Some(nearest) = nearest else { return says };
    let nearest = value(flowsheet, figure, nearest);
    match (statement.sense(flowsheet), statement.row) {
        (Sense::AtMost, Row::Goal(..)) => format!("{says}, but it is at least {nearest}"),
        (Sense::AtMost, _) => format!("{says}, but {nearest} would be needed"),
        (Sense::AtLeast, _) => format!("{says}, but at most {nearest} can be had"),
        (Sense::Exactly, _) => format!("{says}, but the nearest that can be had is {nearest}"),
    }
}

/// Which changes mend it, one by one.
pub(super) fn repairs(flowsheet: &Flowsheet, repairs: &[Repair]) -> String {
    let list: Vec<String> = repairs
        .iter()
        .map(|repair| {
            let mut changes: Vec<String> =
                repair.changes.iter().take(CHANGES).map(|&it| change(flowsheet, it)).collect();
            let more = repair.changes.len().saturating_sub(CHANGES);
            if more > 0 {
                changes.push(format!("{more} more limits"));
            }
            format!("{} ({})", changes.join(" and "), objective(flowsheet, repair.objective))
        })
        .collect();
    let start = if list.len() == 1 { "this mends it: " } else { "each of these mends it: " };
    format!("{start}{}", list.join("; "))
}

fn change(flowsheet: &Flowsheet, change: Change) -> String {
    let figure = &flowsheet.figures[change.figure];
    let word = if change.to > change.from { "raise" } else { "lower" };
    let to = value(flowsheet, change.figure, change.to);
    format!("{word} `{}` from {} to {to}", figure.path, figure.text)
}

fn objective(flowsheet: &Flowsheet, value: f64) -> String {
    use crate::flowsheet::Objective;
    use crate::measure::format_money_rate;
    match &flowsheet.objective {
        Objective::Profit => format!("profit {}", format_money_rate(value, &flowsheet.currency)),
        other => format!("`{}` {}", other.text(), format_number(value)),
    }
}
