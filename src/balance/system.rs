//! The unknowns that can be non-zero, in independent clusters, and their solution by LU factors.

use nalgebra::{DMatrix, DVector};
use petgraph::{algo::kosaraju_scc, graph::DiGraph, unionfind::UnionFind};

use super::act::Actor;
use crate::{
    flowsheet::{SpeciesId, StreamId},
    index::Id,
};

/// A loop that gains more than this on what enters it has no purge worth the name.
const LARGEST_GAIN: f64 = 1e9;
/// A negative flow smaller than this share of what it was made of is rounding.
const ROUNDING: f64 = 1e-10;

/// The flow of a species in a stream.
pub(super) type Unknown = (StreamId, SpeciesId);

/// Entries of R: row, column, value.
type Entries = Vec<(usize, usize, f64)>;

/// Why a system has no meaningful solution.
pub(super) enum Fault {
    /// These flows feed each other and never leave.
    Loop(Vec<Unknown>),
    /// A reaction takes more of this than there is, t/yr.
    Overdrawn(Unknown, f64),
}

/// `(I − R) f = s` over the flows that can be non-zero.
pub(super) struct System {
    pub(super) unknowns: Vec<Unknown>,
    sources: Vec<f64>,
    entries: Entries,
}

impl System {
    /// Follows every source through the flowsheet.
    pub(super) fn new(actor: Actor<'_>) -> Self {
        let count = actor.flowsheet.species.len();
        let mut place = vec![usize::MAX; count * actor.flowsheet.streams.len()];
        let mut system = Self { unknowns: Vec::new(), sources: Vec::new(), entries: Vec::new() };
        for (stream, species, flow) in actor.sources() {
            let at = system.find(&mut place, count, (stream, species));
            system.sources[at] += flow;
        }
        let mut next = 0;
        while next < system.unknowns.len() {
            let (stream, species) = system.unknowns[next];
            let operation = actor.flowsheet.streams[stream].to;
            for (outlet, made, amount) in actor.act(operation, species).leaving {
                let row = system.find(&mut place, count, (outlet, made));
                system.entries.push((row, next, amount));
            }
            next += 1;
        }
        system
    }

    fn find(&mut self, place: &mut [usize], count: usize, unknown: Unknown) -> usize {
        let slot = &mut place[unknown.0.index() * count + unknown.1.index()];
        if *slot == usize::MAX {
            *slot = self.unknowns.len();
            self.unknowns.push(unknown);
            self.sources.push(0.0);
        }
        *slot
    }

    /// The flows, t/yr, in the order of the unknowns.
    pub(super) fn solve(&self) -> Result<Vec<f64>, Vec<Fault>> {
        let mut flows = vec![0.0; self.unknowns.len()];
        let mut faults = Vec::new();
        for (members, entries) in self.clusters() {
            match self.solve_cluster(&members, &entries) {
                Ok(found) => {
                    for (&at, flow) in members.iter().zip(found) {
                        flows[at] = flow;
                    }
                }
                Err(mut found) => faults.append(&mut found),
            }
        }
        if faults.is_empty() { Ok(flows) } else { Err(faults) }
    }

    /// Sets of unknowns that have nothing to do with each other, each with its entries of R renumbered: one species
    /// each, unless reactions couple them.
    fn clusters(&self) -> Vec<(Vec<usize>, Entries)> {
        let mut sets = UnionFind::<usize>::new(self.unknowns.len());
        let count = self.unknowns.iter().map(|(_, species)| species.index() + 1).max().unwrap_or(0);
        let mut first = vec![usize::MAX; count];
        for (at, (_, species)) in self.unknowns.iter().enumerate() {
            let slot = &mut first[species.index()];
            if *slot == usize::MAX {
                *slot = at;
            }
            sets.union(*slot, at);
        }
        for &(row, column, _) in &self.entries {
            sets.union(row, column);
        }
        let mut cluster_of = vec![usize::MAX; self.unknowns.len()];
        let mut clusters: Vec<(Vec<usize>, Entries)> = Vec::new();
        let mut within = Vec::with_capacity(self.unknowns.len());
        for at in 0..self.unknowns.len() {
            let root = sets.find(at);
            if cluster_of[root] == usize::MAX {
                cluster_of[root] = clusters.len();
                clusters.push((Vec::new(), Vec::new()));
            }
            let members = &mut clusters[cluster_of[root]].0;
            within.push(members.len());
            members.push(at);
        }
        for &(row, column, value) in &self.entries {
            let entries = &mut clusters[cluster_of[sets.find(row)]].1;
            entries.push((within[row], within[column], value));
        }
        clusters
    }

