//! From a flowsheet to its definitions, solved, and so to its two programs.

use std::{collections::BTreeMap, sync::Arc};

use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::{
    Decision, Driver, DriverId, Functionals, Model, NodeId,
    compose::{Columns, Composition, Inferred, TransferRow, columns, infer},
    condense::{Condenser, Step, Unpurged},
    planning::{self, Horizon},
    programs::{Programs, write_objective, write_rows},
    specification,
    system::{Definer, Definition, Nodes},
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Span},
    flowsheet::{
        Blender, FigureId, Flowsheet, Kind, OperationId, PeriodId, SpeciesId, StreamId, Values,
        closed,
    },
    index::{Id, IdVec},
    lp::side_by_side,
};

pub(super) fn assemble(flowsheet: &Flowsheet, values: &Values) -> Result<Model, Diagnostics> {
    let nodes = Arc::new(Nodes::new(flowsheet));
    let values: IdVec<PeriodId, Values> =
        flowsheet.periods.ids().map(|period| flowsheet.in_period(values, period)).collect();
    let (mut drivers, first_driver) = list_drivers(flowsheet);
    planning::list_drivers(flowsheet, &values, &mut drivers);
    let mut work = Work {
        flowsheet,
        values: &values,
        nodes: &nodes,
        drivers: &drivers,
        first_driver: &first_driver,
        definitions: vec![Definition::default(); nodes.items.len()],
        transfer: vec![TransferRow::new(); nodes.items.len()],
        steps: Vec::new(),
        composed: Vec::new(),
        condenser: Condenser::default(),
        findings: Diagnostics::new(),
    };
    let order = order_operations(flowsheet);
    for period in flowsheet.periods.ids() {
        for component in &order {
            work.solve_component(component, period);
        }
    }
    let Work { definitions, transfer, steps, composed, mut findings, .. } = work;
    if !findings.has_errors() {
        specification::check(flowsheet, &values, &nodes, &drivers, &transfer, &mut findings);
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let functionals = Functionals::new(Arc::clone(&nodes), &drivers);
    let horizon = Horizon { flowsheet, values: &values };
    let rows = write_rows(horizon, &functionals, &composed);
    let programs = Programs { definitions: &definitions, transfer: &transfer, drivers: &drivers };
    let full = || programs.write_full(&rows);
    let condensed = || {
        let (objective, ratio) = write_objective(horizon, &functionals);
        let condensed = programs.write_condensed(flowsheet, &nodes, &rows, &objective);
        (objective, ratio, condensed)
    };
    let (mut full, (objective, ratio, (condensed, full_rows))) =
        side_by_side(definitions.len(), full, condensed);
    programs.price_full(&mut full, &objective);
    Ok(Model {
        nodes,
        drivers,
        first_driver,
        definitions,
        transfer,
        steps,
        full,
        condensed,
        full_rows,
        functionals,
        ratio,
        values,
    })
}

/// All drivers, and the first one of each operation and period.
fn list_drivers(flowsheet: &Flowsheet) -> (IdVec<DriverId, Driver>, Vec<usize>) {
    let mut drivers = IdVec::new();
    let mut first = Vec::new();
    for period in flowsheet.periods.ids() {
        for (id, operation) in flowsheet.operations.iter_ids() {
            first.push(drivers.len());
            let mut add = |decision| {
                drivers.push(Driver { decision, period });
            };
            match &operation.kind {
                Kind::Feed(feed) => {
                    add(Decision::Supply(id));
                    if feed.take_or_pay.is_some() {
                        add(Decision::Unused(id));
                    }
                }
                Kind::Product(product) => {
                    (0..product.contracts.len()).for_each(|at| add(Decision::Contract(id, at)));
                }
                Kind::Splitter(splitter) if splitter.fixed.is_none() => {
                    operation.outlets.iter().for_each(|&outlet| add(Decision::Split(outlet)));
                }
                Kind::Blender(blender) => {
                    if blender.complete {
                        add(Decision::Blend(id));
                    }
                    for item in &blender.ingredients {
                        add(Decision::Ingredient(id, item.species));
                    }
                }
                Kind::Stockpile(_) => {
                    add(Decision::Draw(id));
                    add(Decision::Stock(id));
                }
                Kind::Use(in_use) if !in_use.past.is_empty() => add(Decision::Past(id)),
                _ => {}
            }
        }
    }
    (drivers, first)
}

/// Strongly connected sets of operations, upstream first; the flag tells loops.
fn order_operations(flowsheet: &Flowsheet) -> Vec<(Vec<OperationId>, bool)> {
    let mut graph = DiGraph::<OperationId, ()>::new();
    let vertices: Vec<_> = flowsheet.operations.ids().map(|id| graph.add_node(id)).collect();
    for stream in &flowsheet.streams {
        // Against the flow, so that what comes first is upstream.
        graph.add_edge(vertices[stream.to.index()], vertices[stream.from.index()], ());
    }
    for (id, operation) in flowsheet.operations.iter_ids() {
        if let Kind::Use(in_use) = &operation.kind {
            // What is sold and comes back in one period.
            graph.add_edge(vertices[id.index()], vertices[in_use.of.index()], ());
        }
    }
    kosaraju_scc(&graph)
        .into_iter()
        .map(|component| {
            let mut operations: Vec<OperationId> =
                component.into_iter().map(|at| graph[at]).collect();
            operations.sort_unstable();
            let itself = || {
                let operation = operations[0];
                let outlets = &flowsheet.operations[operation].outlets;
                outlets.iter().any(|&stream| flowsheet.streams[stream].to == operation)
            };
            let looping = operations.len() > 1 || itself();
            (operations, looping)
        })
        .collect()
}

struct Work<'a> {
    flowsheet: &'a Flowsheet,
    values: &'a IdVec<PeriodId, Values>,
    nodes: &'a Nodes,
    drivers: &'a IdVec<DriverId, Driver>,
    first_driver: &'a [usize],
    definitions: Vec<Definition>,
    transfer: Vec<TransferRow>,
    steps: Vec<Step>,
    /// Free splitters and blenders of known composition.
    composed: Vec<(PeriodId, OperationId, Composition)>,
    condenser: Condenser,
    findings: Diagnostics,
}

