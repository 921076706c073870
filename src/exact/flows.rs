//! Flows as combinations of decisions, `x = T z`, without rounding.
//!
//! Every flow of a species in a stream (a node) is defined by the operation it leaves; definitions are solved in the
//! order of the flow, those of a loop together. What a free splitter divides, and what a blender of complete recipe
//! makes, must have a composition that does not depend on any decision: all columns of T there are compared exactly.

use std::collections::BTreeMap;

use dashu_ratio::RBig;
use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::{
    Clock, Refusal,
    factor::{Factor, Sparse},
    figures::{Figures, Shares},
    number,
};
use crate::{
    flowsheet::{Blender, Kind, OperationId, SpeciesId, StreamId},
    index::Id as _,
};

/// A flow or a functional as factors of nodes and of decisions; terms may repeat.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    pub(super) nodes: Vec<(usize, RBig)>,
    pub(super) decisions: Vec<(usize, RBig)>,
}

impl Linear {
    /// Adds `factor` times another one.
    pub(super) fn add(&mut self, factor: &RBig, other: &Self) {
        if !factor.is_zero() {
            self.nodes.extend(other.nodes.iter().map(|(at, value)| (*at, factor * value)));
            self.decisions.extend(other.decisions.iter().map(|(at, value)| (*at, factor * value)));
        }
    }
}

/// What is decided, t/yr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Decision {
    Supply(OperationId),
    Split(StreamId),
    Blend(OperationId),
    Ingredient(OperationId, SpeciesId),
}

/// How nodes were solved, to go back the same way.
enum Solved {
    One(usize),
    Loop(Vec<usize>, Factor),
}

/// All nodes and decisions, the definitions, and T.
pub(super) struct Flows<'a> {
    pub(super) figures: &'a Figures<'a>,
    pub(super) nodes: Vec<(StreamId, SpeciesId)>,
    first: Vec<usize>,
    pub(super) decisions: Vec<Decision>,
    definitions: Vec<Linear>,
    /// T: what each node takes of each decision, ascending.
    pub(super) transfer: Vec<Sparse>,
    solved: Vec<Solved>,
    /// Free splitters and blenders whose composition is known.
    compositions: BTreeMap<OperationId, Shares>,
}

impl<'a> Flows<'a> {
    /// Defines and solves all flows.
    pub(super) fn new(figures: &'a Figures<'a>, clock: &Clock) -> Result<Self, Refusal> {
        let flowsheet = figures.flowsheet;
        let mut nodes = Vec::new();
        let mut first = Vec::new();
        for (stream, data) in flowsheet.streams.iter_ids() {
            first.push(nodes.len());
            nodes.extend(data.species.iter().map(|&species| (stream, species)));
        }
        let mut flows = Self {
            definitions: vec![Linear::default(); nodes.len()],
            transfer: vec![Sparse::new(); nodes.len()],
            decisions: list_decisions(figures),
            figures,
            nodes,
            first,
            solved: Vec::new(),
            compositions: BTreeMap::new(),
        };
        for operations in upstream_first(figures) {
            flows.solve_set(&operations, clock)?;
        }
        Ok(flows)
    }

