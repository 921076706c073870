//! Which integer column to branch on: pseudo-costs (Bénichou et al. 1971), trusted once they have
//! been observed; until then a few pivots are spent on looking (Achterberg, Koch & Martin 2005).

use super::relaxation::Relaxation;

/// Observations from which a pseudo-cost is trusted.
const RELIABLE: u32 = 4;
/// Columns looked at in one node.
const LOOKED_AT: usize = 8;
/// Columns looked at without a better one after which to stop.
const PATIENCE: usize = 3;
/// Pivots to look at one side of one column.
const PIVOTS: usize = 40;
/// Least gain, so that a side without any does not hide the other.
const LEAST: f64 = 1e-6;

/// Rise of the bound per unit that an integer column is moved.
#[derive(Clone, Copy, Default)]
struct Observed {
    sum: f64,
    count: u32,
}

/// What has been observed, down and up, of each integer column.
pub(super) struct PseudoCosts {
    sides: Vec<[Observed; 2]>,
    all: [Observed; 2],
}

impl PseudoCosts {
    pub(super) fn new(columns: usize) -> Self {
        Self { sides: vec![[Observed::default(); 2]; columns], all: [Observed::default(); 2] }
    }

    /// Notes what one unit of a column cost.
    pub(super) fn learn(&mut self, place: usize, up: bool, rise: f64) {
        if !rise.is_finite() {
            return;
        }
        let side = usize::from(up);
        for observed in [&mut self.sides[place][side], &mut self.all[side]] {
            observed.sum += rise.max(0.0);
            observed.count += 1;
        }
    }

    fn rise(&self, place: usize, side: usize) -> f64 {
        let own = self.sides[place][side];
        let observed = if own.count == 0 { self.all[side] } else { own };
        if observed.count == 0 { 1.0 } else { observed.sum / f64::from(observed.count) }
    }

    fn expected(&self, place: usize, value: f64) -> f64 {
        let part = value - value.floor();
        score(self.rise(place, 0) * part, self.rise(place, 1) * (1.0 - part))
    }

    /// The fractional column to branch on, by its place among the integer columns, at the node
    /// at hand, given its bound and the cut-off.
    pub(super) fn choose(
        &mut self,
        relaxation: &Relaxation<'_>,
        domain: &[(f64, f64)],
        fractional: &[usize],
        values: &[f64],
        (bound, cutoff): (f64, f64),
    ) -> usize {
        let mut order: Vec<(usize, f64)> =
            fractional.iter().map(|&place| (place, self.expected(place, values[place]))).collect();
        order.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        let mut best = order[0];
        let (mut looked, mut in_vain) = (0, 0);
        // What is only expected must not hide what has been seen.
        best.1 = if self.reliable(best.0) { best.1 } else { f64::NEG_INFINITY };
        for &(place, expected) in &order {
            let mut merit = expected;
            if !self.reliable(place) {
                if looked == LOOKED_AT || in_vain == PATIENCE {
                    continue;
                }
                looked += 1;
                let value = values[place];
                let below = value.floor();
                let sides = [(domain[place].0, below), (below + 1.0, domain[place].1)];
                let distances = [value - below, below + 1.0 - value];
                let mut gains = [0.0; 2];
                for side in [0, 1] {
                    let seen = relaxation.probe(place, sides[side], cutoff, PIVOTS);
                    gains[side] = seen.map_or(0.0, |objective| (objective - bound).max(0.0));
                    self.learn(place, side == 1, gains[side] / distances[side]);
                }
                if gains.contains(&f64::INFINITY) {
                    return place;
                }
                merit = score(gains[0], gains[1]);
            }
            if merit > best.1 {
                best = (place, merit);
                in_vain = 0;
            } else {
                in_vain += 1;
            }
        }
        best.0
    }

    fn reliable(&self, place: usize) -> bool {
        self.sides[place].iter().all(|observed| observed.count >= RELIABLE)
    }
}

fn score(down: f64, up: f64) -> f64 {
    down.max(LEAST) * up.max(LEAST)
}