impl Work<'_> {
    /// Infers compositions and solves the definitions of one strongly connected set of operations.
    ///
    /// Free splitters and blenders in a loop are first left out; what then reaches them gives their composition, and
    /// at last every hypothesis is checked with all of them in place.
    fn solve_component(
        &mut self,
        (operations, looping): &(Vec<OperationId>, bool),
        period: PeriodId,
    ) {
        let mut known: BTreeMap<OperationId, Composition> = BTreeMap::new();
        let steps = self.steps.len();
        loop {
            self.steps.truncate(steps);
            if let Err(Unpurged(nodes)) =
                self.define_and_solve(operations, *looping, period, &known)
            {
                self.report_unpurged(&nodes, period);
                return;
            }
            let before = known.len();
            for &operation in operations {
                if known.contains_key(&operation) {
                    continue;
                }
                if let Some(Inferred::Fixed(composition)) = self.infer(operation, period) {
                    known.insert(operation, composition);
                }
            }
            if known.len() == before {
                break;
            }
        }
        for &operation in operations {
            match (self.infer(operation, period), known.get(&operation)) {
                (Some(Inferred::Free(first, second)), hypothesis) => {
                    let data = &self.flowsheet.operations[operation];
                    if matches!(data.kind, Kind::Splitter(_) | Kind::Stockpile(_))
                        || hypothesis.is_some()
                    {
                        self.report_pooled(operation, first, second);
                    }
                }
                (Some(Inferred::Fixed(found)), Some(hypothesis)) => {
                    let same = found
                        .0
                        .iter()
                        .all(|&(species, share)| (share - hypothesis.share(species)).abs() <= 1e-9);
                    if !same {
                        let driver = self.definer(period).driver(operation, 0);
                        self.report_pooled(operation, driver, driver);
                    }
                }
                _ => {}
            }
        }
        self.composed.extend(known.into_iter().map(|(id, composition)| (period, id, composition)));
    }

    fn definer(&self, period: PeriodId) -> Definer<'_> {
        Definer {
            flowsheet: self.flowsheet,
            values: &self.values[period],
            nodes: self.nodes,
            first_driver: self.first_driver,
            period,
        }
    }

    fn define_and_solve(
        &mut self,
        operations: &[OperationId],
        looping: bool,
        period: PeriodId,
        known: &BTreeMap<OperationId, Composition>,
    ) -> Result<(), Unpurged> {
        let mut nodes = Vec::new();
        for &operation in operations {
            let defined = self.definer(period).define(operation, known.get(&operation));
            for (node, definition) in defined {
                self.definitions[node.index()] = definition;
                self.transfer[node.index()].clear();
                nodes.push(node);
            }
        }
        self.condenser.solve(
            &nodes,
            looping,
            &self.definitions,
            &mut self.transfer,
            &mut self.steps,
        )
    }

    /// The composition of what a free splitter divides or a complete blender makes; none for other operations.
    fn infer(&self, operation: OperationId, period: PeriodId) -> Option<Inferred> {
        match &self.flowsheet.operations[operation].kind {
            Kind::Splitter(splitter) if splitter.fixed.is_none() => {
                let inlet = self.definer(period).inlet(operation);
                Some(infer(&columns(inlet, &self.transfer)))
            }
            Kind::Stockpile(_) => Some(self.infer_stock(operation, period)),
            Kind::Blender(blender) if blender.complete => {
                Some(self.infer_blend(operation, blender, period))
            }
            _ => None,
        }
    }

    /// A stock has the composition of all that comes to it, in this period and in those before.
    fn infer_stock(&self, operation: OperationId, period: PeriodId) -> Inferred {
        let inlet = self.definer(period).inlet(operation);
        let found = infer(&columns(inlet, &self.transfer));
        let before = self.composed.iter().find(|(_, id, _)| *id == operation);
        match (found, before) {
            (Inferred::Empty, Some((.., composition))) => Inferred::Fixed(composition.clone()),
            (Inferred::Fixed(found), Some((.., before))) if !found.agrees_with(before) => {
                let driver = self.definer(period).driver(operation, 0);
                Inferred::Free(driver, driver)
            }
            (found, _) => found,
        }
    }

    /// A blend of complete recipe has a fixed composition if what comes for each entry has one.
    fn infer_blend(&self, operation: OperationId, blender: &Blender, period: PeriodId) -> Inferred {
        let definer = self.definer(period);
        let inlet = definer.inlet(operation);
        let mut shares: Vec<(SpeciesId, f64)> = Vec::new();
        for entry in &blender.recipe {
            let share = entry.share.map_or(0.0, |figure| self.values[period][figure]);
            let there = inlet.iter().copied().filter(|&(_, id)| entry.content.weight(id) != 0.0);
            let mut found: Columns = columns(there, &self.transfer);
            for (at, item) in blender.ingredients.iter().enumerate() {
                if entry.content.weight(item.species) != 0.0 {
                    let driver = definer.driver(operation, 1 + at);
                    found.entry(driver).or_default().insert(item.species, 1.0);
                }
            }
            match infer(&found) {
                Inferred::Fixed(Composition(of)) => {
                    shares.extend(of.into_iter().map(|(species, part)| (species, share * part)));
                }
                other => return other,
            }
        }
        shares.sort_by_key(|&(species, _)| species);
        Inferred::Fixed(Composition(shares))
    }

    fn report_unpurged(&mut self, nodes: &[NodeId], period: PeriodId) {
        let mut nodes: Vec<NodeId> = nodes.to_vec();
        nodes.sort_unstable();
        let mut streams: Vec<StreamId> = Vec::new();
        let mut species: Vec<&str> = Vec::new();
        let mut shares: Vec<(FigureId, bool)> = Vec::new();
        for node in nodes {
            let node = self.nodes.items[node];
            let name = self.flowsheet.species[node.species].name.as_str();
            let from = &self.flowsheet.operations[self.flowsheet.streams[node.stream].from];
            shares.extend(closed::shares(from, node.stream, Some(node.species)));
            if !streams.contains(&node.stream) {
                streams.push(node.stream);
            }
            if !species.contains(&name) {
                species.push(name);
            }
        }
        let names: Vec<&str> =
            streams.iter().map(|&id| self.flowsheet.streams[id].name.as_str()).collect();
        let (streams_named, species) = (names.join("`, `"), species.join("`, `"));
        let message = format!("`{species}` never leaves the loop of `{streams_named}`");
        let mut diagnostic = Diagnostic::new(Code::LoopWithoutPurge, message);
        // The stream that leads back up the file is the one that closes the loop.
        streams.sort_by_key(|&id| {
            let stream = &self.flowsheet.streams[id];
            (stream.to > stream.from, stream.span)
        });
        for (at, &id) in streams.iter().take(MOST_STREAMS).enumerate() {
            let text = if at == 0 { "all of it comes back here" } else { "on the way round" };
            diagnostic = diagnostic.at(self.flowsheet.streams[id].span, text);
        }
        shares.sort_unstable();
        shares.dedup();
        for (figure, own) in shares.into_iter().take(2 * MOST_STREAMS) {
            let says = match (own, self.values[period][figure]) {
                (true, 1.0) => "all of it goes round",
                (false, 0.0) => "nothing of it leaves here",
                _ => continue,
            };
            diagnostic = diagnostic.at(self.flowsheet.figures[figure].span, says);
        }
        self.findings.push(diagnostic.help(
            "let a part of each species leave the loop: lower a recovery, or bleed a stream",
        ));
    }

    fn report_pooled(&mut self, operation: OperationId, first: DriverId, second: DriverId) {
        let data = &self.flowsheet.operations[operation];
        let name = &data.name;
        let place = |driver| place_of(self.flowsheet, self.drivers, driver);
        let ((one, one_span), (other, other_span)) = (place(first), place(second));
        let (what, why, help) = if matches!(data.kind, Kind::Splitter(_)) {
            (
                format!("splitter `{name}` divides freely a stream"),
                "a free split here would separate species at no cost",
                "give the splitter `fraction`s, or divide each stream before they mix, or let only one of them reach it",
            )
        } else {
            (
                format!("blender `{name}` has a complete recipe, but makes a mixture"),
                "the recipe says what is in the mixture, and so do the streams",
                "let only one stream bring each line of the recipe, or give limits (`{ min, max }`) in the recipe",
            )
        };
        let (what, why, help) = if matches!(data.kind, Kind::Stockpile(_)) {
            (
                format!("stockpile `{name}` holds a mixture"),
                "what is drawn from it would have any composition",
                "give each of the streams a stockpile of its own, or let only one composition reach it in all periods",
            )
        } else {
            (what, why, help)
        };
        let mut diagnostic = Diagnostic::new(Code::PooledSplit, String::new()).at(data.span, why);
        if first == second {
            diagnostic.message = format!(
                "{what} whose composition depends on how much of what leaves it comes back"
            );
            diagnostic = diagnostic.at(one_span, "the share of this decides");
        } else {
            diagnostic.message = format!(
                "{what} whose composition depends on how much comes from {one} and how much from {other}"
            );
            diagnostic = diagnostic
                .at(one_span, "one composition comes from here")
                .at(other_span, "another comes from here");
        }
        self.findings.push(diagnostic.help(help));
    }
}

