//! Operations and what flows between them, with what flows back.
//!
//! plotly.js draws whatever closes a circle as a loop around all else, and then keeps nodes less well apart. So what leads back
//! to where its flow has been is cut.

use std::collections::BTreeSet;

use crate::{analysis::Outcome, report::html::chart::colour};

/// The colour of what belongs to no stage.
const OTHER: &str = "--other";

/// The colour of what flows back.
pub(super) const RECYCLED: &str = "--recycled";

/// An edge of the diagram.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Its stream; none for what is bought.
    pub(super) stream: Option<usize>,
    /// t/yr, if it is no stream.
    pub(super) bought: f64,
    /// Whether it leads back to where its flow has been.
    pub(super) recycled: bool,
    /// Whether anything flows.
    flows: bool,
}

/// Operations and what flows between them.
pub(super) struct Net {
    pub(super) nodes: Vec<String>,
    /// By node.
    pub(super) colours: Vec<String>,
    pub(super) links: Vec<Link>,
}

impl Net {
    /// The net of a plan; what operations are dosed with and buy comes from a node of that name.
    pub(super) fn of(outcome: &Outcome, bought: &str) -> Self {
        let operations = &outcome.operations;
        let stage = |at: usize| {
            let name = operations[at].stage.as_ref()?;
            outcome.stages.iter().position(|stage| stage.name == *name)
        };
        let at = |name: &str| operations.iter().position(|operation| operation.name == name);
        let ends: Vec<Option<(usize, usize)>> =
            outcome.streams.iter().map(|it| Some((at(&it.from)?, at(&it.to)?))).collect();
        let mut walk = Walk::new(operations.len());
        for (stream, ends) in ends.iter().enumerate() {
            if let Some((from, to)) = ends.filter(|_| outcome.streams[stream].flow > 0.0) {
                walk.leaving[from].push((stream, to));
                walk.entered[to] = true;
            }
        }
        // From where nothing enters, along the chain; then whatever else there is.
        let mut starts: Vec<usize> = (0..operations.len()).collect();
        starts.sort_by_key(|&node| (walk.entered[node], stage(node).unwrap_or(usize::MAX)));
        for start in starts {
            walk.from(start);
        }
        let order = walk.forwards();
        let (mut nodes, mut colours) = (Vec::new(), Vec::new());
        if operations.iter().any(|operation| operation.purchased > 0.0) {
            nodes.push(bought.to_owned());
            colours.push(OTHER.to_owned());
        }
        let mut place = vec![0; order.len()];
        for node in order {
            place[node] = nodes.len();
            nodes.push(operations[node].name.clone());
            colours.push(stage(node).map_or_else(|| OTHER.to_owned(), colour));
        }
        let streams = ends.iter().enumerate().filter_map(|(stream, ends)| {
            let (from, to) = ends.as_ref()?;
            Some(Link {
                from: place[*from],
                to: place[*to],
                stream: Some(stream),
                bought: 0.0,
                recycled: walk.back.contains(&stream),
                flows: outcome.streams[stream].flow > 0.0,
            })
        });
        let purchases = operations.iter().enumerate().filter(|(_, it)| it.purchased > 0.0);
        let purchases = purchases.map(|(at, operation)| Link {
            from: 0,
            to: place[at],
            stream: None,
            bought: operation.purchased,
            recycled: false,
            flows: true,
        });
        let links = streams.chain(purchases).collect();
        let mut net = Self { nodes, colours, links };
        net.cut();
        net
    }

    /// How many columns of nodes plotly.js draws, and how many nodes stand in the fullest of them.
    pub(super) fn columns(&self) -> (usize, usize) {
        let mut column = vec![0; self.nodes.len()];
        // No way is longer than there are nodes.
        for _ in &self.nodes {
            for link in self.links.iter().filter(|link| link.flows) {
                column[link.to] = column[link.to].max(column[link.from] + 1);
            }
        }
        let mut filled = vec![0; column.iter().max().map_or(0, |last| last + 1)];
        for (node, &at) in column.iter().enumerate() {
            let ends = |link: &Link| link.flows && (link.from == node || link.to == node);
            filled[at] += usize::from(self.links.iter().any(ends));
        }
        (filled.len(), filled.into_iter().max().unwrap_or(0))
    }

