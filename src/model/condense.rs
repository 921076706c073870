//! Condensation: chains and loops are substituted, so that only drivers remain as columns.
//!
//! `x = R x + S z` is solved once for `x = T z`, in the order of the flowsheet: a node outside a loop is a sum of rows
//! already known; the nodes of a loop are solved together by a small dense inverse (nalgebra). The same steps, run
//! backwards with transposes, lift the duals of the condensed program to the full one.

use nalgebra::DMatrix;
use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::{DriverId, NodeId, compose::TransferRow, system::Definition};
use crate::index::Id;

/// A loop that gains more than this on what enters it has no purge worth the name.
const LARGEST_GAIN: f64 = 1e9;

/// One step of the elimination.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A node outside any loop.
    Node(NodeId),
    /// The nodes of a loop and the inverse of `I − R` over them.
    Loop(Box<(Vec<NodeId>, DMatrix<f64>)>),
}

/// A loop without purge: the nodes that feed each other.
pub(super) struct Unpurged(pub(super) Vec<NodeId>);

/// Accumulates sparse rows over drivers.
#[derive(Default)]
struct Accumulator {
    values: Vec<f64>,
    touched: Vec<DriverId>,
}

impl Accumulator {
    fn add(&mut self, driver: DriverId, value: f64) {
        if self.values.len() <= driver.index() {
            self.values.resize(driver.index() + 1, 0.0);
        }
        if self.values[driver.index()] == 0.0 {
            self.touched.push(driver);
        }
        self.values[driver.index()] += value;
    }

    fn take(&mut self) -> TransferRow {
        self.touched.sort_unstable();
        self.touched.dedup();
        let mut row = TransferRow::with_capacity(self.touched.len());
        for driver in self.touched.drain(..) {
            let value = std::mem::take(&mut self.values[driver.index()]);
            if value != 0.0 {
                row.push((driver, value));
            }
        }
        row
    }
}

/// Solves definitions for rows of T.
#[derive(Default)]
pub(super) struct Condenser {
    accumulator: Accumulator,
}

impl Condenser {
    /// Solves the nodes of one strongly connected set of operations, given all rows that come before.
    ///
    /// `inside` says which nodes are in the set (all others are known). Appends to `steps`.
    pub(super) fn solve(
        &mut self,
        nodes: &[NodeId],
        looping: bool,
        definitions: &[Definition],
        transfer: &mut [TransferRow],
        steps: &mut Vec<Step>,
    ) -> Result<(), Unpurged> {
        if !looping {
            for &node in nodes {
                let row = self.row(node, definitions, transfer, |_| true);
                transfer[node.index()] = row;
                steps.push(Step::Node(node));
            }
            return Ok(());
        }
        let mut unpurged = Vec::new();
        for component in components(nodes, definitions) {
            let itself = |node: NodeId| {
                definitions[node.index()].nodes.iter().any(|&(from, _)| from == node)
            };
            if component.len() == 1 && !itself(component[0]) {
                let row = self.row(component[0], definitions, transfer, |_| true);
                transfer[component[0].index()] = row;
                steps.push(Step::Node(component[0]));
                continue;
            }
            let Some(inverse) = invert(&component, definitions) else {
                // Species go round one by one: the others may have no purge either.
                unpurged.extend(component);
                continue;
            };
            let mut entering = Vec::with_capacity(component.len());
            for &node in &component {
                entering.push(self.row(node, definitions, transfer, |from| {
                    component.binary_search(&from).is_err()
                }));
            }
            for (at, &node) in component.iter().enumerate() {
                for (from, row) in entering.iter().enumerate() {
                    let factor = inverse[(at, from)];
                    for &(driver, value) in row {
                        self.accumulator.add(driver, factor * value);
                    }
                }
                transfer[node.index()] = self.accumulator.take();
            }
            steps.push(Step::Loop(Box::new((component, inverse))));
        }
        if unpurged.is_empty() { Ok(()) } else { Err(Unpurged(unpurged)) }
    }

    fn row(
        &mut self,
        node: NodeId,
        definitions: &[Definition],
        transfer: &[TransferRow],
        known: impl Fn(NodeId) -> bool,
    ) -> TransferRow {
        let definition = &definitions[node.index()];
        if let ([(from, factor)], []) = (&definition.nodes[..], &definition.drivers[..])
            && known(*from)
        {
            // In a chain, which is most of a flowsheet, there is nothing to add up.
            let row = transfer[from.index()].iter();
            let row = row.map(|&(driver, value)| (driver, factor * value));
            return row.filter(|&(_, value)| value != 0.0).collect();
        }
        for &(from, factor) in definition.nodes.iter().filter(|&&(from, _)| known(from)) {
            for &(driver, value) in &transfer[from.index()] {
                self.accumulator.add(driver, factor * value);
            }
        }
        for &(driver, value) in &definition.drivers {
            self.accumulator.add(driver, value);
        }
        self.accumulator.take()
    }
}