/// Most streams of a loop that are marked.
const MOST_STREAMS: usize = 4;

/// What a driver decides on, for people, and where it was written.
pub(super) fn place_of(
    flowsheet: &Flowsheet,
    drivers: &IdVec<DriverId, Driver>,
    driver: DriverId,
) -> (String, Span) {
    match drivers[driver].decision {
        Decision::Supply(id)
        | Decision::Blend(id)
        | Decision::Draw(id)
        | Decision::Stock(id)
        | Decision::Contract(id, _)
        | Decision::Unused(id)
        | Decision::Past(id) => {
            let operation = &flowsheet.operations[id];
            (format!("`{}`", operation.name), operation.span)
        }
        Decision::Split(id) => {
            let stream = &flowsheet.streams[id];
            (format!("`{}`", stream.name), stream.span)
        }
        Decision::Ingredient(id, species) => {
            let operation = &flowsheet.operations[id];
            let species = &flowsheet.species[species].name;
            (format!("`{species}` bought by `{}`", operation.name), operation.span)
        }
        Decision::Addition(id)
        | Decision::Piece(id, _)
        | Decision::Pick(id, _)
        | Decision::Trains(id) => {
            let build = &flowsheet.builds[id];
            let name = &flowsheet.operations[build.operation].name;
            (format!("what is built of `{name}`"), build.span)
        }
        Decision::Open(id) => {
            let operation = &flowsheet.operations[id];
            (format!("the choice of `{}`", operation.name), operation.span)
        }
        Decision::Operators => ("the number of operators".to_owned(), Span::default()),
        Decision::Standing => ("what is there".to_owned(), Span::default()),
        Decision::Taxable | Decision::Loss => ("the tax".to_owned(), Span::default()),
    }
}
