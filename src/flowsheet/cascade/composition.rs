//! What a stream consists of, whatever is decided: found by two arbitrary plans.
//!
//! Shares of free splitters, supplies and purchases are drawn at random, and all flows follow. A composition that does not
//! depend on decisions is the same for two draws; one that does is not, but for a set of draws of measure zero. (The model
//! infers compositions by its own algebra; cascades need theirs before there is a model.)

use super::super::{
    FigureId, Flowsheet, Grade, Kind, OperationId, ReactorMap, Separation, SpeciesId, Values,
};
use crate::index::Id;

/// Sweeps over all operations at most; loops come to rest as their purge lets them.
const SWEEPS: usize = 100_000;

/// Flows that change by less than this share of themselves have come to rest.
const REST: f64 = 1e-14;

/// Compositions that differ by less than this share are one.
const TOLERANCE: f64 = 1e-9;

/// What comes to an operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inlet {
    /// Nothing.
    Nothing,
    /// It depends on what is not known yet.
    Unknown,
    /// The same composition whatever is decided: shares by mass of the species asked for.
    Fixed(Vec<(SpeciesId, f64)>),
    /// The share of this species depends on decisions.
    Free(SpeciesId),
}

/// The composition of what comes to an operation, in some of its species.
pub(super) fn of_inlet(
    flowsheet: &Flowsheet,
    values: &Values,
    operation: OperationId,
    species: &[SpeciesId],
) -> Inlet {
    let above = above(flowsheet, operation);
    let [one, other] = [1, 2].map(|seed| {
        let flows = Draw { flowsheet, values, seed }.flows(&above);
        let inlets = &flowsheet.operations[operation].inlets;
        let amount = |id: &SpeciesId| -> f64 {
            inlets.iter().map(|stream| flows[stream.index()][id.index()]).sum()
        };
        species.iter().map(amount).collect::<Vec<f64>>()
    });
    let sums = [&one, &other].map(|amounts| amounts.iter().sum::<f64>());
    if sums.iter().any(|sum| sum.is_nan()) {
        return Inlet::Unknown;
    }
    if sums.contains(&0.0) {
        return Inlet::Nothing;
    }
    for (at, &id) in species.iter().enumerate() {
        let (a, b) = (one[at] / sums[0], other[at] / sums[1]);
        if (a - b).abs() > TOLERANCE * a.max(b) {
            return Inlet::Free(id);
        }
    }
    let shares = species.iter().zip(one).map(|(&id, amount)| (id, rounded(amount / sums[0])));
    Inlet::Fixed(shares.collect())
}

/// All operations that what comes to one has passed, ascending.
fn above(flowsheet: &Flowsheet, operation: OperationId) -> Vec<OperationId> {
    let mut seen = Vec::new();
    let mut open = vec![operation];
    while let Some(id) = open.pop() {
        let data = &flowsheet.operations[id];
        let inlets = match &data.kind {
            Kind::Use(in_use) => &flowsheet.operations[in_use.of].inlets,
            _ => &data.inlets,
        };
        for &stream in inlets {
            let from = flowsheet.streams[stream].from;
            if !seen.contains(&from) {
                seen.push(from);
                open.push(from);
            }
        }
    }
    seen.sort_unstable();
    seen
}

/// Figures further up that change the proportions of a cascade's species to one another: what is divided among them in
/// assays, recoveries that are not the same for all of them, conversions.
pub(in crate::flowsheet) fn figures(
    flowsheet: &Flowsheet,
    cascade: OperationId,
    species: &[SpeciesId],
) -> Vec<FigureId> {
    let mut found = Vec::new();
    let mut seen: Vec<OperationId> = Vec::new();
    let above = |id: OperationId| {
        let inlets = flowsheet.operations[id].inlets.iter();
        inlets.map(|&stream| flowsheet.streams[stream].from).collect::<Vec<_>>()
    };
    let mut open = above(cascade);
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        open.extend(above(id));
        let unlike = |separation: &Separation, found: &mut Vec<FigureId>| {
            for recovery in &separation.recoveries {
                let own: Vec<Option<FigureId>> =
                    species.iter().map(|&id| recovery.figure(id)).collect();
                if own.windows(2).any(|pair| pair[0] != pair[1]) {
                    found.extend(own.into_iter().flatten());
                }
            }
        };
        match &flowsheet.operations[id].kind {
            Kind::Feed(feed) => {
                let grades = feed.assay.grades.iter();
                let meets = |grade: &&Grade| grade.members.iter().any(|it| species.contains(it));
                let grades: Vec<&Grade> = grades.filter(meets).collect();
                found.extend(grades.iter().flat_map(|grade| grade.parts.iter().copied()));
                if grades.len() > 1 {
                    found.extend(grades.iter().map(|grade| grade.figure));
                }
            }
            Kind::Separator(separator) => unlike(&separator.separation, &mut found),
            Kind::Reactor(reactor) => {
                unlike(&reactor.separation, &mut found);
                let own = reactor.reactions.iter().filter(|it| {
                    it.masses.iter().any(|(species_of, _)| species.contains(species_of))
                });
                found.extend(own.map(|it| it.conversion));
            }
            _ => {}
        }
    }
    found
}

