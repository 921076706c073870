//! The physical side of a conflict: what the demand needs on its way from the feed, and what can be had there.

use std::collections::VecDeque;

use super::{conflict::Statement, repair::Search};
use crate::{
    analysis::context::Context,
    flowsheet::{
        Flowsheet, Kind, Objective, OperationId, PeriodId, Port, Sense, SpeciesId, StreamId, Term,
    },
    index::Id,
    lp::{self, LinearProgram},
    measure::{format_mass_rate, round},
    model::{Form, Model, NodeId, Row},
};

/// Species whose worth for the demand is at least this share of the greatest in a stream are what it needs.
const DECISIVE: f64 = 0.3;
/// Most points of the way that are told.
const POINTS: usize = 3;

/// Needs against what can be had, at the telling points between what limits and what demands; none if there is no way
/// between them or nothing to tell.
pub(super) fn follow(
    search: &Search<'_>,
    demanding: Statement,
    statements: &[Statement],
) -> Option<String> {
    let flowsheet = search.flowsheet;
    let end = place(flowsheet, demanding)?;
    let limits = statements.iter().copied().filter(|it| it.sense(flowsheet) == Sense::AtMost);
    // The furthest up: what the feed gives.
    let (limiting, way) = limits
        .filter_map(|it| Some((it, way(flowsheet, place(flowsheet, it)?, end)?)))
        .max_by_key(|(_, way)| way.len())?;
    let worth = worths(search, demanding)?;
    let mut told: Vec<String> = Vec::new();
    for (stream, species) in trace(search, &way, &worth) {
        let nodes: Vec<NodeId> = species
            .iter()
            .filter_map(|&id| search.model.node(flowsheet, stream, id, PeriodId::new(0)))
            .collect();
        let need = extreme(search, &nodes, false, |row| {
            row == limiting.row || is_other_limit(flowsheet, row, statements)
        });
        let can = extreme(search, &nodes, true, |row| row == demanding.row);
        let (Some(need), Some(can)) = (need, can) else { continue };
        if need > can * (1.0 + 1e-6) && need > 0.0 {
            let name = &flowsheet.streams[stream].name;
            let of = content(flowsheet, stream, &species);
            // To the sides that repairs are rounded to, so that the same amount is the same number.
            let need = format_mass_rate(round::outward(need, true));
            let can = format_mass_rate(round::outward(can, false));
            told.push(format!("{need}{of} in `{name}`, which has at most {can}"));
        }
    }
    if told.is_empty() {
        return None;
    }
    let last = told.len() - 1;
    let mut chosen: Vec<usize> = (0..POINTS).map(|at| (at * last).div_ceil(POINTS - 1)).collect();
    chosen.dedup();
    let list: Vec<&str> = chosen.into_iter().map(|at| told[at].as_str()).collect();
    Some(format!("on its way this needs {}", list.join(", then ")))
}

/// The operation that a statement is about.
fn place(flowsheet: &Flowsheet, statement: Statement) -> Option<OperationId> {
    match statement.row {
        Row::Limit(id, _) => Some(flowsheet.limits[id].operation),
        Row::Goal(id, ..) => flowsheet.goals[id].of.terms.iter().find_map(|(_, term)| match term {
            Term::Flow(
                Port::Inlet(id) | Port::Mix(id) | Port::Blend(id) | Port::Ingredient(id, _),
                _,
            ) => Some(*id),
            Term::Flow(Port::Stream(id), _) => Some(flowsheet.streams[*id].to),
            _ => None,
        }),
        _ => None,
    }
}

