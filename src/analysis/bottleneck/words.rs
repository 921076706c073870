//! Limits, decisions and rows in words.

use crate::{
    analysis::context::Context,
    flowsheet::{LimitKind, Sense},
    lp::Next,
    model::{Column, Decision, Row},
};

pub(in crate::analysis) const fn sense_name(sense: Sense) -> &'static str {
    match sense {
        Sense::AtMost => "at most",
        Sense::AtLeast => "at least",
        Sense::Exactly => "exactly",
    }
}

pub(super) const fn kind_name(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Supply => "supply",
        LimitKind::Capacity => "capacity",
        LimitKind::Demand => "demand",
        LimitKind::Specification => "specification",
        LimitKind::Fraction => "fraction",
        LimitKind::Flow => "flow",
        LimitKind::Disposal => "disposal",
        LimitKind::Recipe => "recipe",
        LimitKind::Ingredient => "ingredient",
        LimitKind::Stock => "stock",
    }
}

/// What ends the range of a price, in words.
pub(in crate::analysis) fn name_next(context: &Context<'_>, next: Next) -> Option<String> {
    let condensed = context.model.condensed();
    Some(match next {
        Next::Infeasible => "no plan".to_owned(),
        Next::Column(column) => {
            format!("nothing of {}", name_column(context, *condensed.column_key(column))?)
        }
        Next::Row(row) => name_row(context, *condensed.row_key(row)),
    })
}

/// A decision in words.
pub(in crate::analysis) fn name_column(context: &Context<'_>, column: Column) -> Option<String> {
    let flowsheet = context.flowsheet;
    let Column::Driver(driver) = column else { return None };
    Some(match context.model.drivers()[driver].decision {
        Decision::Supply(id) | Decision::Blend(id) => flowsheet.operations[id].name.clone(),
        Decision::Split(id) => flowsheet.streams[id].name.clone(),
        Decision::Ingredient(id, species) => {
            let species = &flowsheet.species[species].name;
            format!("{species} bought by {}", flowsheet.operations[id].name)
        }
        _ => context.model.place_of(flowsheet, driver).0.replace('`', ""),
    })
}

/// A row in words: the path of what the user wrote.
pub(in crate::analysis) fn name_row(context: &Context<'_>, row: Row) -> String {
    let flowsheet = context.flowsheet;
    match row {
        Row::Limit(id, _) => flowsheet.figures[flowsheet.limits[id].figure].path.clone(),
        Row::Goal(id, at, _) => {
            flowsheet.figures[flowsheet.goals[id].bounds[at].figure].path.clone()
        }
        Row::Rule(..) => context.model.row_name(flowsheet, row),
        Row::Split(id, _) => format!("split of {}", flowsheet.operations[id].name),
        Row::Foreign(id, ..) => format!("recipe of {}", flowsheet.operations[id].name),
        Row::NotNegative(node) | Row::Definition(node) => {
            let node = context.model.nodes()[node];
            let species = &flowsheet.species[node.species].name;
            format!("{species} in {}", flowsheet.streams[node.stream].name)
        }
    }
}
