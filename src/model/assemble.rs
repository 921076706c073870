//! From a flowsheet to its two programs.

use std::collections::BTreeMap;

use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::{
    Column, Decision, Driver, DriverId, Functionals, Linear, Model, NodeId, Row,
    compose::{Columns, Composition, Inferred, TransferRow, columns, infer},
    condense::{Condenser, Step, Unpurged},
    functional::At,
    specification,
    system::{Definer, Definition, Nodes},
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Span},
    flowsheet::{
        Blender, Content, FigureId, Flowsheet, Kind, Measure, Operation, OperationId, PeriodId,
        Port, Sense, SpeciesId, StreamId, Values, closed,
    },
    index::{Id, IdVec},
    lp::{ColumnId, LinearProgram, RowId, RowSense},
};

/// A negative entry of T smaller than this share of its row is rounding.
const ROUNDING: f64 = 1e-12;
/// A sum smaller than this share of its terms is rounding.
const CANCELLED: f64 = 1e-13;

pub(super) fn assemble(flowsheet: &Flowsheet, values: &Values) -> Result<Model, Diagnostics> {
    let nodes = Nodes::new(flowsheet);
    let (drivers, first_driver) = list_drivers(flowsheet);
    let mut work = Work {
        flowsheet,
        values,
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
        specification::check(flowsheet, values, &nodes, &drivers, &transfer, &mut findings);
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let functionals = Functionals::new(nodes.clone(), &drivers);
    let rows = write_rows(flowsheet, values, &functionals, &drivers, &composed);
    let (objective, ratio) = write_objective(flowsheet, values, &functionals);
    let programs = Programs { definitions: &definitions, transfer: &transfer, drivers: &drivers };
    let full = programs.write_full(&rows, &objective);
    let (condensed, full_rows) = programs.write_condensed(flowsheet, &nodes, &rows, &objective);
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
                Kind::Feed(_) => add(Decision::Supply(id)),
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
    values: &'a Values,
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
                self.report_unpurged(&nodes);
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
                    if matches!(data.kind, Kind::Splitter(_)) || hypothesis.is_some() {
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
            values: self.values,
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
            Kind::Blender(blender) if blender.complete => {
                Some(self.infer_blend(operation, blender, period))
            }
            _ => None,
        }
    }

    /// A blend of complete recipe has a fixed composition if what comes for each entry has one.
    fn infer_blend(&self, operation: OperationId, blender: &Blender, period: PeriodId) -> Inferred {
        let definer = self.definer(period);
        let inlet = definer.inlet(operation);
        let mut shares: Vec<(SpeciesId, f64)> = Vec::new();
        for entry in &blender.recipe {
            let share = entry.share.map_or(0.0, |figure| self.values[figure]);
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

    fn report_unpurged(&mut self, nodes: &[NodeId]) {
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
            let says = match (own, self.values[figure]) {
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
        Decision::Supply(id) | Decision::Blend(id) => {
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
    }
}

/// A row of the full program after the definitions.
struct WrittenRow {
    key: Row,
    sense: RowSense,
    rhs: f64,
    left: Linear,
}

const fn row_sense(sense: Sense) -> RowSense {
    match sense {
        Sense::AtMost => RowSense::AtMost,
        Sense::AtLeast => RowSense::AtLeast,
        Sense::Exactly => RowSense::Equal,
    }
}

fn write_rows(
    flowsheet: &Flowsheet,
    values: &Values,
    functionals: &Functionals,
    drivers: &IdVec<DriverId, Driver>,
    composed: &[(PeriodId, OperationId, Composition)],
) -> Vec<WrittenRow> {
    let mut rows = Vec::new();
    for (period, operation, _) in composed {
        if !matches!(flowsheet.operations[*operation].kind, Kind::Splitter(_)) {
            continue;
        }
        let at = At { flowsheet, values, period: *period };
        let mut left = Linear::zero();
        for (id, driver) in drivers.iter_ids() {
            let mine = matches!(driver.decision, Decision::Split(stream) if flowsheet.streams[stream].from == *operation);
            if mine && driver.period == *period {
                left.drivers.push((id, 1.0));
            }
        }
        let inlet = Port::Inlet(*operation);
        left.add(-1.0, &functionals.flow(at, inlet, &Content::whole()));
        let key = Row::Split(*operation, *period);
        rows.push(WrittenRow { key, sense: RowSense::Equal, rhs: 0.0, left });
    }
    for period in flowsheet.periods.ids() {
        let at = At { flowsheet, values, period };
        for (id, operation) in flowsheet.operations.iter_ids() {
            for species in foreign_species(flowsheet, operation) {
                let inlet = Port::Inlet(id);
                let left = functionals.flow(at, inlet, &flowsheet.content_of(species));
                let key = Row::Foreign(id, species, period);
                rows.push(WrittenRow { key, sense: RowSense::Equal, rhs: 0.0, left });
            }
        }
        for (id, limit) in flowsheet.limits.iter_ids() {
            let (left, rhs) = functionals.limit(at, limit);
            let key = Row::Limit(id, period);
            rows.push(WrittenRow { key, sense: row_sense(limit.sense), rhs, left });
        }
    }
    for (id, goal) in flowsheet.goals.iter_ids().filter(|(_, goal)| goal.enforced) {
        for (index, bound) in goal.bounds.iter().enumerate() {
            let mut left = Linear::zero();
            let mut rhs = 0.0;
            for period in flowsheet.periods.ids() {
                let at = At { flowsheet, values, period };
                let (part, right) = functionals.goal(at, goal, index);
                left.add(1.0, &part);
                rhs = right;
            }
            let key = Row::Goal(id, index);
            rows.push(WrittenRow { key, sense: row_sense(bound.sense), rhs, left });
        }
    }
    rows
}

/// What comes to a blender of complete recipe and fits none of its entries.
fn foreign_species(flowsheet: &Flowsheet, operation: &Operation) -> Vec<SpeciesId> {
    let Kind::Blender(blender) = &operation.kind else { return Vec::new() };
    if !blender.complete {
        return Vec::new();
    }
    let inlets = operation.inlets.iter();
    let mut species: Vec<SpeciesId> = inlets
        .flat_map(|&stream| flowsheet.streams[stream].species.iter().copied())
        .filter(|&id| blender.recipe.iter().all(|entry| entry.content.weight(id) == 0.0))
        .collect();
    species.sort_unstable();
    species.dedup();
    species
}

/// The objective as a minimisation; of a ratio both parts, and nothing yet to minimise.
fn write_objective(
    flowsheet: &Flowsheet,
    values: &Values,
    functionals: &Functionals,
) -> (Linear, Option<(Linear, Linear)>) {
    let sum = |factor: f64, measure: &Measure| {
        let mut sum = Linear::zero();
        for (period, data) in flowsheet.periods.iter_ids() {
            let at = At { flowsheet, values, period };
            sum.add(factor * data.years, &functionals.measure(at, measure));
        }
        sum
    };
    match flowsheet.objective.ratio() {
        Some(ratio) => (Linear::zero(), Some((sum(1.0, &ratio.of), sum(1.0, &ratio.to)))),
        None => (sum(-flowsheet.objective.sign(), &flowsheet.objective.of()), None),
    }
}

/// A functional reduced to the drivers, dense. What is left of terms that cancel is nothing.
pub(super) fn reduce(linear: &Linear, transfer: &[TransferRow], drivers: usize) -> Vec<f64> {
    let mut dense = vec![(0.0, 0.0); drivers];
    let mut add = |driver: DriverId, value: f64| {
        let (sum, size) = &mut dense[driver.index()];
        *sum += value;
        *size += value.abs();
    };
    for &(node, factor) in &linear.nodes {
        for &(driver, value) in &transfer[node.index()] {
            add(driver, factor * value);
        }
    }
    for &(driver, factor) in &linear.drivers {
        add(driver, factor);
    }
    dense
        .into_iter()
        .map(|(sum, size): (f64, f64)| if sum.abs() <= CANCELLED * size { 0.0 } else { sum })
        .collect()
}

struct Programs<'a> {
    definitions: &'a [Definition],
    transfer: &'a [TransferRow],
    drivers: &'a IdVec<DriverId, Driver>,
}

impl Programs<'_> {
    fn write_full(&self, rows: &[WrittenRow], objective: &Linear) -> LinearProgram<Column, Row> {
        let nodes = self.definitions.len();
        let mut costs = vec![0.0; nodes + self.drivers.len()];
        for &(node, value) in &objective.nodes {
            costs[node.index()] += value;
        }
        for &(driver, value) in &objective.drivers {
            costs[nodes + driver.index()] += value;
        }
        let column = |at: usize| ColumnId::new(at);
        let mut program = LinearProgram::new();
        for (at, &cost) in costs.iter().enumerate() {
            let key = if at < nodes {
                Column::Flow(NodeId::new(at))
            } else {
                Column::Driver(DriverId::new(at - nodes))
            };
            program.add_column(key, cost, 0.0, f64::INFINITY);
        }
        let of_driver = |driver: DriverId| column(nodes + driver.index());
        for (at, definition) in self.definitions.iter().enumerate() {
            let own = std::iter::once((column(at), 1.0));
            let from = definition.nodes.iter().map(|&(from, value)| (column(from.index()), -value));
            let driven = definition.drivers.iter().map(|&(id, value)| (of_driver(id), -value));
            let key = Row::Definition(NodeId::new(at));
            program.add_row(key, RowSense::Equal, 0.0, own.chain(from).chain(driven));
        }
        for row in rows {
            let from = row.left.nodes.iter().map(|&(node, value)| (column(node.index()), value));
            let driven = row.left.drivers.iter().map(|&(id, value)| (of_driver(id), value));
            program.add_row(row.key, row.sense, row.rhs, from.chain(driven));
        }
        program
    }

    fn write_condensed(
        &self,
        flowsheet: &Flowsheet,
        nodes: &Nodes,
        rows: &[WrittenRow],
        objective: &Linear,
    ) -> (LinearProgram<Column, Row>, Vec<Option<RowId>>) {
        let terms = |dense: Vec<f64>| {
            dense
                .into_iter()
                .enumerate()
                .filter(|&(_, value)| value != 0.0)
                .map(|(at, value)| (ColumnId::new(at), value))
        };
        let mut program = LinearProgram::new();
        for (at, cost) in
            reduce(objective, self.transfer, self.drivers.len()).into_iter().enumerate()
        {
            program.add_column(Column::Driver(DriverId::new(at)), cost, 0.0, f64::INFINITY);
        }
        let mut full_rows = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let dense = reduce(&row.left, self.transfer, self.drivers.len());
            program.add_row(row.key, row.sense, row.rhs, terms(dense));
            full_rows.push(Some(RowId::new(self.definitions.len() + at)));
        }
        for (node, data) in nodes.items.iter_ids() {
            let from = flowsheet.streams[data.stream].from;
            if !matches!(flowsheet.operations[from].kind, Kind::Reactor(_)) {
                continue;
            }
            let row = &self.transfer[node.index()];
            let size = row.iter().fold(0.0_f64, |size, &(_, value)| size.max(value.abs()));
            if row.iter().any(|&(_, value)| value < -ROUNDING * size) {
                let terms = row.iter().map(|&(id, value)| (ColumnId::new(id.index()), value));
                program.add_row(Row::NotNegative(node), RowSense::AtLeast, 0.0, terms);
                full_rows.push(None);
            }
        }
        (program, full_rows)
    }
}
