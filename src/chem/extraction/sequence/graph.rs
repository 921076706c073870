//! All cuts that may follow one another, and the best ways through them.

use std::collections::BTreeMap;

use super::super::{ExtractionError, FeedPhase};
use super::{Branch, Cut, Node, Products, Task};

/// Possible splits at most.
const MOST_SPLITS: usize = 100_000;

/// A set of products on its way: as loaded organic of an extractant, or in water.
type State = (Products, Option<usize>);

/// A cut, and the states it leads to.
type Onward = (Cut, Vec<State>);

/// A possible split of a state, and the states it leads to.
pub(super) struct Choice {
    pub(super) cut: Cut,
    /// Lower part, and the upper part in water and, if it may be, as loaded organic.
    pub(super) lower: usize,
    pub(super) upper: Vec<usize>,
}

/// All that can be done.
pub(super) struct Graph {
    /// Sets before those they are parts of.
    pub(super) states: Vec<State>,
    /// Options of each state.
    pub(super) options: Vec<Vec<Choice>>,
    pub(super) root: usize,
}

/// One way on from a state: the option, which upper state, and which of the ways of the parts.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) cost: f64,
    pub(super) option: usize,
    pub(super) upper: usize,
    pub(super) ranks: (usize, usize),
}

impl Task {
    pub(super) fn graph(&self) -> Result<Graph, ExtractionError> {
        let root: State = (
            self.all(),
            match self.phase {
                FeedPhase::Aqueous => None,
                FeedPhase::Organic => Some(0),
            },
        );
        let mut places: BTreeMap<(u32, State), Vec<Onward>> = BTreeMap::new();
        let mut open = vec![root];
        let mut splits = 0;
        while let Some(state) = open.pop() {
            let key = (state.0.count_ones(), state);
            if places.contains_key(&key) {
                continue;
            }
            let mut found = Vec::new();
            if state.0.count_ones() > 1 {
                for extractant in 0..self.extractants.len() {
                    // Loaded organic is of one extractant.
                    if state.1.is_some_and(|own| own != extractant) {
                        continue;
                    }
                    for (lower, upper) in self.cuts(state.0, extractant) {
                        let phase =
                            if state.1.is_some() { FeedPhase::Organic } else { FeedPhase::Aqueous };
                        let mut next = vec![(lower, None), (upper, None)];
                        if self.organic_feed && upper.count_ones() > 1 {
                            next.push((upper, Some(extractant)));
                        }
                        open.extend(&next);
                        found.push((self.cut(extractant, lower, upper, phase), next));
                    }
                }
            }
            splits += found.len();
            if splits > MOST_SPLITS {
                return Err(ExtractionError::Layout {
                    reason: "more than 100,000 splits are possible",
                });
            }
            places.insert(key, found);
        }
        let states: Vec<State> = places.keys().map(|&(_, state)| state).collect();
        let index: BTreeMap<State, usize> =
            states.iter().enumerate().map(|(at, &state)| (state, at)).collect();
        let options = places.into_values();
        let options = options.map(|found| {
            let found = found.into_iter().map(|(cut, next)| Choice {
                cut,
                lower: index[&next[0]],
                upper: next[1..].iter().map(|state| index[state]).collect(),
            });
            found.collect()
        });
        Ok(Graph { root: index[&root], options: options.collect(), states })
    }
}

impl Graph {
    /// The best ways on from each state, best first.
    pub(super) fn ways(&self, costs: &[Vec<f64>], count: usize) -> Vec<Vec<Way>> {
        let mut all: Vec<Vec<Way>> = Vec::with_capacity(self.states.len());
        for (state, options) in self.options.iter().enumerate() {
            let mut ways: Vec<Way> = Vec::new();
            if self.states[state].0.is_power_of_two() {
                ways.push(Way { cost: 0.0, option: usize::MAX, upper: 0, ranks: (0, 0) });
            }
            for (option, it) in options.iter().enumerate() {
                let own = costs[state][option];
                if !own.is_finite() {
                    continue;
                }
                for (upper, &above) in it.upper.iter().enumerate() {
                    for (low, below) in all[it.lower].iter().enumerate() {
                        for (high, above) in all[above].iter().enumerate() {
                            let cost = own + below.cost + above.cost;
                            ways.push(Way { cost, option, upper, ranks: (low, high) });
                        }
                    }
                }
            }
            ways.sort_by(|a, b| a.cost.total_cmp(&b.cost));
            ways.truncate(count.max(1));
            all.push(ways);
        }
        all
    }

    /// Calls `see` on every split of a way.
    pub(super) fn visit(
        &self,
        ways: &[Vec<Way>],
        state: usize,
        rank: usize,
        see: &mut dyn FnMut(usize, &Way),
    ) {
        let way = &ways[state][rank];
        if let Some(option) = self.options[state].get(way.option) {
            see(state, way);
            self.visit(ways, option.lower, way.ranks.0, see);
            self.visit(ways, option.upper[way.upper], way.ranks.1, see);
        }
    }

    pub(super) fn node(
        &self,
        ways: &[Vec<Way>],
        costs: &[Vec<f64>],
        state: usize,
        rank: usize,
    ) -> Node {
        let way = &ways[state][rank];
        match self.options[state].get(way.option) {
            None => Node::Product(self.states[state].0.trailing_zeros() as usize),
            Some(option) => Node::Cut(Box::new(Branch {
                cut: option.cut.clone(),
                cost: costs[state][way.option],
                lower: self.node(ways, costs, option.lower, way.ranks.0),
                upper: self.node(ways, costs, option.upper[way.upper], way.ranks.1),
            })),
        }
    }
}
