//! Nodes, drivers and definitions: every operation as linear relations.
//!
//! A *node* is the flow of one species in one stream. A *driver* is a scalar that decides: what a feed supplies,
//! what goes to an outlet of a free splitter, what a blender makes or buys. A *definition* writes a node as a linear
//! combination of other nodes and of drivers: `x = R x + S z`.

use smallvec::{SmallVec, smallvec};

use super::{DriverId, Node, NodeId, compose::Composition};
use crate::{
    flowsheet::{
        Blender, Feed, Flowsheet, Kind, OperationId, PeriodId, Reactor, ReactorMap, Separation,
        SpeciesId, Splitter, StreamId, Use, Values,
    },
    index::{Id, IdVec},
    years::Years,
};

/// What a node takes of nodes, or of drivers: mostly of one, which needs no memory of its own.
pub(super) type Terms<I> = SmallVec<[(I, f64); 1]>;

/// A node as a combination of nodes and drivers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Definition {
    /// The row of R.
    pub(super) nodes: Terms<NodeId>,
    /// The row of S.
    pub(super) drivers: Terms<DriverId>,
}

/// The node table of one period: streams × the species that can be in them.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    pub(super) items: IdVec<NodeId, Node>,
    /// First node of each stream, per period.
    starts: Vec<usize>,
    streams: usize,
}

impl Nodes {
    pub(super) fn new(flowsheet: &Flowsheet) -> Self {
        let mut items = IdVec::new();
        let mut starts = Vec::with_capacity(flowsheet.streams.len() * flowsheet.periods.len());
        for period in flowsheet.periods.ids() {
            for (stream, data) in flowsheet.streams.iter_ids() {
                starts.push(items.len());
                for &species in &data.species {
                    items.push(Node { stream, species, period });
                }
            }
        }
        Self { items, starts, streams: flowsheet.streams.len() }
    }

    /// The node of a species in a stream, if it can be there.
    pub(super) fn find(
        &self,
        flowsheet: &Flowsheet,
        stream: StreamId,
        species: SpeciesId,
        period: PeriodId,
    ) -> Option<NodeId> {
        let at = flowsheet.streams[stream].species.binary_search(&species).ok()?;
        Some(NodeId::new(self.start(stream, period) + at))
    }

    /// All nodes of a stream with their species.
    pub(super) fn of<'a>(
        &self,
        flowsheet: &'a Flowsheet,
        stream: StreamId,
        period: PeriodId,
    ) -> impl Iterator<Item = (NodeId, SpeciesId)> + use<'a> {
        let start = self.start(stream, period);
        let species = &flowsheet.streams[stream].species;
        species.iter().enumerate().map(move |(at, &species)| (NodeId::new(start + at), species))
    }

    fn start(&self, stream: StreamId, period: PeriodId) -> usize {
        self.starts[period.index() * self.streams + stream.index()]
    }
}

/// Writes the definitions of an operation's outlets.
pub(super) struct Definer<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) nodes: &'a Nodes,
    /// First driver of each operation, per period.
    pub(super) first_driver: &'a [usize],
    pub(super) period: PeriodId,
}

