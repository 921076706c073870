//! Why nothing goes a way: the figures that send all of it elsewhere.

use super::{
    FigureId, Flowsheet, Kind, Operation, Recovery, Separation, SpeciesId, StreamId, Values,
};
use crate::{diagnostic::Diagnostic, index::Id};

/// Most figures that are marked.
const MOST: usize = 8;

/// Marks the shares of 0 % that close the streams to an operation, and those of 100 % that leave them nothing.
pub(super) fn mark(
    flowsheet: &Flowsheet,
    values: &Values,
    operation: &Operation,
    mut diagnostic: Diagnostic,
) -> Diagnostic {
    let mut open: Vec<StreamId> = operation.inlets.clone();
    let mut seen = vec![false; flowsheet.streams.len()];
    let mut told: Vec<FigureId> = Vec::new();
    while let Some(stream) = open.pop() {
        if std::mem::replace(&mut seen[stream.index()], true) {
            continue;
        }
        let from = &flowsheet.operations[flowsheet.streams[stream].from];
        let is_fed = |id: &StreamId| !flowsheet.streams[*id].species.is_empty();
        if !from.inlets.iter().any(is_fed) {
            open.extend(&from.inlets);
            continue;
        }
        let name = &flowsheet.streams[stream].name;
        for (figure, own) in shares(from, stream, None) {
            let says = match (own, values[figure]) {
                (true, 0.0) => format!("nothing goes to `{name}`"),
                (false, 1.0) => format!("nothing is left for `{name}`"),
                _ => continue,
            };
            if told.len() < MOST && !told.contains(&figure) {
                told.push(figure);
                diagnostic = diagnostic.at(flowsheet.figures[figure].span, says);
            }
        }
    }
    diagnostic
}

/// The shares that decide what goes to an outlet, of one species or of all: its own (`true`), and those of the others.
pub(crate) fn shares(
    operation: &Operation,
    outlet: StreamId,
    species: Option<SpeciesId>,
) -> Vec<(FigureId, bool)> {
    let figures = |recovery: &Recovery| -> Vec<FigureId> {
        if let Some(species) = species {
            return recovery.figure(species).into_iter().collect();
        }
        let own = recovery.species.iter().map(|&(_, figure)| figure);
        own.chain(recovery.default).collect()
    };
    let of = |separation: &Separation| {
        let shares = separation.recoveries.iter().flat_map(|recovery| {
            let own = recovery.outlet == outlet;
            figures(recovery).into_iter().map(move |figure| (figure, own))
        });
        shares.collect()
    };
    match &operation.kind {
        Kind::Separator(separator) => of(&separator.separation),
        Kind::Reactor(reactor) => of(&reactor.separation),
        Kind::Splitter(splitter) => {
            let fixed = splitter.fixed.iter().flatten();
            fixed.filter_map(|&(stream, figure)| Some((figure?, stream == outlet))).collect()
        }
        _ => Vec::new(),
    }
}
