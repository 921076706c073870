//! Branch and bound (Land & Doig 1960): every leaf is closed by a proof.
//!
//! Best first, with dives that start from the basis at hand. The order of nodes depends on the
//! program alone; time only ends it.

use std::{cmp::Ordering, collections::BinaryHeap, rc::Rc, time::Instant};

use super::{
    GAP_ROUNDING,
    branching::PseudoCosts,
    relaxation::{Domain, Optimum, Outcome, Relaxation, Whole},
};
use crate::lp::{engine::Resting, program::Program};

/// Distance from a whole number up to which a value of a relaxation is taken for one; it is then
/// solved again at the whole number.
const WHOLE: f64 = 1e-6;
/// Share of the way from the least bound to the cut-off up to which a dive goes on.
const DIVE: f64 = 0.5;
/// Nodes in which roundings are tried: the first so many, then one in so many.
const ROUNDED: usize = 16;
/// Nodes of which nothing is proven, after which the search is given up: the numbers are beyond it.
const BLIND: usize = 1000;
/// Steps from one bound to the other beyond which the other is not worth having: what rounding leaves of a reduced cost, times a
/// bound as far as that, would take from every floor after it.
const FAR: f64 = 1e6;
/// What a bound must lie above a multiple of the grid, in grids, for the next one to be meant; more
/// than is taken off before it is lifted there.
const OFF_GRID: f64 = 1e-4;
/// Rounding of a sum, relative to what it is the sum of.
const SUM: f64 = 1e-12;

/// When to stop before the end.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) deadline: Option<Instant>,
    pub(super) gap: f64,
    pub(super) nodes: usize,
}

/// Part of the program that is still to be searched.
struct Node {
    /// No point in it has a lower objective.
    bound: f64,
    /// Number in order of creation; breaks ties.
    number: usize,
    domain: Domain,
    /// Optimal basis of the parent.
    resting: Option<Rc<Resting>>,
    /// Which integer column was bounded, whether from below, and by how much it moved.
    branch: Option<(usize, bool, f64)>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The greatest is the one with the least bound, of equals the newest.
impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound).then(self.number.cmp(&other.number))
    }
}

/// The state of a search.
pub(super) struct Search<'a> {
    relaxation: Relaxation<'a>,
    limits: Limits,
    open: BinaryHeap<Node>,
    /// The best whole point so far.
    pub(super) best: Option<Whole>,
    /// Least bound of what has been closed.
    closed: f64,
    /// Nodes solved.
    pub(super) nodes: usize,
    created: usize,
    /// Nodes of which nothing was proven.
    blind: usize,
    costs: PseudoCosts,
    /// All objectives of whole points are the offset plus multiples of this; 0 if unknown.
    grid: f64,
}

impl<'a> Search<'a> {
    pub(super) fn new(relaxation: Relaxation<'a>, limits: Limits) -> Self {
        let grid = grid(&relaxation.program, relaxation.whole);
        let costs = PseudoCosts::new(relaxation.whole.len());
        let (open, closed) = (BinaryHeap::new(), f64::INFINITY);
        Self {
            relaxation,
            limits,
            open,
            best: None,
            closed,
            nodes: 0,
            created: 0,
            blind: 0,
            costs,
            grid,
        }
    }

    /// No whole point has a lower objective; proven.
    pub(super) fn bound(&self) -> f64 {
        self.open.peek().map_or(self.closed, |node| node.bound.min(self.closed))
    }

    /// Difference of two objectives that is none.
    pub(super) fn tolerance(&self, best: &Whole) -> f64 {
        self.limits.gap.max(GAP_ROUNDING) * best.objective.abs() + SUM * best.size
    }

    /// Bound from which a node is not worth searching.
    fn cutoff(&self) -> f64 {
        let Some(best) = &self.best else { return f64::INFINITY };
        // A little inside, so that rounding leaves what is told within.
        let near = best.objective - 0.9 * self.tolerance(best);
        near.min(best.objective - self.grid * (1.0 - OFF_GRID))
    }

    /// A bound as whole points can reach it.
    fn lifted(&self, bound: f64) -> f64 {
        if self.grid == 0.0 || !bound.is_finite() {
            return bound;
        }
        let offset = self.relaxation.program.offset;
        bound.max(((bound - offset) / self.grid - WHOLE).ceil() * self.grid + offset)
    }