/// The shortest way from one operation to another, as streams.
fn way(flowsheet: &Flowsheet, from: OperationId, to: OperationId) -> Option<Vec<StreamId>> {
    let mut before: Vec<Option<StreamId>> = vec![None; flowsheet.operations.len()];
    let mut open = VecDeque::from([from]);
    while let Some(operation) = open.pop_front() {
        for &stream in &flowsheet.operations[operation].outlets {
            let next = flowsheet.streams[stream].to;
            if next != from && before[next.index()].is_none() {
                before[next.index()] = Some(stream);
                open.push_back(next);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = to;
    while at != from {
        let stream = before[at.index()]?;
        way.push(stream);
        at = flowsheet.streams[stream].from;
    }
    way.reverse();
    (!way.is_empty()).then_some(way)
}

/// What one more tonne of each node would do for the demand.
fn worths(search: &Search<'_>, demanding: Statement) -> Option<Vec<f64>> {
    let (of, to) = demanding.measures(search.flowsheet)?;
    if to.is_some() {
        return None;
    }
    let mut flowsheet = search.flowsheet.clone();
    let mut values = search.values.clone();
    demanding.drop_from(&mut flowsheet, &mut values);
    flowsheet.objective = Objective::Maximise(of);
    let mut model = Model::assemble(&flowsheet, &values).ok()?;
    let plan = model.solve(&flowsheet, search.options, Form::Condensed).ok()?;
    let context = Context::new(&flowsheet, &values, &model, &plan);
    let nodes = model.nodes().iter().map(|node| context.worth(node.stream, node.species));
    Some(nodes.collect())
}

/// The streams of a way, each with the species that the demand needs of it: followed from the demand upstream, so that
/// what merely comes along where it cannot be told apart does not count.
fn trace(search: &Search<'_>, way: &[StreamId], worth: &[f64]) -> Vec<(StreamId, Vec<SpeciesId>)> {
    let mut list: Vec<(StreamId, Vec<SpeciesId>)> = Vec::new();
    for &stream in way.iter().rev() {
        let own = decisive(search, stream, worth);
        let later = list.last().map(|(_, species)| species.as_slice()).unwrap_or_default();
        let same: Vec<SpeciesId> = own.iter().copied().filter(|id| later.contains(id)).collect();
        list.push((stream, if same.is_empty() { own } else { same }));
    }
    list.reverse();
    list
}

fn decisive(search: &Search<'_>, stream: StreamId, worth: &[f64]) -> Vec<SpeciesId> {
    let species = &search.flowsheet.streams[stream].species;
    let of = |id: SpeciesId| {
        let node = search.model.node(search.flowsheet, stream, id, PeriodId::new(0));
        node.map_or(0.0, |node| worth[node.index()])
    };
    let most = species.iter().fold(0.0_f64, |most, &id| most.max(of(id)));
    if most <= 0.0 {
        return species.clone();
    }
    species.iter().copied().filter(|&id| of(id) > DECISIVE * most).collect()
}

/// ` Nd2O3 + Pr6O11`, or nothing if it is the whole stream.
fn content(flowsheet: &Flowsheet, stream: StreamId, species: &[SpeciesId]) -> String {
    let there = &flowsheet.streams[stream].species;
    if species.len() == there.len() {
        return String::new();
    }
    format!(" {}", name_of(flowsheet, there, species))
}

/// Some of the species that are there: the name of their group, or their own.
pub(super) fn name_of(flowsheet: &Flowsheet, there: &[SpeciesId], species: &[SpeciesId]) -> String {
    let group = flowsheet.groups.iter().find(|group| {
        let mut members = group.members.iter().filter(|id| there.contains(id));
        members.clone().count() == species.len() && members.all(|id| species.contains(id))
    });
    if let Some(group) = group {
        return group.name.clone();
    }
    let names: Vec<&str> = species.iter().map(|&id| flowsheet.species[id].name.as_str()).collect();
    if names.len() > 3 {
        return format!("{} and {} more", names[..2].join(", "), names.len() - 2);
    }
    names.join(" + ")
}

/// Whether a row is an `at most` limit outside the conflict, which only stands in the way of a need.
fn is_other_limit(flowsheet: &Flowsheet, row: Row, statements: &[Statement]) -> bool {
    let Row::Limit(id, _) = row else { return false };
    let limit = &flowsheet.limits[id];
    let outside = !statements.iter().any(|it| it.row == row);
    let feed = matches!(flowsheet.operations[limit.operation].kind, Kind::Feed(_));
    outside && !feed && limit.sense == Sense::AtMost && limit.share_of.is_none()
}

/// The least or greatest sum of some nodes, without some of the rows.
fn extreme(
    search: &Search<'_>,
    nodes: &[NodeId],
    most: bool,
    left_out: impl Fn(Row) -> bool,
) -> Option<f64> {
    let functional = crate::model::Linear {
        nodes: nodes.iter().map(|&node| (node, 1.0)).collect(),
        drivers: Vec::new(),
    };
    let factors = search.model.reduce(&functional);
    let sign = if most { -1.0 } else { 1.0 };
    let condensed = search.model.condensed();
    let mut program: LinearProgram<(), ()> = LinearProgram::new();
    for (id, column) in condensed.columns() {
        program.add_column((), sign * factors[id.index()], column.lower, column.upper);
    }
    for (id, row) in condensed.rows().filter(|(_, row)| !left_out(*row.key)) {
        program.add_row((), row.sense, row.rhs, condensed.row_terms(id));
    }
    lp::solve(&program, search.options).ok().map(|found| sign * found.objective)
}