/// To 40 binary digits: what differs by rounding alone has one design.
fn rounded(share: f64) -> f64 {
    if share == 0.0 {
        return 0.0;
    }
    let unit = (share.log2().floor() - 40.0).exp2();
    (share / unit).round() * unit
}

/// A draw of all decisions.
struct Draw<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a Values,
    seed: u64,
}

impl Draw<'_> {
    /// A number from 0.5 to 1.5 for a decision (Steele, Lea and Flood 2014: splitmix64).
    fn number(&self, operation: OperationId, at: usize) -> f64 {
        let place = (operation.index() as u64) << 20 | at as u64;
        let mut state = self.seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        0.5 + ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Flow of each species in each stream that leaves some operations, which nothing comes to but from one another.
    fn flows(&self, operations: &[OperationId]) -> Vec<Vec<f64>> {
        let flowsheet = self.flowsheet;
        let species = flowsheet.species.len();
        let mut flows = vec![vec![0.0; species]; flowsheet.streams.len()];
        for _ in 0..SWEEPS {
            let mut moved = false;
            for &id in operations {
                for (stream, row) in self.leaving(id, &flows) {
                    let before = &mut flows[stream];
                    for (old, new) in before.iter().zip(&row) {
                        moved |= old.is_nan() != new.is_nan()
                            || (new - old).abs() > REST * old.abs().max(new.abs());
                    }
                    *before = row;
                }
            }
            if !moved {
                break;
            }
        }
        flows
    }

    /// What leaves an operation by each stream for what comes to it.
    fn leaving(&self, id: OperationId, flows: &[Vec<f64>]) -> Vec<(usize, Vec<f64>)> {
        let (flowsheet, values) = (self.flowsheet, self.values);
        let data = &flowsheet.operations[id];
        let species: Vec<SpeciesId> = flowsheet.species.ids().collect();
        let inlets = match &data.kind {
            Kind::Use(in_use) => &flowsheet.operations[in_use.of].inlets,
            _ => &data.inlets,
        };
        let mut inlet = vec![0.0; species.len()];
        for stream in inlets {
            for (sum, flow) in inlet.iter_mut().zip(&flows[stream.index()]) {
                *sum += flow;
            }
        }
        let scaled = |factor: f64| inlet.iter().map(|flow| flow * factor).collect::<Vec<f64>>();
        let outlets = data.outlets.iter();
        match &data.kind {
            Kind::Feed(feed) => {
                let mut row = vec![0.0; species.len()];
                for (id, share) in feed.assay.fractions(values) {
                    row[id.index()] = share;
                }
                let supply = self.number(id, 0);
                for flow in &mut row {
                    *flow *= supply;
                }
                outlets.map(|stream| (stream.index(), row.clone())).collect()
            }
            Kind::Separator(separator) => outlets
                .map(|&stream| {
                    let share = |id: SpeciesId| match inlet[id.index()] {
                        0.0 => 0.0,
                        flow => flow * separator.separation.share(stream, id, values),
                    };
                    (stream.index(), species.iter().map(|&id| share(id)).collect())
                })
                .collect(),
            Kind::Splitter(splitter) => {
                let shares = splitter.shares(values);
                let drawn: f64 = (0..data.outlets.len()).map(|at| self.number(id, at)).sum();
                outlets
                    .enumerate()
                    .map(|(at, stream)| {
                        let share = match &shares {
                            Some(shares) => shares
                                .iter()
                                .find(|(outlet, _)| outlet == stream)
                                .map_or(0.0, |&(_, share)| share),
                            None => self.number(id, at) / drawn,
                        };
                        (stream.index(), scaled(share))
                    })
                    .collect()
            }
            Kind::Reactor(reactor) => {
                let present: Vec<SpeciesId> =
                    species.iter().copied().filter(|id| inlet[id.index()] != 0.0).collect();
                let map = ReactorMap::new(reactor, values, &present);
                let mut after = vec![0.0; species.len()];
                for &(to, from, factor) in &map.after {
                    after[to.index()] += factor * inlet[from.index()];
                }
                outlets
                    .map(|&stream| {
                        let share = |id: SpeciesId| {
                            after[id.index()] * reactor.separation.share(stream, id, values)
                        };
                        (stream.index(), species.iter().map(|&id| share(id)).collect())
                    })
                    .collect()
            }
            Kind::Blender(blender) => {
                let mut row = scaled(1.0);
                for (at, item) in blender.ingredients.iter().enumerate() {
                    row[item.species.index()] += self.number(id, at);
                }
                outlets.map(|stream| (stream.index(), row.clone())).collect()
            }
            Kind::Stockpile(_) => outlets.map(|stream| (stream.index(), scaled(1.0))).collect(),
            Kind::Use(in_use) => {
                let mut row = scaled(self.number(id, 0));
                if let Some(assay) = &in_use.assay {
                    let past = self.number(id, 1);
                    for (id, share) in assay.fractions(values) {
                        row[id.index()] += past * share;
                    }
                }
                outlets.map(|stream| (stream.index(), row.clone())).collect()
            }
            Kind::Product(_) | Kind::Waste(_) => Vec::new(),
        }
    }
}