    /// The nodes of a stream with their species.
    pub(super) fn of(
        &self,
        stream: StreamId,
    ) -> impl Iterator<Item = (usize, SpeciesId)> + use<'a> {
        let first = self.first[stream.index()];
        let species = &self.figures.flowsheet.streams[stream].species;
        species.iter().enumerate().map(move |(at, &species)| (first + at, species))
    }

    /// The nodes of all inlets of an operation.
    pub(super) fn inlet(&self, operation: OperationId) -> Vec<(usize, SpeciesId)> {
        let inlets = self.figures.flowsheet.operations[operation].inlets.iter();
        inlets.flat_map(|&stream| self.of(stream)).collect()
    }

    pub(super) fn decision(&self, decision: Decision) -> Option<usize> {
        self.decisions.iter().position(|&other| other == decision)
    }

    /// Whether an operation divides or makes something of one composition.
    pub(super) fn is_composed(&self, operation: OperationId) -> bool {
        self.compositions.contains_key(&operation)
    }

    /// A functional in the decisions alone.
    pub(super) fn reduce(&self, linear: &Linear) -> Sparse {
        let mut sum: BTreeMap<usize, RBig> = BTreeMap::new();
        for (node, factor) in &linear.nodes {
            for (decision, value) in &self.transfer[*node] {
                *sum.entry(*decision).or_default() += factor * value;
            }
        }
        for (decision, factor) in &linear.decisions {
            *sum.entry(*decision).or_default() += factor;
        }
        sum.into_iter().filter(|(_, value)| !value.is_zero()).collect()
    }

    /// `(I − R)⁻ᵀ g`: the worth of one more tonne at each node, if g is what each is worth by itself.
    pub(super) fn lift(&self, mut gradient: Vec<RBig>) -> Vec<RBig> {
        for solved in self.solved.iter().rev() {
            let nodes = match solved {
                Solved::One(node) => std::slice::from_ref(node),
                Solved::Loop(nodes, factor) => {
                    let own = nodes.iter().map(|&node| gradient[node].clone()).collect();
                    for (&node, worth) in nodes.iter().zip(factor.solve_transposed(own)) {
                        gradient[node] = worth;
                    }
                    nodes
                }
            };
            for &node in nodes.iter().filter(|&&node| !gradient[node].is_zero()).collect::<Vec<_>>()
            {
                let worth = gradient[node].clone();
                for (from, factor) in &self.definitions[node].nodes {
                    if nodes.binary_search(from).is_err() {
                        gradient[*from] += factor * &worth;
                    }
                }
            }
        }
        gradient
    }

    /// Solves the definitions of operations that feed each other, or of one.
    fn solve_set(&mut self, operations: &[OperationId], clock: &Clock) -> Result<(), Refusal> {
        let before = self.solved.len();
        loop {
            self.solved.truncate(before);
            let mut nodes = Vec::new();
            for &operation in operations {
                for (node, definition) in self.define(operation)? {
                    self.definitions[node] = definition;
                    self.transfer[node].clear();
                    nodes.push(node);
                }
            }
            nodes.sort_unstable();
            for component in self.components(&nodes) {
                clock.check()?;
                self.solve_component(component, clock)?;
            }
            let known = self.compositions.len();
            for &operation in operations {
                if !self.is_composed(operation)
                    && let Some(Ok(composition)) = self.infer(operation)
                {
                    self.compositions.insert(operation, composition);
                }
            }
            if self.compositions.len() == known {
                break;
            }
        }
        for &operation in operations {
            let data = &self.figures.flowsheet.operations[operation];
            let known = self.compositions.get(&operation);
            let sound = match (self.infer(operation), known) {
                (Some(Ok(found)), Some(known)) => found == *known,
                (Some(Err(())), known) => {
                    !matches!(data.kind, Kind::Splitter(_)) && known.is_none()
                }
                _ => true,
            };
            if !sound {
                let reason = format!(
                    "what `{}` divides or makes has one composition only as far as numbers are rounded",
                    data.name
                );
                return Err(Refusal::Unable(reason));
            }
        }
        Ok(())
    }

    /// Strongly connected sets of nodes, those that others draw upon first.
    fn components(&self, nodes: &[usize]) -> Vec<Vec<usize>> {
        let mut graph = DiGraph::<usize, ()>::new();
        let vertices: Vec<_> = nodes.iter().map(|&node| graph.add_node(node)).collect();
        for (&node, &vertex) in nodes.iter().zip(&vertices) {
            for (from, _) in &self.definitions[node].nodes {
                if let Ok(at) = nodes.binary_search(from) {
                    graph.add_edge(vertex, vertices[at], ());
                }
            }
        }
        let sets = kosaraju_scc(&graph).into_iter();
        sets.map(|set| {
            let mut set: Vec<usize> = set.into_iter().map(|at| graph[at]).collect();
            set.sort_unstable();
            set
        })
        .collect()
    }

    fn solve_component(&mut self, component: Vec<usize>, clock: &Clock) -> Result<(), Refusal> {
        let inside = |node: &usize| component.binary_search(node).ok();
        let looping = component.iter().any(|&node| {
            self.definitions[node].nodes.iter().any(|(from, _)| inside(from).is_some())
        });
        let mut entering: Vec<Sparse> = Vec::with_capacity(component.len());
        let mut matrix: Vec<Sparse> = Vec::with_capacity(component.len());
        for (at, &node) in component.iter().enumerate() {
            let mut definition = self.definitions[node].clone();
            let mut row = BTreeMap::from([(at, RBig::ONE)]);
            definition.nodes.retain(|(from, factor)| {
                if let Some(column) = inside(from) {
                    *row.entry(column).or_default() -= factor;
                    return false;
                }
                true
            });
            row.retain(|_, entry| !entry.is_zero());
            matrix.push(row.into_iter().collect());
            entering.push(self.reduce(&definition));
        }
        if !looping {
            for (node, row) in component.into_iter().zip(entering) {
                self.transfer[node] = row;
                self.solved.push(Solved::One(node));
            }
            return Ok(());
        }
        let factor = Factor::new(&matrix, component.len(), clock)?;
        if !factor.idle_rows.is_empty() {
            let (stream, _) = self.nodes[component[0]];
            let name = &self.figures.flowsheet.streams[stream].name;
            return Err(Refusal::Unable(format!("the loop of `{name}` has no purge")));
        }
        let mut columns: BTreeMap<usize, Vec<RBig>> = BTreeMap::new();
        for (at, row) in entering.into_iter().enumerate() {
            for (decision, value) in row {
                let column = columns.entry(decision);
                column.or_insert_with(|| vec![RBig::ZERO; component.len()])[at] = value;
            }
        }
        for (decision, column) in columns {
            for (&node, value) in component.iter().zip(factor.solve(column)) {
                if !value.is_zero() {
                    self.transfer[node].push((decision, value));
                }
            }
        }
        self.solved.push(Solved::Loop(component, factor));
        Ok(())
    }

    /// The composition of what a free splitter divides or a blender of complete recipe makes; an error if it depends on
    /// decisions, none for other operations and where nothing flows.
    fn infer(&self, operation: OperationId) -> Option<Result<Shares, ()>> {
        match &self.figures.flowsheet.operations[operation].kind {
            Kind::Splitter(splitter) if splitter.fixed.is_none() => {
                self.composition(&self.inlet(operation), &[])
            }
            Kind::Blender(blender) if blender.complete => self.infer_blend(operation, blender),
            _ => None,
        }
    }

    fn infer_blend(&self, operation: OperationId, blender: &Blender) -> Option<Result<Shares, ()>> {
        let inlet = self.inlet(operation);
        let mut shares = Shares::new();
        for entry in &blender.recipe {
            let counts = |species: SpeciesId| entry.content.weight(species) != 0.0;
            let there: Vec<_> = inlet.iter().copied().filter(|&(_, id)| counts(id)).collect();
            let bought = blender.ingredients.iter().map(|item| item.species);
            let bought: Vec<SpeciesId> = bought.filter(|&id| counts(id)).collect();
            match self.composition(&there, &bought)? {
                Ok(composition) => {
                    let share = entry.share.map_or(RBig::ZERO, |id| self.figures.value(id).clone());
                    for (species, part) in composition {
                        *shares.entry(species).or_default() += &share * part;
                    }
                }
                Err(()) => return Some(Err(())),
            }
        }
        Some(Ok(shares))
    }

    /// The mass fractions of nodes together with pure species, if they are the same for all decisions.
    fn composition(
        &self,
        nodes: &[(usize, SpeciesId)],
        pure: &[SpeciesId],
    ) -> Option<Result<Shares, ()>> {
        let mut columns: BTreeMap<usize, Shares> = BTreeMap::new();
        for &(node, species) in nodes {
            for (decision, value) in &self.transfer[node] {
                let column = columns.entry(*decision).or_default();
                *column.entry(species).or_default() += value;
            }
        }
        let pure = pure.iter().map(|&species| Shares::from([(species, RBig::ONE)]));
        let mut found: Option<Shares> = None;
        for mut column in columns.into_values().chain(pure) {
            column.retain(|_, value| !value.is_zero());
            let whole = number::sum(column.values());
            if column.is_empty() {
                continue;
            }
            if whole <= RBig::ZERO {
                return Some(Err(()));
            }
            for value in column.values_mut() {
                *value /= &whole;
            }
            if found.get_or_insert_with(|| column.clone()) != &column {
                return Some(Err(()));
            }
        }
        found.map(Ok)
    }

    /// The definitions of all outlet nodes of an operation.
    fn define(&self, operation: OperationId) -> Result<Vec<(usize, Linear)>, Refusal> {
        let data = &self.figures.flowsheet.operations[operation];
        let inlet = self.inlet(operation);
        let composition = self.compositions.get(&operation);
        let mut defined = Vec::new();
        for &outlet in &data.outlets {
            // What leaves by this outlet, per species.
            let mut leaving: BTreeMap<SpeciesId, Linear> = BTreeMap::new();
            let mut pass = |species: SpeciesId, node: usize, share: RBig| {
                if !share.is_zero() {
                    leaving.entry(species).or_default().nodes.push((node, share));
                }
            };
            match &data.kind {
                Kind::Separator(separator) => {
                    for &(node, species) in &inlet {
                        let share = self.figures.recovery(&separator.separation, outlet, species);
                        pass(species, node, share);
                    }
                }
                Kind::Splitter(splitter) => {
                    if let Some(share) = self.figures.fraction(splitter, outlet) {
                        for &(node, id) in &inlet {
                            pass(id, node, share.clone());
                        }
                    } else if let Some(composition) = composition {
                        leaving = self.composed(composition, Decision::Split(outlet));
                    }
                }
                Kind::Reactor(reactor) => {
                    let mut entering: Vec<SpeciesId> = inlet.iter().map(|&(_, id)| id).collect();
                    entering.sort_unstable();
                    entering.dedup();
                    for (to, row) in self.figures.conversion(reactor, &entering)?.after {
                        let share = self.figures.recovery(&reactor.separation, outlet, to);
                        for &(node, from) in &inlet {
                            if let Some(factor) = row.get(&from) {
                                pass(to, node, factor * &share);
                            }
                        }
                    }
                }
                Kind::Feed(feed) => {
                    leaving = self
                        .composed(&self.figures.assay(&feed.assay), Decision::Supply(operation));
                }
                Kind::Blender(blender) => {
                    if let Some(composition) = composition {
                        leaving = self.composed(composition, Decision::Blend(operation));
                    } else {
                        for &(node, id) in &inlet {
                            pass(id, node, RBig::ONE);
                        }
                        for item in &blender.ingredients {
                            let bought = Decision::Ingredient(operation, item.species);
                            let at = self.decision(bought).expect("all ingredients are decided");
                            let sum = leaving.entry(item.species).or_default();
                            sum.decisions.push((at, RBig::ONE));
                        }
                    }
                }
                // A flowsheet with stocks is refused.
                Kind::Product(_) | Kind::Waste(_) | Kind::Stockpile(_) | Kind::Use(_) => {}
            }
            let complete = matches!(&data.kind, Kind::Blender(blender) if blender.complete);
            for (node, species) in self.of(outlet) {
                defined.push((node, leaving.remove(&species).unwrap_or_default()));
            }
            // A blender of complete recipe lets nothing else in, by a row of its own.
            if let Some((&species, _)) = leaving.first_key_value().filter(|_| !complete) {
                let (species, stream) = (
                    &self.figures.flowsheet.species[species].name,
                    &self.figures.flowsheet.streams[outlet].name,
                );
                let reason = format!(
                    "`{species}` in `{stream}` is nothing only as far as numbers are rounded"
                );
                return Err(Refusal::Unable(reason));
            }
        }
        Ok(defined)
    }

    /// A flow of one composition, as much of it as is decided.
    fn composed(&self, composition: &Shares, decision: Decision) -> BTreeMap<SpeciesId, Linear> {
        let at = self.decision(decision).expect("what is composed is decided");
        let shares = composition.iter().map(|(&species, share)| {
            (species, Linear { nodes: Vec::new(), decisions: vec![(at, share.clone())] })
        });
        shares.collect()
    }

    /// Nodes that some decision makes smaller: their flows could become negative.
    pub(super) fn may_be_negative(&self) -> impl Iterator<Item = usize> {
        let negative = |row: &Sparse| row.iter().any(|(_, value)| number::is_negative(value));
        (0..self.nodes.len()).filter(move |&node| negative(&self.transfer[node]))
    }
}

