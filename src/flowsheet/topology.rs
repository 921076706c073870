//! Which species can be where: support of every stream, from the feeds on.

use super::{Flowsheet, Kind, OperationId, ReactorMap, SpeciesId, Values};
use crate::index::Id;

/// Fills in the species of every stream.
pub(super) fn find_species(flowsheet: &mut Flowsheet) {
    let values = flowsheet.values();
    let mut uses = vec![Vec::new(); flowsheet.operations.len()];
    for (id, operation) in flowsheet.operations.iter_ids() {
        if let Kind::Use(data) = &operation.kind {
            uses[data.of.index()].push(id);
        }
    }
    let count = flowsheet.species.len();
    let mut there = vec![vec![false; count]; flowsheet.streams.len()];
    if flowsheet.series.is_empty() {
        follow(flowsheet, &values, &uses, &mut there);
    } else {
        // What is there in any period.
        for period in flowsheet.periods.ids() {
            follow(flowsheet, &flowsheet.in_period(&values, period), &uses, &mut there);
        }
    }
    for (stream, row) in flowsheet.streams.iter_mut().zip(there) {
        let present = row.into_iter().enumerate().filter(|&(_, there)| there);
        stream.species = present.map(|(at, _)| SpeciesId::new(at)).collect();
    }
}

/// Adds what can be where at given values of the figures; `uses` are those of each product.
fn follow(
    flowsheet: &Flowsheet,
    values: &Values,
    uses: &[Vec<OperationId>],
    there: &mut [Vec<bool>],
) {
    let mut waiting: Vec<OperationId> = flowsheet.operations.ids().rev().collect();
    let mut queued = vec![true; flowsheet.operations.len()];
    while let Some(operation) = waiting.pop() {
        queued[operation.index()] = false;
        let data = &flowsheet.operations[operation];
        let mut inlet: Vec<SpeciesId> = Vec::new();
        // What comes back is what was sold.
        let inlets = match &data.kind {
            Kind::Use(in_use) => &flowsheet.operations[in_use.of].inlets,
            _ => &data.inlets,
        };
        for id in flowsheet.species.ids() {
            if inlets.iter().any(|stream| there[stream.index()][id.index()]) {
                inlet.push(id);
            }
        }
        for &stream in &data.outlets {
            let mut grew = false;
            for species in leaving(&data.kind, stream, &inlet, values) {
                let cell = &mut there[stream.index()][species.index()];
                grew |= !*cell;
                *cell = true;
            }
            if !grew {
                continue;
            }
            let next = flowsheet.streams[stream].to;
            for &next in std::iter::once(&next).chain(&uses[next.index()]) {
                if !std::mem::replace(&mut queued[next.index()], true) {
                    waiting.push(next);
                }
            }
        }
    }
}

fn leaving(
    kind: &Kind,
    stream: super::StreamId,
    inlet: &[SpeciesId],
    values: &Values,
) -> Vec<SpeciesId> {
    match kind {
        Kind::Feed(feed) => {
            let fractions = feed.assay.fractions(values).into_iter();
            fractions.filter(|&(_, share)| share > 0.0).map(|(id, _)| id).collect()
        }
        Kind::Separator(separator) => {
            let reports = |&&id: &&SpeciesId| separator.separation.share(stream, id, values) != 0.0;
            inlet.iter().filter(reports).copied().collect()
        }
        Kind::Splitter(_) | Kind::Stockpile(_) => inlet.to_vec(),
        Kind::Use(in_use) => {
            let past = in_use.assay.iter().flat_map(|assay| assay.fractions(values));
            let past = past.filter(|&(_, share)| share > 0.0).map(|(id, _)| id);
            let mut species: Vec<SpeciesId> = inlet.iter().copied().chain(past).collect();
            species.sort_unstable();
            species.dedup();
            species
        }
        Kind::Reactor(reactor) => {
            let map = ReactorMap::new(reactor, values, inlet);
            let mut species: Vec<SpeciesId> = map
                .after
                .iter()
                .map(|&(to, ..)| to)
                .filter(|&id| reactor.separation.share(stream, id, values) != 0.0)
                .collect();
            species.sort_unstable();
            species.dedup();
            species
        }
        Kind::Blender(blender) => {
            let bought = blender.ingredients.iter().map(|item| item.species);
            let mut species: Vec<SpeciesId> = inlet.iter().copied().chain(bought).collect();
            if blender.complete {
                let wanted = |id: SpeciesId| {
                    blender.recipe.iter().any(|entry| entry.content.weight(id) != 0.0)
                };
                species.retain(|&id| wanted(id));
            }
            species.sort_unstable();
            species.dedup();
            species
        }
        Kind::Product(_) | Kind::Waste(_) => Vec::new(),
    }
}