    /// Takes over whole values from elsewhere, if they lead to a point.
    pub(super) fn propose(&mut self, values: &[f64]) -> bool {
        let found = self.relaxation.fixed(values, self.cutoff());
        let taken = found.is_some();
        self.best = found.or(self.best.take());
        taken
    }

    /// Searches until nothing is left (true) or a limit is met.
    pub(super) fn run(&mut self) -> bool {
        let program = &self.relaxation.program;
        let bounds = |&column: &usize| (program.lower[column], program.upper[column]);
        let domain: Domain = self.relaxation.whole.iter().map(bounds).collect();
        let (bound, number) = (f64::NEG_INFINITY, 0);
        let mut dive = Some(Node { bound, number, domain, resting: None, branch: None });
        loop {
            let hot = dive.is_some();
            let Some(node) = dive.take().or_else(|| self.open.pop()) else { return true };
            if node.bound >= self.cutoff() {
                self.close(node.bound);
                continue;
            }
            let late = self.limits.deadline.is_some_and(|at| Instant::now() >= at);
            if late || self.nodes >= self.limits.nodes {
                self.open.push(node);
                return false;
            }
            let from = if hot { None } else { node.resting.as_deref() };
            self.relaxation.enter(&node.domain, from);
            self.nodes += 1;
            match self.relaxation.solve(self.cutoff()) {
                Outcome::TimeLimit => {
                    self.open.push(node);
                    return false;
                }
                Outcome::Infeasible => {}
                Outcome::Above(bound) => self.close(bound.max(node.bound)),
                Outcome::Open => dive = self.split_blindly(&node),
                Outcome::Optimum(optimum) => dive = self.expand(node, &optimum),
            }
        }
    }

    fn close(&mut self, bound: f64) {
        self.closed = self.closed.min(self.lifted(bound));
    }

    /// A node of which nothing is proven is halved where it is widest; a point is given up, and so is what is left after
    /// [`BLIND`] of them.
    fn split_blindly(&mut self, node: &Node) -> Option<Node> {
        self.blind += 1;
        let width = |place: &usize| node.domain[*place].1 - node.domain[*place].0;
        let able = self.blind <= BLIND;
        let open = (0..node.domain.len()).filter(|place| able && width(place) > 0.0);
        let Some(place) = open.max_by(|left, right| width(left).total_cmp(&width(right))) else {
            self.close(node.bound);
            return None;
        };
        let (lower, upper) = node.domain[place];
        let middle = match (lower.is_finite(), upper.is_finite()) {
            (true, true) => f64::midpoint(lower, upper).floor(),
            (true, false) => lower + lower.abs().max(1.0),
            (false, true) => upper - upper.abs().max(1.0),
            (false, false) => 0.0,
        };
        self.branch(node, node.resting.as_ref(), place, middle + 0.5, false)
    }

    /// Rounds, tightens and branches; returns the child to go on with.
    fn expand(&mut self, mut node: Node, optimum: &Optimum) -> Option<Node> {
        if let Some((place, up, distance)) = node.branch {
            self.costs.learn(place, up, (optimum.bound - node.bound) / distance);
        }
        node.bound = node.bound.max(self.lifted(optimum.bound));
        let whole = self.relaxation.whole;
        let values: Vec<f64> = whole.iter().map(|&column| optimum.primal[column]).collect();
        let apart = |place: usize| (values[place] - values[place].round()).abs();
        let fractional: Vec<usize> =
            (0..values.len()).filter(|&place| apart(place) > WHOLE).collect();
        self.round(&values, fractional.is_empty());
        let cutoff = self.cutoff();
        if node.bound >= cutoff {
            self.close(node.bound);
            return None;
        }
        self.tighten(&mut node, optimum, cutoff);
        let resting = self.relaxation.resting().map(Rc::new);
        if fractional.is_empty() {
            // Whole up to the tolerance, but no whole point is as good.
            let open = |place: &usize| node.domain[*place].0 < node.domain[*place].1;
            let open = (0..values.len()).filter(open);
            let Some(place) = open.max_by(|&left, &right| apart(left).total_cmp(&apart(right)))
            else {
                self.close(node.bound);
                return None;
            };
            let value = values[place].round();
            let above = value < node.domain[place].1;
            let value = if above { value + 0.5 } else { value - 0.5 };
            return self.branch(&node, resting.as_ref(), place, value, !above);
        }
        let place = self.costs.choose(&self.relaxation, &node.domain, &fractional, &values, {
            (optimum.bound, cutoff)
        });
        let value = values[place];
        self.branch(&node, resting.as_ref(), place, value, value - value.floor() >= 0.5)
    }