    /// Ends what flows back in a node of its own, and begins it again in another one.
    fn cut(&mut self) {
        for at in 0..self.links.len() {
            let link = self.links[at];
            let Link { from, to, .. } = link;
            if !link.recycled {
                continue;
            }
            let (end, start) = (self.nodes.len(), self.nodes.len() + 1);
            self.nodes.push(format!("↺\u{a0}{}", self.nodes[to]));
            self.nodes.push(format!("↺\u{a0}{}", self.nodes[from]));
            self.colours.extend([RECYCLED.to_owned(), RECYCLED.to_owned()]);
            self.links[at].to = end;
            self.links.push(Link { from: start, ..link });
        }
    }
}

/// A walk into the depth.
struct Walk {
    /// By node: edges and where they lead.
    leaving: Vec<Vec<(usize, usize)>>,
    entered: Vec<bool>,
    seen: Vec<bool>,
    /// Whether a node is on the way to the present one.
    open: Vec<bool>,
    /// Edges that lead back to the way.
    back: Vec<usize>,
}

impl Walk {
    fn new(nodes: usize) -> Self {
        Self {
            leaving: vec![Vec::new(); nodes],
            entered: vec![false; nodes],
            seen: vec![false; nodes],
            open: vec![false; nodes],
            back: Vec::new(),
        }
    }

    /// An order of the nodes in which all edges but those that lead back go forwards; otherwise it is that of the nodes.
    fn forwards(&self) -> Vec<usize> {
        let edges = self.leaving.iter().flatten();
        let mut entering = vec![0_usize; self.leaving.len()];
        for &(_, to) in edges.filter(|(edge, _)| !self.back.contains(edge)) {
            entering[to] += 1;
        }
        let free = (0..entering.len()).filter(|&node| entering[node] == 0);
        let mut free: BTreeSet<usize> = free.collect();
        let mut order = Vec::new();
        while let Some(node) = free.pop_first() {
            order.push(node);
            for (edge, to) in &self.leaving[node] {
                if self.back.contains(edge) {
                    continue;
                }
                entering[*to] -= 1;
                if entering[*to] == 0 {
                    free.insert(*to);
                }
            }
        }
        order
    }

    /// Walks from a node to all that were not seen yet.
    fn from(&mut self, start: usize) {
        if self.seen[start] {
            return;
        }
        (self.seen[start], self.open[start]) = (true, true);
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(&(edge, to)) = self.leaving[node].get(*next) else {
                self.open[node] = false;
                path.pop();
                continue;
            };
            *next += 1;
            if self.open[to] {
                self.back.push(edge);
            } else if !self.seen[to] {
                (self.seen[to], self.open[to]) = (true, true);
                path.push((to, 0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_close_a_circle_lead_back() {
        // 0 → 1 → 2 → 3, 3 → 1 and 2 → 2.
        let mut walk = Walk::new(4);
        walk.leaving = vec![vec![(0, 1)], vec![(1, 2)], vec![(2, 3), (4, 2)], vec![(3, 1)]];
        walk.from(0);
        assert_eq!(walk.back, [3, 4]);
        assert_eq!(walk.forwards(), [0, 1, 2, 3]);
    }

    #[test]
    fn columns_are_as_many_as_the_longest_way_has_nodes() {
        let link = |from, to, recycled, flows| Link {
            from,
            to,
            stream: None,
            bought: 0.0,
            recycled,
            flows,
        };
        // 0 → 1 → 3 and 0 → 2; 3 → 1 leads back; nothing flows to 4.
        let links = [(0, 1), (0, 2), (1, 3)].map(|(from, to)| link(from, to, false, true));
        let links = links.into_iter().chain([link(3, 1, true, true), link(3, 4, false, false)]);
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let mut net =
            Net { nodes: names.to_vec(), colours: vec![String::new(); 5], links: links.collect() };
        // What flows back ends in a fourth column and begins in the first.
        net.cut();
        assert_eq!(net.columns(), (4, 2));
    }

    #[test]
    fn nodes_come_as_written_where_flows_allow_it() {
        // 2 → 0 → 1 → 2 is walked from 3 → 0.
        let mut walk = Walk::new(4);
        walk.leaving = vec![vec![(0, 1)], vec![(1, 2)], vec![(2, 0)], vec![(3, 0)]];
        walk.from(3);
        assert_eq!(walk.back, [2]);
        assert_eq!(walk.forwards(), [3, 0, 1, 2]);
    }
}