    fn solve_cluster(
        &self,
        members: &[usize],
        entries: &[(usize, usize, f64)],
    ) -> Result<Vec<f64>, Vec<Fault>> {
        let size = members.len();
        let matrix = matrix(size, entries);
        let sources = DVector::from_iterator(size, members.iter().map(|&at| self.sources[at]));
        let factors = matrix.clone().lu();
        let loops = || -> Vec<Fault> {
            unpurged(size, entries)
                .into_iter()
                .map(|nodes| {
                    Fault::Loop(nodes.iter().map(|&at| self.unknowns[members[at]]).collect())
                })
                .collect()
        };
        // Where R is not negative this is the largest row sum of the inverse: the greatest gain on any source.
        let gain = factors.solve(&DVector::repeat(size, 1.0)).map_or(f64::INFINITY, |x| x.amax());
        let solution = factors.solve(&sources).and_then(|mut flows| {
            let residual = &sources - &matrix * &flows;
            flows += factors.solve(&residual)?;
            Some(flows)
        });
        let Some(flows) = solution.filter(|_| gain.is_finite() && gain < LARGEST_GAIN) else {
            let mut found = loops();
            if found.is_empty() {
                let all = members.iter().map(|&at| self.unknowns[at]).collect();
                found.push(Fault::Loop(all));
            }
            return Err(found);
        };
        self.check(members, entries, flows, loops)
    }

    /// Refuses negative flows: of a reaction that takes more than there is, or of a loop that grows by itself.
    fn check(
        &self,
        members: &[usize],
        entries: &[(usize, usize, f64)],
        mut flows: DVector<f64>,
        loops: impl Fn() -> Vec<Fault>,
    ) -> Result<Vec<f64>, Vec<Fault>> {
        let mut sizes: Vec<f64> = members.iter().map(|&at| self.sources[at].abs()).collect();
        for &(row, column, value) in entries {
            sizes[row] += (value * flows[column]).abs();
        }
        for (flow, size) in flows.iter_mut().zip(&sizes) {
            if *flow < 0.0 && *flow >= -ROUNDING * size {
                *flow = 0.0;
            }
        }
        if flows.iter().all(|&flow| flow >= 0.0) {
            return Ok(flows.iter().copied().collect());
        }
        let mut faults = loops();
        if faults.is_empty() {
            // Only a reaction makes less than nothing of flows that are none of them negative.
            let mut drawn = vec![true; members.len()];
            for &(row, column, _) in entries {
                drawn[row] &= flows[column] >= 0.0;
            }
            faults = (0..members.len())
                .filter(|&at| flows[at] < 0.0 && drawn[at])
                .map(|at| Fault::Overdrawn(self.unknowns[members[at]], -flows[at]))
                .collect();
        }
        if faults.is_empty() {
            let negative = (0..members.len()).filter(|&at| flows[at] < 0.0);
            let negative = negative.map(|at| self.unknowns[members[at]]).collect();
            faults.push(Fault::Loop(negative));
        }
        Err(faults)
    }
}

/// `I − R`.
fn matrix(size: usize, entries: &[(usize, usize, f64)]) -> DMatrix<f64> {
    let mut matrix = DMatrix::<f64>::identity(size, size);
    for &(row, column, value) in entries {
        matrix[(row, column)] -= value;
    }
    matrix
}

/// The loops of a cluster on which the series `I + R + R² + …` does not converge.
fn unpurged(size: usize, entries: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<usize, ()>::with_capacity(size, entries.len());
    let vertices: Vec<_> = (0..size).map(|at| graph.add_node(at)).collect();
    for &(row, column, _) in entries {
        graph.add_edge(vertices[column], vertices[row], ());
    }
    let mut found = Vec::new();
    for component in kosaraju_scc(&graph) {
        let mut nodes: Vec<usize> = component.into_iter().map(|at| graph[at]).collect();
        nodes.sort_unstable();
        let inner: Entries = entries
            .iter()
            .filter_map(|&(row, column, value)| {
                let row = nodes.binary_search(&row).ok()?;
                Some((row, nodes.binary_search(&column).ok()?, value))
            })
            .collect();
        if inner.is_empty() {
            continue;
        }
        let purged = matrix(nodes.len(), &inner).try_inverse().is_some_and(|inverse| {
            inverse.iter().all(|value| value.abs() < LARGEST_GAIN)
                && inverse.diagonal().iter().all(|&value| value > 0.0)
        });
        if !purged {
            found.push(nodes);
        }
    }
    found
}