    /// Tries the whole points around a relaxation's optimum.
    fn round(&mut self, values: &[f64], whole: bool) {
        let nearest: Vec<f64> = values.iter().map(|value| value.round()).collect();
        if whole {
            self.propose(&nearest);
        } else if self.nodes <= ROUNDED || self.nodes.is_multiple_of(ROUNDED) {
            let up = values.iter().map(|value| (value - WHOLE).ceil()).collect::<Vec<f64>>();
            let down = values.iter().map(|value| (value + WHOLE).floor()).collect::<Vec<f64>>();
            for values in [nearest, up, down] {
                self.propose(&values);
            }
        }
    }

    /// Takes from the domain what the reduced costs put beyond the cut-off (Crowder, Johnson &
    /// Padberg 1983).
    fn tighten(&mut self, node: &mut Node, optimum: &Optimum, cutoff: f64) {
        let room = cutoff - optimum.bound;
        if !room.is_finite() {
            return;
        }
        let mut beyond = f64::INFINITY;
        for (&column, (lower, upper)) in self.relaxation.whole.iter().zip(&mut node.domain) {
            let cost = optimum.reduced[column];
            let steps = (room / cost.abs() + WHOLE).floor();
            if steps > FAR {
                continue;
            }
            if lower.is_finite() && cost > 0.0 && *lower + steps < *upper {
                *upper = *lower + steps;
            } else if upper.is_finite() && cost < 0.0 && *upper - steps > *lower {
                *lower = *upper - steps;
            } else {
                continue;
            }
            beyond = beyond.min(optimum.bound + cost.abs() * (steps + 1.0));
        }
        self.close(beyond);
    }

    /// Splits a node at `value` of an integer column; returns the child to go on with, if any.
    fn branch(
        &mut self,
        node: &Node,
        resting: Option<&Rc<Resting>>,
        place: usize,
        value: f64,
        up_first: bool,
    ) -> Option<Node> {
        let below = value.floor();
        let mut child = |up: bool| {
            let mut domain = node.domain.clone();
            let side = if up { &mut domain[place].0 } else { &mut domain[place].1 };
            *side = if up { below + 1.0 } else { below };
            self.created += 1;
            let distance = if up { below + 1.0 - value } else { value - below };
            let branch = Some((place, up, distance));
            Node {
                bound: node.bound,
                number: self.created,
                domain,
                resting: resting.cloned(),
                branch,
            }
        };
        let (second, first) = (child(!up_first), child(up_first));
        let least = self.bound().min(node.bound);
        self.open.push(second);
        let cutoff = self.cutoff();
        if cutoff == f64::INFINITY || node.bound - least <= DIVE * (cutoff - least) {
            return Some(first);
        }
        self.open.push(first);
        None
    }
}

/// The largest number of which all costs are multiples, if only integer columns have costs; 0 if
/// there is none that is worth it.
fn grid(program: &Program, whole: &[usize]) -> f64 {
    let costs = program.cost.iter().map(|cost| cost.abs()).filter(|cost| *cost != 0.0);
    let costs: Vec<f64> = costs.collect();
    let priced = whole.iter().filter(|&&column| program.cost[column] != 0.0).count();
    if priced != costs.len() || costs.is_empty() {
        return 0.0;
    }
    let largest = costs.iter().copied().fold(0.0, f64::max);
    for unit in [1.0, 10.0, 100.0, 1000.0] {
        let scaled = costs.iter().map(|cost| cost * unit);
        let close = |value: f64| (value - value.round()).abs() <= 1e-12 * value;
        if largest * unit < 1e8 && scaled.clone().all(close) {
            return scaled.map(f64::round).fold(0.0, divisor) / unit;
        }
    }
    0.0
}

/// Greatest common divisor of two whole numbers, not both 0.
fn divisor(mut left: f64, mut right: f64) -> f64 {
    while right != 0.0 {
        (left, right) = (right, left % right);
    }
    left
}