/// Strongly connected components of some nodes, those that are drawn upon first.
fn components(nodes: &[NodeId], definitions: &[Definition]) -> Vec<Vec<NodeId>> {
    let mut graph = DiGraph::<NodeId, ()>::with_capacity(nodes.len(), 0);
    let mut sorted: Vec<NodeId> = nodes.to_vec();
    sorted.sort_unstable();
    let vertices: Vec<_> = sorted.iter().map(|&node| graph.add_node(node)).collect();
    for (&node, &vertex) in sorted.iter().zip(&vertices) {
        for &(from, _) in &definitions[node.index()].nodes {
            if let Ok(at) = sorted.binary_search(&from) {
                // From the user to what it uses: Kosaraju gives sinks, what is used, first.
                graph.add_edge(vertex, vertices[at], ());
            }
        }
    }
    kosaraju_scc(&graph)
        .into_iter()
        .map(|component| {
            let mut component: Vec<NodeId> = component.into_iter().map(|at| graph[at]).collect();
            component.sort_unstable();
            component
        })
        .collect()
}

/// The inverse of `I − R` over the nodes of a loop; none if the loop has no purge.
fn invert(component: &[NodeId], definitions: &[Definition]) -> Option<DMatrix<f64>> {
    let size = component.len();
    let mut matrix = DMatrix::<f64>::identity(size, size);
    for (at, node) in component.iter().enumerate() {
        for &(from, factor) in &definitions[node.index()].nodes {
            if let Ok(column) = component.binary_search(&from) {
                matrix[(at, column)] -= factor;
            }
        }
    }
    let inverse = matrix.try_inverse()?;
    let largest = inverse.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    // A negative total gain means that the loop grows by itself: the series behind the inverse diverges.
    let converges = (0..size).all(|at| inverse[(at, at)] > 0.0);
    (largest.is_finite() && largest < LARGEST_GAIN && converges).then_some(inverse)
}

/// Solves `(I − R) x = e` by the steps of the elimination. `flows` becomes `x`.
pub(super) fn propagate(steps: &[Step], definitions: &[Definition], flows: &mut [f64]) {
    let gather = |node: NodeId, flows: &[f64], inside: &[NodeId]| {
        let from = definitions[node.index()].nodes.iter();
        let from = from.filter(|(from, _)| inside.binary_search(from).is_err());
        from.map(|&(from, factor)| factor * flows[from.index()]).sum::<f64>()
    };
    for step in steps {
        match step {
            Step::Node(node) => flows[node.index()] += gather(*node, flows, &[]),
            Step::Loop(it) => {
                let (nodes, inverse) = &**it;
                let entering: Vec<f64> = nodes
                    .iter()
                    .map(|&node| flows[node.index()] + gather(node, flows, nodes))
                    .collect();
                for (at, node) in nodes.iter().enumerate() {
                    let row = entering.iter().enumerate();
                    flows[node.index()] =
                        row.map(|(from, value)| inverse[(at, from)] * value).sum();
                }
            }
        }
    }
}

/// Solves `(I − R)ᵀ w = g` by the steps of the elimination, backwards. `gradient` becomes `w`.
pub(super) fn lift(steps: &[Step], definitions: &[Definition], gradient: &mut [f64]) {
    let push = |node: NodeId, gradient: &mut [f64], inside: &[NodeId]| {
        let worth = gradient[node.index()];
        if worth == 0.0 {
            return;
        }
        for &(from, factor) in &definitions[node.index()].nodes {
            if inside.binary_search(&from).is_err() {
                gradient[from.index()] += factor * worth;
            }
        }
    };
    for step in steps.iter().rev() {
        match step {
            Step::Node(node) => push(*node, gradient, &[]),
            Step::Loop(it) => {
                let (nodes, inverse) = &**it;
                let before: Vec<f64> = nodes.iter().map(|node| gradient[node.index()]).collect();
                for (at, node) in nodes.iter().enumerate() {
                    gradient[node.index()] = before
                        .iter()
                        .enumerate()
                        .map(|(from, value)| inverse[(from, at)] * value)
                        .sum();
                }
                for &node in nodes {
                    push(node, gradient, nodes);
                }
            }
        }
    }
}