fn list_decisions(figures: &Figures<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for (id, operation) in figures.flowsheet.operations.iter_ids() {
        match &operation.kind {
            Kind::Feed(_) => decisions.push(Decision::Supply(id)),
            Kind::Splitter(splitter) if splitter.fixed.is_none() => {
                decisions.extend(operation.outlets.iter().map(|&outlet| Decision::Split(outlet)));
            }
            Kind::Blender(blender) => {
                decisions.extend(blender.complete.then_some(Decision::Blend(id)));
                let bought = blender.ingredients.iter();
                decisions.extend(bought.map(|item| Decision::Ingredient(id, item.species)));
            }
            _ => {}
        }
    }
    decisions
}

/// Sets of operations that feed each other, upstream first.
fn upstream_first(figures: &Figures<'_>) -> Vec<Vec<OperationId>> {
    let mut graph = DiGraph::<OperationId, ()>::new();
    let operations = figures.flowsheet.operations.ids();
    let vertices: Vec<_> = operations.map(|id| graph.add_node(id)).collect();
    for stream in &figures.flowsheet.streams {
        graph.add_edge(vertices[stream.to.index()], vertices[stream.from.index()], ());
    }
    let sets = kosaraju_scc(&graph).into_iter();
    sets.map(|set| {
        let mut set: Vec<OperationId> = set.into_iter().map(|at| graph[at]).collect();
        set.sort_unstable();
        set
    })
    .collect()
}