impl Definer<'_> {
    /// The definitions of all outlet nodes of an operation. `composition` is that of what a free splitter divides or
    /// a blender makes, where it is known; a free splitter without one defines nothing.
    pub(super) fn define(
        &self,
        operation: OperationId,
        composition: Option<&Composition>,
    ) -> Vec<(NodeId, Definition)> {
        let data = &self.flowsheet.operations[operation];
        match &data.kind {
            Kind::Feed(feed) => self.define_feed(operation, feed),
            Kind::Separator(separator) => self.define_separation(operation, &separator.separation),
            Kind::Splitter(splitter) => self.define_splitter(operation, splitter, composition),
            Kind::Reactor(reactor) => self.define_reactor(operation, reactor),
            Kind::Blender(blender) => self.define_blender(operation, blender, composition),
            Kind::Stockpile(_) => self.define_stockpile(operation, composition),
            Kind::Use(in_use) => self.define_use(operation, in_use),
            Kind::Product(_) | Kind::Waste(_) => Vec::new(),
        }
    }

    /// The driver of an operation, in the order in which [`Driver`]s are made.
    pub(super) fn driver(&self, operation: OperationId, at: usize) -> DriverId {
        let operations = self.flowsheet.operations.len();
        DriverId::new(self.first_driver[self.period.index() * operations + operation.index()] + at)
    }

    /// All inlet nodes of an operation with their species.
    pub(super) fn inlet(&self, operation: OperationId) -> Vec<(NodeId, SpeciesId)> {
        let inlets = &self.flowsheet.operations[operation].inlets;
        inlets
            .iter()
            .flat_map(|&stream| self.nodes.of(self.flowsheet, stream, self.period))
            .collect()
    }

    /// The inlet nodes of an operation of one species.
    fn entering(&self, operation: OperationId, species: SpeciesId) -> impl Iterator<Item = NodeId> {
        let inlets = self.flowsheet.operations[operation].inlets.iter();
        inlets.filter_map(move |&stream| {
            self.nodes.find(self.flowsheet, stream, species, self.period)
        })
    }

    fn outlet_nodes(&self, operation: OperationId) -> Vec<(StreamId, NodeId, SpeciesId)> {
        let outlets = &self.flowsheet.operations[operation].outlets;
        outlets
            .iter()
            .flat_map(|&stream| {
                self.nodes
                    .of(self.flowsheet, stream, self.period)
                    .map(move |(node, species)| (stream, node, species))
            })
            .collect()
    }

    fn define_feed(&self, operation: OperationId, feed: &Feed) -> Vec<(NodeId, Definition)> {
        let supply = self.driver(operation, 0);
        let fractions = feed.assay.fractions(self.values);
        let share = |species| {
            fractions.iter().find(|&&(id, _)| id == species).map_or(0.0, |&(_, share)| share)
        };
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(_, node, species)| {
                let drivers = smallvec![(supply, share(species))];
                (node, Definition { nodes: Terms::new(), drivers })
            })
            .collect()
    }

    fn define_separation(
        &self,
        operation: OperationId,
        separation: &Separation,
    ) -> Vec<(NodeId, Definition)> {
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(stream, node, species)| {
                let share = separation.share(stream, species, self.values);
                let entering = self.entering(operation, species).filter(|_| share != 0.0);
                let nodes = entering.map(|from| (from, share)).collect();
                (node, Definition { nodes, drivers: Terms::new() })
            })
            .collect()
    }

    fn define_splitter(
        &self,
        operation: OperationId,
        splitter: &Splitter,
        composition: Option<&Composition>,
    ) -> Vec<(NodeId, Definition)> {
        let outlets = &self.flowsheet.operations[operation].outlets;
        let shares = splitter.shares(self.values);
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(stream, node, species)| {
                let mut definition = Definition::default();
                if let Some(shares) = &shares {
                    let share = shares
                        .iter()
                        .find(|&&(id, _)| id == stream)
                        .map_or(0.0, |&(_, share)| share);
                    let entering = self.entering(operation, species).filter(|_| share != 0.0);
                    definition.nodes = entering.map(|from| (from, share)).collect();
                } else if let Some(composition) = composition {
                    let at = outlets.iter().position(|&id| id == stream).unwrap_or(0);
                    let share = composition.share(species);
                    if share != 0.0 {
                        definition.drivers = smallvec![(self.driver(operation, at), share)];
                    }
                }
                (node, definition)
            })
            .collect()
    }

    /// What is drawn from a stockpile has the composition of what comes.
    fn define_stockpile(
        &self,
        operation: OperationId,
        composition: Option<&Composition>,
    ) -> Vec<(NodeId, Definition)> {
        let outlets = self.outlet_nodes(operation).into_iter();
        outlets
            .map(|(_, node, species)| {
                let share = composition.map_or(0.0, |composition| composition.share(species));
                let drawn = (share != 0.0).then(|| (self.driver(operation, 0), share));
                (node, Definition { nodes: Terms::new(), drivers: drawn.into_iter().collect() })
            })
            .collect()
    }

    /// What comes back of what was sold up to this period, and before the first.
    fn define_use(&self, operation: OperationId, in_use: &Use) -> Vec<(NodeId, Definition)> {
        let periods = &self.flowsheet.periods;
        let own = &periods[self.period];
        let life = in_use.life.at(self.values);
        let share = in_use.share.map_or(1.0, |id| self.values[id]);
        let collected = share * self.values[in_use.collection] / own.years;
        let sold: Vec<(PeriodId, f64)> = periods
            .iter_ids()
            .filter(|&(id, _)| id <= self.period)
            .map(|(id, data)| {
                let returned = life.returned_in_millionths(data.time(), own.time());
                (id, collected * data.years * returned)
            })
            .filter(|&(_, factor)| factor > 0.0)
            .collect();
        // What was sold in the past is used so in full.
        let past: f64 = in_use
            .past
            .iter()
            .map(|&(year, figure)| {
                let sold = Years { from: year, length: 1.0 };
                self.values[figure] * life.returned_in_millionths(sold, own.time())
            })
            .sum();
        let past = past * self.values[in_use.collection] / own.years;
        let fractions =
            in_use.assay.as_ref().map_or_else(Vec::new, |assay| assay.fractions(self.values));
        let inlets = &self.flowsheet.operations[in_use.of].inlets;
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(_, node, species)| {
                let mut definition = Definition::default();
                for &(period, factor) in &sold {
                    for &stream in inlets {
                        if let Some(from) = self.nodes.find(self.flowsheet, stream, species, period)
                        {
                            definition.nodes.push((from, factor));
                        }
                    }
                }
                let share = fractions.iter().find(|&&(id, _)| id == species);
                if let (Some(&(_, share)), true) = (share, past > 0.0) {
                    definition.drivers.push((self.driver(operation, 0), share * past));
                }
                (node, definition)
            })
            .collect()
    }

    fn define_reactor(
        &self,
        operation: OperationId,
        reactor: &Reactor,
    ) -> Vec<(NodeId, Definition)> {
        let inlet = self.inlet(operation);
        let mut entering: Vec<SpeciesId> = inlet.iter().map(|&(_, species)| species).collect();
        entering.sort_unstable();
        entering.dedup();
        let map = ReactorMap::new(reactor, self.values, &entering);
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(stream, node, species)| {
                let share = reactor.separation.share(stream, species, self.values);
                let mut nodes = Terms::new();
                for &(_, from, factor) in
                    map.after.iter().filter(|&&(to, _, _)| to == species && share != 0.0)
                {
                    let there = inlet.iter().filter(|&&(_, id)| id == from);
                    nodes.extend(there.map(|&(inlet, _)| (inlet, factor * share)));
                }
                (node, Definition { nodes, drivers: Terms::new() })
            })
            .collect()
    }

    fn define_blender(
        &self,
        operation: OperationId,
        blender: &Blender,
        composition: Option<&Composition>,
    ) -> Vec<(NodeId, Definition)> {
        self.outlet_nodes(operation)
            .into_iter()
            .map(|(_, node, species)| {
                if let Some(composition) = composition {
                    let share = composition.share(species);
                    let drivers = if share == 0.0 {
                        Terms::new()
                    } else {
                        smallvec![(self.driver(operation, 0), share)]
                    };
                    return (node, Definition { nodes: Terms::new(), drivers });
                }
                let nodes = self.entering(operation, species).map(|from| (from, 1.0)).collect();
                let bought = blender.ingredients.iter().position(|item| item.species == species);
                // Only a complete recipe has a driver of its own, before those of its ingredients.
                let first = usize::from(blender.complete);
                let drivers = bought
                    .map(|at| (self.driver(operation, first + at), 1.0))
                    .into_iter()
                    .collect();
                (node, Definition { nodes, drivers })
            })
            .collect()
    }
}
